"""Service at the offices that receive visits: what the busiest month asks of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.account.planned import planned_visits
from optimizer.outputs.account.source import CLOSED, Source

MONTHS = 12.0
WEEKDAYS = 5.0
#: Weekdays of the busiest month, on which an office open all of them is: April 2024, the peak on
#: record, has 22 less Easter Monday.
PEAK_WEEKDAYS = 21.0


@dataclass(frozen=True)
class Receiving:
    """An office that takes over visits, today and in the last planning year."""

    office_id: str
    office: str
    moved: float  #: visits a year that come from offices that close, merge or change
    visits_today: float
    visits_last: float
    peak_month: float  #: visits in the busiest month
    per_open_day: float  #: visits a day in that month
    fte_today: float
    fte_last: float
    per_fte_day: float  #: visits per full-time equivalent and weekday in that month
    room: float  #: visits a year that the premises take
    beyond_room: float  #: visits a year for which the premises are extended


def receiving_offices(
    source: Source, changes: list[OfficeChange], ways: pd.DataFrame
) -> list[Receiving]:
    """The offices that take over visits from others by the last year, the most visits first."""
    moved: dict[str, float] = {}
    for change in changes:
        for office_id, visits in change.users.receivers:
            if office_id != change.office_id:
                moved[office_id] = moved.get(office_id, 0.0) + visits
    plan = source.run.plan[source.run.plan["year"] == source.last_year]
    last = {str(row["office_id"]): row for row in plan.to_dict("records")}
    sites = {str(row["office_id"]): row for row in source.run.sites.to_dict("records")}
    days = source.open_days
    planned = planned_visits(source, ways).to_dict()
    peak = source.peak(source.last_year)
    found = []
    for office_id, visits in moved.items():
        row, site = last[office_id], sites[office_id]
        if row["mode"] == CLOSED:
            continue
        month = float(row["visits"]) / MONTHS * peak
        days_open = days[office_id, str(row["mode"])] / WEEKDAYS * PEAK_WEEKDAYS
        per_day = month / days_open if days_open else 0.0
        fte, room = float(row["fte"]), float(source.rooms[office_id])
        found.append(
            Receiving(
                office_id=office_id,
                office=str(row["office"]),
                moved=visits,
                visits_today=float(site.get("visits_today", 0.0) or 0.0),
                visits_last=float(row["visits"]),
                peak_month=month,
                per_open_day=per_day,
                fte_today=float(site.get("fte_today", 0.0) or 0.0),
                fte_last=fte,
                per_fte_day=month / (fte * PEAK_WEEKDAYS) if fte else 0.0,
                room=room,
                beyond_room=max(0.0, planned.get(office_id, 0.0) - room),
            )
        )
    return sorted(found, key=lambda one: (-one.moved, one.office_id))
