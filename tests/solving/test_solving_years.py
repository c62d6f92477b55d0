"""The years of a relaxation by themselves: at the prices of the whole they prove what it proves.

They are solved so where the worst off count.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.instance import Instance
from optimizer.instance.terms import Equity
from optimizer.solving import rounds
from optimizer.solving.apart import Apart
from optimizer.solving.rounds import Rounds
from optimizer.solving.years import Years
from tests.grown_out import MILLION, begun, solved_whole
from tests.instances import an_instance
from tests.optimum import best_plan
from tests.solving.cut_short import Small

SHAPE = {"zones": 5, "sites": 4, "years": 2, "choices": 2}


def case(seed: int) -> Instance:
    return an_instance(seed=9100 + seed, **SHAPE)


def of(one: Rounds) -> Years:
    columns = one.program.variables.columns
    return Years(one._simplex, columns.year)


def test_at_the_prices_of_the_whole_they_prove_the_same(small: Small) -> None:
    small()
    compared = 0
    for one, solved in solved_whole(case, 8):
        years = of(one)
        years.begin(solved.duals)
        apart = years.solve(60.0)
        assert apart.optimal
        assert apart.bound == pytest.approx(solved.bound, rel=1e-7)
        assert apart.values.size == apart.reduced_costs.size == one._simplex.n_columns
        compared += 1
    assert compared > 4


def test_at_any_prices_they_prove_no_more_than_there_is(small: Small) -> None:
    small()
    rng, compared, lower = np.random.default_rng(3), 0, 0
    for one, solved in solved_whole(case, 5):
        best = best_plan(one.instance)
        if best is None:
            continue
        years = of(one)
        years.begin(solved.duals * rng.uniform(0.5, 1.5, solved.duals.size))
        bound = years.solve(60.0).bound
        assert bound <= best.objective / MILLION * (1 + 1e-9)
        lower += bound < solved.bound - 1e-6
        compared += 1
    assert compared > 2
    assert lower > 0


def test_where_the_worst_off_count_rounds_go_by_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
    instance = case(0)
    assert isinstance(begun(instance)._apart, Apart)
    people = np.full(len(instance.zones), 1.0 / len(instance.zones))
    worst = replace(instance, equity=Equity(weight=0.5, tail=0.5, column=0, people=people))
    one = begun(worst)
    assert isinstance(one._apart, Years)
    assert not one.begins_apart
    while one.grown:
        assert one.solve(60.0)
    assert one._apart.begun
