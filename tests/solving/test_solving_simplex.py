"""The growing linear program: what its duals prove, whether it ends or is stopped."""

from __future__ import annotations

import threading
from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.instance import Instance
from optimizer.model.program import Program, make_program
from optimizer.solving.simplex import Simplex, Stated, passed, run_until
from tests.instances import an_instance
from tests.optimum import full, solve


def program(instance: Instance) -> Program:
    return make_program(instance, full(instance), relaxed=True)


def test_the_duals_of_a_solution_prove_its_value() -> None:
    solved = 0
    for seed in range(20):
        instance = an_instance(seed=8000 + seed, sites=4, choices=2)
        asked = solve(instance, full(instance), relaxed=True)
        found = Simplex(program(instance), seed=1).solve(60.0)
        assert found.infeasible == (asked is None)
        if asked is not None:
            assert found.optimal
            assert found.bound * 1e6 == pytest.approx(asked.objective, rel=1e-6, abs=2.0)
            solved += 1
    assert solved > 10


class Halting(Simplex):
    """Stops after so many iterations, on its way."""

    iterations = 2**31 - 1

    def _run(self, highs: Any, seconds: float) -> highspy.HighsModelStatus:
        highs.setOptionValue("simplex_iteration_limit", self.iterations)
        return super()._run(highs, seconds)


def test_a_solution_that_is_stopped_proves_no_more_than_there_is() -> None:
    halted = proved = 0
    for seed in range(20):
        instance = an_instance(seed=8000 + seed, zones=12, sites=6, choices=2, years=2)
        asked = solve(instance, full(instance), relaxed=True)
        if asked is None:
            continue
        simplex = Halting(program(instance), seed=1)
        for simplex.iterations in (2, 10, 40):
            found = simplex.solve(60.0)
            assert found.bound * 1e6 <= asked.objective + 2.0
            halted += not found.optimal
            proved += not found.optimal and np.isfinite(found.bound)
        simplex.iterations = Halting.iterations
        assert simplex.solve(60.0).bound * 1e6 == pytest.approx(asked.objective, abs=2.0)
    assert halted >= proved > 0


def test_a_run_on_its_way_stops_when_it_is_told() -> None:
    rng, shape = np.random.default_rng(1), (1_000, 2_000)
    matrix = sp.csr_array(rng.uniform(0.1, 1.0, shape))
    rows = np.full(shape[0], 50.0), np.full(shape[0], np.inf)
    columns = np.zeros(shape[1]), np.full(shape[1], np.inf)
    highs = passed(Stated(rng.uniform(1.0, 2.0, shape[1]), *columns, *rows, matrix, 0.0), 1)
    highs.setOptionValue("presolve", "off")
    stop = threading.Event()
    telling = threading.Timer(0.3, stop.set)
    telling.start()
    status = run_until(highs, 600.0, stop)
    telling.join()
    assert status == highspy.HighsModelStatus.kTimeLimit
    assert highs.getRunTime() < 300.0
    stop.clear()
    assert run_until(highs, 600.0, stop) == highspy.HighsModelStatus.kOptimal  # it goes on


def test_rows_and_columns_are_added_and_limits_are_moved() -> None:
    instance = next(
        one
        for one in (an_instance(seed=8000 + seed, sites=4, choices=2) for seed in range(20))
        if solve(one, full(one), relaxed=True) is not None
    )
    simplex = Simplex(program(instance), seed=1)
    first = simplex.solve(60.0)
    empty = sp.csc_array((simplex.n_rows, 1), dtype=np.float64)
    new = simplex.add_columns(np.array([3.0]), empty)
    assert simplex.solve(60.0).bound == pytest.approx(first.bound)
    row = sp.csr_array(([1.0], ([0], new)), shape=(1, simplex.n_columns))
    simplex.add_rows(row, np.array([0.25]), np.array([np.inf]))
    paid = simplex.solve(60.0)
    assert paid.bound == pytest.approx(first.bound + 0.75)
    assert paid.values[new[0]] == pytest.approx(0.25)
    simplex.charge(new, np.array([1.0]))
    assert simplex.solve(60.0).bound == pytest.approx(first.bound + 0.25)
    simplex.charge(new, np.array([3.0]))
    simplex.limit(new, 0.0)
    assert simplex.solve(60.0).infeasible
    simplex.limit(new, 1.0)
    assert simplex.solve(60.0).bound == pytest.approx(first.bound + 0.75)


def test_what_presolve_left_is_not_used_once_the_program_has_changed() -> None:
    halted = 0
    for seed in range(20):
        instance = an_instance(seed=8000 + seed, zones=12, sites=6, choices=2, years=2)
        asked = solve(instance, full(instance), relaxed=True)
        if asked is None:
            continue
        simplex = Halting(program(instance), seed=1)
        mode = simplex.program.variables.mode
        shares = np.where(mode >= 0, asked.values[np.maximum(mode, 0)], 0.0)
        used = mode[shares == shares[:, 1:].max()]
        simplex.limit(used, 0.0)
        simplex.iterations = 2
        halted += not simplex.solve(60.0).optimal  # presolved with the limit, and stopped
        simplex.limit(used, 1.0)
        simplex.iterations = Halting.iterations
        assert simplex.solve(60.0).bound * 1e6 == pytest.approx(asked.objective, abs=2.0)
    assert halted > 0
