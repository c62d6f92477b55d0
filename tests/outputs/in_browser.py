"""A page opened in the browser, all that it should not say or ask for, and what the map shows."""

from pathlib import Path
from typing import Any

LATER = 250  #: milliseconds until what lies further down the page is painted


def opened(browser: Any, file: Path, link: str = "", **options: Any) -> tuple[Any, list[str]]:
    """The page, and a list that fills with its faults: errors, warnings and requests."""
    options = {"viewport": {"width": 1360, "height": 1000}} | options
    page, faults = browser.new_context(offline=True, locale="sv-SE", **options).new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = (file.as_uri(), "data:,")
    page.on("request", lambda one: one.url.split("#")[0] in own or faults.append(one.url))
    page.goto(file.as_uri() + link)
    return page, faults


def classes(page: Any) -> list[str]:
    """The class of each municipality on the map: its colour."""
    return page.eval_on_selector_all(
        "#municipalities path", "all => all.map(one => one.getAttribute('class'))"
    )


def visible_rows(page: Any) -> int:
    return page.locator("#rows tr:visible").count()


def office(page: Any, state: str) -> str:
    """The name of the first office on the map in a state."""
    label = page.locator(f"#map .office.{state}").first.get_attribute("aria-label")
    return str(label.split(", ")[0])


def choose(page: Any, name: str) -> None:
    page.locator("#rows").get_by_role("button", name=name, exact=True).click()
