"""Cells of a table that hold an error or a formula never counted: told once, then left empty."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from geodata.arrays import Bools
from geodata.cells import rest
from geodata.faults import Fault
from geodata.files import Raw
from geodata.joining import CODE, NAME
from geodata.places import DEGREES, METRES
from geodata.problems import MOST_SHOWN, Problem

ACCEPTED = "a value"
#: Columns that say the same thing: a fault in one is not told of again as nothing in another.
_TOGETHER = ((*METRES, *DEGREES), (NAME, CODE))


def emptied(raw: Raw, columns: Collection[str]) -> tuple[Raw, Mapping[str, Bools], list[Problem]]:
    """The table with nothing where ``columns`` hold faults, those rows by column, and problems."""
    if not raw.sheet:
        return raw, {}, []
    faulty: dict[str, Bools] = {}
    problems: list[Problem] = []
    for name in columns:
        if name in raw.table:
            cells = raw.table[name]
            found = np.array([isinstance(cell, Fault) for cell in cells], dtype=bool)
            if found.any():
                faulty[name] = found
                problems += _told(raw, name, found)
    if not faulty:
        return raw, {}, []
    for group in _TOGETHER:
        some = [faulty[name] for name in group if name in faulty]
        if some:
            together = np.asarray(np.any(some, axis=0), dtype=bool)
            faulty.update((name, together) for name in group)
    table = raw.table.copy()
    for name, rows in faulty.items():
        if name in table:
            table[name] = table[name].where(~rows, None)
    return replace(raw, table=table), faulty, problems


def said(fault: str) -> tuple[str, str]:
    """What is found and what to do about a cell in which a fault stands."""
    if fault.startswith("="):
        advice = "Open the workbook in a spreadsheet program and save it, or write the value."
        return f"the formula {fault} without a stored result", advice
    return f"the error {fault}", "Mend the formula, or write the value."


def _told(raw: Raw, name: str, found: Bools) -> Iterator[Problem]:
    """One problem for each cell, the first twenty in full and the rest as a number."""
    at = np.flatnonzero(found)
    for row in at[:MOST_SHOWN]:
        what, advice = said(raw.table[name].iloc[row])
        number = raw.rows[row]
        where = f"{raw.name} row {number}, column {name}"
        yield Problem(where, what, ACCEPTED, advice, raw.place([number], name))
    more = raw.rows[at[MOST_SHOWN:]].tolist()
    yield from rest(
        raw,
        f"column {name}",
        more,
        ACCEPTED,
        name,
        advice="Mend the formulas, or write the values.",
    )
