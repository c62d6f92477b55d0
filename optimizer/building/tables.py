"""Every table of a scenario, read and checked: the problems of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd

from geodata import regions, sites, visits, zones
from geodata.cells import Ids, Known
from geodata.files import NO_FILE
from geodata.overlay import parts_of
from geodata.problems import InputError, Problem, in_order
from geodata.travel import TravelSettings, TravelTable, matrix, travel
from geodata.visits import RecordedVisits
from optimizer.building.decided import check_decided, with_decided
from optimizer.building.office_names import clashing, misnamed
from optimizer.building.services import read_offers
from optimizer.config import Scenario, Sound

T = TypeVar("T")
#: Keys of tables that several readings go by.
OFFICES, CANDIDATES, PEOPLE = "data.offices", "data.candidates", "data.people"


@dataclass(frozen=True)
class Tables:
    """What the config names under `data`, in the form of the schemas, rows by id."""

    divisions: pd.DataFrame
    sites: pd.DataFrame  #: offices of today and candidates
    zones: pd.DataFrame
    visits: RecordedVisits
    travel: TravelTable | None  #: zones to sites, where a file holds it
    told: tuple[str, ...] = ()  #: what a reader has to know of them, in sentences


def read_tables(scenario: Scenario) -> Tables:
    """All tables of a scenario. Raises InputError with the problems of all, in order of place."""
    reading = _Reading(Sound(scenario))
    divisions, site_table, zone_table, recorded, between = _read(reading)
    if reading.problems:
        raise InputError(in_order(reading.problems))
    assert divisions is not None and zone_table is not None
    assert site_table is not None and recorded is not None
    site_table = _with_open_days(scenario, site_table)
    return Tables(divisions, site_table, zone_table, recorded, between, tuple(reading.told))


def _with_open_days(scenario: Scenario, site_table: pd.DataFrame) -> pd.DataFrame:
    """Open days that no table tells are those of the mode of today."""
    of_mode = {name: float(mode.open_days) for name, mode in scenario.modes.items()}
    blank = site_table["open_days"].isna()
    days = site_table["open_days"].where(~blank, site_table["mode"].map(of_mode))
    origin = site_table["origin_open_days"].where(~blank, "default")
    return site_table.assign(open_days=days.astype(float), origin_open_days=origin)


def wrong_tables(sound: Sound) -> tuple[Problem, ...]:
    """What is wrong with the tables of a config that is wrong itself, as far as they are named."""
    reading = _Reading(sound)
    if hasattr(sound.scenario, "data"):
        _read(reading)
    return in_order(reading.problems)


class _Reading:
    """Tables one after another, and what is wrong with them."""

    def __init__(self, sound: Sound) -> None:
        self.sound = sound
        self.problems: list[Problem] = []
        self.told: list[str] = []  #: what a reader has to know of them

    def of(self, load: Callable[[], T], *keys: str) -> T | None:
        """What is loaded by the keys; None if one of them is wrong, or it is; then that is kept."""
        if not self.sound.holds(*keys):
            return None
        try:
            return load()
        except InputError as error:
            self.problems.extend(self._named(one, keys) for one in error.problems)
            return None

    def _named(self, problem: Problem, keys: Sequence[str]) -> Problem:
        """A file that is not there is told with the key that names it."""
        if problem.found != NO_FILE:
            return problem
        for key in keys:
            section, _, name = key.rpartition(".")
            within = getattr(self.sound.scenario, section, None)
            if str(getattr(within, name, "")).partition("#")[0] == problem.where:
                return replace(problem, where=f"{key}: {problem.where}")
        return problem


Read = tuple[
    pd.DataFrame | None,
    pd.DataFrame | None,
    pd.DataFrame | None,
    RecordedVisits | None,
    TravelTable | None,
]


def _read(reading: _Reading) -> Read:
    """The tables in the order of Tables, as far as they can be had."""
    scenario, data = reading.sound.scenario, reading.sound.scenario.data
    known: dict[str, Mapping[str, str]] = {}
    told = reading.told
    if reading.sound.valid("modes"):
        known = {"mode": mode_names(scenario)}
    divisions = reading.of(lambda: regions.load(dict(data.regions)), "data.regions")
    zone_table = reading.of(
        lambda: zones.load(data.zones, data.people, told=told), "data.zones", PEOPLE
    )
    reading.of(lambda: zones.load_people(data.people), PEOPLE)
    offices = reading.of(lambda: sites.load_offices(data.offices, known=known, told=told), OFFICES)
    recorded = reading.of(
        lambda: visits.load(data.visits, scenario.base_year, divisions, told=told),
        "data.visits",
        "base_year",
    )
    site_table = _sites(reading, divisions, offices)
    some = offices if site_table is None else site_table
    if some is None:
        some = _quietly(lambda: sites.load_offering(data.offices), reading, OFFICES)
    names = site_table if site_table is not None else _names(reading)
    _decided(reading, site_table, names, known)
    _named(reading, names, whole=site_table is not None)
    if some is not None and reading.sound.valid("modes"):
        rows = some
        reading.of(lambda: read_offers(scenario, rows), "services")
    between = None
    if reading.sound.holds("data.travel") and data.travel.provider == "matrix":
        between = _matrix(reading, zone_table, site_table, names)
    return divisions, site_table, zone_table, recorded, between


def _quietly(load: Callable[[], T], reading: _Reading, *keys: str) -> T | None:
    """What is loaded where that can be done; what is wrong is told already."""
    return _Reading(reading.sound).of(load, *keys)


def _sites(
    reading: _Reading, divisions: pd.DataFrame | None, offices: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Offices and candidates; where they can not be had, candidates are checked by themselves."""
    scenario, source = reading.sound.scenario, reading.sound.scenario.data.candidates
    matter: pd.DataFrame | None = pd.DataFrame(columns=regions.COLUMNS)
    if parts_of(source)[0] == "builtin":  # the rule goes by the regions that coverage asks for
        rule_holds = reading.sound.holds("requirements.region_coverage")
        matter = _asked_for(divisions, scenario) if divisions is not None and rule_holds else None
    named = scenario.data.offices if reading.sound.holds(OFFICES) else ""
    found = None
    if offices is None or matter is None:
        reading.of(lambda: sites.check_candidates(source), CANDIDATES)
    else:
        today, asked, told = offices, matter, reading.told
        found = reading.of(
            lambda: sites.with_candidates(today, source, asked, offices=named, told=told),
            CANDIDATES,
        )
    if found is None:
        reading.problems += (
            _quietly(lambda: sites.in_both(named, source), reading, OFFICES, CANDIDATES) or ()
        )
    return found


def _decided(
    reading: _Reading,
    site_table: pd.DataFrame | None,
    names: pd.DataFrame | None,
    known: Mapping[str, Mapping[str, str]],
) -> None:
    """The table of decisions; by itself where the offices that it speaks of can not be had.

    ``names`` are those that may be sites, where they can be had.
    """
    sound = reading.sound
    if site_table is None or not sound.valid("years", "modes", "offices", "output"):
        ids: Known = dict(known)
        if names is not None:
            ids = {
                **known,
                "office_id": Ids.of(names["office_id"], sound.scenario.data.tables_of_sites),
            }
        reading.of(lambda: check_decided(sound.scenario, ids), "offices.decided")
    else:
        table, modes = site_table, known["mode"]
        reading.of(lambda: with_decided(sound.scenario, table, modes), "offices.decided")


def _matrix(
    reading: _Reading,
    zone_table: pd.DataFrame | None,
    site_table: pd.DataFrame | None,
    names: pd.DataFrame | None,
) -> TravelTable | None:
    """Travel of a file; what its cells say by themselves where zones or sites can not be had."""
    data = reading.sound.scenario.data
    settings = travel_settings(reading.sound.scenario)
    if zone_table is not None and site_table is not None:
        rows, columns = zone_table, site_table
        return reading.of(lambda: travel(rows, columns, settings))
    zone_ids = (
        _quietly(lambda: zones.load_ids(data.zones), reading, "data.zones")
        if zone_table is None
        else list(zone_table["zone_id"])
    )
    office_ids = None if names is None else list(names["office_id"])
    reading.of(lambda: matrix.check(settings, zone_ids, office_ids))
    return None


def _names(reading: _Reading) -> pd.DataFrame | None:
    """office_id and office of all that may be sites, where the sites can not be had."""
    data = reading.sound.scenario.data
    return _quietly(
        lambda: sites.load_names(data.offices, data.candidates), reading, OFFICES, CANDIDATES
    )


def _named(reading: _Reading, names: pd.DataFrame | None, *, whole: bool) -> None:
    """The offices that the config decides upon, by id or name.

    Where the sites can not be had (not ``whole``), a word is wrong that none of them can have.
    """
    if names is not None:
        reading.problems += misnamed(reading.sound, names, whole=whole)
        reading.problems += clashing(reading.sound, names)


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
