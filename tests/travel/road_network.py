"""A road network of our own: six towns, a village at each, straight roads with signed speeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

#: The towns of tests/run/small_case.py: longitude, latitude.
TOWNS = [
    *((15.626, 60.607), (15.436, 60.486), (15.188, 60.149)),
    *((14.537, 61.007), (14.999, 60.730), (15.986, 60.277)),
]
VILLAGES = [(round(x + 0.05, 6), round(y + 0.03, 6)) for x, y in TOWNS]
PLACES = np.array([*TOWNS, *VILLAGES])
#: From, to, km/h. Towns are 0-5, the village of town t is 6 + t.
ROADS = [
    *((0, 1, 80), (1, 2, 80), (1, 4, 90), (4, 3, 70), (1, 5, 80), (0, 5, 65)),
    *((t, 6 + t, 50) for t in range(6)),
]
#: The same without the road that closes a ring: a single way between any two places.
TREE = [road for road in ROADS if road[:2] != (0, 5)]
EARTH_KM = 6371.0088


def km_of(a: int, b: int) -> float:
    """Length of a straight road, by the haversine formula."""
    (x1, y1), (x2, y2) = np.radians(PLACES[a]), np.radians(PLACES[b])
    h = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return float(2 * EARTH_KM * np.arcsin(np.sqrt(h)))


Roads = list[tuple[int, int, int]]


def minutes_by_hand(roads: Roads = ROADS) -> np.ndarray:
    """[12, 12] the quickest way along the roads at their signed speeds."""
    rows, columns, _ = zip(*roads, strict=True)
    times = [km_of(a, b) / speed * 60 for a, b, speed in roads]
    graph = coo_array((times, (rows, columns)), shape=(12, 12)).tocsr()
    return np.asarray(shortest_path(graph, directed=False))


def write_osm(path: Path, *, roads: Roads = ROADS, island: bool = False) -> None:
    """The network as OpenStreetMap data (.osm or .osm.pbf); with a road that joins no other."""
    import osmium
    from osmium.osm import mutable

    points = [*map(tuple, PLACES.tolist()), *(((17.0, 60.0), (17.1, 60.0)) if island else ())]
    all_roads = [*roads, *(((12, 13, 50),) if island else ())]
    writer = osmium.SimpleWriter(str(path))
    for k, place in enumerate(points):
        writer.add_node(mutable.Node(id=k + 1, version=1, location=place))
    for k, (a, b, speed) in enumerate(all_roads):
        tags = {"highway": "primary", "maxspeed": str(speed)}
        writer.add_way(mutable.Way(id=k + 1, version=1, nodes=[a + 1, b + 1], tags=tags))
    writer.close()


def zones() -> pd.DataFrame:
    """All twelve places as zones."""
    return _table("zone_id", "z", PLACES)


def sites() -> pd.DataFrame:
    """The six towns as sites."""
    return _table("office_id", "o", np.array(TOWNS))


def _table(key: str, letter: str, places: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            key: [f"{letter}{k}" for k in range(len(places))],
            "longitude": places[:, 0],
            "latitude": places[:, 1],
            "municipality_code": "2081",
        }
    )
