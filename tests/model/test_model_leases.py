"""Premises that are left by a conversion, by hand: what is paid, when, and that it is paid once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.engine.leases import endings
from optimizer.instance import Instance
from tests.instances import a_pair
from tests.optimum import solve

CLOSED, STAFFED, REDUCED = 0, 1, 2
OWN, SHARED = 1, 2


def a_pair_with_leases(means: float, *, reduced_in: int = SHARED) -> Instance:
    """Two staffed offices of 3 mnkr a year each; reduced they cost 2 and add 8 minutes.

    Who leaves the premises of today pays 0.5 mnkr in 2025 and 0.4 in 2026 at o1, 0.3 and 0.2 at o2;
    nothing is paid by who is reduced in the same premises.
    """
    tail = np.zeros((2, 3, 2))
    tail[:, STAFFED] = [[0.4, 0.3], [0.2, 0.1]]
    return a_pair(
        years=2,
        appropriation=np.array([6.0, means]),
        premises=np.array([0, OWN, reduced_in]),
        lease_tail=tail,
        write_off=np.full((2, 2), 0.1),
    )


@pytest.mark.parametrize(
    ("means", "premises", "reduced", "burden"),
    [
        (5.2, SHARED, {"o2"}, 8_000),  # 3 + 2 and the 0.2 of o2; the 0.4 of o1 would be too much
        (5.1, SHARED, {"o1", "o2"}, 16_000),  # 5.2 does not fit; 2 + 2 and 0.6 does
        (5.1, OWN, {"one"}, 8_000),  # nothing is left, nothing paid
    ],
)
def test_leaving_premises_by_a_conversion_is_paid(
    means: float, premises: int, reduced: set[str], burden: float
) -> None:
    instance = a_pair_with_leases(means, reduced_in=premises)
    waits = instance.allowed.copy()
    waits[:, REDUCED, 0] = False  # not in 2025 already
    found = solve(replace(instance, allowed=waits))
    assert found is not None
    today = float((instance.demand * instance.today_cost).sum())
    assert found.objective == pytest.approx(today + burden)
    assert (found.states[:, 0] == STAFFED).all()
    if reduced == {"one"}:
        assert (found.states[:, 1] == REDUCED).sum() == 1
    else:
        assert {instance.sites[j] for j in np.flatnonzero(found.states[:, 1] == REDUCED)} == reduced


@pytest.mark.parametrize(
    ("path", "paid"),
    [
        ((REDUCED, CLOSED), (0.5, 0.0)),  # left in 2025; the closure of 2026 leaves nothing more
        ((STAFFED, REDUCED), (0.0, 0.4)),
        ((STAFFED, CLOSED), (0.0, 0.4)),
        ((CLOSED, CLOSED), (0.5, 0.0)),
        ((REDUCED, STAFFED), (0.5, 0.0)),  # back again, but not to the lease that was left
        ((STAFFED, STAFFED), (0.0, 0.0)),
    ],
)
def test_leases_are_paid_once(path: tuple[int, int], paid: tuple[float, float]) -> None:
    instance = replace(a_pair_with_leases(9.0), upgrades_allowed=True)
    found = endings(instance, np.array([0]), np.array([path]))
    assert found["lease_tail"] + found["write_off"] == pytest.approx(np.array([paid]))


def test_coming_back_pays_no_second_time_in_the_model() -> None:
    """Three years: reduced, staffed again by demand, closed by demand; the bound pays 0.5 once."""
    path = np.array([[REDUCED, STAFFED, CLOSED], [STAFFED] * 3])
    tail = np.zeros((2, 3, 3))
    tail[:, STAFFED] = 0.5
    ample = a_pair(years=3, premises=np.array([0, OWN, SHARED]), lease_tail=tail)
    cost = evaluate(replace(ample, upgrades_allowed=True), path).ledger.cost
    for less, fits in ((0.0, True), (1e-3, False)):
        tight = a_pair(
            years=3,
            premises=np.array([0, OWN, SHARED]),
            lease_tail=tail,
            upgrades_allowed=True,
            appropriation=cost - less,
        )
        assert (solve(tight, fixed=path) is not None) == fits


def test_before_notice_premises_are_left_neither_way() -> None:
    early = np.array([[True, False]] * 2)
    instance = replace(a_pair_with_leases(9.0), early=early)
    for state, broken in ((REDUCED, True), (CLOSED, True), (STAFFED, False)):
        states = np.array([[state, state], [STAFFED, STAFFED]])
        told = evaluate(instance, states).broken
        assert ("transition notice:nation 2025" in told) == broken
        assert "transition notice:nation 2026" not in told
