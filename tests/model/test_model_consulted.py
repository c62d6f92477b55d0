"""A municipality is left without a site only after consultation, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.deficits import Deficits
from optimizer.engine.evaluate import evaluate
from optimizer.instance import Consultation, Instance
from tests.instances import a_pair
from tests.optimum import solve

CLOSED, STAFFED, REDUCED = 0, 1, 2


def two_offices(*, together: bool, held: tuple[bool, bool]) -> Instance:
    """Staffed or closed, at 3 mnkr a year; means for one. In one municipality or in two, one held.

    Closing one adds 30 minutes to 1,000 visits; the offices and zones are alike but for the 1,200
    visits of z1, so that o2 is the one to close.
    """
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[:, REDUCED] = False
    town = np.zeros(2, dtype=np.int64) if together else np.array([0, 1])
    still = np.array([held]) if together else np.array([(False, False), held])
    pair = a_pair(years=2, allowed=allowed, appropriation=np.array([4.3, 4.3]))
    demand = np.tile(np.array([[1_200.0], [1_000.0]]), (2, 1, 1))
    return replace(pair, demand=demand, consulted=Consultation(town, still))


@pytest.mark.parametrize(
    ("together", "held", "closes"),
    [
        (False, (False, False), 1),  # nothing is held: o2 closes, for 30 minutes x 1,000
        (False, (True, True), 0),  # o2 is the only one of its municipality: o1 closes instead
        (False, (True, False), 0),  # and what closes in 2025 stays closed
        (True, (True, True), 1),  # o1 is left in it
    ],
)
def test_the_only_office_of_a_municipality_waits(
    together: bool, held: tuple[bool, bool], closes: int
) -> None:
    found = solve(two_offices(together=together, held=held))
    assert found is not None
    assert found.states[closes].tolist() == [CLOSED, CLOSED]
    assert found.states[1 - closes].tolist() == [STAFFED, STAFFED]


def test_two_offices_of_a_municipality_do_not_close_in_one_year_before_it() -> None:
    """Neither is the only one today; when both close nothing is left."""
    instance = two_offices(together=True, held=(True, False))
    third = np.array([[CLOSED, CLOSED], [CLOSED, CLOSED]])
    assert "transition consultation:nation 2025" in evaluate(instance, third).broken
    waits = np.array([[STAFFED, CLOSED], [CLOSED, CLOSED]])
    told = evaluate(instance, waits).broken
    assert not any("consultation" in one for one in told)


def test_the_search_sees_what_a_change_leaves_without_a_site() -> None:
    instance = two_offices(together=True, held=(True, False))
    for states in ([STAFFED, CLOSED], [CLOSED, CLOSED], [STAFFED, STAFFED]):
        for t in (0, 1):
            after, now = Deficits(instance).of(np.array(states), t)
            for site in (0, 1):
                for state in (CLOSED, STAFFED):
                    other = np.array(states)
                    other[site] = state
                    _, there = Deficits(instance).of(other, t)
                    assert after[site, state] == pytest.approx(there), (states, t, site, state)
            assert now >= float(t == 0 and states == [CLOSED, CLOSED])
