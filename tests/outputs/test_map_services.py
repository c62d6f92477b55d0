"""The services of an office on its card, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
