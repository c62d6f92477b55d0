"""The bound of an earlier run, for a plan or a search of the same question."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.problems import InputError, Problem
from optimizer import __version__
from optimizer.building.case import Case
from optimizer.outputs.inputs import network_summary, read_document, write_inputs
from optimizer.outputs.unchanged import refuse_changed

#: What does not change which plans there are and what they are worth.
FREE = ("name", "title", "question", "solver", "output", "data")


def bound_of_run(run: Path, case: Case) -> float | None:
    """The bound of a run, of its first aim; None if another version of the program made it.

    That may have counted otherwise, so that its bound is no proof here. Raises InputError if the
    run is of another question.
    """
    where = f"--against {run}"
    summary = bounded_summary(run, where)
    refuse_changed(run, ("summary.json", "plan.csv"), where)
    differ = _differing(run, case, where)
    if differ:
        found = f"a run that differs in {', '.join(differ)}"
        accepted = "a run of the same tables, budget and requirements"
        raise InputError(Problem(where, found, accepted, "Or use --bound SECONDS."))
    return None if made_by_another(run) else _of_first_aim(summary)


def made_by_another(run: Path) -> str | None:
    """A sentence that names both versions, if another one of the program made a run; else None."""
    versions = read_document(run / "manifest.json", str(run)).get("versions") or {}
    version = versions.get("servicenet", "of an unknown version")
    if version == __version__:
        return None
    return f"{run} was made by servicenet {version}, and this is {__version__}"


def bound_begun_with(run: Path, case: Case) -> float:
    """The bound of a run that a search begins with: no better than none if it asked for else.

    Nor is one of another version of the program, as for `bound_of_run`. Raises InputError if the
    run was changed after it was written.
    """
    where = f"--from {run}"
    summary = network_summary(run, where)
    refuse_changed(run, ("summary.json",), where)
    bounded = isinstance(summary.get("bound"), int | float)
    if not bounded or made_by_another(run) or _differing(run, case, where):
        return -math.inf
    return _of_first_aim(summary)


def _differing(run: Path, case: Case, where: str) -> list[str]:
    """Keys of the config and tables in which the question of a run is another than the case's."""
    config = read_document(run / "inputs" / "config.json", where)
    hashes = read_document(run / "inputs" / "sha256.json", where)
    own = case.scenario.model_dump(mode="json", by_alias=True)
    differ = [key for key in own if key not in FREE and own[key] != config.get(key)]
    with tempfile.TemporaryDirectory() as folder:
        mine = write_inputs(Path(folder) / "inputs", case)
    names = sorted((set(mine) | set(hashes)) - {"config.json"})
    return differ + [f"inputs/{name}" for name in names if mine.get(name) != hashes.get(name)]


def _of_first_aim(summary: Mapping[str, Any]) -> float:
    """Of an order of aims, the bound of the one that is told of a plan."""
    return float((summary.get("earlier") or [summary])[0]["bound"])


def bounded_summary(run: Path, where: str) -> dict[str, Any]:
    """The summary of a run with a bound. Raises InputError if it has none."""
    summary = network_summary(run, where)
    if not isinstance(summary.get("bound"), int | float):
        raise InputError(Problem(where, "a run without a bound", "a solved run"))
    return summary
