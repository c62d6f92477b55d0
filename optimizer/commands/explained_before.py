"""What an earlier `explain` of the same run left in its folder, and that with the new put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.answers import refuse_other
from optimizer.outputs.inputs import read_document, sha256
from optimizer.outputs.unchanged import MANIFEST

DOCUMENT = "explanations.json"
_LADDER = "ladder.csv"


@dataclass(frozen=True)
class Before:
    """An earlier answer of the same run; nothing in it where there is none."""

    content: Mapping[str, Any]
    ladder: pd.DataFrame  #: ladder.csv, as it stands there


def answered_before(out: Path, run: Path) -> Before:
    """What stands in ``out``. Raises InputError if that is of something else than ``run``."""
    refuse_other(out, DOCUMENT)
    if not (out / DOCUMENT).is_file():
        return Before({}, pd.DataFrame())
    content = read_document(out / DOCUMENT, f"--out {out}")
    if content.get("of") != identity(run):
        found = f"explanations of another run ({content.get('run', 'unknown')})"
        advice = "Choose another folder, or take that one away."
        raise InputError(Problem(f"--out {out}", found, f"those of {run}", advice))
    ladder = out / _LADDER
    words = dict.fromkeys(("mnkr", "objective", "more_minutes"), float)
    table = _csv(ladder, words) if ladder.is_file() else pd.DataFrame()
    return Before(content, table)


def identity(run: Path) -> str:
    """What tells a run and its plan from every other one: the hash of its manifest."""
    return sha256(run / MANIFEST)


def together(before: Before, content: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """The content with what was not asked for this time; explanations in the order of sites."""
    told = before.content
    place = {office_id: at for at, office_id in enumerate(order)}
    explanations = _by("office_id", told.get("explanations"), content["explanations"])
    ladder = _by("mnkr", told.get("ladder"), content["ladder"])
    roadmap = content["roadmap"]
    plans = [one for one in (content["better"], told.get("better")) if one is not None]
    return {
        **content,
        "bound": max(content["bound"], told.get("bound", content["bound"])),
        "explanations": sorted(explanations, key=lambda one: place[one["office_id"]]),
        "ladder": ladder,
        "roadmap": told.get("roadmap") if roadmap is None else roadmap,
        "better": min(plans, key=lambda one: float(one["objective"]), default=None),
    }


def ladder_together(before: Before, ladder: pd.DataFrame) -> pd.DataFrame:
    """ladder.csv with the rungs that were not asked for this time."""
    if before.ladder.empty or ladder.empty:
        return before.ladder if ladder.empty else ladder
    older = before.ladder[~before.ladder["mnkr"].isin(ladder["mnkr"])]
    return pd.concat([ladder, older]).sort_values("mnkr", ignore_index=True)


def _by(key: str, old: Sequence[Any] | None, new: Sequence[Any]) -> list[Any]:
    return list({one[key]: one for one in (*(old or ()), *new)}.values())


def _csv(path: Path, numbers: Mapping[str, type]) -> pd.DataFrame:
    head = pd.read_csv(path, nrows=0).columns
    return pd.read_csv(path, dtype={name: numbers.get(name, str) for name in head})
