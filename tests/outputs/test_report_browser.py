"""The report in a real browser without a network: nothing asked for, nothing run, accessible."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.report import write_report
from tests.outputs import report_run
from tests.outputs.axe_found import violations
from tests.outputs.in_browser import opened
from tests.soak import sampled

pytestmark = pytest.mark.browser

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_report(report_run.write(folder), language="sv")


@pytest.mark.parametrize(
    ("language", "width", "whole"),
    sampled([("sv", 1280, True), ("sv", 320, False), ("en", 1280, False)], 2),
)
def test_nothing_is_asked_for_and_axe_finds_nothing(
    browser: Any, file: Path, tmp_path: Path, language: str, width: int, whole: bool
) -> None:
    own = file
    if language != "sv":
        shutil.copytree(file.parent, tmp_path / "run")
        own = write_report(tmp_path / "run", language=language)
    page, faults = opened(browser, own, viewport={"width": width, "height": 900}, bypass_csp=True)
    assert faults == [] and page.get_attribute("html", "lang") == language
    assert violations(page, whole=whole, options=WCAG) == []
    page.context.close()


def test_the_policy_lets_the_style_in(browser: Any, file: Path) -> None:
    page, faults = opened(browser, file)
    assert faults == []
    assert page.evaluate("getComputedStyle(document.querySelector('caption')).textAlign") == "left"
    page.context.close()


def test_a_phone_needs_no_sideways_scrolling(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


SPLIT = """all => all.flatMap(cell => {
  const found = [], range = document.createRange(), texts = document.createTreeWalker(cell, 4);
  while (texts.nextNode())
    for (const word of texts.currentNode.data.matchAll(/\\p{L}+/gu)) {
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  return found;
})"""


@pytest.mark.parametrize("width", [390, 1440])
def test_words_of_tables_are_whole_and_wide_tables_scroll(
    browser: Any, file: Path, width: int
) -> None:
    page, _ = opened(browser, file, viewport={"width": width, "height": 800})
    cells = "section:not(#proof) th, section:not(#proof) td"
    assert page.eval_on_selector_all(cells, SPLIT) == []
    scrolling = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    assert bool(page.eval_on_selector_all("#proposal .scroll", scrolling)) is (width == 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_the_contents_lead_to_their_chapters(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file)
    for link in page.locator("header nav a").all():
        target = link.get_attribute("href")
        assert page.locator(f"section{target} > h2").count() == 1
    ways = page.eval_on_selector_all(".links a", "all => all.map(one => one.getAttribute('href'))")
    assert ways and all(page.locator(f"section{way}").count() == 1 for way in ways)
    page.context.close()


def test_it_prints_with_each_sheet_on_a_page_of_its_own(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file)
    page.emulate_media(media="print")
    assert page.is_hidden(".skip")
    breaks = page.eval_on_selector_all(
        ".sheet", "all => all.map(one => getComputedStyle(one).breakBefore)"
    )
    assert breaks == ["page", "page"]
    printed = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    assert printed.startswith(b"%PDF-") and len(printed) > 50_000
    page.context.close()


def test_each_sheet_fits_its_page(browser: Any, file: Path) -> None:
    paper = {"width": round(170 / 25.4 * 96), "height": round(255 / 25.4 * 96)}  # A4 less margins
    page, _ = opened(browser, file, viewport=paper)
    page.emulate_media(media="print")
    heights = page.eval_on_selector_all(".sheet", "all => all.map(one => one.offsetHeight)")
    assert heights and max(heights) <= paper["height"]
    assert "Motiv 20" in page.inner_text(".sheet") and "Svar senast" in page.inner_text(".sheet")
    page.context.close()


def test_hostile_names_do_not_run(browser: Any, tmp_path: Path) -> None:
    file = write_report(report_run.write_hostile(tmp_path), language="sv")
    page, faults = opened(browser, file)
    assert page.evaluate("window.hit === undefined && document.images.length === 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1360
    assert faults == []
    page.context.close()
