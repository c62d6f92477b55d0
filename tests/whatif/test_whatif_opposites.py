"""Regret: never negative, and the interval holds what enumeration says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.instance import CLOSED, Instance
from optimizer.solving.opposites import Variations
from optimizer.whatif.opposites import opposite, seek, taking
from tests.instances import a_pair, an_instance, only, with_changes
from tests.optimum import best_plan
from tests.soak import sampled

SHAPES = (
    {"sites": 3, "years": 1},
    {"sites": 3, "years": 2, "choices": 1, "modes": ("staffed", "reduced", "mobile")},
)


def shaped(seed: int) -> Instance:
    return an_instance(seed=seed, zones=4 + seed % 3, **SHAPES[seed % 2])


@pytest.mark.parametrize("first", sampled(range(0, 40, 20)))
def test_the_interval_holds_the_regret_that_enumeration_finds(first: int) -> None:
    compared = no_plan = 0
    for seed in range(first, first + 20):
        instance = shaped(seed)
        base = best_plan(instance)
        if base is None:
            continue
        variations = Variations(instance, seconds=20.0)
        assert variations.bound <= base.objective * (1 + 1e-6) + 1.0
        for site in range(len(instance.sites)):
            one = opposite(instance, base.states, site)
            changed = taking(instance, one)
            if changed is None:
                continue
            truth = best_plan(changed)
            bound = variations.restricted(site, one.allowed, seconds=20.0)
            found = seek(instance, base.states, one, seconds=0.4)
            if truth is None:
                no_plan += 1
                assert found.best is None
                continue
            assert truth.objective >= base.objective - 1e-3
            assert bound <= truth.objective * (1 + 1e-6) + 1.0
            if found.best is not None:
                assert found.best.objective >= truth.objective - 1e-3
                compared += 1
    assert compared >= 8
    assert no_plan >= 1


def test_a_small_problem_is_proved_in_few_seconds_too() -> None:
    proved = 0
    for seed in (1, 2, 4):
        instance = shaped(seed)
        base = best_plan(instance)
        for site in range(len(instance.sites)) if base is not None else ():
            assert base is not None
            one = opposite(instance, base.states, site)
            changed = taking(instance, one)
            truth = None if changed is None else best_plan(changed)
            if changed is None:
                continue
            found = seek(instance, base.states, one, seconds=3.0)
            if truth is None:
                assert found.best is None and found.bound == np.inf
            else:
                assert found.best is not None
                assert found.best.objective == pytest.approx(truth.objective, rel=1e-6)
                assert found.bound == pytest.approx(truth.objective, rel=1e-5)
            proved += 1
    assert proved >= 3


def test_with_time_the_regret_is_just_what_enumeration_finds() -> None:
    exact, kinds = 0, set()
    for seed in (1, *range(0, 12, 2)):
        instance = shaped(seed)
        base = best_plan(instance)
        for site in range(len(instance.sites)) if base is not None else ():
            assert base is not None
            one = opposite(instance, base.states, site)
            changed = taking(instance, one)
            truth = None if changed is None else best_plan(changed)
            if truth is None:
                continue
            found = seek(instance, base.states, one, seconds=30.0)
            assert found.best is not None
            assert found.best.objective == pytest.approx(truth.objective, rel=1e-6)
            assert found.bound == pytest.approx(truth.objective, rel=1e-5)
            assert found.bound - base.objective > -1e-5 * base.objective
            exact += 1
            kinds.add(one.kind)
    assert exact >= 5
    assert {"keep", "as_today", "close"} <= kinds


def test_opposites_are_what_a_planner_would_call_so() -> None:
    instance = a_pair(years=2)
    states = np.array([[1, CLOSED], [2, 2]])
    assert opposite(instance, states, 0).kind == "keep"
    converted = opposite(instance, states, 1)  # reduced serves the same need as staffed here
    assert converted.kind == "as_today" and converted.gives_more
    assert converted.allowed[:, 0].tolist() == converted.allowed[:, 1].tolist()
    assert np.flatnonzero(converted.allowed[:, 0]).tolist() == [1]
    kept = opposite(instance, np.array([[1, 1], [2, 2]]), 0)
    assert kept.kind == "close" and not kept.gives_more
    assert not kept.allowed[1:, -1].any() and kept.allowed[1:, 0].all()


def test_the_regret_of_not_converting_is_what_enumeration_finds() -> None:
    """For 5 mnkr one of two is reduced: 8 minutes more for its visitors, the fewer of them.

    To leave that one as today the other is reduced instead. For 4.5 mnkr both have to be reduced,
    and to leave one as today the other has to close.
    """
    demand = np.array([[[1_000.0], [600.0]]])
    for mnkr, modes in ((5.0, {1, 2}), (4.5, {2})):
        instance = with_changes(replace(a_pair(), demand=demand), appropriation=np.array([mnkr]))
        base = best_plan(instance)
        assert base is not None and set(base.states.ravel().tolist()) == modes
        site = 1
        one = opposite(instance, base.states, site)
        assert one.kind == "as_today"
        changed = taking(instance, one)
        assert changed is not None
        truth = best_plan(changed)
        assert truth is not None and truth.states[site, 0] == 1
        found = seek(instance, base.states, one, seconds=20.0)
        assert found.best is not None
        assert found.best.objective == pytest.approx(truth.objective)
        assert found.bound == pytest.approx(truth.objective, rel=1e-5)
        assert truth.objective > base.objective
        if mnkr == 5.0:
            assert truth.objective - base.objective == pytest.approx(400 * 8.0)


def test_what_the_config_rules_out_has_no_opposite() -> None:
    instance = only(a_pair(), 0, 1)
    one = opposite(instance, np.array([[1], [1]]), 0)
    assert one.kind == "close"
    assert taking(instance, one) is None
    assert seek(instance, np.array([[1], [1]]), one, seconds=1.0).best is None


def test_a_variation_leaves_the_others_as_they_are() -> None:
    """o1 closes for 3 mnkr; keeping it and closing o2 is as good, closing neither is too dear."""
    instance = with_changes(a_pair(), appropriation=np.array([4.0]))
    variations = Variations(instance, seconds=20.0)
    neither = instance.allowed[0] & (np.arange(3) != CLOSED)[:, None]
    first = variations.restricted(0, neither, seconds=5.0)
    closed = variations.restricted(0, ~neither, seconds=5.0)
    assert variations.restricted(0, neither, seconds=5.0) == pytest.approx(first)
    assert variations.restricted(0, instance.allowed[0], seconds=5.0) == variations.bound
    assert closed == pytest.approx(evaluate(instance, np.array([[CLOSED], [1]])).objective)
