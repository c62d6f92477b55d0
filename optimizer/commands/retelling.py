"""Motives of a run told anew in another language, from what its folder holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.problems import InputError
from optimizer.building.case import Case
from optimizer.commands.evaluation import stranded
from optimizer.commands.rereading import CONFIG, case_of_run
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.outputs.motives import NONE, Motives
from optimizer.plan.make import motives_table
from optimizer.whatif.plans import read_plan

_DEFAULT = "sv"


def language_of(run: Path) -> str:
    """The language of a run's outputs, as its config has it."""
    config = json.loads((run / CONFIG).read_text(encoding="utf-8"))
    return str((config.get("output") or {}).get("language", _DEFAULT))


def motives_in(run: Path, language: str | None) -> Motives:
    """The motives of a run in a language; none where it has that, or cannot be read again."""
    try:
        if language in (None, language_of(run)):
            return NONE
        case = case_of_run(run)
        evaluation = evaluate(case.instance, read_plan(run / "plan.csv", case))
    except (InputError, OSError, ValueError):
        return NONE
    if not np.isfinite(evaluation.objective):
        case, evaluation = stranded(case, evaluation)
    return retold(run, case, evaluation, str(language))


def retold(run: Path, case: Case, evaluation: Evaluation, language: str) -> Motives:
    """The motives of a run's plan, each where the same numbers give the one that the run has."""
    own = case.scenario.output.language
    told = motives_table(case, evaluation, (own, language))
    plan = pd.read_csv(run / "plan.csv", dtype=str, keep_default_na=False)
    keys = zip(plan["office_id"], plan["year"].astype(int), strict=True)
    written = dict(zip(keys, plan["motive"], strict=True))
    return {
        (office, year): other
        for office, year, mine, other in told.itertuples(index=False)
        if written.get((office, year)) == mine
    }
