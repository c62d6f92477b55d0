"""The map and the report of a run lead to each other, wherever their folder is put."""

from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from optimizer.outputs.publications import publish
from tests.outputs import report_run
from tests.outputs.axe_found import violations
from tests.outputs.in_browser import opened


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = report_run.write(tmp_path_factory.mktemp("published"))
    publish(folder, ("html",), language="sv")
    return folder


@pytest.mark.browser
def test_map_and_report_lead_to_each_other(browser: Any, run: Path) -> None:
    page, faults = opened(browser, run / "map.html")
    page.get_by_role("link", name="Till rapporten").click()
    page.wait_for_url("**/report.html")
    assert page.locator("#summary").count() == 1
    page.get_by_role("link", name="Till kartan").click()
    page.wait_for_url("**/map.html*")
    assert page.locator("#map").count() == 1
    assert faults == [(run / "report.html").as_uri()]  # the click alone
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map.html", "report.html"])
def test_the_way_is_at_hand_on_a_phone_and_not_on_paper(browser: Any, run: Path, name: str) -> None:
    page, _ = opened(browser, run / name, viewport={"width": 320, "height": 740}, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.is_visible(".beside") and violations(page) == []
    page.emulate_media(media="print")
    assert page.is_hidden(".beside")
    page.context.close()


def test_a_map_alone_leads_nowhere(run: Path) -> None:
    published = (run / "map.html").read_text(encoding="utf-8")
    assert published.count('href="report.html"') == 1
    alone = write_map(run, language="sv").read_text(encoding="utf-8")
    assert "report.html" not in alone
    publish(run, ("html",), language="sv")
    assert (run / "map.html").read_text(encoding="utf-8") == published
