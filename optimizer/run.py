"""One run from a config to a verified folder; and the checks alone."""

from __future__ import annotations

import math
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.problems import LimitReached, NoPlanError, Problem, VerificationFailed
from optimizer.case import Case
from optimizer.config import TextbookScenario, load, load_any
from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import Evaluation, evaluate, todays_minutes, todays_value
from optimizer.instance import Instance
from optimizer.outputs.folder import refuse_foreign, write_run
from optimizer.outputs.place import claimed
from optimizer.outputs.publications import publish
from optimizer.outputs.textbook import write_textbook_run
from optimizer.plan import Plan, make_plan
from optimizer.progress import ProgressReporter, Silent
from optimizer.reading import read_case
from optimizer.rules import impossible
from optimizer.solving.certificate import gap_of_added_burden
from optimizer.solving.diagnosis import diagnose
from optimizer.solving.direct import Effort, solver_name
from optimizer.solving.order import settled
from optimizer.solving.proof import Limits, NoPlan, Outcome, Report, prove
from optimizer.textbook.problem import Clock, NoAnswer, TextbookProblem
from optimizer.textbook.reading import read_problem
from optimizer.textbook.solve import possible, solve_problem
from optimizer.verify import verify
from optimizer.whatif.against import bound_of_run
from optimizer.whatif.plans import TODAY, read_plan, todays_plan

RUNS = Path("runs")
_LOOK_SECONDS = 20.0


@dataclass(frozen=True)
class RunResult:
    """A finished run."""

    folder: Path
    summary: Mapping[str, object]


@dataclass(frozen=True)
class EvaluateResult:
    """An evaluated plan: its folder, its certificate, and a sentence for each broken rule."""

    folder: Path
    summary: Mapping[str, object]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class CheckResult:
    """What the checks say; ``ok`` is false if no plan can exist."""

    ok: bool
    sentences: tuple[str, ...]


def solve(
    config: Path,
    out: Path | None,
    overrides: Mapping[str, object],
    report: ProgressReporter,
) -> RunResult:
    """Read, check, solve, verify and write. Raises a ServicenetError that says what is wrong."""
    began = time.monotonic()
    scenario = load_any(config, overrides)
    if isinstance(scenario, TextbookScenario):
        return _solve_textbook(scenario, out, began, report)
    folder = out if out is not None else RUNS / scenario.name
    refuse_foreign(folder)
    report.stage("Reading tables and rebuilding the base year")
    case = read_case(scenario)
    impossibilities = impossible(case.instance)
    if impossibilities:
        raise NoPlanError(impossibilities)
    with claimed(folder):
        report.stage("Searching for a plan and its proof")
        outcome = _prove(case, began, report)
        report.stage("Writing and verifying the run")
        certificate = {**outcome.certificate.as_dict(), "seconds": time.monotonic() - began}
        case = replace(case, instance=settled(case.instance, certificate))
        plan = make_plan(case, outcome.evaluation)
        written = write_verified(folder, case, plan, certificate)
    summary: dict[str, object] = {
        **certificate,
        "name": scenario.name,
        "warnings": list(case.warnings),
    }
    return RunResult(written, summary)


def evaluate_plan(
    config: Path,
    plan: str,
    out: Path | None,
    report: ProgressReporter,
    *,
    against: Path | None = None,
    bound_seconds: float | None = None,
) -> EvaluateResult:
    """What a plan made by people costs and does, and which requirements it breaks.

    ``plan`` is a table or `today`. The run folder is written even if requirements are broken.
    """
    began = time.monotonic()
    scenario = load(config)
    folder = out if out is not None else RUNS / f"{scenario.name}-evaluated"
    refuse_foreign(folder)
    report.stage("Reading tables and rebuilding the base year")
    case = read_case(scenario)
    states = todays_plan(case) if plan == TODAY else read_plan(Path(plan), case)
    evaluation = evaluate(case.instance, states)
    if not np.isfinite(evaluation.objective):
        where, found = f"--plan {plan}", "visits that no open site serves"
        accepted = "an open site for every need in every year"
        raise NoPlanError(Problem(where, found, accepted))
    with claimed(folder):
        bound = None if against is None else bound_of_run(against, case)
        if bound_seconds is not None:
            report.stage("Searching for a bound")
            found_bound = _bound(case, bound_seconds, report)
            bound = found_bound if bound is None else max(bound, found_bound)
        report.stage("Writing and verifying the run")
        made = make_plan(case, evaluation)
        certificate = _evaluated(case.instance, evaluation, bound, time.monotonic() - began)
        written = write_verified(folder, case, made, certificate)
    broken = made.requirements[~made.requirements["holds"]]
    return EvaluateResult(written, {**certificate, "name": scenario.name}, tuple(_broken(broken)))


def _bound(case: Case, seconds: float, report: ProgressReporter) -> float:
    """A bound of the best plan, from a search of so many seconds; 0 if it proves nothing."""
    solver = case.scenario.solver
    end = time.monotonic() + seconds
    limits = Limits(solver.name, solver.gap, end, solver.threads, solver.seed)
    first = replace(case.instance, later=())
    with _listening() as stop:
        try:
            return prove(first, limits, report=_teller(report), stop=stop).certificate.bound
        except NoPlan:
            return 0.0


def _evaluated(
    instance: Instance, evaluation: Evaluation, bound: float | None, seconds: float
) -> dict[str, object]:
    """The certificate of a plan that was not searched for: of the first aim, where there are more.

    A plan that breaks requirements may lie below the bound of those that keep to them: then the
    bound says nothing of it and is left out.
    """
    aim, objective, today = instance.aim, evaluation.objective, todays_value(instance)
    if bound is not None and (bound <= 0 or bound > objective):
        bound = None
    gap = None if bound is None else gap_of_added_burden(objective, bound, today, aim)
    total = None if bound is None else (objective - bound) / max(abs(objective), 1e-9)
    return {
        "status": "evaluated",
        "objective": objective,
        "objective_today": today,
        "bound": bound,
        "gap": gap,
        "gap_total": total,
        "seconds_solve": 0.0,
        "solver": "",
        "seconds": seconds,
        "objective_kind": aim.kind,
        "objective_unit": aim.unit,
        "visit_minutes": float(evaluation.burden.sum()),
        "visit_minutes_today": todays_minutes(instance),
    }


def _broken(rows: pd.DataFrame) -> Iterator[str]:
    for row in rows.to_dict("records"):
        yield (
            f"{row['requirement']} {row['scope']} {row['year']}: {row['value']:.6g} {row['unit']} "
            f"against {row['limit']:.6g}, short by {-row['margin']:.6g}."
        )


def check(config: Path, report: ProgressReporter | None = None) -> CheckResult:
    """All input checks and a quick look for requirements that nothing can meet."""
    report = report or Silent()
    scenario = load_any(config)
    if isinstance(scenario, TextbookScenario):
        return _check_textbook(scenario)
    case = read_case(scenario)
    impossibilities = impossible(case.instance)
    told = "nothing rules a plan out"
    if not impossibilities:
        report.stage("Looking for a plan that meets every requirement")
        if not _has_plan(case):
            report.stage("None at hand: asking which requirements collide")
            impossibilities = list(diagnose(case.instance).problems)
            told = f"{told}, but a first look found none: there may be no plan"
    if impossibilities:
        return CheckResult(False, tuple(problem.sentence() for problem in impossibilities))
    n_offices = int((~case.instance.candidate).sum())
    n_candidates = int(case.instance.candidate.sum())
    sentence = (
        f"{case.scenario.name}: {n_offices} offices, {n_candidates} candidates, "
        f"{len(case.instance.zones)} zones; {told}."
    )
    return CheckResult(True, (sentence, *case.warnings))


def _has_plan(case: Case) -> bool:
    """Whether a plan is constructed as a run does first; it rarely misses one that exists."""
    end = time.monotonic() + _LOOK_SECONDS
    planner = Planner(case.instance, out_of_time=lambda: time.monotonic() >= end)
    return planner.construct() is not None


def write_verified(folder: Path, case: Case, plan: Plan, certificate: Mapping[str, object]) -> Path:
    """Write the run folder of a plan, with everything asked for in `output`, and verify it."""
    output = case.scenario.output

    def finish(unfinished: Path) -> None:
        publish(unfinished, output.formats, language=output.language)

    return write_run(
        folder,
        case,
        plan,
        certificate,
        command=shlex.join(["servicenet", *sys.argv[1:]]),
        more=finish,
        check=_verified,
    )


def _solve_textbook(
    scenario: TextbookScenario, out: Path | None, began: float, report: ProgressReporter
) -> RunResult:
    """The same for a textbook problem: three tables, one measure."""
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
    with _listening() as stop:
        try:
            clock = Clock(effort, began + solver.time_limit, stop)
            answer, certificate = solve_problem(problem, clock)
        except NoAnswer as nothing:
            if nothing.proved:
                where, accepted = "requirements", "rules that some set of sites can keep to"
                raise NoPlanError(Problem(where, str(nothing), accepted)) from None
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
        command=shlex.join(["servicenet", *sys.argv[1:]]),
        check=_verified,
    )
    return RunResult(written, {**summary, "name": scenario.name})


def _check_textbook(scenario: TextbookScenario) -> CheckResult:
    problem = read_problem(scenario)
    try:
        possible(problem)
    except NoAnswer as nothing:
        where, accepted = "requirements", "rules that some set of sites can keep to"
        return CheckResult(False, (Problem(where, str(nothing), accepted).sentence(),))
    sentence = (
        f"{scenario.name}: {scenario.problem}, {len(problem.sites)} sites, "
        f"{len(problem.zones)} zones; nothing rules an answer out."
    )
    return CheckResult(True, (sentence,))


def _verified(folder: Path) -> None:
    result = verify(folder)
    if not result.ok:
        raise VerificationFailed(tuple(finding.sentence for finding in result.findings))


def _prove(case: Case, began: float, report: ProgressReporter) -> Outcome:
    solver = case.scenario.solver
    limits = Limits(solver.name, solver.gap, began + solver.time_limit, solver.threads, solver.seed)

    with _listening() as stop:
        try:
            return prove(case.instance, limits, report=_teller(report), stop=stop)
        except NoPlan as nothing:
            found = diagnose(case.instance)
            if nothing.proved or not found.ok:
                raise NoPlanError(found.problems) from None
            raise LimitReached(
                f"solver.time_limit: no plan was found within {solver.time_limit:g} seconds. "
                "Raise solver.time_limit, or lower budget.cut to see how far the budget reaches."
            ) from None


def _teller(report: ProgressReporter) -> Report:
    def tell(
        seconds: float, objective: float | None, bound: float | None, gap: float | None
    ) -> None:
        numbers = [math.nan if value is None else value for value in (objective, bound, gap)]
        report.incumbent(seconds, *numbers)

    return tell


@contextmanager
def _listening() -> Iterator[threading.Event]:
    """Ctrl-C asks the search to end with the best plan so far; a second one ends the program."""
    stop = threading.Event()

    def hear(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, hear)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
