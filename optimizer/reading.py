"""From a config to a case: tables, travel, the base year rebuilt, and the arrays of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.baseline import Baseline
from geodata.problems import InputError
from geodata.travel import TravelTable
from optimizer.access_rules import access_rules, asks_for_km, group_table, told_of_nobody
from optimizer.base_year import base_year, data_warnings, travel_warnings
from optimizer.case import Case
from optimizer.config import Scenario
from optimizer.decided import offices_ended, offices_leaving, with_decided
from optimizer.free_modes import free_modes
from optimizer.growth import growth
from optimizer.instance import (
    CLOSED,
    Bools,
    Floats,
    Instance,
    Ints,
    Money,
    Remote,
    Staff,
    option_minutes,
)
from optimizer.objective import with_objective
from optimizer.offering import with_services
from optimizer.rules import (
    allowed_states,
    coverage_rules,
    left_too_soon,
    limit_rules,
    open_sites_rule,
    possible_states,
    ranks,
    too_far_to_merge,
)
from optimizer.services import Offers, assumed_warning, read_offers, service_visits
from optimizer.tables import mode_names, read_tables, travel_times
from optimizer.transitions import (
    closure_part,
    closure_rules,
    consultation,
    lease_tail,
    premises_kinds,
    too_early,
    towns_in_step,
    write_off,
)


def read_case(scenario: Scenario) -> Case:
    """Read and check every table of a scenario and build its instance. Raises InputError."""
    tables = read_tables(scenario)
    divisions, site_table, zone_table = tables.divisions, tables.sites, tables.zones
    scenario, decided, late = with_decided(scenario, site_table, mode_names(scenario))
    offers = read_offers(scenario, site_table)
    to_zones, between = travel_times(scenario, tables)
    flowing = service_visits(scenario, offers, site_table, zone_table)
    baseline, estimates = base_year(
        scenario, tables, to_zones, between, services=None if flowing is None else flowing.visits
    )
    leaving = () if decided is None else offices_leaving(decided)
    early = too_early(scenario, site_table, leaving)
    ended = () if decided is None else offices_ended(decided)
    consulted = consultation(scenario, site_table, ended)
    by_mode, demand_today = _instance(
        scenario,
        site_table,
        zone_table,
        divisions,
        to_zones,
        between,
        baseline,
        early,
        () if flowing is None else [offers.names[s] for s in flowing.services],
    )
    wrong = free_modes(scenario, site_table, by_mode)
    if wrong:
        raise InputError(wrong)
    by_mode = replace(by_mode, consulted=consulted)
    instance = with_services(
        by_mode,
        scenario,
        site_table,
        zone_table,
        divisions,
        offers=offers,
        travel=to_zones,
        flowing=flowing,
    )
    instance = with_objective(instance, scenario, zone_table)
    problems = too_far_to_merge(scenario, instance.fixed, site_table, between.minutes)
    problems += left_too_soon(instance, site_table)
    if problems:
        raise InputError(problems)
    return Case(
        scenario,
        instance,
        _sites_table(scenario, site_table, baseline, offers),
        _modes_table(site_table, by_mode, baseline, scenario),
        zone_table,
        divisions,
        _years_table(scenario, baseline),
        demand_today,
        between.minutes,
        (
            *data_warnings(tables, baseline, estimates),
            *travel_warnings(to_zones, between),
            *late,
            *assumed_warning(offers),
            *told_of_nobody(scenario, zone_table, divisions),
        ),
        group_table(zone_table),
        {"zones_to_sites": to_zones.origin, "sites_to_sites": between.origin},
        decided=decided,
        offers=offers.table,
        km=to_zones.km if asks_for_km(scenario) else None,
        estimates=estimates,
    )


def _instance(
    scenario: Scenario,
    site_table: pd.DataFrame,
    zone_table: pd.DataFrame,
    divisions: pd.DataFrame,
    to_zones: TravelTable,
    between: TravelTable,
    baseline: Baseline,
    early: Bools,
    followed: Sequence[str],
) -> tuple[Instance, Floats]:
    """The arrays of the model, and today's demand [I, C]; ``followed`` services have visits."""
    demand, years = scenario.demand, scenario.years
    states = ("closed", *scenario.modes)
    today = np.array([states.index(mode) for mode in site_table["mode"]], dtype=np.int64)
    candidate = site_table["candidate"].to_numpy(dtype=bool)
    wanted = baseline.visits_by_zone[:, None] * np.asarray(baseline.shares)
    n_needs = len(demand.need_shares)
    grown = growth(scenario, zone_table, divisions, n_needs=n_needs, services=followed)
    pace = (1.0 + demand.productivity_growth) ** (np.array(years) - scenario.base_year)
    index = np.array([scenario.costs.price_index(year) for year in years])
    rents = np.array([scenario.costs.rent_index(year) for year in years])
    pay = np.array([scenario.costs.wage_index(year) for year in years])
    running = baseline.costs.local + baseline.staff_travel.driving
    fixed = np.zeros((today.size, len(states), len(years)))
    fixed[:, 1:, :] = baseline.costs.premises[:, :, None] * rents + running[:, :, None] * index
    fixed[:, 1:, :] += baseline.staff_travel.pay[:, :, None] * pay
    fixed_rules, allowed = allowed_states(scenario, site_table, states, early)
    instance = Instance(
        zones=tuple(zone_table["zone_id"]),
        sites=tuple(site_table["office_id"]),
        years=tuple(years),
        states=states,
        candidate=candidate,
        minutes=to_zones.minutes,
        waiting=_waiting(scenario, site_table, today),
        tier=np.array([0, *(mode.tier for mode in scenario.modes.values())], dtype=np.int64),
        rank=ranks(scenario),
        demand=wanted[None] * grown,
        today_cost=option_minutes(baseline.choice.minutes, baseline.choice.waiting),
        today=today,
        allowed=allowed,
        fixed_cost=fixed,
        fte_min=np.array([0.0, *(mode.fte_min for mode in scenario.modes.values())]),
        room=baseline.room if scenario.requirements.room.on else np.full(today.size, np.inf),
        visits_per_fte=baseline.productivity / demand.peak_factor * pace,
        staffing_after_decay=demand.staffing_basis == "after_decay",
        digital_share=demand.digital_share,
        decay_scale_minutes=demand.decay_scale_minutes,
        lost_visit_minutes=scenario.objective.lost_visit_minutes,
        upgrades_allowed=scenario.requirements.transition.upgrades,
        conversions_allowed=scenario.requirements.transition.conversions,
        open_sites=open_sites_rule(scenario),
        reach_minutes=np.inf if demand.reach_minutes is None else demand.reach_minutes,
        budget_holds=scenario.requirements.budget_by_year.on,
        money=_money(scenario, baseline, index, rents),
        coverage=coverage_rules(scenario, site_table, divisions, states),
        limits=limit_rules(scenario, site_table, divisions, states),
        fixed=fixed_rules,
        possible=possible_states(scenario, site_table, states, early),
        closures=closure_rules(scenario, site_table, divisions),
        towns=towns_in_step(scenario, site_table),
        staff=_staff(scenario, baseline, between),
        remote=_remote(scenario),
        premises=premises_kinds(scenario),
        early=early if early.any() else None,
        closure_part=closure_part(scenario, site_table),
        lease_tail=lease_tail(site_table, baseline.costs.premises, rents, years),
        write_off=write_off(scenario, site_table),
    )
    rules = access_rules(scenario, zone_table, divisions, to_zones, instance.tier, instance.today)
    return replace(instance, access=rules), wanted


def _staff(scenario: Scenario, baseline: Baseline, between: TravelTable) -> Staff | None:
    rule, costs = scenario.requirements.staff_balance, scenario.costs
    if not rule.on:
        return None
    return Staff(
        today=baseline.fte,
        apart=between.minutes,
        commuting_minutes=scenario.demand.commuting_minutes,
        attrition=costs.attrition_per_year,
        redundancy=costs.redundancy_mnkr_per_fte,
        move=costs.move_mnkr_per_fte,
        hire=costs.hire_mnkr_per_fte,
        most_redundant=np.inf if rule.most_redundant_fte is None else rule.most_redundant_fte,
    )


def _remote(scenario: Scenario) -> Remote | None:
    """Help by video: between modes with placed staff, must-appear visits left out."""
    rule = scenario.requirements.remote_balance
    if not rule.on:
        return None
    placed = np.array([False, *(mode.placed_staff for mode in scenario.modes.values())])
    share = rule.share * (1.0 - rule.must_appear_share)
    return Remote(placed, share, scenario.costs.remote_mnkr_per_fte)


def _waiting(scenario: Scenario, site_table: pd.DataFrame, today: Ints) -> Floats:
    """[J, M+1] waiting by state; an office's own open days hold while it keeps today's mode."""
    days = np.array([0.0, *(float(mode.open_days) for mode in scenario.modes.values())])
    by_site = np.repeat(days[None, :], today.size, axis=0)
    offices = today != CLOSED
    own = site_table["open_days"].to_numpy(dtype=np.float64)
    by_site[np.flatnonzero(offices), today[offices]] = own[offices]
    return np.asarray((5.0 - by_site) / 5.0 * scenario.demand.waiting_minutes)


def _money(scenario: Scenario, baseline: Baseline, index: Floats, rents: Floats) -> Money:
    budget, costs, years = scenario.budget, scenario.costs, scenario.years
    raised = costs.compensation
    pay = np.array([costs.wage_index(year) for year in years])
    central_pay = baseline.central_pay_mnkr
    room, room_rent = (price / 1000.0 for price in _room_prices(scenario, baseline))
    return Money(
        appropriation=np.array([budget.appropriation_mnkr(year) for year in years]),
        other_income=np.full(len(years), budget.other_income),
        saving_limit=np.array([budget.saving_limit_mnkr(year, raised(year)) for year in years]),
        credit_limit=np.array([budget.credit_limit_mnkr(year, raised(year)) for year in years]),
        carry_worth=np.array(
            [raised(a) / raised(b) for a, b in pairwise((scenario.base_year, *years))]
        ),
        central=central_pay * pay + (baseline.central_mnkr - central_pay) * index,
        wage_per_fte=costs.wage_mnkr_per_fte * pay,
        price_index=index,
        carry_in=budget.carry_in,
        fee_per_visit=sum(costs.fee_income_mnkr.values()) / float(baseline.visits_by_zone.sum()),
        extension_per_visit=room[:, None] * index + room_rent[:, None] * rents,
        closure=costs.closure_mnkr,
        opening=costs.opening_mnkr,
        conversion=np.array([0.0, *(m.conversion_cost_mnkr for m in scenario.modes.values())]),
    )


def _room_prices(scenario: Scenario, baseline: Baseline) -> tuple[Floats, Floats]:
    """[J] refurbishing, and rent at the town's level, of room for 1,000 visits more, mnkr a year.

    Over the visits of today they are costs.extension_mnkr_per_1000_visits in the mean.
    """
    price, share = (
        scenario.costs.extension_mnkr_per_1000_visits,
        scenario.costs.extension_rent_share,
    )
    refurbishing = np.full(baseline.rent_level.size, price * (1.0 - share))
    return refurbishing, price * share * baseline.rent_level


def _sites_table(
    scenario: Scenario, site_table: pd.DataFrame, baseline: Baseline, offers: Offers
) -> pd.DataFrame:
    """inputs/sites.csv: what is known and estimated of each site today, with origins."""
    ids = site_table["office_id"].to_numpy()
    refurbishing, rent = _room_prices(scenario, baseline)
    return pd.DataFrame(
        {
            "office_id": ids,
            "office": site_table["office"],
            "municipality_code": site_table["municipality_code"],
            "longitude": site_table["longitude"],
            "latitude": site_table["latitude"],
            "candidate": site_table["candidate"],
            "mode_today": site_table["mode"],
            "open_days_today": site_table["open_days"],
            "partner": site_table["partner"],
            "lease_end": site_table["lease_end"],
            "improvements_mnkr": site_table["improvements_mnkr"].fillna(0.0),
            "notice_months": site_table["notice_months"],
            "visits_today": baseline.visits,
            "fte_today": baseline.fte,
            "premises_today_mnkr": baseline.costs.premises_today,
            "local_today_mnkr": baseline.costs.local_today,
            "room_visits_per_year": baseline.room,
            "extension_mnkr_per_1000_visits": refurbishing + rent,
            "extension_rent_mnkr_per_1000_visits": rent,
            "base_office_id": ids[baseline.staff_base.site],
            "base_minutes": baseline.staff_base.minutes,
            "base_km": baseline.staff_base.km,
            "evidence": site_table["evidence"],
            "origin_visits": baseline.origins["visits_per_year"],
            "origin_fte": baseline.origins["fte"],
            "origin_premises": baseline.origins["premises_cost_mnkr"],
            "origin_local": baseline.origins["local_cost_mnkr"],
            "origin_room": baseline.origins["room_visits_per_year"],
            "origin_mode": site_table["origin_mode"],
            "origin_open_days": site_table["origin_open_days"],
            "origin_coordinates": _weaker(site_table, "longitude", "latitude"),
            "origin_partner": site_table["origin_partner"],
            "origin_lease_end": site_table["origin_lease_end"],
            "origin_notice_months": site_table["origin_notice_months"].replace("", "default"),
            "origin_improvements": site_table["origin_improvements_mnkr"].replace("", "default"),
            "services": [offers.text(j) for j in range(len(site_table))],
            "origin_services": site_table["origin_services"],
        }
    )


def _weaker(table: pd.DataFrame, one: str, other: str) -> pd.Series:
    """The origin of two values together: of the first where the second is observed."""
    first, second = table[f"origin_{one}"], table[f"origin_{other}"]
    return first.where(second == "observed", second)


def _modes_table(
    site_table: pd.DataFrame,
    instance: Instance,
    baseline: Baseline,
    scenario: Scenario,
) -> pd.DataFrame:
    """inputs/site_modes.csv: every mode allowed at each site, with its service and cost."""
    possible: Bools = np.asarray(instance.allowed.any(axis=2))
    days = np.array([0.0, *(float(mode.open_days) for mode in scenario.modes.values())])
    names = list(scenario.modes)
    rows = []
    own_days = site_table["open_days"].to_numpy(dtype=np.float64)
    for j, office_id in enumerate(instance.sites):
        for m, name in enumerate(names):
            is_today = instance.today[j] == m + 1
            if not possible[j, m + 1] and not is_today:
                continue
            mode = scenario.modes[name]
            rows.append(
                {
                    "office_id": office_id,
                    "mode": name,
                    "tier": mode.tier,
                    "open_days": own_days[j] if is_today else days[m + 1],
                    "fte_min": mode.fte_min,
                    "counts_for_coverage": mode.counts_for_coverage,
                    "family": mode.variant_of or name,
                    "premises_mnkr": baseline.costs.premises[j, m],
                    "local_mnkr": baseline.costs.local[j, m],
                    "staff_travel_mnkr": baseline.staff_travel.total[j, m],
                    "staff_travel_pay_mnkr": baseline.staff_travel.pay[j, m],
                }
            )
    return pd.DataFrame(rows)


def _years_table(scenario: Scenario, baseline: Baseline) -> pd.DataFrame:
    """inputs/years.csv: means and prices of the base year and of each planning year."""
    budget, costs = scenario.budget, scenario.costs
    central_rest = baseline.central_mnkr - baseline.central_pay_mnkr
    rows = []
    for year in (scenario.base_year, *scenario.years):
        planned = year != scenario.base_year
        index = costs.price_index(year) if planned else 1.0
        rents = costs.rent_index(year) if planned else 1.0
        wages = costs.wage_index(year) if planned else 1.0
        central_pay = baseline.central_pay_mnkr * wages
        raised = costs.compensation(year) if planned else 1.0
        pace = (1.0 + scenario.demand.productivity_growth) ** (year - scenario.base_year)
        rows.append(
            {
                "year": year,
                "appropriation_mnkr": budget.appropriation_mnkr(year)
                if planned
                else budget.base_appropriation,
                "other_income_mnkr": budget.other_income,
                "saving_limit_mnkr": budget.saving_limit_mnkr(year, raised) if planned else 0.0,
                "credit_limit_mnkr": budget.credit_limit_mnkr(year, raised) if planned else 0.0,
                "central_mnkr": central_pay + central_rest * index,
                "central_pay_mnkr": central_pay,
                "wage_mnkr_per_fte": costs.wage_mnkr_per_fte * wages,
                "productivity_visits_per_fte_year": baseline.productivity * pace,
                "price_index": index,
                "rent_index": rents,
                "compensation_index": raised,
            }
        )
    return pd.DataFrame(rows)
