"""Own rows over a built-in table: `builtin + file.xlsx#Kontor`."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.cells import Known
from geodata.joining import CODE
from geodata.problems import InputError, Problem
from geodata.rows_of_file import RowsOfFile
from geodata.schema import ID, Column, Schema
from geodata.tables import TableError, read_table

PLUS = " + "
REMOVE = "remove"
YES, NO = ("ja", "yes"), ("nej", "no")
CHOICE = Column(REMOVE, "text", "ja: the row is not there", one_of=(*YES, *NO))


def parts_of(source: str | Path) -> tuple[str, str]:
    """The built-in table and the file over it; the file is '' where there is none.

    `builtin + own.xlsx#Kontor` gives ("builtin", "own.xlsx#Kontor"); a plain source is the first.
    """
    text = str(source)
    if not text.startswith("builtin") or PLUS not in text:
        return text, ""
    base, _, file = text.partition(PLUS)
    return base.strip(), file.strip()


def file_of(source: str | Path) -> str:
    """The file of a source, by itself or over a built-in table; '' where there is none."""
    base, file = parts_of(source)
    return file if file or base.startswith("builtin") or base == "none" else base


def laid_over(
    base: pd.DataFrame,
    file: str,
    schema: Schema,
    known: Known | None = None,
    *,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """The base table with the file's rows over it, by the schema's key; not yet in its form.

    A cell that is filled in replaces the base value and becomes observed; a blank one leaves it.
    A row whose key is new is added, and needs all required columns; `remove` = ja takes a row
    away. Columns the schema does not know are left out; those that may be meant for
    another are added to ``told``. Raises InputError.
    """
    key = schema.unique[-1]
    try:
        own = check_laid_over(file, schema, known, base, told=told)
    except TableError as error:
        raise InputError((*error.problems, *incomplete(file, error.rows, base, schema))) from None
    problems = tuple(incomplete(file, own, base, schema))
    if problems:
        raise InputError(problems)
    goes = own[REMOVE].isin(YES)
    new = ~goes & ~own[key].isin(base[key])
    merged = base[~base[key].isin(own.loc[goes, key])].set_index(key)
    merged = merged.reindex([*merged.index, *own.loc[new, key]])
    kept = own[~goes].set_index(key)
    for column in schema.columns:
        if column.name != key:
            merged = _column_over(merged, kept, column)
    return _blank_text(merged).reset_index()


def check_laid_over(
    file: str,
    schema: Schema,
    known: Known | None = None,
    base: pd.DataFrame | None = None,
    *,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """The file's rows by themselves: only the key is required. Raises InputError."""
    partial = schema.needing(schema.name, [schema.unique[-1]])
    partial = replace(partial, columns=(*partial.columns, CHOICE))
    codes = {}
    if base is not None and not base.empty and CODE in base and CODE not in schema.unique:
        codes = dict(zip(base[schema.unique[-1]], base[CODE], strict=True))
    return read_table(file, partial, known, may_be_empty=True, codes=codes, told=told)


def some_columns(file: str, schema: Schema, names: Collection[str]) -> pd.DataFrame:
    """The columns of those names and REMOVE of a file, whatever stands in its other cells.

    Raises InputError where a row has no id, which is the last of the columns that are unique.
    """
    key = schema.unique[-1]
    columns = tuple(one for one in schema.columns if one.name in {key, *names})
    some = replace(schema, columns=(*columns, CHOICE), unique=()).needing(schema.name, [key])
    try:
        return read_table(file, some, may_be_empty=True)
    except TableError as error:
        if not error.table[key].str.fullmatch(ID).all():
            raise
        return error.table


def _column_over(merged: pd.DataFrame, own: pd.DataFrame, column: Column) -> pd.DataFrame:
    """One column with the own values that are given in it, and their origin."""
    found = own[column.name]
    is_text = column.kind in ("text", "date")
    given = found[(found != "") if is_text else found.notna()]
    if given.empty:
        return merged
    blank: object = "" if is_text else np.nan
    values = merged[column.name] if column.name in merged else pd.Series(blank, merged.index)
    values = values.astype(object)
    values.loc[given.index] = given.to_numpy()
    changed = {column.name: values}
    if column.origin:
        name = f"origin_{column.name}"
        origin = merged[name] if name in merged else pd.Series("", merged.index)
        origin = origin.astype(object)
        origin.loc[given.index] = own.loc[given.index, name].to_numpy()
        changed[name] = origin
    return merged.assign(**changed)


def incomplete(
    file: str, own: pd.DataFrame, base: pd.DataFrame, schema: Schema
) -> Iterator[Problem]:
    """Rows of a file that the base table does not have and that lack what every row must have."""
    key = schema.unique[-1]
    new = own[~own[REMOVE].isin(YES) & ~own[key].isin(base[key])]
    places = RowsOfFile(file, schema)
    for row in new.to_dict("records"):
        lacking = [
            column.name
            for column in schema.columns
            if column.required and (row[column.name] == "" or row[column.name] != row[column.name])
        ]
        if lacking:
            where = f"{Path(file).name}, {key} {row[key]!r}"
            found = f"no {row[key]!r} in the built-in table, and nothing in {', '.join(lacking)}"
            accepted = f"a built-in {key}, or a new row with all it needs"
            problem = Problem(where, found, accepted, "Correct the id, or fill in the rest.")
            yield places.named(problem, {key: row[key]}, key)


def _blank_text(table: pd.DataFrame) -> pd.DataFrame:
    """Blank text as '', in rows that were added too."""
    text = table.select_dtypes(include=["str", "object"]).columns
    return table.assign(**{name: table[name].where(table[name].notna(), "") for name in text})
