"""The built-in estimate of road distance and travel time between zones and sites."""

import numpy as np
import pandas as pd

from geodata.arrays import Floats
from geodata.travel import land
from geodata.travel.driving import Ends, drive, ends_of
from geodata.travel.ferries import Ports, ports, sail
from geodata.travel.settings import EstimateSettings
from geodata.travel.table import TravelTable

ZONES_AT_ONCE = 8192
TUNED = EstimateSettings()


def estimate(
    zones: pd.DataFrame, sites: pd.DataFrame, settings: EstimateSettings = TUNED
) -> TravelTable:
    """Travel from every zone to every site, the same in both directions.

    zones: zone_id, longitude, latitude, municipality_code; sites: the same with office_id. A pair
    depends on nothing but its two ends and the settings.
    """
    starts, goals = ends_of(zones, settings), ends_of(sites, settings)
    known = ports(settings)
    minutes = np.empty((len(zones), len(sites)))
    km = np.empty_like(minutes)
    for first in range(0, len(zones), ZONES_AT_ONCE):
        rows = slice(first, first + ZONES_AT_ONCE)
        minutes[rows], km[rows] = _travel(starts.part(rows), goals, known, settings)
    minutes += settings.access_minutes
    minutes *= settings.time_factor
    return TravelTable(
        tuple(zones["zone_id"]),
        tuple(sites["office_id"]),
        np.round(minutes, 2, out=minutes),
        np.round(km, 2, out=km),
    )


def between(sites: pd.DataFrame, settings: EstimateSettings = TUNED) -> TravelTable:
    """Travel from every site to every site."""
    as_zones = sites.drop(columns="zone_id", errors="ignore").rename(
        columns={"office_id": "zone_id"}
    )
    return estimate(as_zones, sites, settings)


def _travel(
    starts: Ends, goals: Ends, known: Ports, settings: EstimateSettings
) -> tuple[Floats, Floats]:
    """Minutes without access, and road km; by ferry where no road leads."""
    minutes, km = drive(starts, goals, settings)
    parts = land.graph().part
    start_part, goal_part = parts[starts.nodes], parts[goals.nodes]
    for a in np.unique(start_part):
        for b in np.unique(goal_part[goal_part != a]):
            rows, columns = np.flatnonzero(start_part == a), np.flatnonzero(goal_part == b)
            minutes[np.ix_(rows, columns)], km[np.ix_(rows, columns)] = sail(
                starts.part(rows), goals.part(columns), (int(a), int(b)), known, settings
            )
    return minutes, km
