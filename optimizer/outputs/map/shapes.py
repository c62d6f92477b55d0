"""The outlines of the map as SVG paths in whole units of 100 metres, north up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata import boundaries

UNIT_METRES = 100
TOLERANCE_METRES = 250


NEAR_SHARE = 0.5  # of the country's width and height, below which a network is drawn by itself


INSET_UNITS = 560  # an inset is 56 km across


class Box(NamedTuple):
    """A part of the map, in map units from its western and northern edge."""

    x: float
    y: float
    width: float
    height: float


def insets_help(part: Box | None) -> bool:
    """Whether an inset shows a city nearer than a map of the part, or of the whole country."""
    return part is None or max(part.width, part.height) > 4 * INSET_UNITS


@dataclass(frozen=True)
class Frame:
    """Where the country lies: the projected corner that is the map's origin, and its size."""

    west_metres: float
    north_metres: float
    width: int
    height: int

    def place(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> NDArray[np.float64]:
        """Points on the map [points, (x, y)]; NaN where a coordinate is missing."""
        points = gpd.GeoSeries.from_xy(longitudes, latitudes, crs=boundaries.WGS84)
        projected = points.to_crs(boundaries.SWEREF99_TM)
        return self.units(np.column_stack([projected.x, projected.y]))

    def units(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Projected metres as map units, y downwards."""
        east = (metres[:, 0] - self.west_metres) / UNIT_METRES
        south = (self.north_metres - metres[:, 1]) / UNIT_METRES
        return np.round(np.column_stack([east, south])).astype(np.float64)


@dataclass(frozen=True)
class Shapes:
    """The municipalities in order of their codes, and the frame they are drawn in."""

    frame: Frame
    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]

    def paths(self) -> list[str]:
        """One SVG path per municipality."""
        return [_path(polygon) for polygon in self.polygons]

    def outlines(self, region_of: Mapping[str, str]) -> str:
        """The borders of regions as one path, dissolved from their municipalities."""
        return "".join(_path(shape) for shape in self.merged(region_of).values())

    def merged(self, region_of: Mapping[str, str]) -> dict[str, Any]:
        """The shape of each region, dissolved from its municipalities."""
        regions = np.array([region_of.get(code, "") for code in self.codes])
        return {
            str(one): shapely.union_all(self.polygons[regions == one], grid_size=1)
            for one in sorted(set(regions) - {""})
        }

    def part_around(self, codes: Collection[str]) -> Box | None:
        """The part of the map that holds municipalities; None unless it is far smaller than all."""
        inside = np.isin(self.codes, list(codes))
        if not inside.any():
            return None
        west, north, east, south = (
            float(one) for one in shapely.total_bounds(self.polygons[inside])
        )
        box = Box(west, north, east - west, south - north)
        share = max(box.width / self.frame.width, box.height / self.frame.height)
        return box if share < NEAR_SHARE else None

    def centre(self, code: str) -> tuple[float, float]:
        """A point inside a municipality."""
        point = shapely.point_on_surface(self.polygons[self.codes.index(code)])
        return float(point.x), float(point.y)


def national_shapes() -> Shapes:
    """The municipalities of the country, projected and simplified with shared borders kept."""
    table = boundaries.municipalities().to_crs(boundaries.SWEREF99_TM)
    simple = shapely.coverage_simplify(table.geometry.to_numpy(), TOLERANCE_METRES)
    west, south, east, north = shapely.total_bounds(simple)
    width = round((east - west) / UNIT_METRES)
    height = round((north - south) / UNIT_METRES)
    frame = Frame(float(west), float(north), width, height)
    polygons = shapely.make_valid(shapely.transform(simple, frame.units))
    codes, names = table["municipality_code"], table["municipality"]
    return Shapes(frame, tuple(map(str, codes)), tuple(map(str, names)), polygons)


def _path(shape: object) -> str:
    """A polygon or several as one path of relative moves."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return "".join(_ring(ring) for part in parts for ring in shapely.get_rings(part))


def _ring(ring: object) -> str:
    points = shapely.get_coordinates(ring).astype(int)[:-1]
    steps = np.diff(points, axis=0)
    moves = " ".join(f"{x} {y}" for x, y in steps if x or y)
    return f"M{points[0][0]} {points[0][1]}l{moves}z".replace(" -", "-")
