"""What each control of the map changes: layers, selection, search, flows, card, charts, tables."""

from pathlib import Path
from typing import Any

import pytest

from tests.outputs.in_browser import LATER, choose, classes, office, opened, visible_rows

pytestmark = pytest.mark.browser
RIM = 10  # pixels


@pytest.fixture(scope="module")
def file(full_map: Path) -> Path:
    return full_map


@pytest.mark.parametrize(
    ("layer", "scale", "told", "heading"),
    [
        ("before", "minutes", "restid i dag", "Restid i dag, minuter"),
        ("after", "minutes", "restid med planen 2027", "Restid med planen, minuter"),
        ("added", "added", "tillkommande restid 2027", "Tillkommande restid, minuter"),
        ("beyond30", "share", "mer än 30 minuters", "Invånare med mer än 30 minuter, %"),
        ("beyond60", "share", "mer än 60 minuters", "Invånare med mer än 60 minuter, %"),
        ("points", "points", "servicepunkter per region 2027", "Servicepunkter i regionen"),
    ],
)
def test_each_layer_has_its_colours_legend_and_sentence(
    page: Any, layer: str, scale: str, told: str, heading: str
) -> None:
    page.select_option("#layer", layer)
    assert page.get_attribute("#country", "class") == scale
    assert page.inner_text(f"[data-scale={scale}] h3") == heading
    assert page.locator(".scale:visible").count() == 1
    assert told in page.inner_text("#caption")
    assert len(set(classes(page))) > 1


def test_classes_are_the_same_in_every_year(page: Any) -> None:
    page.select_option("#layer", "beyond60")
    legend = page.inner_text("[data-scale=share] ul")
    by_year = []
    for year in ("0", "1", "3"):
        page.check(f"[name=year][value='{year}']")
        assert page.inner_text("[data-scale=share] ul") == legend
        by_year.append(classes(page))
    assert by_year[0] != by_year[2]


def test_regions_show_their_service_points(page: Any) -> None:
    page.select_option("#layer", "points")
    page.wait_for_selector("#labels .points")
    numbers = page.locator("#labels .points").all_text_contents()
    assert len(numbers) > 30 and all(one.isdigit() for one in numbers)
    assert page.locator("[data-table=regions] tbody tr").count() == 60


OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll("#labels .points")].map((one) => {
    const box = one.getBoundingClientRect(); // with the white rim of the digits
    return [box.left + 1.5, box.top + 1.5, box.right - 1.5, box.bottom - 1.5, one.textContent];
  });
  const near = (a, b) => a[0] < b[2] + 2 && b[0] < a[2] + 2 && a[1] < b[3] && b[1] < a[3];
  return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => near(a, b)).map((b) => [a, b]));
}"""


@pytest.mark.parametrize("width", [1600, 390])
def test_counts_of_regions_are_never_read_as_one(browser: Any, file: Path, width: int) -> None:
    page, _ = opened(browser, file, "#layer=points", viewport={"width": width, "height": 1000})
    for year in range(4):
        page.check(f"[name=year][value='{year}']")
        page.wait_for_timeout(LATER)
        assert page.evaluate(OVERLAPPING) == []
        assert page.locator("#labels .points").count() > 50
    page.context.close()


def test_a_county_narrows_map_and_tables_and_all_comes_back(page: Any) -> None:
    whole = page.get_attribute("#map", "viewBox")
    page.select_option("#county", label="Gotlands län")
    assert page.locator("#map .office:visible").count() == visible_rows(page) == 1
    assert page.inner_text("#count") == "1 av 151 kontor"
    assert page.get_attribute("#map", "viewBox") != whole
    assert page.locator("#municipalities path:not(.out)").count() == 1
    page.wait_for_timeout(LATER)
    assert page.locator("[data-table=municipalities] tbody tr:visible").count() == 1
    page.click("#clear")
    assert visible_rows(page) == 151
    assert page.get_attribute("#map", "viewBox") == whole
    assert page.is_hidden("#clear")


def test_region_and_action_narrow_together(page: Any) -> None:
    page.select_option("#filter", "merge")
    merged = visible_rows(page)
    page.select_option("#region", label="Stockholm")
    both = visible_rows(page)
    assert 0 <= both < merged < 151
    assert page.locator("#map .office:visible").count() == both
    assert page.locator("#map [tabindex='0']").count() == 1


def test_search_and_enter_open_the_card(page: Any) -> None:
    page.fill("#search", "vansbro")
    assert visible_rows(page) == 1 and page.locator("#map .office:visible").count() == 1
    page.press("#search", "Enter")
    assert page.inner_text("#card-heading") == "Vansbro"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "search"


def test_search_reads_letters_without_their_marks(page: Any) -> None:
    for words, name in (("asele", "Åsele"), ("ÅSELE", "Åsele"), ("harnosand", "Härnösand")):
        page.fill("#search", words)
        assert page.locator("#rows tr:visible th").all_inner_texts() == [name]
    page.press("#search", "Enter")
    assert page.inner_text("#card-heading") == "Härnösand"


def test_a_table_without_rows_says_so_and_offers_all(page: Any) -> None:
    assert page.is_hidden("#nothing")
    page.fill("#search", "zzz")
    assert visible_rows(page) == 0
    assert page.inner_text("#nothing").startswith("Inget kontor stämmer med urvalet.")
    page.locator("#nothing").get_by_role("button", name="Visa alla").click()
    assert visible_rows(page) == 151 and page.is_hidden("#nothing")
    assert page.input_value("#search") == ""


@pytest.mark.parametrize(("width", "height"), [(1600, 500), (390, 420)])
@pytest.mark.parametrize("key", [None, "Enter"])
def test_a_card_taller_than_the_window_is_shown_from_its_heading(
    browser: Any, file: Path, width: int, height: int, key: str | None
) -> None:
    page, _ = opened(browser, file, viewport={"width": width, "height": height})
    row = page.locator("#rows tr:visible button").nth(3)
    row.scroll_into_view_if_needed()
    if key:
        row.press(key)
    else:
        row.click()
    assert page.evaluate("document.activeElement.id") == "card-heading"
    assert page.locator("#card").bounding_box()["height"] > height
    heading = page.locator("#card-heading").bounding_box()
    assert heading["y"] >= 0 and heading["y"] + heading["height"] <= height / 2
    page.context.close()


def test_a_closed_office_tells_who_receives_its_visits_and_whom_it_concerns(page: Any) -> None:
    assert page.locator("#flows .flow[d^=M]").count() >= 2  # wider lines carry more visits
    name = office(page, "close")
    choose(page, name)
    card = page.inner_text("#card")
    for told in ("Tas emot av", "Berörda invånare", "Får längre väg", "Restid, min", "Motiv"):
        assert told in card
    assert "→ 0" in card  # visits, from today's to none
    assert "Uppskattat: besök, personal, lokaler, lokala fasta kostnader." in card
    assert "av dagens besök" in card
    receiver = page.locator("#card dd ul button").first
    receiving = receiver.inner_text()
    assert page.get_attribute("#flows .chosen", "d").startswith("M")
    page.wait_for_selector("#labels .visits")
    receiver.click()
    assert page.inner_text("#card-heading") == receiving
    assert "Tar emot från" in page.inner_text("#card") and name in page.inner_text("#card")


def test_a_new_office_tells_who_comes_to_it(page: Any) -> None:
    choose(page, "Sunne")
    card = page.inner_text("#card")
    assert "Ny plats" in card and "Berörda invånare" in card and "behovsnivå 1" in card


def test_charts_follow_need_and_year_and_have_words(page: Any) -> None:
    charts = page.locator(".chart[role=img]:visible")
    assert charts.count() == 2
    budget, access = (charts.nth(at).get_attribute("aria-label") for at in (0, 1))
    assert "2025: kostnad 964,1 mnkr, medel 998,2 mnkr" in budget.replace("\u00a0", " ")
    assert "2027:" in access and "mer än 60 minuter" in access
    page.select_option("#need", "0")
    assert charts.nth(1).get_attribute("aria-label") != access
    page.check("[name=year][value='1']")
    assert page.locator(".chart .row.now:visible .label").all_text_contents() == ["2025", "2025"]


def test_municipalities_are_told_in_a_table_that_sorts(page: Any) -> None:
    rows = page.locator("[data-table=municipalities] tbody tr")
    page.wait_for_timeout(LATER)
    assert rows.count() == 290
    assert "behovsnivå 3" in str(page.text_content("[data-table=municipalities] caption"))
    page.locator("[data-table=municipalities] [data-column=after] button").click()
    cells = page.locator("[data-table=municipalities] [data-cell=after]").all_text_contents()
    minutes = [float(one.replace("\u00a0", "").replace(",", ".")) for one in cells]
    assert minutes == sorted(minutes, reverse=True)
    first = cells[0]
    page.check("[name=year][value='0']")
    page.wait_for_timeout(LATER)
    assert page.locator("[data-table=municipalities] [data-cell=after]").first.inner_text() != first


def test_names_stand_where_there_is_room_and_never_on_each_other(page: Any) -> None:
    page.wait_for_selector("#labels .name")
    boxes = [one.bounding_box() for one in page.locator("#labels text").all()]
    assert len(boxes) > 20
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = (  # but for the white rim of the letters
                one["x"] + one["width"] <= other["x"] + RIM
                or other["x"] + other["width"] <= one["x"] + RIM
                or one["y"] + one["height"] <= other["y"] + RIM
                or other["y"] + other["height"] <= one["y"] + RIM
            )
            assert apart, (one, other)
