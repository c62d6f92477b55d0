"""Which office offers which service today, how sure that is, and the visits of services."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.baseline.demand import ServiceVisits
from geodata.overlay import file_of
from geodata.problems import InputError, Problem
from geodata.rows_of_file import RowsOfFile
from geodata.schemas import CANDIDATES, OFFICES
from optimizer.config import Scenario
from optimizer.config.data import table_file
from optimizer.config.services import GENERAL
from optimizer.instance import Bools

ASSUMED = ("assumed", "")
OWN = "own"  #: confidence of what the user's table says
DOCUMENTED, ANNOUNCED = "documented", "announced"  #: the office itself is named, before it began
COLUMNS = ("office_id", "service", "confidence", "source")
_SHOWN = 10


@dataclass(frozen=True)
class Offers:
    """What the offices of today offer; sites in the order of the table, services of the config."""

    names: tuple[str, ...]
    today: Bools  #: [J, S] what the site offers, by the table
    table: pd.DataFrame  #: COLUMNS, a row for each office and service it offers

    def text(self, site: int) -> str:
        """What a site offers as the tables write it: `general;id_check`."""
        return services_text(self.names, self.today[site])


def services_text(names: tuple[str, ...], offered: Bools) -> str:
    """The services of an open site in the form of the tables; general is always there."""
    return ";".join((GENERAL, *(name for name, has in zip(names, offered, strict=True) if has)))


def read_offers(scenario: Scenario, sites: pd.DataFrame) -> Offers:
    """What each site offers by its column `services`: keys or titles with ; or , between.

    Built-in services that the config does not know, or that the mode can not give, are left out.
    Raises InputError for other unknown names and for own services that the mode can not give.
    """
    names = tuple(scenario.services)
    keys: dict[str, str] = {GENERAL: GENERAL, "allmän service": GENERAL}
    for name, service in scenario.services.items():
        keys |= {word.casefold(): name for word in (name, service.title.sv, service.title.en)}
    record = builtin.load("office_services")
    ignored = set(record["service"]) - set(names)
    known = {
        (row["office_id"], row["service"]): (str(row["confidence"]), str(row["source"]))
        for row in record.to_dict("records")
    }
    tiers = {name: mode.tier for name, mode in scenario.modes.items()}
    today = np.zeros((len(sites), len(names)), dtype=bool)
    rows: list[tuple[str, str, str, str]] = []
    problems: list[Problem] = []
    places = _Places(scenario)
    for j, site in enumerate(sites.to_dict("records")):
        office, own = str(site["office_id"]), site["origin_services"] == "observed"
        words = [word.strip() for word in re.split("[;,]", str(site["services"]))]
        for word in filter(None, words):
            name = keys.get(word.casefold(), "")
            if not name and word not in ignored:
                accepted = f"must be one of {', '.join((GENERAL, *names))}"
                advice = "Several have ; between. A new service is a key under `services`."
                problems.append(places.problem(site, repr(word), accepted, advice))
            if name in ("", GENERAL) or today[j, names.index(name)]:
                continue
            tier, need = tiers.get(str(site["mode"])), scenario.services[name].need
            if tier is not None and tier < need:
                if own:
                    found = f"{word!r} at an office in mode {site['mode']}"
                    advice = "Correct the mode or take the service away."
                    accepted = f"a mode that serves need {need}"
                    problems.append(places.problem(site, found, accepted, advice))
                continue
            today[j, names.index(name)] = True
            rows.append((office, name, *((OWN, "") if own else known.get((office, name), ASSUMED))))
    if problems:
        raise InputError(tuple(problems[:_SHOWN]))
    return Offers(names, today, pd.DataFrame(rows, columns=list(COLUMNS)))


class _Places:
    """Where the services of a site stand: in the table of offices, or of candidates."""

    def __init__(self, scenario: Scenario) -> None:
        data = scenario.data
        self._sources = ((data.offices, OFFICES), (data.candidates, CANDIDATES))
        self._rows = [RowsOfFile(file_of(source), schema) for source, schema in self._sources]

    def problem(
        self, site: Mapping[Hashable, object], found: str, accepted: str, advice: str
    ) -> Problem:
        """What is wrong with the services of a site, by its row."""
        at = 1 if site.get("candidate") else 0
        table, office = table_file(self._sources[at][0]) or "offices", site["office_id"]
        where = f"{table}, office_id {office}, column services"
        told = Problem(where, found, accepted, advice)
        return self._rows[at].named(told, {"office_id": office}, "services")


@dataclass(frozen=True)
class Flowing:
    """Services with visits of their own, as the base year and the model see them."""

    services: tuple[int, ...]  #: their places in the config
    visits: ServiceVisits


def service_visits(
    scenario: Scenario, offers: Offers, sites: pd.DataFrame, zones: pd.DataFrame
) -> Flowing | None:
    """The services that some office of today offers, with their part of each zone's visits.

        share[i, s] = visits_share[s] x foreign born[i] / foreign born of the country

    (or visits_share[s] alone, `follows: visits`). None where `service_flows` is off.
    """
    if not scenario.requirements.service_flows.on:
        return None
    is_open = ~sites["candidate"].to_numpy(dtype=bool)
    offering = offers.today & is_open[:, None]
    some = tuple(np.flatnonzero(offering.any(axis=0)).tolist())
    catalogue = [list(scenario.services.values())[s] for s in some]
    towns = builtin.load("municipalities").set_index("municipality_code")["share_foreign_born"]
    abroad = zones["municipality_code"].map(towns).to_numpy(dtype=np.float64)
    people = zones["population"].to_numpy(dtype=np.float64)
    known = np.isfinite(abroad)
    mean = float(people[known] @ abroad[known] / people[known].sum())
    ratio = np.where(known, abroad / mean, 1.0)
    columns = [
        one.visits_share * (ratio if one.follows == "foreign_born" else np.ones(len(zones)))
        for one in catalogue
    ]
    if not columns:
        return None
    visits = ServiceVisits(
        offering[:, list(some)], tuple(one.need for one in catalogue), np.column_stack(columns)
    )
    return Flowing(some, visits)


def uncertain_warnings(offers: Offers) -> tuple[str, ...]:
    """A sentence each on how many services of offices are assumed, and only announced."""
    sure, total = offers.table["confidence"], len(offers.table)
    announced = int((sure == ANNOUNCED).sum())
    assumed = int((~sure.isin([DOCUMENTED, ANNOUNCED, OWN])).sum())
    told = []
    if assumed:
        told.append(
            f"Which offices offer which service is not public: {assumed} of the "
            f"{total} services at offices are assumed by a rule."
        )
    if announced:
        told.append(
            f"{announced} of the {total} services at offices were announced before they began; "
            f"no source confirms that they did."
        )
    return tuple(told)
