"""Any stated problem solved by HiGHS or CBC: values, bound, and whether there is a solution."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pulp

from optimizer.instance import Floats
from optimizer.solving.solvers import StatedHighs, backend, run_cbc, run_heard


@dataclass(frozen=True)
class Solved:
    """What a solver says of a problem that is minimised; None where it says nothing."""

    values: Floats | None  #: of the columns, in the order they were given
    bound: float | None
    infeasible: bool


@dataclass(frozen=True)
class Effort:
    """Which solver, and how long and how exactly."""

    solver: str = "highs"
    threads: int = 1
    seed: int = 1
    gap: float = 0.0  #: relative, of the problem's objective
    seconds: float = 3600.0


def solver_name(name: str) -> str:
    """The solver of a config with its version, as certificates show it."""
    return backend(name, threads=1, seed=1).name


def column(index: int, *, upper: float | None = None, binary: bool = False) -> pulp.LpVariable:
    """A column whose name keeps its place: PuLP hands columns over sorted by name."""
    kind = pulp.LpBinary if binary else pulp.LpContinuous
    return pulp.LpVariable(f"c{index:09d}", 0, upper, kind)


def add_row(
    problem: pulp.LpProblem,
    pairs: Sequence[tuple[pulp.LpVariable, float]],
    sense: int,
    right: float,
    name: str,
) -> None:
    """A row ``pairs (sense) right``; sense is one of PuLP's LpConstraintLE, EQ and GE."""
    row = pulp.LpConstraint(pulp.LpAffineExpression(pairs), sense, rhs=right)
    problem.addConstraint(row, name)


def solve_direct(
    problem: pulp.LpProblem,
    columns: Sequence[pulp.LpVariable],
    effort: Effort,
    *,
    start: Mapping[int, float] | None = None,
    stop: threading.Event | None = None,
) -> Solved:
    """Solve a stated problem; ``start`` gives values of some columns by their index."""
    if effort.solver == "cbc":
        return _by_cbc(problem, columns, effort, start)
    return _by_highs(problem, columns, effort, start, stop)


def _by_highs(
    problem: pulp.LpProblem,
    columns: Sequence[pulp.LpVariable],
    effort: Effort,
    start: Mapping[int, float] | None,
    stop: threading.Event | None,
) -> Solved:
    order = np.array([int(v.name[1:]) for v in problem.variables()], dtype=np.int64)

    def run(highs: Any) -> None:
        if start:
            place = {int(index): at for at, index in enumerate(order)}
            given = [(place[index], value) for index, value in start.items() if index in place]
            at = np.array([one for one, _ in given], dtype=np.int32)
            highs.setSolution(len(given), at, np.array([value for _, value in given]))
        run_heard(highs, stop)

    solver = StatedHighs(
        run,
        msg=False,
        threads=effort.threads,
        timeLimit=max(0.1, effort.seconds),
        gapRel=effort.gap,
        random_seed=effort.seed,
    )
    highspy.Highs.resetGlobalScheduler(True)
    problem.solve(solver)
    highs = problem.solverModel
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved(None, None, infeasible=True)
    whole = any(v.cat == pulp.LpInteger for v in columns)
    bound = float(info.mip_dual_bound if whole else info.objective_function_value)
    if not whole and status != highspy.HighsModelStatus.kOptimal:
        return Solved(None, None, infeasible=False)
    values = None
    if np.isfinite(info.objective_function_value) and _has_point(info):
        values = np.zeros(len(columns))
        values[order] = np.array(highs.getSolution().col_value)
    return Solved(values, bound if np.isfinite(bound) else None, infeasible=False)


def _has_point(info: Any) -> bool:
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    return bool(info.primal_solution_status == int(feasible))


def _by_cbc(
    problem: pulp.LpProblem,
    columns: Sequence[pulp.LpVariable],
    effort: Effort,
    start: Mapping[int, float] | None,
) -> Solved:
    for index, value in (start or {}).items():
        columns[index].setInitialValue(value)
    bound = run_cbc(
        problem,
        seconds=effort.seconds,
        gap=effort.gap,
        threads=effort.threads,
        seed=effort.seed,
        started=bool(start),
    )
    if problem.status == pulp.LpStatusInfeasible:
        return Solved(None, None, infeasible=True)
    if any(v.varValue is None for v in columns):
        return Solved(None, bound, infeasible=False)
    values = np.array([v.varValue for v in columns])
    return Solved(values, bound, infeasible=False)
