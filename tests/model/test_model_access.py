"""Standards of access: the model's optimum is the best of all plans that meet them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.deficits import Deficits
from optimizer.engine.evaluate import evaluate
from optimizer.engine.search import Search
from optimizer.instance import AccessRule, Instance
from tests.instances import a_pair, an_instance
from tests.optimum import all_plans, best_plan, solve
from tests.soak import sampled


def a_rule(instance: Instance, seed: int, kind: str = "access_standard") -> AccessRule:
    """A random standard over random people with random sites in reach."""
    rng = np.random.default_rng([seed, 77])
    n_zones, n_sites = instance.minutes.shape
    within = rng.random((n_zones, n_sites)) < 0.35  # any sets will do, near or not
    people = rng.uniform(1, 9, n_zones) if kind == "access_standard" else np.ones(n_zones)
    total = float(people.sum())
    least = total if kind == "no_one_left_behind" else float(rng.uniform(0.6, 0.95)) * total
    need = int(rng.integers(1, instance.demand.shape[2] + 1))
    first = int(rng.integers(0, len(instance.years)))
    assert within.shape == (n_zones, n_sites)
    return AccessRule(kind, "1:nation", within, people, least, total, instance.tier >= need, first)


def demanding(instance: Instance, seed: int, kind: str) -> AccessRule:
    """A rule that some plan meets and the best of all plans breaks, if there is one."""
    rule = a_rule(instance, seed, kind)
    plans = [evaluate(instance, states) for states in all_plans(instance)]
    plans = sorted((one for one in plans if one.feasible), key=lambda one: one.objective)
    if len(plans) < 2:
        return rule
    years = range(rule.from_year, len(instance.years))
    least = [min(rule.reached(rule.states[plan.states[:, t]]) for t in years) for plan in plans]
    if kind == "no_one_left_behind":  # the zones that the widest plan reaches are those that count
        widest = plans[int(np.argmax(least))]
        near = [rule.sets[:, rule.states[widest.states[:, t]]].any(axis=1) for t in years]
        kept = np.logical_and.reduce(near)
        total = float(rule.people[kept].sum())
        return replace(
            rule, sets=rule.sets[kept], people=rule.people[kept], least=total, total=total
        )
    return replace(rule, least=(max(least) + least[0]) / 2)


@pytest.mark.parametrize("kind", ["access_standard", "no_one_left_behind"])
@pytest.mark.parametrize("seeds", sampled([range(10), range(10, 40), range(40, 60)]))
def test_the_model_finds_the_best_plan_within_a_standard(kind: str, seeds: range) -> None:
    binding = solved = 0
    for seed in seeds:
        plain = an_instance(seed=7000 + seed, sites=3, years=1 + seed % 2, choices=2)
        rule = demanding(plain, seed, kind) if seed % 4 else a_rule(plain, seed, kind)
        instance = replace(plain, access=(rule,))
        best, model, free = best_plan(instance), solve(instance), best_plan(plain)
        assert (best is None) == (model is None)
        if best is None or model is None or free is None:
            continue
        assert model.objective == pytest.approx(best.objective, rel=1e-6, abs=1.0)
        assert evaluate(instance, model.states).feasible
        assert best.objective >= free.objective - 1e-6
        solved += 1
        binding += best.objective > free.objective + 1e-6
    assert solved >= 2
    assert binding >= 1


def test_the_search_counts_what_is_missing_after_one_change() -> None:
    """Deficits of single changes are those of the plan changed and counted anew."""
    missing = mended = 0
    for seed in range(20):
        plain = an_instance(seed=8000 + seed, sites=4, years=1)
        instance = replace(plain, access=(a_rule(plain, seed),), coverage=(), limits=())
        rng = np.random.default_rng(seed)
        states = rng.integers(0, len(instance.states), 4)
        after, now = Deficits(instance).of(states, 0)
        for site in range(4):
            for state in range(len(instance.states)):
                changed = states.copy()
                changed[site] = state
                assert after[site, state] == pytest.approx(Deficits(instance).of(changed, 0)[1])
        missing += now > 0
        mended += bool((after < now).any())
    assert missing >= 12
    assert mended >= 8


def test_two_offices_of_which_one_must_stay_by_hand() -> None:
    """A zone at each office, 30 minutes apart: 60 % within 15 minutes keeps both open."""
    pair = a_pair()
    near = pair.minutes <= 15.0
    serve = pair.tier >= 1
    half = AccessRule("access_standard", "1:nation", near, np.ones(2), 1.0, 2.0, serve, 0)
    most = replace(half, least=1.2)
    for rule, fewest in ((half, 1), (most, 2)):
        instance = replace(pair, access=(rule,))
        open_counts = {
            int((states > 0).sum()) for states in all_plans(instance) if _meets(instance, states)
        }
        assert min(open_counts) == fewest


def _meets(instance: Instance, states: np.ndarray) -> bool:
    return not any("access_standard" in rule for rule in evaluate(instance, states).broken)


def test_the_search_finds_plans_that_meet_a_standard() -> None:
    there = found = 0
    for seed in range(20):
        plain = an_instance(seed=9000 + seed, sites=3, years=1, choices=2)
        instance = replace(plain, access=(demanding(plain, seed, "access_standard"),))
        best = Search(instance).run()
        assert best is None or best.feasible
        there += best_plan(instance) is not None
        found += best is not None
    assert there >= 8
    assert found >= 0.8 * there
