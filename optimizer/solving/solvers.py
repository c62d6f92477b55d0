"""HiGHS and CBC behind one interface: branch and bound from a start, with its bound."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import highspy
import numpy as np
import pulp

from optimizer.instance import Floats, Ints
from optimizer.model.build import Model
from optimizer.model.variables import ABSENT, columns_of_plan, states_at
from optimizer.solving.stopping import ended_by

OnBound = Callable[[float], None]  #: million visit-minutes, constant included


@dataclass(frozen=True)
class Searched:
    """What a mixed-integer search found and proved."""

    bound: float | None  #: million visit-minutes; None if nothing was proved
    plans: tuple[Ints, ...]  #: states [J, T] of the solutions found, the best last
    infeasible: bool


class SolverBackend(Protocol):
    """What the proof asks of a solver."""

    name: str

    def search(
        self,
        model: Model,
        *,
        start: Ints | None,
        seconds: float,
        gap: float,
        stop: threading.Event,
        on_bound: OnBound,
    ) -> Searched:
        """Search and prove until the limit; ``gap`` is relative to the whole objective."""


#: HiGHS makes small problems of its own for some of these even where no effort is allowed.
NO_HEURISTICS: dict[str, Any] = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_shifting": False,
    "mip_heuristic_run_zi_round": False,
}


def backend(name: str, *, threads: int, seed: int) -> SolverBackend:
    """The solver of a config: `highs` or `cbc`."""
    return Cbc(threads, seed) if name == "cbc" else Highs(threads, seed)


def column_order(model: Model) -> Ints:
    """[columns] the model's column of each variable in the order PuLP hands them over."""
    return np.array([int(v.name[1:9]) for v in model.problem.variables()], dtype=np.int64)


class StatedHighs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, run in a thread of its own so that Ctrl-C and limits are heard."""

    def __init__(self, run: Callable[[Any], None], **options: Any) -> None:
        super().__init__(**options)
        self._run = run

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """As PuLP's, without the banner that HiGHS writes to standard output on its first use."""
        with no_banner():
            super().createAndConfigureSolver(lp)

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """Hand the stated problem over to the caller's way of running it."""
        self._run(lp.solverModel)


@contextmanager
def no_banner() -> Iterator[None]:
    """Standard output of C code goes nowhere; Python's own is flushed before and untouched."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Highs:
    """HiGHS in memory through PuLP and highspy."""

    def __init__(self, threads: int, seed: int) -> None:
        self.name = f"HiGHS {version('highspy')}"
        self._threads, self._seed = threads, seed

    def search(
        self,
        model: Model,
        *,
        start: Ints | None,
        seconds: float,
        gap: float,
        stop: threading.Event,
        on_bound: OnBound,
    ) -> Searched:
        """Branch and bound from a start, heard while it runs."""
        found: list[Floats] = []
        order = column_order(model)

        def run(highs: Any) -> None:
            if start is not None:
                _set_start(highs, model, order, start)
            highs.cbMipLogging += lambda e: on_bound(e.data_out.mip_dual_bound + model.constant)
            highs.cbMipImprovingSolution += lambda e: found.append(
                np.array(e.data_out.mip_solution)
            )
            run_heard(highs, stop)

        # with a plan at hand better ones come from the search beside, not from heuristics
        effort = {} if start is None else NO_HEURISTICS
        solver = StatedHighs(
            run,
            msg=True,  # or HiGHS tells no bound on the way
            log_to_console=False,
            threads=self._threads,
            timeLimit=max(0.1, seconds),
            gapRel=gap,
            random_seed=self._seed,
            **effort,
        )
        highspy.Highs.resetGlobalScheduler(True)
        model.problem.solve(solver)
        highs = model.problem.solverModel
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Searched(None, (), infeasible=True)
        final = np.array(highs.getSolution().col_value)
        if final.size == order.size and np.isfinite(highs.getInfo().objective_function_value):
            found.append(final)
        plans = []
        for solution in found[-5:]:
            values = np.zeros(len(model.columns))
            values[order] = solution
            plans.append(states_at(values, model.variables.mode))
        bound = highs.getInfo().mip_dual_bound
        proved = bound + model.constant if np.isfinite(bound) else None
        return Searched(proved, tuple(plans), infeasible=False)


def stated_highs(model: Model, *, seed: int) -> Any:
    """The model in HiGHS as a linear relaxation, columns in PuLP's order; not solved."""
    solver = StatedHighs(lambda _: None, mip=False, msg=False, threads=1, random_seed=seed)
    solver.createAndConfigureSolver(model.problem)
    solver.buildSolverModel(model.problem)
    return model.problem.solverModel


def run_heard(highs: Any, stop: threading.Event | None) -> None:
    """Run HiGHS in a thread of its own, and end it early if ``stop`` is set."""
    highs.HandleUserInterrupt = True
    running = highs.startSolve()
    with ended_by(stop, highs.cancelSolve):
        running.join()


def _set_start(highs: Any, model: Model, order: Ints, states: Ints) -> None:
    """Give HiGHS the plan's modes; it finds the rest by an LP."""
    columns, values = columns_of_plan(model.variables.mode, states)
    place = np.full(len(model.columns), ABSENT)
    place[order] = np.arange(order.size)
    where = place[columns]
    there = where != ABSENT
    highs.setSolution(int(there.sum()), where[there].astype(np.int32), values[there])


class Cbc:
    """CBC, the solver that comes with PuLP, as a second opinion."""

    def __init__(self, threads: int, seed: int) -> None:
        self.name = f"CBC of PuLP {version('pulp')}"
        self._threads, self._seed = threads, seed

    def search(
        self,
        model: Model,
        *,
        start: Ints | None,
        seconds: float,
        gap: float,
        stop: threading.Event,
        on_bound: OnBound,
    ) -> Searched:
        """Branch and bound by the command-line CBC; its bound is read from its log.

        ``stop`` is not heard: CBC ends by itself at its limit, or at a Ctrl-C that reaches it too.
        """
        columns = model.columns
        if start is not None:
            for column, value in zip(*columns_of_plan(model.variables.mode, start), strict=True):
                columns[column].setInitialValue(float(value))
        bound = run_cbc(
            model.problem,
            seconds=seconds,
            gap=gap,
            threads=self._threads,
            seed=self._seed,
            started=start is not None,
        )
        if model.problem.status == pulp.LpStatusInfeasible:
            return Searched(None, (), infeasible=True)
        if bound is not None:
            on_bound(bound + model.constant)
        values = np.array([v.varValue if v.varValue is not None else 0.0 for v in columns])
        open_shares = values[model.variables.mode[model.variables.mode != ABSENT]]
        plans = (states_at(values, model.variables.mode),) if open_shares.any() else ()
        return Searched(None if bound is None else bound + model.constant, plans, infeasible=False)


def run_cbc(
    problem: pulp.LpProblem, *, seconds: float, gap: float, threads: int, seed: int, started: bool
) -> float | None:
    """Run the command-line CBC on a stated problem; the bound that its log proves."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        solver = pulp.PULP_CBC_CMD(
            msg=False,
            timeLimit=max(1.0, seconds),
            gapRel=gap,
            threads=threads,
            warmStart=started,
            logPath=str(log),
            options=[f"randomSeed {seed}", f"randomCbcSeed {seed}"],
        )
        problem.solve(solver)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return _cbc_bound(text)


def _cbc_bound(log: str) -> float | None:
    """The proven bound in CBC's log: the lower bound at a limit, or the optimum."""
    lower = re.findall(r"Lower bound:\s+([-+0-9.eE]+)", log)
    if lower:
        return float(lower[-1])
    if "Optimal solution found" in log:
        optimum = re.findall(r"Objective value:\s+([-+0-9.eE]+)", log)
        if optimum:
            return float(optimum[-1])
    return None
