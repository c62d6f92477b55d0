"""One run from a config to a verified folder; and the checks alone."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from geodata.problems import InputError, NoPlanError, Problem, number_of
from optimizer.building.case import Case
from optimizer.building.reading import read_case, tables_told
from optimizer.commands.explained_before import identity
from optimizer.commands.listening import listening, teller
from optimizer.commands.no_plan import (
    after_all,
    asked_why,
    without_plan,
)
from optimizer.commands.results import CheckResult, RunResult, without_any
from optimizer.commands.store import users_store
from optimizer.commands.textbook_run import check_textbook, solve_textbook
from optimizer.commands.writing import RUNS, write_verified
from optimizer.config import TextbookScenario, load_any
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import Ints
from optimizer.outputs.folder import refuse_foreign
from optimizer.outputs.inputs import read_document
from optimizer.outputs.place import claimed
from optimizer.plan import make_plan
from optimizer.progress import ProgressReporter, Silent
from optimizer.solving.impossible import impossible
from optimizer.solving.incumbent import Limits
from optimizer.solving.kept import Kept
from optimizer.solving.order import settled
from optimizer.solving.proof import NoPlan, Outcome, prove
from optimizer.whatif.against import bound_begun_with
from optimizer.whatif.conflicts import Why
from optimizer.whatif.plans import plan_of_run
from optimizer.whatif.seeking import constructed, is_small, plan_or_proof

_NO_BEGINNING = Problem(
    "--from", "a textbook problem", "a network of offices", "Leave --from out: it begins anew."
)
_LOOK_SECONDS, _PROOF_SECONDS, _WHY_SECONDS = 12.0, 10.0, 29.0


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
        return solve_textbook(scenario, out, began, report)
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
    return RunResult(written, read_document(written / "summary.json", str(written)))


def check(config: Path, report: ProgressReporter | None = None) -> CheckResult:
    """All input checks and a quick look for requirements that nothing can meet."""
    report = report or Silent()
    with tables_told():
        scenario = load_any(config)
    if isinstance(scenario, TextbookScenario):
        return check_textbook(scenario)
    case = read_case(scenario)
    impossibilities = impossible(case.instance)
    told = "nothing rules a plan out"
    if not impossibilities:
        report.stage("Looking for a plan that meets every requirement")
        nearest = constructed(case.instance, seconds=_LOOK_SECONDS)
        if not nearest.feasible:
            why = _looked_further(case, nearest, report)
            impossibilities = list(why.problems) if why.certain else []
            if why.plan is None:
                told = f"{told}, but a first look found none: there may be no plan"
                told = ". ".join([told, *(one.sentence().rstrip(".") for one in why.problems)])
    if impossibilities:
        return without_any(impossibilities)
    n_candidates = int(case.instance.candidate.sum())
    counts = (
        number_of(len(case.instance.candidate) - n_candidates, "office"),
        number_of(n_candidates, "candidate"),
        number_of(len(case.instance.zones), "zone"),
    )
    sentence = f"{case.scenario.name}: {', '.join(counts)}; {told}."
    return CheckResult(True, (sentence, *case.warnings))


def _looked_further(case: Case, nearest: Evaluation, report: ProgressReporter) -> Why:
    """What stands against a plan, or one; of a small network a proof is asked for first."""
    with listening() as stop:
        proved = False
        if is_small(case.instance):
            report.stage("None at hand: proving that there is none, or finding one")
            answer = plan_or_proof(case.instance, seconds=_PROOF_SECONDS, stop=stop)
            if answer.plan is not None:
                return Why((), certain=False, plan=answer.plan)
            proved = answer.proved
        report.stage("None at hand: asking which requirements collide")
        why = asked_why(case, proved=proved, stop=stop, nearest=nearest, seconds=_WHY_SECONDS)
    if stop.is_set() and not why.certain and why.plan is None:
        raise KeyboardInterrupt
    return why


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
