"""A run explained: read again from its folder, the opposites sought, told and written."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.case import Case
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.instance import Instance, Ints
from optimizer.outputs.answers import refuse_other, write_answer
from optimizer.progress import ProgressReporter
from optimizer.reading import read_case
from optimizer.rules import find_site
from optimizer.solving.opposites import Variations
from optimizer.solving.order import settled
from optimizer.whatif.against import summary_of_run
from optimizer.whatif.explain import Base, Explanation, explain
from optimizer.whatif.opposites import Found, Opposite, opposite, seek, taking
from optimizer.whatif.plans import read_plan

DOCUMENT = "explanations.json"
_BOUND_SECONDS, _VARIATION_SECONDS = 30.0, 20.0
_TELL_SECONDS = 10.0


@dataclass(frozen=True)
class Explained:
    """Explanations of a run, and where they were written."""

    run: str
    objective: float
    unit: str  #: of objective, bound and regrets: visit-minutes or kr
    bound: float  #: visit-minutes; the run's own, or a better one found here
    explanations: tuple[Explanation, ...]
    folder: Path | None

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return {
            "run": self.run,
            "objective": self.objective,
            "unit": self.unit,
            "bound": self.bound,
            "explanations": [one.as_dict() for one in self.explanations],
            "folder": None if self.folder is None else str(self.folder),
        }

    def sentences(self) -> list[str]:
        """What a person reads first."""
        lines = [line for one in self.explanations for line in _told(one, self.unit)]
        return lines if self.folder is None else [*lines, f"Written to {self.folder}"]


def explain_run(
    run: Path,
    offices: Sequence[str],
    *,
    every: bool,
    seconds: float,
    jobs: int,
    out: Path | None,
    report: ProgressReporter,
) -> Explained:
    """Explain some sites of a run, or ``every`` one. Raises InputError.

    ``seconds`` are spent on the search for each opposite, in ``jobs`` processes side by side.
    """
    if out is not None:
        refuse_other(out, DOCUMENT)
    report.stage("Reading the run and its tables")
    case, base = _read(run)
    wanted = range(len(case.instance.sites)) if every else _named(case, offices)
    opposites = [opposite(case.instance, base.evaluation.states, site) for site in wanted]
    report.stage("Bounding")
    variations = Variations(case.instance, seconds=_BOUND_SECONDS)
    base = Base(base.evaluation, max(base.bound, variations.bound), base.motives)
    report.stage(f"Seeking {len(opposites)} opposites")
    states = base.evaluation.states
    explanations = []
    for one, found in _sought(case.instance, states, opposites, seconds, jobs, report):
        bound = np.inf
        if taking(case.instance, one) is not None:
            bound = variations.restricted(one.site, one.allowed, seconds=_VARIATION_SECONDS)
        explanations.append(explain(case, base, one, found, bound))
    told = tuple(explanations)
    value, unit = base.evaluation.objective, case.instance.aim.unit
    head = (case.scenario.name, value, unit, base.bound)
    folder = None
    if out is not None:
        content = Explained(*head, told, out)
        folder = write_answer(out, DOCUMENT, content.as_dict(), {"explanations": _table(told)})
    return Explained(*head, told, folder)


def _read(run: Path) -> tuple[Case, Base]:
    """The case of a run from its config, if the tables still give the same inputs; its plan."""
    config = run / "inputs" / "config.json"
    if not config.is_file() or not (run / "plan.csv").is_file():
        found = "no plan.csv and inputs/config.json"
        raise InputError(Problem(str(run), found, "a run folder", "Name one that solve wrote."))
    case = read_case(load(config))
    advice = "Solve it again and explain that run."
    summary = summary_of_run(run, case, where=str(run), advice=advice)
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
            found.append(find_site(case.sites, word, "OFFICE"))
        except InputError as error:
            problems += list(error.problems)
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(found))


_shared: tuple[Instance, Ints] | None = None  #: of a worker process


def _share(instance: Instance, states: Ints) -> None:
    global _shared
    _shared = instance, states


def _work(task: tuple[Opposite, float]) -> Found:
    assert _shared is not None
    one, seconds = task
    return seek(*_shared, one, seconds=seconds)


def _sought(
    instance: Instance,
    states: Ints,
    opposites: Sequence[Opposite],
    seconds: float,
    jobs: int,
    report: ProgressReporter,
) -> Iterator[tuple[Opposite, Found]]:
    """Each opposite with what was found, in their order; in processes where that helps."""
    if jobs == 1 or len(opposites) == 1:
        for one in opposites:
            yield one, seek(instance, states, one, seconds=seconds)
        return
    context = multiprocessing.get_context("spawn")
    began = told = time.monotonic()
    with ProcessPoolExecutor(
        min(jobs, len(opposites)), context, initializer=_share, initargs=(instance, states)
    ) as pool:
        tasks = [(one, seconds) for one in opposites]
        for done, (one, found) in enumerate(zip(opposites, pool.map(_work, tasks), strict=True), 1):
            now = time.monotonic()
            if now - told >= _TELL_SECONDS or done == len(opposites):
                told = now
                left = (now - began) / done * (len(opposites) - done)
                report.message(f"{done} of {len(opposites)} opposites, about {left:.0f} s left")
            yield one, found


def processes(jobs: int | None) -> int:
    """The processes to use: as asked for, or one for each core."""
    return jobs if jobs is not None else max(1, os.cpu_count() or 1)


def _table(explanations: Sequence[Explanation]) -> pd.DataFrame:
    """explanations.csv: a row for each site."""
    rows = []
    for one in explanations:
        row = one.as_dict()
        for name in ("gain", "lose"):
            row.pop(name)
        row["breaks"] = "; ".join(one.breaks)
        row["changes"] = "; ".join(change.office_id for change in one.changes)
        rows.append(row)
    return pd.DataFrame(rows)


def _told(one: Explanation, unit: str) -> list[str]:
    is_closed = one.decision == "closed"
    lines = [f"{one.office_id} {one.office}: {'closed' if is_closed else one.decision}."]
    if one.motive:
        lines.append(f"  {one.motive}")
    words = _WORDS[one.opposite]
    if one.outcome == "ruled_out":
        return [*lines, f"  {words}: the config rules it out."]
    if one.outcome == "no_plan":
        return [*lines, f"  {words}: no plan does; proved."]
    if one.outcome == "not_found":
        return [*lines, f"  {words}: no plan was found in the time given, none is proved away."]
    lines.append(
        f"  {words}: {_million(one.regret)} million {unit} more in all years; "
        f"between {_million(one.regret_low)} and {_million(one.regret_high)} by the bounds."
    )
    if one.breaks:
        lines.append(f"  With nothing else changed it breaks {', '.join(one.breaks)}.")
    if one.flips_at_mnkr is not None and one.flips_at_mnkr > 0:
        lines.append(
            f"  It would cost the others nothing with {one.flips_at_mnkr:.2f} mnkr more a year, or "
            "with as much less of its own cost."
        )
    if one.flips_at_visits is not None:
        lines.append(f"  It would pay with about {one.flips_at_visits:.2f} times its own visits.")
    if one.changes:
        lines.append("  Instead:")
        lines += [f"    {c.office_id} {c.office}: {c.plan} -> {c.instead}" for c in one.changes]
    if one.better_plan:
        lines.append("  The search found a plan better than the one explained: solve again.")
    return lines


_WORDS = {
    "keep": "To keep it",
    "close": "To close it",
    "open": "To open it",
    "leave_closed": "To leave it closed",
}


def _million(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e6:.3f}"


__all__ = ["Explained", "explain_run", "processes"]
