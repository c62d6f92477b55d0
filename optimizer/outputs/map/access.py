"""Travel minutes per municipality, before and after, and the classes they are shown in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.outputs.run_tables import RunTables

MINUTE_BREAKS = (10, 20, 30, 45, 60, 90)  # fixed, so that years and runs can be compared
ADDED_BREAKS = (-1, 1, 5, 15, 30, 60)


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
        (str(code), int(year), int(need)): round(float(mean), 1)
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
