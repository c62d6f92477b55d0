"""What happens to each office that does not stay as it is, and to those who use it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from optimizer.outputs.account.journeys import (
    BIG_STEP_MINUTES,
    NEAR_MINUTES,
    mean,
    receivers,
    share,
)
from optimizer.outputs.account.source import CLOSED, Source
from optimizer.outputs.map.offices import costs_today, state_of

ACTIONS = ("close", "merge", "convert", "open")


@dataclass(frozen=True)
class Event:
    """One year's action on an office, as the plan states it."""

    year: int
    action: str
    mode: str
    motive: str


@dataclass(frozen=True)
class Users:
    """Those who use the office today, in the last planning year; visits a year, minutes of travel.

    Means are weighted by visits; None where there are none.
    """

    wanted: float
    lost: float
    population: float  #: people who choose it today for the highest need
    minutes_before: float | None
    minutes_after: float | None
    added: float | None  #: travel and waiting
    share_big_step: float | None  #: share of visits with 15 minutes more or longer
    share_beyond: float | None  #: share of visits with more than 30 minutes to travel after
    receivers: tuple[tuple[str, float], ...]  #: office_id and visits that arrive, the most first


@dataclass(frozen=True)
class OfficeChange:
    """An office that closes, merges, is converted or opens."""

    office_id: str
    office: str
    municipality_code: str
    state: str  #: as in the map: convert, merge, close, open; keep, absent: as today again
    events: tuple[Event, ...]
    into: str  #: office_id, empty unless it merges
    leaves_municipality: bool
    mode_today: str
    mode_last: str
    visits_today: float
    visits_last: float
    fte_today: float
    fte_last: float
    cost_today_mnkr: float
    cost_by_year: tuple[float, ...]  #: mnkr, one-off costs included
    recurring_last_mnkr: float  #: a year, without the one-off costs of the last
    users: Users
    provisional: bool
    estimated: bool

    @property
    def closes(self) -> bool:
        """Whether the office is gone at the end of the plan."""
        return self.mode_last == CLOSED

    @property
    def saved_mnkr(self) -> float:
        """What its own cost falls by, a year: one-off costs are of one year alone."""
        return self.cost_today_mnkr - self.recurring_last_mnkr

    @property
    def as_today_again(self) -> bool:
        """Whether what the plan does to the office is undone in a later year."""
        return self.state in ("keep", "absent")

    @property
    def decided_by(self) -> str:
        """`board` when the agency leaves the municipality, else `director`."""
        return "board" if self.leaves_municipality else "director"


def office_changes(source: Source, ways: pd.DataFrame) -> list[OfficeChange]:
    """Every office that something happens to, in the order of municipality and name."""
    plan = source.run.plan
    changed = set(plan.loc[plan["action"].isin(ACTIONS), "office_id"])
    sites = {str(row["office_id"]): row for row in source.run.sites.to_dict("records")}
    costs = costs_today(source.run)
    last = ways[ways["year"] == source.last_year]
    of_office = dict(tuple(last.groupby("from_office")))
    found = []
    for office_id, rows in plan[plan["office_id"].isin(changed)].groupby("office_id"):
        users = users_of(of_office.get(str(office_id), last.iloc[:0]))
        site = sites[str(office_id)]
        found.append(_change(str(office_id), rows.sort_values("year"), site, costs, users))
    return sorted(found, key=lambda one: (source.municipality(one.municipality_code), one.office))


def _change(
    office_id: str,
    rows: pd.DataFrame,
    site: Mapping[Hashable, Any],
    costs: Mapping[str, float],
    users: Users,
) -> OfficeChange:
    records = rows.to_dict("records")
    events = [row for row in records if row["action"] in ACTIONS]
    final, decisive = records[-1], events[-1]
    merged = decisive["action"] == "merge"
    mode_today = str(site["mode_today"])
    origins = [value for key, value in site.items() if str(key).startswith("origin_")]
    return OfficeChange(
        office_id=office_id,
        office=str(final["office"]),
        municipality_code=str(final["municipality_code"]),
        state=state_of(mode_today, str(final["mode"]), merged=merged),
        events=tuple(
            Event(int(row["year"]), str(row["action"]), str(row["mode"]), str(row["motive"]))
            for row in events
        ),
        into=str(decisive["into_office_id"]) if merged else "",
        leaves_municipality=bool(decisive["leaves_municipality"]),
        mode_today=mode_today,
        mode_last=str(final["mode"]),
        visits_today=float(site.get("visits_today", 0.0) or 0.0),
        visits_last=float(final["visits"]),
        fte_today=float(site.get("fte_today", 0.0) or 0.0),
        fte_last=float(final["fte"]),
        cost_today_mnkr=float(costs.get(office_id, 0.0)),
        cost_by_year=tuple(float(row["cost_mnkr"]) for row in records),
        recurring_last_mnkr=float(final.get("recurring_mnkr", final["cost_mnkr"])),
        users=users,
        provisional=str(site.get("evidence", "")) == "provisional",
        estimated=any(value in ("estimated", "assumed") for value in origins),
    )


def users_of(ways: pd.DataFrame) -> Users:
    """What a plan means to the visits in these rows, which are of one year."""
    wanted = ways["wanted"]
    after = ways["minutes_after"] + ways["waiting_after"]
    added = after - ways["minutes_before"] - ways["waiting_before"]
    highest = ways[ways["need"] == ways["need"].max()].drop_duplicates("zone_id")
    return Users(
        wanted=float(wanted.sum()),
        lost=float(ways["lost"].sum()),
        population=float(highest["population"].sum()),
        minutes_before=mean(ways["minutes_before"], wanted),
        minutes_after=mean(ways["minutes_after"], wanted),
        added=mean(added, wanted),
        share_big_step=share(added >= BIG_STEP_MINUTES, wanted),
        share_beyond=share(ways["minutes_after"] > NEAR_MINUTES, wanted),
        receivers=tuple(receivers(ways)),
    )
