"""Access by kind of area, by group of people and by region: minutes, and shares within reach."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata import builtin
from geodata.zones import AREA_TYPES
from optimizer.outputs.account.journeys import BIG_STEP_MINUTES, NEAR_MINUTES, mean, share
from optimizer.outputs.account.source import Source

LIMITS = (NEAR_MINUTES, 60)
#: group -> the column of the built-in municipalities that gives its share of the people
GROUP_SHARES = {
    "age_75plus": "share_75plus",
    "low_education": "share_primary_edu",
    "exclusion_areas": "share_area_type_1_2",
}
LOW_TAX_BASE = "low_tax_base"


@dataclass(frozen=True)
class Access:
    """The people of one kind: how many, their travel minutes and the part within each limit."""

    kind: str
    population: float
    mean_before: float | None
    mean_after: float | None
    within_before: tuple[float | None, ...]  #: by LIMITS
    within_after: tuple[float | None, ...]
    farther: float  #: people with 15 minutes more or longer


def highest_need(source: Source, year: int) -> pd.DataFrame:
    """The zones in a year for the highest need: population, minutes_before, minutes_after."""
    zones = source.run.zones
    of_year: pd.DataFrame = zones[zones["year"] == year]
    highest: pd.DataFrame = of_year[of_year["need"] == of_year["need"].max()]
    return highest


def access_of(kind: str, zones: pd.DataFrame, people: pd.Series[float]) -> Access:
    """The access of some people of each zone."""
    before, after = zones["minutes_before"], zones["minutes_after"]
    return Access(
        kind=kind,
        population=float(people.sum()),
        mean_before=mean(before, people),
        mean_after=mean(after, people),
        within_before=tuple(share(before <= limit, people) for limit in LIMITS),
        within_after=tuple(share(after <= limit, people) for limit in LIMITS),
        farther=float(people[(after - before) >= BIG_STEP_MINUTES].sum()),
    )


def access_by_area(source: Source, year: int) -> list[Access]:
    """All people, then each kind of area that the zones tell apart."""
    zones = highest_need(source, year)
    found = [access_of("all", zones, zones["population"])]
    if "area_type" not in source.zones:
        return found
    kind = zones["zone_id"].map(source.zones.set_index("zone_id")["area_type"].astype(str))
    known = [one for one in kind.unique() if one and one != "nan"]
    order = [one for one in AREA_TYPES if one in known]
    order += sorted(set(known) - set(order))
    return found + [
        access_of(one, zones[kind == one], zones["population"][kind == one]) for one in order
    ]


def access_by_group(source: Source, year: int) -> list[Access]:
    """The groups whose people are known, and the fifth of the municipalities with least tax base.

    People by zone are those of the run's inputs where it has them; otherwise a group is taken to
    live in a municipality as everybody there does.
    """
    zones = highest_need(source, year)
    towns = builtin.load("municipalities").set_index("municipality_code")
    found = []
    for group in GROUP_SHARES:
        people = _people(source, zones, towns, group)
        if people.sum() > 0:
            found.append(access_of(group, zones, people))
    base = towns["tax_base_sek"].astype(float)
    poorest = zones["municipality_code"].map(base) <= base.quantile(0.2)
    if poorest.any():
        found.append(access_of(LOW_TAX_BASE, zones[poorest], zones["population"][poorest]))
    return found


def _people(
    source: Source, zones: pd.DataFrame, towns: pd.DataFrame, group: str
) -> pd.Series[float]:
    """The people of a group in each zone; none in municipalities whose share is not known."""
    if group in source.groups:
        return zones["zone_id"].map(source.groups.set_index("zone_id")[group]).astype(float)
    shares = towns[GROUP_SHARES[group]].astype(float)
    return zones["population"] * zones["municipality_code"].map(shares).fillna(0.0)


def reach_curve(
    source: Source, year: int, limits: tuple[int, ...]
) -> tuple[list[float], list[float]]:
    """The share of the people within each limit of minutes, before and after."""
    zones = highest_need(source, year)
    people = zones["population"].astype(float)
    before = [share(zones["minutes_before"] <= limit, people) or 0.0 for limit in limits]
    after = [share(zones["minutes_after"] <= limit, people) or 0.0 for limit in limits]
    return before, after
