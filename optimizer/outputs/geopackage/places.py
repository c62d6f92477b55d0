"""Where the rows of a table lie."""

import geopandas as gpd
import pandas as pd

from geodata.boundaries import WGS84
from optimizer.outputs.geopackage.layer import CRS


def has_places(table: pd.DataFrame) -> bool:
    """Whether the table has columns for places."""
    return {"longitude", "latitude"} <= set(table.columns)


def points(table: pd.DataFrame) -> gpd.GeoSeries:
    """The places of a table with longitude and latitude; nothing where either is missing."""
    coordinates = [pd.to_numeric(table[name]) for name in ("longitude", "latitude")]
    known = coordinates[0].notna() & coordinates[1].notna()
    places = gpd.GeoSeries.from_xy(*coordinates, crs=WGS84, index=table.index).to_crs(CRS)
    return places.where(known, None)
