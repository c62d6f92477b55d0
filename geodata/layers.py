"""A layer of a map file (gpkg#layer, geojson) as a table of points, with its areas if any."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from geodata.boundaries import SWEREF99_TM, WGS84
from geodata.letters import composed
from geodata.problems import InputError, Problem, number_of, refused

SHAPES = (".gpkg", ".geojson")
AREAS = {"Polygon", "MultiPolygon"}
MOST_SHAPES = 1_000_000

Shapes = NDArray[np.object_]


def layer_of(file: Path, layer: str) -> tuple[str, pd.DataFrame, Shapes | None]:
    """The layer's name, its table with longitude and latitude, and its areas in SWEREF 99 TM.

    An area gets a point inside it, found in metres. Raises InputError for a layer that is not
    there or not named among several, without a coordinate system, or of other shapes.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what cannot be read, which is refused below
        name = _chosen(file, layer)
        _refuse_many(file, name)
        table = pyogrio.read_dataframe(file, layer=name)
    if not isinstance(table, gpd.GeoDataFrame):
        raise refused(file.name, "a table without shapes", "a layer of points or of areas")
    if table.crs is None:
        raise refused(file.name, "no coordinate system", "a layer with its CRS", "Set it.")
    shapes = table.geometry
    lacking = shapes.isna() | shapes.is_empty
    if lacking.any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(lacking)[:20])
        found = f"{number_of(int(lacking.sum()), 'row')} without a shape: {rows}"
        raise refused(file.name, found, "a shape in every row", "Draw it, or remove the row.")
    areas: Shapes | None = None
    kinds = set(shapes.geom_type)
    if kinds <= AREAS:
        metres = shapes.to_crs(SWEREF99_TM)
        areas = shapely.make_valid(metres.to_numpy())
        shapes = gpd.GeoSeries(shapely.point_on_surface(areas), crs=SWEREF99_TM)
    elif kinds != {"Point"}:
        accepted = "a layer of points or a layer of areas"
        raise refused(
            file.name, f"shapes of kind {', '.join(sorted(kinds))}", accepted, "Convert them."
        )
    points = shapes.to_crs(WGS84)
    plain = pd.DataFrame(table.drop(columns=table.geometry.name)).reset_index(drop=True)
    at = {"longitude": points.x.to_numpy(), "latitude": points.y.to_numpy()}
    return name, plain.assign(**at), areas


def _chosen(file: Path, layer: str) -> str:
    """The layer that is meant; those without shapes, such as of styles, are left out."""
    layers = [str(name) for name, kind in pyogrio.list_layers(file) if kind is not None]
    found = {composed(name): name for name in layers}
    if layer and composed(layer) in found:
        return found[composed(layer)]
    if not layer and len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise refused(file.name, "no layer of shapes", "a layer of points or of areas")
    names = ", ".join(found)
    advice = f"Name it: {file.name}#{next(iter(found))}."
    what = repr(layer) if layer else f"{len(found)} layers: {names}"
    accepted = f"one of {names}" if layer else "one layer"
    raise InputError(Problem(file.name, what, accepted, advice))


def _refuse_many(file: Path, layer: str) -> None:
    count = int(pyogrio.read_info(file, layer=layer, force_feature_count=True)["features"])
    if count > MOST_SHAPES:
        accepted = f"at most {MOST_SHAPES:,} shapes"
        raise refused(file.name, f"{count:,} shapes", accepted, "Split it.")
