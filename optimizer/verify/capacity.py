"""The requirements on staff and room: work, balance, help by video, opening days, visits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.verify.recount import Recount
from optimizer.verify.rows import BALANCE, NATION, Rows, at_most, row
from optimizer.verify.weekdays import uncovered_days

SHORT_FTE, SHORT_VISITS = 2e-6, 1e-3  #: what an office may lack and still have enough


def staffing(count: Recount) -> Rows:
    """The staff that plan.csv has and gets by video, against the work of the peak month.

    Margin: what the least of the modes asks for beyond the work; where an office has less staff
    than its work or its least asks for, all that is lacking, below 0.
    """
    for year in count.settings.planning_years:
        now, there = count.staffing[year], _planned_staff(count, year)
        helped = there + now["got"] - now["given"]
        lacking = np.maximum(now["work"] - helped, now["least"] - there)
        short = float(lacking[lacking > SHORT_FTE].sum())
        value, limit = float(helped.sum()), float(now["work"].sum())
        idle = value - limit if value - limit > SHORT_FTE * len(now) else 0.0
        margin = -short if short else idle
        yield row("staffing", NATION, year, value=value, limit=limit, unit="fte", margin=margin)


def _planned_staff(count: Recount, year: int) -> pd.Series[float]:
    """FTE of each site in a year, as plan.csv has it."""
    plan = count.folder.plan
    of_year = plan[plan["year"] == year].drop_duplicates("office_id").set_index("office_id")
    return of_year["fte"].reindex(count.folder.sites["office_id"]).fillna(0.0)


def staff_balance(count: Recount) -> Rows:
    """The staff of plan.csv against what staff.csv leaves of the year before, site by site.

    And redundancies against the most allowed, where there is a limit.
    """
    rule = count.settings.staff
    if rule is None:
        return
    before = count.folder.sites.set_index("office_id")["fte_today"]
    for year in count.settings.planning_years:
        flows = count.staff[year]
        left = before - flows["attrition"] - flows["move_out"] - flows["redundant"]
        left = left + flows["move_in"] + flows["hire"]
        now = _planned_staff(count, year)
        apart = (left - now).abs()
        margin = -float(apart[apart > SHORT_FTE].sum())
        value, limit = float(now.sum()), float(left.sum())
        yield row(
            "staff_balance",
            BALANCE,
            year,
            value=value,
            limit=limit,
            unit="fte",
            margin=margin,
        )
        before = now
        if rule.most_redundant_fte is not None:
            redundant, most = float(flows["redundant"].sum()), rule.most_redundant_fte
            yield at_most("staff_balance", NATION, year, redundant, most, "fte")


def remote_balance(count: Recount) -> Rows:
    """Help by video: got by busy offices against what they may get, given against what is idle."""
    if count.settings.remote is None:
        return
    for year in count.settings.planning_years:
        staff = count.staffing[year][["got", "wanted", "given", "idle"]].sum()
        for scope, value, limit in (("busy", "got", "wanted"), ("quiet", "given", "idle")):
            yield at_most("remote_balance", scope, year, staff[value], staff[limit], "fte")


def staggered_days(count: Recount) -> Rows:
    """Days without an open office near, as weekdays.csv has it, against the fewest there can be."""
    for year, told, fewest in uncovered_days(count):
        yield at_most("staggered_days", NATION, year, told, fewest, "days")


def room(count: Recount) -> Rows:
    """Visits that are planned for, against the rooms of the open sites and what is added to them.

    Margin: room to spare; where a site has too little, all visits beyond it, below 0.
    """
    if not count.settings.room_counts:
        return
    for year in count.settings.planning_years:
        now = count.staffing[year]
        is_open = count.networks[year]["open"]
        rooms = (now["room"] + now["extension_visits"]).where(is_open, 0.0)
        beyond = now["planned_visits"] - rooms
        missing = float(beyond[beyond > SHORT_VISITS].sum())
        value, limit = float(now["planned_visits"].sum()), float(rooms.sum())
        margin = -missing if missing else limit - value
        yield row("room", NATION, year, value=value, limit=limit, unit="visits", margin=margin)
