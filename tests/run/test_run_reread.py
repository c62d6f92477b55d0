"""A case rebuilt from the folder of its run: equal to the one that was read, without its tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands.rereading import case_of_run
from optimizer.config import load
from optimizer.config.shipped import shipped_folder
from optimizer.outputs.inputs import sha256, write_hashes, write_inputs
from tests.run.small_case import QUICK, evaluate, write_case
from tests.soak import sampled

LAND = {"land": "land.csv"}
TABLES = {"offices": "offices.csv", "candidates": "candidates.csv", "zones": "zones.csv"}
HEAD = "office_id,action,mode,into_office_id,decided_on,last_day\n"
FAIR = {"equity": {"weight": 2.0, "tail": 0.1, "group": "age_75plus"}}
ORDER = {"kind": "lexicographic", "order": ["access", "cost"], "tolerance": 0.2}


def test_an_older_run_planned_for_the_peak_on_record(tmp_path: Path) -> None:
    peak = {"peak_factor": 1.5, "peak_on_record": 1.5}
    evaluate(write_case(tmp_path, demand=peak), tmp_path / "run")
    known = case_of_run(tmp_path / "run")
    file = tmp_path / "run" / "inputs" / "config.json"
    config = json.loads(file.read_text())
    del config["demand"]["peak_on_record"]
    file.write_text(json.dumps(config))
    (file.parent / "sha256.json").unlink()
    write_hashes(file.parent)
    listed(tmp_path / "run")
    assert case_of_run(tmp_path / "run").scenario.demand == known.scenario.demand


def own_tables(folder: Path, **objective: Any) -> Path:
    """Everything that a run may be made of, in tables of its own; some names begin as formulas."""
    towns = builtin.load("municipalities")[["municipality_code"]]
    towns.assign(region_code="1", region="-Landet").to_csv(folder / "land.csv", index=False)
    (folder / "decided.csv").write_text(
        f"{HEAD}k5,close,,,2024-10-01,2024-12-31\nk2,close,,,2026-02-01,2026-11-30\n"
        "k4,convert,reduced,,2025-02-01,2025-06-30\n",
        encoding="utf-8",
    )
    config = write_case(
        folder,
        data={**TABLES, "regions": LAND},
        offices={"decided": "decided.csv", "keep": [{"office": "k1", "reason": "=largest"}]},
        services={"id_check": {"may_be_added": "offices"}},
        objective=objective,
        requirements={
            "region_coverage": [{"division": "land"}],
            "access_standard": [
                {"share": 0.2, "km": 40.0, "group": "low_education", "each": "land"},
                {"share": 0.5, "any": {"minutes": 40.0, "km": 30.0}, "area_type": "rural"},
            ],
            "no_one_left_behind": {"added_minutes": 400},
            "service_coverage": [{"service": "id_check", "division": "land"}],
            "service_flows": {"on": True},
            "transition": {"on": True, "consultation_months": 6},
        },
        solver=QUICK,
    )
    text = {"municipality_code": str}
    offices = pd.read_csv(folder / "offices.csv", dtype=text).set_index("office_id")
    offices.loc["k4", "office"] = "=Mora"
    offices["services"] = pd.Series({"k1": "general;id_check", "k3": "id_check"})
    offices["lease_end"] = pd.Series({"k3": "2026-06-30", "k6": "2025-12-31"})
    offices["improvements_mnkr"] = pd.Series({"k6": 0.1 + 0.2})
    offices["notice_months"] = pd.Series({"k6": 14.0})
    offices["fte"] = pd.Series({"k1": 4.1, "k2": 3.7})
    offices["partner"] = pd.Series({"k3": "+kommunen"})
    offices.to_csv(folder / "offices.csv")
    new = pd.DataFrame({"office_id": ["n1"], "office": ["Rättvik"], "municipality_code": ["2031"]})
    new.assign(longitude=15.117, latitude=60.886).to_csv(folder / "candidates.csv", index=False)
    zones = pd.read_csv(folder / "zones.csv", dtype=text)
    zones["visits_per_year"] = zones["visits_per_year"] / 3.0
    zones["area_type"] = ["dense", "rural"] * 6
    zones["share_75plus"] = [0.1, None] * 6
    zones.to_csv(folder / "zones.csv", index=False)
    return config


def a_folder(folder: Path, case: Case) -> Path:
    """As much of a run's folder as a case is rebuilt from."""
    folder.mkdir()
    write_inputs(folder / "inputs", case)
    (folder / "summary.json").write_text(json.dumps({"warnings": case.warnings}))
    (folder / "plan.csv").write_text("")
    listed(folder)
    return folder


def listed(folder: Path) -> None:
    """The manifest as a run writes it."""
    inputs = {path.name: sha256(path) for path in (folder / "inputs").iterdir()}
    outputs = {name: sha256(folder / name) for name in ("summary.json", "plan.csv")}
    (folder / "manifest.json").write_text(json.dumps({"inputs": inputs, "outputs": outputs}))


def assert_same(one: Any, other: Any, where: str) -> None:
    """Equal to the last bit: every field, however deep."""
    assert type(one) is type(other), where
    if is_dataclass(one):
        for field in fields(one):
            name = field.name
            assert_same(getattr(one, name), getattr(other, name), f"{where}.{name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), where
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=where)
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for number, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{where}[{number}]")
    else:
        assert one == other, where


@pytest.mark.parametrize("name", sampled(["full.yaml", "base.yaml"]))
def test_the_country_is_rebuilt(name: str, tmp_path: Path) -> None:
    case = read_case(load(Path(name)))
    assert_same(case, case_of_run(a_folder(tmp_path / "run", case)), "case")


@pytest.mark.parametrize("objective", [FAIR, ORDER], ids=["fair", "order"])
def test_own_tables_are_rebuilt_when_they_are_gone(
    tmp_path: Path, objective: dict[str, Any]
) -> None:
    (tmp_path / "agency").mkdir()
    case = read_case(load(own_tables(tmp_path / "agency", **objective)))
    assert case.instance.flowing and case.km is not None and case.decided is not None
    assert case.instance.lease_tail is not None and case.instance.write_off is not None
    assert (case.instance.possible != case.instance.allowed).any()
    assert case.instance.equity is not None if objective is FAIR else case.instance.later
    run = a_folder(tmp_path / "run", case)
    shutil.rmtree(tmp_path / "agency")
    again = case_of_run(run)
    assert_same(case, again, "case")
    assert write_inputs(tmp_path / "again", again) == write_inputs(tmp_path / "first", case)


def test_what_was_handed_on_is_explained_without_the_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agency, away = tmp_path / "agency", tmp_path / "ministry" / "run"
    agency.mkdir()
    config = own_tables(agency, **FAIR)
    out = agency / "runs" / "small"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    words = ["Falun", "k3", "--roadmap", "--no-levers", "--seconds", "2", "--jobs", "1", "--json"]
    capsys.readouterr()
    assert main(["explain", str(out), *words, "--quiet"]) == 0
    before = json.loads(capsys.readouterr().out)
    away.parent.mkdir()
    shutil.move(out, away)
    shutil.rmtree(agency)
    assert main(["explain", str(away), *words, "--quiet"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert len(after["explanations"]) == 2 and after["roadmap"]
    for one in (*before["explanations"], *after["explanations"]):
        del one["regret_low"]  # what is proved in two seconds differs
    assert after == before


def change(name: str) -> Callable[[Path], None]:
    def changed(run: Path) -> None:
        with (run / name).open("a", encoding="utf-8") as stream:
            stream.write("\n")

    return changed


def take_away(name: str) -> Callable[[Path], None]:
    return lambda run: (run / name).unlink()


def hash_anew(run: Path) -> None:
    """A change that covers its tracks in inputs/ is told by the manifest."""
    change("inputs/sites.csv")(run)
    (run / "inputs" / "sha256.json").unlink()
    write_hashes(run / "inputs")


def an_older_one(run: Path) -> None:
    take_away("inputs/base_year.json")(run)
    take_away("inputs/sha256.json")(run)
    write_hashes(run / "inputs")
    listed(run)


def a_stranger(run: Path) -> None:
    (run / "inputs" / "decided.csv").write_text(HEAD, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (change("inputs/sites.csv"), "inputs/sites.csv changed, added or gone"),
        (change("plan.csv"), "plan.csv changed, added or gone"),
        (hash_anew, "inputs/sha256.json, inputs/sites.csv changed, added or gone"),
        (a_stranger, "inputs/decided.csv changed, added or gone"),
        (change("inputs/config.json"), "inputs/config.json changed, added or gone"),
        (take_away("inputs/demand.parquet"), "inputs/demand.parquet changed, added or gone"),
        (an_older_one, "no base_year.json"),
        (take_away("manifest.json"), "no readable manifest.json"),
        (take_away("plan.csv"), "no plan.csv"),
    ],
)
def test_a_folder_that_is_not_as_it_was_written_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    told: str,
) -> None:
    run = a_folder(tmp_path / "run", read_case(load(write_case(tmp_path))))
    spoil(run)
    assert main(["explain", str(run), "Falun", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.strip().splitlines()) == 1


def test_a_run_without_a_bound_is_not_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = a_folder(tmp_path / "run", read_case(load(write_case(tmp_path))))
    assert main(["explain", str(run), "Falun", "--quiet"]) == 2
    assert "a run without a bound" in capsys.readouterr().err


def test_the_config_that_a_run_keeps_says_what_its_question_said(tmp_path: Path) -> None:
    """Also rules of services, whose keys are all written out in it."""
    folders = (shipped_folder(), shipped_folder() / "what-if")
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        scenario = load(path)
        kept = tmp_path / "config.json"
        kept.write_text(json.dumps(scenario.model_dump(mode="json", by_alias=True)))
        assert load(kept) == scenario, path.name
