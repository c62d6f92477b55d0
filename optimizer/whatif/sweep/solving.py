"""One point, from its resolved config to its record. Pure: text in, plain values out.

It runs in a worker: a process of its own, or a machine of a cluster that has the same program and
the same table files. It never raises for what can be wrong with one point. Tables of another
content than the sweep's are wrong too: what comes out is kept under the hash of the sweep's.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geodata.problems import InputError
from optimizer import __version__
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.config import Scenario
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import CLOSED
from optimizer.plan import Plan, make_plan
from optimizer.solving.diagnosis import diagnose
from optimizer.solving.impossible import impossible
from optimizer.solving.incumbent import Limits
from optimizer.solving.kept import Kept
from optimizer.solving.order import settled
from optimizer.solving.proof import NoPlan, prove
from optimizer.whatif.conflicts import colliding
from optimizer.whatif.means import lacking, money_lacked
from optimizer.whatif.sweep.aims import aims_of
from optimizer.whatif.sweep.beyond import NOTHING, Beyond
from optimizer.whatif.sweep.content import content_hash
from optimizer.whatif.sweep.record import Record, States, states_of

_WITHIN_MINUTES = (30, 60, 90)
_OTHER_TABLES = (
    "The tables (or the map data of the routing engine) that {host} reads under the paths of the "
    "config are not those that the sweep was begun with: put the same files there, or begin again."
)


#: relaxations of the points that this process has solved
_KEPT = Kept()


@dataclass(frozen=True)
class Task:
    """A point to solve."""

    key: str
    text: str  #: the resolved config, JSON
    threads: int
    version: str = __version__
    start: States | None = None  #: a plan to start from
    warm: bool = True  #: whether the bound may go on from that of an earlier point
    beyond: Beyond = NOTHING  #: what it asks that no config key states


def solve_point(task: Task) -> dict[str, Any]:
    """The record of a point, as plain values."""
    began = time.monotonic()
    record = _guarded(task, began)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    return replace(record, seconds=time.monotonic() - began, worker=worker).as_dict()


def case_of(text: str) -> Case:
    """The case of a resolved config. Raises InputError."""
    return read_case(Scenario.model_validate(json.loads(text)))


def _guarded(task: Task, began: float) -> Record:
    if task.version != __version__:
        found = f"The worker has servicenet {__version__}, the sweep {task.version}: "
        return Record(task.key, "wrong_input", found + "install the same version on both.")
    try:
        return _solved(task, began)
    except InputError as error:
        return Record(task.key, "wrong_input", " ".join(str(error).splitlines()))
    except Exception as error:
        traceback.print_exc()  # the row has a sentence; who mends it needs the whole of it
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(where.filename)}:{where.lineno}"
        return Record(task.key, "bug", f"{type(error).__name__}: {error} ({place})")


def _solved(task: Task, began: float) -> Record:
    scenario = Scenario.model_validate(json.loads(task.text))
    if content_hash(scenario) + task.beyond.key != task.key:
        return Record(task.key, "wrong_input", _OTHER_TABLES.format(host=socket.gethostname()))
    case = read_case(scenario)
    case = replace(case, instance=task.beyond.of(case.instance))
    read = time.monotonic() - began
    impossibilities = impossible(case.instance)
    if impossibilities:
        sentences = " ".join(problem.sentence() for problem in impossibilities)
        return Record(task.key, "no_plan", sentences, seconds_read=read)
    solver = case.scenario.solver
    start = None if task.start is None else task.start.fitted(case.instance)
    limits = Limits(solver.name, solver.gap, began + solver.time_limit, task.threads, solver.seed)
    try:
        outcome = prove(
            case.instance,
            limits,
            report=lambda *_: None,
            stop=threading.Event(),
            start=start,
            kept=_KEPT if task.warm else None,
        )
    except NoPlan as nothing:
        return replace(_nothing(task, case, nothing), seconds_read=read)
    certificate = outcome.certificate.as_dict()
    case = replace(case, instance=settled(case.instance, certificate))
    plan = make_plan(case, outcome.evaluation)
    return Record(
        task.key,
        "done",
        certificate=certificate,
        figures=plan.figures,
        counts=_counts(case, outcome.evaluation),
        access=_access(plan),
        aims=aims_of(case, outcome.evaluation),
        plan=states_of(case.instance, outcome.evaluation),
        actions=_actions(case, plan),
        seconds_read=read,
        warm=start is not None,
    )


def _nothing(task: Task, case: Case, nothing: NoPlan) -> Record:
    nearest = nothing.nearest
    lacks = None if nearest is None else money_lacked(case.instance, nearest)
    if nothing.proved:
        means = case.scenario.budget.given_by
        found = colliding(diagnose(case.instance), means=means)
        sentences = " ".join(problem.sentence() for problem in found)
        told = sentences or "No plan satisfies the requirements."
        return Record(task.key, "no_plan", told, lacks_mnkr=lacks)
    limit = case.scenario.solver.time_limit
    short = "" if lacks is None else f": the one that came nearest lacks {lacking(lacks)} a year"
    told = f"No plan was found within {limit:g} seconds{short}."
    return Record(task.key, "limit", told, lacks_mnkr=lacks)


def _counts(case: Case, evaluation: Evaluation) -> dict[str, int]:
    """What has become of today's offices and of the candidates in the last year."""
    today, last = case.instance.today, evaluation.states[:, -1]
    was, is_ = today != CLOSED, last != CLOSED
    return {
        "closed": int((was & ~is_).sum()),
        "converted": int(case.instance.converted(today, last).sum()),
        "opened": int((~was & is_).sum()),
        "changed": int((today != last).sum()),
    }


def _access(plan: Plan) -> dict[str, float]:
    """Travel to the highest need's office in the last year, by people."""
    zones = plan.zones
    last = zones[(zones["year"] == zones["year"].max()) & (zones["need"] == zones["need"].max())]
    people = last["population"].to_numpy(dtype=np.float64)
    minutes = last["minutes_after"].to_numpy(dtype=np.float64)
    total = max(float(people.sum()), 1e-9)
    figures = {"mean_minutes_of_people": float(people @ minutes) / total}
    for within in _WITHIN_MINUTES:
        figures[f"share_within_{within}"] = float(people[minutes <= within].sum()) / total
    return figures


def _actions(case: Case, plan: Plan) -> list[list[str]]:
    wide = plan.offices.pivot(index="office_id", columns="year", values="action")
    rows = wide.loc[list(case.instance.sites), list(case.instance.years)].to_numpy().tolist()
    return [[str(action) for action in row] for row in rows]


@dataclass(frozen=True)
class Assessment:
    """A scenario, and plans to count in it."""

    key: str
    text: str
    plans: Mapping[str, States]


def assess(task: Assessment) -> dict[str, Any]:
    """What plans are worth in a scenario that they were not made for; plain values."""
    case = case_of(task.text)
    rows = []
    for key, plan in task.plans.items():
        states = plan.fitted(case.instance)
        found = None if states is None else evaluate(case.instance, states)
        rows.append({"plan": key, **_worth(found)})
    return {"scenario": task.key, "plans": rows}


def _worth(found: Evaluation | None) -> dict[str, Any]:
    if found is None:
        return {"objective": None, "holds": False, "broken": "the plan does not fit", "short": None}
    ledger = found.ledger
    short = max(0.0, -float(ledger.margin.min()), -ledger.margin_after)
    objective = found.objective if np.isfinite(found.objective) else None
    broken = "; ".join(found.broken)
    return {"objective": objective, "holds": found.feasible, "broken": broken, "short": short}
