"""One run from a config to a verified folder; and the checks alone."""

from __future__ import annotations

import math
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.problems import InputError, LimitReached, NoPlanError, Problem, VerificationFailed
from optimizer.building.case import Case
from optimizer.building.reading import read_case, tables_told
from optimizer.commands.explained_before import identity
from optimizer.commands.no_plan import (
    after_all,
    asked_why,
    stopped_before_a_plan,
    without_plan,
)
from optimizer.commands.store import users_store
from optimizer.config import TextbookScenario, load_any
from optimizer.instance import Ints
from optimizer.outputs.folder import refuse_foreign, write_run
from optimizer.outputs.place import claimed
from optimizer.outputs.publications import publish
from optimizer.outputs.textbook import write_textbook_run
from optimizer.plan import Plan, make_plan
from optimizer.progress import ProgressReporter, Silent
from optimizer.solving.direct import Effort, solver_name
from optimizer.solving.impossible import impossible
from optimizer.solving.kept import Kept
from optimizer.solving.order import settled
from optimizer.solving.proof import Limits, NoPlan, Outcome, Report, prove
from optimizer.textbook.problem import Clock, NoAnswer, TextbookProblem
from optimizer.textbook.reading import read_problem
from optimizer.textbook.solve import possible, solve_problem
from optimizer.verify import verify
from optimizer.whatif.against import bound_begun_with
from optimizer.whatif.plans import plan_of_run
from optimizer.whatif.seeking import constructed

RUNS = Path("runs")
_NO_BEGINNING = Problem(
    "--from", "a textbook problem", "a network of offices", "Leave --from out: it begins anew."
)
_LOOK_SECONDS, _WHY_SECONDS = 12.0, 29.0


@dataclass(frozen=True)
class RunResult:
    """A finished run."""

    folder: Path
    summary: Mapping[str, object]


@dataclass(frozen=True)
class CheckResult:
    """What the checks say; ``ok`` is false if no plan can exist, which ``problems`` stand for."""

    ok: bool
    sentences: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def solve(
    config: Path,
    out: Path | None,
    overrides: Mapping[str, object],
    report: ProgressReporter,
    *,
    begin_from: Path | None = None,
) -> RunResult:
    """Read, check, solve, verify and write. Raises a ServicenetError that says what is wrong.

    ``begin_from``: a run whose plan the search begins with, and what is still kept of its proof.
    """
    began = time.monotonic()
    with tables_told():
        scenario = load_any(config, overrides)
    if isinstance(scenario, TextbookScenario):
        if begin_from is not None:
            raise InputError(_NO_BEGINNING)
        return _solve_textbook(scenario, out, began, report)
    folder = out if out is not None else RUNS / scenario.name
    refuse_foreign(folder)
    report.stage("Reading tables and rebuilding the base year")
    case = read_case(scenario)
    start = None if begin_from is None else plan_of_run(begin_from, case)
    bound = -math.inf if begin_from is None else bound_begun_with(begin_from, case)
    impossibilities = impossible(case.instance)
    if impossibilities:
        raise NoPlanError(impossibilities)
    store = users_store()
    kept = Kept(stored=None if begin_from is None else store)
    with claimed(folder):
        beginning = "" if begin_from is None else f", from {begin_from}"
        report.stage(f"Searching for a plan and its proof{beginning}")
        outcome = _prove(case, began, report, start=start, kept=kept, bound=bound)
        report.stage("Writing and verifying the run")
        certificate = {**outcome.certificate.as_dict(), "seconds": time.monotonic() - began}
        case = replace(case, instance=settled(case.instance, certificate))
        plan = make_plan(case, outcome.evaluation)
        begun_from = None if begin_from is None else _begun_from(begin_from, kept, bound)
        written = write_verified(folder, case, plan, certificate, begun_from=begun_from)
    kept.store(store)
    summary: dict[str, object] = {
        **certificate,
        "name": scenario.name,
        "warnings": list(case.warnings),
    }
    return RunResult(written, summary)


def check(config: Path, report: ProgressReporter | None = None) -> CheckResult:
    """All input checks and a quick look for requirements that nothing can meet."""
    report = report or Silent()
    with tables_told():
        scenario = load_any(config)
    if isinstance(scenario, TextbookScenario):
        return _check_textbook(scenario)
    case = read_case(scenario)
    impossibilities = impossible(case.instance)
    told = "nothing rules a plan out"
    if not impossibilities:
        report.stage("Looking for a plan that meets every requirement")
        nearest = constructed(case.instance, seconds=_LOOK_SECONDS)
        if not nearest.feasible:
            report.stage("None at hand: asking which requirements collide")
            with listening() as stop:
                why = asked_why(
                    case, proved=False, stop=stop, nearest=nearest, seconds=_WHY_SECONDS
                )
            if stop.is_set() and not why.certain and why.plan is None:
                raise KeyboardInterrupt
            impossibilities = list(why.problems) if why.certain else []
            if why.plan is None:
                told = f"{told}, but a first look found none: there may be no plan"
                told = ". ".join([told, *(one.sentence().rstrip(".") for one in why.problems)])
    if impossibilities:
        return _no_plan(impossibilities)
    n_offices = int((~case.instance.candidate).sum())
    n_candidates = int(case.instance.candidate.sum())
    sentence = (
        f"{case.scenario.name}: {n_offices} offices, {n_candidates} candidates, "
        f"{len(case.instance.zones)} zones; {told}."
    )
    return CheckResult(True, (sentence, *case.warnings))


def _no_plan(problems: Sequence[Problem]) -> CheckResult:
    return CheckResult(False, tuple(one.sentence() for one in problems), tuple(problems))


def write_verified(
    folder: Path,
    case: Case,
    plan: Plan,
    certificate: Mapping[str, object],
    *,
    left: Sequence[Mapping[str, object]] = (),
    begun_from: Mapping[str, object] | None = None,
) -> Path:
    """Write the run folder of a plan, with everything asked for in `output`, and verify it.

    ``left``: what has left this machine for the plan, beside travel: rows of the manifest.
    ``begun_from``: the run that the search began with.
    """
    output = case.scenario.output

    def finish(unfinished: Path) -> None:
        publish(unfinished, output.formats, language=output.language)

    return write_run(
        folder,
        case,
        plan,
        certificate,
        command=_command(),
        more=finish,
        check=_verified,
        left=left,
        begun_from=begun_from,
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
        command=_command(),
        check=_verified,
    )
    return RunResult(written, {**summary, "name": scenario.name})


def _check_textbook(scenario: TextbookScenario) -> CheckResult:
    problem = read_problem(scenario)
    try:
        possible(problem)
    except NoAnswer as nothing:
        return _no_plan([_no_answer(nothing)])
    sentence = (
        f"{scenario.name}: {scenario.problem}, {len(problem.sites)} sites, "
        f"{len(problem.zones)} zones; nothing rules an answer out."
    )
    return CheckResult(True, (sentence,))


def _no_answer(nothing: NoAnswer) -> Problem:
    """Why a textbook problem has none, which is proved."""
    return Problem("requirements", str(nothing), "rules that some set of sites can keep to")


def _command() -> str:
    """The command line as it was given, for the manifest."""
    return shlex.join(["servicenet", *sys.argv[1:]])


def _verified(folder: Path) -> None:
    result = verify(folder, finished=False)
    if not result.ok:
        raise VerificationFailed(tuple(finding.sentence for finding in result.findings))


def _begun_from(run: Path, kept: Kept, bound: float) -> dict[str, object]:
    """What the manifest tells of the run that a search began with, and what it took from there."""
    return {
        "run": run.resolve().name,
        "manifest": identity(run),
        "relaxation": kept.from_store,
        "bound": bound if math.isfinite(bound) else None,
    }


def _prove(
    case: Case,
    began: float,
    report: ProgressReporter,
    *,
    start: Ints | None,
    kept: Kept,
    bound: float,
) -> Outcome:
    solver = case.scenario.solver
    limits = Limits(solver.name, solver.gap, began + solver.time_limit, solver.threads, solver.seed)
    searched, tell = time.monotonic(), teller(report)
    with listening() as stop:
        try:
            return prove(
                case.instance, limits, report=tell, stop=stop, start=start, kept=kept, bound=bound
            )
        except NoPlan as nothing:
            seconds = time.monotonic() - began
            if not stop.is_set():
                report.stage("No plan found: asking which requirements collide")
            why = asked_why(case, proved=nothing.proved, stop=stop, nearest=nothing.nearest)
            found = after_all(case, limits, nothing, why, report=tell, stop=stop)
            if found is None:
                stopped = stop.is_set()
                seconds = time.monotonic() - began if stopped else seconds
                limit = solver.time_limit
                raise without_plan(why, seconds=seconds, limit=limit, stopped=stopped) from None
            report.stage("A plan was found meanwhile")
            certificate = replace(found.certificate, seconds_solve=time.monotonic() - searched)
            return replace(found, certificate=certificate)


def teller(report: ProgressReporter) -> Report:
    """What a search tells, for a reporter."""

    def tell(
        seconds: float, objective: float | None, bound: float | None, gap: float | None
    ) -> None:
        numbers = [math.nan if value is None else value for value in (objective, bound, gap)]
        report.incumbent(seconds, *numbers)

    return tell


@contextmanager
def listening() -> Iterator[threading.Event]:
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
