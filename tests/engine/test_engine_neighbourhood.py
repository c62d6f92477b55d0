"""Single changes, counted in bulk, are what a full count of the changed plan says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.deficits import Deficits
from optimizer.engine.evaluate import evaluate
from optimizer.engine.neighbourhood import single_changes
from optimizer.engine.search import Search
from optimizer.instance import CLOSED, Equity, Instance
from tests.instances import a_pair, an_instance, crowded, helped, only
from tests.optimum import paths


def spending(instance: Instance, states: np.ndarray) -> tuple[float, float]:
    """Burden, and recurring cost plus fees lost, of a network in the first year."""
    count = evaluate(instance, states[:, None])
    fees = instance.money.fee_per_visit * count.lost[0]
    return float(count.burden[0]), float(count.ledger.recurring[0] + fees)


@pytest.mark.parametrize("seed", range(40))
def test_single_changes_are_exact(seed: int) -> None:
    """Seeds 0, 2, ... and others have ties, some plan staff after decay, some help by video, some
    have room at a price of its own at every site."""
    rng = np.random.default_rng(seed)
    modes = ("staffed", "reduced", "flexible", "mobile")
    instance = an_instance(seed=seed, zones=8, sites=5, modes=modes, choices=4)
    if seed % 3 == 2:
        instance = helped(instance, seed)
    if seed % 4 == 1:
        instance = crowded(instance, seed)
    states = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed[:, :, 0]])
    states[0] = instance.today[0] or 1
    if not (instance.tier[states] == 3).any():
        states[0] = 1
        instance = replace(instance, allowed=np.ones_like(instance.allowed))
    burden, cost = spending(instance, states)
    changes = single_changes(instance, states, 0)
    for site, state in np.argwhere(instance.allowed[:, :, 0]):
        after = states.copy()
        after[site] = state
        if not (instance.tier[after] == 3).any():
            assert changes.burden[site, state] > 0  # nobody serves need 3 then
            continue
        new_burden, new_cost = spending(instance, after)
        assert changes.burden[site, state] == pytest.approx(new_burden - burden, abs=1e-3)
        assert changes.cost[site, state] == pytest.approx(new_cost - cost, abs=1e-7)


def test_a_state_that_is_not_allowed_is_never_a_step() -> None:
    instance = only(a_pair(), 0, 1)
    changes = single_changes(instance, np.array([1, 1]), 0)
    assert np.isinf(changes.burden[0, [CLOSED, 2]]).all()


def test_a_zone_without_visits_does_not_turn_the_last_office_into_a_step() -> None:
    """o2 serves alone. Closing it strands the visits of zone 2; zone 1 has none."""
    instance = a_pair(demand=np.array([[[0.0], [1_000.0]]]))
    changes = single_changes(instance, np.array([CLOSED, 1]), 0)
    assert np.isfinite(changes.burden).all()
    assert changes.burden[1, CLOSED] > 1e6
    deficits, standing = Deficits(instance).of(np.array([CLOSED, 1]), 0)
    assert (standing, deficits[1, CLOSED]) == (0.0, 1.0)


def test_the_search_starts_where_nobody_serves() -> None:
    """o1 is decided to close and o2 is a candidate: the search has to open it to serve anyone."""
    instance = only(a_pair(candidate=np.array([False, True]), today=np.array([1, 0])), 0, CLOSED)
    best = Search(instance).run(np.array([[CLOSED], [CLOSED]]))
    assert best is not None
    assert best.states.tolist() == [[CLOSED], [1]]


def test_deficits_count_missing_and_surplus_sites() -> None:
    for seed in range(30):
        instance = an_instance(seed=seed, sites=4, choices=2)
        rng = np.random.default_rng(seed)
        states = np.array([paths(instance, j)[0][0] for j in range(4)])
        after, standing = Deficits(instance).of(states, 0)
        assert standing == pytest.approx(_deficit(instance, states))
        site = int(rng.integers(0, 4))
        for state in range(len(instance.states)):
            changed = states.copy()
            changed[site] = state
            assert after[site, state] == pytest.approx(_deficit(instance, changed))


def _deficit(instance: Instance, states: np.ndarray) -> float:
    missing = 1.0 - min(1, int((instance.tier[states] == 3).sum()))
    for rule in instance.coverage:
        if rule.from_year == 0:
            missing += max(0, rule.min_points - int(rule.states[states[rule.sites]].sum()))
    for limit in instance.limits:
        missing += max(0, int(limit.states[states[limit.sites]].sum()) - limit.at_most)
    return missing


@pytest.mark.parametrize("seed", range(12))
def test_single_changes_never_flatter_the_worst_off(seed: int) -> None:
    """With the threshold as it stands a change is counted no lower than exactly, often the same."""
    rng = np.random.default_rng(seed)
    instance = an_instance(seed=seed, zones=8, sites=4, modes=("staffed", "reduced"), choices=2)
    people = rng.uniform(0.1, 1.0, 8)
    instance = replace(instance, equity=Equity(1.5, 0.3, 0, people / people.sum()))
    states = np.array([rng.choice(np.flatnonzero(row)) for row in instance.allowed[:, :, 0]])
    states[0] = 1
    instance = replace(instance, allowed=np.ones_like(instance.allowed))
    now = float(evaluate(instance, states[:, None]).minutes[0])
    changes = single_changes(instance, states, 0)
    same = 0
    for site, state in np.ndindex(changes.burden.shape):
        after = states.copy()
        after[site] = state
        exact = float(evaluate(instance, after[:, None]).minutes[0]) - now
        if np.isfinite(exact):
            assert changes.burden[site, state] >= exact - 1e-6
            same += abs(changes.burden[site, state] - exact) < 1e-3
    assert same >= 4
