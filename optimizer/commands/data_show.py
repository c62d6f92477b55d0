"""The built-in tables for a terminal or as JSON: the catalogue, one table, and its input form."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem
from geodata.schema import Schema
from geodata.schemas import SCHEMAS

CATALOGUE_COLUMNS = ["table", "rows", "kind", "year", "source", "licence"]
ROWS_SHOWN = 3
WIDTH_OF_FILES = 1000


@dataclass(frozen=True)
class Catalogue:
    """The built-in tables, and the forms of the tables of one's own."""

    tables: pd.DataFrame

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return {"tables": _records(self.tables), "inputs": [_form(schema) for schema in SCHEMAS]}

    def sentences(self) -> Iterator[str]:
        """The table of the tables, and what else can be shown."""
        yield _laid_out("Built-in tables", self.tables[CATALOGUE_COLUMNS])
        names = ", ".join(schema.name for schema in SCHEMAS)
        yield f"Tables of your own: {names}. `servicenet data show TABLE` prints their columns."


@dataclass(frozen=True)
class Shown:
    """One table: what is built in of it, and what one of one's own looks like."""

    table: str
    columns: pd.DataFrame  #: of the built-in table; empty if none is built in, as are its rows
    rows: pd.DataFrame  #: the first ones
    form: dict[str, Any] | None  #: None if there is no such table of one's own

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        form = {} if self.form is None else {"input": self.form}
        columns, rows = _records(self.columns), _records(self.rows)
        return {"table": self.table, "columns": columns, "rows": rows, **form}

    def sentences(self) -> Iterator[str]:
        """A table of the columns, one of the first rows, and one of the form, as there are."""
        if not self.columns.empty:
            yield _laid_out(f"{self.table}: columns of the built-in table", self.columns)
            title = f"{self.table}: the first {len(self.rows)} rows"
            yield _laid_out(title, _turned(self.rows))
        if self.form is not None:
            yield _laid_out(
                f"{self.table}: a table of your own", pd.DataFrame(self.form["columns"])
            )


def catalogue() -> Catalogue:
    """The catalogue of the built-in tables and the forms of the user's own."""
    return Catalogue(builtin.catalogue())


def table(name: str) -> Shown:
    """A built-in table's columns and first rows, and what a table of your own looks like.

    Raises InputError if there is no such table.
    """
    form = next((_form(schema) for schema in SCHEMAS if schema.name == name), None)
    is_builtin = name in builtin.names()
    if form is None and not is_builtin:
        raise InputError(_no_such_table(name))
    columns = builtin.columns(name) if is_builtin else pd.DataFrame()
    rows = builtin.load(name).head(ROWS_SHOWN) if is_builtin else pd.DataFrame()
    return Shown(name, columns, rows, form)


def _no_such_table(name: str) -> Problem:
    known = dict.fromkeys([*builtin.names(), *(schema.name for schema in SCHEMAS)])
    return Problem("TABLE", repr(name), f"must be one of {', '.join(known)}")


def _form(schema: Schema) -> dict[str, Any]:
    """What a table of the user must look like."""
    columns = [
        {
            "column": column.name,
            "kind": column.kind,
            "unit": column.unit,
            "required": column.required,
            "default": column.default,
            "meaning": column.meaning,
        }
        for column in schema.columns
    ]
    return {"table": schema.name, "columns": columns}


def _laid_out(title: str, rows: pd.DataFrame) -> str:
    """A table as wide, and with the letters and looks, as standard output can show it."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left", show_lines=False)
    for column in rows.columns:
        numeric = pd.api.types.is_numeric_dtype(rows[column])
        shown.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows.astype(object).itertuples(index=False):
        shown.add_row(*("" if value is None or value != value else str(value) for value in row))
    width = None if sys.stdout.isatty() else WIDTH_OF_FILES
    console = Console(markup=False, highlight=False, width=width)
    with console.capture() as laid_out:
        console.print(shown)
    return laid_out.get().removesuffix("\n")


def _turned(rows: pd.DataFrame) -> pd.DataFrame:
    """A line for each column, so that a wide table fits the terminal."""
    turned = rows.astype(object).T.reset_index(names="column")
    return turned.rename(columns={at: f"row {at + 1}" for at in range(len(rows))})


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", force_ascii=False))
    return records
