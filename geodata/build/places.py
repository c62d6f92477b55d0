"""The localities of each municipality: places of GeoNames, corrected and without doubles."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.boundaries import SWEREF99_TM, WGS84, municipality_shapes
from geodata.build.sources import read_source

# A built-up area of p inhabitants is taken for a circle: Göteborg's 600,000 live on 215 km2,
# a radius of 8.3 km. Smaller places with their centre inside it are parts of it.
BUILT_UP_KM_PER_ROOT_INHABITANT = 0.0107
SMALLEST_BUILT_UP_KM = 1.0
DISTRICT_OF_OFFICE_KM = 4.0
SEAT_WITHIN_KM = 3.0


def localities(municipalities: pd.DataFrame, offices: pd.DataFrame) -> gpd.GeoDataFrame:
    """Separate localities: municipality_code, name, population (GeoNames), is_seat, point (3006).

    A place joins the municipality it lies in, or the nearest one, since the outlines are coarse.
    """
    places = _corrected(_joined())
    places = _without_parts(places, _office_points(offices))
    return _named_as_seat(places, municipalities)


def _joined() -> gpd.GeoDataFrame:
    places = read_source("geonames_places")
    points = gpd.points_from_xy(places["longitude"].astype(float), places["latitude"].astype(float))
    places = gpd.GeoDataFrame(places, geometry=points, crs=WGS84).to_crs(SWEREF99_TM)
    places["population"] = places["population"].astype(int)
    outlines = municipality_shapes().to_crs(SWEREF99_TM)[["municipality_code", "geometry"]]
    joined = places.sjoin_nearest(outlines).sort_values(["geonameid", "municipality_code"])
    return joined.drop_duplicates("geonameid").drop(columns="index_right")


def _corrected(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Apply the authored corrections: namesakes, coarse boundaries, parts of a built-up area."""
    corrections = read_source("place_corrections").set_index("geonameid")
    action = places["geonameid"].map(corrections["action"])
    moved = places["geonameid"].map(corrections["municipality_code"])
    places["municipality_code"] = places["municipality_code"].where(action != "move", moved)
    kept = places[~action.isin(["drop", "section"])]
    by_size = kept.sort_values(["municipality_code", "population"], ascending=[True, False])
    return by_size.drop_duplicates(["municipality_code", "name"])


def _office_points(offices: pd.DataFrame) -> gpd.GeoDataFrame:
    """Points of the offices that share their municipality with another office."""
    shared = offices[offices["municipality_code"].duplicated(keep=False)]
    points = gpd.points_from_xy(shared["longitude"].astype(float), shared["latitude"].astype(float))
    return gpd.GeoDataFrame(shared, geometry=points, crs=WGS84).to_crs(SWEREF99_TM)


def _without_parts(places: gpd.GeoDataFrame, offices: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places outside every bigger place of their municipality and outside its office districts."""
    kept = []
    for code, group in places.groupby("municipality_code", sort=True):
        districts = offices[offices["municipality_code"] == code].geometry
        kept.append(_separate(group, districts))
    return gpd.GeoDataFrame(pd.concat(kept), crs=places.crs)


def _separate(group: gpd.GeoDataFrame, districts: gpd.GeoSeries) -> gpd.GeoDataFrame:
    group = group.sort_values(["population", "name"], ascending=[False, True])
    points = group.geometry.to_list()
    sizes = group["population"].to_numpy()
    radius_km = np.maximum(SMALLEST_BUILT_UP_KM, BUILT_UP_KM_PER_ROOT_INHABITANT * np.sqrt(sizes))
    chosen: list[int] = []
    for at, point in enumerate(points):
        inside = any(point.distance(points[other]) < 1000 * radius_km[other] for other in chosen)
        near = districts.distance(point).min() < 1000 * DISTRICT_OF_OFFICE_KM
        if not inside and not (near and chosen):
            chosen.append(at)
    return group.iloc[chosen]


def _named_as_seat(places: gpd.GeoDataFrame, municipalities: pd.DataFrame) -> gpd.GeoDataFrame:
    """Mark the locality of the seat and give it the seat's name; add the seat where it lacks."""
    places["is_seat"] = False
    extra = []
    points = gpd.points_from_xy(
        municipalities["seat_longitude"].astype(float),
        municipalities["seat_latitude"].astype(float),
        crs=WGS84,
    ).to_crs(SWEREF99_TM)
    for row, point in zip(municipalities.itertuples(), points, strict=True):
        own = places[
            (places["municipality_code"] == row.municipality_code) & (places["population"] > 0)
        ]
        distance = own.distance(point)
        if len(own) and distance.min() < 1000 * SEAT_WITHIN_KM:
            places.loc[distance.idxmin(), ["is_seat", "name"]] = [True, row.seat]
        else:
            extra.append((row.municipality_code, row.seat, 0, True, point))
    columns = ["municipality_code", "name", "population", "is_seat", "geometry"]
    added = gpd.GeoDataFrame(pd.DataFrame(extra, columns=columns), crs=places.crs)
    places = places[places["population"] > 0]
    return gpd.GeoDataFrame(pd.concat([places[columns], added], ignore_index=True), crs=places.crs)
