"""The built-in tables on a terminal or as JSON: the catalogue, one table, and its input form."""

import json
import sys
from typing import Any

import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem
from geodata.schema import Schema
from geodata.schemas import SCHEMAS

CATALOGUE_COLUMNS = ["table", "rows", "kind", "year", "source", "licence"]
ROWS_SHOWN = 3
WIDTH_OF_FILES = 1000


def catalogue(*, as_json: bool) -> None:
    """Print the catalogue of the built-in tables and the forms of the user's own."""
    tables = builtin.catalogue()
    if as_json:
        _print_json({"tables": _records(tables), "inputs": [_form(schema) for schema in SCHEMAS]})
        return
    _print_table("Built-in tables", tables[CATALOGUE_COLUMNS])
    names = ", ".join(schema.name for schema in SCHEMAS)
    print(f"Tables of your own: {names}. `servicenet data show TABLE` prints their columns.")


def table(name: str, *, as_json: bool) -> None:
    """Print a built-in table's columns and first rows, and what a table of your own looks like."""
    schemas = [schema for schema in SCHEMAS if schema.name == name]
    is_builtin = name in builtin.names()
    if not (schemas or is_builtin):
        raise InputError(_no_such_table(name))
    columns = builtin.columns(name) if is_builtin else pd.DataFrame()
    rows = builtin.load(name).head(ROWS_SHOWN) if is_builtin else pd.DataFrame()
    if as_json:
        form = {"input": _form(schemas[0])} if schemas else {}
        shown = {"table": name, "columns": _records(columns), "rows": _records(rows)}
        _print_json(shown | form)
        return
    if is_builtin:
        _print_table(f"{name}: columns of the built-in table", columns)
        _print_table(f"{name}: the first {len(rows)} rows", _turned(rows))
    for schema in schemas:
        form_table = pd.DataFrame(_form(schema)["columns"])
        _print_table(f"{name}: a table of your own", form_table)


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


def _print_table(title: str, rows: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left", show_lines=False)
    for column in rows.columns:
        numeric = pd.api.types.is_numeric_dtype(rows[column])
        shown.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows.astype(object).itertuples(index=False):
        shown.add_row(*("" if value is None or value != value else str(value) for value in row))
    width = None if sys.stdout.isatty() else WIDTH_OF_FILES
    Console(markup=False, highlight=False, width=width).print(shown)


def _turned(rows: pd.DataFrame) -> pd.DataFrame:
    """A line for each column, so that a wide table fits the terminal."""
    turned = rows.astype(object).T.reset_index(names="column")
    return turned.rename(columns={at: f"row {at + 1}" for at in range(len(rows))})


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", force_ascii=False))
    return records


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
