"""The run folders of a sweep's points, made from their records: nothing is solved again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata.problems import ServicenetError
from optimizer.commands.invocation import command_line
from optimizer.commands.writing import write_verified
from optimizer.engine.evaluate import evaluate
from optimizer.outputs.place import told_by_the_disk
from optimizer.plan import make_plan
from optimizer.solving.order import settled
from optimizer.whatif.sweep.beyond import NOTHING
from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record, States
from optimizer.whatif.sweep.solving import case_of

RUNS_FOLDER = "runs"  #: in the folder of a sweep
#: What a cluster gets of every point that it solves.
SENT = (
    "the resolved config of the question, with the names and reasons in it, and the plan of a "
    "question near it to start from; the cluster reads the tables on its own machines"
)
_KEY = "sweep_point"


@dataclass(frozen=True)
class RunTask:
    """A plan to write the run folder of."""

    folder: Path
    key: str
    text: str  #: the resolved config, JSON
    plan: States
    certificate: Mapping[str, Any]
    command: str  #: the command line of the sweep
    sent_to: str = ""  #: the cluster that solved it, if one did

    @property
    def left(self) -> list[dict[str, object]]:
        """What has left this machine for the plan, as the manifest lists it."""
        return [{"to": self.sent_to, "what": SENT}] if self.sent_to else []


def run_tasks(
    points: Sequence[Point], records: Mapping[str, Record], folder: Path
) -> dict[str, RunTask]:
    """What there is to write, by the name of the point; folders that stand are left alone."""
    tasks = {}
    for point in points:
        record = records.get(point.key)
        place = folder / point.name  # the name of a point is letters, digits, - and _
        if record is None or record.plan is None or _stands(place, point.key):
            continue
        certificate = {**record.certificate, "seconds": record.seconds, _KEY: point.key}
        # the bound of a question with such a limit is one of fewer plans than the config's
        if point.beyond != NOTHING:
            certificate |= {"status": "evaluated", "bound": None, "gap": None, "gap_total": None}
        tasks[point.name] = RunTask(
            place,
            point.key,
            point.text,
            record.plan,
            certificate,
            command_line(),
            record.sent_to,
        )
    return tasks


def write_point_run(task: RunTask) -> dict[str, Any]:
    """Write and verify one run folder; an error is a sentence, so that it stops no other."""
    try:
        case = case_of(task.text)
        case = replace(case, instance=settled(case.instance, task.certificate))
        states = task.plan.fitted(case.instance)
        if states is None:
            return {"error": "the plan does not fit its own config"}
        with told_by_the_disk(task.folder):
            task.folder.parent.mkdir(parents=True, exist_ok=True)
        plan = make_plan(case, evaluate(case.instance, states))
        write_verified(
            task.folder, case, plan, task.certificate, left=task.left, command=task.command
        )
    except ServicenetError as error:
        return {"error": " ".join(str(error).splitlines())}
    return {"error": ""}


def _stands(folder: Path, key: str) -> bool:
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and summary.get(_KEY) == key
