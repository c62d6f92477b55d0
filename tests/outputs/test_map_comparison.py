"""One map of several runs: what they share, the switch between them, and runs that do not fit."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.problems import InputError
from optimizer.outputs.map import write_comparison_map, write_map
from optimizer.outputs.run_names import told_apart
from tests.outputs import full_run
from tests.outputs.in_browser import opened
from tests.outputs.test_map import MEGABYTE, data_of


def another(folder: Path) -> Path:
    """The same run but that office o009, closed in 2025 in the first, stays, and 2025 is absent."""
    full_run.change(full_run.write(folder), name="kept", title={"sv": "Nio kvar", "en": "Nine"})
    path = folder / "plan.csv"
    plan = pd.read_csv(path, dtype={"office_id": str, "municipality_code": str})
    kept = plan["office_id"] == "o009"
    sites = pd.read_csv(folder / "inputs" / "sites.csv").set_index("office_id")
    plan.loc[kept, ["mode", "action"]] = [sites.at["o009", "mode_today"], "keep"]
    plan[plan["year"] > 2025].to_csv(path, index=False)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("compared")
    return [full_run.write(folder / "one"), another(folder / "two")]


@pytest.fixture(scope="module")
def file(folders: list[Path]) -> Path:
    return write_comparison_map(folders, folders[0].parent, language="sv")


def test_runs_share_the_years_that_all_have(file: Path) -> None:
    page = file.read_text(encoding="utf-8")
    data = data_of(page)
    assert data["years"] == [2024, 2026, 2027]
    assert data["names"] == ["trial", "kept"]
    assert {len(run["offices"]) for run in data["runs"]} == {len(data["sites"])}
    assert len(page.encode("utf-8")) < 2 * MEGABYTE


def test_runs_without_a_common_year_are_refused(folders: list[Path], tmp_path: Path) -> None:
    other = full_run.write(tmp_path / "later")
    plan = pd.read_csv(other / "plan.csv", dtype={"office_id": str, "municipality_code": str})
    plan.assign(year=plan["year"] + 10).to_csv(other / "plan.csv", index=False)
    with pytest.raises(InputError, match="without a planning year"):
        write_comparison_map([folders[0], other], tmp_path, language="sv")
    assert not (tmp_path / "map.html").exists()


def test_runs_called_alike_are_told_apart() -> None:
    def told(names: list[str], *folders: str) -> list[str]:
        return told_apart(names, [Path(folder) for folder in folders])

    assert told(["a", "b"], "x", "y") == ["a", "b"]
    assert told(["a", "a"], "x", "y") == ["a (x)", "a (y)"]
    assert told(["a", "a", "b"], "x", "x", "z") == ["a (x)", "a (x) 2", "b"]
    assert told(["a", "a", "a"], "a", "x", "x") == ["a", "a (x)", "a (x) 2"]
    assert told(["a", "a"], "one/a", "two/a") == ["a (one/a)", "a (two/a)"]
    assert told(["a", "a"], "one/a", "one/b/a") == ["a (one/a)", "a (b/a)"]


def test_a_single_run_has_no_switch(folders: list[Path], tmp_path: Path) -> None:
    page = write_map(folders[0], language="sv").read_text(encoding="utf-8")
    assert 'id="run"' not in page
    assert json.dumps("trial") in page


@pytest.mark.browser
def test_the_switch_changes_title_figures_map_table_and_card(page: Any) -> None:
    page.evaluate("location.hash = '#office=o009'")
    page.wait_for_selector("#card.shown")
    name = page.inner_text("#card-heading")
    assert "Läggs ned" in page.inner_text("#card")
    row = page.locator("#rows tr", has=page.get_by_role("button", name=name, exact=True))
    assert row.locator("[data-cell=action]").text_content() == "Läggs ned"
    first = page.inner_text("h1")
    page.select_option("#run", "1")
    assert page.inner_text("h1") == "Nio kvar" != first
    assert "Behålls" in page.inner_text("#card") and "Läggs ned" not in page.inner_text("#card")
    assert row.locator("[data-cell=action]").text_content() == "Behålls"
    assert page.locator(".figures dl:visible").count() == 1
    assert page.locator(".chart[role=img]:visible").count() == 2
    page.wait_for_timeout(250)
    assert "run=kept" in page.evaluate("location.hash")


@pytest.mark.browser
def test_an_address_names_the_scenario(browser: Any, file: Path) -> None:
    page, faults = opened(browser, file, link="#run=kept")
    assert page.inner_text("h1") == "Nio kvar" and page.input_value("#run") == "1"
    assert faults == []
    page.context.close()
