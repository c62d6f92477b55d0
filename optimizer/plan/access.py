"""Tables of access: where each zone goes, what it takes, and how far people are by region."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.building.case import Case
from optimizer.config.services import GENERAL
from optimizer.instance import Floats, Ints
from optimizer.plan.counted import CountedYear, counting_states

BANDS = (30, 60, 90)
_HAIR = 1e-12  #: so that rounding in a sum does not push an exact 90 % further out


def assignments_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each zone, planning year and need: its office, minutes, visits, lost visits.

    No office where all visits are lost because none is in reach or serves; the minutes are those
    that are counted for them.

    Services with visits of their own have rows of their own behind those of the needs.
    """
    instance = case.instance
    sites = np.array([*instance.sites, ""], dtype=object)  # the last for those who go nowhere

    def offices(now: CountedYear) -> NDArray[np.object_]:
        cost, today = now.assignment.cost, instance.today_cost
        nowhere = now.assignment.stranded | instance.too_far(cost, today)
        return np.asarray(sites[np.where(nowhere, -1, now.assignment.site)])

    return _by_zone_and_need(
        case,
        years[1:],
        lambda now: {
            "office_id": offices(now),
            "visits": now.demand - now.lost,
            "lost_visits": now.lost,
            "minutes": now.minutes,
            "waiting_minutes": now.waiting,
        },
        services=True,
    )[
        [
            "zone_id",
            "office_id",
            "year",
            "service",
            "need",
            "visits",
            "lost_visits",
            "minutes",
            "waiting_minutes",
        ]
    ]


def zones_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each zone, planning year and need: minutes, waiting, visits, before and after."""
    today = years[0]
    table = _by_zone_and_need(
        case,
        years[1:],
        lambda now: {
            "minutes_before": today.minutes,
            "minutes_after": now.minutes,
            "waiting_before": today.waiting,
            "waiting_after": now.waiting,
            "visits_before": today.demand,
            "visits_after": now.demand - now.lost,
        },
    )
    n_times = len(years[1:]) * case.instance.n_needs
    for place, name in enumerate(("municipality_code", "population")):
        table.insert(1 + place, name, np.tile(case.zones[name].to_numpy(), n_times))
    return table


def columns_of_demand(case: Case) -> list[tuple[str, int]]:
    """The service and the need of each column of demand: general needs, then services."""
    instance, catalogue = case.instance, case.scenario.services
    general = [(GENERAL, need + 1) for need in range(instance.n_needs)]
    names = [instance.services[s] for s in instance.flowing]
    return general + [(name, catalogue[name].need) for name in names]


def _by_zone_and_need(
    case: Case, years: list[CountedYear], columns: object, *, services: bool = False
) -> pd.DataFrame:
    parts = []
    known = [one for one in columns_of_demand(case) if services or one[0] == GENERAL]
    for now in years:
        cells = columns(now)  # type: ignore[operator]
        for column, (service, need) in enumerate(known):
            part = {name: values[:, column] for name, values in cells.items()}
            head = {"zone_id": np.array(case.instance.zones, dtype=object), "year": now.year}
            if services:
                head["service"] = np.full(len(case.instance.zones), service, dtype=object)
            parts.append(pd.DataFrame({**head, "need": need, **part}))
    return pd.concat(parts, ignore_index=True)


def regions_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each region, year (today too) and need: service points, minutes, shares."""
    counting = counting_states(case)
    population = case.zones["population"].to_numpy(dtype=np.float64)
    zones_of, sites_of = _by_town(case.zones), _by_town(case.sites)
    rows = []
    for (division, code), members in case.regions.groupby(["division", "region_code"], sort=False):
        towns = members["municipality_code"].unique()
        zones, sites = _of_towns(zones_of, towns), _of_towns(sites_of, towns)
        people = population[zones]
        for now in years:
            for need in range(case.instance.n_needs):
                rows.append(
                    {
                        "division": division,
                        "region_code": code,
                        "region": members["region"].iloc[0],
                        "year": now.year,
                        "service_points": int(counting[now.states[sites]].sum()),
                        "required": _required(case, str(division), now.year),
                        "population": people.sum(),
                        "need": need + 1,
                        **_access(people, years[0].minutes[zones, need], "before"),
                        **_access(people, now.minutes[zones, need], "after"),
                    }
                )
    order = [
        "division", "region_code", "region", "year", "service_points", "required", "population",
        "need",
    ]  # fmt: skip
    for name in ("mean_minutes", "p90_minutes", *(f"share_within_{band}" for band in BANDS)):
        order += [f"{name}_before", f"{name}_after"]
    return pd.DataFrame(rows)[order]


def _by_town(table: pd.DataFrame) -> dict[object, Ints]:
    """The rows of each municipality."""
    codes = table["municipality_code"]
    return {code: np.asarray(rows) for code, rows in codes.groupby(codes).indices.items()}


def _of_towns(rows: dict[object, Ints], towns: Iterable[object]) -> Ints:
    """The rows of some municipalities, in the order of the table."""
    found = [rows[town] for town in towns if town in rows]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _required(case: Case, division: str, year: int) -> int:
    """Service points asked for in each region; rules that name the modes are requirements.csv's."""
    base = case.scenario.base_year
    asked = [
        rule.min_points
        for rule in case.scenario.requirements.region_coverage
        if rule.division == division and rule.modes is None
        if year > base and year >= (rule.from_year or base)
    ]
    return max(asked, default=0)


def _access(people: Floats, minutes: Floats, when: str) -> dict[str, float]:
    total = people.sum()
    if total <= 0:
        names = ["mean_minutes", "p90_minutes", *(f"share_within_{band}" for band in BANDS)]
        return {f"{name}_{when}": np.nan for name in names}
    order = np.argsort(minutes, kind="stable")
    within = people[order].cumsum()
    enough = int(np.searchsorted(within, 0.9 * total * (1.0 - _HAIR)))
    row = {
        f"mean_minutes_{when}": float(people @ minutes / total),
        f"p90_minutes_{when}": float(minutes[order][min(enough, minutes.size - 1)]),
    }
    for band in BANDS:
        row[f"share_within_{band}_{when}"] = float(people[minutes <= band].sum() / total)
    return row
