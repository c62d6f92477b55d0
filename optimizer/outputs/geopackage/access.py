"""Layers of travel time: demand zones, municipalities and regions, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import boundaries
from geodata.schema import ORIGINS as KINDS
from optimizer.outputs.geopackage.layer import CRS, Layer
from optimizer.outputs.geopackage.places import has_places, points
from optimizer.outputs.map.access import minutes_by_municipality
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.side_by_side import Run, region_rows
from optimizer.outputs.side_by_side.regions import MEASURES

GRID_METRES = 1  # the outlines overlap by less; without it slivers stay between joined regions
#: Where the population, the kind of area and today's visits of a zone come from.
ORIGINS = ("origin", "origin_area_type", "origin_visits_per_year")


def zones_layer(run: Run) -> Layer | None:
    """A point for each demand zone; None where the run does not say where its zones lie."""
    path = run.folder / "inputs" / "zones.parquet"
    if not path.is_file():
        return None
    places = pd.read_parquet(path)
    if not has_places(places):
        return None
    place = points(places)
    if place.isna().all():
        return None
    text = [name for name in ("zone", "area_type") if name in places]
    told = [name for name in ORIGINS if name in places]
    rows = places[["zone_id", *text, "municipality_code", "population", *told]]
    rows = rows.reset_index(drop=True)
    rows = rows.merge(_minutes_of_zones(run.tables), on="zone_id", how="left")
    rows = run.tables.shown(rows)
    columns = ("zone_id", *text, "municipality_code", "population", *told)
    aliases = {column: run.titles.heading(column) for column in columns} | _minute_aliases(run)
    for ending, when in run.moments:
        aliases[f"visits_{ending}"] = run.titles.heading("visits", when=when)
    kinds = {kind: run.titles.of("tables.origin", kind) for kind in KINDS}
    codes = dict.fromkeys(told, kinds)
    if "area_type" in text:
        codes["area_type"] = run.titles.words("tables.area_type", rows["area_type"])
    return Layer(
        name="zones",
        title=run.titles.strings.text("geopackage.layer.zones"),
        kind="Point",
        features=gpd.GeoDataFrame(rows, geometry=place.to_numpy(), crs=CRS),
        aliases=aliases,
        display="zone" if "zone" in text else "zone_id",
        codes=codes,
    )


def municipalities_layer(run: Run) -> Layer | None:
    """The municipalities that the run has zones in; None if they are of no known country."""
    shapes = boundaries.municipalities().to_crs(CRS)
    known = set(run.tables.zones["municipality_code"].astype(str))
    shapes = shapes[shapes["municipality_code"].isin(known)].reset_index(drop=True)
    if shapes.empty:
        return None
    codes = shapes["municipality_code"].tolist()
    zones = run.tables.zones
    one = zones[(zones["year"] == run.tables.years[0]) & (zones["need"] == run.tables.needs[0])]
    people = one.groupby("municipality_code")["population"].sum()
    head = {
        "municipality_code": codes,
        "municipality": shapes["municipality"],
        "population": [int(people[code]) for code in codes],
    }
    minutes = _minutes_of_municipalities(run.tables, codes)
    rows = pd.concat([pd.DataFrame(head), minutes], axis="columns")
    return Layer(
        name="municipalities",
        title=run.titles.strings.text("geopackage.layer.municipalities"),
        kind="MultiPolygon",
        features=gpd.GeoDataFrame(rows, geometry=_multi(shapes.geometry), crs=CRS),
        aliases={column: run.titles.heading(column) for column in head} | _minute_aliases(run),
        display="municipality",
    )


def regions_layer(run: Run) -> Layer | None:
    """The regions of every division, joined from their municipalities; None without outlines."""
    members, table = run.tables.members, region_rows(run.tables)
    if members.empty or table.empty:
        return None
    shapes = boundaries.municipalities().to_crs(CRS)[["municipality_code", "geometry"]]
    outlines = shapes.merge(members, on="municipality_code").groupby(["division", "region_code"])
    joined = {
        key: shapely.union_all(rows.geometry.to_numpy(), grid_size=GRID_METRES)
        for key, rows in outlines
    }
    if not joined:
        return None
    wide = _needs_side_by_side(run, table)
    keys = list(zip(wide["division"], wide["region_code"], strict=True))
    wide = wide[[key in joined for key in keys]].reset_index(drop=True)
    geometry = _multi(gpd.GeoSeries([joined[key] for key in keys if key in joined], crs=CRS))
    return Layer(
        name="regions",
        title=run.titles.strings.text("geopackage.layer.regions"),
        kind="MultiPolygon",
        features=gpd.GeoDataFrame(wide, geometry=geometry, crs=CRS),
        aliases=_region_aliases(run),
        display="region",
        codes={"division": {key: run.titles.division(key) for key in wide["division"].unique()}},
    )


def _minutes_of_zones(tables: RunTables) -> pd.DataFrame:
    """For each zone: minutes before and after by need and year, and its visits of all needs."""
    zones = tables.zones
    zones = zones.assign(added=zones["minutes_after"] - zones["minutes_before"])
    first = zones[zones["year"] == tables.years[0]]
    columns: dict[str, pd.Series] = {}
    for need in tables.needs:
        before = first[first["need"] == need].set_index("zone_id")
        columns[f"minutes_need{need}_today"] = before["minutes_before"]
        for year in tables.years:
            now = zones[(zones["need"] == need) & (zones["year"] == year)].set_index("zone_id")
            columns[f"minutes_need{need}_{year}"] = now["minutes_after"]
            columns[f"added_minutes_need{need}_{year}"] = now["added"].round(2)
    if "visits_after" in zones:
        columns["visits_today"] = first.groupby("zone_id")["visits_before"].sum().round(3)
        for year in tables.years:
            visits = zones[zones["year"] == year].groupby("zone_id")["visits_after"].sum()
            columns[f"visits_{year}"] = visits.round(3)
    return pd.DataFrame(columns).rename_axis("zone_id").reset_index()


def _minutes_of_municipalities(tables: RunTables, codes: Sequence[str]) -> pd.DataFrame:
    """The same for municipalities: the mean of their people."""
    rows = []
    for found in minutes_by_municipality(tables, codes):
        row: dict[str, float | None] = {}
        for at, need in enumerate(tables.needs):
            before = found["before"][at] if found else None
            row[f"minutes_need{need}_today"] = before
            for year, after in zip(tables.years, found["after"] if found else (), strict=False):
                row[f"minutes_need{need}_{year}"] = after[at]
                known = after[at] is not None and before is not None
                added = round(after[at] - before, 1) if known else None
                row[f"added_minutes_need{need}_{year}"] = added
        rows.append(row)
    return pd.DataFrame(rows).astype(float)


def _minute_aliases(run: Run) -> dict[str, str]:
    names = {}
    heading = run.titles.heading
    for need in run.tables.needs:
        for ending, when in run.moments:
            words = {"need": need, "when": when}
            names[f"minutes_need{need}_{ending}"] = heading("minutes_need", **words)
            names[f"added_minutes_need{need}_{ending}"] = heading("added_minutes_need", **words)
    return names


def _needs_side_by_side(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """A row for each region: its points, then the measures of every need."""
    keys = ["division", "region_code"]
    endings = [ending for ending, _ in run.moments]
    head = ["region", "population", "required", *(f"service_points_{end}" for end in endings)]
    wide = table.drop_duplicates(keys).set_index(keys)[head]
    for need in run.tables.needs:
        rows = table[table["need"] == need].set_index(keys)
        for measure in MEASURES:
            for ending in endings:
                wide[f"{measure}_need{need}_{ending}"] = rows[f"{measure}_{ending}"]
        wide[f"added_minutes_need{need}_{endings[-1]}"] = rows["added_minutes"].round(2)
    return wide.reset_index()


def _region_aliases(run: Run) -> dict[str, str]:
    last = run.tables.years[-1]
    names = {
        key: run.titles.heading(key) for key in ("division", "region_code", "region", "population")
    }
    names["required"] = run.titles.heading("required", when=last)
    for ending, when in run.moments:
        names[f"service_points_{ending}"] = run.titles.heading("service_points", when=when)
        for need in run.tables.needs:
            for measure in MEASURES:
                words = run.titles.heading(measure, when=when)
                names[f"{measure}_need{need}_{ending}"] = _at_need(run, words, need)
    for need in run.tables.needs:
        added = run.titles.heading("added_minutes_need", need=need, when=last)
        names[f"added_minutes_need{need}_{last}"] = added
    return names


def _at_need(run: Run, words: str, need: int) -> str:
    return run.titles.strings.text("geopackage.at_need", words=words, need=need)


def _multi(shapes: gpd.GeoSeries) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Every shape as a multipolygon, so that a layer has one kind."""
    polygons = [
        [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        for shape in shapely.make_valid(shapes.to_numpy())
    ]
    out = np.empty(len(polygons), dtype=object)
    out[:] = [shapely.MultiPolygon(parts) for parts in polygons]
    return out
