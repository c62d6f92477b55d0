"""The way around water: a grid over Sweden's land, its bridges and ferries, and paths in it."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geodata import builtin
from geodata.arrays import Floats, Ints
from geodata.boundaries import SWEREF99_TM, municipality_shapes
from geodata.projection import to_metres

STEP_M = 5000
SHORE_M = 1000  # the outlines are that coarse; narrower water than twice this has bridges
PORT_REACH_M = 12_000
NEAREST_TRIED = 8
# Half of the 16 neighbours (king's and knight's moves); the others are the same edges backwards.
MOVES = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))


@dataclass(frozen=True)
class LandGraph:
    """Nodes (metres, SWEREF 99 TM) and the edges between them that stay on land or a bridge.

    The last nodes are ends of crossings. `part` numbers the parts of the country that no road
    joins; `ferries` has columns port_a, port_b (nodes) and minutes. `tree` finds the positions in
    `snapping` of the nodes that trips may start or end at.
    """

    nodes: Ints
    edges: csr_array
    part: Ints
    ferries: pd.DataFrame
    snapping: Ints
    tree: cKDTree


def plain_m(dx: NDArray[np.generic], dy: NDArray[np.generic]) -> Ints:
    """Length of the shortest way over open land when only the 16 directions are allowed.

    In whole metres, so that sums are exact. At most 3 % longer than the straight line.
    """
    a = np.maximum(np.abs(dx), np.abs(dy))
    b = np.minimum(np.abs(dx), np.abs(dy))
    near_axis = a - 2 * b + b * np.sqrt(5.0)
    near_diagonal = (a - b) * np.sqrt(5.0) + (2 * b - a) * np.sqrt(2.0)
    shortest = np.where(2 * b <= a, near_axis, near_diagonal)
    metres: Ints = np.ceil(shortest).astype(np.int64)
    return metres


@cache
def land() -> shapely.Geometry:
    """All municipalities as one shape, widened by SHORE_M, without the authored barriers."""
    outlines = municipality_shapes().to_crs(SWEREF99_TM).geometry
    wide = shapely.union_all(outlines.to_numpy()).buffer(SHORE_M, quad_segs=2)
    shape = shapely.difference(wide, _barriers())
    shapely.prepare(shape)
    return shape


def on_land(start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Whether each straight line from start [n, 2] to end [n, 2] stays on land."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    covered: NDArray[np.bool_] = shapely.covers(land(), lines)
    return covered


@cache
def graph() -> LandGraph:
    """The grid over land with its crossings; built once."""
    grid = _grid()
    table = builtin.load("crossings")
    ends_a = to_metres(table["from_longitude"].to_numpy(), table["from_latitude"].to_numpy())
    ends_b = to_metres(table["to_longitude"].to_numpy(), table["to_latitude"].to_numpy())
    nodes = np.vstack([grid, np.round(ends_a), np.round(ends_b)]).astype(np.int64)
    port_a = len(grid) + np.arange(len(table))
    port_b = port_a + len(table)
    bridge = (table["kind"] == "bridge").to_numpy()
    bridges = np.column_stack([port_a, port_b])[bridge]
    both = np.vstack([_grid_edges(grid), _port_edges(nodes, len(grid)), bridges])
    pairs = np.unique(np.sort(both, axis=1), axis=0)
    lengths = plain_m(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    edges = csr_array(
        (lengths.astype(np.float64), (pairs[:, 0], pairs[:, 1])), shape=(len(nodes), len(nodes))
    )
    part = connected_components(edges, directed=False)[1].astype(np.int64)
    ferries = pd.DataFrame({"port_a": port_a, "port_b": port_b, "minutes": table["minutes"]})
    ferries = ferries[~bridge].reset_index(drop=True)
    snapping = np.flatnonzero(_useful(part, ferries))
    return LandGraph(nodes, edges, part, ferries, snapping, cKDTree(nodes[snapping]))


def nearest(points: Floats) -> Ints:
    """The node of each point: the nearest one that is reached over land, else the nearest."""
    network = graph()
    _, found = network.tree.query(points, k=NEAREST_TRIED)
    candidates = network.snapping[found]
    chosen: Ints = candidates[:, 0].copy()
    waiting: Ints = np.arange(len(points))
    for rank in range(NEAREST_TRIED):
        node = candidates[waiting, rank]
        reached = on_land(points[waiting], network.nodes[node].astype(np.float64))
        chosen[waiting[reached]] = node[reached]
        waiting = waiting[~reached]
    return chosen


def around_water_km(from_nodes: Ints, to_nodes: Ints) -> Floats:
    """How much longer the way over land is than over open country, [from, to]; inf by sea."""
    network = graph()
    unique, position = np.unique(to_nodes, return_inverse=True)
    paths = _paths(tuple(int(node) for node in unique))[position]
    over_land = paths[:, from_nodes].T
    ends, starts = network.nodes[to_nodes], network.nodes[from_nodes]
    plain = plain_m(
        starts[:, None, 0] - ends[None, :, 0],
        starts[:, None, 1] - ends[None, :, 1],
    )
    return np.maximum(over_land - plain, 0.0) / 1000.0


@lru_cache(maxsize=8)
def _paths(nodes: tuple[int, ...]) -> Floats:
    """Metres over land from each of the nodes to every node."""
    found: Floats = dijkstra(graph().edges, directed=False, indices=list(nodes))
    return found


def _barriers() -> shapely.Geometry:
    """Water narrower than twice SHORE_M that no road crosses."""
    shapes = [
        shapely.Polygon(to_metres(lake["longitude"].to_numpy(), lake["latitude"].to_numpy()))
        for _, lake in builtin.load("water_barriers").groupby("barrier", sort=True)
    ]
    return shapely.union_all(shapes)


def _grid() -> Ints:
    west, south, east, north = shapely.bounds(land())
    across = np.arange(west // STEP_M, east // STEP_M + 2) * STEP_M
    up = np.arange(south // STEP_M, north // STEP_M + 2) * STEP_M
    x, y = (axis.ravel() for axis in np.meshgrid(across, up, indexing="ij"))
    inside = shapely.contains_xy(land(), x, y)
    cells: Ints = np.column_stack([x, y])[inside].astype(np.int64)
    return cells


def _grid_edges(grid: Ints) -> Ints:
    cell = grid // STEP_M - grid.min(axis=0) // STEP_M + 2
    number = np.full(cell.max(axis=0) + 3, -1, dtype=np.int64)
    number[cell[:, 0], cell[:, 1]] = np.arange(len(grid))
    pairs = []
    for right, up in MOVES:
        other = number[cell[:, 0] + right, cell[:, 1] + up]
        pairs.append(np.column_stack([np.arange(len(grid)), other])[other >= 0])
    found = np.vstack(pairs)
    return found[on_land(grid[found[:, 0]].astype(float), grid[found[:, 1]].astype(float))]


def _port_edges(nodes: Ints, first_port: int) -> Ints:
    ports = np.arange(first_port, len(nodes))
    tree = cKDTree(nodes)
    near = tree.query_ball_point(nodes[ports], PORT_REACH_M)
    pairs = np.array(
        [(port, other) for port, some in zip(ports, near, strict=True) for other in sorted(some)]
    )
    pairs = pairs[(pairs[:, 1] < first_port) | (pairs[:, 1] > pairs[:, 0])]
    return pairs[on_land(nodes[pairs[:, 0]].astype(float), nodes[pairs[:, 1]].astype(float))]


def _useful(part: Ints, ferries: pd.DataFrame) -> NDArray[np.bool_]:
    """Nodes of the mainland and of the islands that a ferry serves."""
    mainland = np.bincount(part).argmax()
    served = part[ferries[["port_a", "port_b"]].to_numpy().ravel()]
    return np.isin(part, [mainland, *served])
