"""equity.csv: how much farther the worst off of each group of people get, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.equity import tail_of
from optimizer.plan.counted import CountedYear

COLUMNS = (
    "year",
    "group",
    "need",
    "tail",
    "people",
    "mean_added_minutes",
    "threshold_minutes",
    "tail_minutes",
)
NOT_GROUPS = ("zone_id", "area_type")


def equity_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each planning year and group: people, and their added minutes.

    Added minutes are travel and waiting above today's for the need that `objective.equity` names,
    the highest if none, never below 0: the mean of the group, the least that anyone of its worst
    tail gets, and the mean of that tail.
    """
    asked = case.scenario.objective.equity
    need = asked.need or case.instance.n_needs
    rows = []
    for now in years[1:]:
        more = now.assignment.cost[:, need - 1] - case.instance.today_cost[:, need - 1]
        added = np.maximum(0.0, more)
        for group in (name for name in case.groups if name not in NOT_GROUPS):
            people = case.groups[group].to_numpy(dtype=np.float64)
            total = float(people.sum())
            if not total > 0:  # nobody, or not known
                continue
            tail = tail_of(added, people / total, asked.tail)
            mean = float(people @ added) / total
            told = (total, mean, tail.threshold, tail.minutes)
            rows.append((now.year, group, need, asked.tail, *told))
    return pd.DataFrame(rows, columns=list(COLUMNS))
