"""What the reconstruction is told: the modes' facts and the assumptions, with their units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLOSED = "closed"
FULL_SERVICE = 3  #: the tier that serves every need


@dataclass(frozen=True)
class ModeFacts:
    """What the reconstruction needs to know of a mode."""

    tier: int  #: highest need served, 1 to 3
    open_days: float  #: a week
    fte_min: float
    premises_factor: float
    local_factor: float
    placed_staff: bool


@dataclass(frozen=True)
class Assumptions:
    """Totals to be met and assumptions to be varied."""

    need_shares: tuple[float, ...]
    propensity_scale_minutes: float
    waiting_minutes: float
    peak_on_record: float  #: visits of the base year's peak month against its mean month
    front_fte: float
    central_fte: float
    wage_mnkr_per_fte: float
    total_mnkr: float
    premises_total_mnkr: float
    premises_base_mnkr: float
    premises_per_fte_mnkr: float
    city_premises_factors: Mapping[str, float]  #: municipality code -> factor
    local_total_mnkr: float
    local_per_office_mnkr: float
    room_slack: float
    weeks_per_year: float
    trips_per_open_day: float
    staff_per_trip: float
    km_cost_kr: float
    hours_per_year: float
