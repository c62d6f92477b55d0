"""The map's table of offices is sorted by a click; what a run lacks is left out of the page."""

import json
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from tests.outputs import made_run


@pytest.mark.browser
def test_a_heading_sorts_the_table_and_again_the_other_way(page: Any) -> None:
    def visits() -> list[int]:
        cells = page.locator("#rows tr:visible [data-cell=visits]").all_inner_texts()
        return [int("".join(filter(str.isdigit, cell))) for cell in cells if cell != "–"]

    assert page.get_attribute("[data-table=offices] [data-column=name]", "aria-sort") == "ascending"
    page.click("[data-column=visits] button")
    assert page.get_attribute("[data-column=visits]", "aria-sort") == "descending"
    assert page.get_attribute("[data-table=offices] [data-column=name]", "aria-sort") == "none"
    most_first = visits()
    assert most_first == sorted(most_first, reverse=True)
    page.click("[data-column=visits] button")
    assert visits() == most_first[::-1]


def test_what_the_summary_lacks_is_left_out(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run")
    (folder / "summary.json").write_text(json.dumps({"name": "bare"}), encoding="utf-8")
    html = write_map(folder, language="sv").read_text(encoding="utf-8")
    assert ">bare</span></h1>" in html
    assert 'data-figure="' not in html
    assert "Avstånd till bästa plan" not in html
