"""How sure the plans of compared runs are, and when what differs may be within their gaps."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.outputs.strings import load
from optimizer.whatif.standing import Standing, standing, within_gaps


def a_standing(name: str, objective: float, bound: float | None) -> Standing:
    added = objective - 1e7
    gap = None if bound is None else (objective - bound) / added
    told: dict[str, Any] = {"status": "gap_reached", "objective": objective, "bound": bound}
    return standing(name, {**told, "objective_today": 1e7, "gap": gap})


def test_a_run_tells_how_its_search_ended_and_what_it_adds() -> None:
    told = a_standing("base", 1.1e7, 1.05e7).sentence()
    assert told == (
        "base: gap reached, gap 50.00%, 1.000 million visit-minutes more than today's network"
    )
    assert "no bound known" in a_standing("own", 1.1e7, None).sentence()


@pytest.mark.parametrize(
    ("one", "other", "unclear"),
    [
        ((1.10e7, 1.05e7), (1.15e7, 1.08e7), True),
        ((1.10e7, 1.09e7), (1.20e7, 1.15e7), False),  # the other is proved worse
        ((1.10e7, 1.05e7), (1.20e7, None), False),  # a plan as it is, the other the better
        ((1.10e7, 1.05e7), (1.08e7, None), True),
        ((1.10e7, 1.0999e7), (1.10e7, 1.0999e7), False),  # gaps too small to speak of
    ],
)
def test_what_differs_may_be_within_the_gaps(
    one: tuple[float, float], other: tuple[float, float | None], unclear: bool
) -> None:
    told = list(within_gaps([a_standing("a", *one), a_standing("b", *other)], load("en")))
    assert bool(told) is unclear
    assert all("within the gaps" in text for text in told)
