"""From what was read to a case: every rule over the tables, and the arrays of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.baseline.demand import waiting_of
from geodata.problems import InputError
from geodata.travel import Origin, TravelTable
from optimizer.building.access_rules import access_rules, people_by_place, told_of_nobody_near
from optimizer.building.case import BaseYear, Case
from optimizer.building.coverage_and_limits import coverage_rules, limit_rules, open_sites_rule
from optimizer.building.decided import offices_ended, offices_leaving
from optimizer.building.decisions import allowed_states, left_too_soon, too_far_to_merge
from optimizer.building.free_modes import free_modes
from optimizer.building.growth import growth
from optimizer.building.objective import with_objective
from optimizer.building.offering import with_services
from optimizer.building.possible_states import open_days, possible_states, ranks
from optimizer.building.services import Offers
from optimizer.building.transitions import (
    closure_part,
    closure_rules,
    consultation,
    lease_tail,
    premises_kinds,
    too_early,
    towns_in_step,
    write_off,
)
from optimizer.config import Scenario
from optimizer.instance import Floats, Instance, Money, Remote, Staff


@dataclass(frozen=True)
class Parts:
    """What a case is made of, read from the tables of a config or from the folder of a run.

    Rows of zones and sites in the order of their ids; tables have the columns of `inputs/`.
    """

    scenario: Scenario  #: decisions taken before are among its own
    sites: pd.DataFrame  #: inputs/sites.csv
    zones: pd.DataFrame  #: inputs/zones.parquet
    groups: pd.DataFrame  #: inputs/groups.parquet
    divisions: pd.DataFrame  #: inputs/regions.csv
    to_zones: TravelTable
    site_minutes: Floats  #: [J, J]
    travel: Mapping[str, Origin]  #: inputs/travel.json
    base_year: BaseYear
    offers: Offers
    flowing: tuple[int, ...]  #: services with visits of their own, by their place in the config
    decided: pd.DataFrame | None  #: inputs/decided.csv
    estimates: pd.DataFrame | None  #: inputs/estimates.csv
    warnings: tuple[str, ...]


def assemble(parts: Parts) -> Case:
    """The case of what was read. Raises InputError where its rules do not hold together."""
    scenario, base = parts.scenario, parts.base_year
    sites = parts.sites.rename(columns={"mode_today": "mode", "open_days_today": "open_days"})
    places = people_by_place(parts.zones, parts.groups)
    by_mode = _instance(parts, sites, places)
    problems = too_far_to_merge(scenario, sites, by_mode.states, parts.site_minutes)
    wrong = free_modes(scenario, sites, by_mode)
    if wrong:
        raise InputError([*problems, *wrong])
    ended = {} if parts.decided is None else offices_ended(parts.decided, scenario.years)
    try:
        instance = with_services(
            replace(by_mode, consulted=consultation(scenario, sites, ended)),
            scenario,
            sites,
            places,
            parts.divisions,
            offers=parts.offers,
            travel=parts.to_zones,
            flowing=parts.flowing,
        )
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    instance = with_objective(instance, scenario, parts.groups)
    problems += left_too_soon(scenario, instance, sites)
    if problems:
        raise InputError(problems)
    nobody = told_of_nobody_near(scenario, places, parts.divisions, instance.access)
    return Case(
        scenario=scenario,
        instance=instance,
        sites=parts.sites,
        site_modes=_modes_table(sites, by_mode, base, scenario),
        zones=parts.zones,
        regions=parts.divisions,
        years=_years_table(scenario, base),
        base_year=base,
        site_minutes=parts.site_minutes,
        warnings=tuple(dict.fromkeys((*parts.warnings, *nobody))),
        groups=parts.groups,
        travel=parts.travel,
        decided=parts.decided,
        offers=parts.offers.table,
        km=None if np.isnan(parts.to_zones.km).any() else parts.to_zones.km,
        estimates=parts.estimates,
    )


def refurbishing_mnkr(scenario: Scenario) -> float:
    """What room for 1,000 visits more costs a year apart from its rent, mnkr."""
    costs = scenario.costs
    return costs.extension_mnkr_per_1000_visits * (1.0 - costs.extension_rent_share)


def _instance(parts: Parts, sites: pd.DataFrame, places: pd.DataFrame) -> Instance:
    """The arrays of the model over modes alone, without services in them."""
    scenario, base, divisions = parts.scenario, parts.base_year, parts.divisions
    demand, years = scenario.demand, scenario.years
    states = ("closed", *scenario.modes)
    today = np.array([states.index(mode) for mode in sites["mode"]], dtype=np.int64)
    candidate = sites["candidate"].to_numpy(dtype=bool)
    n_needs = len(demand.need_shares)
    followed = [parts.offers.names[s] for s in parts.flowing]
    grown = growth(scenario, parts.zones, divisions, n_needs=n_needs, services=followed)
    pace = (1.0 + demand.productivity_growth) ** (np.array(years) - scenario.base_year)
    index = np.array([scenario.costs.price_index(year) for year in years])
    rents = np.array([scenario.costs.rent_index(year) for year in years])
    pay = np.array([scenario.costs.wage_index(year) for year in years])
    running = base.local + base.driving
    fixed = np.zeros((today.size, len(states), len(years)))
    fixed[:, 1:, :] = base.premises[:, :, None] * rents + running[:, :, None] * index
    fixed[:, 1:, :] += base.pay[:, :, None] * pay
    leaving = {} if parts.decided is None else offices_leaving(parts.decided, scenario.years)
    early = too_early(scenario, sites, leaving)
    possible = possible_states(scenario, sites, states, early)
    fixed_rules, allowed = allowed_states(
        scenario, sites, states, possible, parts.site_minutes, early
    )
    room = sites["room_visits_per_year"].to_numpy(dtype=np.float64)
    instance = Instance(
        zones=tuple(parts.zones["zone_id"]),
        sites=tuple(sites["office_id"]),
        years=tuple(years),
        states=states,
        candidate=candidate,
        minutes=parts.to_zones.minutes,
        waiting=waiting_of(open_days(scenario, sites, states), demand.waiting_minutes),
        tier=np.array([0, *(mode.tier for mode in scenario.modes.values())], dtype=np.int64),
        rank=ranks(scenario, sites, states),
        demand=base.demand[None] * grown,
        today_cost=base.cost_today,
        today=today,
        allowed=allowed,
        fixed_cost=fixed,
        fte_min=np.array([0.0, *(mode.fte_min for mode in scenario.modes.values())]),
        room=room if scenario.requirements.room.on else np.full(today.size, np.inf),
        visits_per_fte=base.productivity / demand.peak_factor * pace,
        staffing_after_decay=scenario.requirements.staffing.demand == "after_decay",
        digital_share=demand.digital_share,
        decay_scale_minutes=demand.decay_scale_minutes,
        lost_visit_minutes=scenario.objective.lost_visit_minutes,
        upgrades_allowed=scenario.requirements.transition.upgrades,
        conversions_allowed=scenario.requirements.transition.conversions,
        open_sites=open_sites_rule(scenario),
        reach_minutes=np.inf if demand.reach_minutes is None else demand.reach_minutes,
        budget_holds=scenario.requirements.budget_by_year.on,
        money=_money(scenario, base, sites, index, rents),
        coverage=coverage_rules(scenario, sites, divisions, states),
        limits=limit_rules(scenario, sites, divisions, states),
        fixed=fixed_rules,
        possible=possible,
        closures=closure_rules(scenario, sites, divisions),
        towns=towns_in_step(scenario, sites),
        staff=_staff(parts),
        remote=_remote(scenario),
        premises=premises_kinds(scenario),
        early=early if early.any() else None,
        closure_part=closure_part(scenario, sites),
        lease_tail=lease_tail(sites, base.premises, rents, years),
        write_off=write_off(scenario, sites),
    )
    rules = access_rules(scenario, places, divisions, parts.to_zones, instance.tier, instance.today)
    return replace(instance, access=rules)


def _staff(parts: Parts) -> Staff | None:
    scenario = parts.scenario
    rule, costs = scenario.requirements.staff_balance, scenario.costs
    if not rule.on:
        return None
    return Staff(
        today=parts.sites["fte_today"].to_numpy(dtype=np.float64),
        apart=parts.site_minutes,
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


def _money(
    scenario: Scenario, base: BaseYear, sites: pd.DataFrame, index: Floats, rents: Floats
) -> Money:
    budget, costs, years = scenario.budget, scenario.costs, scenario.years
    raised = costs.compensation
    pay = np.array([costs.wage_index(year) for year in years])
    central_pay = base.central_pay_mnkr
    room = np.full(len(sites), refurbishing_mnkr(scenario)) / 1000.0
    rent = sites["extension_rent_mnkr_per_1000_visits"].to_numpy(dtype=np.float64) / 1000.0
    return Money(
        appropriation=np.array([budget.appropriation_mnkr(year) for year in years]),
        other_income=np.full(len(years), budget.other_income),
        saving_limit=np.array([budget.saving_limit_mnkr(year, raised(year)) for year in years]),
        credit_limit=np.array([budget.credit_limit_mnkr(year, raised(year)) for year in years]),
        carry_worth=np.array(
            [raised(a) / raised(b) for a, b in pairwise((scenario.base_year, *years))]
        ),
        central=central_pay * pay + (base.central_mnkr - central_pay) * index,
        wage_per_fte=costs.wage_mnkr_per_fte * pay,
        price_index=index,
        carry_in=budget.carry_in,
        fee_per_visit=sum(costs.fee_income_mnkr.values()) / base.visits,
        extension_per_visit=room[:, None] * index + rent[:, None] * rents,
        closure=costs.closure_mnkr,
        opening=costs.opening_mnkr,
        conversion=np.array([0.0, *(m.conversion_cost_mnkr for m in scenario.modes.values())]),
    )


def _modes_table(
    sites: pd.DataFrame,
    instance: Instance,
    base: BaseYear,
    scenario: Scenario,
) -> pd.DataFrame:
    """inputs/site_modes.csv: every mode possible at each site, with its service and cost."""
    days = open_days(scenario, sites, instance.states)
    names = list(scenario.modes)
    rows = []
    for j, office_id in enumerate(instance.sites):
        for m, name in enumerate(names):
            if not instance.may_have[j, m + 1]:
                continue
            mode = scenario.modes[name]
            rows.append(
                {
                    "office_id": office_id,
                    "mode": name,
                    "tier": mode.tier,
                    "open_days": days[j, m + 1],
                    "fte_min": mode.fte_min,
                    "counts_for_coverage": mode.counts_for_coverage,
                    "family": mode.variant_of or name,
                    "premises_mnkr": base.premises[j, m],
                    "local_mnkr": base.local[j, m],
                    "staff_travel_mnkr": base.driving[j, m] + base.pay[j, m],
                    "staff_travel_pay_mnkr": base.pay[j, m],
                }
            )
    return pd.DataFrame(rows)


def _years_table(scenario: Scenario, base: BaseYear) -> pd.DataFrame:
    """inputs/years.csv: means and prices of the base year and of each planning year."""
    budget, costs = scenario.budget, scenario.costs
    central_rest = base.central_mnkr - base.central_pay_mnkr
    rows = []
    for year in (scenario.base_year, *scenario.years):
        planned = year != scenario.base_year
        index = costs.price_index(year) if planned else 1.0
        rents = costs.rent_index(year) if planned else 1.0
        wages = costs.wage_index(year) if planned else 1.0
        central_pay = base.central_pay_mnkr * wages
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
                "productivity_visits_per_fte_year": base.productivity * pace,
                "price_index": index,
                "rent_index": rents,
                "compensation_index": raised,
            }
        )
    return pd.DataFrame(rows)
