"""The map page in a browser without a network: controls, keyboard, card, table and safety."""

from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from tests.outputs import made_run
from tests.outputs.in_browser import classes, opened, visible_rows
from tests.soak import sampled

pytestmark = pytest.mark.browser


def test_year_layer_and_need_change_what_is_shown(page: Any) -> None:
    assert "restid med planen 2027" in page.inner_text("#caption")
    after = classes(page)
    page.select_option("#layer", "added")
    assert "tillkommande restid 2027" in page.inner_text("#caption")
    assert page.get_attribute("#country", "class") == "added"
    assert page.is_visible("[data-scale=added]") and page.is_hidden("[data-scale=minutes]")
    added = classes(page)
    assert added != after
    page.check("input[name=year][value='1']")
    assert classes(page) != added
    assert page.inner_text("[data-figure=cost] .value") == "951,0"
    page.select_option("#layer", "after")
    third = classes(page)
    page.select_option("#need", "0")
    assert classes(page) != third
    assert "Vägledning" in page.inner_text("#caption")


def test_the_whole_country_is_seen_at_once_on_a_laptop(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file, viewport={"width": 1440, "height": 900})
    box = page.locator("#map").bounding_box()
    assert box["y"] + box["height"] <= 900 and box["height"] >= 600
    assert page.is_visible("#search") and page.locator("#search").bounding_box()["y"] < 900
    page.context.close()


def test_today_shows_neither_actions_nor_a_plan(page: Any) -> None:
    page.select_option("#layer", "added")
    page.check("input[name=year][value='0']")
    assert page.is_disabled("#layer option[value=added]")
    assert page.input_value("#layer") == "before"
    assert page.locator("#map .office:visible").count() == 148
    assert page.locator("#map .office:is(.close, .merge, .convert, .open):visible").count() == 0
    page.check("input[name=year][value='3']")
    assert page.input_value("#layer") == "added"  # what was chosen comes back


def test_the_keyboard_reaches_offices_card_and_back(page: Any) -> None:
    assert page.locator("#map [tabindex='0']").count() == 1
    page.focus("#map [tabindex='0']")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert second != first
    assert page.inner_text("#tip strong") == second.split(", ")[0]
    assert page.locator("#map [tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    assert page.inner_text("#card-heading") == second.split(", ")[0]
    assert page.evaluate("document.activeElement.id") == "card-heading"
    assert "Uppskattat" in page.inner_text("#card") and "Besök" in page.inner_text("#card")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == second
    assert page.inner_text("#card-heading") == "Kontor"


@pytest.mark.parametrize("year", sampled(["0", "3", "1", "2"], usual=2))
def test_the_map_can_be_tabbed_to_in_every_year(page: Any, year: str) -> None:
    page.check(f"input[name=year][value='{year}']")
    assert page.locator("#map [tabindex='0']:visible").count() == 1


def test_keys_and_buttons_zoom_and_pan(page: Any) -> None:
    def box() -> list[float]:
        return [float(one) for one in page.get_attribute("#map", "viewBox").split()]

    whole = box()
    page.click("[data-zoom=in]")
    assert box()[2] < whole[2]
    page.click("[data-zoom=whole]")
    assert box() == whole
    page.focus("#map [tabindex='0']")
    page.keyboard.press("+")
    near = box()
    assert near[2] < whole[2]
    page.keyboard.press("Shift+ArrowRight")
    assert box()[0] > near[0]
    page.keyboard.press("0")
    assert box() == whole
    page.hover("#map")
    page.mouse.wheel(0, -300)
    assert box()[2] < whole[2]
    page.locator(".inset").first.click()
    assert box()[3] < whole[3] / 10


def test_a_click_on_a_closed_office_tells_where_its_visits_go(page: Any) -> None:
    mark = page.locator("#map .office.merge").first
    name = mark.get_attribute("aria-label").split(", ")[0]
    page.locator("#rows").get_by_role("button", name=name, exact=True).click()
    assert page.inner_text("#card-heading") == name
    card = page.inner_text("#card")
    assert "Slås samman" in card and "Tas emot av" in card and "styrelsen beslutar" in card
    page.click(".close-card")
    mark.scroll_into_view_if_needed()
    box = mark.locator(".body").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.inner_text("#card-heading") == name


def test_the_table_is_filtered_by_action_and_name(page: Any) -> None:
    assert visible_rows(page) == 151
    page.select_option("#filter", "close")
    assert visible_rows(page) == 16
    assert page.inner_text("#count") == "16 av 151 kontor"
    page.check("input[name=year][value='0']")
    page.select_option("#filter", "")
    assert visible_rows(page) == 148  # candidates are not open today
    page.fill("#search", "åsele")
    assert visible_rows(page) == 1


def test_hostile_names_do_not_run(browser: Any, tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run", hostile=True)
    page, faults = opened(browser, write_map(folder, language="sv"))
    page.fill("#search", "window.hit")
    page.locator("#rows tr:visible button").first.click()
    assert page.inner_text("#card-heading") == made_run.HOSTILE
    assert page.inner_text("h1") == made_run.HOSTILE
    assert page.evaluate("window.hit === undefined && document.images.length === 0")
    assert faults == []
    page.context.close()


def test_a_phone_needs_no_sideways_scrolling(browser: Any, file: Path) -> None:
    page, faults = opened(browser, file, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults == []
    page.context.close()


def test_paper_shows_map_legend_and_table_without_controls(page: Any) -> None:
    page.emulate_media(media="print")
    assert page.is_hidden(".controls") and page.is_hidden(".zoom")
    assert page.is_visible("#map") and page.is_visible(".legend") and page.is_visible("#rows")
    assert page.is_visible("#caption")
    shown = "getComputedStyle(document.querySelector('#offices thead button')).display"
    assert page.evaluate(shown) == "contents"  # or the headings of the next pages are empty


def test_without_script_the_table_still_tells_the_plan(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file, java_script_enabled=False)
    assert page.locator("#rows tr").count() == 151
    assert page.is_visible(".noscript")
    page.context.close()
