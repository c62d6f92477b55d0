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

import numpy as np
import pandas as pd

from geodata.cells import Ids, Known
from geodata.problems import InputError, Problem, in_order
from geodata.rows_of_file import RowsOfFile
from geodata.schemas import DECIDED
from geodata.tables import TableError, read_table
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
    table, problems = _read(source, known, late)
    if table.empty and not problems:
        return scenario, None, tuple(late)
    name = Path(source.partition("#")[0]).name
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
    problems += _against(name, scenario, new, sites)
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
        _, problems = _read(source, known, [])
        if problems:
            raise InputError(in_order(problems))


def _read(source: str, known: Known, told: list[str]) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows of the table that are sound, and what is wrong with the others."""
    problems: list[Problem] = []
    try:
        every = read_table(source, DECIDED, known=known, may_be_empty=True, told=told)
        rows = every
    except TableError as error:
        every, rows, problems = error.table, error.rows, list(error.problems)
    places = RowsOfFile(source, DECIDED)
    name = Path(source.partition("#")[0]).name
    ends = set(every.loc[every["action"].isin(["close", "merge"]), "office_id"])
    sound = []
    for row in _rows(rows):
        where = f"{name}, {row['office_id']}"
        wrong = list(_unsound(where, row, ends))
        sound.append(not wrong)
        key = {"office_id": row["office_id"]}
        problems += [places.named(one, key, column) for column, one in wrong]
    return rows[np.array(sound, dtype=bool)], problems


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


def _unsound(where: str, row: Mapping[str, Any], ends: set[str]) -> Iterator[tuple[str, Problem]]:
    """What a row says too little of, too much, or that another row contradicts, by column.

    ``ends`` are the offices that close or merge.
    """
    action, into = row["action"], row["into_office_id"]
    for column, wanted in (("mode", "convert"), ("into_office_id", "merge")):
        at = f"{where}, column {column}"
        if not row[column] and action == wanted:
            advice = "Fill it in." if column == "into_office_id" else "Fill in the mode decided."
            yield column, Problem(at, "nothing", "must be given", advice)
        elif row[column] and action != wanted:
            accepted = f"must be empty for {action!r}"
            yield column, Problem(at, repr(row[column]), accepted, "Leave it empty.")
    if into and into in ends:
        accepted = "must be an office that stays open"
        at, advice = f"{where}, column into_office_id", "Name another office."
        yield "into_office_id", Problem(at, repr(into), accepted, advice)
    if row["decided_on"] and row["last_day"] and row["last_day"] < row["decided_on"]:
        accepted = f"must not be before the day of the decision, {row['decided_on']}"
        at, advice = f"{where}, column last_day", "Correct one of the two days."
        yield "last_day", Problem(at, repr(row["last_day"]), accepted, advice)


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
