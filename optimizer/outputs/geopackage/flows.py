"""The layer of flows: from each office that closes or changes to those that receive its visits."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString

from optimizer.outputs.geopackage.layer import CRS, Layer
from optimizer.outputs.geopackage.places import has_places, points
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.side_by_side import Run, office_rows

LEAVING = ("close", "merge", "convert")
WEEKDAYS = 5


def flows_layer(run: Run) -> Layer | None:
    """A line for each pair of sites; None if the run lacks minutes or coordinates, or none moves.

    Its visits are those of the year that reach the receiving site and would today have gone to
    the leaving one.
    """
    if not has_places(run.tables.sites):
        return None
    flows = run.tables.shown(moved_visits(run.tables, run.folder))
    if flows.empty:
        return None
    place = points(run.tables.sites.set_index("office_id"))
    ends = flows[["from_office_id", "to_office_id"]]
    known = ends.map(lambda site: place.get(site) is not None).all(axis="columns")
    flows = flows[known].reset_index(drop=True)
    if flows.empty:
        return None
    lines = [
        LineString([place[start], place[end]])
        for start, end in zip(flows["from_office_id"], flows["to_office_id"], strict=True)
    ]
    flows.insert(2, "from_office", [run.titles.office(key) for key in flows["from_office_id"]])
    flows.insert(3, "to_office", [run.titles.office(key) for key in flows["to_office_id"]])
    flows["label"] = flows["from_office"] + " → " + flows["to_office"]
    plain = ("from_office_id", "to_office_id", "from_office", "to_office", "state")
    names = {column: run.titles.heading(column) for column in plain}
    names["label"] = run.titles.heading("flow")
    for year in run.tables.years:
        names[f"visits_{year}"] = run.titles.heading("visits_moved", when=year)
    return Layer(
        name="flows",
        title=run.titles.strings.text("geopackage.layer.flows"),
        kind="LineString",
        features=gpd.GeoDataFrame(flows, geometry=lines, crs=CRS),
        aliases=names,
        display="label",
        codes={"state": {state: run.titles.state(state) for state in LEAVING}},
    )


def moved_visits(tables: RunTables, folder: Path) -> pd.DataFrame:
    """`from_office_id, to_office_id, state` (of the leaving site), and `visits_<year>`.

    Only sites that close, merge or change by the last year; empty where the run lacks minutes.
    """
    today = sites_today(tables, folder)
    if today.empty or tables.assignments.empty:
        return pd.DataFrame()
    now = tables.assignments.rename(columns={"office_id": "to_office_id"})
    moved = now.merge(today, on=["zone_id", "need"])
    state = office_rows(tables).set_index("office_id")["state"]
    moved["state"] = moved["from_office_id"].map(state)
    elsewhere = moved["from_office_id"] != moved["to_office_id"]
    arrives = (moved["visits"] > 0) & (moved["to_office_id"] != "")
    moved = moved[elsewhere & arrives & moved["state"].isin(LEAVING)]
    if moved.empty:
        return pd.DataFrame()
    keys = ["from_office_id", "to_office_id", "state"]
    wide = moved.pivot_table(index=keys, columns="year", values="visits", aggfunc="sum")
    wide = wide.reindex(columns=list(tables.years)).fillna(0.0).round(3)
    wide.columns = pd.Index([f"visits_{year}" for year in wide.columns])
    return wide.reset_index()


def sites_today(tables: RunTables, folder: Path) -> pd.DataFrame:
    """`zone_id, need, from_office_id`: where each zone's visits of each need go today.

    The open site that serves the need at least minutes of travel and waiting; the first id of
    equals. Empty where the run has no minutes of travel.
    """
    path = folder / "inputs" / "travel_minutes.parquet"
    if not path.is_file() or tables.site_modes.empty:
        return pd.DataFrame()
    sites = tables.sites[["office_id", "mode_today"]].sort_values("office_id")
    known = sites.merge(
        tables.site_modes, left_on=["office_id", "mode_today"], right_on=["office_id", "mode"]
    )
    wide = pd.read_parquet(path).set_index("zone_id")
    minutes = wide[known["office_id"].tolist()].to_numpy(dtype=np.float64)
    longest = float(tables.config.get("demand", {}).get("waiting_minutes") or 0.0)
    waiting = longest * (WEEKDAYS - known["open_days"].to_numpy(dtype=np.float64)) / WEEKDAYS
    burden = np.where(np.isfinite(minutes), minutes + waiting, np.inf)
    site_ids = known["office_id"].to_numpy()
    parts = []
    for need in tables.needs:
        serving = np.where(known["tier"].to_numpy() >= need, burden, np.inf)
        reached = np.flatnonzero(np.isfinite(serving).any(axis=1))
        nearest = serving[reached].argmin(axis=1)
        zones = wide.index.to_numpy()[reached]
        found = {"zone_id": zones, "need": need, "from_office_id": site_ids[nearest]}
        parts.append(pd.DataFrame(found))
    return pd.concat(parts, ignore_index=True)
