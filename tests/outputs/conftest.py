"""A browser without a network, one for a module, and pages and runs that many modules look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.geopackage import write_geopackage
from optimizer.outputs.map import write_map
from optimizer.outputs.workbook import write_workbook
from tests.outputs import full_run, made_run, tiny_papers
from tests.outputs.in_browser import opened

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


@pytest.fixture(scope="session")
def file(plain_map: Path) -> Path:
    """The map that is looked at, where a module names no other."""
    return plain_map


@pytest.fixture
def page(browser: Any, file: Path) -> Iterator[Any]:
    """The map in the browser, for one test; it does nothing that it should not."""
    page, faults = opened(browser, file)
    yield page
    page.context.close()
    assert faults == []


def _papers(folder: Path) -> Path:
    write_geopackage(folder, language="sv")
    write_workbook(folder, language="sv")
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with the real offices and municipalities, its map layers and workbook, in Swedish."""
    return _papers(made_run.write(tmp_path_factory.mktemp("made") / "run"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny run, with places for sites and zones and numbers worked out by hand; as above."""
    return _papers(tiny_papers.write(tmp_path_factory.mktemp("tiny") / "run"))
