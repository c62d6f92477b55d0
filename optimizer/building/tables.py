"""Every table of a scenario, read and checked: the problems of all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import pandas as pd

from geodata import regions, sites, visits, zones
from geodata.problems import InputError, Problem, in_order
from geodata.travel import TravelSettings, TravelTable, matrix, travel
from geodata.visits import RecordedVisits
from optimizer.building.decided import check_decided, with_decided
from optimizer.building.named_sites import find_site
from optimizer.building.services import read_offers
from optimizer.config import Scenario

T = TypeVar("T")


@dataclass(frozen=True)
class Tables:
    """What the config names under `data`, in the form of the schemas, rows by id."""

    divisions: pd.DataFrame
    sites: pd.DataFrame  #: offices of today and candidates
    zones: pd.DataFrame
    visits: RecordedVisits
    travel: TravelTable | None  #: zones to sites, where a file holds it


def read_tables(scenario: Scenario) -> Tables:
    """All tables of a scenario. Raises InputError with the problems of all, in order of place."""
    reading, data, known = _Reading(), scenario.data, {"mode": mode_names(scenario)}
    divisions = reading.of(lambda: regions.load(dict(data.regions)))
    zone_table = reading.of(lambda: zones.load(data.zones, data.people))
    reading.of(lambda: zones.load_people(data.people))
    offices = reading.of(lambda: sites.load_offices(data.offices, known=known))
    there = pd.DataFrame(columns=regions.COLUMNS) if divisions is None else divisions
    recorded = reading.of(lambda: visits.load(data.visits, scenario.base_year, there))
    site_table = None
    if divisions is None or offices is None:  # the rule of candidates has nothing to go by
        reading.of(lambda: sites.check_candidates(data.candidates))
    else:
        today, matter = offices, _asked_for(divisions, scenario)
        site_table = reading.of(lambda: sites.with_candidates(today, data.candidates, matter))
    _decided(reading, scenario, site_table)
    if site_table is not None:
        _named(reading, scenario, site_table)
    if site_table is not None or offices is not None:
        _offered(reading, scenario, site_table, offices)
    between = None
    settings = travel_settings(scenario)
    if settings.provider == "matrix":
        between = _matrix(reading, settings, zone_table, site_table)
    if reading.problems:
        raise InputError(in_order(reading.problems))
    assert divisions is not None and zone_table is not None
    assert site_table is not None and recorded is not None
    return Tables(divisions, site_table, zone_table, recorded, between)


class _Reading:
    """Tables one after another, and what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def of(self, load: Callable[[], T]) -> T | None:
        """What is loaded; None, and its problems kept, if it is wrong."""
        try:
            return load()
        except InputError as error:
            self.problems.extend(error.problems)
            return None


def _decided(reading: _Reading, scenario: Scenario, site_table: pd.DataFrame | None) -> None:
    """The table of decisions; by itself where the offices that it speaks of can not be had."""
    modes = mode_names(scenario)
    if site_table is None:
        reading.of(lambda: check_decided(scenario, modes))
    else:
        known = site_table
        reading.of(lambda: with_decided(scenario, known, modes))


def _offered(
    reading: _Reading,
    scenario: Scenario,
    site_table: pd.DataFrame | None,
    offices: pd.DataFrame | None,
) -> None:
    """The services of the offices; of those of today where the candidates can not be had."""
    some = offices if site_table is None else site_table
    assert some is not None
    reading.of(lambda: read_offers(scenario, some))


def _matrix(
    reading: _Reading,
    settings: TravelSettings,
    zone_table: pd.DataFrame | None,
    site_table: pd.DataFrame | None,
) -> TravelTable | None:
    """Travel of a file; what its cells say by themselves where zones or sites can not be had."""
    if zone_table is not None and site_table is not None:
        rows, columns = zone_table, site_table
        return reading.of(lambda: travel(rows, columns, settings))
    zone_ids = None if zone_table is None else list(zone_table["zone_id"])
    office_ids = None if site_table is None else list(site_table["office_id"])
    reading.of(lambda: matrix.check(settings, zone_ids, office_ids))
    return None


def _named(reading: _Reading, scenario: Scenario, site_table: pd.DataFrame) -> None:
    """The offices that the config decides upon, by id or name."""
    decisions = scenario.offices
    words = [
        (f"offices.{kind}[{number}].{key}", word)
        for kind in ("keep", "close", "mode", "merge", "offer")
        for number, one in enumerate(getattr(decisions, kind))
        for key, word in one.model_dump(by_alias=True).items()
        if key in ("office", "from", "into") and isinstance(word, str)
    ]
    for where, word in words:
        reading.of(partial(find_site, site_table, word, where))


def mode_names(scenario: Scenario) -> dict[str, str]:
    """The modes by their names in the catalogue and by their titles."""
    titles = {
        title: name
        for name, mode in scenario.modes.items()
        for title in (mode.title.sv, mode.title.en)
        if title
    }
    return titles | {name: name for name in scenario.modes}


def travel_settings(scenario: Scenario) -> TravelSettings:
    """How travel is asked for."""
    return TravelSettings(**scenario.data.travel.model_dump())


def travel_times(scenario: Scenario, tables: Tables) -> tuple[TravelTable, TravelTable]:
    """Zones to sites, and sites to sites (staff travel, mergers), which no matrix holds."""
    settings = travel_settings(scenario)
    as_zones = tables.sites.rename(columns={"office_id": "zone_id"})
    if tables.travel is not None:
        among = replace(settings, provider="estimate")
        return tables.travel, travel(as_zones, tables.sites, among)
    return travel(tables.zones, tables.sites, settings), travel(as_zones, tables.sites, settings)


def _asked_for(divisions: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """The divisions that coverage rules speak of: only their regions ask for candidates."""
    wanted = {rule.division for rule in scenario.requirements.region_coverage}
    named = wanted or set(divisions["division"].unique()[:1])
    return divisions[divisions["division"].isin(named)]
