"""Own rows over a built-in table: `builtin + file.xlsx#Kontor`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.cells import Known
from geodata.joining import CODE
from geodata.problems import InputError, Problem
from geodata.schema import Column, Schema
from geodata.tables import read_table

PLUS = " + "
REMOVE = "remove"
YES, NO = ("ja", "yes"), ("nej", "no")


def parts_of(source: str | Path) -> tuple[str, str]:
    """The built-in table and the file over it; the file is '' where there is none.

    `builtin + own.xlsx#Kontor` gives ("builtin", "own.xlsx#Kontor"); a plain source is the first.
    """
    text = str(source)
    if not text.startswith("builtin") or PLUS not in text:
        return text, ""
    base, _, file = text.partition(PLUS)
    return base.strip(), file.strip()


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
    own = check_laid_over(file, schema, known, base, told=told)
    goes = own[REMOVE].isin(YES)
    new = ~goes & ~own[key].isin(base[key])
    problems = tuple(_incomplete(file, own[new], schema))
    if problems:
        raise InputError(problems)
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
    choice = Column(REMOVE, "text", "ja: the row is not there", one_of=(*YES, *NO))
    partial = schema.needing(schema.name, [schema.unique[-1]])
    partial = replace(partial, columns=(*partial.columns, choice))
    codes = {}
    if base is not None and not base.empty and CODE in base and CODE not in schema.unique:
        codes = dict(zip(base[schema.unique[-1]], base[CODE], strict=True))
    return read_table(file, partial, known, may_be_empty=True, codes=codes, told=told)


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


def _incomplete(file: str, new: pd.DataFrame, schema: Schema) -> Iterator[Problem]:
    """New rows that lack a value every row must have."""
    key = schema.unique[-1]
    for row in new.to_dict("records"):
        lacking = [
            column.name
            for column in schema.columns
            if column.required and (row[column.name] == "" or row[column.name] != row[column.name])
        ]
        if lacking:
            where = f"{Path(file).name}, {key} {row[key]!r}"
            found = f"no such row in the built-in table, and nothing in {', '.join(lacking)}"
            accepted = f"a built-in {key}, or a new row with all it needs"
            yield Problem(where, found, accepted, "Correct the id, or fill in the rest.")


def _blank_text(table: pd.DataFrame) -> pd.DataFrame:
    """Blank text as '', in rows that were added too."""
    text = table.select_dtypes(include=["str", "object"]).columns
    return table.assign(**{name: table[name].where(table[name].notna(), "") for name in text})
