"""Travel minutes and long ways per municipality, before and after, and the classes shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from optimizer.outputs.run_tables import RunTables
from optimizer.rounding import rounded

MINUTE_BREAKS = (10, 20, 30, 45, 60, 90)  # fixed, so that years and runs can be compared
ADDED_BREAKS = (-1, 1, 5, 15, 30, 60)
SHARE_BREAKS = (1, 5, 10, 25, 50, 75)  # per cent of the people
POINT_BREAKS = (1, 2, 3, 5, 10)  # service points of a region
LIMITS = (30, 60)  # minutes beyond which a way is told as long


def minutes_by_municipality(tables: RunTables, codes: Sequence[str]) -> list[dict[str, Any] | None]:
    """For each municipality: `before` [need] and `after` [year][need]; None without zones.

    The mean of the zones' minutes weighted by their people (all alike where nobody lives), over
    the zones that reach a site; None where none does.
    """
    before = _means(tables.zones, "minutes_before")
    after = _means(tables.zones, "minutes_after")
    first = tables.years[0]
    known = set(tables.zones["municipality_code"])

    def record(code: str) -> dict[str, Any]:
        return {
            "before": [before.get((code, first, need)) for need in tables.needs],
            "after": [
                [after.get((code, year, need)) for need in tables.needs] for year in tables.years
            ],
        }

    return [record(code) if code in known else None for code in codes]


def shares_beyond(
    tables: RunTables, codes: Sequence[str], limit: float
) -> list[list[list[float | None]] | None]:
    """For each municipality the per cent of its people with a way of more than `limit` minutes.

    [today, then each year][need]; None for a municipality without zones or people. People who
    reach no site count as beyond.
    """
    before = _beyond(tables.zones, "minutes_before", limit)
    after = _beyond(tables.zones, "minutes_after", limit)
    first = tables.years[0]
    known = {code for code, _, _ in before}

    def record(code: str) -> list[list[float | None]]:
        today = [before.get((code, first, need)) for need in tables.needs]
        return [
            today,
            *([after.get((code, year, need)) for need in tables.needs] for year in tables.years),
        ]

    return [record(code) if code in known else None for code in codes]


def people_by_municipality(tables: RunTables, codes: Sequence[str]) -> list[int]:
    """The people of each municipality, as the zones count them."""
    zones = tables.zones
    one = zones[(zones["year"] == tables.years[0]) & (zones["need"] == tables.needs[0])]
    people = one.groupby("municipality_code")["population"].sum()
    return [int(people.get(code, 0)) for code in codes]


def by_region(tables: RunTables, region_of: Mapping[str, str]) -> RunTables:
    """The same tables with regions in the place of municipalities, for the functions above."""
    codes = tables.zones["municipality_code"].map(region_of).fillna("")
    return replace(tables, zones=tables.zones.assign(municipality_code=codes))


def _beyond(zones: pd.DataFrame, column: str, limit: float) -> dict[tuple[str, int, int], float]:
    """The per cent of people beyond a limit by municipality, year and need, where people live."""
    people = zones["population"].astype(float)
    table = pd.DataFrame({"all": people, "far": people.where(~(zones[column] <= limit), 0.0)})
    sums = table.groupby([zones[key] for key in ("municipality_code", "year", "need")]).sum()
    sums = sums[sums["all"] > 0]
    found = zip(sums.index, 100 * sums["far"] / sums["all"], strict=True)
    return {
        (str(code), int(year), int(need)): rounded(float(share), 1)
        for (code, year, need), share in found
    }


def _means(zones: pd.DataFrame, column: str) -> dict[tuple[str, int, int], float]:
    """The weighted mean of a column by municipality, year and need, where there is one."""
    reached = zones[np.isfinite(zones[column].to_numpy(dtype=float))]
    weight = reached["population"].astype(float)
    nobody = weight.groupby(reached["municipality_code"]).transform("sum") == 0
    weight = weight.where(~nobody, 1.0)
    table = pd.DataFrame({"weight": weight, "sum": weight * reached[column]})
    sums = table.groupby([reached[key] for key in ("municipality_code", "year", "need")]).sum()
    sums = sums[sums["weight"] > 0]
    found = zip(sums.index, sums["sum"] / sums["weight"], strict=True)
    return {
        (str(code), int(year), int(need)): rounded(float(mean), 1)
        for (code, year, need), mean in found
    }


def largest_municipalities(tables: RunTables, codes: Sequence[str], count: int) -> tuple[str, ...]:
    """The codes with the most people, largest first."""
    zones = tables.zones
    one = zones[(zones["year"] == tables.years[0]) & (zones["need"] == tables.needs[0])]
    people = one.groupby("municipality_code")["population"].sum()
    drawn = people[people.index.isin(set(codes))].sort_index()
    largest = drawn.sort_values(ascending=False, kind="stable").index[:count]
    return tuple(str(code) for code in largest)
