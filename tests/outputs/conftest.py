"""A browser without a network, one for a module, and pages and runs that many modules look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from tests.outputs import full_run, made_run

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


@pytest.fixture(scope="session")
def full_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map, in Swedish, of a run with every table; nobody changes it or its run."""
    return write_map(full_run.write(tmp_path_factory.mktemp("map") / "run"), language="sv")


@pytest.fixture(scope="session")
def plain_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of the made run alone."""
    return write_map(made_run.write(tmp_path_factory.mktemp("map") / "run"), language="sv")
