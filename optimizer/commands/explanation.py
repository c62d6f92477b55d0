"""A run explained: read again from its folder, the opposites sought, told and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.problems import InputError
from optimizer.building.case import Case
from optimizer.building.named_sites import find_site
from optimizer.commands.crew import Crew
from optimizer.commands.explained_before import (
    DOCUMENT,
    Before,
    answered_before,
    identity,
    ladder_together,
    together,
)
from optimizer.commands.rereading import case_of_run
from optimizer.commands.retelling import retold
from optimizer.commands.study import Study
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.jobs.workers import cores
from optimizer.outputs.answers import write_answer
from optimizer.outputs.motives import marked
from optimizer.plan.services import service_texts
from optimizer.progress import ProgressReporter
from optimizer.solving.order import settled
from optimizer.whatif.against import bounded_summary, made_by_another
from optimizer.whatif.explain import Base, Explanation
from optimizer.whatif.levers import Rung
from optimizer.whatif.plans import read_plan
from optimizer.whatif.sweep.roadmap import roadmap_sentences, roadmap_table
from optimizer.whatif.told import better_told, ladder_told, steps_told, summary_told, told

BETTER = "better-plan"
_ENGLISH = "en"  #: what explanations are told in
_SECONDS = {False: 24.0, True: 12.0}  #: of search for each opposite: of named sites, of all


@dataclass(frozen=True, kw_only=True)
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
    better: Mapping[str, Any] | None  #: objective and plan of the best come upon, if it is better
    folder: Path | None
    asked: int = 0  #: sites that were asked for
    stopped: bool = False  #: whether Ctrl-C ended it
    warning: str | None = None  #: where another version of the program made the run

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
            "better": self.better,
            "stopped": self.stopped,
            "warning": self.warning,
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
        if self.better is not None and self.folder is not None:
            less = self.objective - self.better["objective"]
            lines += better_told(less, self.unit, self.folder / f"{BETTER}.csv")
        if self.warning is not None:
            lines.append(self.warning)
        if self.stopped:
            lines.append(
                f"Stopped by Ctrl-C: {len(self.explanations)} of {self.asked} sites are explained; "
                "what was still sought is left out."
            )
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
    Ctrl-C ends it with what is explained by then. Raises KeyboardInterrupt if nothing is.
    """
    seconds = _SECONDS[every] if seconds is None else seconds
    report.stage("Reading the run")
    case, base = _read(run)
    before = None if out is None else answered_before(out, run)
    wanted = range(len(case.instance.sites)) if every else _named(case, offices)
    with Crew(case, base.evaluation, jobs or cores(), report) as crew:
        studied = Study(case, base, crew, seconds, report).of(wanted, levers)
        order = _ordered(case, base, crew, report) if roadmap else None
    if crew.stopped and not studied.explanations and order is None:
        raise KeyboardInterrupt
    found = Explained(
        run=case.scenario.name,
        of=identity(run),
        objective=base.evaluation.objective,
        unit=case.instance.aim.unit,
        bound=studied.base.bound,
        explanations=studied.explanations,
        ladder=studied.ladder,
        roadmap=order,
        better=None if studied.better is None else _plan(case, studied.better),
        folder=out,
        asked=len(wanted),
        stopped=crew.stopped,
        warning=_of_another_version(run),
    )
    if out is not None and before is not None:
        _write(out, case, before, found)
    return found


def _of_another_version(run: Path) -> str | None:
    other = made_by_another(run)
    if other is None:
        return None
    return f"{other}: its bound is what that version proved. Solve its question again to be sure."


def _ordered(case: Case, base: Base, crew: Crew, report: ProgressReporter) -> pd.DataFrame | None:
    """The changes of the plan in order; None if Ctrl-C comes before it is found."""
    with crew.breakable():
        crew.go_on()
        report.stage("Ordering the changes of the plan")
        return roadmap_table(case, base.evaluation.states)
    return None


def _write(out: Path, case: Case, before: Before, found: Explained) -> None:
    """What was found, and what an earlier answer of the run has beside it; no empty table."""
    content = together(before, found.as_dict(), case.instance.sites)
    tables = {
        "explanations": _table(content["explanations"]),
        "ladder": ladder_together(before, _ladder_table(case, found)),
        "roadmap": pd.DataFrame(content["roadmap"] or ()),
        BETTER: pd.DataFrame((content["better"] or {}).get("plan", ())),
    }
    filled = {name: table for name, table in tables.items() if not table.empty}
    write_answer(out, DOCUMENT, content, filled)


def _plan(case: Case, plan: Evaluation) -> dict[str, Any]:
    """A plan as `evaluate --plan` reads it, and what it is worth."""
    instance = case.instance
    rows = []
    for t, year in enumerate(instance.years):
        states = plan.states[:, t]
        services = service_texts(case, states)
        rows += [
            {"office_id": site, "year": year, "mode": instance.modes[state], "services": text}
            for site, state, text in zip(instance.sites, states, services, strict=True)
        ]
    return {"objective": plan.objective, "plan": rows}


def _read(run: Path) -> tuple[Case, Base]:
    """The case of a run from its folder alone, and its plan."""
    case = case_of_run(run)
    summary = bounded_summary(run, str(run))
    case = replace(case, instance=settled(case.instance, summary))
    bound = float(summary["bound"])
    evaluation = evaluate(case.instance, read_plan(run / "plan.csv", case))
    return case, Base(evaluation, bound, _motives(run, case, evaluation))


def _motives(run: Path, case: Case, evaluation: Evaluation) -> dict[str, str]:
    """By site the English motive of its last change; in the run's own language if it is marked."""
    plan = pd.read_csv(run / "plan.csv", dtype=str, keep_default_na=False)
    changed = plan[~plan["action"].isin(["keep", "stays_closed", "not_opened"])]
    last = pd.concat([plan, changed]).drop_duplicates("office_id", keep="last")
    own = case.scenario.output.language
    if own == _ENGLISH:
        return dict(zip(last["office_id"], last["motive"], strict=True))
    told = retold(run, case, evaluation, _ENGLISH)
    rows = zip(last["office_id"], last["year"], last["motive"], strict=True)
    return {
        office: told.get((office, int(year))) or marked(motive, own, _ENGLISH)
        for office, year, motive in rows
    }


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
