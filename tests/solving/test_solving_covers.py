"""Cuts on the spare room and staff of a group: no plan is lost, and the bound rises."""

from __future__ import annotations

import threading

import pytest

from optimizer.instance import Instance
from optimizer.model.program import make_program
from optimizer.solving.covers import Covers
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.origins import Origins
from optimizer.solving.relaxation import relaxation
from optimizer.solving.rounds import Rounds
from optimizer.solving.simplex import Simplex
from tests.grown_out import grown_out
from tests.optimum import best_plan
from tests.soak import sampled
from tests.solving.split_sites import SPLIT, case


def bounds(instance: Instance) -> list[float]:
    return grown_out(Rounds(instance, seed=1, stop=threading.Event()))


@pytest.mark.parametrize("first", sampled(range(0, 240, 24)))
def test_cuts_lose_no_plan(first: int) -> None:
    compared = 0
    for seed in range(first, first + 24):
        instance = case(seed)
        best = best_plan(instance)
        if best is not None:
            found = bounds(instance)
            assert found == sorted(found)
            assert found[-1] <= best.objective * (1 + 1e-6) + 1.0
            compared += 1
    assert compared >= 8


@pytest.mark.parametrize("seed", SPLIT)
def test_cuts_raise_the_bound(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(Disjunctions, "broken", lambda *_, **__: [])  # they may do as well
    instance = case(seed)
    best = best_plan(instance)
    assert best is not None
    with_cuts = bounds(instance)[-1]
    monkeypatch.setattr(Covers, "broken", lambda *_: [])
    assert bounds(instance)[-1] + 100.0 < with_cuts <= best.objective * (1 + 1e-6) + 1.0


@pytest.mark.parametrize("seed", SPLIT)
def test_a_cut_is_found_once(seed: int) -> None:
    instance = case(seed)
    engine = relaxation(instance)
    program = make_program(instance, engine, relaxed=True)
    values = Simplex(program, seed=1).solve(60.0).values
    covers = Covers(instance, engine, program.variables)
    cuts = covers.broken(values)
    matrix, upper = covers.rows(cuts, values.size)
    assert cuts and (matrix @ values > upper).all()
    assert covers.broken(values) == []


@pytest.mark.parametrize("seed", SPLIT)
def test_rows_by_origin_are_kept_back_only_where_nothing_lacks(seed: int) -> None:
    instance = case(seed)
    engine = relaxation(instance)
    whole = make_program(instance, engine, relaxed=True)
    origins = Origins(instance, engine, whole)
    simplex = Simplex(origins.program, seed=1)
    found = [simplex.solve(60.0)]
    while (rows := origins.missing(found[-1].values)).size:
        simplex.add_rows(*origins.cells(rows, simplex.n_columns))
        found.append(simplex.solve(60.0))
    proved = [one.bound for one in found]
    assert proved == sorted(proved)
    assert simplex.n_rows < whole.row_lower.size
    assert proved[-1] == pytest.approx(Simplex(whole, seed=1).solve(60.0).bound, rel=1e-4)
