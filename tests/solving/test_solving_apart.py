"""A relaxation at prices on its long rows: at those of the whole it proves what the whole does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.instance import Instance
from optimizer.solving import apart, rounds
from optimizer.solving.additions import Additions
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.rounds import Rounds
from optimizer.solving.simplex import passed
from tests.grown_out import MILLION, begun, grown_out, solved_whole
from tests.instances import an_instance
from tests.optimum import best_plan
from tests.solving.cut_short import Small

SHAPE = {"zones": 5, "sites": 4, "years": 2, "choices": 2}
LONG = 11  #: columns of a row that has a price here


@pytest.fixture(autouse=True)
def long_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LONG", LONG)


def case(seed: int) -> Instance:
    return an_instance(seed=9100 + seed, **SHAPE)


def priced(one: Rounds) -> int:
    prices = one._apart._prices
    return 0 if prices is None else int(prices.rows.size)


def test_at_the_prices_of_the_whole_it_proves_the_same(small: Small) -> None:
    small()
    compared = 0
    for one, solved in solved_whole(case, 8):
        one._apart.begin(solved.duals)
        found = one._apart.solve(60.0)
        assert found.optimal
        assert found.bound == pytest.approx(solved.bound, rel=1e-7)
        assert found.values.size == found.reduced_costs.size == one._simplex.n_columns
        compared += priced(one) > 0
    assert compared > 2


def test_at_any_prices_it_proves_no_more_than_there_is(small: Small) -> None:
    small()
    rng, compared, lower = np.random.default_rng(3), 0, 0
    for one, solved in solved_whole(case, 8):
        best = best_plan(one.instance)
        if best is None:
            continue
        factors = rng.uniform(0.5, 1.5, solved.duals.size)
        one._apart.begin(solved.duals * factors)
        if not priced(one):
            continue
        bound = one._apart.solve(60.0).bound
        assert bound <= best.objective / MILLION * (1 + 1e-9)
        lower += bound < solved.bound - 1e-6
        compared += 1
    assert compared > 2
    assert lower > 0


def test_prices_rise_and_fall_until_they_prove_what_the_whole_does(small: Small) -> None:
    small()
    compared = 0
    for one, solved in solved_whole(case, 8):
        one._apart.begin(solved.duals * 0.7)
        if not priced(one):
            continue
        found = [one._apart.solve(60.0).bound for _ in range(40)]
        assert max(found) <= solved.bound + 1e-7 * abs(solved.bound)
        if found[0] < solved.bound - 1e-6:
            assert solved.bound - max(found) < 0.02 * (solved.bound - found[0])
            compared += 1
    assert compared > 2


def test_growth_goes_on_apart_and_ends_with_the_whole(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(reach=4)
    told: list[str] = []

    for name in ("_solve_all", "_solve_apart"):
        monkeypatch.setattr(Rounds, name, _noting(told, name, Rounds, name))
    monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
    monkeypatch.setattr(rounds, "guessed", lambda *_, **__: None)
    by_price = 0
    for seed in range(8):
        one = begun(case(seed))
        told.clear()
        while one.grown:
            assert one.solve(60.0)
        assert told[0] == told[-1] == "_solve_all"
        by_price += told.count("_solve_apart")
    assert by_price > 4


def test_begun_apart_it_comes_to_the_same(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small(reach=4)
    begun_apart = 0
    for seed in range(8):
        instance = case(seed)
        monkeypatch.setattr(rounds, "MANY_COLUMNS", 10**9)
        as_ever = grown_out(begun(instance))
        monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
        one = begun(instance)
        assert one.begins_apart
        found, best = grown_out(one), best_plan(instance)
        assert found == sorted(found)
        assert best is None or found[-1] <= best.objective * (1 + 1e-9)
        assert found[-1] == pytest.approx(as_ever[-1], rel=0.01)  # other cuts, near the same
        begun_apart += len(one._turn.seconds) > 0 and found[0] < found[-1]
    assert begun_apart > 2


def test_without_a_guess_the_whole_comes_first(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(reach=4)
    monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
    monkeypatch.setattr(rounds, "guessed", lambda *_, **__: None)
    one = begun(case(0))
    assert one.begins_apart
    assert one.solve(60.0)
    assert not one.begins_apart
    assert one._turn.seconds == ()
    assert one.first_seconds > 0.0


def test_where_little_time_is_left_it_goes_on_apart(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(reach=4)
    monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
    monkeypatch.setattr(rounds, "guessed", lambda *_, **__: None)
    for seed in range(8):
        one = begun(case(seed))
        one.solve(60.0)
        if not (one.grown and one._turn.more and priced(one)):
            continue
        one._turn.apart, one._seconds = False, 1e6
        before = one.bound
        assert one.solve(60.0)
        assert one._seconds == 1e6  # no round of the whole
        assert one.bound >= before
        one.settle(60.0)
        assert one.bound >= before
        return
    raise AssertionError("no case that grows")


def test_the_whole_goes_on_from_prices_and_is_what_it_was(small: Small) -> None:
    small()
    compared = 0
    for one, before in solved_whole(case, 8):
        one._apart.begin(before.duals * 0.7)
        one._apart.solve(60.0)
        found = one._simplex.solve(60.0)
        anew = passed(one._simplex.stated(), 1)
        anew.run()
        assert found.bound == pytest.approx(before.bound, rel=1e-7)
        objective = anew.getInfo().objective_function_value + one.program.constant
        assert found.bound == pytest.approx(objective, rel=1e-7)
        compared += priced(one) > 0
    assert compared > 2


def test_rows_added_since_the_multipliers_have_no_price(small: Small) -> None:
    small()
    one = begun(case(0))
    solved = one._simplex.solve(60.0)
    n_columns, n_rows = one._simplex.n_columns, one._simplex.n_rows
    long = sp.csr_array(np.ones((1, n_columns)))
    one._simplex.add_rows(long, np.array([0.0]), np.array([np.inf]))
    one._apart.begin(solved.duals)
    assert n_rows not in one._apart._rows
    one._apart.begin(one._simplex.solve(60.0).duals)
    assert n_rows in one._apart._rows
    assert one._apart._rows.size == one._apart._columns.size == np.unique(one._apart._rows).size


def test_disjunctions_are_solved_with_the_whole_before_anything_else_is_added(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(reach=4)
    told: list[str] = []
    for owner, name in (
        (Rounds, "_solve_all"),
        (Rounds, "_solve_apart"),
        (Disjunctions, "add"),
        (Additions, "add"),
    ):
        monkeypatch.setattr(owner, name, _noting(told, f"{owner.__name__}.{name}", owner, name))
    monkeypatch.setattr(rounds, "MANY_COLUMNS", 0)
    followed = 0
    for seed in range(12):
        one = begun(case(seed))
        told.clear()
        while one.grown:
            assert one.solve(60.0)
        for at, what in enumerate(told[:-2]):
            if what == "Disjunctions.add" and told[at + 1] == "Rounds._solve_apart":
                assert told[at + 2] == "Rounds._solve_all"
                followed += 1
    assert followed > 0


def _noting(told: list[str], what: str, owner: type, name: str) -> Callable[..., Any]:
    inner = getattr(owner, name)

    def outer(*args: Any, **keys: Any) -> Any:
        told.append(what)
        return inner(*args, **keys)

    return outer
