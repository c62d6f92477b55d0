"""Where a requirement holds, in words."""

import pytest

from optimizer.model.requirements import REQUIREMENTS
from optimizer.outputs.side_by_side.titles import SCOPES, Titles
from optimizer.outputs.strings import load

TITLES = Titles(
    strings=load("en"),
    modes={"mobile": "Mobile service"},
    municipalities={},
    offices={"o1": "Falun", "o:2": "Mora"},
    regions={("fa", "7"): "Dalarna"},
    services={"id_check": "Identity check"},
)


def test_every_scope_that_is_told_is_of_a_requirement() -> None:
    assert set(SCOPES) <= {one.name for one in REQUIREMENTS}


@pytest.mark.parametrize(
    ("requirement", "scope", "words"),
    [
        ("region_coverage", "fa:7", "Dalarna"),
        ("region_coverage", "fa:8:1", "fa 8:1"),
        ("budget_by_year", "nation", "The whole country"),
        ("one_mode", "sites", "sites"),
        ("mode_limits", "mobile:offices:fa:7", "Mobile service, offices of today, Dalarna"),
        ("mode_limits", "mobile", "mobile"),
        ("access_standard", "2:nation", "Rule 2, The whole country"),
        ("access_standard", "fa:7", "Dalarna"),
        ("service_coverage", "id_check:2:nation", "Identity check, Rule 2, The whole country"),
        ("service_coverage", "id_check:fa:7", "Identity check, Dalarna"),
        ("fixed_decisions", "offer:o1:id_check", "To offer a service, Falun, Identity check"),
        ("fixed_decisions", "keep:o:2", "To be kept, Mora"),
        ("transition", "closures:fa:7", "Closures in the year, Dalarna"),
        ("remote_balance", "unknown:1", "unknown:1"),
        ("equity", "unknown", "unknown"),
    ],
)
def test_a_scope_in_words(requirement: str, scope: str, words: str) -> None:
    assert TITLES.scope(requirement, scope) == words
