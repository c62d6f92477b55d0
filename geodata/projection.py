"""Degrees (WGS 84) to metres (SWEREF 99 TM) and back."""

import geopandas as gpd
import numpy as np

from geodata.arrays import Floats
from geodata.boundaries import SWEREF99_TM, WGS84


def to_metres(longitude: object, latitude: object) -> Floats:
    """Points [n, 2] east and north in metres, SWEREF 99 TM."""
    return _points(longitude, latitude, WGS84, SWEREF99_TM)


def to_degrees(east: object, north: object) -> Floats:
    """Points [n, 2] of longitude and latitude in degrees, WGS 84."""
    return _points(east, north, SWEREF99_TM, WGS84)


def _points(x: object, y: object, from_crs: int, to_crs: int) -> Floats:
    points = gpd.GeoSeries.from_xy(x, y, crs=from_crs).to_crs(to_crs)
    return np.column_stack([points.x, points.y])
