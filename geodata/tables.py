"""Checking a table where it enters: every problem at once, and every value with its origin."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import builtin, cells, places
from geodata.arrays import Bools
from geodata.cells import Known
from geodata.files import ONCE, Raw, as_raw, read_raw
from geodata.headings import keys_of, twice
from geodata.joining import CODE, FOUND_BY, LOST, NAME, joined
from geodata.problems import MOST_SHOWN, InputError, Problem, refused
from geodata.schema import ORIGINS, Column, Schema
from geodata.unknown_columns import told_of_unknown
from geodata.valueless import emptied

_NONE: Bools = np.zeros(0, dtype=bool)


class TableError(InputError):
    """Some rows of a table are wrong; the others may be checked against other tables all the same.

    ``table`` has all rows with what could be read of them, ``sound`` those of which nothing is
    wrong. Where columns are wrong it is a plain InputError.
    """

    def __init__(
        self, problems: Iterable[Problem], table: pd.DataFrame | None = None, sound: Bools = _NONE
    ) -> None:
        super().__init__(problems)
        self.table = pd.DataFrame() if table is None else table
        self.sound = sound

    @property
    def rows(self) -> pd.DataFrame:
        """The sound rows."""
        return self.table[self.sound]


def read_table(
    source: str | Path | pd.DataFrame | Raw,
    schema: Schema,
    known: Known | None = None,
    *,
    may_be_empty: bool = False,
    codes: Mapping[str, str] | None = None,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """The table of a file in the form of `schema`.

    `source` may also be `builtin:<table>`, a frame, or what was read of a file.

    Missing optional values take the schema's default; columns with an origin get a neighbour
    `origin_<column>`: observed, default, or '' while the value is missing. Columns the schema does
    not know are kept as they stand. `known` gives the ids that foreign keys may name; municipality
    codes are known anyhow. Rows of a file without a municipality get it from `codes` (by the
    schema's key), by its name or by their point. What a reader has to know of the table is added
    to ``told``. Raises InputError with every problem found: TableError where only rows are wrong.
    """
    raw = _raw(source, schema)
    if len(raw.table) > schema.most_rows:
        found, accepted = f"{len(raw.table):,} rows", f"at most {schema.most_rows:,} rows"
        raise refused(raw.name, found, accepted, "Leave out or put together some.")
    titles = [str(title) for title in raw.table.columns]
    raw, faulty, faults = emptied(keyed(raw, schema), _wanted(schema))
    raw, unusable, mislaid = places.in_degrees(raw)
    raw, unjoined = joined(raw, schema, codes)
    ids = {"municipality_code": _municipality_codes(), **(known or {})}
    problems = [*faults, *mislaid, *unjoined, *_header_problems(raw, schema, titles)]
    otherwise = _told_otherwise(raw, unusable, faulty)
    parts = {
        column.name: cells.values(raw, column, ids, problems, told=otherwise.get(column.name))
        if column.name in raw.table
        else cells.absent(column, len(raw.table))
        for column in schema.columns
    }
    table = pd.DataFrame(parts, index=raw.table.index)
    problems.extend(places.misplaced(raw, table))
    problems.extend(_repeated(raw, table, schema))
    if raw.table.empty and not may_be_empty:
        problems.append(Problem(raw.name, "no rows", "at least one row", "Fill in some."))
    if problems:
        raise _error(problems, raw, table, schema)
    if told is not None:
        told += told_of_unknown(raw, schema)
    return _completed(raw, table, schema)


def _error(
    problems: Sequence[Problem], raw: Raw, table: pd.DataFrame, schema: Schema
) -> InputError:
    """The error for a table: with its sound rows, unless something is wrong with all of it."""
    if any(one.place is None or not one.place.rows for one in problems):
        return InputError(problems)
    wrong = {row for one in problems if one.place for row in one.place.rows}
    return TableError(problems, _completed(raw, table, schema), ~np.isin(raw.rows, list(wrong)))


def _told_otherwise(raw: Raw, unusable: Bools, faulty: Mapping[str, Bools]) -> dict[str, Bools]:
    """By column, rows whose cell is told of once for all, not one by one.

    Rows with ``unusable`` metres have no place, and so no municipality where they name none.
    ``faulty`` cells were told of.
    """
    none = np.zeros(len(raw.table), dtype=bool)
    lost = (raw.table[FOUND_BY] == LOST).to_numpy() if FOUND_BY in raw.table else none
    mistaken = places.mistaken(raw)
    there = lost | unusable if mistaken is None else lost | unusable | mistaken
    blank = (raw.table[CODE] == "").to_numpy(dtype=bool) if CODE in raw.table else none
    found = {CODE: lost | (unusable & blank), **dict.fromkeys(places.DEGREES, there)}
    return found | {name: found.get(name, none) | rows for name, rows in faulty.items()}


def _raw(source: str | Path | pd.DataFrame | Raw, schema: Schema) -> Raw:
    if isinstance(source, Raw):
        return source
    if isinstance(source, pd.DataFrame):
        return as_raw(source, schema.name)
    if str(source).startswith("builtin:"):
        name = str(source).removeprefix("builtin:")
        return as_raw(builtin.load(name), f"built-in {name}", first_row=2)
    return read_raw(source)


def keyed(raw: Raw, schema: Schema) -> Raw:
    """The table with its columns under their keys, whatever heading they have in the file."""
    wanted = _wanted(schema)
    titles = [str(title) for title in raw.table.columns]
    keys = keys_of(titles, wanted)
    for one, other in twice(titles, keys):
        found = f"columns {one} and {other}, which mean the same"
        raise refused(raw.name, found, ONCE, "Remove or rename one.")
    columns = {key: raw.columns.get(title, 0) for key, title in zip(keys, titles, strict=True)}
    return replace(raw, table=raw.table.set_axis(keys, axis=1), columns=columns)


def _wanted(schema: Schema) -> list[str]:
    """The columns that are looked for: metres may stand for degrees, names for codes."""
    wanted = [column.name for column in schema.columns]
    if not {"longitude", "latitude"}.isdisjoint(wanted):
        wanted += places.METRES
    if CODE in wanted and NAME not in wanted:
        wanted.append(NAME)
    return wanted


def _municipality_codes() -> frozenset[str]:
    return frozenset(builtin.load("municipalities")["municipality_code"])


def _header_problems(raw: Raw, schema: Schema, titles: Iterable[str]) -> Iterator[Problem]:
    """Required columns that lack, and unknown ones that look like a slip of the pen.

    ``titles`` are the columns as they stand in the file.
    """
    present = [str(name) for name in raw.table.columns]
    lacking = [column for column in schema.columns if column.name not in present]
    for column in lacking:
        if column.required:
            found = f"columns {', '.join(titles)}"
            advice = f"Add the column; `servicenet data show {schema.name}` tells of it."
            yield Problem(raw.name, found, f"column {column.name}", advice, raw.place())
    names = [column.name for column in schema.columns]
    optional = [column.name for column in lacking if not column.required]
    for name in sorted(set(present) - set(names)):
        for close in difflib.get_close_matches(name, optional, n=1, cutoff=0.85):
            where = f"{raw.name}, column {name}"
            advice = "Rename the column, or give it a name less alike."
            accepted = f"the column name {close}"
            yield Problem(where, repr(name), accepted, advice, raw.place((), name))


def _repeated(raw: Raw, table: pd.DataFrame, schema: Schema) -> Iterator[Problem]:
    """Rows whose key stands in an earlier row."""
    keys = [key for key in schema.unique if key in raw.table]
    if not keys or any(_required(schema, key) for key in set(schema.unique) - set(keys)):
        return
    again = table.duplicated(keys) & (table[keys] != "").all(axis=1)
    found_at = np.flatnonzero(again.to_numpy())
    what = " and ".join(keys)
    for at in found_at[:MOST_SHOWN]:
        found = repr(", ".join(_plain(table[key].iloc[at]) for key in keys))
        where = f"{raw.name} row {raw.rows[at]}, column {what}"
        place = raw.place([raw.rows[at]], keys[0])
        yield Problem(where, f"{found} a second time", f"each {what} once", "Remove one.", place)
    more = raw.rows[found_at[MOST_SHOWN:]].tolist()
    yield from cells.rest(
        raw, f"column {what}", more, f"each {what} once", keys[0], advice="Remove all but one."
    )


def _plain(value: object) -> str:
    """A value of a key as people write it: a year without decimals."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _required(schema: Schema, name: str) -> bool:
    return any(column.required for column in schema.columns if column.name == name)


def _completed(raw: Raw, table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Defaults filled in, origins beside the values, unknown columns kept at the end."""
    for column in schema.columns:
        found = table[column.name]
        missing = cells.is_missing(column, found)
        has_default = column.default not in (None, "")
        if has_default:
            table[column.name] = found.where(~missing, column.default)
        if column.origin:
            origin = pd.Series("observed", index=table.index)
            origin = origin.where(~missing, "default" if has_default else "")
            table[f"origin_{column.name}"] = _told(raw, column, origin, missing)
        if column.kind == "whole" and not table[column.name].isna().any():
            table[column.name] = table[column.name].astype("int64")
    others = [name for name in raw.table.columns if name not in table.columns]
    return table.assign(**{name: raw.table[name] for name in others})


def _told(raw: Raw, column: Column, origin: pd.Series, missing: pd.Series) -> pd.Series:
    """The origin that the table itself gives for a value, where it gives one we know."""
    name = f"origin_{column.name}"
    if name not in raw.table:
        return origin
    told = raw.table[name].astype(str).str.strip()
    return origin.where(missing | ~told.isin(ORIGINS), told)
