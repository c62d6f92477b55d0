"""One run or several on the same map: what they share, and what the script shows of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.flows import moved_visits
from optimizer.outputs.map.access import (
    LIMITS,
    by_region,
    minutes_by_municipality,
    shares_beyond,
)
from optimizer.outputs.map.offices import CLOSED, alphabetical, office_records
from optimizer.outputs.map.regions import Division, division_of, drawn_division, narrowed
from optimizer.outputs.map.shapes import Shapes
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.staffing import staff_until
from optimizer.rounding import rounded

LEAST_VISITS, LEAST_SHARE = 20, 0.02  # smaller flows from a closed office are not drawn
STATIC = (
    "id",
    "name",
    "municipality",
    "code",
    "x",
    "y",
    "candidate",
    "evidence",
    "estimated",
    "origins",
    "assumed_services",
    "announced_services",
)


@dataclass(frozen=True)
class MappedRun:
    """A run as the map shows it; `offices` has a list of years for each site of the page."""

    tables: RunTables
    records: Sequence[dict[str, Any]]
    division: Division
    offices: Sequence[Mapping[str, Any] | None]


def comparable(runs: Sequence[RunTables]) -> list[RunTables]:
    """The runs cut to the years and needs that all of them have. InputError if there are none."""
    years = set.intersection(*(set(run.years) for run in runs))
    needs = set.intersection(*(set(run.needs) for run in runs))
    if not years or not needs:
        found = "runs without a planning year and level of need in common"
        raise InputError(Problem("compare", found, "runs of the same years", "Leave one out."))
    if all(set(run.years) == years and set(run.needs) == needs for run in runs):
        return list(runs)

    def cut(table: pd.DataFrame) -> pd.DataFrame:
        for column, kept in (("year", years), ("need", needs)):
            if column in table:
                table = table[table[column].isin(kept)]
        return table

    return [
        replace(run, plan=cut(run.plan), zones=cut(run.zones), assignments=cut(run.assignments))
        for run in runs
    ]


def mapped(
    runs: Sequence[RunTables], shapes: Shapes
) -> tuple[list[dict[str, Any]], list[MappedRun]]:
    """The sites of all runs in the order of the alphabet, and each run with its own years."""
    names = dict(zip(shapes.codes, shapes.names, strict=True))
    records = [office_records(run, shapes.frame, names) for run in runs]
    sites: dict[str, dict[str, Any]] = {}
    for one in (record for own in records for record in own):
        sites.setdefault(str(one["id"]), {key: one[key] for key in STATIC})
    order = sorted(sites.values(), key=lambda one: (alphabetical(one["name"]), one["id"]))
    drawn = drawn_division(runs[0]).name  # one division for all, so that they can be compared
    result = []
    for run, own in zip(runs, records, strict=True):
        by_id = {record["id"]: record for record in own}
        kept = [by_id.get(site["id"]) for site in order]
        result.append(MappedRun(run, own, narrowed(division_of(run, drawn), runs), kept))
    return order, result


def run_data(run: MappedRun, shapes: Shapes, sites: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the script shows of one run."""
    tables, division = run.tables, run.division
    regions = list(division.titles)
    regional = by_region(tables, division.region_of)
    return {
        "offices": [one and {key: one[key] for key in ("years", "places")} for one in run.offices],
        "flows": _flows(run, sites),
        "staff": staff_until(
            tables.staff, tables.years, {str(one["id"]): at for at, one in enumerate(sites)}
        ),
        "minutes": minutes_by_municipality(tables, shapes.codes),
        "beyond": {limit: shares_beyond(tables, shapes.codes, limit) for limit in LIMITS},
        "regions": {
            code: {"points": division.points[code], "minutes": minutes, "beyond": beyond}
            for code, minutes, beyond in zip(
                regions,
                minutes_by_municipality(regional, regions),
                shares_beyond(regional, regions, LIMITS[0]),
                strict=True,
            )
        },
    }


def _flows(run: MappedRun, sites: Sequence[dict[str, Any]]) -> list[list[list[int]]]:
    """For today and each year the visits that offices closed by then have left to others.

    [from, to, visits], by the places in the list of sites, largest first for each office.
    """
    place = {str(site["id"]): at for at, site in enumerate(sites)}
    moved = moved_visits(run.tables)
    flows: list[list[list[int]]] = [[]]
    for at, year in enumerate(run.tables.years, start=1):
        closed = {str(one["id"]) for one in run.records if one["years"][at]["mode"] == CLOSED}
        now = moved[(moved["year"] == year) & moved["from_office_id"].isin(closed)]
        share = now["visits"] / now.groupby("from_office_id")["visits"].transform("sum")
        now = now[(now["visits"] >= LEAST_VISITS) & (share >= LEAST_SHARE)]
        ends = zip(now["from_office_id"], now["to_office_id"], now["visits"], strict=True)
        flows.append(
            [
                [place[start], place[end], int(rounded(visits))]
                for start, end, visits in ends
                if start in place and end in place
            ]
        )
    return flows
