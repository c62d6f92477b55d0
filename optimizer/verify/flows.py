"""The visits: where each zone's visitors go, how far, and how many stay away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks
from optimizer.verify.options import NOBODY, nearest, waiting_minutes
from optimizer.verify.settings import Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flows:
    """Where the visits of one year go; arrays are zones x needs."""

    demand: Floats  #: visits before any stay away
    site: NDArray[np.int64]  #: row of the site in sites, or NOBODY
    minutes: Floats  #: travel; no number where nobody serves
    waiting: Floats
    loss: Floats  #: share of the visits that stay away

    @property
    def option_minutes(self) -> Floats:
        """Travel plus waiting."""
        return self.minutes + self.waiting

    @property
    def lost(self) -> Floats:
        """Visits that stay away."""
        return np.where(self.site == NOBODY, 0.0, self.demand * self.loss)

    @property
    def arriving(self) -> Floats:
        """Visits that arrive."""
        return np.where(self.site == NOBODY, 0.0, self.demand * (1.0 - self.loss))

    def by_site(self, visits: Floats, sites: int) -> Floats:
        """Visits of zones and needs added up at the sites they go to."""
        served = self.site != NOBODY
        added = np.bincount(self.site[served], weights=visits[served], minlength=sites)
        return added.astype(np.float64)


def demand_by_year(folder: RunFolder, years: tuple[int, ...]) -> dict[int, Floats]:
    """Demand of every year, zones x needs; what demand.parquet does not list is zero."""
    zones = pd.Index(folder.zones["zone_id"])
    needs = needs_of(folder)
    found = {}
    for year in years:
        rows = folder.demand[folder.demand["year"] == year]
        at, need = zones.get_indexer(rows["zone_id"]), rows["need"].to_numpy() - 1
        demand = np.zeros((len(zones), len(needs)))
        known = at >= 0
        np.add.at(demand, (at[known], need[known]), rows["visits"].to_numpy()[known])
        found[year] = demand
    return found


def needs_of(folder: RunFolder) -> tuple[int, ...]:
    """The needs 1, 2, ... of the demand."""
    return tuple(range(1, int(folder.demand["need"].max()) + 1))


def flows_by_year(folder: RunFolder, settings: Settings, networks: Networks) -> dict[int, Flows]:
    """The flows under today's network (base year) and of every planning year."""
    demand = demand_by_year(folder, settings.years)
    today = _flows(folder, settings, networks[settings.base_year], demand[settings.base_year], None)
    found = {settings.base_year: today}
    for year in settings.planning_years:
        found[year] = _flows(folder, settings, networks[year], demand[year], today)
    return found


def _flows(
    folder: RunFolder,
    settings: Settings,
    network: pd.DataFrame,
    demand: Floats,
    today: Flows | None,
) -> Flows:
    """One year: loss = digital share * (1 - exp(-added minutes / scale)), 0 if nothing is added."""
    waiting_at = waiting_minutes(network, settings.waiting_minutes)
    tier = network["tier"].to_numpy()
    is_open = network["open"].to_numpy(dtype=np.bool_)
    columns = [
        nearest(folder.minutes, waiting_at, is_open & (tier >= need)) for need in needs_of(folder)
    ]
    site = np.column_stack(columns)
    zone = np.arange(site.shape[0])[:, None]
    served = site != NOBODY
    minutes = np.where(served, folder.minutes[zone, site], np.nan)
    waiting = np.where(served, waiting_at[site], np.nan)
    before = minutes + waiting if today is None else today.option_minutes
    added = np.maximum(0.0, minutes + waiting - before)
    loss = settings.digital_share * -np.expm1(-added / settings.decay_scale_minutes)
    return Flows(demand, site, minutes, waiting, loss)
