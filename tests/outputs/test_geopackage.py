"""plan.gpkg read back: layers, numbers, words for columns, and styles that QGIS can read."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geodata import builtin
from optimizer.outputs.geopackage import write_geopackage
from optimizer.outputs.geopackage.flows import sites_today
from optimizer.outputs.geopackage.style import ADDED_COLOURS
from optimizer.outputs.map.offices import STATES
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.strings import load
from tests.outputs import hostile, made_run, tiny_papers
from tests.verify import tiny_run

LAST, NEED = 2027, 3


def layers_of(folder: Path) -> dict[str, str]:
    found = pyogrio.list_layers(folder / "plan.gpkg")
    return {str(name): str(kind) for name, kind in found if kind is not None}


def layer(folder: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "plan.gpkg", layer=name)


@pytest.fixture
def base(made: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(made / "plan.gpkg")) as opened:
        yield opened


def styles(folder: Path) -> dict[str, ElementTree.Element]:
    """The default style of each layer."""
    with closing(sqlite3.connect(folder / "plan.gpkg")) as opened:
        rows = opened.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault")
        return {name: ElementTree.fromstring(text) for name, text in rows}


def test_the_layers_are_in_sweref_with_one_kind_of_shape_each(made: Path, tiny: Path) -> None:
    assert layers_of(made) == {
        "offices": "Point",
        "municipalities": "MultiPolygon",
        "regions": "MultiPolygon",
    }  # its zones have no places, and it does not say where visits go
    assert layers_of(tiny) == {"offices": "Point", "flows": "LineString", "zones": "Point"}
    for folder in (made, tiny):
        for name in layers_of(folder):
            found = layer(folder, name)
            assert found.crs.to_epsg() == 3006 and len(found) > 0
            assert found.geometry.is_valid.all()


def test_every_site_is_a_point_with_the_figures_of_the_plan(made: Path) -> None:
    found = layer(made, "offices").set_index("office_id")
    plan = pd.read_csv(made / "plan.csv", dtype=str, keep_default_na=False)
    assert len(found) == plan["office_id"].nunique() == 152
    for row in plan.to_dict("records"):
        site, year = found.loc[row["office_id"]], row["year"]
        assert site[f"mode_{year}"] == row["mode"] and site[f"action_{year}"] == row["action"]
        for figure in ("visits", "fte", "cost_mnkr"):
            assert site[f"{figure}_{year}"] == float(row[figure])
    kiruna = found[found["municipality"] == "Kiruna"].to_crs(4326).geometry.iloc[0]
    told = builtin.load("offices").set_index("municipality_code").loc["2584"]
    assert (kiruna.x, kiruna.y) == pytest.approx((told["longitude"], told["latitude"]), abs=1e-6)
    merged = found[found["state"] == "merge"]
    assert len(merged) > 5 and (merged["into_office"] != "").all()


def test_municipalities_tell_minutes_before_and_after(made: Path) -> None:
    found = layer(made, "municipalities").set_index("municipality_code")
    zones = pd.read_parquet(made / "zones.parquet")
    assert len(found) == 290  # one zone each in this run, so its minutes are theirs
    for year in made_run.YEARS:
        one = zones[(zones["year"] == year) & (zones["need"] == NEED)]
        one = one.set_index("municipality_code").loc[found.index]
        assert found[f"minutes_need3_{year}"].tolist() == pytest.approx(
            one["minutes_after"].tolist(), abs=0.051
        )
        added = (one["minutes_after"] - one["minutes_before"]).tolist()
        assert found[f"added_minutes_need3_{year}"].tolist() == pytest.approx(added, abs=0.101)
    assert found["population"].sum() == builtin.load("municipalities")["population"].sum()


def test_regions_are_joined_from_their_municipalities(made: Path) -> None:
    regions, towns = layer(made, "regions"), layer(made, "municipalities")
    assert len(regions) == 60 and set(regions["division"]) == {"fa"}
    covered = shapely.union_all(towns.geometry.to_numpy()).area
    assert regions.geometry.area.sum() == pytest.approx(covered, rel=0.002)
    points = pd.read_csv(made / "regions.csv", dtype={"region_code": str})
    points = points[(points["year"] == LAST) & (points["need"] == NEED)].set_index("region_code")
    told = regions.set_index("region_code")[f"service_points_{LAST}"]
    assert told.to_dict() == points["service_points"].to_dict()


def test_zones_tell_minutes_and_visits(tiny: Path) -> None:
    found = layer(tiny, "zones").set_index("zone_id")
    assert found["minutes_need1_today"].to_dict() == {"z1": 5.0, "z2": 4.0, "z3": 35.0}
    assert found["minutes_need1_2026"].to_dict() == {"z1": 5.0, "z2": 30.0, "z3": 6.0}
    assert found["added_minutes_need2_2026"].to_dict() == {"z1": 0.0, "z2": 26.0, "z3": 0.0}
    expected = tiny_run.arriving(2026, "z2", 1) + tiny_run.arriving(2026, "z2", 2)
    assert found["visits_2026"]["z2"] == pytest.approx(expected, abs=1e-3)


def test_flows_lead_from_the_offices_that_end_or_change_to_those_that_receive(tiny: Path) -> None:
    # o2 merges into o1: both needs of z2. o1 is reduced in 2026, and need 1 of z3 goes to c3.
    found = layer(tiny, "flows").set_index(["from_office_id", "to_office_id"])
    assert sorted(found.index) == [("o1", "c3"), ("o2", "o1")]
    for year in tiny_run.YEARS:
        merged = sum(tiny_run.arriving(year, "z2", need) for need in (1, 2))
        assert found.loc[("o2", "o1"), f"visits_{year}"] == pytest.approx(merged, abs=1e-3)
    assert found.loc[("o1", "c3"), "visits_2025"] == 0
    assert found.loc[("o1", "c3"), "visits_2026"] == 400
    assert found.loc[("o2", "o1"), "state"] == "merge"
    sites = layer(tiny, "offices").set_index("office_id").geometry
    start, end = shapely.get_coordinates(found.loc[("o2", "o1")].geometry)
    assert tuple(start) == pytest.approx((sites["o2"].x, sites["o2"].y))
    assert tuple(end) == pytest.approx((sites["o1"].x, sites["o1"].y))


def test_where_visits_go_today_is_told_by_minutes_and_waiting(tiny: Path) -> None:
    found = sites_today(read_tables(tiny), tiny)
    pairs = {(row["zone_id"], row["need"]): row["from_office_id"] for _, row in found.iterrows()}
    assert pairs == {pair: site for pair, (site, _, _) in tiny_run.GOES[2024].items()}


def test_every_column_has_a_name_for_people(made: Path, base: sqlite3.Connection) -> None:
    query = "SELECT column_name, title, name FROM gpkg_data_columns WHERE table_name = ?"
    for name, style in styles(made).items():
        columns = list(pyogrio.read_info(made / "plan.gpkg", layer=name)["fields"])
        told = {column: title for column, title, _ in base.execute(query, (name,))}
        assert set(told) == set(columns) and all(told.values())
        assert len(set(told.values())) == len(told)
        aliases = {one.get("field"): one.get("name") for one in style.iter("alias")}
        assert aliases == told
    offices = dict(base.execute(f"{query.replace(', name', '')}", ("offices",)))
    assert offices["cost_mnkr_2025"] == "Kostnad 2025, mnkr" and offices["region_fa"] == "FA-region"


def test_keys_have_words_for_people(made: Path, base: sqlite3.Connection) -> None:
    words = dict(
        base.execute(
            "SELECT value, description FROM gpkg_data_column_constraints "
            "WHERE constraint_name = 'offices_mode_2027'"
        )
    )
    assert words["flexible"] == "Flexibelt kontor" and words["closed"] == "Stängt"
    assert set(layer(made, "offices")["mode_2027"]) <= set(words)
    field = next(
        one for one in styles(made)["offices"].iter("field") if one.get("name") == "mode_2027"
    )
    shown = {one.get("value"): one.get("name") for one in field.iter("Option") if one.get("value")}
    assert field.find("editWidget").get("type") == "ValueMap"  # type: ignore[union-attr]
    assert shown == words


@pytest.mark.parametrize("run", ["made", "tiny"])
def test_each_layer_opens_with_a_style_of_its_own(run: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(run)
    found = styles(folder)
    assert set(found) == set(layers_of(folder))
    for name, style in found.items():
        renderer = style.find("renderer-v2")
        assert renderer is not None
        features = layer(folder, name)
        assert renderer.get("attr") in features.columns
        symbols = {one.get("name") for one in renderer.findall("symbols/symbol")}
        ranges, classes = renderer.findall("ranges/range"), renderer.findall("categories/category")
        assert {one.get("symbol") for one in (*ranges, *classes)} == symbols and symbols
        assert all(one.get("label") for one in (*ranges, *classes))
        for one, following in pairwise(ranges):
            assert one.get("upper") == following.get("lower")
        if classes:
            drawn = {one.get("value") for one in classes}
            assert set(features[renderer.get("attr")]) - {"absent"} <= drawn
    offices = found["offices"].findall("renderer-v2/categories/category")
    assert [one.get("value") for one in offices] == list(STATES)
    assert offices[0].get("label") == "Behålls"


def test_added_minutes_are_drawn_for_the_last_year_and_the_highest_need(made: Path) -> None:
    renderer = styles(made)["municipalities"].find("renderer-v2")
    assert renderer is not None and renderer.get("type") == "graduatedSymbol"
    assert renderer.get("attr") == f"added_minutes_need{NEED}_{LAST}"


def test_the_file_is_whole_by_the_standard(base: sqlite3.Connection) -> None:
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    contents = dict(base.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert contents["layer_styles"] == "attributes" and contents["offices"] == "features"
    extended = dict(base.execute("SELECT table_name, extension_name FROM gpkg_extensions"))
    assert extended["gpkg_data_columns"] == "gpkg_schema"


def test_the_same_tables_give_the_same_bytes(made: Path) -> None:
    before = (made / "plan.gpkg").read_bytes()
    write_geopackage(made, language="sv")
    assert (made / "plan.gpkg").read_bytes() == before


def test_the_language_is_the_one_asked_for(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    write_geopackage(folder, language="en")
    aliases = {one.get("field"): one.get("name") for one in styles(folder)["offices"].iter("alias")}
    assert aliases["cost_mnkr_2025"] == "Cost 2025, SEK million"
    assert aliases["into_office"] == "Received by"


def test_hostile_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run")
    path = folder / "inputs" / "sites.csv"
    sites = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = [*hostile.NAMES, hostile.UNWRITABLE[0]]
    sites.loc[: len(names) - 1, "office"] = names
    sites.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    config = folder / "inputs" / "config.json"
    text = config.read_text(encoding="utf-8")
    title = '<script>&\\" ]]> {{ 7 * 7 }}\\u0007'
    config.write_text(text.replace("Flexibelt kontor", title), encoding="utf-8")
    write_geopackage(folder, language="sv")
    found = layer(folder, "offices").set_index("office_id")["office"]
    assert [found[key] for key in sites["office_id"][: len(names)]] == names
    words = {one.get("name") for one in styles(folder)["offices"].iter("Option")}
    assert '<script>&" ]]> {{ 7 * 7 }}\ufffd' in words  # unharmed, as data


def test_sites_without_a_place_stay_in_the_table(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    path = folder / "inputs" / "sites.csv"
    sites = pd.read_csv(path, dtype={"municipality_code": str})
    sites.loc[sites["office_id"] == "c3", "longitude"] = None
    sites.to_csv(path, index=False)
    write_geopackage(folder, language="sv")
    offices = layer(folder, "offices").set_index("office_id")
    assert offices.geometry["c3"] is None and offices.geometry["o1"] is not None
    assert layer(folder, "flows")["to_office_id"].tolist() == ["o1"]  # no line to nowhere


def test_a_run_without_any_place_has_nothing_to_draw(tmp_path: Path) -> None:
    folder = tiny_run.write(tmp_path / "run")
    assert not write_geopackage(folder, language="sv").exists()


SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's python3-qgis is built for it


def _has_qgis() -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _has_qgis(), reason="QGIS (python3-qgis, qgis-providers) is not installed")
def test_qgis_itself_opens_it_styled_and_draws_it(made: Path, tmp_path: Path) -> None:
    names = ["offices", "regions", "municipalities"]
    command = [SYSTEM_PYTHON, str(Path(__file__).with_name("draw_in_qgis.py"))]
    command += [str(made / "plan.gpkg"), str(tmp_path / "drawn.png"), ",".join(names)]
    calm = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, check=True, timeout=120, env=calm)
    told = json.loads(done.stdout)
    assert told["errors"] == []
    for name in names:
        assert told[name]["valid"] and told[name]["styled"], told[name]["message"]
        assert told[name]["reference"] == "EPSG:3006"
    states = {load("sv").text(f"state.{key}") for key in STATES}
    assert set(told["offices"]["legend"]) <= states and len(told["offices"]["legend"]) >= 4
    assert told["offices"]["labels"] and "Kontor" in told["offices"]["aliases"]
    assert len(told["municipalities"]["legend"]) == len(ADDED_COLOURS)
    assert len(set(ADDED_COLOURS) & set(told["colours"])) >= 3  # several classes are in view


def test_every_office_that_changes_tells_who_decides(tiny: Path) -> None:
    found = layer(tiny, "offices").set_index("office_id")["decided_by"]
    assert found.to_dict() == {"o1": "director", "o2": "board", "c3": "director"}
