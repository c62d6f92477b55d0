"""Staff leaves a site only as far as it has too much: no plan is lost, and chains of moves are not.

A chain lets a site that keeps all its work send its people on and take those of another.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.pooled import pooled
from optimizer.instance import Instance
from optimizer.instance.aim import COST
from tests.instances import an_instance, helped, offering, staffed
from tests.optimum import all_plans, full, solve
from tests.soak import sampled

SHAPES = (
    {"sites": 3, "years": 2, "choices": 1, "modes": ("staffed", "reduced", "mobile")},
    {"sites": 2, "years": 2, "modes": ("staffed", "reduced", "flexible")},
    {"sites": 3, "years": 3, "choices": 1, "modes": ("staffed", "mobile")},
    {"sites": 4, "years": 2, "choices": 1, "modes": ("staffed", "flexible")},
)


def case(seed: int) -> Instance:
    """Staff followed over years, with changing demand, upgrades, services, limits or video help."""
    rng = np.random.default_rng([seed, 5])
    instance = an_instance(seed=9000 + seed, **SHAPES[seed % len(SHAPES)])
    if rng.random() < 0.5:
        growth = np.cumprod(rng.uniform(0.8, 1.2, (instance.demand.shape[0], 1, 1)), axis=0)
        growth = growth * rng.uniform(0.9, 1.1, instance.demand.shape)
        instance = replace(instance, demand=instance.demand * growth)
    if rng.random() < 0.3:
        instance = replace(instance, upgrades_allowed=True)
    if rng.random() < 0.2 and seed % len(SHAPES) < 2:
        instance = offering(instance, seed)
    limit = np.inf if rng.random() < 0.6 else 0.3
    instance = staffed(instance, seed, most_redundant=limit)
    if rng.random() < 0.3:
        instance = helped(instance, seed)
    return replace(instance, aim=COST)


def plans_of(instance: Instance) -> list[Evaluation]:
    counted = [evaluate(instance, states) for states in all_plans(instance)]
    return [plan for plan in counted if plan.feasible]


@pytest.mark.parametrize("first", sampled(range(0, 240, 10)))
def test_every_plan_fits_and_costs_no_less(first: int) -> None:
    checked = 0
    for seed in range(first, first + 10):
        instance, rng = case(seed), np.random.default_rng(seed)
        tails = np.ones(instance.today_cost.shape, dtype=bool)
        engines = full(instance), pooled(instance, 1, tails=tails, tail_sites=2)
        plans = plans_of(instance)
        for plan in (plans[k] for k in rng.permutation(len(plans))[:5]):
            for engine in engines:
                found = solve(instance, engine, fixed=plan.states)
                assert found is not None
                assert found.objective <= plan.objective * (1 + 1e-6) + 1.0
                checked += 1
    assert checked > 20


def test_changes_of_a_first_year_are_counted_exactly() -> None:
    checked = 0
    for seed in range(40):
        instance = an_instance(seed=seed, sites=4, years=1, choices=1, modes=("staffed", "mobile"))
        instance = replace(staffed(instance, seed), aim=COST)
        for plan in plans_of(instance)[:4]:
            found = solve(instance, fixed=plan.states)
            assert found is not None
            assert found.objective == pytest.approx(plan.objective, rel=1e-6, abs=1.0), seed
            checked += 1
    assert checked > 20
