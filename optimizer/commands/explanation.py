"""A run explained: read again from its folder, the opposites sought, told and written."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.problems import InputError, LimitReached
from optimizer.building.case import Case
from optimizer.building.named_sites import find_site
from optimizer.commands.explained_before import (
    DOCUMENT,
    Before,
    answered_before,
    identity,
    ladder_together,
    together,
)
from optimizer.commands.rereading import case_of_run
from optimizer.commands.store import users_store
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.outputs.answers import write_answer
from optimizer.progress import ProgressReporter
from optimizer.solving.opposites import Variations
from optimizer.solving.order import settled
from optimizer.whatif.against import bounded_summary
from optimizer.whatif.explain import Base, Explanation, explain
from optimizer.whatif.levers import (
    RUNGS,
    Flip,
    Rung,
    budget_flip,
    own_cost_flip,
    own_visits_flip,
    rung,
)
from optimizer.whatif.opposites import Found, Opposite, opposite, release, seek
from optimizer.whatif.plans import read_plan
from optimizer.whatif.sweep.roadmap import roadmap_sentences, roadmap_table
from optimizer.whatif.sweep.running import Countdown, Stopped, do_all
from optimizer.whatif.sweep.workers import Finished, LocalWorkers, cores
from optimizer.whatif.told import ladder_told, steps_told, summary_told, told

_BOUND_SECONDS, _FEW_BOUND_SECONDS, _VARIATION_SECONDS = 30.0, 8.0, 20.0
_SECONDS = {False: 24.0, True: 12.0}  #: of search for each opposite: of named sites, of all
_FEW = 8  #: sites; for more the bounds come from one relaxation that is varied, site by site
_RUNG_PART = 0.4  #: of the seconds of a site, for each amount of money
_LEVER_PART = 1.2  #: of the seconds of a site, for each of its levers
_LOST = (
    "A process of this command was ended twice at the same work: {why}. The machine may lack "
    "memory: give --jobs 1, or ask for fewer offices."
)


@dataclass(frozen=True)
class Explained:
    """Explanations of a run, and where they were written."""

    run: str
    of: str  #: the hash of the run's manifest
    objective: float
    unit: str  #: of objective, bound and regrets: visit-minutes or kr
    bound: float  #: the run's own, or a better one found here
    explanations: tuple[Explanation, ...]
    ladder: tuple[Rung, ...]  #: what more or less money gives
    roadmap: pd.DataFrame | None
    folder: Path | None

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return {
            "run": self.run,
            "of": self.of,
            "objective": self.objective,
            "unit": self.unit,
            "bound": self.bound,
            "explanations": [one.as_dict() for one in self.explanations],
            "ladder": [{"mnkr": one.mnkr, "objective": one.objective} for one in self.ladder],
            "roadmap": None if self.roadmap is None else self.roadmap.to_dict("records"),
            "folder": None if self.folder is None else str(self.folder),
        }

    def sentences(self) -> list[str]:
        """What a person reads first."""
        lines = [line for one in self.explanations for line in told(one, self.unit)]
        lines += ladder_told(self.ladder, self.objective, self.unit)
        lines += summary_told(self.explanations)
        if self.roadmap is not None:
            lines += roadmap_sentences(self.roadmap)
            if self.folder is None:
                lines += steps_told(self.roadmap, self.unit)
        return lines if self.folder is None else [*lines, f"Written to {self.folder}"]


def explain_run(
    run: Path,
    offices: Sequence[str],
    *,
    every: bool,
    seconds: float | None = None,
    jobs: int | None,
    levers: bool,
    roadmap: bool,
    out: Path | None,
    report: ProgressReporter,
) -> Explained:
    """Explain some sites of a run, or ``every`` one. Raises InputError.

    ``seconds`` are spent on each opposite (24 for named sites, 12 for all if not given), in
    ``jobs`` processes side by side (one a core if not given). ``levers``: whether it is sought what
    would turn each decision. ``roadmap``: whether the changes of the plan are put in order.
    """
    seconds = _SECONDS[every] if seconds is None else seconds
    report.stage("Reading the run")
    case, base = _read(run)
    before = None if out is None else answered_before(out, run)
    wanted = range(len(case.instance.sites)) if every else _named(case, offices)
    with _Crew(case, base.evaluation, jobs or cores(), report) as crew:
        base, explanations, ladder = _Study(case, base, crew, seconds, report).of(wanted, levers)
    order = None
    if roadmap:
        report.stage("Ordering the changes of the plan")
        order = roadmap_table(case, base.evaluation.states)
    value, unit = base.evaluation.objective, case.instance.aim.unit
    head = (case.scenario.name, identity(run), value, unit, base.bound)
    found = Explained(*head, explanations, ladder, order, out)
    if out is not None and before is not None:
        _write(out, case, before, found)
    return found


def _write(out: Path, case: Case, before: Before, found: Explained) -> None:
    """What was found, and what an earlier answer of the run has beside it; no empty table."""
    content = together(before, found.as_dict(), case.instance.sites)
    tables = {
        "explanations": _table(content["explanations"]),
        "ladder": ladder_together(before, _ladder_table(case, found)),
        "roadmap": pd.DataFrame(content["roadmap"] or ()),
    }
    filled = {name: table for name, table in tables.items() if not table.empty}
    write_answer(out, DOCUMENT, content, filled)


def _read(run: Path) -> tuple[Case, Base]:
    """The case of a run from its folder alone, and its plan."""
    case = case_of_run(run)
    summary = bounded_summary(run, str(run))
    case = replace(case, instance=settled(case.instance, summary))
    bound = float(summary["bound"])
    evaluation = evaluate(case.instance, read_plan(run / "plan.csv", case))
    plan = pd.read_csv(run / "plan.csv", dtype=str, keep_default_na=False)
    changed = plan[~plan["action"].isin(["keep", "stays_closed", "not_opened"])]
    last = pd.concat([plan, changed]).drop_duplicates("office_id", keep="last")
    motives = dict(zip(last["office_id"], last["motive"], strict=True))
    return case, Base(evaluation, bound, motives)


def _named(case: Case, offices: Sequence[str]) -> list[int]:
    problems, found = [], []
    for word in offices:
        try:
            found.append(find_site(case.sites, word, "OFFICE", "the run"))
        except InputError as error:
            problems += list(error.problems)
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(found))


_shared: tuple[Case, Evaluation] | None = None  #: of a worker process

#: Something to do with the shared case and plan: a function of this file and what it is given.
Task = tuple[Callable[..., Any], tuple[Any, ...]]


def _share(case: Case, plan: Evaluation) -> None:
    global _shared
    _shared = case, plan


def _work(task: Task) -> dict[str, Any]:
    """The result of a task; a bug comes back as what it says, so that it is told from a loss."""
    assert _shared is not None
    function, given = task
    try:
        return {"result": function(*_shared, *given)}
    except Exception:
        return {"bug": traceback.format_exc()}


class _Crew:
    """Processes that share the case and its plan; this process alone where one is asked for."""

    def __init__(self, case: Case, plan: Evaluation, jobs: int, report: ProgressReporter) -> None:
        self._shared, self._jobs, self._report = (case, plan), jobs, report
        self._workers = LocalWorkers(jobs, partial(_share, case, plan))

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *of_error: Any) -> None:
        self._workers.__exit__(*of_error)

    def done(self, tasks: Sequence[Task]) -> list[Any]:
        """What becomes of each task, in order; told as they end, with the time left.

        A task whose process is ended is done once more. Raises LimitReached if that is too.
        """
        countdown = Countdown(self._report, len(tasks))
        if self._jobs == 1 or len(tasks) == 1:
            return [self._alone(task, countdown) for task in tasks]
        results: dict[str, Any] = {}

        def keep(finished: Finished) -> None:
            if finished.value is None:
                raise LimitReached(_LOST.format(why=finished.why))
            if "bug" in finished.value:
                raise RuntimeError(finished.value["bug"])
            results[finished.tag] = finished.value["result"]

        given = {str(at): task for at, task in enumerate(tasks)}
        try:
            do_all(given, _work, given.__getitem__, self._workers, keep, countdown)
        except Stopped:
            raise KeyboardInterrupt from None
        return [results[tag] for tag in given]

    def _alone(self, task: Task, countdown: Countdown) -> Any:
        function, given = task
        result = function(*self._shared, *given)
        countdown.step()
        return result


@dataclass(frozen=True)
class _Study:
    """A run under study."""

    case: Case
    base: Base
    crew: _Crew
    seconds: float  #: for each opposite
    report: ProgressReporter

    def of(
        self, sites: Sequence[int], levers: bool
    ) -> tuple[Base, tuple[Explanation, ...], tuple[Rung, ...]]:
        """The base with the best bound known, an explanation for each site, the ladder of money."""
        states = self.base.evaluation.states
        opposites = [opposite(self.case.instance, states, site) for site in sites]
        releases = self._releases(opposites)
        sought = [*opposites, *releases.values()]
        tasks: list[Task] = [(_seek, (one, self.seconds)) for one in sought]
        asked = self._rungs(opposites) if levers else []
        tasks += [(_rung, (mnkr, _RUNG_PART * self.seconds)) for mnkr in asked]
        if not tasks:
            return self.base, (), ()
        self.report.stage(f"Seeking {len(opposites)} opposites")
        results = self.crew.done(tasks)
        found: list[Found] = results[: len(opposites)]
        freed: list[Found] = results[len(opposites) : len(sought)]
        pairs = zip(releases.values(), freed, strict=True)
        free = {one.site: (one, each) for one, each in pairs}
        ladder: list[Rung] = results[len(sought) :]
        base = self.base
        base, found = self._bounded(opposites, found)
        flips = self._flips(opposites, found, ladder) if levers else [()] * len(found)
        explanations = [
            explain(self.case, base, one, each, turns, free.get(one.site))
            for one, each, turns in zip(opposites, found, flips, strict=True)
        ]
        return base, tuple(explanations), tuple(ladder)

    def _releases(self, opposites: Sequence[Opposite]) -> dict[int, Opposite]:
        """By site: what it may do without the decisions about it, if they allow its opposite."""
        asked = [one.site for one in opposites if not one.locks]
        released = {site: release(self.case.instance, site) for site in asked}
        return {site: one for site, one in released.items() if one is not None}

    def _rungs(self, opposites: Sequence[Opposite]) -> list[float]:
        """More money if something ends or stays closed, less if something stays."""
        wanted = {1.0 if one.gives_more else -1.0 for one in opposites}
        return [sign * mnkr for sign in sorted(wanted) for mnkr in RUNGS]

    def _bounded(
        self, opposites: Sequence[Opposite], found: Sequence[Found]
    ) -> tuple[Base, list[Found]]:
        """Bounds from one relaxation, solved once and varied for each opposite.

        Of few, who have had a proof of their own, only where an earlier command has left it: to
        grow one takes as long as those proofs did.
        """
        few, solver, store = len(opposites) <= _FEW, self.case.scenario.solver, users_store()
        if few and not store.has(self.case.instance, seed=solver.seed):
            return self.base, list(found)
        self.report.stage("Bounding")
        variations = Variations(
            self.case.instance,
            seconds=_FEW_BOUND_SECONDS if few else _BOUND_SECONDS,
            settled=not few,
            seed=solver.seed,
            stored=store,
        )
        base = replace(self.base, bound=max(self.base.bound, variations.bound))
        bounded = []
        for count, (one, each) in enumerate(zip(opposites, found, strict=True), start=1):
            bound = each.bound
            if not one.ruled_out and not one.locks:
                varied = variations.restricted(one.site, one.allowed, seconds=_VARIATION_SECONDS)
                proved = each.best is None or np.isfinite(varied)
                bound = max(bound, base.bound, varied) if proved else max(bound, base.bound)
            bounded.append(replace(each, bound=bound))
            self.report.counted(count, len(opposites), np.nan)
        return base, bounded

    def _flips(
        self, opposites: Sequence[Opposite], found: Sequence[Found], ladder: Sequence[Rung]
    ) -> list[tuple[Flip, ...]]:
        """The levers of each decision; its own only where few are asked for."""
        budgets = [None if one.locks else budget_flip(one, ladder) for one in opposites]
        own: dict[int, list[Flip]] = {at: [] for at in range(len(opposites))}
        if len(opposites) <= _FEW:
            self.report.stage("Seeking what would turn the decisions")
            tasks: list[Task] = []
            places = []
            for at, (one, each) in enumerate(zip(opposites, found, strict=True)):
                if each.best is not None and not one.locks:
                    given = (one, each.best, _LEVER_PART * self.seconds)
                    tasks += [(_own_cost, given), (_own_visits, given)]
                    places += [at, at]
            for at, flip in zip(places, self.crew.done(tasks), strict=True):
                own[at].append(flip)
        return [
            tuple(flip for flip in (budget, *own[at]) if flip is not None)
            for at, budget in enumerate(budgets)
        ]


def _seek(case: Case, plan: Evaluation, one: Opposite, seconds: float) -> Found:
    solver = case.scenario.solver
    return seek(case.instance, plan.states, one, seconds=seconds, solver=solver.name)


def _rung(case: Case, plan: Evaluation, mnkr: float, seconds: float) -> Rung:
    return rung(case, plan.states, mnkr, seconds=seconds)


def _own_cost(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_cost_flip(case.instance, plan, one, other, seconds=seconds)


def _own_visits(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_visits_flip(case.instance, plan, one, other, seconds=seconds)


def _table(explanations: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """explanations.csv: a row for each site; where a decision turns as two columns a lever."""
    rows = []
    for one in explanations:
        row = dict(one)
        for name in ("gain", "lose", "flips"):
            row.pop(name)
        for lever in ("budget", "own_cost", "own_visits"):
            of_lever = (flip for flip in one["flips"] if flip["lever"] == lever)
            flip: Mapping[str, Any] = next(of_lever, {})
            row[f"{lever}_stays_at"] = flip.get("stays_at")
            row[f"{lever}_turns_at"] = flip.get("turns_at")
        row["locks"] = "; ".join(one["locks"])
        row["decisions"] = "; ".join(one["decisions"])
        row["breaks"] = "; ".join(one["breaks"])
        row["changes"] = "; ".join(change["office_id"] for change in one["changes"])
        rows.append(row)
    return pd.DataFrame(rows)


def _ladder_table(case: Case, found: Explained) -> pd.DataFrame:
    """ladder.csv: mnkr more a year, visit-minutes, and the modes of the last year by office."""
    rows = []
    for step in sorted(found.ladder, key=lambda one: one.mnkr):
        row: dict[str, Any] = {"mnkr": step.mnkr, "objective": step.objective}
        if step.objective is not None and step.states is not None:
            row["more_minutes"] = step.objective - found.objective
            last = step.states[:, -1]
            modes = zip(case.instance.sites, last.tolist(), strict=True)
            row |= {site: case.instance.modes[state] for site, state in modes}
        rows.append(row)
    return pd.DataFrame(rows)


__all__ = ["Explained", "explain_run"]
