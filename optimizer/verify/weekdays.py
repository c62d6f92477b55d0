"""The weekdays: who shares the week with whom, that every office opens as often as it should, and
that no arrangement leaves fewer days without an open office near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import asin, ceil, cos, radians, sin, sqrt

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from optimizer.verify.findings import COUNT, TEXT, Checked, HalfDigit, compare_table, finding
from optimizer.verify.recount import Recount

FILE = "weekdays.csv"
DAYS = ("mon", "tue", "wed", "thu", "fri")
EARTH_KM = 6371.0


@dataclass(frozen=True)
class Sharing:
    """An office with fewer open days that has another one near."""

    office_id: str
    days: int
    coverers: tuple[str, ...]  #: itself and those near with fewer days that serve as much


def check_weekdays(count: Recount) -> Checked:
    """weekdays.csv: the offices that share the week, their groups, days, and days uncovered."""
    table = count.folder.weekdays
    if count.settings.staggered_km is None:
        stray = (finding("weekdays", FILE, f"{len(table)} rows", "none: staggered_days is off"),)
        return Checked(1, stray if len(table) else ())
    rows, strange = [], []
    for number, row in enumerate(table.to_dict("records"), start=2):
        told = row["weekdays"].split(";") if row["weekdays"] else []
        if not set(told) <= set(DAYS) or len(set(told)) != len(told):
            where = f"{FILE} row {number}, column weekdays"
            strange.append(finding("weekdays", where, row["weekdays"], "weekdays, each once"))
        if len(told) != row["open_days"]:
            where = f"{FILE} row {number}, column weekdays"
            strange.append(finding("weekdays", where, len(told), row["open_days"]))
    for year in count.settings.planning_years:
        sharing = sharing_offices(count, year)
        opened = _opened(count, year)
        for group in groups(count, sharing):
            for one in group:
                left = _uncovered(one, opened)
                rows.append((year, one.office_id, group[0].office_id, one.days, left))
    columns = ["year", "office_id", "group", "open_days", "uncovered"]
    compared = compare_table(
        "weekdays",
        FILE,
        table,
        pd.DataFrame(rows, columns=columns),
        keys=("office_id", "year"),
        columns=dict[str, HalfDigit](group=TEXT, open_days=COUNT, uncovered=COUNT),
    )
    return Checked(compared.values + len(table) + 1, (*strange, *compared.findings))


def uncovered_days(count: Recount) -> Iterator[tuple[int, int, int]]:
    """Year, days of a week without an open office near as the run has it, and the fewest."""
    if count.settings.staggered_km is None:
        return
    for year in count.settings.planning_years:
        sharing = sharing_offices(count, year)
        opened = _opened(count, year)
        told = sum(_uncovered(one, opened) for one in sharing)
        yield year, told, sum(_fewest(group) for group in groups(count, sharing))


def sharing_offices(count: Recount, year: int) -> list[Sharing]:
    """The offices of a year with fewer than five days and such an office near, by id."""
    network = count.networks[year]
    network = network[network["open"]]
    days = {str(one): min(5, ceil(x - 1e-9)) for one, x in network["open_days"].items()}
    tier = network["tier"].to_dict()
    found = []
    for one in sorted(days):
        near = [other for other in days if other != one and _near(count, one, other)]
        near = [other for other in near if days[other] < 5]
        if days[one] < 5 and near:
            able = [other for other in near if tier[other] >= tier[one]]
            found.append(Sharing(one, days[one], (one, *able)))
    return found


def groups(count: Recount, sharing: list[Sharing]) -> list[list[Sharing]]:
    """The offices that hang together, directly or through others; each group by id."""
    left = {one.office_id: one for one in sharing}
    found = []
    while left:
        first = min(left)
        group, edge = [left.pop(first)], [first]
        while edge:
            here = edge.pop()
            for other in [one for one in left if _near(count, here, one)]:
                group.append(left.pop(other))
                edge.append(other)
        found.append(sorted(group, key=lambda one: one.office_id))
    return found


def _near(count: Recount, one: str, other: str) -> bool:
    places, most = count.folder.places, count.settings.staggered_km or 0.0
    (east, north), (east2, north2) = places[one], places[other]
    up, across = radians(north2 - north) / 2, radians(east2 - east) / 2
    chord = sin(up) ** 2 + cos(radians(north)) * cos(radians(north2)) * sin(across) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord))) <= most


def _opened(count: Recount, year: int) -> dict[str, set[str]]:
    table = count.folder.weekdays
    of_year = table[table["year"] == year]
    return {
        str(office): set(days.split(";"))
        for office, days in zip(of_year["office_id"], of_year["weekdays"], strict=True)
    }


def _uncovered(one: Sharing, opened: dict[str, set[str]]) -> int:
    covered = set().union(*(opened.get(other, set()) for other in one.coverers))
    return len(set(DAYS) - covered)


def _fewest(group: list[Sharing]) -> int:
    """The fewest uncovered days of a group: each office takes one of the patterns of its days."""
    patterns = [
        (one.office_id, set(days)) for one in group for days in combinations(DAYS, one.days)
    ]
    asks = [(one, day) for one in group for day in DAYS]
    n, m = len(patterns), len(asks)
    choose = np.zeros((len(group), n + m))
    for row, one in enumerate(group):
        choose[row, :n] = [office == one.office_id for office, _ in patterns]
    cover = np.zeros((m, n + m))
    for row, (one, day) in enumerate(asks):
        cover[row, :n] = [office in one.coverers and day in days for office, days in patterns]
        cover[row, n + row] = 1.0
    rules = [LinearConstraint(choose, 1.0, 1.0), LinearConstraint(cover, 1.0, np.inf)]
    weights = np.concatenate([np.zeros(n), np.ones(m)])
    whole = np.concatenate([np.ones(n), np.zeros(m)])
    found = milp(weights, constraints=rules, integrality=whole, bounds=Bounds(0.0, 1.0))
    return round(float(found.fun))
