"""A textbook problem from its config to a verified folder; and its checks alone."""

from __future__ import annotations

import time
from pathlib import Path

from geodata.problems import LimitReached, NoPlanError, Problem, number_of
from optimizer.commands.invocation import command_line
from optimizer.commands.listening import listening
from optimizer.commands.no_plan import stopped_before_a_plan
from optimizer.commands.results import CheckResult, RunResult, without_any
from optimizer.commands.writing import RUNS, verified
from optimizer.config import TextbookScenario
from optimizer.outputs.folder import refuse_foreign
from optimizer.outputs.place import claimed
from optimizer.outputs.textbook import write_textbook_run
from optimizer.progress import ProgressReporter
from optimizer.solving.direct import Effort, solver_name
from optimizer.textbook.problem import Clock, NoAnswer, TextbookProblem
from optimizer.textbook.reading import read_problem
from optimizer.textbook.solve import possible, solve_problem


def solve_textbook(
    scenario: TextbookScenario, out: Path | None, began: float, report: ProgressReporter
) -> RunResult:
    """Read, solve, verify and write a textbook problem: three tables, one measure.

    Raises a ServicenetError that says what is wrong. ``began``: the clock when the command began.
    """
    folder = out if out is not None else RUNS / scenario.name
    refuse_foreign(folder)
    report.stage("Reading tables")
    problem = read_problem(scenario)
    with claimed(folder):
        return _solve_problem(scenario, problem, folder, began, report)


def _solve_problem(
    scenario: TextbookScenario,
    problem: TextbookProblem,
    folder: Path,
    began: float,
    report: ProgressReporter,
) -> RunResult:
    report.stage("Solving")
    solver = scenario.solver
    effort = Effort(solver.name, solver.threads, solver.seed, solver.gap)
    with listening() as stop:
        try:
            clock = Clock(effort, began + solver.time_limit, stop)
            answer, certificate = solve_problem(problem, clock)
        except NoAnswer as nothing:
            if nothing.proved:
                raise NoPlanError(_no_answer(nothing)) from None
            if stop.is_set():
                raise LimitReached(stopped_before_a_plan(time.monotonic() - began)) from None
            raise LimitReached(
                f"solver.time_limit: {nothing}. Raise solver.time_limit ({solver.time_limit:g} "
                "seconds)."
            ) from None
    report.stage("Writing and verifying the run")
    summary: dict[str, object] = {
        "problem": scenario.problem,
        **certificate,
        "objective_today": None,
        "gap_total": certificate["gap"],
        "seconds": time.monotonic() - began,
        "solver": solver_name(solver.name),
        "warnings": [],
    }
    written = write_textbook_run(
        folder,
        scenario,
        problem,
        answer,
        summary,
        command=command_line(),
        check=verified,
    )
    return RunResult(written, {**summary, "name": scenario.name})


def check_textbook(scenario: TextbookScenario) -> CheckResult:
    """The checks alone."""
    problem = read_problem(scenario)
    try:
        possible(problem)
    except NoAnswer as nothing:
        return without_any([_no_answer(nothing)])
    sentence = (
        f"{scenario.name}: {scenario.problem}, {number_of(len(problem.sites), 'site')}, "
        f"{number_of(len(problem.zones), 'zone')}; nothing rules an answer out."
    )
    return CheckResult(True, (sentence,))


def _no_answer(nothing: NoAnswer) -> Problem:
    """Why a textbook problem has none, which is proved."""
    return Problem("requirements", str(nothing), "rules that some set of sites can keep to")
