"""Where each office's visits go when the network changes, and whom that concerns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import builtin
from optimizer.outputs.run_tables import RunTables

WEEK_DAYS = 5
NOWHERE = ""
LONGER_MINUTES = 1.0  # a way counts as longer from here
FAR_MINUTES = 60.0


def served_today(tables: RunTables) -> pd.DataFrame:
    """The office that serves each zone and need in today's network: zone_id, need, office_id.

    The available site of least travel and waiting minutes, ties by office_id; empty text where
    none is in reach. Without travel minutes or modes among the inputs the table has no rows.
    """
    columns = ["zone_id", "need", "office_id"]
    if tables.travel.empty or tables.site_modes.empty:
        return pd.DataFrame(columns=columns)
    tiers = tables.site_modes.set_index(["office_id", "mode"])["tier"].to_dict()
    sites = tables.sites[tables.sites["office_id"].isin(set(tables.travel.columns))]
    sites = sites.sort_values("office_id", kind="stable")
    tier = np.array(
        [tiers.get(pair, 0) for pair in zip(sites["office_id"], sites["mode_today"], strict=True)]
    )
    waiting = float((tables.config.get("demand") or {}).get("waiting_minutes", 0.0))
    shut = (WEEK_DAYS - sites["open_days_today"].to_numpy(dtype=float)) / WEEK_DAYS
    minutes = tables.travel[list(sites["office_id"])].to_numpy(dtype=float) + shut * waiting
    minutes = np.where(np.isfinite(minutes), minutes, np.inf)
    ids = sites["office_id"].to_numpy(dtype=object)
    parts = []
    for need in tables.needs:
        open_here = np.where(tier >= need, minutes, np.inf)
        reached = np.isfinite(open_here.min(axis=1, initial=np.inf))
        chosen = np.where(reached, ids[open_here.argmin(axis=1)], NOWHERE)
        zones = tables.travel["zone_id"].to_numpy(dtype=object)
        parts.append(pd.DataFrame({"zone_id": zones, "need": need, "office_id": chosen}))
    return pd.concat(parts, ignore_index=True)[columns]


def moved_visits(tables: RunTables) -> pd.DataFrame:
    """Visits a year that arrive at another office than today's.

    Columns: year, from_office_id, to_office_id, visits; largest first within year and office.
    """
    columns = ["year", "from_office_id", "to_office_id", "visits"]
    today = served_today(tables)
    if today.empty or tables.assignments.empty:
        return pd.DataFrame(columns=columns)
    both = tables.assignments.merge(today, on=["zone_id", "need"], suffixes=("_then", "_now"))
    apart = both["office_id_then"] != both["office_id_now"]
    both = both[apart & (both["office_id_then"] != "") & (both["office_id_now"] != "")]
    keys = {"office_id_now": "from_office_id", "office_id_then": "to_office_id"}
    sums = both.rename(columns=keys).groupby(columns[:3])["visits"].sum()
    moved: pd.DataFrame = sums.reset_index()
    order = ["year", "from_office_id", "visits", "to_office_id"]
    moved = moved.sort_values(order, ascending=[True, True, False, True], kind="stable")
    return moved.reset_index(drop=True)


def concerned_zones(tables: RunTables) -> pd.DataFrame:
    """The zones that each office serves today, or that come to a new one: a row for each year.

    At the highest need that the office serves anyone with. Columns: office_id, year, need,
    zone_id, population, minutes_before, minutes_after.
    """
    today = served_today(tables)
    columns = ["zone_id", "year", "need", "population", "minutes_before", "minutes_after"]
    zones = tables.zones[columns]
    rows = zones.merge(today, on=["zone_id", "need"])
    if not tables.assignments.empty:
        opened = set(tables.sites.loc[tables.sites["candidate"], "office_id"])
        came = tables.assignments[["zone_id", "year", "need", "office_id"]]
        came = came[came["office_id"].isin(opened)].drop_duplicates()
        rows = pd.concat([rows, zones.merge(came, on=["zone_id", "year", "need"])])
    rows = rows[rows["office_id"] != NOWHERE]
    highest = rows.groupby("office_id")["need"].transform("max")
    return rows[rows["need"] == highest].reset_index(drop=True)


def people_of_75(tables: RunTables) -> pd.Series[float]:
    """People aged 75 and over by zone_id.

    From the run's own groups where it has them; otherwise as large a part of each zone as of its
    municipality, none where that is not known.
    """
    zones = tables.zones.drop_duplicates("zone_id").set_index("zone_id")
    if "age_75plus" in tables.groups:
        return tables.groups.set_index("zone_id")["age_75plus"].astype(float)
    towns = builtin.load("municipalities").set_index("municipality_code")
    shares = zones["municipality_code"].map(towns["share_75plus"].astype(float)).fillna(0.0)
    return zones["population"].astype(float) * shares


def concerned_people(zones: pd.DataFrame, elderly: pd.Series[float]) -> pd.DataFrame:
    """The people of `concerned_zones` counted by office_id and year (the index).

    Columns: need, people, minutes_before and minutes_after (weighted by people, over the zones
    that reach a site), longer (people whose way grows by a minute or more), far (beyond an hour),
    elderly (of them `elderly`, by zone_id).
    """
    people = zones["population"].astype(float)
    before, after = zones["minutes_before"], zones["minutes_after"]
    table = pd.DataFrame({"need": zones["need"], "people": people})
    for name, minutes in (("before", before), ("after", after)):
        reached = np.isfinite(minutes.to_numpy(dtype=float))
        table[f"weight_{name}"] = people.where(reached, 0.0)
        table[f"sum_{name}"] = (people * minutes).where(reached, 0.0)
    table["longer"] = people.where(~(after < before + LONGER_MINUTES), 0.0)
    table["elderly"] = zones["zone_id"].map(elderly).fillna(0.0)
    table["far"] = people.where(~(after <= FAR_MINUTES), 0.0)
    groups = table.groupby([zones["office_id"], zones["year"]])
    sums = groups.sum().assign(need=groups["need"].max())
    for name in ("before", "after"):
        weight = sums[f"weight_{name}"]
        sums[f"minutes_{name}"] = sums[f"sum_{name}"] / weight.where(weight > 0)
    return sums[["need", "people", "minutes_before", "minutes_after", "longer", "far", "elderly"]]
