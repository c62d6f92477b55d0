"""The tables of a run folder on disk: csv with fixed decimals, parquet without metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.plan import Plan

#: decimals by the last word of a column's unit
DECIMALS = {
    "cost_mnkr": 6,
    "recurring_mnkr": 6,
    "amount_mnkr": 6,
    "year_prices_mnkr": 6,
    "fte": 6,
    "visits": 3,
    "population": 0,
    "people": 0,
    "mean_added_minutes": 4,
    "threshold_minutes": 4,
    "tail_minutes": 4,
    "value": 6,
    "limit": 6,
    "margin": 6,
}
#: tables whose numbers are added up and priced
FINER = {"staff": {"fte": 9}, "remote": {"fte": 9}}
_BY_PREFIX = {"mean_minutes": 2, "p90_minutes": 2, "share_within": 6}

#: columns of names that people give; ids and keys are written as they are
NAMES = ("office", "region", "partner", "reason")
FORMULA = ("=", "+", "-", "@")  #: how a cell begins that a spreadsheet would count out

CSV_TABLES = (
    "offices",
    "regions",
    "budget",
    "requirements",
    "staff",
    "remote",
    "weekdays",
    "equity",
)
PARQUET_TABLES = ("assignments", "zones")
FILES = {
    "offices": "plan.csv",
    "regions": "regions.csv",
    "budget": "budget.csv",
    "requirements": "requirements.csv",
    "staff": "staff.csv",
    "remote": "remote.csv",
    "weekdays": "weekdays.csv",
    "equity": "equity.csv",
    "assignments": "assignments.parquet",
    "zones": "zones.parquet",
}


def write_tables(folder: Path, plan: Plan) -> None:
    """Every table of the plan, under its name in the run folder.

    Always all of them: every other output is made of them, and verification counts them again.
    """
    for name in CSV_TABLES:
        decimals = DECIMALS | FINER.get(name, {})
        write_csv(getattr(plan, name), folder / FILES[name], decimals)
    for name in PARQUET_TABLES:
        write_parquet(getattr(plan, name), folder / FILES[name])


def write_csv(table: pd.DataFrame, path: Path, decimals: dict[str, int] | None = None) -> None:
    """UTF-8, one line a row, fixed decimals where asked for, true and false in lower case.

    A name that begins as a formula does gets an apostrophe first, since people open the tables in
    spreadsheets, which would run it; ``unquoted`` takes it away.
    """
    out = table.copy()
    for name in NAMES:
        if name in out:
            out[name] = out[name].map(quoted)
    for name in out.columns:
        column = out[name]
        if column.dtype == bool:
            out[name] = column.map({True: "true", False: "false"})
        elif pd.api.types.is_float_dtype(column):
            digits = _digits(str(name), decimals or {})
            if digits is not None:
                out[name] = [_number(value, digits) for value in column]
    out.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def quoted(value: Any) -> Any:
    """A name as a spreadsheet takes it for text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def unquoted(value: Any) -> Any:
    """The name that ``quoted`` was given."""
    is_quoted = isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA)
    return value[1:] if is_quoted else value


def _digits(name: str, decimals: dict[str, int]) -> int | None:
    if name in decimals:
        return decimals[name]
    return next((n for start, n in _BY_PREFIX.items() if name.startswith(start)), None)


def _number(value: float, digits: int) -> str:
    if pd.isna(value):
        return ""
    text = f"{value:.{digits}f}"
    return text[1:] if float(text) == 0 and text.startswith("-") else text


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Columns as they are, without pandas' metadata, so that equal tables are equal files."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd")
