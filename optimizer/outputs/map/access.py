"""Travel minutes per municipality, before and after, and the classes they are shown in."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.outputs.map.tables import RunTables

MINUTE_BREAKS = (10, 20, 30, 45, 60, 90)  # fixed, so that years and runs can be compared
ADDED_BREAKS = (-1, 1, 5, 15, 30, 60)


def minutes_by_municipality(tables: RunTables, codes: Sequence[str]) -> list[dict[str, Any] | None]:
    """For each municipality: `before` [need] and `after` [year][need]; None without zones.

    The mean of the zones' minutes weighted by their people (all alike where nobody lives).
    """
    zones = tables.zones
    weight = zones["population"].astype(float)
    nobody = weight.groupby(zones["municipality_code"]).transform("sum") == 0
    weight = weight.where(~nobody, 1.0)
    weighted = pd.DataFrame(
        {
            "code": zones["municipality_code"],
            "year": zones["year"],
            "need": zones["need"],
            "weight": weight,
            "before": weight * zones["minutes_before"],
            "after": weight * zones["minutes_after"],
        }
    )
    sums = weighted.groupby(["code", "year", "need"])[["weight", "before", "after"]].sum()
    means = sums[["before", "after"]].div(sums["weight"], axis=0).round(1)
    known = set(zones["municipality_code"])
    first = tables.years[0]

    def cell(code: str, year: int, need: int, column: str) -> float | None:
        key = (code, year, need)
        return float(means.at[key, column]) if key in means.index else None

    def record(code: str) -> dict[str, Any]:
        before = [cell(code, first, need, "before") for need in tables.needs]
        after = [
            [cell(code, year, need, "after") for need in tables.needs] for year in tables.years
        ]
        return {"before": before, "after": after}

    return [record(code) if code in known else None for code in codes]


def largest_municipalities(tables: RunTables, codes: Sequence[str], count: int) -> tuple[str, ...]:
    """The codes with the most people, largest first."""
    zones = tables.zones
    one = zones[(zones["year"] == tables.years[0]) & (zones["need"] == tables.needs[0])]
    people = one.groupby("municipality_code")["population"].sum()
    drawn = people[people.index.isin(set(codes))].sort_index()
    largest = drawn.sort_values(ascending=False, kind="stable").index[:count]
    return tuple(str(code) for code in largest)
