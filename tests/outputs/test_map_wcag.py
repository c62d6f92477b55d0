"""The map for everyone: axe-core finds nothing, the keyboard reaches all, zoom and calm motion."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from tests.outputs import full_run
from tests.outputs.axe_found import violations
from tests.outputs.in_browser import LATER, opened
from tests.soak import sampled

pytestmark = pytest.mark.browser


#: views of the map; the first two show all that there is to see between them
LINKS = ("#office=o110&layer=points", "#year=2025&layer=added", "#county=09&year=2024", "")


@pytest.fixture(scope="module")
def file(full_map: Path) -> Path:
    return full_map


@pytest.fixture(scope="module")
def english(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("english") / "run"
    shutil.copytree(file.parent, folder)
    return write_map(folder, language="en")


def test_axe_finds_nothing_in_the_whole_page(browser: Any, file: Path) -> None:
    """All rules of axe-core, those of WCAG 2.1 A and AA and of best practice, on every element."""
    page, faults = opened(browser, file)
    page.wait_for_timeout(LATER)
    assert violations(page, whole=True) == []
    assert page.get_attribute("html", "lang") == "sv"
    assert faults == []
    page.context.close()


@pytest.mark.parametrize("link", sampled(LINKS, 1))
def test_axe_finds_nothing(browser: Any, file: Path, link: str) -> None:
    finds_nothing(browser, file, link, "sv")


@pytest.mark.parametrize("link", sampled(LINKS[1:], 1))
def test_axe_finds_nothing_in_english(browser: Any, english: Path, link: str) -> None:
    finds_nothing(browser, english, link, "en")


def finds_nothing(browser: Any, path: Path, link: str, language: str) -> None:
    page, faults = opened(browser, path, link=link)
    page.wait_for_timeout(LATER)
    assert page.get_attribute("html", "lang") == language
    assert violations(page) == []
    assert faults == []
    page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_axe_finds_nothing_in_any_row(
    browser: Any,
    file: Path,
    english: Path,
    link: str,
    language: str,
) -> None:
    page, _ = opened(browser, english if language == "en" else file, link=link)
    page.wait_for_timeout(LATER)
    assert violations(page, whole=True) == []
    page.context.close()


def test_axe_finds_nothing_on_a_phone_and_at_twice_the_size(browser: Any, file: Path) -> None:
    for width in (320, 680):  # 1280 at 400 %, 1360 at 200 %
        page, _ = opened(browser, file, viewport={"width": width, "height": 740})
        page.wait_for_timeout(LATER)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
        page.context.close()


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
CUT_OFF = """all => all.filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.className}: ${one.textContent.trim()}`)"""


def test_text_set_wider_is_not_cut_off(browser: Any, file: Path) -> None:
    """WCAG 1.4.12: a reader may set letters, words and lines farther apart."""
    for width in (320, 1440):
        page, _ = opened(browser, file, viewport={"width": width, "height": 900}, bypass_csp=True)
        page.add_style_tag(content=SPACED)
        page.wait_for_timeout(LATER)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        places = (
            ".tile, .tile *, .choice label, .zoom button, .legend li, .chart-keys li, .inset span"
        )
        assert page.eval_on_selector_all(places, CUT_OFF) == []
        page.context.close()


def test_the_year_chosen_is_seen_in_colours_of_the_readers_own(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file, forced_colors="active")
    grounds = page.eval_on_selector_all(
        ".choice span", "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    assert len(set(grounds)) == 2 and grounds[-1] not in grounds[:-1]
    page.context.close()


def focused(page: Any) -> str:
    found: str = page.evaluate(
        "(one => one.closest('#map') ? 'map' : one.id || one.name || one.dataset.zoom"
        " || one.className || one.tagName)"
        "(document.activeElement)"
    )
    return found


def test_the_keyboard_alone_walks_through_the_page(page: Any) -> None:
    stops: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate("document.activeElement.closest('#map') ? 'map' : ''") or focused(page)
        )
        if stops[-1] == "scroll":
            break
    assert stops[0] == "skip"
    order = [
        *("year", "layer", "need", "filter", "region", "county", "search"),
        *("inset", "map", "in", "out", "whole", "scroll"),
    ]
    assert [one for one in stops if one in order] == sorted(
        [one for one in stops if one in order], key=order.index
    )
    assert set(order) <= set(stops) and stops.count("map") == 1
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "whole"


def test_arrows_choices_and_card_by_keyboard(page: Any) -> None:
    page.focus("[name=year]:checked")
    page.keyboard.press("ArrowLeft")
    assert "2026" in page.inner_text("#caption")
    page.focus("#layer")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#layer") == "added"
    page.focus("#map [tabindex='0']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.inner_text("#card-heading") != "Kontor"
    page.keyboard.press("Tab")
    assert focused(page) == "close-card"
    page.keyboard.press("Enter")
    assert page.inner_text("#card-heading") == "Kontor"


def test_whoever_wants_calm_gets_no_motion(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file, reduced_motion="reduce")
    moving = "getComputedStyle(document.querySelector('#municipalities path')).transitionDuration"
    assert page.evaluate(moving) == "0s"
    page.context.close()


def test_a_finger_pans_and_two_zoom(browser: Any, file: Path) -> None:
    page, faults = opened(
        browser, file, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page.locator(".inset").first.click()
    near = page.get_attribute("#map", "viewBox")
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + 180, box["y"] + 200
    send = page.context.new_cdp_session(page).send

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": px, "y": py, "id": at} for at, (px, py) in enumerate(points)]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x, y))
    touch("touchMove", (x + 30, y + 30))
    touch("touchMove", (x + 60, y + 40))
    touch("touchEnd")
    panned = page.get_attribute("#map", "viewBox")
    assert panned != near and panned.split()[2:] == near.split()[2:]
    touch("touchStart", (x - 20, y), (x + 20, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    assert float(page.get_attribute("#map", "viewBox").split()[2]) < float(panned.split()[2])
    assert faults == []
    page.context.close()


@pytest.mark.soak
def test_hostile_names_neither_break_nor_run(browser: Any, tmp_path: Path) -> None:
    folder = full_run.write(tmp_path / "run", hostile=True)
    page, faults = opened(browser, write_map(folder, language="sv"))
    for office, name in full_run.NAMES.items():
        page.evaluate(f"location.hash = '#office={office}'")
        page.wait_for_function(f"data.sites[shown.office]?.id === '{office}'")
        page.wait_for_timeout(LATER)
        assert page.evaluate("document.getElementById('card-heading').textContent") == name
        assert page.evaluate("document.documentElement.scrollWidth") <= 1360
    assert page.evaluate("window.hit === undefined && document.images.length === 0")
    assert violations(page) == []
    assert faults == []
    page.context.close()
