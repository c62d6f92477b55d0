"""Help by video by hand: who is quiet, who is busy, how much, and what it saves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.engine.remote import video_help, who_helps_whom
from optimizer.instance import Instance, Remote
from tests.instances import a_pair, an_instance, helped

ABLE = np.ones(4, dtype=bool)


def test_help_is_what_quiet_offices_have_and_busy_ones_may_get() -> None:
    """Idle 2 and 1. Busy: 20 % of 10 is 2; 20 % of 3.2 is 0.64, but only 0.2 is missing."""
    least, asked = np.full(4, 3.0), np.array([1.0, 2.0, 10.0, 3.2])
    found = video_help(least, asked, ABLE, 0.2)
    assert found.idle == pytest.approx([2.0, 1.0, 0.0, 0.0])
    assert found.wanted == pytest.approx([0.0, 0.0, 2.0, 0.2])
    assert found.get == pytest.approx([0.0, 0.0, 2.0, 0.2])
    assert found.give == pytest.approx([2.0 * 2.2 / 3, 1.0 * 2.2 / 3, 0.0, 0.0])


def test_where_little_is_idle_every_busy_office_gets_the_same_part() -> None:
    least, asked = np.full(4, 3.0), np.array([2.7, 5.0, 10.0, 3.0])
    found = video_help(least, asked, ABLE, 0.2)
    assert found.give == pytest.approx([0.3, 0.0, 0.0, 0.0])
    assert found.get == pytest.approx([0.0, 0.1, 0.2, 0.0])


def test_offices_without_placed_staff_neither_give_nor_get() -> None:
    least, asked = np.full(4, 3.0), np.array([1.0, 2.0, 10.0, 5.0])
    able = np.array([False, True, True, False])
    found = video_help(least, asked, able, 0.2)
    assert found.give == pytest.approx([0.0, 1.0, 0.0, 0.0])
    assert found.get == pytest.approx([0.0, 0.0, 1.0, 0.0])


def test_nobody_helps_where_nobody_is_quiet() -> None:
    found = video_help(np.ones(2), np.array([1.5, 4.0]), ABLE[:2], 0.2)
    assert found.give.sum() == found.get.sum() == 0.0


def test_pairs_add_up_and_are_few() -> None:
    give, get = np.array([2.0, 0.0, 1.0, 0.0]), np.array([0.0, 0.4, 0.0, 2.6])
    origin, target, fte = who_helps_whom(give, get)
    assert list(zip(origin.tolist(), target.tolist(), strict=True)) == [(0, 3), (2, 3), (2, 1)]
    assert fte == pytest.approx([2.0, 0.6, 0.4])
    origin, target, fte = who_helps_whom(give, get, [(2, 1), (0, 3), (3, 0)])  # a year later
    assert list(zip(origin.tolist(), target.tolist(), strict=True)) == [(2, 1), (0, 3), (2, 3)]
    assert fte == pytest.approx([0.4, 2.0, 0.6])
    rng = np.random.default_rng(3)
    for _ in range(20):
        parts = rng.uniform(0, 3, 8)
        give = np.where(np.arange(8) < 5, parts, 0.0)
        get = np.where(np.arange(8) >= 5, parts, 0.0)
        get *= give.sum() / get.sum()
        origin, target, fte = who_helps_whom(give, get)
        assert np.bincount(origin, weights=fte, minlength=8) == pytest.approx(give, abs=1e-6)
        assert np.bincount(target, weights=fte, minlength=8) == pytest.approx(get, abs=1e-6)
        assert fte.size <= 7


def a_busy_pair() -> Instance:
    """o1 has 400 visits and 1 FTE at least, o2 4,000; one FTE takes 1,000 visits."""
    demand = np.array([[[400.0], [4_000.0]]])
    remote = Remote(np.array([False, True, True]), 0.1, 0.2)
    return a_pair(demand=demand, remote=remote)


def test_help_lowers_staff_and_its_equipment_is_paid_for() -> None:
    """0.6 FTE of o1 are idle; o2 may get 10 % of 4 FTE: 0.4. Staff 4.6 instead of 5, at 1 mnkr;
    equipment 0.4 x 0.2 = 0.08. Premises 2 + 2."""
    instance = a_busy_pair()
    count = evaluate(instance, np.array([[1], [1]]))
    assert count.help is not None
    assert count.help.get[0] == pytest.approx([0.0, 0.4])
    assert count.help.give[0] == pytest.approx([0.4, 0.0])
    assert count.fte[0] == pytest.approx([1.0, 3.6])
    assert count.ledger.items["remote_equipment"] == pytest.approx([0.08])
    assert count.ledger.cost[0] == pytest.approx(4.0 + 4.6 + 0.08)
    without = evaluate(replace(instance, remote=None), np.array([[1], [1]]))
    assert without.ledger.cost[0] == pytest.approx(4.0 + 5.0)
    assert without.objective == count.objective  # nobody goes elsewhere for it


def test_more_help_never_costs_more_and_never_moves_a_visit() -> None:
    rng = np.random.default_rng(11)
    saved = 0
    for seed in range(25):
        instance = helped(an_instance(seed=seed, zones=6, sites=4, years=2), seed)
        assert instance.remote is not None
        states = np.repeat(instance.today[:, None], 2, axis=1)
        shares = np.sort(rng.uniform(0.0, 0.6, 3))
        counts = [
            evaluate(replace(instance, remote=replace(instance.remote, share=share)), states)
            for share in (0.0, *shares)
        ]
        costs = [count.ledger.cost.sum() for count in counts]
        assert (np.diff(costs) <= 1e-9).all()
        assert len({count.objective for count in counts}) == 1
        for count in counts:
            assert count.help is not None
            assert count.help.give.sum(axis=1) == pytest.approx(count.help.get.sum(axis=1))
            assert (count.fte >= np.where(states.T > 0, instance.fte_min[states.T], 0) - 1e-9).all()
        saved += costs[-1] < costs[0] - 1e-3
    assert saved > 5
