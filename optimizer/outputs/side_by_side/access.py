"""Access of the whole country by need, today and in each year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.outputs.run_tables import RunTables

WITHIN = (30, 60)


def nation_access(tables: RunTables) -> pd.DataFrame:
    """`need, year, mean_minutes, share_within_30, share_within_60`, weighted by people.

    The mean is over the zones that reach a site, the shares over all people. Today is told in
    the base year. Where nobody lives all zones count alike.
    """
    first = tables.years[0]
    rows = []
    for need, zones in tables.zones.groupby("need", sort=True):
        today = zones[zones["year"] == first]
        rows.append(_row(need, tables.base_year, today, "minutes_before"))
        rows += [
            _row(need, year, zones[zones["year"] == year], "minutes_after") for year in tables.years
        ]
    return pd.DataFrame(rows)


def _row(need: object, year: int, zones: pd.DataFrame, column: str) -> dict[str, object]:
    people = zones["population"].to_numpy(dtype=np.float64)
    weight = people if people.sum() > 0 else np.ones_like(people)
    minutes = zones[column].to_numpy(dtype=np.float64)
    reached = np.isfinite(minutes)
    total = weight[reached].sum()
    mean = float((weight[reached] * minutes[reached]).sum() / total) if total > 0 else float("nan")
    # NaN compares as false: who reaches nothing is within no time
    within = {
        f"share_within_{limit}": float(weight[minutes <= limit].sum() / weight.sum())
        for limit in WITHIN
    }
    return {"need": int(str(need)), "year": year, "mean_minutes": mean, **within}
