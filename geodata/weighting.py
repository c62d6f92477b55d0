"""Where the people of an area live on average: its point, weighted by the places in it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.arrays import Floats
from geodata.files import Raw
from geodata.layers import Shapes
from geodata.places import numbers_of
from geodata.projection import to_degrees, to_metres

POINT_BY = "point_found_by"  #: people, or inside: a point inside the area, where no place is known


def with_weighted_points(raw: Raw, places: pd.DataFrame) -> Raw:
    """The table of areas (columns by their keys) with points weighted by people, and POINT_BY.

    ``places``: longitude, latitude, population. People of an area who live in none of them count
    at the point inside it. A mean that falls outside its area moves to the nearest point of it.
    """
    if raw.areas is None or raw.table.empty:
        return raw
    inside = to_metres(raw.table["longitude"], raw.table["latitude"])
    at = to_metres(places["longitude"], places["latitude"])
    weights = places["population"].to_numpy(dtype=np.float64)
    people = numbers_of(raw, "population") if "population" in raw.table else np.zeros(len(raw.rows))
    moved, known = _means(raw.areas, np.nan_to_num(people), inside, at, weights)
    degrees = to_degrees(moved[:, 0], moved[:, 1])
    table = raw.table.assign(
        longitude=degrees[:, 0],
        latitude=degrees[:, 1],
        **{POINT_BY: np.where(known, "people", "inside")},
    )
    return replace(raw, table=table)


def _means(
    areas: Shapes, people: Floats, inside: Floats, at: Floats, weights: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """The mean point of each area in metres, and whether any place lies in it."""
    tree = shapely.STRtree(shapely.points(at))
    area, place = tree.query(areas, predicate="intersects")
    count = len(areas)
    living = np.bincount(area, weights=weights[place], minlength=count)
    elsewhere = np.maximum(people - living, 0.0)
    total = living + elsewhere
    known = living > 0
    moved = inside.copy()
    for axis in (0, 1):
        sums = np.bincount(area, weights=weights[place] * at[place, axis], minlength=count)
        mean = (sums + elsewhere * inside[:, axis]) / np.where(known, total, 1.0)
        moved[:, axis] = np.where(known, mean, inside[:, axis])
    outside = np.flatnonzero(known & ~shapely.contains_xy(areas, moved[:, 0], moved[:, 1]))
    for row in outside:
        nearest = shapely.shortest_line(areas[row], shapely.Point(moved[row]))
        moved[row] = shapely.get_coordinates(nearest)[0]
    return moved, np.asarray(known)


def told_of_points(table: pd.DataFrame) -> Iterator[str]:
    """How many areas have a point weighted by people, in a sentence."""
    if POINT_BY in table:
        weighted = int((table[POINT_BY] == "people").sum())
        yield (
            f"The points of {weighted:,} of {len(table):,} areas are weighted by the places known "
            "in them; the others are points inside them."
        )
