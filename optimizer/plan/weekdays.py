"""weekdays.csv: the open weekdays of offices with fewer of them, where such are near."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.weekdays import WEEKDAYS, Schedule, kilometres, staggered
from optimizer.instance import CLOSED, Floats
from optimizer.plan.counted import CountedYear

NAMES = ("mon", "tue", "wed", "thu", "fri")


def schedules_of(case: Case, years: list[CountedYear]) -> dict[int, Schedule]:
    """The weekdays of every planning year; empty where the requirement is switched off."""
    rule = case.scenario.requirements.staggered_days
    if not rule.on:
        return {}
    places = case.sites[["longitude", "latitude"]].to_numpy(dtype=np.float64)
    near = kilometres(places[:, 0], places[:, 1]) <= rule.km
    found: dict[int, Schedule] = {}
    before: Schedule | None = None
    for now in years[1:]:
        tier = case.instance.tier[now.states]
        before = found[now.year] = staggered(_open_days(case, now), tier, near, before)
    return found


def _open_days(case: Case, now: CountedYear) -> Floats:
    """[J] open days a week in the year's mode; 0 where closed."""
    table = case.site_modes.set_index(["office_id", "mode"])["open_days"]
    pairs = zip(case.instance.sites, now.states.tolist(), strict=True)
    days = [
        0.0 if state == CLOSED else float(table[site, case.instance.modes[state]])
        for site, state in pairs
    ]
    return np.array(days)


def open_weekdays(schedule: Schedule) -> dict[int, tuple[int, ...]]:
    """By row of the site: the weekdays on which it opens, Monday 0."""
    return {
        int(site): tuple(np.flatnonzero(days).tolist())
        for site, days in zip(schedule.site, schedule.open, strict=True)
    }


def weekdays_table(case: Case, schedules: Mapping[int, Schedule]) -> pd.DataFrame:
    """A row per office and year: its group (by its first office), weekdays, uncovered weekdays."""
    ids = case.instance.sites
    rows = [
        {
            "year": year,
            "office_id": ids[site],
            "group": ids[group],
            "open_days": int(opened.sum()),
            "weekdays": ";".join(NAMES[day] for day in range(WEEKDAYS) if opened[day]),
            "uncovered": int(uncovered.sum()),
        }
        for year, schedule in schedules.items()
        for site, group, opened, uncovered in zip(
            schedule.site, schedule.group, schedule.open, schedule.uncovered, strict=True
        )
    ]
    columns = ["year", "office_id", "group", "open_days", "weekdays", "uncovered"]
    return pd.DataFrame(rows, columns=columns)
