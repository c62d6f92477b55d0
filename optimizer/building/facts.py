"""What a scenario tells the reconstruction of the base year: its modes, totals and assumptions."""

from __future__ import annotations

from geodata.baseline import Assumptions, ModeFacts
from optimizer.config import Scenario


def mode_facts(scenario: Scenario) -> dict[str, ModeFacts]:
    """What the reconstruction needs to know of each mode of the catalogue."""
    return {
        name: ModeFacts(
            mode.tier,
            float(mode.open_days),
            mode.fte_min,
            mode.premises_factor,
            mode.local_factor,
            mode.placed_staff,
        )
        for name, mode in scenario.modes.items()
    }


def assumptions(scenario: Scenario) -> Assumptions:
    """The totals that the reconstruction meets, and its assumptions."""
    costs, demand = scenario.costs, scenario.demand
    return Assumptions(
        need_shares=tuple(demand.need_shares[need] for need in sorted(demand.need_shares)),
        propensity_scale_minutes=demand.propensity_scale_minutes,
        waiting_minutes=demand.waiting_minutes,
        peak_on_record=demand.peak_on_record,
        front_fte=costs.front_fte,
        central_fte=costs.central_fte,
        wage_mnkr_per_fte=costs.wage_mnkr_per_fte,
        total_mnkr=costs.total_mnkr,
        premises_total_mnkr=costs.premises_total_mnkr,
        premises_base_mnkr=costs.premises_base_mnkr,
        premises_per_fte_mnkr=costs.premises_per_fte_mnkr,
        city_premises_factors=costs.city_premises_factors,
        local_total_mnkr=costs.local_total_mnkr,
        local_per_office_mnkr=costs.local_per_office_mnkr,
        room_slack=demand.room_slack,
        weeks_per_year=costs.staff_travel.weeks_per_year,
        trips_per_open_day=costs.staff_travel.trips_per_open_day,
        staff_per_trip=costs.staff_travel.staff_per_trip,
        km_cost_kr=costs.staff_travel.km_cost_kr,
        hours_per_year=costs.staff_travel.hours_per_year,
    )
