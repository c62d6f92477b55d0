"""One row per division, region and need: service points and access today and in each year."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.run_tables import RunTables

KEYS = ("division", "region_code", "need")
MEASURES = ("mean_minutes", "p90_minutes", "share_within_30", "share_within_60", "share_within_90")


def region_rows(tables: RunTables) -> pd.DataFrame:
    """A row for each division, region and need; the highest need of a division first.

    `region, population, required` (service points asked for in the last year),
    `service_points_today` and `_<year>`, and every measure as `<measure>_today` and `_<year>`,
    with `added_minutes`, the mean of the last year less that of today. Empty without regions.
    """
    table = tables.regions
    if table.empty:
        return pd.DataFrame()
    last = tables.years[-1]
    rows = table[table["year"] == last].set_index(list(KEYS))
    wide = rows[["region"]].copy()
    for name in ("population", "required"):
        wide[name] = rows[name] if name in rows else float("nan")
    for year in (tables.base_year, *tables.years):
        now = table[table["year"] == year].set_index(list(KEYS))
        when = "today" if year == tables.base_year else str(year)
        moment = "before" if year == tables.base_year else "after"
        wide[f"service_points_{when}"] = now["service_points"]
        for measure in MEASURES:
            column = f"{measure}_{moment}"
            wide[f"{measure}_{when}"] = now[column] if column in now else float("nan")
    wide["added_minutes"] = wide[f"mean_minutes_{last}"] - wide["mean_minutes_today"]
    order = {division: at for at, division in enumerate(dict.fromkeys(table["division"]))}
    wide = wide.reset_index()
    wide["order"] = wide["division"].map(order)
    wide = wide.sort_values(["order", "need", "region_code"], ascending=[True, False, True])
    return wide.drop(columns="order").reset_index(drop=True)
