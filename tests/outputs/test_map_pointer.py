"""The map in a browser, further: dragging, and the tab stop over years and insets, paper."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_drag_moves_the_map_and_opens_nothing(page: Any) -> None:
    page.locator(".inset").first.click()
    before = str(page.get_attribute("#map", "viewBox"))
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    assert page.get_attribute("#map", "viewBox") != before
    assert page.inner_text("#card-heading") == "Kontor"


def test_the_tab_stop_is_an_office_of_the_year(page: Any) -> None:
    stop = page.locator("#map [tabindex='0']:visible")
    town = page.locator("#map .office.open").first  # opens in 2026
    town.focus()
    assert stop.count() == 1
    for year in ("0", "1", "2", "3"):
        page.check(f"[name=year][value='{year}']")
        assert stop.count() == 1


def test_an_inset_brings_the_tab_stop_along(page: Any) -> None:
    page.locator(".inset").first.click()
    near = page.get_attribute("#map", "viewBox")
    page.focus("#map [tabindex='0']")
    assert page.get_attribute("#map", "viewBox") == near  # the office focused lies in view


def test_paper_shows_the_whole_country_and_the_screen_comes_back(page: Any) -> None:
    before = page.get_attribute("#map", "viewBox")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    left, top, wide, high = map(float, page.get_attribute("#map", "viewBox").split())
    country = page.evaluate("data.frame")
    assert left <= 0 and top <= 0 and left + wide >= country[0] and top + high >= country[1]
    assert wide / high == pytest.approx(340 / 748)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.get_attribute("#map", "viewBox") == before


def test_insets_are_drawn_on_paper_before_the_map_has_come_to_rest(page: Any) -> None:
    page.evaluate(
        "(paint(), insets[0].button.firstElementChild.replaceChildren(),"
        " dispatchEvent(new Event('beforeprint')))"
    )
    drawn = page.evaluate("insets[0].button.firstElementChild.children.length")
    assert drawn > 3
