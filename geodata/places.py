"""Where rows lie: metres turned to degrees, and points that are not where they say."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.blank import is_blank
from geodata.boundaries import SWEREF99_TM, municipality_shapes
from geodata.files import Raw
from geodata.layers import SHAPES
from geodata.numerals import with_points
from geodata.problems import MOST_SHOWN, Problem, number_of
from geodata.projection import to_degrees, to_metres
from geodata.schema import LATITUDES, LONGITUDES

METRES = ("sweref_e", "sweref_n")
DEGREES = ("longitude", "latitude")
EASTINGS = (200_000.0, 1_000_000.0)
NORTHINGS = (6_000_000.0, 7_800_000.0)
_NUMBERS = ("floating", "integer", "mixed-integer-float")  #: cells that a workbook has as numbers
SAME_M = 1_000.0  #: degrees and metres that are so near each other tell the same place
SLACK_M = 10_000.0  #: the outlines lack islands: so near a municipality counts as inside it


def in_degrees(raw: Raw) -> tuple[Raw, NDArray[np.bool_], list[Problem]]:
    """The table with longitude and latitude made of its columns in SWEREF 99 TM, if it has those.

    Rows whose metres are blank keep what they have in degrees, and the shapes of a layer say
    where they are. Also gives the rows whose metres can not be used, and problems that tell of
    them.
    """
    columns = set(raw.table.columns)
    wrong = np.zeros(len(raw.table), dtype=bool)
    if not columns & set(METRES) or raw.file.lower().endswith(SHAPES):
        return raw, wrong, []
    for lacking in set(METRES) - columns:
        raw = replace(raw, table=raw.table.assign(**{lacking: ""}))
    east, north = (numbers_of(raw, name) for name in METRES)
    there = _within(east, EASTINGS) & _within(north, NORTHINGS)
    given = [~np.array([is_blank(cell) for cell in raw.table[name]], bool) for name in METRES]
    wrong = (given[0] | given[1]) & ~there
    apart = _apart(raw, east, north, there)
    problems = [*_unusable(raw, east, north, wrong), *_two_places(raw, apart)]
    points = to_degrees(east[there], north[there])
    table = raw.table.copy()
    numbers = dict(raw.columns)
    pairs = (("longitude", METRES[0], points[:, 0]), ("latitude", METRES[1], points[:, 1]))
    for name, metres, degrees in pairs:
        own = table[name].astype(object).to_numpy(copy=True) if name in table else None
        values = np.full(len(table), "", dtype=object) if own is None else own
        values[there] = degrees.round(6)
        table[name] = values
        numbers.setdefault(name, numbers.get(metres, 0))
    return replace(raw, table=table, columns=numbers), wrong, problems


def _unusable(
    raw: Raw, east: NDArray[np.float64], north: NDArray[np.float64], wrong: NDArray[np.bool_]
) -> Iterator[Problem]:
    """Metres that are swapped, and others that are not two numbers of Sweden."""
    swapped = wrong & _within(east, NORTHINGS) & _within(north, EASTINGS)
    accepted = "sweref_e 200000-1000000, sweref_n 6000000-7800000"
    yield from _named(raw, swapped, "the two swapped", accepted, _swap(swapped), METRES)
    advice = "Correct both, or leave both empty and give degrees."
    rest = wrong & ~swapped
    yield from _named(raw, rest, "no metres of Sweden", accepted, advice, METRES)


def _apart(
    raw: Raw, east: NDArray[np.float64], north: NDArray[np.float64], there: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How far the degrees of each row are from its metres, m; 0 where it has not both."""
    found = np.zeros(len(raw.table))
    if not set(DEGREES) <= set(raw.table.columns):
        return found
    x, y = (numbers_of(raw, name) for name in DEGREES)
    both = there & _within(x, LONGITUDES) & _within(y, LATITUDES)
    found[both] = np.hypot(*(to_metres(x[both], y[both]) - np.column_stack([east, north])[both]).T)
    return found


def _two_places(raw: Raw, apart: NDArray[np.float64]) -> Iterator[Problem]:
    """Rows whose degrees and metres are two places."""
    two = apart > SAME_M
    if two.any():
        what = f"two places up to {apart.max() / 1000.0:,.1f} km apart"
        accepted = f"degrees and metres of one place, within {SAME_M:,.0f} m"
        advice = "Correct the wrong pair, or leave it empty."
        yield from _named(raw, two, what, accepted, advice, METRES)


def mistaken(raw: Raw) -> NDArray[np.bool_] | None:
    """Which rows have the coordinates swapped or in metres; None without coordinates."""
    if not set(DEGREES) <= set(raw.table.columns):
        return None
    x, y = (numbers_of(raw, name) for name in DEGREES)
    return np.asarray(_swapped(x, y) | _in_metres(x, y))


def _swapped(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(_within(x, LATITUDES) & _within(y, LONGITUDES))


def _swap(swapped: NDArray[np.bool_]) -> str:
    """What to do about the coordinates of these rows."""
    if swapped.all():
        return "Swap the columns."
    return f"Swap the two values in {'that row' if swapped.sum() == 1 else 'those rows'}."


def _in_metres(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    there = _within(x, EASTINGS) & _within(y, NORTHINGS)
    return np.asarray(there | (_within(y, EASTINGS) & _within(x, NORTHINGS)))


def misplaced(raw: Raw, table: pd.DataFrame) -> Iterator[Problem]:
    """Coordinates swapped, in metres, or outside the municipality that the row names."""
    if not {"longitude", "latitude"} <= set(raw.table.columns) & set(table.columns):
        return
    x, y = table["longitude"].to_numpy(np.float64), table["latitude"].to_numpy(np.float64)
    swapped, accepted = _swapped(x, y), "longitude 10.5-24.5, latitude 55-69.5"
    yield from _named(raw, swapped, "the two swapped", accepted, _swap(swapped))
    yield from _named(
        raw,
        _in_metres(x, y),
        "metres (SWEREF 99 TM)",
        "degrees (WGS 84)",
        "Name the columns sweref_e and sweref_n: they are then converted.",
    )
    yield from _outside(raw, table, x, y)


def municipality_at(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """The code of the municipality at each point in degrees, and whether it lies inside.

    Outside every outline it is the nearest within 10 km, or ''. A point on a border belongs to the
    municipality with the lower code.
    """
    found = np.full(len(x), "", dtype=object)
    outlines = _outlines()
    codes = outlines["municipality_code"].to_numpy()
    sound = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    points = shapely.points(to_metres(x[sound], y[sound]))
    tree = shapely.STRtree(outlines.geometry.to_numpy())
    at, area = tree.query(points, predicate="intersects")
    order = np.lexsort((area, at))[::-1]
    found[sound[at[order]]] = codes[area[order]]
    inside = found != ""
    alone = np.flatnonzero(~inside[sound])
    if alone.size:
        near, area = tree.query_nearest(
            points[alone], max_distance=SLACK_M, return_distance=False, all_matches=False
        )
        found[sound[alone[near]]] = codes[area]
    return found, np.asarray(inside)


def _outside(
    raw: Raw, table: pd.DataFrame, x: NDArray[np.float64], y: NDArray[np.float64]
) -> Iterator[Problem]:
    if not raw.file or "municipality_code" not in raw.table.columns:
        return  # a table at hand was checked when it came from its file
    shapes = _outlines().set_index("municipality_code")
    codes = shapes.index.get_indexer(pd.Index(table["municipality_code"]))
    sound = (codes >= 0) & _within(x, LONGITUDES) & _within(y, LATITUDES)
    rows = np.flatnonzero(sound)
    if not rows.size:
        return
    metres = to_metres(x[rows], y[rows])
    outlines = shapes.geometry.to_numpy()
    own = outlines[codes[rows]]
    doubtful = np.flatnonzero(~shapely.contains_xy(own, metres[:, 0], metres[:, 1]))
    points = shapely.points(metres[doubtful])
    far = doubtful[shapely.distance(own[doubtful], points) > SLACK_M]
    at = rows[far]
    there, _ = municipality_at(x[at[:MOST_SHOWN]], y[at[:MOST_SHOWN]])
    names = shapes["municipality"]
    for row, code in zip(at, there, strict=False):
        own_code = table["municipality_code"].iloc[row]
        where = f"{raw.name} row {raw.rows[row]}, columns longitude and latitude"
        lies = f"in {code} {names[code]}" if code else "in no municipality"
        found = f"a point {lies}"
        accepted = f"a point in {own_code} {names[own_code]}, within 10 km of its outline"
        place = raw.place([raw.rows[row]], "longitude")
        yield Problem(where, found, accepted, "Correct the point or the code.", place)
    more = raw.rows[at[MOST_SHOWN:]]
    if len(more):
        found = f"{number_of(len(more), 'more row')} like these"
        accepted = "a point in the municipality of its row"
        where = f"{raw.name}, columns longitude and latitude"
        place = raw.place(more.tolist(), "longitude")
        yield Problem(where, found, accepted, "Correct the point or the code.", place)


def _named(
    raw: Raw,
    wrong: NDArray[np.bool_],
    what: str,
    accepted: str,
    advice: str,
    pair: tuple[str, str] = DEGREES,
) -> Iterator[Problem]:
    rows = raw.rows[wrong]
    if len(rows):
        shown = ", ".join(str(row) for row in rows[:MOST_SHOWN])
        more = f" and {len(rows) - MOST_SHOWN} more" if len(rows) > MOST_SHOWN else ""
        where = f"{raw.name}, columns {pair[0]} and {pair[1]}"
        found = f"{what} in {number_of(len(rows), 'row')}: {shown}{more}"
        yield Problem(where, found, accepted, advice, raw.place(rows.tolist(), pair[0]))


def _within(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def numbers_of(raw: Raw, name: str) -> NDArray[np.float64]:
    """A column as numbers, NaN where a cell is none."""
    if pd.api.types.infer_dtype(raw.table[name], skipna=True) in _NUMBERS:  # nothing to interpret
        return pd.to_numeric(raw.table[name], errors="coerce").to_numpy(dtype=np.float64)
    texts = raw.table[name].astype(str).str.strip()
    below = 90.0 if name in DEGREES else None
    texts = with_points(texts, decimal_comma=raw.decimal_comma, below=below)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)


@cache
def _outlines() -> gpd.GeoDataFrame:
    """In metres, and prepared for many points; not to be changed."""
    outlines = municipality_shapes().to_crs(SWEREF99_TM)
    shapely.prepare(outlines.geometry.to_numpy())
    return outlines
