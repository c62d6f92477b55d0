"""The years of a relaxation by themselves: at the prices of the whole they prove what it proves."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds
from tests.grown_out import MILLION, begun
from tests.instances import an_instance
from tests.optimum import best_plan
from tests.solving.cut_short import Small

SHAPE = {"zones": 5, "sites": 4, "years": 2, "choices": 2}


def case(seed: int) -> Instance:
    return an_instance(seed=9100 + seed, **SHAPE)


def test_at_the_prices_of_the_whole_they_prove_the_same(small: Small) -> None:
    small()
    compared = 0
    for seed in range(8):
        one = begun(case(seed))
        solved = one._simplex.solve(60.0)
        if not solved.optimal:
            continue
        one._years.begin(solved)
        apart = one._years.solve(60.0)
        assert apart.optimal
        assert apart.bound == pytest.approx(solved.bound, rel=1e-7)
        assert apart.values.size == apart.reduced_costs.size == solved.values.size
        compared += 1
    assert compared > 4


def test_at_any_prices_they_prove_no_more_than_there_is(small: Small) -> None:
    small()
    rng, compared, lower = np.random.default_rng(3), 0, 0
    for seed in range(5):
        instance = case(seed)
        best, one = best_plan(instance), begun(instance)
        solved = one._simplex.solve(60.0)
        if best is None or not solved.optimal:
            continue
        one._years.begin(solved)
        one._years._prices = solved.duals * rng.uniform(0.5, 1.5, solved.duals.size)
        bound = one._years.solve(60.0).bound
        assert bound <= best.objective / MILLION * (1 + 1e-9)
        lower += bound < solved.bound - 1e-6
        compared += 1
    assert compared > 2
    assert lower > 0


def test_growth_goes_on_with_them_and_ends_with_the_whole(
    small: Small,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small(reach=4)
    told: list[str] = []

    def noted(name: str) -> None:
        inner = getattr(Rounds, name)

        def outer(self: Rounds, seconds: float) -> bool:
            told.append(name)
            return bool(inner(self, seconds))

        monkeypatch.setattr(Rounds, name, outer)

    noted("_solve_all")
    noted("_solve_years")
    by_year = 0
    for seed in range(8):
        one = begun(case(seed))
        told.clear()
        while one.grown:
            assert one.solve(60.0)
        assert told[0] == told[-1] == "_solve_all"
        by_year += told.count("_solve_years")
    assert by_year > 4


def test_where_little_time_is_left_the_years_go_on(small: Small) -> None:
    small(reach=4)
    for seed in range(8):
        one = begun(case(seed))
        one.solve(60.0)
        if not (one.grown and one._turn.more):
            continue
        one._turn.by_year, one._seconds = False, 1e6
        before = one.bound
        assert one.solve(60.0)
        assert one._seconds == 1e6  # no round of all years
        assert one.bound >= before
        one.settle(60.0)
        assert one.bound >= before
        return
    raise AssertionError("no case that grows")
