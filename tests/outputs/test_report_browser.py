"""The report in a real browser without a network: nothing asked for, nothing run, accessible."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.report import write_report
from tests.outputs import report_run

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.browser

OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        system = shutil.which("chromium")
        try:
            found = playwright.chromium.launch(executable_path=system, args=list(OPTIONS))
        except sync_api.Error as missing:
            pytest.skip(f"no browser: {missing}")
        yield found
        found.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_report(report_run.write(folder), language="sv")


def opened(browser: Any, file: Path, **options: Any) -> tuple[Any, list[str]]:
    """The page, and a list that fills with its faults: errors, warnings and requests."""
    page, faults = browser.new_context(offline=True, locale="sv-SE", **options).new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = (file.as_uri(), "data:,")
    page.on("request", lambda one: None if one.url in own else faults.append(one.url))
    page.goto(file.as_uri())
    return page, faults


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_is_asked_for_and_axe_finds_nothing(browser: Any, file: Path, width: int) -> None:
    page, faults = opened(browser, file, viewport={"width": width, "height": 900}, bypass_csp=True)
    assert faults == []
    found = axe.Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
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


def test_the_contents_lead_to_their_chapters(browser: Any, file: Path) -> None:
    page, _ = opened(browser, file)
    for link in page.locator("nav a").all():
        target = link.get_attribute("href")
        assert page.locator(f"section{target} > h2").count() == 1
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


def test_hostile_names_do_not_run(browser: Any, tmp_path: Path) -> None:
    file = write_report(report_run.write_hostile(tmp_path), language="sv")
    page, faults = opened(browser, file)
    assert page.evaluate("window.hit === undefined && document.images.length === 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert faults == []
    page.context.close()
