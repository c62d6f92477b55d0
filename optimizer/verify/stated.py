"""What config.json states: a number, or none, and the comparison of what follows from it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd

from optimizer.verify.findings import Checked, HalfDigit, compare_table, together

NONE = float("nan")  #: what follows from it is no number either, and is not compared


def stated(config: Mapping[str, Any], key: str) -> Any:
    """The value under a key such as costs.staff_travel.km_cost_kr, or None."""
    value: Any = config
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def number(config: Mapping[str, Any], key: str) -> float:
    """The number under a key, or NONE."""
    value = stated(config, key)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else NONE


def peak_on_record(config: Mapping[str, Any]) -> float:
    """Peak month of the base year against its mean month; in older runs it was the plan's too."""
    found = number(config, "demand.peak_on_record")
    return found if isfinite(found) else number(config, "demand.peak_factor")


def by_year(config: Mapping[str, Any], key: str) -> dict[int, float]:
    """The numbers that a key has by year; empty where it has none."""
    return {int(year): float(value) for year, value in (stated(config, key) or {}).items()}


def compare_stated(
    check: str,
    file: str,
    found: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    keys: Sequence[str],
    columns: Mapping[str, HalfDigit],
) -> Checked:
    """Compare the rows of two tables, and each column where the file has it and it is known.

    ``columns`` gives each column its half digit; a cell of ``expected`` without a value is unknown.
    """
    parts = [compare_table(check, file, found, expected, keys=keys, columns={})]
    once = found.drop_duplicates(list(keys))
    at = pd.MultiIndex.from_frame(once[list(keys)])
    for column in (name for name in columns if name in found):
        known = expected[expected[column].notna()]
        there = at.isin(pd.MultiIndex.from_frame(known[list(keys)]))
        here = pd.MultiIndex.from_frame(known[list(keys)]).isin(at)
        one = {column: columns[column]}
        parts.append(compare_table(check, file, once[there], known[here], keys=keys, columns=one))
    return together(parts)
