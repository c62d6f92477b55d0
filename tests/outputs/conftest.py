"""A browser without a network, one for a module."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system or of Playwright; skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        system = shutil.which("chromium")
        try:
            found = playwright.chromium.launch(executable_path=system, args=list(OPTIONS))
        except sync_api.Error as missing:
            pytest.skip(f"no browser: {missing}")
        yield found
        found.close()
