"""Small counts: missing in what people get, whole in the tables that are counted again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.map import write_map
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.suppression import suppressed
from optimizer.verify import verify
from tests.outputs.made_run import write
from tests.run.small_case import write_case


def test_counts_below_the_threshold_are_missing() -> None:
    table = pd.DataFrame({"visits": [0, 1, 9, 10, 500], "fte": [1, 2, 3, 4, 5]})
    assert suppressed(table, 10)["visits"].tolist()[3:] == [10, 500]
    assert suppressed(table, 10)["visits"].isna().tolist() == [False, True, True, False, False]
    assert suppressed(table, 10)["fte"].tolist() == [1, 2, 3, 4, 5]
    assert suppressed(table, 0)["visits"].tolist() == [0, 1, 9, 10, 500]


def offices_of(page: str) -> list[dict[str, object]]:
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.S)
    assert found
    return list(json.loads(found.group(1))["runs"][0]["offices"])


def test_the_map_shows_no_small_counts(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    plan = pd.read_csv(folder / "plan.csv")
    threshold = int(plan["visits"][plan["visits"] > 0].median())
    for below in (0, threshold):
        config = json.loads((folder / "inputs" / "config.json").read_text())
        config["output"] = {"suppress_below": below}
        (folder / "inputs" / "config.json").write_text(json.dumps(config))
        offices = offices_of(write_map(folder, language="sv").read_text(encoding="utf-8"))
        years = [year for office in offices for year in office["years"]]
        counts = [year["visits"] for year in years if year["visits"]]
        small = [count for count in counts if count < threshold]
        assert bool(small) is (below == 0)
        assert counts


def test_zones_are_whole_for_sums_and_bare_where_they_are_listed(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    config = json.loads((folder / "inputs" / "config.json").read_text())
    config["output"] = {"suppress_below": 10_000}
    (folder / "inputs" / "config.json").write_text(json.dumps(config))
    tables = read_tables(folder)
    assert tables.zones["population"].notna().all()
    listed = tables.shown(tables.zones)["population"]
    assert (listed.isna() == tables.zones["population"].between(1, 9999)).all()


def test_a_run_stays_whole_and_verified(tmp_path: Path) -> None:
    found = {}
    for below in (0, 2500):
        output = {"language": "en", "formats": ["csv", "parquet"], "suppress_below": below}
        folder = tmp_path / str(below)
        folder.mkdir()
        config = write_case(folder, output=output)
        options = ["--plan", "today", "--out", str(folder / "run"), "--quiet"]
        assert main(["evaluate", str(config), *options]) == 1
        found[below] = [
            (folder / "run" / name).read_bytes() for name in ("plan.csv", "zones.parquet")
        ]
    assert found[0] == found[2500]


@pytest.mark.parametrize("below", [-1, 2.5, "ten"])
def test_a_threshold_is_a_whole_number(tmp_path: Path, below: object) -> None:
    config = write_case(tmp_path, output={"suppress_below": below})
    assert main(["check", str(config)]) == 2


def test_the_map_layers_and_the_workbook_show_no_small_counts(tmp_path: Path) -> None:
    output = {"formats": ["csv", "parquet", "gpkg", "xlsx"], "suppress_below": 2500}
    config = write_case(tmp_path, output=output)
    run = tmp_path / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(run), "--quiet"]) == 1
    zones = gpd.read_file(run / "plan.gpkg", layer="zones")
    assert zones["population"].isna().sum() == 6  # the villages of 2,000
    for name in ("population", "visits_today", "visits_2026"):
        assert zones[name].dropna().ge(2500).all()
        assert zones[name].notna().any()
    assert verify(run).ok
