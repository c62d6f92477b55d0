"""The words for columns and their keys, by the schema extension of the GeoPackage standard."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from optimizer.outputs.geopackage.layer import Layer

#: OGC 12-128r19, annex F.9: the tables and rows that the extension asks for.
TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
"""
EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema", "read-write")
DESCRIBED = ("gpkg_data_columns", "gpkg_data_column_constraints")


def describe(base: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    """Name every column for people, and list the words of every column of keys."""
    for statement in filter(str.strip, TABLES.split(";")):
        base.execute(statement)
    base.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)",
        [(table, *EXTENSION) for table in DESCRIBED],
    )
    for layer in layers:
        base.executemany(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, NULL, NULL, ?)",
            [
                (layer.name, column, name, layer.aliases[column], _list(layer, column))
                for column, name in zip(layer.columns, _names(layer), strict=True)
            ],
        )
        for column in layer.columns:
            base.executemany(
                "INSERT INTO gpkg_data_column_constraints VALUES "
                "(?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
                [(_list(layer, column), *pair) for pair in layer.codes.get(column, {}).items()],
            )


def _names(layer: Layer) -> list[str]:
    """The alias of each column, with the column beside it where two are alike: names are unique."""
    aliases = [layer.aliases[column] for column in layer.columns]
    return [
        alias if aliases.count(alias) == 1 else f"{alias} ({column})"
        for alias, column in zip(aliases, layer.columns, strict=True)
    ]


def _list(layer: Layer, column: str) -> str | None:
    """The name of the list of keys of a column, if it is one of keys."""
    return f"{layer.name}_{column}" if column in layer.codes else None
