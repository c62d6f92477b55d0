"""A run as it would be with another least staff in every mode, the staff on record the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pydantic import ValidationError

from geodata import baseline
from geodata.problems import InputError
from optimizer.building.facts import assumptions, mode_facts
from optimizer.config import Scenario
from optimizer.instance import Floats
from optimizer.outputs.account.source import Source
from optimizer.outputs.account.today import todays_visits

REBUILT = ("estimated", "assumed")  #: origins of values that no table gave
#: Columns of inputs/sites.csv, the origin of each, and what the tables of offices call it.
OWN = {
    "fte": ("fte_today", "origin_fte"),
    "premises_cost_mnkr": ("premises_today_mnkr", "origin_premises"),
    "local_cost_mnkr": ("local_today_mnkr", "origin_local"),
    "room_visits_per_year": ("room_visits_per_year", "origin_room"),
}
EXTENSION = ("extension_mnkr_per_1000_visits", "extension_rent_mnkr_per_1000_visits")


def with_least_staff(source: Source, choice: pd.DataFrame, factor: float) -> Source | None:
    """The run with `modes.*.fte_min` times a ``factor``, and the base year found again.

    The total of staff in the base year is a fact: visits per FTE follow from it anew, and with them
    the staff, rents and room of single sites. ``choice``: today's office of each zone and need.
    None where the least staff alone is more than the total, or the run has no readable config.
    """
    try:
        scenario = Scenario.model_validate(dict(source.run.config))
        sites, visits = _sites(source), _visits(source, choice)
        facts, given = mode_facts(scenario), assumptions(scenario)
        before = baseline.offices(sites, visits, modes=facts, given=given)
        facts = {one: replace(mode, fte_min=factor * mode.fte_min) for one, mode in facts.items()}
        after = baseline.offices(sites, visits, modes=facts, given=given)
    except (InputError, ValidationError, KeyError):
        return None
    rent = scenario.costs.extension_mnkr_per_1000_visits * scenario.costs.extension_rent_share
    pace = after.staff.productivity / before.staff.productivity
    table, money = source.run.sites.copy(), source.run.money.copy()
    for column in EXTENSION:
        if column in table:
            table[column] += rent * (after.rent_level - before.rent_level)
    money["productivity_visits_per_fte_year"] *= pace
    dearer = after.costs.today_mnkr - before.costs.today_mnkr
    money["central_mnkr"] -= dearer * money["price_index"]  # the rest of a total that stays
    modes = _modes(source, after, list(facts), factor)
    run = replace(source.run, sites=table, site_modes=modes, money=money)
    return replace(source, run=run, rooms=pd.Series(after.room, index=table["office_id"]))


def _modes(
    source: Source, found: baseline.Offices, names: list[str], factor: float
) -> pd.DataFrame:
    """inputs/site_modes.csv with the premises ``found`` and least staff times the ``factor``."""
    table = source.run.site_modes
    site = pd.Index(source.run.sites["office_id"]).get_indexer(pd.Index(table["office_id"]))
    mode = pd.Index(names).get_indexer(pd.Index(table["mode"]))
    return table.assign(
        fte_min=factor * table["fte_min"], premises_mnkr=found.costs.premises[site, mode]
    )


def _sites(source: Source) -> pd.DataFrame:
    """The sites as a table of the user's, with values of their own where no estimate stands."""
    sites = source.run.sites
    table = sites[["office_id", "municipality_code"]].assign(
        mode=sites["mode_today"], open_days=sites["open_days_today"]
    )
    whole = sites.assign(room_visits_per_year=sites["office_id"].map(source.rooms))
    for name, (column, origin) in OWN.items():
        table[name] = whole[column].mask(whole[origin].isin(REBUILT))
    return table


def _visits(source: Source, choice: pd.DataFrame) -> Floats:
    """[sites] visits of the base year."""
    found = todays_visits(source, choice, source.base_year)
    return np.asarray(found.reindex(source.run.sites["office_id"]).fillna(0.0), dtype=np.float64)
