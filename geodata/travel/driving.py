"""By road: how long the way is around the water, and how long it takes."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.arrays import Floats, Ints
from geodata.projection import to_metres
from geodata.travel import land
from geodata.travel.settings import EstimateSettings


@dataclass(frozen=True)
class Ends:
    """Where trips start or end: metres, node of the land graph, slowness 0-1 by density."""

    points: Floats
    nodes: Ints
    slowness: Floats

    def part(self, chosen: slice | Ints) -> "Ends":
        """Some of them."""
        return Ends(self.points[chosen], self.nodes[chosen], self.slowness[chosen])


def ends_of(table: pd.DataFrame, settings: EstimateSettings) -> Ends:
    """The ends of trips at the rows of a table with coordinates and municipality codes."""
    points = to_metres(
        table["longitude"].to_numpy(dtype=np.float64), table["latitude"].to_numpy(dtype=np.float64)
    )
    slowness = _slowness(table["municipality_code"], settings)
    return Ends(points, land.nearest(points), slowness)


def _slowness(municipality_codes: pd.Series, settings: EstimateSettings) -> Floats:
    """0 where settlement is sparse, 1 where it is dense, by the logarithm of density."""
    table = builtin.load("municipalities").set_index("municipality_code")
    density = (table["population"] / table["area_km2"]).reindex(municipality_codes).to_numpy()
    low = np.log(settings.sparse_inhabitants_per_km2)
    high = np.log(settings.dense_inhabitants_per_km2)
    share: Floats = (np.log(np.nan_to_num(density, nan=1.0)) - low) / (high - low)
    return np.clip(share, 0.0, 1.0)


def drive(starts: Ends, goals: Ends, settings: EstimateSettings) -> tuple[Floats, Floats]:
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
