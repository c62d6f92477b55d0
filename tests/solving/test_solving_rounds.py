"""Relaxations that grow: every round is a lower bound, and grown out it is the whole relaxation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.instance import Instance
from optimizer.instance.aim import COST
from optimizer.solving import worst_off
from tests.grown_out import MILLION, begun, grown_out
from tests.instances import an_instance, fair
from tests.optimum import all_plans, best_plan, full, solve
from tests.soak import sampled
from tests.solving.cut_short import Small

SHAPES = (
    {"zones": 5, "sites": 4, "choices": 2, "modes": ("staffed", "reduced", "flexible")},
    {"zones": 4, "sites": 4, "choices": 2, "modes": ("staffed", "staffed_colocated", "mobile")},
    {"zones": 4, "sites": 3, "years": 2, "choices": 2},
)


def case(seed: int) -> Instance:
    return an_instance(seed=7000 + seed, **SHAPES[seed % len(SHAPES)])


@pytest.mark.parametrize("reach", sampled([2, 99, 1, 4]))
def test_every_round_is_a_lower_bound(small: Small, reach: int) -> None:
    small(reach=reach)
    rounds_run = risen = 0
    for seed in range(24):
        instance = case(seed)
        best = best_plan(instance)
        if best is None:
            continue
        found = grown_out(begun(instance))
        assert found == sorted(found)
        assert found[-1] <= best.objective * (1 + 1e-6) + 1.0
        rounds_run += len(found)
        risen += found[-1] > found[0] + 10.0
    assert rounds_run > 20
    assert risen > 2


def test_cost_alone_has_bounds_too(small: Small) -> None:
    """Where minutes do not count, options are still there to be gone to, and need staff."""
    small(reach=4)
    compared = near = 0
    for seed in range(10):
        instance = replace(case(seed), aim=COST)
        best = best_plan(instance)
        if best is None:
            continue
        bound = grown_out(begun(instance))[-1]
        assert bound <= best.objective * (1 + 1e-6) + 1.0
        near += bound >= 0.9 * best.objective
        compared += 1
    assert near > 0.5 * compared > 2


def test_a_relaxation_grown_out_is_about_that_of_whole_chains(small: Small) -> None:
    compared = near = 0
    for seed in range(30):
        instance = case(seed)
        whole = solve(instance, full(instance), relaxed=True)
        if whole is None:
            continue
        small(linked=len(instance.sites) - 1)
        bound = grown_out(begun(instance))[-1]
        assert bound >= 0.9 * whole.objective  # the options of the last site are left unlinked
        near += bound >= whole.objective - 2.0
        compared += 1
    assert near > 0.6 * compared > 12


def test_a_bound_above_what_any_plan_is_worth_proves_that_there_is_none(small: Small) -> None:
    small(reach=2)
    one = begun(case(1))
    assert one.solve(60.0)
    assert np.isfinite(one.bound)
    one._most = one.bound - 1e-3
    assert one.solve(60.0)
    assert one.bound == np.inf
    assert not one.grown


def test_a_question_without_a_plan_is_proved_to_have_none_only_where_it_has_none(
    small: Small,
) -> None:
    small(reach=2)
    proved = 0
    for seed in range(60):
        instance = case(seed)
        one = begun(instance)
        one.solve(60.0)
        if one.bound == np.inf:
            assert best_plan(instance) is None
            proved += 1
    assert proved > 0


def test_the_bound_without_some_states_is_one_of_the_plans_without_them(small: Small) -> None:
    small(reach=4)
    raised = 0
    for seed in range(20):
        instance = case(seed)
        plans = [p for p in (evaluate(instance, s) for s in all_plans(instance)) if p.feasible]
        if not plans:
            continue
        one = begun(instance)
        grown_out(one)
        best = min(plans, key=lambda plan: plan.objective)
        for site in range(len(instance.sites)):
            barred = np.zeros(instance.allowed.shape, dtype=bool)
            barred[site, best.states[site, -1], -1] = True
            others = [p.objective for p in plans if p.states[site, -1] != best.states[site, -1]]
            bound = one.bound_without(barred, seconds=60.0) * MILLION
            assert bound >= one.bound * MILLION
            assert bound <= min(others, default=np.inf) * (1 + 1e-6) + 1.0
            raised += bound > one.bound * MILLION + 10.0
        again = begun(instance)
        assert grown_out(again)[-1] == pytest.approx(one.bound * MILLION, abs=2.0)
        one.solve(60.0)  # and what was barred is allowed again
        assert one.bound * MILLION <= best.objective * (1 + 1e-6) + 1.0
    assert raised > 5


def test_what_a_plan_rules_out_is_in_no_better_plan(small: Small) -> None:
    small(reach=4)
    ruled_out = 0
    for seed in range(30):
        instance = case(seed)
        plans = [p for p in (evaluate(instance, s) for s in all_plans(instance)) if p.feasible]
        if not plans:
            continue
        best = min(plans, key=lambda plan: plan.objective)
        one = begun(instance)
        one.solve(60.0)
        one.rule_out(best, best.objective / MILLION)
        ruled_out += int((instance.allowed & ~one.instance.allowed).sum())
        sites = np.arange(len(instance.sites))[:, None]
        years = np.arange(len(instance.years))
        assert one.instance.allowed[sites, best.states, years].all()
    assert ruled_out > 0


@pytest.mark.parametrize(
    ("zones", "most_apart", "least"), [(3_000, 200, 0.95), (3_000, 0, 0.2), (0, 200, 0.2)]
)
def test_the_worst_off_of_a_plan_are_counted_as_they_are_or_too_low(
    small: Small, monkeypatch: pytest.MonkeyPatch, zones: int, most_apart: int, least: float
) -> None:
    """Pinned plans: never above what they are worth; just that where each zone is counted alone."""
    monkeypatch.setattr(worst_off, "_MOST_ZONES", zones)
    monkeypatch.setattr(worst_off, "_MOST_APART", most_apart)
    small(reach=99)
    pinned = exact = 0
    for seed in range(24):
        instance = fair(case(seed), seed)
        plans = [p for p in (evaluate(instance, s) for s in all_plans(instance)) if p.feasible]
        for plan in plans[:: max(1, len(plans) // 3)]:
            only = np.zeros(instance.allowed.shape, dtype=bool)
            sites, years = np.indices(plan.states.shape)
            only[sites, plan.states, years] = True
            bound = grown_out(begun(replace(instance, allowed=instance.allowed & only)))[-1]
            assert bound <= plan.objective * (1 + 1e-6) + 1.0
            pinned += 1
            exact += bound >= plan.objective * (1 - 1e-6) - 1.0
    assert pinned > 30
    assert exact >= least * pinned


def test_a_plan_is_counted_better_where_what_it_breaks_is_added(small: Small) -> None:
    """Bounds stay below every plan; the plan told is counted nearer to what it is worth."""
    small(linked=3, reach=4)
    told = nearer = exact = 0
    for seed in range(16):
        instance = case(seed)
        plans = [p for p in (evaluate(instance, s) for s in all_plans(instance)) if p.feasible]
        if not plans:
            continue
        plans.sort(key=lambda plan: plan.objective)
        plan, counted = plans[-1], []  # solutions are not near the dearest by themselves
        for known in (None, plan.states):
            one = begun(instance)
            one.plan = known
            found = grown_out(one)
            assert found == sorted(found)
            assert found[-1] <= plans[0].objective * (1 + 1e-6) + 1.0
            for other in plans[:: max(1, len(plans) // 4)]:
                at_other = one._at(other.states, 60.0).bound * MILLION
                assert at_other <= other.objective * (1 + 1e-6) + 1.0
            counted.append(one._at(plan.states, 60.0).bound * MILLION)
        assert counted[0] <= counted[1] + 1.0
        assert counted[1] <= plan.objective * (1 + 1e-6) + 1.0
        told += 1
        nearer += counted[1] > counted[0] + 10.0
        exact += counted[1] >= plan.objective * (1 - 1e-6) - 1.0
    assert nearer > 2
    assert exact > 0.4 * told > 4
