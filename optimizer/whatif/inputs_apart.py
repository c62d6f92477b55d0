"""What differs between the input tables of runs: rows, columns, and in which of them values do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.outputs.strings import Strings

_EXAMPLES, _COLUMNS = 3, 4
#: Columns that say what a row is about, in the order in which they do.
_KEYS = (
    "office_id",
    "to_office_id",
    "zone_id",
    "division",
    "region_code",
    "municipality_code",
    "service",
    "mode",
    "year",
    "need",
)


@dataclass(frozen=True)
class TableApart:
    """An input table that is not the same in all runs, and what is not the same in it."""

    name: str
    absent: tuple[str, ...] = ()  #: runs that lack it
    parts: tuple[Part, ...] = ()

    def sentence(self, strings: Strings) -> str:
        """`inputs/years.csv: values differ: appropriation_mnkr in 3 rows (2024, 2025, 2026)`."""
        if self.absent:
            return strings.text("apart.absent", name=self.name, runs=", ".join(self.absent))
        told = "; ".join(dict.fromkeys(part.words(strings) for part in self.parts))
        what = told or strings.text("apart.same")
        return strings.text("apart.table", name=self.name, what=what)


@dataclass(frozen=True)
class ColumnsApart:
    """Columns that one of two tables lacks."""

    columns: tuple[str, ...]

    def words(self, strings: Strings) -> str:
        """The first of them."""
        return strings.text("apart.columns", columns=_listed(self.columns, strings))


@dataclass(frozen=True)
class RowsApart:
    """How many rows two tables have."""

    one: int
    other: int

    def words(self, strings: Strings) -> str:
        """Both numbers."""
        one, other = strings.number(self.one), strings.number(self.other)
        return strings.text("apart.rows", one=one, other=other)


@dataclass(frozen=True)
class RowsShared:
    """How many rows of two tables are about the same."""

    count: int

    def words(self, strings: Strings) -> str:
        """Their number."""
        return strings.counted("apart.shared", self.count)


@dataclass(frozen=True)
class ValuesApart:
    """Columns whose values differ: the name, in how many rows, and the keys of the first."""

    columns: tuple[tuple[str, int, tuple[str, ...]], ...]

    def words(self, strings: Strings) -> str:
        """The first of them."""
        told = [
            strings.counted("apart.column", count, column=name, rows=", ".join(rows))
            for name, count, rows in self.columns
        ]
        return strings.text("apart.values", columns=_listed(told, strings))


Part = ColumnsApart | RowsApart | RowsShared | ValuesApart


def table_apart(folders: Mapping[str, Path], name: str) -> TableApart:
    """What differs in the input table ``name`` of runs, given their folders by name."""
    tables = {run: _read(folder / "inputs" / name) for run, folder in folders.items()}
    absent = [run for run, table in tables.items() if table is None]
    if absent:
        return TableApart(name, absent=tuple(absent))
    there = {run: table for run, table in tables.items() if table is not None}
    (_, first), *others = there.items()
    found = [part for _, other in others for part in _apart(first, other)]
    return TableApart(name, parts=tuple(found))


def _read(path: Path) -> pd.DataFrame | None:
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        return pd.DataFrame({"content": [path.read_text(encoding="utf-8")]})
    except (OSError, ValueError):
        return None


def _apart(one: pd.DataFrame, other: pd.DataFrame) -> Iterator[Part]:
    """Rows, columns and values of two tables that are not the same."""
    columns = [name for name in one.columns if name in other.columns]
    alone = [str(name) for name in one.columns.symmetric_difference(other.columns)]
    if alone:
        yield ColumnsApart(tuple(alone))
    if len(one) != len(other):
        yield RowsApart(len(one), len(other))
    keys = _keys(one, other, columns)
    if keys:
        one, other = one.set_index(keys), other.set_index(keys)
        shared = one.index.intersection(other.index)
        if len(shared) < max(len(one), len(other)):
            yield RowsShared(len(shared))
        one, other = one.loc[shared], other.loc[shared]
    elif len(one) != len(other):
        return
    yield from _values_apart(one, other, [name for name in columns if name not in keys])


def _keys(one: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The fewest columns that tell the rows of both apart; none if nothing does."""
    known = [name for name in _KEYS if name in columns]
    for keys in (*([name] for name in known), *(known[:n] for n in range(2, len(known) + 1))):
        if not one.duplicated(keys).any() and not other.duplicated(keys).any():
            return keys
    return []


def _values_apart(
    one: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]
) -> Iterator[ValuesApart]:
    found = []
    for name in columns:
        differ = _differ(one[name], other[name])
        if differ.any():
            rows = tuple(_named(key) for key in one.index[differ][:_EXAMPLES])
            found.append((name, int(differ.sum()), rows))
    if found:
        yield ValuesApart(tuple(found))


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Where two columns of the same rows are not the same; rounding aside."""
    a, b = pd.to_numeric(one, errors="coerce"), pd.to_numeric(other, errors="coerce")
    numbers = a.notna().to_numpy() & b.notna().to_numpy()
    same = np.isclose(a.to_numpy(dtype=float), b.to_numpy(dtype=float), rtol=1e-9, equal_nan=True)
    text = one.astype(str).to_numpy() == other.astype(str).to_numpy()
    return np.asarray(~np.where(numbers, same, text))


def _named(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key).strip()


def _listed(words: Sequence[str], strings: Strings) -> str:
    """The first of some words, and how many more there are."""
    listed = ", ".join(words[:_COLUMNS])
    left = len(words) - _COLUMNS
    return strings.text("apart.more", listed=listed, count=left) if left > 0 else listed
