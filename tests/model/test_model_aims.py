"""Objectives other than minutes alone: cost, both at a price, one after another, the worst off."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.equity import added_minutes, tail_of
from optimizer.engine.evaluate import evaluate
from optimizer.instance import Equity, Instance
from optimizer.instance.aim import ACCESS, COST, Aim, Ceiling, weighted
from optimizer.solving.certificate import gap_of_added_burden
from optimizer.solving.incumbent import Limits
from optimizer.solving.proof import Outcome, prove
from tests.instances import a_pair, fair, helped, only, staffed
from tests.model.test_model_brute_force import agree, shaped
from tests.optimum import all_plans, best_plan, solve
from tests.soak import sampled


def proved(instance: Instance) -> Outcome:
    limits = Limits("highs", 0.0, time.monotonic() + 60.0, 1, 1)
    return prove(instance, limits, report=lambda *_: None, stop=threading.Event())


def is_proved_best(instance: Instance) -> bool:
    """The search and its bound end at the best plan by enumeration, if there is a plan."""
    best = best_plan(instance)
    if best is None:
        return False
    found = proved(instance)
    assert found.certificate.status == "optimal"
    assert found.evaluation.objective == pytest.approx(best.objective, rel=1e-6, abs=1.0)
    return True


def test_cost_alone_closes_what_saves() -> None:
    """Both staffed: 2 x (2 + 1) = 6 mnkr. One of them alone: 2 and 2 FTE for the 2,000 visits, 4,
    however far; reduced, its premises cost 1: 3."""
    best = best_plan(a_pair(aim=COST))
    assert best is not None
    assert best.objective == pytest.approx(3.0e6)
    assert (best.states == 0).sum() == 1
    assert (best.states == 2).sum() == 1


@pytest.mark.parametrize(("price", "closed", "kr"), [(20.0, 1, 4.32e6), (200.0, 0, 10.0e6)])
def test_a_minute_is_weighed_against_cost_at_its_price(
    price: float, closed: int, kr: float
) -> None:
    """Minutes: both staffed 20,000; both reduced 36,000; one staffed alone 50,000; one reduced
    alone 66,000. Costs: 6 mnkr, 2 x (1 + 1) = 4, 4 and 3. At 20 kr a minute 6.4, 4.72, 5 and 4.32;
    at 200 kr 10, 11.2, 14 and 16.2."""
    best = best_plan(a_pair(aim=weighted(price)))
    assert best is not None
    assert (best.states == 0).sum() == closed
    assert best.objective == pytest.approx(kr)


@pytest.mark.parametrize("aim", [COST, weighted(2.0), weighted(50.0)])
@pytest.mark.parametrize("first", sampled([0, 12]))
def test_the_model_finds_the_best_plan_of_an_aim(aim: Aim, first: int) -> None:
    solved = [agree(replace(shaped(seed), aim=aim)) for seed in range(first, first + 12)]
    assert sum(solved) >= 6


@pytest.mark.parametrize(
    ("plain", "staff"), sampled([(range(4), range(8, 11)), (range(4, 8), range(11, 14))])
)
def test_the_search_and_its_bound_end_at_the_least_cost(plain: range, staff: range) -> None:
    asked = [replace(shaped(seed), aim=COST) for seed in plain]
    asked += [replace(staffed(shaped(seed), seed), aim=weighted(2.0)) for seed in staff]
    assert sum(is_proved_best(instance) for instance in asked) >= 4  # over both parts: 8


def test_the_cost_of_staff_that_moves_and_of_help_is_bounded_from_below() -> None:
    compared = 0
    for seed in range(12):
        instance = replace(helped(staffed(shaped(seed), seed), seed), aim=COST)
        best, model = best_plan(instance), solve(instance)
        if best is not None:
            assert model is not None
            assert model.objective <= best.objective * (1 + 1e-6) + 1.0
            compared += 1
    assert compared >= 5


def test_the_worst_off_decide_who_keeps_an_office() -> None:
    """Three visits of four come from zone 1, but four people of five live in zone 2; the means are
    enough for one staffed office, 2 + 4 FTE.

    Minutes alone: o1 stays, 3,000 x 10 + 1,000 x 40 = 70,000 against 130,000. The worst half get 30
    minutes more if o2 closes, 0.2 / 0.5 x 30 = 12 if o1 does. Where a minute of theirs counts as
    one for all 4,000 visits, that is 70,000 + 120,000 against 130,000 + 48,000: o2 stays. The worst
    tenth get 30 minutes either way: o1 stays.
    """
    demand = np.array([[[3_000.0], [1_000.0]]])
    people = np.array([0.2, 0.8])
    for tail, weight, kept, value in (
        (0.5, 0.0, 0, 70e3),
        (0.5, 1.0, 1, 178e3),
        (0.1, 1.0, 0, 190e3),
    ):
        pair = a_pair(demand=demand, appropriation=np.array([6.0]))
        pair = replace(pair, equity=Equity(weight, tail, 0, people))
        best = best_plan(only(only(pair, 0, 0, 1), 1, 0, 1))
        assert best is not None
        assert best.states[[kept, 1 - kept], 0].tolist() == [1, 0]
        assert best.objective == pytest.approx(value)


def test_the_tail_is_filled_from_the_worst_off() -> None:
    """People 0.5, 0.3 and 0.2 get 1, 4 and 10 minutes more. The worst 0.4 are all of the third and
    0.2 of the second: (0.2 x 10 + 0.2 x 4) / 0.4 = 7; nobody in it gets less than 4."""
    tail = tail_of(np.array([1.0, 4.0, 10.0]), np.array([0.5, 0.3, 0.2]), 0.4)
    assert tail.minutes == pytest.approx(7.0)
    assert tail.threshold == 4.0
    assert tail.weights == pytest.approx([0.0, 0.5, 0.5])


@pytest.mark.parametrize("seed", range(6))
def test_no_threshold_gives_less_than_the_tail(seed: int) -> None:
    """CVaR is the least of h + mean excess / tail over all thresholds h, on any grid too."""
    rng = np.random.default_rng(seed)
    added, people = rng.choice([0.0, 3.0, 3.5, 9.0, 20.0], 30), rng.uniform(0, 1, 30)
    people /= people.sum()
    share = float(rng.uniform(0.05, 0.9))
    tail = tail_of(added, people, share)
    grid = np.arange(0.0, 25.0, 0.25)
    values = [h + people @ np.maximum(0.0, added - h) / share for h in (*grid, tail.threshold)]
    assert min(values) == pytest.approx(tail.minutes, abs=1e-9)
    assert tail.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("first", sampled(range(0, 24, 8)))
def test_the_search_and_its_bound_end_at_the_fairest_plan(first: int) -> None:
    asked = [fair(shaped(seed), seed) for seed in range(first, first + 8)]
    assert sum(is_proved_best(instance) for instance in asked) >= 4


def test_fairness_is_weighed_against_cost_too() -> None:
    asked = [fair(replace(shaped(seed), aim=weighted(20.0)), seed) for seed in range(6)]
    assert sum(is_proved_best(instance) for instance in asked) >= 3


def test_the_model_bounds_every_plan_of_a_fair_objective_from_below() -> None:
    compared = 0
    for seed in range(10):
        instance = fair(shaped(seed), seed)
        for states in list(all_plans(instance))[::7]:
            counted = evaluate(instance, states)
            model = solve(instance, fixed=states) if counted.feasible else None
            if model is not None:
                assert model.objective <= counted.objective * (1 + 1e-9) + 1e-3
                compared += 1
    assert compared >= 20


@pytest.mark.parametrize("first_seed", sampled([0, 8]))
def test_the_second_aim_is_made_small_among_the_plans_that_keep_the_first(first_seed: int) -> None:
    compared, cheaper = 0, 0
    for seed in range(first_seed, first_seed + 8):
        instance = replace(shaped(seed), later=(COST,), tolerance=0.3)
        first = best_plan(replace(instance, later=()))
        if first is None:
            continue
        found = proved(instance)
        (won,) = found.certificate.earlier
        assert won.objective == pytest.approx(first.objective, rel=1e-9, abs=1.0)
        most = won.objective + 0.3 * ACCESS.change(won.objective, won.objective_today)
        within = replace(instance, aim=COST, later=(), ceilings=(Ceiling(ACCESS, most),))
        best = best_plan(within)
        assert best is not None
        assert found.evaluation.objective == pytest.approx(best.objective, rel=1e-6, abs=1.0)
        assert found.evaluation.burden.sum() <= most + 1e-3
        assert found.certificate.status == "optimal"
        compared += 1
        cheaper += bool(found.evaluation.ledger.spent.sum() < first.ledger.spent.sum() - 1e-6)
    assert compared >= 4  # over both parts: 8
    assert cheaper >= 1


def test_a_plan_beyond_an_earlier_aim_breaks_it_by_name() -> None:
    instance = a_pair(ceilings=(Ceiling(ACCESS, 50_000.0),))
    assert evaluate(instance, np.array([[1], [1]])).feasible
    assert evaluate(instance, np.array([[1], [0]])).feasible  # 10,000 and 40,000 minutes
    assert evaluate(instance, np.array([[2], [0]])).broken == ("objective access",)


def test_added_minutes_are_never_below_none() -> None:
    equity = Equity(1.0, 0.5, 0, np.array([0.5, 0.5]))
    instance = a_pair(equity=equity)
    cost = np.array([[5.0], [40.0]])
    assert added_minutes(instance, equity, cost) == pytest.approx([0.0, 30.0])


def test_a_gap_divides_where_nobody_has_any_way_to_go() -> None:
    assert ACCESS.change(0.0, 0.0) == 1.0
    assert ACCESS.change(0.5, 0.0) == 0.5
    assert gap_of_added_burden(0.0, 0.0, 0.0) == 0.0
