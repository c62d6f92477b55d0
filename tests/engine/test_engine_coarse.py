"""Many zones searched as few: what a coarse instance keeps, and plans counted on all zones."""

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine import coarse
from optimizer.engine.evaluate import evaluate
from optimizer.instance import Equity
from optimizer.instance.aim import ACCESS, COST, Ceiling
from tests.instances import an_instance


@pytest.mark.parametrize("seed", range(10))
def test_coarse_zones_keep_visits_and_minutes(seed: int) -> None:
    """Total visits are kept, and so are visit-minutes to any one site."""
    instance = an_instance(zones=8, sites=4, years=2, seed=seed)
    small = coarse.coarsen(instance, nearest=1, most_zones=0)
    assert len(small.zones) <= len(instance.zones)
    assert small.demand.sum() == pytest.approx(instance.demand.sum())
    weight, small_weight = instance.demand.sum(axis=(0, 2)), small.demand.sum(axis=(0, 2))
    assert small_weight @ small.minutes == pytest.approx(weight @ instance.minutes)


def test_plans_of_coarse_zones_are_counted_on_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the coarse search proposes, the planner's best is feasible and counted exactly."""
    monkeypatch.setattr(coarse, "MOST_ZONES", 1)
    compared = 0
    for seed in range(10):
        instance = an_instance(zones=8, sites=4, years=2, seed=seed)
        planner = coarse.Planner(instance, out_of_time=lambda: False)
        planner.construct()
        found = planner.improve()
        if found is not None:
            again = evaluate(instance, found.states)
            assert again.feasible
            assert found.objective == pytest.approx(again.objective)
            assert np.array_equal(found.states, again.states)
            compared += 1
    assert compared >= 5


def test_a_given_plan_that_meets_all_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the coarse zones may count it beyond a narrow ceiling."""
    monkeypatch.setattr(coarse, "MOST_ZONES", 1)
    compared = 0
    for seed in range(24):
        instance = an_instance(zones=8, sites=4, years=2, seed=seed)
        first = coarse.Planner(instance, out_of_time=lambda: False)
        first.construct()
        won = first.improve()
        if won is None:
            continue
        ceiling = Ceiling(ACCESS, won.objective * 1.001)
        planner = coarse.Planner(replace(instance, ceilings=(ceiling,)), out_of_time=lambda: False)
        planner.construct(won.states)
        found = planner.improve()
        assert found is not None
        assert found.objective <= won.objective
        compared += 1
    assert compared >= 10


def test_ceilings_and_the_worst_off_hold_on_all_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coarse zones keep the people; a plan that exceeds an earlier aim on all is not taken."""
    monkeypatch.setattr(coarse, "MOST_ZONES", 1)
    compared = cheaper = 0
    for seed in range(12):
        instance = an_instance(zones=8, sites=4, years=2, seed=seed)
        people = np.linspace(1.0, 2.0, 8)
        fair = replace(instance, equity=Equity(0.5, 0.3, 0, people / people.sum()))
        small = coarse.coarsen(fair, nearest=1, most_zones=0)
        assert small.equity is not None
        assert small.equity.people.sum() == pytest.approx(1.0)
        first = coarse.Planner(fair, out_of_time=lambda: False)
        first.construct()
        won = first.improve()
        for slack in (1.001, 1.2) if won is not None else ():
            assert won is not None
            ceiling = Ceiling(ACCESS, won.objective * slack)
            second = replace(fair, aim=COST, ceilings=(ceiling,))
            planner = coarse.Planner(second, out_of_time=lambda: False)
            planner.construct(won.states)
            found = planner.improve()
            if found is not None:  # a narrow ceiling may be out of reach of the coarse search
                again = evaluate(second, found.states)
                assert again.feasible
                assert float(again.minutes.sum()) <= ceiling.most + 1e-3
                assert found.ledger.spent.sum() <= won.ledger.spent.sum() + 1e-9
                compared += 1
                cheaper += bool(found.ledger.spent.sum() < won.ledger.spent.sum() - 1e-6)
    assert compared >= 12
    assert cheaper >= 5
