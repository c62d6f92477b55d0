"""The JSON Schema describes every key, and assumptions with range and reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from optimizer.config.costs import StaffTravel
from optimizer.config.schema import config_schema
from optimizer.outputs.account import carbon
from optimizer.outputs.account.peak import PEAK_WEEKDAYS


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
    "key",
    [
        "Demand.propensity_scale_minutes",
        *(f"StaffTravel.{name}" for name in StaffTravel.model_fields),
    ],
)
def test_what_has_no_public_figure_says_range_and_reason(key: str) -> None:
    assert KEYS[key]["range"] and KEYS[key]["reason"]


def test_a_reason_has_a_range() -> None:
    assert not [key for key, told in KEYS.items() if "reason" in told and "range" not in told]


def test_the_readme_tells_the_constants_without_a_key() -> None:
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    told = {
        "car_share": "{:.0%} of visits by car",
        "people_per_car": "{:g} people in each",
        "car_kg_per_km": "{:g} kg carbon dioxide a kilometre",
        "km_per_hour": "{:g} km/h where a run has no kilometres",
    }
    values = {name: one.value for name, one in carbon._assumed().items()}
    assert set(values) == set(told)
    for name, text in told.items():
        assert text.format(values[name]).replace("75%", "75 %") in readme
    assert f"{PEAK_WEEKDAYS:g} weekdays of the busiest month" in readme


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
