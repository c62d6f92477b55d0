"""Travel from a matrix and from an engine through a whole run: plan, origin, manifest, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.network import sending
from geodata.travel.engines import osrm
from optimizer.cli import main
from tests.run.small_case import OFFICES, QUICK, write_case
from tests.soak import sampled
from tests.travel.stub_engine import Stub, minutes, running

TABLES = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}


def case(folder: Path, **travel: object) -> Path:
    return write_case(folder, data={**TABLES, "travel": travel}, solver=QUICK)


def straight(folder: Path) -> pd.DataFrame:
    """Minutes on the stub's straight roads, zones x offices."""
    zones = pd.read_csv(folder / "zones.csv")
    places = zones[["longitude", "latitude"]].to_numpy()
    return pd.DataFrame(
        {one[0]: [minutes((x, y), (one[3], one[4])) for x, y in places] for one in OFFICES},
        index=pd.Index(zones["zone_id"], name="zone_id"),
    )


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stub]:
    monkeypatch.setattr(sending, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setenv("SERVICENET_CACHE", str(tmp_path / "cache"))
    with running(Stub()) as found:
        yield found


def solved(config: Path, out: Path) -> dict[str, object]:
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    document: dict[str, object] = json.loads((out / "manifest.json").read_text())
    return document


def travelled(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "inputs" / "travel_minutes.parquet").set_index("zone_id")


@pytest.mark.parametrize(
    "form", sampled(["long.csv", "wide.xlsx", "wide.csv", "long.parquet"], usual=2)
)
def test_a_matrix_of_the_user(tmp_path: Path, form: str) -> None:
    config = case(tmp_path, provider="matrix", path=form)
    wide = straight(tmp_path)
    table = wide.reset_index()
    if form.startswith("long"):
        table = table.melt("zone_id", var_name="office_id", value_name="minutes")
    writers = {".csv": table.to_csv, ".xlsx": table.to_excel, ".parquet": table.to_parquet}
    writers[Path(form).suffix](tmp_path / form, index=False)
    manifest = solved(config, tmp_path / "run")
    found = travelled(tmp_path / "run").loc[wide.index, wide.columns]
    assert np.allclose(found, wide, atol=0.0051)
    told = manifest["travel"]
    assert told["zones_to_sites"]["provider"] == "matrix"
    assert told["zones_to_sites"]["version"].startswith("sha256 ")
    assert told["sites_to_sites"]["provider"] == "estimate"
    assert manifest["left_this_machine"] == []


@pytest.mark.parametrize("provider", ["osrm", "valhalla"])
def test_an_engine_on_this_machine(tmp_path: Path, stub: Stub, provider: str) -> None:
    config = case(tmp_path, provider=provider, url=stub.url, time_factor=1.1)
    manifest = solved(config, tmp_path / "run")
    wide = straight(tmp_path)
    found = travelled(tmp_path / "run").loc[wide.index, wide.columns]
    assert np.allclose(found, (wide + 5.0) * 1.1, atol=0.02)
    assert manifest["left_this_machine"] == []
    for told in manifest["travel"].values():
        assert (told["provider"], told["source"]) == (provider, stub.url)
        assert told["version"].startswith(provider)
    inputs = json.loads((tmp_path / "run" / "inputs" / "travel.json").read_text())
    assert inputs == manifest["travel"]


def test_what_left_the_machine_is_told(
    tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osrm, "on_this_machine", lambda url: False)
    config = case(tmp_path, provider="osrm", url=stub.url)
    left = solved(config, tmp_path / "run")["left_this_machine"]
    assert [(one["to"], one["coordinates"]) for one in left] == [(stub.url, 18), (stub.url, 12)]
    again = solved(config, tmp_path / "again")
    assert again["left_this_machine"] == []  # the answers were kept


def test_an_engine_that_is_down_leaves_nothing(
    tmp_path: Path, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.fault, stub.broken = "500", 10_000
    config = case(tmp_path, provider="osrm", url=stub.url, retries=1)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "HTTP status 500, after 2 attempts" in told
    assert not (tmp_path / "run").exists()


def test_pairs_that_lack_are_estimated_if_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = case(tmp_path, provider="matrix", path="wide.csv")
    wide = straight(tmp_path)
    wide.loc["z3a", "k2"] = np.nan
    wide.to_csv(tmp_path / "wide.csv")
    assert main(["check", str(config)]) == 2
    assert "no row for z3a to k2" in capsys.readouterr().err
    config = case(tmp_path, provider="matrix", path="wide.csv", missing="estimate")
    solved(config, tmp_path / "run")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert any("1 of 72 travel times" in text for text in summary["warnings"])


@pytest.mark.parametrize(
    ("travel", "told"),
    [
        ({"provider": "matrix"}, "data.travel.path: must be given"),
        ({"provider": "osrm"}, "data.travel.url: must be given"),
        ({"provider": "osrm", "url": "localhost:5000"}, "must be an address"),
        ({"provider": "osrm", "url": "ftp://a"}, "must be an address"),
        ({"provider": "osrm", "url": "http://me:secret@host"}, "scheme, host, port and path"),
        ({"provider": "osrm", "url": "http://a:99999"}, "must be an address"),
        ({"provider": "osrm", "url": "http://a", "path": "m.csv"}, "must not be given for osrm"),
        ({"provider": "valhalla"}, "must be a url, or the path"),
        ({"provider": "valhalla", "url": "http://a", "path": "v.json"}, "both url and path"),
        ({"provider": "estimate", "url": "http://a"}, "must not be given for estimate"),
        (
            {"provider": "estimate", "access_minutes": 10},
            "access_minutes: must not be given for es",
        ),
        ({"provider": "matrix", "path": "m.csv", "snap_km": 9}, "snap_km: must not be given for m"),
        ({"provider": "estimate", "profile": "car"}, "profile: must not be given for estimate"),
        ({"provider": "matrix", "path": "m.txt"}, "must be a csv, parquet or xlsx file"),
        ({"provider": "osrm", "url": "http://a", "profile": "a/../b"}, "data.travel.profile"),
        ({"provider": "osrm", "url": "http://a", "retries": 99}, "data.travel.retries"),
    ],
)
def test_what_does_not_agree_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], travel: dict[str, object], told: str
) -> None:
    assert main(["check", str(case(tmp_path, **travel))]) == 2
    text = capsys.readouterr().err
    assert told in text
    assert "secret" not in text
