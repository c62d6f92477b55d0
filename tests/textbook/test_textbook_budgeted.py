"""Sites in modes under a budget against every plan there is."""

from __future__ import annotations

import time
from itertools import product

import numpy as np
import pytest

from optimizer.solving.direct import Effort
from optimizer.textbook.budgeted import SHUT, Budgeted, budget_frontier
from optimizer.textbook.problem import Clock, NoAnswer

MODES = 2


def _problem(seed: int, sites: int = 5, zones: int = 12) -> Budgeted:
    rng = np.random.default_rng(seed)
    return Budgeted(
        weight=rng.integers(1, 20, zones).astype(float),
        minutes=rng.integers(0, 60, (zones, sites)).astype(float),
        waiting=np.array([0.0, 8.0]),
        cost=np.column_stack([rng.integers(4, 10, sites), rng.integers(1, 4, sites)]).astype(float),
        regions=(np.arange(sites) < 2, np.arange(sites) >= 2),
    )


def _clock() -> Clock:
    return Clock(Effort(), time.monotonic() + 60.0)


def _best_by_enumeration(problem: Budgeted, budget: float) -> float:
    best = np.inf
    for plan in product(range(SHUT, MODES), repeat=problem.cost.shape[0]):
        is_open = np.array(plan) != SHUT
        spent = sum(problem.cost[j, m] for j, m in enumerate(plan) if m != SHUT)
        if spent > budget or not all(is_open[sites].any() for sites in problem.regions):
            continue
        options = [
            problem.minutes[:, j] + problem.waiting[m] for j, m in enumerate(plan) if m != SHUT
        ]
        best = min(best, float(problem.weight @ np.min(options, axis=0)))
    return best


@pytest.mark.parametrize("seed", range(25))
def test_every_point_is_the_best_plan_of_its_budget(seed: int) -> None:
    problem = _problem(seed)
    whole = float(problem.cost.max(axis=1).sum())
    budgets = [share * whole for share in (1.0, 0.7, 0.5, 0.3, 0.6)]
    points = list(budget_frontier(problem, budgets, _clock()))
    assert len(points) == len(budgets)
    for point in points:
        assert point.objective == pytest.approx(_best_by_enumeration(problem, point.budget))
        assert point.bound == pytest.approx(point.objective)
        assert point.cost <= point.budget + 1e-9
        of_mode = [problem.cost[j, m] for j, m in enumerate(point.mode) if m != SHUT]
        assert point.cost == pytest.approx(sum(of_mode))


def test_a_budget_that_no_plan_meets_is_said_to_be_so() -> None:
    problem = _problem(1)
    with pytest.raises(NoAnswer) as told:
        list(budget_frontier(problem, [0.5], _clock()))
    assert told.value.proved
