"""The visits: where each zone's visitors go, how far, and how many stay away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks
from optimizer.verify.offers import GENERAL, catalogue, offers
from optimizer.verify.options import NOBODY, nearest, waiting_minutes
from optimizer.verify.settings import Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flows:
    """Where the visits of one year go; arrays are zones x needs, then services."""

    demand: Floats  #: visits before any stay away
    site: NDArray[np.int64]  #: row of the site in sites, or NOBODY
    minutes: Floats  #: travel; as to the farthest site of the country where nobody serves
    waiting: Floats
    loss: Floats  #: share of the visits that stay away; all where nobody serves
    too_far: NDArray[np.bool_]  #: where the way became longer than the reach

    @property
    def option_minutes(self) -> Floats:
        """Travel plus waiting."""
        return self.minutes + self.waiting

    @property
    def lost(self) -> Floats:
        """Visits that stay away."""
        return self.demand * self.loss

    @property
    def arriving(self) -> Floats:
        """Visits that arrive."""
        return self.demand * (1.0 - self.loss)

    @property
    def counted(self) -> float:
        """Visits that arrive, or that an open site would serve but distance loses."""
        served = self.site != NOBODY
        return float((self.arriving + self.lost)[served].sum())

    def by_site(self, visits: Floats, sites: int) -> Floats:
        """Visits of zones and needs added up at the sites they go to."""
        served = self.site != NOBODY
        added = np.bincount(self.site[served], weights=visits[served], minlength=sites)
        return added.astype(np.float64)


def demand_by_year(folder: RunFolder, years: tuple[int, ...]) -> dict[int, Floats]:
    """Demand of every year, zones x columns; what demand.parquet does not list is zero."""
    zones = pd.Index(folder.zones["zone_id"])
    columns = columns_of(folder)
    number = {column: k for k, column in enumerate(columns)}
    found = {}
    for year in years:
        rows = folder.demand[folder.demand["year"] == year]
        at = zones.get_indexer(rows["zone_id"])
        keys = zip(rows["service"], rows["need"], strict=True)
        column = np.array([number[service or GENERAL, need] for service, need in keys], dtype=int)
        demand = np.zeros((len(zones), len(columns)))
        known = at >= 0
        np.add.at(demand, (at[known], column[known]), rows["visits"].to_numpy()[known])
        found[year] = demand
    return found


def needs_of(folder: RunFolder) -> tuple[int, ...]:
    """The needs 1, 2, ... of the demand of general service."""
    general = folder.demand["service"].isin(["", GENERAL])
    return tuple(range(1, int(folder.demand.loc[general, "need"].max()) + 1))


def columns_of(folder: RunFolder) -> tuple[tuple[str, int], ...]:
    """Service and need of each column: the needs, then services with visits of their own."""
    other = folder.demand[~folder.demand["service"].isin(["", GENERAL])]
    named = other.drop_duplicates(["service", "need"])
    pairs = sorted(zip(named["service"], named["need"].astype(int), strict=True))
    return (*((GENERAL, need) for need in needs_of(folder)), *pairs)


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
    """One year: loss = digital share * (1 - exp(-added minutes / scale)), 0 if nothing is added.

    All are lost whose way becomes longer than the reach, and all that nobody serves.
    """
    waiting_at = waiting_minutes(network, settings.waiting_minutes)
    tier = network["tier"].to_numpy()
    is_open = network["open"].to_numpy(dtype=np.bool_)
    columns = [
        nearest(folder.minutes, waiting_at, is_open & (tier >= need) & _has(network, service))
        for service, need in columns_of(folder)
    ]
    site = np.column_stack(columns)
    zone = np.arange(site.shape[0])[:, None]
    served = site != NOBODY
    minutes = np.where(served, folder.minutes[zone, site], folder.minutes.max())
    waiting = np.where(served, waiting_at[site], 0.0)
    before = minutes + waiting if today is None else today.option_minutes
    added = np.maximum(0.0, minutes + waiting - before)
    digital = np.array([_digital(folder, settings, service) for service, _ in columns_of(folder)])
    loss = digital * -np.expm1(-added / settings.decay_scale_minutes)
    too_far = (minutes + waiting > settings.reach_minutes + 1e-9) & (added > 0)
    loss = np.where(too_far | ~served, 1.0, loss)
    return Flows(demand, site, minutes, waiting, loss, too_far)


def _has(network: pd.DataFrame, service: str) -> NDArray[np.bool_]:
    """The sites that offer a service; all of them give general service."""
    return np.ones(len(network), dtype=bool) if service == GENERAL else offers(network, service)


def _digital(folder: RunFolder, settings: Settings, service: str) -> float:
    """The part of the visits that distance can lose."""
    if service == GENERAL:
        return settings.digital_share
    return float(catalogue(folder)[service].get("digital_share") or 0.0)
