"""A plan made by people: counted in full, its broken rules, and how far it is from the best."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geodata.problems import InputError, Problem
from optimizer.building.case import Case
from optimizer.building.reading import read_case, tables_told
from optimizer.commands.broken import broken_rules
from optimizer.commands.listening import listening, teller
from optimizer.commands.store import users_store
from optimizer.commands.writing import RUNS, write_verified
from optimizer.config import load
from optimizer.config.services import GENERAL
from optimizer.config.shipped import shipped_config
from optimizer.engine.evaluate import Evaluation, evaluate, todays_minutes, todays_value
from optimizer.instance import Instance
from optimizer.outputs.folder import refuse_foreign
from optimizer.outputs.inputs import read_document
from optimizer.outputs.place import claimed
from optimizer.plan import make_plan
from optimizer.plan.access import columns_of_demand
from optimizer.progress import ProgressReporter
from optimizer.solving.certificate import gap_of_added_burden
from optimizer.solving.incumbent import Limits
from optimizer.solving.kept import Kept
from optimizer.solving.proof import NoPlan, prove
from optimizer.whatif.against import bound_of_run, made_by_another
from optimizer.whatif.distance import Distance, distance
from optimizer.whatif.plans import TODAY, read_plan, todays_plan

_STOPPED = "Stopped by Ctrl-C: the distances are what was found by then."
_INSTEAD = "Solve its question again, or use --bound SECONDS."
_MONEY_PART = 0.3  #: of the seconds given, on the search for less money


@dataclass(frozen=True)
class EvaluateResult:
    """An evaluated plan: its folder, certificate, distance, and a sentence for each broken rule."""

    folder: Path
    summary: Mapping[str, object]
    distance: Distance
    broken: tuple[str, ...]

    def sentences(self) -> list[str]:
        """What a person reads first."""
        one = self.summary
        plan, today = float(str(one["objective"])), float(str(one["objective_today"]))
        unit = str(one["objective_unit"])
        lines = [f"{one['name']}: evaluated.", *self.distance.sentences(plan, today, unit)]
        lines += [str(one[key]) for key in ("against", "search") if one[key]]
        return [*lines, _kept(len(self.broken)), *(f"  {text}" for text in self.broken)]


def _kept(broken: int) -> str:
    if broken == 0:
        return "All rules hold."
    return "1 requirement is broken:" if broken == 1 else f"{broken} requirements are broken:"


@dataclass(frozen=True)
class _Best:
    """What is known of the best plan of the question."""

    plan: Evaluation | None = None
    bound: float | None = None  #: visit-minutes
    search: str | None = None  #: what is to be said of a search that found nothing
    against: str | None = None  #: what is to be said of a run whose bound is not taken


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
    with tables_told():
        scenario = load(config)
    folder = out if out is not None else RUNS / f"{scenario.name}-evaluated"
    refuse_foreign(folder)
    report.stage("Reading tables and rebuilding the base year")
    case = read_case(scenario)
    states = todays_plan(case) if plan == TODAY else read_plan(_table(plan), case)
    evaluation = evaluate(case.instance, states)
    told = case  # what is written; searches are of the question as it was put
    if not np.isfinite(evaluation.objective):
        told, evaluation = stranded(case, evaluation)
    with claimed(folder):
        best = _Best() if against is None else _of_run(against, case)
        best, apart = _measured(case, best, evaluation, bound_seconds, report)
        report.stage("Writing and verifying the run")
        made = make_plan(told, evaluation)
        seconds = time.monotonic() - began
        certificate = _evaluated(told.instance, evaluation, best.bound, seconds)
        certificate["distance"] = apart.as_dict()
        written = write_verified(folder, told, made, certificate)
    broken = made.requirements[~made.requirements["holds"]]
    summary = {**read_document(written / "summary.json", str(written)), "search": best.search}
    summary["against"] = best.against
    return EvaluateResult(
        written, summary, apart, tuple(broken_rules(broken, told, evaluation.states))
    )


def stranded(case: Case, evaluation: Evaluation) -> tuple[Case, Evaluation]:
    """The same, where some visits have no open site that serves them: they have minutes too.

    Nobody can say how far they would go. They are counted as lost, after a way as long as the
    longest of the country, so that no plan gains by leaving them; a warning says how many they are.
    """
    instance = replace(case.instance, stranded_minutes=float(case.instance.minutes.max()))
    warnings = list(case.warnings)
    for t, found in enumerate(evaluation.assignments):
        visits = np.where(found.stranded, instance.demand[t], 0.0).sum(axis=0)
        for column in np.flatnonzero(visits > 0).tolist():
            service, need = columns_of_demand(case)[column]
            what = f"need {need}" if service == GENERAL else service
            warnings.append(
                f"{instance.years[t]}: no open site serves {visits[column]:,.0f} visits ({what}); "
                f"they are counted as lost after {instance.stranded_minutes:.0f} minutes, the "
                "longest way in the country."
            )
    known = replace(case, instance=instance, warnings=tuple(warnings))
    return known, evaluate(instance, evaluation.states)


def _table(plan: str) -> Path:
    """The table of a plan: the file itself, or a shipped template of that name.

    Raises InputError for a folder.
    """
    path = Path(plan)
    if path.is_dir():
        inside = path / "plan.csv"
        advice = f"Give {inside}." if inside.is_file() else "Give a table, or `today`."
        raise InputError(Problem(f"--plan {plan}", "a folder", "must be a table", advice))
    if path.is_file() or path.is_absolute():
        return path
    return shipped_config(plan) or path


def _of_run(run: Path, case: Case) -> _Best:
    """The plan and the bound of a run of the same question. Raises InputError if it is not."""
    bound, other = bound_of_run(run, case), made_by_another(run)
    told = None if other is None else f"{other}: its bound is not taken as proved. {_INSTEAD}"
    return _Best(evaluate(case.instance, read_plan(run / "plan.csv", case)), bound, against=told)


def _measured(
    case: Case, best: _Best, plan: Evaluation, seconds: float | None, report: ProgressReporter
) -> tuple[_Best, Distance]:
    """What is known of the best plan, after searches if seconds are given, and how far it is.

    Ctrl-C ends the searches with what they have found, and that is said.
    """
    if seconds is None:
        return best, distance(case, plan, best.plan, best.bound, seconds=0.0)
    with listening() as stop:
        report.stage("Searching for the best plan and its bound")
        best = _searched(case, best, plan, (1 - _MONEY_PART) * seconds, report, stop)
        money_seconds = _MONEY_PART * seconds
        if not stop.is_set():
            report.stage("Searching for a plan as good with less money")
        apart = distance(case, plan, best.plan, best.bound, seconds=money_seconds, stop=stop)
    if stop.is_set() and best.search is None:
        best = replace(best, search=_STOPPED)
    return best, apart


def _searched(
    case: Case,
    known: _Best,
    plan: Evaluation,
    seconds: float,
    report: ProgressReporter,
    stop: threading.Event,
) -> _Best:
    """The same after a search of so many seconds from the plan at hand."""
    solver = case.scenario.solver
    end = time.monotonic() + seconds
    limits = Limits(solver.name, solver.gap, end, solver.threads, solver.seed)
    start = plan.states if known.plan is None else known.plan.states
    first, kept = replace(case.instance, later=()), Kept(stored=users_store())
    try:
        told = teller(report)
        outcome = prove(first, limits, report=told, stop=stop, start=start, kept=kept)
    except NoPlan as nothing:
        if stop.is_set() and not nothing.proved:
            return known
        return replace(known, search=_in_vain(known, seconds, proved=nothing.proved))
    better, bound = outcome.evaluation, outcome.certificate.bound
    if known.plan is not None and known.plan.objective < better.objective:
        better = known.plan
    bound = bound if known.bound is None else max(bound, known.bound)
    return replace(known, plan=better, bound=bound)


def _in_vain(known: _Best, seconds: float, *, proved: bool) -> str:
    """What a person should know of a search that found nothing."""
    if proved:
        return "It is proved that no plan keeps every requirement."
    better = "" if known.plan is None else "better "
    time_given = f"{seconds:.3g} second{'' if seconds == 1 else 's'}"
    return f"In {time_given} neither a {better}plan nor a {better}bound was found."


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
