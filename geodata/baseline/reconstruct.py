"""The base year, step by step: who visits where, with which staff, in which rooms, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.arrays import Bools, Floats
from geodata.baseline import demand, fitting, premises, rooms, staffing, totals
from geodata.baseline.facts import CLOSED, FULL_SERVICE, Assumptions, ModeFacts
from geodata.problems import InputError, Problem

OWN_COLUMNS = (
    "visits_per_year",
    "fte",
    "premises_cost_mnkr",
    "local_cost_mnkr",
    "room_visits_per_year",
)
OF_TODAY = ("visits_per_year", "fte")  #: of offices alone: a candidate has none


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The base year; sites and zones in the order of the tables given."""

    visits_by_zone: Floats  #: [zones] visits a year, all needs
    choice: demand.Choice
    visits: Floats  #: [sites] visits a year
    fte: Floats  #: [sites]
    costs: premises.SiteCosts
    staff_base: premises.StaffBase
    staff_travel: premises.StaffTravel
    room: Floats  #: [sites] visits a year
    rent_level: Floats  #: [sites] rent of the town for the same room, against the mean visit's
    productivity: float  #: visits a year per FTE at the pace of the peak month
    central_mnkr: float
    central_pay_mnkr: float  #: of it the pay of central staff: at most all of it
    origins: dict[str, list[str]]  #: column -> origin of each site's value
    shares: demand.Shares  #: part of the visits with each need, and of each service where followed
    following: Mapping[str, Bools]  #: column -> [sites] where a total leaves one value, no estimate
    warnings: tuple[str, ...] = ()  #: own values that do not add up, in sentences


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
    (NaN: not known). ``minutes`` [zones, sites]. ``visits_by_region`` may be empty where every
    office, or every zone, has visits of its own. Raises InputError where totals can not be met.
    """
    known = _Known(sites, modes, given)
    choice, shares = _choice(known, minutes, services)
    site_region = demand.region_of(sites["municipality_code"], region_of_municipality)
    by_zone = _zone_visits(
        zones,
        choice,
        shares,
        site_region=site_region,
        zone_region=demand.region_of(zones["municipality_code"], region_of_municipality),
        received=visits_by_region,
        own=known.own["visits_per_year"],
        is_open=known.is_open,
        given=given,
    )
    visits = demand.office_visits(by_zone, choice, shares, len(sites))
    offices = _offices(known, visits)
    costs, staff = offices.costs, offices.staff
    base = premises.staff_base(site_minutes, site_km, known.today, modes)
    front = given.wage_mnkr_per_fte * float(staff.fte.sum())
    central = given.total_mnkr - front
    central -= costs.today_mnkr
    totals.refuse_negative_central(central, given)
    return Baseline(
        visits_by_zone=by_zone,
        choice=choice,
        visits=visits,
        fte=staff.fte,
        costs=costs,
        staff_base=base,
        staff_travel=premises.staff_travel(base, known.today, modes, given),
        room=offices.room,
        rent_level=offices.rent_level,
        productivity=staff.productivity,
        central_mnkr=central,
        central_pay_mnkr=min(central, given.wage_mnkr_per_fte * given.central_fte),
        origins=_origins(sites, known.own, visits, known.is_open),
        shares=shares,
        following=totals.following(
            known.own,
            known.is_open,
            site_region=site_region,
            by_region=not np.isfinite(_own(zones, "visits_per_year")).all(),
        ),
        warnings=_told(known, staff, visits, site_region, visits_by_region),
    )


@dataclass(frozen=True)
class Staffing:
    """Staff of each site, and the pace at which visits ask for it."""

    productivity: float  #: visits a year per FTE at the pace of the peak month
    need: Floats  #: [sites] FTE that the visits ask for
    fte: Floats  #: [sites] of today


@dataclass(frozen=True)
class Offices:
    """What the visits of each site make of its staff, costs and room."""

    staff: Staffing
    costs: premises.SiteCosts
    room: Floats  #: [sites] visits a year
    rent_level: Floats  #: [sites] rent of the town for the same room, against the mean visit's


def offices(
    sites: pd.DataFrame, visits: Floats, *, modes: Mapping[str, ModeFacts], given: Assumptions
) -> Offices:
    """Staff, costs and room of sites whose ``visits`` of the base year are known.

    ``sites`` as for `reconstruct`. Raises InputError where the total of staff can not be met.
    """
    return _offices(_Known(sites, modes, given), visits)


def _offices(known: _Known, visits: Floats) -> Offices:
    staff = _staff(known, visits)
    costs = premises.site_costs(
        today=known.today,
        codes=known.codes,
        fte=staff.fte,
        own_premises=known.own["premises_cost_mnkr"],
        own_local=known.own["local_cost_mnkr"],
        modes=known.modes,
        given=known.given,
    )
    rent_level = premises.rent_levels(
        costs.premises_today,
        today=known.today,
        codes=known.codes,
        fte=staff.fte,
        visits=visits,
        modes=known.modes,
        given=known.given,
    )
    return Offices(staff, costs, _room(known, visits, staff.productivity), rent_level)


@dataclass(frozen=True)
class _Known:
    """What the table of sites tells, and what it is completed by."""

    sites: pd.DataFrame
    modes: Mapping[str, ModeFacts]
    given: Assumptions

    @cached_property
    def own(self) -> dict[str, Floats]:
        """[sites] values of their own by column, NaN where there is none."""
        own = {name: _own(self.sites, name) for name in OWN_COLUMNS}
        return own | {name: np.where(self.is_open, own[name], np.nan) for name in OF_TODAY}

    @cached_property
    def today(self) -> list[str]:
        """Modes of today."""
        return list(self.sites["mode"])

    @cached_property
    def codes(self) -> list[str]:
        """Municipalities."""
        return list(self.sites["municipality_code"])

    @cached_property
    def is_open(self) -> Bools:
        """[sites] open today."""
        return np.array([mode != CLOSED for mode in self.today])

    @cached_property
    def fte_min(self) -> Floats:
        """[sites] least staff of today's mode; 0 where it is closed."""
        least = [self.modes[mode].fte_min if mode != CLOSED else 0.0 for mode in self.today]
        return np.array(least)

    @property
    def front_fte(self) -> float:
        """Front staff of all offices: their own where all have it, else the total of the config."""
        own = self.own["fte"][self.is_open]
        return float(own.sum()) if bool(np.isfinite(own).all()) else self.given.front_fte


def _choice(
    known: _Known, minutes: Floats, services: demand.ServiceVisits | None
) -> tuple[demand.Choice, demand.Shares]:
    """Where each need goes today, and its share; with the services that are followed."""
    tier = [known.modes[mode].tier if mode != CLOSED else 0 for mode in known.today]
    waiting = demand.waiting_of(
        known.sites["open_days"].to_numpy(dtype=np.float64), known.given.waiting_minutes
    )
    shares = known.given.need_shares
    choice = demand.choose(minutes, waiting, np.array(tier), len(shares))
    if services is None:
        return choice, shares
    choice = demand.with_services(choice, minutes, waiting, services.offering)
    return choice, demand.shares_with_services(shares, services)


def _staff(known: _Known, visits: Floats) -> Staffing:
    total, factor = known.front_fte, known.given.peak_on_record
    is_open, least = known.is_open, known.fte_min
    productivity = staffing.productivity_for(visits[is_open], least[is_open], factor, total)
    fte = staffing.of_today(
        known.own["fte"],
        visits,
        fte_min=least,
        is_open=is_open,
        peak_factor=factor,
        total_fte=total,
    )
    return Staffing(productivity, staffing.staff(visits, least, factor, productivity), fte)


def _told(
    known: _Known,
    staff: Staffing,
    visits: Floats,
    site_region: Sequence[str],
    received: Mapping[str, float],
) -> tuple[str, ...]:
    """Own values that do not add up, in sentences."""
    names, own, given = list(known.sites["office_id"]), known.own, known.given
    own_visits = own["visits_per_year"]
    return (
        *totals.told_of_visits(
            own_visits, known.is_open, site_region=site_region, received=received
        ),
        *fitting.told_of_unmet(names, own_visits, visits),
        *rooms.told_of_small(names, own["room_visits_per_year"], visits),
        *totals.told_of_staff(
            totals.of_the_user(known.sites, "fte", own["fte"]),
            staff.need,
            least=known.fte_min,
            is_open=known.is_open,
            names=names,
            total=given.front_fte,
        ),
        *totals.told_of_costs(own, known.is_open, given),
    )


def _own(sites: pd.DataFrame, name: str) -> Floats:
    if name not in sites:
        return np.full(len(sites), np.nan)
    return pd.to_numeric(sites[name], errors="coerce").to_numpy(dtype=np.float64, copy=True)


def _zone_visits(
    zones: pd.DataFrame,
    choice: demand.Choice,
    shares: demand.Shares,
    *,
    site_region: Sequence[str],
    zone_region: Sequence[str],
    received: Mapping[str, float],
    own: Floats,
    is_open: Bools,
    given: Assumptions,
) -> Floats:
    """Visits of each zone: its own if given, else population x propensity x region factor.

    Then the zones without visits of their own are scaled to the offices that have some.
    """
    known = _own(zones, "visits_per_year")
    measured = np.isfinite(known)
    if measured.all():
        return known
    base = zones["population"].to_numpy(dtype=np.float64) * demand.propensity(
        choice, shares, given.propensity_scale_minutes
    )
    base = np.where(measured, 0.0, base)
    if np.isfinite(own[is_open]).all():  # the regions' totals have nothing to say
        scale = np.full(base.size, max(0.0, own[is_open].sum() - known[measured].sum()))
        scale /= base.sum() if base.sum() > 0 else 1.0
        left = {}
    else:
        _refuse_lacking(received, {*site_region, *zone_region})
        factors = demand.region_factors(
            base,
            choice,
            shares,
            zone_region=zone_region,
            site_region=site_region,
            received=_less_measured(received, known, choice, shares, site_region),
        )
        scale = np.array([factors[name] for name in zone_region])
        left = fitting.left_to_others(own, is_open, site_region=site_region, received=received)
    return fitting.fit_to_offices(
        np.where(measured, known, base * scale),
        choice,
        shares,
        own=fitting.Own(own, measured),
        rest=left,
        site_region=site_region,
    )


def _refuse_lacking(received: Mapping[str, float], regions: set[str]) -> None:
    lacking = sorted(regions - set(received))
    if lacking:
        found = f"no visits on record of the base year for {', '.join(lacking)}"
        accepted = "totals of the base year (the built-in ones are of 2022 to 2024)"
        advice = "Name a table of visits by region, or give visits_per_year of every office."
        raise InputError(Problem("data.visits", found, accepted, advice))


def _less_measured(
    received: Mapping[str, float],
    known: Floats,
    choice: demand.Choice,
    shares: demand.Shares,
    site_region: Sequence[str],
) -> dict[str, float]:
    """The totals of the regions without the visits that zones have of their own."""
    left = dict(received)
    measured = np.flatnonzero(np.isfinite(known))
    for need, share in enumerate(demand.by_column(shares)):
        wanted = np.broadcast_to(share * known, known.shape)
        for zone in measured:
            left[site_region[choice.site[zone, need]]] -= wanted[zone]
    return left


def _room(known: _Known, visits: Floats, productivity: float) -> Floats:
    """Room in visits a year; a candidate's is for what the least staff of full service takes."""
    highest = [facts.fte_min for facts in known.modes.values() if facts.tier == FULL_SERVICE]
    least = min(highest, default=0.0) * productivity / known.given.peak_on_record
    own, slack = known.own["room_visits_per_year"], known.given.room_slack
    return rooms.of_today(own, visits, is_open=known.is_open, new=least, slack=slack)


def _origins(
    sites: pd.DataFrame, own: Mapping[str, Floats], visits: Floats, is_open: Bools
) -> dict[str, list[str]]:
    """Where each value comes from: as the table tells, where its own is the one that counts."""
    counts = {name: np.isfinite(values) for name, values in own.items()}
    counts["visits_per_year"] &= ~fitting.unmet(own["visits_per_year"], visits)
    counts["room_visits_per_year"] &= ~rooms.too_small(own["room_visits_per_year"], visits)
    found = {}
    for name, observed in counts.items():
        column = f"origin_{name}"
        told = sites[column].tolist() if column in sites else [""] * len(sites)
        rebuilt = np.where(is_open, "estimated", "assumed").tolist()
        found[name] = [
            (origin or "observed") if known else other
            for origin, known, other in zip(told, observed, rebuilt, strict=True)
        ]
    return found
