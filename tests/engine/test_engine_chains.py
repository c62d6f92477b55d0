"""Chains say who goes where; equal sets share one number, whatever their order."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.engine.chains import OptionTable, Steps, _distinct, build_chains
from optimizer.engine.evaluate import assign
from optimizer.instance import Instance
from tests.instances import a_pair, an_instance, only

Members = frozenset[tuple[int, int]]


def explicit_sets(steps: Steps, table: OptionTable) -> list[Members]:
    """The (site, state) members of the set at the end of each link, collected one by one."""
    found: list[Members] = []
    for link, option in enumerate(steps.option):
        own = {(int(table.site[option]), int(s)) for s in np.flatnonzero(table.states[option])}
        before = found[-1] if steps.position[link] > 0 else frozenset()
        found.append(before | own)
    return found


def chain_costs(
    instance: Instance, steps: Steps, table: OptionTable, states: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """By zone f(1) + sum_k (f(k+1) - f(k)) z[S(k)], and the cost at the end of the chain."""
    members = explicit_sets(steps, table)
    cost, last = np.zeros(len(instance.zones)), np.zeros(len(instance.zones))
    for link, zone in enumerate(steps.zone):
        if steps.position[link] == 0:
            cost[zone] = steps.cost[link]
        elif not any(states[j] == s for j, s in members[link - 1]):
            cost[zone] += steps.cost[link] - steps.cost[link - 1]
        last[zone] = steps.cost[link]
    return cost, last


def test_the_chain_of_a_zone_by_hand() -> None:
    """Zone 1: o1 staffed 10, o1 reduced 18, o2 staffed 40, o2 reduced 48. At depth 1 it ends
    before o2, at 18. With o1 always open it ends at 18 as well, and is complete."""
    for instance, depth, costs, complete in (
        (a_pair(), 2, [10, 18, 40, 48], True),
        (a_pair(), 1, [10, 18], False),
        (only(a_pair(), 0, 1, 2), 2, [10, 18], True),
    ):
        (steps,), _, _ = build_chains(instance, depth)
        assert steps.cost[steps.zone == 0].tolist() == costs
        assert bool(steps.complete[0]) is complete


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_equal_sets_have_one_number(depth: int) -> None:
    for seed in range(25):
        instance = an_instance(seed=seed, zones=12, sites=4, years=1 + seed % 2)
        parts, tables, pool = build_chains(instance, depth)
        number: dict[Members, int] = {}
        for steps, table in zip(parts, tables, strict=True):
            for members, set_id in zip(explicit_sets(steps, table), steps.set_id, strict=True):
                assert number.setdefault(members, int(set_id)) == set_id
        assert len(set(number.values())) == len(number) == pool.size


def test_a_set_is_its_parent_and_one_option() -> None:
    for seed in range(25):
        instance = an_instance(seed=seed, zones=10, sites=4)
        parts, tables, pool = build_chains(instance, 4)
        members = {
            int(set_id): found
            for steps, table in zip(parts, tables, strict=True)
            for found, set_id in zip(explicit_sets(steps, table), steps.set_id, strict=True)
        }
        for k in range(pool.size):
            site = int(pool.site[k])
            added = {(site, int(s)) for s in np.flatnonzero(pool.added[k])}
            parent = members[int(pool.parent[k])] if pool.parent[k] >= 0 else frozenset()
            assert members[k] == parent | added
            held = {int(s) for s in np.flatnonzero(pool.held[k])}
            assert held == {s for j, s in members[k] if j == site}
            assert pool.n_sites[k] == len({j for j, _ in members[k]})


def test_full_chains_give_the_cost_of_every_plan_and_cut_ones_less() -> None:
    rng = np.random.default_rng(3)
    for seed in range(40):
        instance = an_instance(seed=seed, zones=8, sites=4)
        instance = only(instance, seed % 4, *sorted({1, int(instance.today[seed % 4]) or 1}))
        for depth in (4, 2, 1):  # the site that is kept stops chains: lossless
            parts, tables, _ = build_chains(instance, depth)
            options = [np.flatnonzero(row) for row in instance.allowed[:, :, 0]]
            states = np.array([rng.choice(some) for some in options])
            exact = assign(instance, states).cost
            for need, (steps, table) in enumerate(zip(parts, tables, strict=True)):
                cost, last = chain_costs(instance, steps, table, states)
                wanted = np.minimum(exact[:, need], last)
                assert cost == pytest.approx(wanted)
                served = np.isfinite(exact[:, need]) & steps.complete
                assert cost[served] == pytest.approx(exact[served, need])
            assert depth < 4 or all(steps.complete.all() for steps in parts)


def test_years_of_their_own_stop_chains_earlier() -> None:
    """o1 may close in 2026 only: in 2025 alone it stops the chain of zone 1."""
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[0, 0, 0] = False
    instance = a_pair(years=2, allowed=allowed)
    (both,), _, _ = build_chains(instance, 2)
    (first,), _, _ = build_chains(instance, 2, years=slice(0, 1))
    assert both.cost[both.zone == 0].tolist() == [10, 18, 40, 48]
    assert first.cost[first.zone == 0].tolist() == [10, 18]


def test_keys_whose_first_words_are_alike_are_told_apart() -> None:
    keys = np.array([[7, 7, 3, 7], [1, 2, 5, 1]], dtype=np.uint64)
    first, which = _distinct(keys)
    assert len(first) == 3
    assert which[0] == which[3] and len(set(which.tolist())) == 3
    assert np.array_equal(keys[:, first[which]], keys)
