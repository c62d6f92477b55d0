"""What differs between the input tables of runs: rows, columns, and in which of them values do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

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


def tables_apart(folders: Mapping[str, Path], name: str) -> str:
    """What differs in the input table ``name`` of runs, given their folders by name; a sentence."""
    tables = {run: _read(folder / "inputs" / name) for run, folder in folders.items()}
    absent = [run for run, table in tables.items() if table is None]
    if absent:
        return f"inputs/{name} is not in {', '.join(absent)}"
    there = {run: table for run, table in tables.items() if table is not None}
    (_, first), *others = there.items()
    found = [part for _, other in others for part in _apart(first, other)]
    said = "; ".join(dict.fromkeys(found)) or "the values are the same, written otherwise"
    return f"inputs/{name}: {said}"


def _read(path: Path) -> pd.DataFrame | None:
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        return pd.DataFrame({"content": [path.read_text(encoding="utf-8")]})
    except (OSError, ValueError):
        return None


def _apart(one: pd.DataFrame, other: pd.DataFrame) -> Iterator[str]:
    """Rows, columns and values of two tables that are not the same."""
    columns = [name for name in one.columns if name in other.columns]
    alone = [str(name) for name in one.columns.symmetric_difference(other.columns)]
    if alone:
        yield f"not the same columns ({_listed(alone, _COLUMNS)})"
    if len(one) != len(other):
        yield f"{len(one):,} and {len(other):,} rows"
    keys = _keys(one, other, columns)
    if keys:
        one, other = one.set_index(keys), other.set_index(keys)
        shared = one.index.intersection(other.index)
        if len(shared) < max(len(one), len(other)):
            yield f"{len(shared):,} rows are about the same"
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


def _values_apart(one: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]) -> Iterator[str]:
    found = []
    for name in columns:
        differ = _differ(one[name], other[name])
        if differ.any():
            rows = [_named(key) for key in one.index[differ][:_EXAMPLES]]
            found.append(f"{name} in {int(differ.sum()):,} rows ({', '.join(rows)})")
    if found:
        yield f"values differ: {_listed(found, _COLUMNS)}"


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Where two columns of the same rows are not the same; rounding aside."""
    a, b = pd.to_numeric(one, errors="coerce"), pd.to_numeric(other, errors="coerce")
    numbers = a.notna().to_numpy() & b.notna().to_numpy()
    same = np.isclose(a.to_numpy(dtype=float), b.to_numpy(dtype=float), rtol=1e-9, equal_nan=True)
    text = one.astype(str).to_numpy() == other.astype(str).to_numpy()
    return np.asarray(~np.where(numbers, same, text))


def _named(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key).strip()


def _listed(words: Sequence[str], most: int) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
