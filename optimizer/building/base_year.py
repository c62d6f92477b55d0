"""The base year of a scenario: rebuilt from its tables, and how far the estimate can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata import zones
from geodata.baseline import Baseline, errors, held_out, reconstruct
from geodata.baseline.demand import ServiceVisits, Unfittable
from geodata.joining import told_of_joined
from geodata.overlay import file_of
from geodata.problems import InputError, Problem
from geodata.travel import TravelTable
from geodata.weighting import told_of_points
from optimizer.building.facts import assumptions, mode_facts
from optimizer.building.tables import Tables
from optimizer.config import Scenario

LEAST_OFFICES = 3  #: with own values, below which an error of the estimate says nothing
FIGURES = {
    "visits_per_year": "visits",
    "fte": "staff",
    "premises_cost_mnkr": "premises",
    "local_cost_mnkr": "local cost",
    "room_visits_per_year": "room",
}


def base_year(
    scenario: Scenario,
    tables: Tables,
    to_zones: TravelTable,
    between: TravelTable,
    *,
    services: ServiceVisits | None,
) -> tuple[Baseline, pd.DataFrame]:
    """The base year, and how far its estimate lies from own values that it does not see.

    The second is a row for each office and figure with a value of its own: office_id, figure, own,
    estimated. Raises InputError where totals can not be met.
    """
    given, modes = assumptions(scenario), mode_facts(scenario)

    def rebuilt(site_table: pd.DataFrame) -> Baseline:
        return reconstruct(
            sites=site_table,
            zones=tables.zones,
            minutes=to_zones.minutes,
            site_minutes=between.minutes,
            site_km=between.km,
            region_of_municipality=tables.visits.region_of_municipality,
            visits_by_region=tables.visits.by_region,
            modes=modes,
            given=given,
            services=services,
        )

    try:
        return rebuilt(tables.sites), held_out(tables.sites, rebuilt)
    except Unfittable as error:
        raise InputError(tuple(_unmet(scenario, tables, error))) from None


def _unmet(scenario: Scenario, tables: Tables, error: Unfittable) -> Iterator[Problem]:
    """Why the totals of regions can not be met, by the table to mend."""
    data, recorded = scenario.data, tables.visits
    towns = recorded.region_of_municipality
    found = list(zones.without_visits(data.zones)) or list(
        zones.without_people(data.zones, tables.zones, towns, recorded.by_region)
    )
    file = Path(file_of(data.visits)).name
    where = f"{file}, column visits" if file else "data.visits"
    yield from found or [replace(one, where=where) for one in error.problems]


def data_warnings(tables: Tables, baseline: Baseline, estimates: pd.DataFrame) -> Iterator[str]:
    """What a reader has to know of offices, zones and own values."""
    yield from tables.told
    yield from provisional_warning(tables.sites)
    yield from told_of_joined(tables.zones, "zones")
    yield from told_of_joined(tables.sites, "sites")
    yield from told_of_points(tables.zones)
    yield from zones.told_of_people(tables.zones)
    yield from baseline.warnings
    yield from estimate_errors(estimates)


def told_of_fees(scenario: Scenario) -> Iterator[str]:
    """Fees that follow visits are a part of other income: more of them contradict it."""
    fees, income = sum(scenario.costs.fee_income_mnkr.values()), scenario.budget.other_income
    if fees > income:
        yield (
            f"The fees that follow visits, {fees:,.1f} mnkr (costs.fee_income_mnkr), are more than "
            f"all other income, {income:,.1f} mnkr (budget.other_income), which they are a part "
            "of. Give the fees of the agency by source; null takes one away, or all."
        )


def provisional_warning(sites: pd.DataFrame) -> Iterator[str]:
    """How many offices no public source confirms."""
    provisional = int((sites["evidence"] == "provisional").sum())
    if provisional:
        yield (
            f"{provisional} of the {int((~sites['candidate']).sum())} offices are provisional: "
            "they complete the number on record and are not verified by a public source."
        )


def estimate_errors(estimates: pd.DataFrame) -> Iterator[str]:
    """How far the estimate of each figure lies from own values that were hidden from it."""
    for row in errors(estimates).to_dict("records"):
        if row["offices"] >= LEAST_OFFICES:
            yield (
                f"The estimate of {FIGURES[row['figure']]} is off by {row['median_error']:.0%} in "
                f"the middle case and by {row['p90_error']:.0%} at one office of ten, by the own "
                f"values of {row['offices']} offices hidden from it in turn."
            )


def travel_warnings(to_zones: TravelTable, between: TravelTable) -> Iterator[str]:
    """Pairs without a way that the estimate stands in for."""
    for what, table in (("zone to site", to_zones), ("site to site", between)):
        count = table.origin.estimated_pairs
        if count:
            yield (
                f"{count:,} of {table.minutes.size:,} travel times from {what} are estimated: "
                f"{table.origin.provider} has no way there."
            )
