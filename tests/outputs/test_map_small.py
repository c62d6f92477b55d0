"""The map of a small network shows where it lies, and the parts of the country it knows."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from optimizer.outputs.map.regions import division_of, known_towns, narrowed
from optimizer.outputs.map.shapes import Box, insets_help, national_shapes
from optimizer.outputs.run_tables import read_tables
from tests.outputs import report_run
from tests.outputs.in_browser import LATER, opened


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of seven towns in Dalarna."""
    return write_map(report_run.write(tmp_path_factory.mktemp("small")), language="sv")


def test_choices_are_those_that_the_run_knows(file: Path) -> None:
    tables = read_tables(file.parent)
    towns = known_towns(tables)
    assert len(towns) < 20
    html = file.read_text(encoding="utf-8")
    for name, division in (("county", "county"), ("region", None)):
        options = re.findall(rf'<select id="{name}">(.*?)</select>', html, re.DOTALL)
        codes = re.findall(r'value="(\w+)"', options[0])
        members = tables.members
        own = members[members["division"] == (division or members["division"].iloc[0])]
        known = set(own.loc[own["municipality_code"].isin(towns), "region_code"])
        assert set(codes) == known and len(codes) == len(known) < own["region_code"].nunique()


def test_a_region_that_a_rule_asks_service_in_is_shown_though_nobody_lives_there(
    file: Path,
) -> None:
    tables = read_tables(file.parent)
    whole = division_of(tables, str(tables.members["division"].iloc[0]))
    known = narrowed(whole, [tables])
    other = next(code for code in whole.titles if code not in known.titles)
    regions = tables.regions.assign(required=tables.regions["region_code"].eq(other).astype(int))
    asked = narrowed(whole, [replace(tables, regions=regions)])
    assert set(asked.titles) == {*known.titles, other}
    assert asked.region_of == whole.region_of


def test_a_part_is_drawn_by_itself_where_it_is_far_smaller_than_the_country() -> None:
    shapes = national_shapes()
    falun = shapes.part_around({"2080"})
    assert falun is not None and falun.height < shapes.frame.height / 10
    assert shapes.part_around(shapes.codes) is None
    assert shapes.part_around({"1280", "2584"}) is None  # Malmö and Kiruna
    assert shapes.part_around({"0000"}) is None
    assert insets_help(None) and insets_help(Box(0, 0, 500, 3000)) and not insets_help(falun)


@pytest.mark.browser
def test_the_map_opens_where_the_network_lies(page: Any, browser: Any, file: Path) -> None:
    def width() -> float:
        return float(page.get_attribute("#map", "viewBox").split()[2])

    home = page.get_attribute("#map", "viewBox")
    for mark in page.locator("#map .office:visible").all():
        box, room = mark.bounding_box(), page.locator("#map").bounding_box()
        assert room["x"] < box["x"] and box["x"] + box["width"] < room["x"] + room["width"]
        assert room["y"] < box["y"] and box["y"] + box["height"] < room["y"] + room["height"]
    page.wait_for_timeout(LATER)
    assert page.evaluate("location.hash") == ""
    near = width()
    page.click("[data-zoom=whole]")
    assert width() > 2 * near
    page.wait_for_timeout(LATER)
    again, _ = opened(browser, file, page.evaluate("location.hash"))
    assert again.get_attribute("#map", "viewBox") == page.get_attribute("#map", "viewBox")
    again.context.close()
    page.fill("#search", "mora")
    page.click("#clear")
    assert page.get_attribute("#map", "viewBox") == home
    assert page.locator(".inset").count() == 0


@pytest.mark.browser
def test_tables_list_only_what_the_run_knows(page: Any, file: Path) -> None:
    tables = read_tables(file.parent)
    page.wait_for_timeout(LATER)
    rows = page.locator("[data-table=municipalities] tbody tr:visible")
    assert rows.count() == tables.zones["municipality_code"].nunique()
    regions = page.locator("[data-table=regions] tbody tr")
    assert regions.count() == page.locator("#region option").count() - 1
    page.select_option("#layer", "points")
    page.wait_for_timeout(LATER)
    assert page.locator("#labels .points").count() == regions.count()
    assert page.locator("#municipalities path.none").count() > 200  # not coloured as without any
