"""Cut chains, with and without tails, only relax: no plan is lost and no bound is too high."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.pooled import Pooled, pooled
from optimizer.instance import Instance
from tests.instances import an_instance
from tests.optimum import all_plans, full, solve
from tests.soak import sampled

#: depth, tail options (0: no tails)
CUTS = ((1, 0), (2, 0), (1, 1), (1, 3), (2, 2), (1, 14))
SHAPES = (
    {"zones": 4, "sites": 3, "modes": ("staffed", "reduced", "flexible")},
    {"zones": 4, "sites": 4, "choices": 2, "modes": ("staffed", "staffed_colocated", "mobile")},
    {"zones": 5, "sites": 2, "years": 2, "choices": 2},
)


def cut(instance: Instance, depth: int, tail_options: int) -> Pooled:
    return pooled(instance, depth, tails=tail_options > 0, tail_sites=max(tail_options, 1))


def cases(first: int, count: int) -> Iterator[tuple[int, Instance, list[Evaluation]]]:
    """Instances that have a plan, with all their feasible plans."""
    for seed in range(first, first + count):
        instance = an_instance(seed=1000 + seed, **SHAPES[seed % len(SHAPES)])
        plans = [evaluate(instance, states) for states in all_plans(instance)]
        feasible = [plan for plan in plans if plan.feasible]
        if feasible:
            yield seed, instance, feasible


def assert_at_most(value: float, limit: float) -> None:
    assert value <= limit * (1 + 1e-6) + 1.0


@pytest.mark.parametrize("first", sampled(range(0, 200, 20), 2))
def test_a_cut_model_is_a_lower_bound(first: int) -> None:
    count = 0
    for seed, instance, plans in cases(first, 20):
        best = min(plan.objective for plan in plans)
        for depth, tail in (CUTS[seed % len(CUTS)], CUTS[(seed + 3) % len(CUTS)]):
            engine = cut(instance, depth, tail)
            relaxed, whole = solve(instance, engine, relaxed=True), solve(instance, engine)
            assert relaxed is not None and whole is not None
            assert_at_most(relaxed.objective, whole.objective)
            assert_at_most(whole.objective, best)
        count += 1
    assert count >= 10  # over all parts, in `.ci/long`: more than 100 instances


@pytest.mark.parametrize("first", sampled(range(0, 100, 10), 2))
def test_every_plan_fits_the_model(first: int) -> None:
    rng = np.random.default_rng(first)
    for seed, instance, plans in cases(first, 10):
        for plan in (plans[k] for k in rng.permutation(len(plans))[:3]):
            for depth, tail in (CUTS[seed % len(CUTS)], CUTS[(seed + 2) % len(CUTS)]):
                loose = solve(instance, cut(instance, depth, tail), fixed=plan.states)
                assert loose is not None
                assert_at_most(loose.objective, plan.objective)
            exact = solve(instance, full(instance), fixed=plan.states)
            assert exact is not None
            assert exact.objective == pytest.approx(plan.objective, rel=1e-6, abs=1.0)


@pytest.mark.parametrize("first", sampled(range(0, 40, 10)))
def test_chains_may_be_cut_by_year_zone_and_need(first: int) -> None:
    rng = np.random.default_rng([first, 3])
    compared = 0
    for seed in range(first, first + 10):
        instance = an_instance(seed=4000 + seed, zones=4, sites=3, years=2, choices=2)
        depth = rng.integers(1, 4, instance.demand.shape)
        tails = rng.random(instance.demand.shape) < 0.5
        found = solve(instance, pooled(instance, depth, tails=tails, tail_sites=2))
        exact = solve(instance, full(instance))
        assert (found is None) <= (exact is None)
        if found is not None and exact is not None:
            assert_at_most(found.objective, exact.objective)
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize("first", sampled(range(0, 30, 10)))
def test_longer_chains_never_lower_the_bound(first: int) -> None:
    for _, instance, _ in cases(first, 10):
        found = [solve(instance, pooled(instance, depth), relaxed=True) for depth in (1, 2, 3, 4)]
        values = [one.objective for one in found if one is not None]
        assert len(values) == 4
        assert all(a <= b * (1 + 1e-6) + 1.0 for a, b in pairwise(values))
