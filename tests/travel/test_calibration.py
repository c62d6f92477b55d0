"""The error of the travel estimate is the one told in docs/travel.md."""

import math
from pathlib import Path

import pytest

from geodata import builtin
from geodata.build.travel_calibration import calibrate, errors, signed_errors
from geodata.travel import EstimateSettings

PAGE = Path(__file__).parents[2] / "docs" / "travel.md"


def test_road_checks_are_many_and_halved() -> None:
    table = builtin.load("road_checks")
    assert len(table) >= 40
    assert not table.duplicated(["from_place", "to_place"]).any()
    assert abs((table["half"] == "tune").sum() - (table["half"] == "check").sum()) <= 1


@pytest.mark.parametrize("half", ["tune", "check"])
def test_the_page_tells_the_error(half: str) -> None:
    found = errors(half, EstimateSettings())
    row = (
        f"| {half} | {found.pairs} | {found.median_km} % | {found.p90_km} % "
        f"| {found.median_minutes} % | {found.p90_minutes} % |"
    )
    assert row in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("quantity", "told"), [("km", "distances"), ("minutes", "times")])
def test_the_page_names_the_worst_pairs(quantity: str, told: str) -> None:
    """All pairs that are off by a fifth or more, the worst first."""
    found = signed_errors(EstimateSettings())[quantity].sort_values()
    worst = [f"{pair} (−{-error:.1f} %)" for pair, error in found[found < -20].items()]
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"worst {'known ' * (quantity == 'km')}{told}: {', '.join(worst)}." in page
    assert found.max() < 20


def test_the_page_tells_how_slow_motorways_come_out() -> None:
    most = math.ceil(signed_errors(EstimateSettings())["minutes"].max())
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"Times along motorways come out up to {most} % too slow." in page


def test_the_error_on_unseen_pairs_is_small() -> None:
    found = errors("check", EstimateSettings())
    assert found.median_km < 6 and found.p90_km < 15
    assert found.median_minutes < 10 and found.p90_minutes < 20


def test_the_page_names_every_parameter() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in EstimateSettings.__dataclass_fields__:
        assert f"`{name}`" in page


def test_calibration_gives_the_defaults() -> None:
    assert calibrate() == EstimateSettings()
