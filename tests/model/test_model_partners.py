"""Partners: the optimum is the best of all plans that share premises only with a partner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from optimizer.building.possible_states import by_partner
from optimizer.config import load
from optimizer.config.shipped import shipped_folder
from optimizer.engine.evaluate import evaluate
from optimizer.instance import Instance
from tests.instances import an_instance
from tests.optimum import all_plans, solve

MODES = ("staffed", "staffed_colocated", "flexible", "mobile")
SEEDS = (*range(12, 21), 37)  # each rule makes the best plan of two of them or more dearer
RULES = [
    {"mobile": "anywhere", "colocated": "on_record"},
    {"mobile": "on_record", "colocated": "in_municipality"},
    {"mobile": "on_record", "colocated": "anywhere"},
]


def may(rule: dict[str, str], mode: str, site: int, sites: pd.DataFrame) -> bool:
    """Whether a site may be in a mode, in the words of the rule."""
    asked = {"staffed_colocated": rule["colocated"], "mobile": rule["mobile"]}.get(mode)
    own = sites["partner"][site] != ""
    town = sites["municipality_code"] == sites["municipality_code"][site]
    near = bool((sites["partner"][town] != "").any())
    return {None: True, "anywhere": True, "on_record": own, "in_municipality": near}[asked]


def some_sites(instance: Instance, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, 4])
    partners = np.where(rng.random(len(instance.sites)) < 0.4, "municipality", "")
    return pd.DataFrame({"partner": partners, "municipality_code": ["0180", "0180", "1280"]})


def shares_as_allowed(
    instance: Instance, states: np.ndarray, rule: dict[str, str], sites: pd.DataFrame
) -> bool:
    """Whether every site keeps today's mode, is closed, or has the partner that it needs."""
    return all(
        state in (0, instance.today[j]) or may(rule, instance.states[state], j, sites)
        for j, row in enumerate(states)
        for state in row
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda one: "-".join(one.values()))
def test_the_model_finds_the_best_plan_that_partners_allow(rule: dict[str, str]) -> None:
    off = {"region_coverage": {"on": False}, "partners": rule}
    scenario = load(shipped_folder() / "base.yaml", {"requirements": off})
    bites = solved = 0
    for seed in SEEDS:
        plain = an_instance(seed=5000 + seed, modes=MODES, choices=4)
        sites = some_sites(plain, seed)
        usable = by_partner(scenario, sites, plain.states)
        usable[np.arange(3), plain.today] = True
        instance = replace(plain, allowed=plain.allowed & usable[:, :, None])
        plans = [(evaluate(plain, states), states) for states in all_plans(plain)]
        free = [one.objective for one, _ in plans if one.feasible]
        kept = [
            one.objective
            for one, states in plans
            if one.feasible and shares_as_allowed(plain, states, rule, sites)
        ]
        model = solve(instance)
        assert (model is None) == (not kept)
        if model is None:
            continue
        assert model.objective == pytest.approx(min(kept), rel=1e-6, abs=1.0)
        solved += 1
        bites += min(kept) > min(free) + 1e-6
    assert solved >= 4
    assert bites >= 2
