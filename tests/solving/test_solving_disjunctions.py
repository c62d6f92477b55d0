"""Cuts on what a site's states cost its neighbourhood: no plan is lost, and the bound rises."""

from __future__ import annotations

from itertools import product

import highspy
import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.model.variables import ABSENT
from optimizer.solving import disjunctions
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.rounds import Rounds
from optimizer.solving.simplex import passed
from tests.grown_out import begun, grown_out
from tests.optimum import all_plans, best_plan
from tests.soak import sampled
from tests.solving.split_sites import SPLIT, case, cut_in_every_round


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts are sought in every round, in relaxations that grow."""
    cut_in_every_round(monkeypatch)


@pytest.mark.parametrize("first", sampled(range(0, 240, 24)))
def test_cuts_lose_no_plan(first: int) -> None:
    compared = cuts = 0
    for seed in range(first, first + 24):
        instance = case(seed)
        best = best_plan(instance)
        if best is None:
            continue
        one = begun(instance)
        found = grown_out(one)
        assert found == sorted(found)
        assert found[-1] <= best.objective * (1 + 1e-6) + 1.0
        compared += 1
        cuts += one._disjunctions.rows.size
    assert compared >= 6
    assert cuts > 15


def test_cuts_of_narrow_neighbourhoods_lose_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = narrow = 0
    for seed in range(24):
        best = best_plan(case(seed))
        if best is None:
            continue
        for wide in (1_000, 6):
            monkeypatch.setattr(disjunctions, "_WIDE", wide)
            one = begun(case(seed))
            assert grown_out(one)[-1] <= best.objective * (1 + 1e-6) + 1.0
            cells = sum(cut.rows.size for _, cut in one._disjunctions._cuts)
            whole, narrow = (whole + cells, narrow) if wide > 6 else (whole, narrow + cells)
    assert 0 < narrow < whole


@pytest.mark.parametrize("first", sampled(range(0, 240, 24)))
def test_every_plan_keeps_to_every_cut_also_with_what_is_added_later(first: int) -> None:
    """The states of a plan given, the least that a cut adds up to in the program grown out."""
    checked = 0
    for seed in range(first, first + 24):
        instance = case(seed)
        one = begun(instance)
        grown_out(one)
        plans = [s for s in all_plans(instance) if evaluate(instance, s).feasible]
        for row, plan in product(one._disjunctions.rows.tolist(), plans[::3]):
            assert least_of_row(one, row, plan) >= -1e-6
            checked += 1
    assert checked > 40


@pytest.mark.parametrize("seed", SPLIT)
def test_they_raise_the_bound(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    best = best_plan(case(seed))
    assert best is not None
    with_cuts = grown_out(begun(case(seed)))[-1]
    monkeypatch.setattr(Disjunctions, "broken", lambda *_, **__: [])
    assert grown_out(begun(case(seed)))[-1] + 100.0 < with_cuts
    assert with_cuts <= best.objective * (1 + 1e-6) + 1.0


def least_of_row(one: Rounds, row: int, plan: np.ndarray) -> float:
    stated = one._simplex.stated()
    highs = passed(stated, 1)
    cells = stated.matrix[[row]].toarray().ravel()
    numbers = np.arange(cells.size, dtype=np.int32)
    highs.changeColsCost(cells.size, numbers, cells)
    highs.changeRowBounds(row, -1e30, 1e30)
    mode = one.program.variables.mode
    for j, t in np.ndindex(plan.shape):
        column = int(mode[j, plan[j, t], t])
        if column != ABSENT:
            highs.changeColBounds(column, 1.0, 1.0)
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return np.inf
    return float(highs.getInfo().objective_function_value)
