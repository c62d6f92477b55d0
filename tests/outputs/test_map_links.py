"""The map's address says what it shows, and an address opens the map as it says."""

from pathlib import Path
from typing import Any

import pytest

from tests.outputs.in_browser import LATER, choose, office, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(full_map: Path) -> Path:
    return full_map


def linked(browser: Any, file: Path, link: str) -> tuple[Any, list[str]]:
    page, faults = opened(browser, file, link=link)
    return page, faults


def test_an_address_opens_office_year_layer_need_and_selection(
    browser: Any,
    file: Path,
) -> None:
    page, faults = linked(browser, file, "#office=o110&year=2026&layer=added&need=2")
    assert page.inner_text("#card-heading") != "Kontor"
    assert page.is_checked("[name=year][value='2']")
    assert page.input_value("#layer") == "added" and page.input_value("#need") == "1"
    assert page.locator("#map .office.chosen").count() == 1
    assert page.evaluate("map.classList.contains('zoomed')")
    page.evaluate("location.hash = '#county=09&year=2025&view=100,200,4.0'")
    page.wait_for_function("document.getElementById('county').value === '09'")
    assert page.is_checked("[name=year][value='1']")
    assert page.inner_text("#card-heading") == "Kontor"
    assert faults == []
    page.context.close()


def test_the_address_follows_what_is_chosen(page: Any, browser: Any, file: Path) -> None:
    page.check("[name=year][value='1']")
    page.select_option("#layer", "beyond30")
    page.select_option("#filter", "close")
    name = office(page, "close")
    choose(page, name)
    page.wait_for_timeout(LATER)
    link = page.evaluate("location.hash")
    assert "year=2025" in link and "layer=beyond30" in link and "action=close" in link
    assert "office=o" in link and "view=" in link
    again, faults = linked(browser, file, link)
    assert again.inner_text("#card-heading") == name
    assert again.inner_text("#caption") == page.inner_text("#caption")
    assert again.get_attribute("#map", "viewBox") == page.get_attribute("#map", "viewBox")
    assert faults == []
    again.context.close()


def test_an_address_that_says_nothing_known_opens_the_map_as_it_is(
    browser: Any,
    file: Path,
) -> None:
    link = (
        "#office=<script>window.hit=1</script>&year=1066&layer=constructor&need=x&view=a,b,9&run=q"
    )
    page, faults = linked(browser, file, link)
    assert page.inner_text("#card-heading") == "Kontor"
    assert page.is_checked("[name=year][value='3']") and page.input_value("#layer") == "after"
    assert "NaN" not in page.get_attribute("#map", "viewBox")
    assert page.evaluate("window.hit === undefined") and faults == []
    page.context.close()


def test_an_address_given_while_the_page_writes_its_own_is_followed(page: Any) -> None:
    """The map comes to rest between a new address and the news of it: once lost to the old one."""
    page.evaluate("location.hash = '#office=o110&year=2026'; writeLink()")
    page.wait_for_selector("#card.shown")
    assert page.is_checked("[name=year][value='2']")
    page.check("[name=year][value='1']")  # and what is chosen afterwards is written as before
    page.wait_for_timeout(LATER)
    assert "year=2025" in page.evaluate("location.hash")


def test_the_skip_link_leads_to_the_tables_and_changes_nothing(page: Any) -> None:
    page.check("[name=year][value='1']")
    page.keyboard.press("Control+Home")
    page.focus(".skip")
    page.keyboard.press("Enter")
    page.wait_for_function("scrollY > 300")
    page.wait_for_timeout(LATER)
    assert page.is_checked("[name=year][value='1']")
    assert "2025" in page.inner_text("#caption")
