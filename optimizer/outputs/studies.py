"""What other commands have found out about a run: its opposites explained, and a sweep."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.problems import InputError, Problem

EXPLAINED, SWEPT = "explanations.json", "results.parquet"
BESIDE = "-explained"  # after the name of the run folder
SAME = 1e-6  # of the objective: the tables have rounded figures


@dataclass(frozen=True)
class Studies:
    """Explanations by office_id as `servicenet explain` writes them; the points of a sweep."""

    explanations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
    sweep: str = ""


NONE = Studies()  #: nothing has been counted beside the run


def read_studies(run: Path, explained: Path | None, sweep: Path | None) -> Studies:
    """The studies in the folders named; explanations also from RUN-explained beside the run.

    Raises InputError if a folder holds no such answer, or explanations of another plan.
    """
    beside = run.resolve().with_name(run.resolve().name + BESIDE)
    if explained is None and (beside / EXPLAINED).is_file():
        explained = beside
    explanations = {} if explained is None else _explanations(run, explained)
    if sweep is None:
        return Studies(explanations)
    path = sweep / SWEPT
    if not path.is_file():
        raise InputError(_other(f"--sweep {sweep}", f"no {SWEPT}", "the folder of a sweep"))
    return Studies(explanations, pd.read_parquet(path), sweep.resolve().name)


def _explanations(run: Path, folder: Path) -> dict[str, Mapping[str, Any]]:
    where, path = f"--explained {folder}", folder / EXPLAINED
    if not path.is_file():
        raise InputError(_other(where, f"no {EXPLAINED}", "a folder that explain wrote"))
    document = json.loads(path.read_text(encoding="utf-8"))
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    if not math.isclose(document["objective"], summary["objective"], rel_tol=SAME):
        found = "explanations of a plan with another objective"
        raise InputError(_other(where, found, f"those of {run}"))
    return {str(one["office_id"]): one for one in document["explanations"]}


def _other(where: str, found: str, accepted: str) -> Problem:
    return Problem(where, found, accepted, "Name another folder, or explain the run again.")
