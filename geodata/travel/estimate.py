"""The built-in estimate of road distance and travel time between zones and sites."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import builtin
from geodata.travel import land
from geodata.travel.table import TravelTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ZONES_AT_ONCE = 8192


@dataclass(frozen=True)
class EstimateSettings:
    """Parameters of the estimate; geodata/build/travel_calibration.py chose the tuned ones."""

    access_minutes: float = 5.0  #: parking and walking, once per trip (assumed)
    detour_factor: float = 1.22  #: road distance by distance over land (tuned)
    band_ends_km: tuple[float, ...] = (10.0, 40.0, 100.0)  #: of road distance (assumed)
    band_speeds_km_h: tuple[float, ...] = (50.0, 70.0, 85.0, 95.0)  #: one more (tuned)
    built_up_km: float = 5.0  #: at each end, slower where settlement is dense (assumed)
    built_up_minutes_per_km: float = 0.8  #: in the densest settlement (tuned)
    sparse_inhabitants_per_km2: float = 50.0  #: no slowing below (assumed)
    dense_inhabitants_per_km2: float = 3000.0  #: full slowing above (assumed)
    open_country_km: float = 15.0  #: shorter lines that stay on land know no detour by water
    time_factor: float = 1.0  #: multiplies every travel time


@dataclass(frozen=True)
class _Ends:
    """Where trips start or end: metres, node of the land graph, slowness 0-1 by density."""

    points: Floats
    nodes: Ints
    slowness: Floats

    def part(self, chosen: slice | Ints) -> "_Ends":
        return _Ends(self.points[chosen], self.nodes[chosen], self.slowness[chosen])


def estimate(
    zones: pd.DataFrame, sites: pd.DataFrame, settings: EstimateSettings | None = None
) -> TravelTable:
    """Travel from every zone to every site, the same in both directions.

    zones: zone_id, longitude, latitude, municipality_code; sites: the same with office_id. A pair
    depends on nothing but its two ends and the settings.
    """
    chosen = settings or EstimateSettings()
    starts, goals = _ends(zones, chosen), _ends(sites, chosen)
    minutes = np.empty((len(zones), len(sites)))
    km = np.empty_like(minutes)
    for first in range(0, len(zones), ZONES_AT_ONCE):
        rows = slice(first, first + ZONES_AT_ONCE)
        minutes[rows], km[rows] = _travel(starts.part(rows), goals, chosen)
    minutes += chosen.access_minutes
    minutes *= chosen.time_factor
    return TravelTable(
        tuple(zones["zone_id"]),
        tuple(sites["office_id"]),
        np.round(minutes, 2, out=minutes),
        np.round(km, 2, out=km),
    )


def between(sites: pd.DataFrame, settings: EstimateSettings | None = None) -> TravelTable:
    """Travel from every site to every site."""
    as_zones = sites.drop(columns="zone_id", errors="ignore").rename(
        columns={"office_id": "zone_id"}
    )
    return estimate(as_zones, sites, settings)


def _ends(table: pd.DataFrame, settings: EstimateSettings) -> _Ends:
    points = land.project(
        table["longitude"].to_numpy(dtype=np.float64), table["latitude"].to_numpy(dtype=np.float64)
    )
    slowness = _slowness(table["municipality_code"], settings)
    return _Ends(points, land.nearest(points), slowness)


def _slowness(municipality_codes: pd.Series, settings: EstimateSettings) -> Floats:
    """0 where settlement is sparse, 1 where it is dense, by the logarithm of density."""
    table = builtin.load("municipalities").set_index("municipality_code")
    density = (table["population"] / table["area_km2"]).reindex(municipality_codes).to_numpy()
    low = np.log(settings.sparse_inhabitants_per_km2)
    high = np.log(settings.dense_inhabitants_per_km2)
    return np.clip((np.log(np.nan_to_num(density, nan=1.0)) - low) / (high - low), 0.0, 1.0)


def _travel(starts: _Ends, goals: _Ends, settings: EstimateSettings) -> tuple[Floats, Floats]:
    """Minutes without access, and road km; by ferry where no road leads."""
    minutes, km = _drive(starts, goals, settings)
    parts = land.graph().part
    start_part, goal_part = parts[starts.nodes], parts[goals.nodes]
    for a in np.unique(start_part):
        for b in np.unique(goal_part[goal_part != a]):
            rows, columns = np.flatnonzero(start_part == a), np.flatnonzero(goal_part == b)
            pair = np.ix_(rows, columns)
            minutes[pair], km[pair] = _sail(
                starts.part(rows), goals.part(columns), (int(a), int(b)), settings
            )
    return minutes, km


def _drive(starts: _Ends, goals: _Ends, settings: EstimateSettings) -> tuple[Floats, Floats]:
    """Minutes and km by road; infinite between parts of the country that no road joins."""
    apart = starts.points[:, None, :] - goals.points[None, :, :]
    straight_km = np.hypot(apart[..., 0], apart[..., 1]) / 1000.0
    around_km = land.around_water_km(starts.nodes, goals.nodes)
    short = (straight_km < settings.open_country_km) & (around_km > 0) & np.isfinite(around_km)
    row, column = np.nonzero(short)
    free = land.on_land(starts.points[row], goals.points[column])
    around_km[row[free], column[free]] = 0.0
    km = settings.detour_factor * (straight_km + around_km)
    slowness = starts.slowness[:, None] + goals.slowness[None, :]
    built_up_km = np.minimum(km / 2, settings.built_up_km)
    minutes = _band_minutes(km, settings)
    minutes += slowness * built_up_km * settings.built_up_minutes_per_km
    return minutes, km


def _band_minutes(km: Floats, settings: EstimateSettings) -> Floats:
    """Each stretch of the road at the speed of its band: long trips use faster roads."""
    ends = (0.0, *settings.band_ends_km, np.inf)
    minutes = np.zeros_like(km)
    for (start, end), speed in zip(pairwise(ends), settings.band_speeds_km_h, strict=True):
        minutes += np.clip(km - start, 0.0, end - start) * (60.0 / speed)
    return minutes


def _sail(
    starts: _Ends, goals: _Ends, parts: tuple[int, int], settings: EstimateSettings
) -> tuple[Floats, Floats]:
    """The fastest way by a port of either part and the ferries between them."""
    ports, hops = _ports()
    port_parts = land.graph().part[ports.nodes]
    best = np.full((len(starts.nodes), len(goals.nodes)), np.inf)
    best_km = np.full_like(best, np.inf)
    out = np.flatnonzero(port_parts == parts[0])
    back = np.flatnonzero(port_parts == parts[1])
    to_port, to_port_km = _drive(starts, ports.part(out), settings)
    from_port, from_port_km = _drive(goals, ports.part(back), settings)
    for p, leaving in enumerate(out):
        for q, arriving in enumerate(back):
            ferry_minutes = hops(settings)[leaving, arriving]
            minutes = to_port[:, p, None] + from_port[None, :, q] + ferry_minutes
            km = to_port_km[:, p, None] + from_port_km[None, :, q]
            faster = minutes < best
            best, best_km = np.where(faster, minutes, best), np.where(faster, km, best_km)
    return best, best_km
