"""The zones of the built-in case: localities, city districts and the countryside in between.

Populations are integers that add up to each municipality's population on 31 December 2023.
"""

from collections.abc import Hashable, Iterator, Mapping
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.boundaries import SWEREF99_TM, WGS84, municipality_shapes
from geodata.build.places import localities
from geodata.build.sources import read_source

# (inhabitants per km2 from, least share outside localities, most). They leave 15 % of the
# country outside places of 500 inhabitants, close to SCB's 12 % outside those of 200: assumed.
RURAL_SHARES = (
    (2000, 0.0, 0.0),
    (1000, 0.0, 0.02),
    (300, 0.03, 0.07),
    (100, 0.06, 0.16),
    (30, 0.11, 0.27),
    (10, 0.15, 0.36),
    (0, 0.13, 0.45),
)
ALL_DISTRICTS = frozenset({"0180"})
COLUMNS = [
    "zone_id",
    "zone",
    "municipality_code",
    "longitude",
    "latitude",
    "population",
    "kind",
    "office_id",
    "origin",
]
Place = tuple[str, float, float, float, str, str, str]


@cache
def build() -> pd.DataFrame:
    """The table localities.csv, derived once; not to be changed by whoever asks for it."""
    municipalities = read_source("municipalities")
    offices = read_source("offices")
    places = localities(municipalities, offices)
    outlines = municipality_shapes().to_crs(SWEREF99_TM).set_index("municipality_code")
    tables = []
    for row in municipalities.to_dict("records"):
        code = row["municipality_code"]
        own = places[places["municipality_code"] == code]
        here = offices[offices["municipality_code"] == code]
        rural = _rural_point(outlines.geometry[code], own)
        zones = list(_zones(row, own, here, rural))
        tables.append(_numbered(code, int(row["population"]), zones))
    return pd.concat(tables, ignore_index=True).sort_values("zone_id")[COLUMNS]


def _zones(
    row: Mapping[Hashable, str],
    own: gpd.GeoDataFrame,
    offices: pd.DataFrame,
    rural: tuple[float, float],
) -> Iterator[Place]:
    """Zones of one municipality with unrounded populations."""
    code, total = row["municipality_code"], int(row["population"])
    several = len(offices) > 1
    if code in ALL_DISTRICTS:
        yield from _districts(offices, total)
        return
    least, most = _rural_range(total / float(row["area_km2"]))
    sizes = settled(own["population"].to_numpy(), own["is_seat"].to_numpy(), total, least, most)
    points = own.geometry.to_crs(WGS84)
    for name, seat, point, size in zip(own["name"], own["is_seat"], points, sizes, strict=True):
        if several and seat:
            yield from _districts(offices, size)
        else:
            place = round(point.x, 5), round(point.y, 5)
            yield name, *place, size, "locality", "", "estimated"
    yield f"{row['municipality']} landsbygd", *rural, total - sizes.sum(), "rural", "", "estimated"


def _districts(offices: pd.DataFrame, population: float) -> Iterator[Place]:
    """The main city in equal shares, one district at each office."""
    for row in offices.to_dict("records"):
        place = float(row["longitude"]), float(row["latitude"])
        share = population / len(offices)
        yield row["office"], *place, share, "district", row["office_id"], "assumed"


def settled(
    counted: NDArray[np.int64],
    is_seat: NDArray[np.bool_],
    total: int,
    least_rural: float,
    most_rural: float,
) -> NDArray[np.float64]:
    """Inhabitants of each locality, so that the rural share stays within its range.

    Too many: the largest place gives way first, since it is the one counted with its suburbs or
    its whole municipality, down to the second largest; then all in proportion. Too few: a seat
    without a count takes what is missing; otherwise all grow in proportion.
    """
    sizes = counted.astype(float)
    ceiling, floor = total * (1 - least_rural), total * (1 - most_rural)
    excess = sizes.sum() - ceiling
    if excess > 0:
        second = np.sort(sizes)[-2] if len(sizes) > 1 else 0.0
        sizes[sizes.argmax()] -= min(excess, sizes.max() - second)
        sizes *= min(1.0, ceiling / sizes.sum())
    if sizes.sum() < floor:
        uncounted = is_seat & (sizes == 0)
        if uncounted.any():
            sizes[uncounted] = floor - sizes.sum()
        else:
            sizes *= floor / sizes.sum()
    return sizes


def _rural_range(inhabitants_per_km2: float) -> tuple[float, float]:
    return next(
        (least, most) for from_, least, most in RURAL_SHARES if inhabitants_per_km2 >= from_
    )


def _rural_point(outline: object, own: gpd.GeoDataFrame) -> tuple[float, float]:
    """Half way between the middle of the area and the middle of its localities, on land.

    People outside localities live around them rather than in the far corners.
    """
    shape = gpd.GeoSeries([outline], crs=SWEREF99_TM)
    middle = shape.centroid.iloc[0]
    x = (middle.x + own.geometry.x.mean()) / 2
    y = (middle.y + own.geometry.y.mean()) / 2
    point = gpd.GeoSeries.from_xy([x], [y], crs=SWEREF99_TM)
    inner = shape.buffer(-500)
    inner = shape if inner.is_empty.iloc[0] else inner
    nearest = inner.shortest_line(point).iloc[0]
    start = gpd.GeoSeries.from_xy([nearest.coords[0][0]], [nearest.coords[0][1]], crs=SWEREF99_TM)
    place = (point if inner.contains(point).iloc[0] else start).to_crs(WGS84).iloc[0]
    return round(place.x, 3), round(place.y, 3)


def _numbered(code: str, total: int, zones: list[Place]) -> pd.DataFrame:
    """Whole inhabitants by largest remainder, and ids by falling population."""
    columns = ["zone", "longitude", "latitude", "population", "kind", "office_id", "origin"]
    table = pd.DataFrame(zones, columns=columns)
    table["population"] = whole(table["population"].to_numpy(), total)
    table = table[table["population"] > 0]
    table = table.sort_values(["population", "zone", "office_id"], ascending=[False, True, True])
    table["municipality_code"] = code
    table["zone_id"] = [f"z{code}-{number:02d}" for number in range(1, len(table) + 1)]
    return table


def whole(values: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Integers in proportion to `values` that add up to `total`, by largest remainder."""
    scaled = values * (total / values.sum())
    floors: NDArray[np.int64] = np.floor(scaled + 1e-9).astype(np.int64)
    order = np.lexsort((np.arange(len(values)), np.round(floors - scaled, 6)))
    floors[order[: total - floors.sum()]] += 1
    return floors
