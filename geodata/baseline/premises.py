"""Premises, local cost and staff travel of every site in every mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Floats, Ints
from geodata.baseline.facts import CLOSED, FULL_SERVICE, Assumptions, ModeFacts


@dataclass(frozen=True)
class SiteCosts:
    """Annual cost by site and mode, mnkr of the base year; NaN is never left."""

    premises_today: Floats  #: [sites]
    local_today: Floats  #: [sites]
    premises: Floats  #: [sites, modes]
    local: Floats  #: [sites, modes]

    @property
    def today_mnkr(self) -> float:
        """What the offices of today cost, staff aside."""
        return float(self.premises_today.sum() + self.local_today.sum())


def city_factors(codes: Sequence[str], factors: Mapping[str, float]) -> Floats:
    """The price of premises in each municipality against the rest."""
    return np.array([factors.get(code, 1.0) for code in codes], dtype=np.float64)


def raw_premises(fte: Floats, city: Floats, mode_factor: Floats, given: Assumptions) -> Floats:
    """(base + per FTE x FTE) x city factor x factor of the mode, mnkr before scaling."""
    size = given.premises_base_mnkr + given.premises_per_fte_mnkr * fte
    return np.asarray(size * city * mode_factor)


def scaled(raw: Floats, own: Floats, total: float) -> tuple[Floats, float]:
    """Own values kept, the rest scaled so that the sum meets ``total``; and the scale.

    If the own values reach the total already, or are all there are, the scale is theirs.
    """
    known = np.isfinite(own)
    rest, base = total - own[known].sum(), raw[~known].sum()
    if base <= 0 or rest <= 0:
        rest, base = own[known].sum(), raw[known].sum()
    scale = rest / base if base > 0 and rest > 0 else 1.0
    return np.where(known, own, raw * scale), float(scale)


def site_costs(
    *,
    today: Sequence[str],
    codes: Sequence[str],
    fte: Floats,
    own_premises: Floats,
    own_local: Floats,
    modes: Mapping[str, ModeFacts],
    given: Assumptions,
) -> SiteCosts:
    """Premises and local cost of each site in each mode.

    Today's cost is scaled to the totals after the factors of today's modes. In another mode an
    office costs today's times the ratio of the modes' factors; a candidate costs the raw formula
    at the mode's minimum staff, on the same scale, or its own value in a mode of factor 1.
    """
    is_open = np.array([mode != CLOSED for mode in today])
    of_offices = [np.where(is_open, own, np.nan) for own in (own_premises, own_local)]
    city = city_factors(codes, given.city_premises_factors)
    premises_factor = _factor(today, modes, "premises_factor")
    local_factor = _factor(today, modes, "local_factor")
    raw = np.where(is_open, raw_premises(fte, city, premises_factor, given), 0.0)
    premises_today, scale = scaled(raw, of_offices[0], given.premises_total_mnkr)
    raw_local = np.where(is_open, given.local_per_office_mnkr * local_factor, 0.0)
    local_today, local_scale = scaled(raw_local, of_offices[1], given.local_total_mnkr)
    each = np.where(np.isfinite(own_local), own_local, given.local_per_office_mnkr * local_scale)
    local_base = np.where(is_open, local_today / local_factor, each)
    premises = []
    for facts in modes.values():
        new = raw_premises(np.full(fte.size, facts.fte_min), city, np.ones(fte.size), given) * scale
        new = np.where(np.isfinite(own_premises), own_premises, new)
        base = np.where(is_open, premises_today / premises_factor, new)
        premises.append(base * facts.premises_factor)
    local = [local_base * facts.local_factor for facts in modes.values()]
    return SiteCosts(premises_today, local_today, np.column_stack(premises), np.column_stack(local))


def rent_levels(
    premises_today: Floats,
    *,
    today: Sequence[str],
    codes: Sequence[str],
    fte: Floats,
    visits: Floats,
    modes: Mapping[str, ModeFacts],
    given: Assumptions,
) -> Floats:
    """What the same room costs in each site's town, against the mean over the visits of today.

    A town's rent is what its offices of today cost, against (base + per FTE x FTE) x factor of the
    mode: offices of their size and mode, wherever they are. Where a town has no office it is the
    city factor, on the scale of all offices.
    """
    is_open = np.array([mode != CLOSED for mode in today])
    city = city_factors(codes, given.city_premises_factors)
    size = raw_premises(fte, np.ones(fte.size), _factor(today, modes, "premises_factor"), given)
    size = np.where(is_open, size, 0.0)
    _, town = np.unique(np.asarray(codes), return_inverse=True)
    of_town = np.bincount(town, weights=size)[town]
    paid = np.bincount(town, weights=np.where(is_open, premises_today, 0.0))[town]
    all_sizes = float((size * city).sum())
    scale = float(premises_today[is_open].sum()) / all_sizes if all_sizes > 0 else 1.0
    level = np.where(of_town > 0, paid / np.where(of_town > 0, of_town, 1.0), city * scale)
    weight = np.where(is_open, visits, 0.0)
    mean = float((weight * level).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    return level / mean if mean > 0 else np.ones(level.size)


def _factor(today: Sequence[str], modes: Mapping[str, ModeFacts], name: str) -> Floats:
    values = [float(getattr(modes[mode], name)) if mode != CLOSED else 1.0 for mode in today]
    return np.array([value if value > 0 else 1.0 for value in values])


@dataclass(frozen=True)
class StaffBase:
    """Where the staff of a site without placed staff travels from."""

    site: Ints  #: [sites] nearest staffed office of today (itself if it is one)
    minutes: Floats
    km: Floats


def staff_base(
    minutes: Floats, km: Floats, today: Sequence[str], modes: Mapping[str, ModeFacts]
) -> StaffBase:
    """The nearest office of today with placed staff and the highest service; [sites, sites] in."""
    placed = [
        mode != CLOSED and modes[mode].placed_staff and modes[mode].tier == FULL_SERVICE
        for mode in today
    ]
    bases = np.flatnonzero(placed)
    rows = np.arange(len(today))
    if bases.size == 0:
        return StaffBase(rows, np.zeros(rows.size), np.zeros(rows.size))
    away = minutes[:, bases].copy()
    away[bases, np.arange(bases.size)] = np.inf  # its own staff goes if it loses its own
    nearest = bases[away.argmin(axis=1)] if bases.size > 1 else np.full(rows.size, bases[0])
    return StaffBase(nearest, minutes[rows, nearest], km[rows, nearest])


@dataclass(frozen=True)
class StaffTravel:
    """Cost of staff travel by site and mode, mnkr of the base year; driving and pay apart."""

    driving: Floats  #: [sites, modes] kilometres
    pay: Floats  #: [sites, modes] time on the way

    @property
    def total(self) -> Floats:
        """[sites, modes] both."""
        return self.driving + self.pay


def staff_travel(
    base: StaffBase,
    today: Sequence[str],
    modes: Mapping[str, ModeFacts],
    given: Assumptions,
) -> StaffTravel:
    """Cost of staff travel by site and mode, mnkr a year.

    Open days x weeks x 2 ways x trips x (km x price + persons x hours x wage an hour), for modes
    without placed staff. Nothing for today's own mode: that travel lies in today's local cost.
    """
    hourly_mnkr = given.wage_mnkr_per_fte / given.hours_per_year
    driving = base.km * given.km_cost_kr / 1e6
    pay = base.minutes / 60.0 * hourly_mnkr * given.staff_per_trip
    trips = np.zeros((base.km.size, len(modes)))
    for m, (name, facts) in enumerate(modes.items()):
        if not facts.placed_staff:
            trips[:, m] = facts.open_days * given.weeks_per_year * 2.0 * given.trips_per_open_day
        trips[np.array(today) == name, m] = 0.0
    return StaffTravel(trips * driving[:, None], trips * pay[:, None])
