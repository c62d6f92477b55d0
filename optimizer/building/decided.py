"""Decisions already taken: a table of offices and dates as decisions of the config.

An office counts as closed, or as in its new mode, from the first planning year that begins after
its last day: money and visits are counted by whole years, and an office that is open in a part of a
year has its lease and its staff to pay in it. Earlier years are left to the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.cells import Ids, Known
from geodata.problems import InputError, Problem, in_order
from geodata.schemas import DECIDED
from geodata.tables import read_table
from optimizer.building.named_sites import find_site
from optimizer.config import Scenario
from optimizer.config.finding import KeyPath
from optimizer.config.offices import Close, Keep, Merge, Pin

Decision = Keep | Close | Pin | Merge

#: The list of the config that each action goes to.
_LISTS = {"keep": "keep", "close": "close", "convert": "mode", "merge": "merge"}
_REASONS = {
    "en": ("decided {decided_on}", "last day {last_day}", "decided before the plan"),
    "sv": ("beslutat {decided_on}", "sista dag {last_day}", "beslutat före planen"),
}


def with_decided(
    scenario: Scenario, sites: pd.DataFrame, modes: Mapping[str, str]
) -> tuple[Scenario, pd.DataFrame | None, tuple[str, ...]]:
    """The scenario with the decisions of `offices.decided` among its own, their table, warnings.

    ``modes`` are the modes of the catalogue by name and title. Raises InputError with everything
    that is wrong with the table, and for offices that the config decides upon too. What the
    scenario holds already, as the config of a run does, is not added again.
    """
    source = scenario.offices.decided
    if source is None:
        return scenario, None, ()
    ids = Ids.of(sites["office_id"], scenario.data.tables_of_sites)
    known: Known = {"office_id": ids, "mode": modes}
    late: list[str] = []
    table = read_table(source, DECIDED, known=known, may_be_empty=True, told=late)
    if table.empty:
        return scenario, None, tuple(late)
    name = Path(source.partition("#")[0]).name
    problems = list(_unsound(name, table))
    if problems:
        raise InputError(in_order(problems))
    found: dict[str, list[Decision]] = {key: [] for key in _LISTS.values()}
    for row in _rows(table):
        year = first_year(row, scenario.years)
        if year is None:
            late.append(
                f"{name}: what is decided for {row['office_id']} begins after the last planning "
                "year and changes nothing in the plan."
            )
            continue
        found[_LISTS[row["action"]]].append(_decision(row, year, scenario.output.language))
    own = scenario.offices
    new = {
        key: [one for one in rows if one not in getattr(own, key)] for key, rows in found.items()
    }
    problems = list(_against(name, scenario, new, sites))
    if problems:
        raise InputError(in_order(problems))
    lists = {key: (*getattr(own, key), *rows) for key, rows in new.items()}
    offices = own.model_copy(update=lists)
    return scenario.model_copy(update={"offices": offices}), table, tuple(late)


def check_decided(scenario: Scenario, known: Known) -> None:
    """Check the table by itself, where the offices, or the modes, can not be had.

    Raises InputError.
    """
    source = scenario.offices.decided
    if source is not None:
        table = read_table(source, DECIDED, known=known, may_be_empty=True)
        problems = tuple(_unsound(Path(source.partition("#")[0]).name, table))
        if problems:
            raise InputError(problems)


def offices_ended(table: pd.DataFrame, years: tuple[int, ...]) -> dict[str, int]:
    """The offices that the table closes or merges, and the planning year from which they are."""
    return _in_force(table, years, ("close", "merge"))


def offices_leaving(table: pd.DataFrame, years: tuple[int, ...]) -> dict[str, int]:
    """The offices that the table closes, merges or converts, and the planning year from which.

    Notice was given of their premises to be left by then.
    """
    return _in_force(table, years, ("close", "merge", "convert"))


def first_year(row: Mapping[str, Any], years: tuple[int, ...]) -> int | None:
    """The first planning year in which a decision is in force; None if there is none.

    It is the first that begins after the last day, or after the day of the decision where no last
    day is given. What is kept is kept from the first year on.
    """
    day = row["last_day"] or row["decided_on"]
    if row["action"] == "keep" or not day:
        return years[0]
    ended = date.fromisoformat(day)
    return next((year for year in years if date(year, 1, 1) > ended), None)


def _in_force(
    table: pd.DataFrame, years: tuple[int, ...], actions: tuple[str, ...]
) -> dict[str, int]:
    """By office, from which planning year on one of the actions is in force; left out if none."""
    found = {
        row["office_id"]: first_year(row, years) for row in _rows(table) if row["action"] in actions
    }
    return {office: year for office, year in found.items() if year is not None}


def _rows(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _decision(row: Mapping[str, Any], year: int, language: str) -> Decision:
    on, last, before = _REASONS[language]
    told = [on.format(**row) if row["decided_on"] else before]
    told += [last.format(**row)] if row["last_day"] else []
    reason, office = ", ".join(told), str(row["office_id"])
    if row["action"] == "keep":
        return Keep.model_validate({"office": office, "reason": reason})
    if row["action"] == "close":
        return Close.model_validate({"office": office, "reason": reason, "from": year})
    if row["action"] == "merge":
        into = str(row["into_office_id"])
        content = {"from": office, "into": into, "reason": reason, "year": year}
        return Merge.model_validate(content)
    mode = str(row["mode"])
    return Pin.model_validate({"office": office, "mode": mode, "reason": reason, "from": year})


def _unsound(name: str, table: pd.DataFrame) -> Iterator[Problem]:
    """Rows that say too little, too much, or what another row contradicts."""
    ends = set(table.loc[table["action"].isin(["close", "merge"]), "office_id"])
    for row in _rows(table):
        action, office = row["action"], row["office_id"]
        where = f"{name}, {office}"
        for column, actions in (("mode", ("convert",)), ("into_office_id", ("merge",))):
            given = bool(row[column])
            if given != (action in actions):
                accepted = "must be given" if not given else f"must be empty for {action!r}"
                found = repr(row[column]) if given else "nothing"
                yield Problem(f"{where}, column {column}", found, accepted)
        if row["into_office_id"] and row["into_office_id"] in ends:
            accepted = "must be an office that stays open"
            yield Problem(f"{where}, column into_office_id", repr(row["into_office_id"]), accepted)
        if row["decided_on"] and row["last_day"] and row["last_day"] < row["decided_on"]:
            accepted = f"must not be before the day of the decision, {row['decided_on']}"
            yield Problem(f"{where}, column last_day", repr(row["last_day"]), accepted)


def _against(
    name: str, scenario: Scenario, new: Mapping[str, list[Decision]], sites: pd.DataFrame
) -> Iterator[Problem]:
    """Offices that both the table and the config decide upon."""
    decided = {one.office: key for key, rows in new.items() for one in rows}
    receiving = {one.into: one for one in new["merge"] if isinstance(one, Merge)}
    ids = list(sites["office_id"])
    for key in _LISTS.values():
        for number, one in enumerate(getattr(scenario.offices, key)):
            path: KeyPath = ("offices", key, number)
            where = scenario.where(path)
            try:
                office = ids[find_site(sites, one.office, where)]
            except InputError:
                continue  # told where the config's own decisions are read
            if office in decided:
                accepted = f"must not be an office of {name} too"
                advice = "Take it away here; a decision already taken stands."
                yield Problem(where, repr(one.office), accepted, advice)
            if key in ("close", "merge") and office in receiving:
                accepted = f"must not be an office that {name} merges another into"
                yield Problem(where, repr(one.office), accepted, "Take one of the two away.")
            if key == "merge" and decided.get(_into(sites, ids, one.into)) in ("close", "merge"):
                accepted = f"must be an office that stays open; {name} closes it"
                yield Problem(f"{where}.into", repr(one.into), accepted, "Name another office.")


def _into(sites: pd.DataFrame, ids: list[str], word: str) -> str:
    try:
        return ids[find_site(sites, word, "into")]
    except InputError:
        return ""
