"""Rows without a municipality: joined to one by its name, or by where they lie."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import builtin
from geodata.blank import is_blank
from geodata.files import Raw
from geodata.letters import composed
from geodata.places import DEGREES, municipality_at, numbers_of
from geodata.problems import MOST_SHOWN, Problem
from geodata.schema import Schema

CODE, NAME = "municipality_code", "municipality"
FOUND_BY = "municipality_found_by"  #: name, place, or near: outside every outline, within 10 km
LOST = "lost"


def joined(
    raw: Raw, schema: Schema, known: Mapping[str, str] | None = None
) -> tuple[Raw, list[Problem]]:
    """The table with a municipality_code in every row that can be given one, and FOUND_BY.

    ``known`` are the codes of rows of a built-in table by the schema's key: they have theirs from
    it. Others have theirs from the column `municipality`, a name, or from their point. Problems
    tell of names that are no municipality's and points that lie in none.
    """
    columns = set(raw.table.columns)
    if schema.column(CODE) is None or not raw.file or raw.table.empty:
        return raw, []
    if not columns & {CODE, NAME} and not set(DEGREES) <= columns:
        return raw, []
    codes = _codes(raw)
    by = np.full(len(codes), "", dtype=object)
    if known is not None and schema.unique[-1] in columns:
        ids = raw.table[schema.unique[-1]].astype(str).str.strip()
        theirs = ids.map(known).to_numpy(dtype=object)
        there = (codes == "") & np.array([not is_blank(code) for code in theirs])
        codes[there] = theirs[there]
    problems = [*_by_name(raw, codes, by), *_by_place(raw, codes, by)]
    table = raw.table.assign(**{CODE: codes, FOUND_BY: by})
    numbers = {CODE: raw.columns.get(CODE, raw.columns.get(NAME, 0)), **raw.columns}
    return replace(raw, table=table, columns=numbers), problems


def told_of_joined(table: pd.DataFrame, what: str) -> Iterator[str]:
    """How many rows have their municipality by where they lie, in a sentence."""
    if FOUND_BY not in table:
        return
    near = int((table[FOUND_BY] == "near").sum())
    placed = int((table[FOUND_BY] == "place").sum()) + near
    if placed:
        yield (
            f"{placed:,} of {len(table):,} {what} have their municipality by where they lie; "
            f"{near:,} of them lie outside every outline and belong to the nearest within 10 km."
        )


def _codes(raw: Raw) -> NDArray[np.object_]:
    """The codes as they stand, '' where blank."""
    if CODE not in raw.table.columns:
        return np.full(len(raw.table), "", dtype=object)
    cells = raw.table[CODE].to_numpy(dtype=object)
    return np.array(["" if is_blank(cell) else cell for cell in cells], dtype=object)


def _by_name(raw: Raw, codes: NDArray[np.object_], by: NDArray[np.object_]) -> Iterator[Problem]:
    """Codes of the names in the column `municipality`, where there are no codes."""
    if NAME not in raw.table.columns:
        return
    towns = builtin.load("municipalities")
    known = dict(zip(towns[NAME].map(_plain), towns[CODE], strict=True))
    for row in np.flatnonzero(codes == ""):
        name = raw.table[NAME].iloc[row]
        if is_blank(name):
            continue
        code = known.get(_plain(name)) or known.get(_plain(name).removesuffix("s"))
        if code is None:
            where = f"{raw.name} row {raw.rows[row]}, column {NAME}"
            place = raw.place([raw.rows[row]], NAME)
            accepted = "the name of a municipality, or its code in municipality_code"
            by[row] = LOST
            yield Problem(where, repr(str(name)), accepted, "Correct the value.", place)
            continue
        codes[row], by[row] = code, "name"


def _plain(name: object) -> str:
    """Upplands Väsby for `Upplands Väsby kommun`, in any case of letters."""
    text = composed(str(name)).casefold().strip()
    return text.removesuffix(" kommun").removesuffix(" stad").strip()


def _by_place(raw: Raw, codes: NDArray[np.object_], by: NDArray[np.object_]) -> Iterator[Problem]:
    """Codes of the municipalities that points lie in, where there are no codes."""
    if not set(DEGREES) <= set(raw.table.columns):
        return
    x, y = (numbers_of(raw, name) for name in DEGREES)
    rows = np.flatnonzero((codes == "") & (by != LOST) & (abs(x) <= 180) & (abs(y) <= 90))
    if not rows.size:
        return
    found, inside = municipality_at(x[rows], y[rows])
    codes[rows] = found
    by[rows] = np.where(inside, "place", np.where(found == "", LOST, "near"))
    lost = rows[found == ""]
    if lost.size:
        key = raw.table.columns[0]
        shown = ", ".join(str(name) for name in raw.table[key].iloc[lost[:MOST_SHOWN]])
        found_text = f"{lost.size} of {len(raw.table)} rows in no municipality: {shown}"
        advice = "Correct their points, or give municipality_code."
        place = raw.place(raw.rows[lost].tolist(), "longitude")
        accepted = "points in Sweden, or within 10 km of it"
        yield Problem(raw.name, found_text, accepted, advice, place)
