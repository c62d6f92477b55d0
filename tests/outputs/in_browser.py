"""A page opened in the browser, and all that it should not say or ask for."""

from pathlib import Path
from typing import Any


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
