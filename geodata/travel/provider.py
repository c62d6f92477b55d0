"""The one way to ask for travel: a provider by its name, pairs without a way settled."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.arrays import Bools
from geodata.travel import matrix
from geodata.travel.checks import no_way
from geodata.travel.engines import osrm, valhalla
from geodata.travel.estimate import estimate
from geodata.travel.settings import TravelSettings
from geodata.travel.table import TravelTable

#: From zones and sites with coordinates to a table; NaN minutes where there is no way.
Provider = Callable[[pd.DataFrame, pd.DataFrame, TravelSettings], TravelTable]


def _estimated(zones: pd.DataFrame, sites: pd.DataFrame, settings: TravelSettings) -> TravelTable:
    return estimate(zones, sites)


#: Every provider by its name in the config.
PROVIDERS: Mapping[str, Provider] = {
    "estimate": _estimated,
    "matrix": matrix.travel,
    "osrm": osrm.travel,
    "valhalla": valhalla.travel,
}

#: Of the providers whose answers depend on data of their own: what they tell of it.
_DATA_VERSIONS: Mapping[str, Callable[[TravelSettings], str]] = {
    "osrm": osrm.data_version,
    "valhalla": valhalla.data_version,
}


_ADVICE = (
    "Check the ids, the coordinates and the area of the map data, or fill the pairs with the "
    "built-in estimate: data.travel.missing: estimate."
)


def data_version(settings: TravelSettings) -> str:
    """What an engine tells of the map data it answers from; empty for other providers.

    Raises InputError if the engine does not answer.
    """
    asked = _DATA_VERSIONS.get(settings.provider)
    return "" if asked is None else asked(settings)


def travel(zones: pd.DataFrame, sites: pd.DataFrame, settings: TravelSettings) -> TravelTable:
    """Travel from every zone to every site by the provider of the settings, rounded to 0.01.

    zones: zone_id, longitude, latitude, municipality_code; sites: the same with office_id.
    Raises InputError if the provider can not answer, answers nonsense, or knows no way between a
    zone and a site that `missing` does not let the estimate fill in.
    """
    table = PROVIDERS[settings.provider](zones, sites, settings)
    lacking = np.isnan(table.minutes)
    if lacking.any():
        if settings.missing != "estimate":
            raise no_way(table, lacking, _ADVICE)
        if lacking.all() and settings.provider == "matrix":  # a sheet that nobody filled in
            return travel(zones, sites, replace(settings, provider="estimate"))
        table = _filled(table, lacking, zones, sites)
    minutes = np.round(table.minutes * settings.time_factor, 2)
    return replace(table, minutes=minutes, km=np.round(table.km, 2))


def _filled(
    table: TravelTable,
    lacking: Bools,
    zones: pd.DataFrame,
    sites: pd.DataFrame,
) -> TravelTable:
    """The table with the estimate where it has no way; kilometres too where it has any."""
    rows = np.flatnonzero(lacking.any(axis=1))
    guess = estimate(zones.iloc[rows], sites)
    minutes, km = table.minutes.copy(), table.km.copy()
    here = lacking[rows]
    minutes[rows] = np.where(here, guess.minutes, minutes[rows])
    if np.isfinite(km).any():
        km[rows] = np.where(here, guess.km, km[rows])
    origin = replace(table.origin, estimated_pairs=int(lacking.sum()))
    return replace(table, minutes=minutes, km=km, origin=origin)
