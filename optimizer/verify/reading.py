"""Reading one file of a run folder, with every problem in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.problems import Problem
from optimizer.verify.shapes import Shape

INPUTS = "inputs/"  #: the folder of what the run was computed from
NAMES = frozenset({"office", "region", "partner", "reason"})  #: may have an apostrophe first


def read_document(file: Path, name: str, problems: list[Problem]) -> dict[str, Any]:
    """A JSON object; what is wrong with it is added to the problems."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problems.append(Problem(name, str(error), "a JSON file in UTF-8"))
        return {}
    if not isinstance(content, dict):
        problems.append(Problem(name, type(content).__name__, "a JSON object"))
        return {}
    return content


def read_table(path: Path, shape: Shape, problems: list[Problem]) -> pd.DataFrame:
    """A table with its columns typed: text, whole numbers, numbers and true or false."""
    columns = [*shape.text, *shape.whole, *shape.numbers, *shape.sparse, *shape.flags]
    raw = read_frame(path, shape.file, problems)
    if raw is None:
        return pd.DataFrame(columns=columns)
    absent = [column for column in columns if column not in raw.columns]
    if absent:
        problems.append(
            Problem(
                shape.file,
                f"columns {', '.join(map(str, raw.columns))}",
                f"also {', '.join(absent)}",
            )
        )
        return pd.DataFrame(columns=columns)
    typed: dict[str, pd.Series[Any]] = {
        column: raw[column].astype("str").fillna("") for column in shape.text
    }
    for column in shape.optional:
        typed[column] = (
            raw[column].astype("str").fillna("") if column in raw else pd.Series("", raw.index)
        )
    for column in shape.whole:
        number = _number(raw, column, shape.file, problems)
        broken = ~np.isfinite(number) | (number != np.floor(number))
        _refuse(raw, column, broken, shape.file, accepted="a whole number", problems=problems)
        typed[column] = number.where(~broken, 0).astype("int64")
    for column in (*shape.numbers, *(one for one in shape.maybe if one in raw)):
        typed[column] = _number(raw, column, shape.file, problems)
    for column in (one for one in (*shape.some, *shape.sparse) if one in raw):
        number = pd.to_numeric(raw[column], errors="coerce").astype("float64")
        strange = number.isna() & (raw[column].astype("str") != "")
        _refuse(raw, column, strange, shape.file, accepted="a number, or empty", problems=problems)
        typed[column] = number
    for column in shape.flags:
        word = raw[column].astype("str").str.lower()
        broken = ~word.isin(["true", "false"])
        _refuse(raw, column, broken, shape.file, accepted="true or false", problems=problems)
        typed[column] = word == "true"
    return pd.DataFrame(typed)


def read_frame(path: Path, file: str, problems: list[Problem]) -> pd.DataFrame | None:
    """A CSV (all text) or parquet file as it is, or None with the problem added."""
    try:
        if file.endswith(".parquet"):
            return pd.read_parquet(path / file)
        table = pd.read_csv(path / file, dtype=str, keep_default_na=False)
        for column in NAMES.intersection(table.columns):
            table[column] = table[column].str.replace(r"^'(?=[=+@-])", "", regex=True)
        return table
    except (OSError, ValueError) as error:
        kind = "a parquet file" if file.endswith(".parquet") else "a CSV file in UTF-8"
        problems.append(Problem(file, str(error).splitlines()[0], kind))
        return None


def _number(raw: pd.DataFrame, column: str, file: str, problems: list[Problem]) -> pd.Series[Any]:
    """A column as numbers; a cell that is none is refused, and in an input an empty one too."""
    number = pd.to_numeric(raw[column], errors="coerce").astype("float64")
    strange = number.isna()
    if strange.any() and not file.startswith(INPUTS):
        strange &= ~(raw[column].isna() | (raw[column].astype("str") == ""))
    _refuse(raw, column, strange, file, accepted="a number", problems=problems)
    return number


def _refuse(
    raw: pd.DataFrame,
    column: str,
    broken: pd.Series[Any],
    file: str,
    *,
    accepted: str,
    problems: list[Problem],
) -> None:
    rows = np.flatnonzero(broken.to_numpy())
    if rows.size:
        more = f" (and {rows.size - 1} more rows)" if rows.size > 1 else ""
        where = f"{file} row {rows[0] + 2}, column {column}"
        problems.append(Problem(where, f'"{raw[column].iloc[rows[0]]}"{more}', accepted))
