"""The JSON Schema describes every key, and assumptions with range and reason."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from optimizer.config.schema import config_schema


def _keys(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, section in schema["$defs"].items():
        for key, value in section.get("properties", {}).items():
            yield f"{name}.{key}", value


KEYS = dict(_keys(config_schema()))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_described(key: str) -> None:
    assert len(KEYS[key]["description"]) > 5


def test_assumptions_carry_range_and_reason() -> None:
    growth = KEYS["Demand.productivity_growth"]
    assert growth["default"] == 0.01
    assert growth["range"] == "0 to 2 %"
    assert "steers the plan" in growth["reason"]
    assert KEYS["Mode.fte_min"]["range"] == "±30 %"
    assert sum("reason" in value for value in KEYS.values()) >= 18


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"extends": "base.yaml"}, True),
        ({"modes": {"mobile": None}, "budget": {"cut": {"2027": None}}}, True),
        ({"requirements": {"region_coverage": {"on": False}, "room": {"on": False}}}, True),
        ({"requirements": {"region_coverage": {"on": True}}}, False),
        ({"budget": {"cutt": {}}}, False),
        ({"offices": {"close": [{"reason": "no office named"}]}}, False),
        ({"solver": {"gap": "small"}}, False),
        (
            {"extends": "textbook/p-median.yaml", "requirements": {"open_sites": {"exactly": 5}}},
            True,
        ),
        ({"extends": "textbook/p-median.yaml", "years": [2025]}, False),
        ({"requirements": {"open_sites": {"exactly": 5, "from": 2026}}}, True),
        ({"requirements": {"open_sites": 5}}, False),
        ({"requirements": {"access_standard": [{"preset": "la-poste", "group": "all"}]}}, True),
        ({"requirements": {"access_standard": [{"preset": "la-poste", "minutes": 9}]}}, False),
    ],
)
def test_an_editor_accepts_what_load_accepts(document: dict[str, Any], fits: bool) -> None:
    validator = jsonschema.Draft202012Validator(config_schema())
    assert validator.is_valid(document) is fits
