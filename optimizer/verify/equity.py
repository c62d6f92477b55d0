"""The worst off, counted again: equity.csv, and what they count in the objective."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.access import GROUPS, people_of
from optimizer.verify.findings import (
    COUNT,
    PEOPLE,
    SHARE,
    Checked,
    HalfDigit,
    compare_table,
    finding,
)
from optimizer.verify.flows import needs_of
from optimizer.verify.reading import read_frame
from optimizer.verify.recount import Recount

Floats = NDArray[np.float64]
FILE = "equity.csv"
MINUTES_4 = 0.5e-4  #: half of the last digit that the file prints


def check_equity(count: Recount) -> Checked:
    """equity.csv: people, their mean added minutes, and those of the worst tail, group by group."""
    rows = []
    asked = _asked(count)
    need = _need(count, asked)
    for year in count.settings.planning_years:
        added = _added(count, year, need)
        for group in _groups(count):
            people = people_of(count.folder, {"group": group})
            if not float(people.sum()) > 0:
                continue
            rows.append((year, group, need, _tail(asked), *measures(added, people, _tail(asked))))
    minutes = ("mean_added_minutes", "threshold_minutes", "tail_minutes")
    columns: dict[str, HalfDigit] = dict.fromkeys(minutes, MINUTES_4)
    table = count.folder.equity
    if table.empty and rows:
        return Checked(1, (finding("equity", FILE, "no rows", f"{len(rows)} rows"),))
    return compare_table(
        "equity",
        FILE,
        table,
        pd.DataFrame(rows, columns=["year", "group", "need", "tail", "people", *minutes]),
        keys=("year", "group"),
        columns={"need": COUNT, "tail": SHARE, "people": PEOPLE, **columns},
    )


def measures(added: Floats, people: Floats, tail: float) -> tuple[float, float, float, float]:
    """People, the mean of their added minutes, the least of the worst tail, and the tail's mean.

    The tail is filled person by person from those with most added minutes; the last zone in it may
    be in it with a part of its people.
    """
    total = float(people.sum())
    left, summed, least = tail * total, 0.0, 0.0
    for minutes, living in sorted(zip(added.tolist(), people.tolist(), strict=True), reverse=True):
        if left <= 1e-12 * total:
            break
        part = min(living, left)
        if part > 0:
            summed, least = summed + part * minutes, minutes
        left -= part
    return total, float(people @ added) / total, least, summed / (tail * total)


def worst_off(count: Recount, year: int) -> float:
    """Visit-minutes that the tail counts in the objective: weight * all visits * its mean."""
    asked = _asked(count)
    weight = float(asked.get("weight") or 0.0)
    if not weight:
        return 0.0
    people = people_of(count.folder, {"group": asked.get("group")})
    added = _added(count, year, _need(count, asked))
    return weight * float(count.flows[year].demand.sum()) * measures(added, people, _tail(asked))[3]


def tail_rows(count: Recount) -> Iterator[tuple[str, int, float, float]]:
    """Where the worst off count: group, year, the mean of their tail, and the same as defined.

    Defined as the least, over thresholds h, of h + what is beyond h over the tail.
    """
    asked = _asked(count)
    if not float(asked.get("weight") or 0.0):
        return
    group, tail = str(asked.get("group") or "all"), _tail(asked)
    people = people_of(count.folder, {"group": group})
    share = people / people.sum()
    for year in count.settings.planning_years:
        added = _added(count, year, _need(count, asked))
        counted = measures(added, people, tail)[3]
        # Convex in h, and least at a quantile: the least h that no more than the tail lies beyond.
        order = np.argsort(added)
        beyond = 1.0 - np.cumsum(share[order])
        threshold = float(added[order][np.flatnonzero(beyond <= tail + 1e-12)[0]])
        defined = threshold + float(share @ np.maximum(0.0, added - threshold)) / tail
        yield group, year, counted, defined


def _asked(count: Recount) -> dict[str, Any]:
    return dict((count.folder.config.get("objective") or {}).get("equity") or {})


def _tail(asked: dict[str, Any]) -> float:
    return float(asked.get("tail") or 0.1)


def _need(count: Recount, asked: dict[str, Any]) -> int:
    return int(asked.get("need") or max(needs_of(count.folder)))


def _added(count: Recount, year: int, need: int) -> Floats:
    """Travel and waiting that each zone gets more than today for a need, never below 0."""
    today = count.flows[count.settings.base_year].option_minutes[:, need - 1]
    return np.asarray(np.maximum(0.0, count.flows[year].option_minutes[:, need - 1] - today))


def _groups(count: Recount) -> list[str]:
    table = read_frame(count.folder.path, GROUPS, [])
    names = [] if table is None else list(table.columns)
    return [name for name in names if name not in ("zone_id", "area_type")]
