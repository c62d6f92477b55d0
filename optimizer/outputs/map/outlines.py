"""Outlines of the municipalities as paths of an svg, on a grid of 100 m in SWEREF 99 TM."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata import boundaries

GRID_METRES = 100
TOLERANCE_METRES = 300
MARGIN_UNITS = 150

Point = tuple[int, int]
Edge = tuple[Point, Point]


@dataclass(frozen=True)
class Outline:
    """A municipality on the map: its name, its path and the region of the built-in division."""

    municipality_code: str
    municipality: str
    fa15_code: str
    path: str


@dataclass(frozen=True)
class Frame:
    """Where the map's corner lies in the projection; y grows to the south on the map."""

    west_metres: float
    north_metres: float
    width: int
    height: int

    def place(self, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        """Points (x, y) in metres as whole units of the map."""
        corner = np.array([self.west_metres, self.north_metres])
        units = (metres - corner) * np.array([1.0, -1.0]) / GRID_METRES
        return np.rint(units).astype(np.int64)


@cache
def frame() -> Frame:
    """The frame that holds the whole country with a margin."""
    west, south, east, north = _projected().total_bounds
    margin = MARGIN_UNITS * GRID_METRES
    width, height = (east - west + 2 * margin), (north - south + 2 * margin)
    return Frame(
        float(west - margin),
        float(north + margin),
        round(width / GRID_METRES),
        round(height / GRID_METRES),
    )


@cache
def outlines() -> tuple[Outline, ...]:
    """The municipalities by code; neighbours share every point of their common border."""
    table = _projected()
    rows = zip(
        table["municipality_code"],
        table["municipality"],
        table["fa15_code"],
        _rings_of_all(),
        strict=True,
    )
    return tuple(
        Outline(str(code), str(name), str(fa), "".join(_closed(ring) for ring in rings))
        for code, name, fa, rings in rows
    )


def borders(region_of: Mapping[str, str]) -> str:
    """The path of all borders between municipalities of different regions, coasts left out."""
    owners: dict[Edge, set[str]] = defaultdict(set)
    for outline, rings in zip(outlines(), _rings_of_all(), strict=True):
        region = region_of.get(outline.municipality_code, "")
        for ring in rings:
            for edge in _edges(ring):
                owners[edge].add(region)
    between = sorted(edge for edge, regions in owners.items() if len(regions) > 1)
    if not between:
        return ""
    merged = shapely.line_merge(shapely.MultiLineString(between))
    lines = [shapely.get_coordinates(line).astype(int) for line in shapely.get_parts(merged)]
    return "".join(sorted(_open(line.tolist()) for line in lines))


def places(longitude: Iterable[float], latitude: Iterable[float]) -> list[Point | None]:
    """Points of the map for coordinates in EPSG:4326; None where there is no coordinate."""
    points = gpd.GeoSeries(gpd.points_from_xy(longitude, latitude), crs=boundaries.WGS84)
    metres = shapely.get_coordinates(points.to_crs(boundaries.SWEREF99_TM).to_numpy())
    known = np.isfinite(metres).all(axis=1)
    units = frame().place(np.where(known[:, None], metres, 0.0))
    return [
        (int(x), int(y)) if there else None for (x, y), there in zip(units, known, strict=True)
    ]


@cache
def _projected() -> gpd.GeoDataFrame:
    table = boundaries.municipalities().to_crs(boundaries.SWEREF99_TM)
    shapes = shapely.make_valid(table.geometry.to_numpy())
    return table.set_geometry(
        gpd.GeoSeries(shapely.coverage_simplify(shapes, TOLERANCE_METRES), crs=table.crs)
    )


@cache
def _rings_of_all() -> tuple[tuple[tuple[Point, ...], ...], ...]:
    return tuple(tuple(_rings(shape)) for shape in _projected().geometry)


def _rings(shape: shapely.Geometry) -> Iterator[tuple[Point, ...]]:
    for polygon in shapely.get_parts(shape):
        for line in (polygon.exterior, *polygon.interiors):
            points = frame().place(shapely.get_coordinates(line))
            moved = np.any(np.diff(points, axis=0) != 0, axis=1)
            kept = points[:-1][moved]
            if len(kept) >= 3:
                yield tuple((int(x), int(y)) for x, y in kept)


def _edges(ring: tuple[Point, ...]) -> Iterator[Edge]:
    for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
        yield (start, end) if start < end else (end, start)


def _closed(ring: Iterable[Point]) -> str:
    return f"{_open(list(ring))}z"


def _open(points: list[Point]) -> str:
    (x, y), *rest = points
    steps = []
    for next_x, next_y in rest:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}"
