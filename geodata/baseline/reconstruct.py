"""The base year, step by step: who visits where, with which staff, in which rooms, at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.baseline import demand, premises, staffing
from geodata.baseline.facts import CLOSED, Assumptions, Floats, Ints, ModeFacts

OWN_COLUMNS = (
    "visits_per_year",
    "fte",
    "premises_cost_mnkr",
    "local_cost_mnkr",
    "room_visits_per_year",
)


@dataclass(frozen=True)
class Baseline:
    """The base year; sites and zones in the order of the tables given."""

    visits_by_zone: Floats  #: [zones] visits a year, all needs
    choice: demand.Choice
    visits: Floats  #: [sites] visits a year
    fte: Floats  #: [sites]
    costs: premises.SiteCosts
    staff_base: premises.StaffBase
    staff_travel: Floats  #: [sites, modes] mnkr a year
    room: Floats  #: [sites] visits a year
    productivity: float  #: visits a year per FTE at the pace of the peak month
    front_mnkr: float
    central_mnkr: float
    origins: dict[str, list[str]]  #: column -> origin of each site's value
    shares: demand.Shares  #: part of the visits with each need, and of each service where followed


def reconstruct(
    *,
    sites: pd.DataFrame,
    zones: pd.DataFrame,
    minutes: Floats,
    site_minutes: Floats,
    site_km: Floats,
    region_of_municipality: Mapping[str, str],
    visits_by_region: Mapping[str, float],
    modes: Mapping[str, ModeFacts],
    given: Assumptions,
    services: demand.ServiceVisits | None = None,
) -> Baseline:
    """Rebuild the base year from totals, and from the tables' own values where they are given.

    ``sites``: office_id, municipality_code, mode (today's, `closed` for candidates), open_days and
    any of OWN_COLUMNS (NaN: not known). ``zones``: municipality_code, population, visits_per_year
    (NaN: not known). ``minutes`` [zones, sites]. Raises InputError where totals can not be met.
    """
    today = sites["mode"].tolist()
    is_open = np.array([mode != CLOSED for mode in today])
    tier = np.array([modes[mode].tier if mode != CLOSED else 0 for mode in today])
    fte_min = np.array([modes[mode].fte_min if mode != CLOSED else 0.0 for mode in today])
    own = {name: _own(sites, name) for name in OWN_COLUMNS}
    waiting = demand.waiting_of(
        sites["open_days"].to_numpy(dtype=np.float64), given.waiting_minutes
    )
    choice = demand.choose(minutes, waiting, tier, len(given.need_shares))
    shares: demand.Shares = given.need_shares
    if services is not None:
        choice = demand.with_services(choice, minutes, waiting, services)
        shares = demand.shares_with_services(given.need_shares, services)
    by_zone = _zone_visits(
        sites, zones, choice, region_of_municipality, visits_by_region, own, given, shares
    )
    visits = demand.office_visits(by_zone, choice, shares, len(sites))
    productivity = staffing.productivity_for(
        visits[is_open], fte_min[is_open], given.peak_factor, given.front_fte
    )
    fte = staffing.staff(visits, fte_min, given.peak_factor, productivity)
    codes = sites["municipality_code"].tolist()
    costs = premises.site_costs(
        today=today,
        codes=codes,
        fte=np.where(is_open, np.where(np.isfinite(own["fte"]), own["fte"], fte), 0.0),
        own_premises=own["premises_cost_mnkr"],
        own_local=own["local_cost_mnkr"],
        modes=modes,
        given=given,
    )
    base = premises.staff_base(site_minutes, site_km, today, modes)
    front = given.wage_mnkr_per_fte * float(fte.sum())
    spent = front + float(costs.premises_today.sum() + costs.local_today.sum())
    return Baseline(
        by_zone,
        choice,
        visits,
        fte,
        costs,
        base,
        premises.staff_travel(base, today, modes, given),
        _room(visits, own["room_visits_per_year"], is_open, modes, productivity, given),
        productivity,
        front,
        given.total_mnkr - spent,
        _origins(own, is_open),
        shares,
    )


def _own(sites: pd.DataFrame, name: str) -> Floats:
    if name not in sites:
        return np.full(len(sites), np.nan)
    return pd.to_numeric(sites[name], errors="coerce").to_numpy(dtype=np.float64)


def _zone_visits(
    sites: pd.DataFrame,
    zones: pd.DataFrame,
    choice: demand.Choice,
    region_of_municipality: Mapping[str, str],
    visits_by_region: Mapping[str, float],
    own: Mapping[str, Floats],
    given: Assumptions,
    shares: demand.Shares,
) -> Floats:
    """Visits of each zone: its own if given, else population x propensity x region factor."""
    known = _own(zones, "visits_per_year")
    measured = np.isfinite(known)
    base = zones["population"].to_numpy(dtype=np.float64) * demand.propensity(
        choice, shares, given.propensity_scale_minutes
    )
    site_region = demand.region_of(sites["municipality_code"], region_of_municipality)
    zone_region = demand.region_of(zones["municipality_code"], region_of_municipality)
    if measured.all():
        return known
    left = dict(visits_by_region)
    for need, share in enumerate(demand.by_column(shares)):
        wanted = np.broadcast_to(share * known, known.shape)
        for zone in np.flatnonzero(measured):
            left[site_region[choice.site[zone, need]]] -= wanted[zone]
    factors = demand.region_factors(
        np.where(measured, 0.0, base),
        choice,
        shares,
        zone_region=zone_region,
        site_region=site_region,
        received=left,
    )
    scale = np.array([factors[name] for name in zone_region])
    estimated = np.where(measured, known, base * scale)
    return demand.fit_to_offices(estimated, choice, shares, own["visits_per_year"])


def _room(
    visits: Floats,
    own: Floats,
    is_open: Ints,
    modes: Mapping[str, ModeFacts],
    productivity: float,
    given: Assumptions,
) -> Floats:
    """Room in visits a year: today's visits and the slack, or the office's own value.

    A candidate has the room of an office with the least staff of the highest service.
    """
    full = min((facts.fte_min for facts in modes.values() if facts.tier == 3), default=0.0)
    least = full * productivity / given.peak_factor
    estimated = (1.0 + given.room_slack) * np.where(is_open, visits, least)
    return np.where(np.isfinite(own), own, estimated)


def _origins(own: Mapping[str, Floats], is_open: Ints) -> dict[str, list[str]]:
    estimated = {
        name: [
            "observed" if known else "estimated" if there else "assumed"
            for known, there in zip(np.isfinite(values), is_open, strict=True)
        ]
        for name, values in own.items()
    }
    # Visits are scaled to the offices' own; staff follows from visits and the total.
    estimated["fte"] = ["estimated" if there else "assumed" for there in is_open]
    return estimated
