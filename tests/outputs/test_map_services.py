"""The services of an office on its card, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.outputs.map import write_map
from tests.outputs.in_browser import opened
from tests.services.service_case import OFF, a_case, solved

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """k1 (Falun) has identity checks and closes, k3 (Ludvika) gets them."""
    offer = {"office": "k3", "service": "id_check"}
    config = a_case(
        tmp_path_factory.mktemp("card"),
        requirements=OFF,
        offices={"close": [{"office": "k1"}], "offer": [offer]},
        output={"language": "sv", "formats": ["csv", "parquet", "html"]},
    )
    page, faults = opened(browser, solved(config) / "map.html")
    yield page
    assert faults == []


@pytest.mark.parametrize(
    ("office", "told"),
    [
        ("Falun", ["Förstärkt identitetskontroll: upphör"]),
        ("Ludvika", ["Förstärkt identitetskontroll: nytt"]),
        ("Mora", []),
    ],
)
def test_the_card_says_what_stays_begins_and_ends(page: Any, office: str, told: list[str]) -> None:
    page.fill("#search", office)
    page.press("#search", "Enter")
    assert page.inner_text("#card-heading") == office
    titles = page.locator("#card dt").all_inner_texts()
    assert ("Tjänster" in titles) == bool(told)
    lines = page.locator("#card dt:has-text('Tjänster') + dd li").all_inner_texts()
    assert lines == told


@pytest.mark.parametrize(
    ("confidence", "mark"), [("announced", "aviserat"), ("town_announced", "antaget")]
)
def test_the_card_says_what_is_not_certain(
    browser: Any, tmp_path: Path, confidence: str, mark: str
) -> None:
    closed = {"close": [{"office": "k1"}]}
    output = {"language": "sv", "formats": ["csv"]}
    run = solved(a_case(tmp_path, requirements=OFF, offices=closed, output=output))
    offers = run / "inputs" / "offers.csv"
    rows = offers.read_text(encoding="utf-8")
    offers.write_text(rows.replace(",own,", f",{confidence},"), encoding="utf-8")
    write_map(run, language="sv")
    page, faults = opened(browser, run / "map.html")
    page.fill("#search", "Falun")
    page.press("#search", "Enter")
    lines = page.locator("#card dt:has-text('Tjänster') + dd li").all_inner_texts()
    assert lines == [f"Förstärkt identitetskontroll ({mark}): upphör"]
    assert faults == []
