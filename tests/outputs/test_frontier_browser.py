"""The page of a frontier in a browser: to be read on a phone, by keyboard and with a reader."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.outputs.frontier import write_chart
from tests.outputs.axe_found import violations
from tests.outputs.in_browser import opened

pytestmark = pytest.mark.browser
NOT_FOLLOWED = {"most_points": 0, "by_time": (), "failed": (), "interrupted": False}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six plans, each dearer and nearer than the one before."""
    steps = range(6)
    table = pd.DataFrame(
        {
            "point": [f"cut{step}" for step in steps],
            "added_minutes": [9e6 - 1e6 * step for step in steps],
            "cost_mnkr": [2700.0 + 20 * step for step in steps],
            "cut_last_year_mnkr": [150.0 - 10 * step for step in steps],
            "closures": [30 - step for step in steps],
            "equity_minutes": [60.0] * 6,
            "gap": [0.01] * 6,
            "bound": [8e6 - 1e6 * step for step in steps],
            "status": ["gap_reached"] * 6,
            "on_frontier": [True] * 6,
            "run": [f"runs/cut{step}/map.html" for step in steps],
        }
    )
    path = tmp_path_factory.mktemp("frontier") / "frontier.html"
    aims = ("access", "cut")
    told = {"title": "Trial", "language": "en", "open_at": NOT_FOLLOWED}
    write_chart(path, form="html", table=table, aims=aims, best="access", **told)
    return path


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Any, file: Path, width: int) -> None:
    page, _ = opened(browser, file, viewport={"width": width, "height": 800})
    assert violations(page, whole=True) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_chart_and_table_scroll_on_a_phone_with_text_that_can_be_read(
    browser: Any, file: Path
) -> None:
    page, _ = opened(browser, file, viewport={"width": 390, "height": 844})
    heights = page.eval_on_selector_all(
        ".drawing text:not([transform])",
        "all => all.map(one => one.getBoundingClientRect().height)",
    )
    assert min(heights) >= 10
    for name in ("Trade-off", "The plans in figures"):
        part = page.get_by_role("region", name=name)
        part.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.context.close()
