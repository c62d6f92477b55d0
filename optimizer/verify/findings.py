"""What an auditor writes down: findings, and the comparison of a printed table with a recount.

A number agrees if it is within a millionth of the recomputed one, or within half of the last
digit that the file prints for its unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

RELATIVE = 1e-6  #: of the recomputed value

#: Half of the last printed digit, by unit.
COUNT = 0.0
MNKR = 0.5e-6
FTE = 0.5e-6
SHARE = 0.5e-6
VISITS = 0.5e-3
PEOPLE = 0.5
MINUTES = 0.5e-2
TEXT = None  #: compared as words

HalfDigit = float | NDArray[np.float64] | None  #: one for a column, or one for each of its rows

SHOWN = 10  #: findings written out for one column of one table; the rest are counted


@dataclass(frozen=True)
class Finding:
    """One disagreement between a run folder and its recount."""

    check: str  #: the check that found it
    where: str  #: file, row and column
    found: str
    recomputed: str
    sentence: str


@dataclass(frozen=True)
class Checked:
    """The result of one check: how many values were compared, and what disagrees."""

    values: int
    findings: tuple[Finding, ...]


def finding(check: str, where: str, found: object, recomputed: object) -> Finding:
    """A finding with its sentence."""
    f, r = _words(found), _words(recomputed)
    return Finding(check, where, f, r, f"{where}: found {f}, recomputed {r}.")


def together(parts: Iterable[Checked]) -> Checked:
    """Several results as one."""
    parts = tuple(parts)
    return Checked(
        sum(part.values for part in parts),
        tuple(one for part in parts for one in part.findings),
    )


def compare_value(
    check: str, where: str, found: object, recomputed: object, half_digit: float | None
) -> Checked:
    """Compare a single value; ``half_digit`` is TEXT for words."""
    if half_digit is TEXT:
        same = found == recomputed
    elif not isinstance(found, int | float) or isinstance(found, bool):
        same = found is None and recomputed is None
    elif not isinstance(recomputed, int | float):
        same = False
    else:
        numbers = (
            np.array([number], dtype=np.float64) for number in (found, recomputed, half_digit)
        )
        same = bool(_agree(*numbers)[0])
    return Checked(1, () if same else (finding(check, where, found, recomputed),))


def compare_table(
    check: str,
    file: str,
    found: pd.DataFrame,
    recomputed: pd.DataFrame,
    *,
    keys: Sequence[str],
    columns: Mapping[str, HalfDigit],
    optional: NDArray[np.bool_] | None = None,
    fixed: str = "",
) -> Checked:
    """Compare a table row by row; ``keys`` name a row, ``columns`` gives each its half digit.

    ``optional`` marks recomputed rows that the file may leave out; ``fixed`` says what all rows
    have in common ("year 2025, need 2") where only a part of a file is compared.
    """

    def place(table: pd.DataFrame, row: int, column: str = "") -> str:
        named = [f"{key} {table[key].iloc[row]}" for key in keys]
        return ", ".join(
            [file, *([fixed] if fixed else []), *named, *([f"column {column}"] if column else [])]
        )

    rows, wanted = _index(found, keys), _index(recomputed, keys)
    findings = []
    twice = np.flatnonzero(rows.duplicated())
    findings += _limited(
        [finding(check, place(found, i), "the row once more", "one row") for i in twice[:SHOWN]],
        twice.size,
    )
    once = found[~rows.duplicated()]
    rows = _index(once, keys)
    unknown = np.flatnonzero(wanted.get_indexer(rows) < 0)
    findings += _limited(
        [finding(check, place(once, i), "a row", "no such row") for i in unknown[:SHOWN]],
        unknown.size,
    )
    at = rows.get_indexer(wanted)
    required = at < 0 if optional is None else (at < 0) & ~optional
    missing = np.flatnonzero(required)
    findings += _limited(
        [finding(check, place(recomputed, i), "no row", "a row") for i in missing[:SHOWN]],
        missing.size,
    )
    both = np.flatnonzero(at >= 0)
    for column, half_digit in columns.items():
        printed = once[column].to_numpy()[at[both]]
        counted = recomputed[column].to_numpy()[both]
        if half_digit is TEXT:
            same = printed.astype(object) == counted.astype(object)
        else:
            rounding = np.broadcast_to(half_digit, len(recomputed))[both]
            same = _agree(printed.astype(float), counted.astype(float), rounding)
        wrong = np.flatnonzero(~np.asarray(same, dtype=bool))
        findings += _limited(
            [
                finding(check, place(recomputed, both[i], column), printed[i], counted[i])
                for i in wrong[:SHOWN]
            ],
            wrong.size,
        )
    return Checked(both.size * len(columns) + missing.size + unknown.size, tuple(findings))


def _limited(findings: list[Finding], total: int) -> list[Finding]:
    """The findings shown, the last one saying how many more there are."""
    if total <= len(findings):
        return findings
    last = findings[-1]
    more = f"{last.sentence} The same in {total - len(findings)} more rows."
    return [
        *findings[:-1],
        Finding(last.check, last.where, last.found, last.recomputed, more),
    ]


def _index(table: pd.DataFrame, keys: Sequence[str]) -> pd.Index[Any]:
    """The rows' names: their one key, or their keys in a row."""
    names: pd.Index[Any] = pd.Index(table[keys[0]])
    if len(keys) > 1:
        columns = (table[key].astype(str) for key in keys)
        names = pd.Index(["\t".join(row) for row in zip(*columns, strict=True)], dtype="str")
    return names


def _agree(
    found: NDArray[np.float64], recomputed: NDArray[np.float64], half_digit: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether numbers agree; an empty cell agrees with an empty one, a count only with itself."""
    # A hair more than half a digit: a number half-way between two may be printed either way.
    room = np.maximum(1.001 * half_digit, RELATIVE * np.abs(recomputed))
    with np.errstate(invalid="ignore"):
        near = np.abs(found - recomputed) <= np.where(half_digit == COUNT, 0.0, room)
    return np.asarray(
        near | (found == recomputed) | (np.isnan(found) & np.isnan(recomputed)), dtype=np.bool_
    )


def _words(value: object) -> str:
    """A value as a person would write it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return "nothing" if np.isnan(value) else f"{float(value):.9g}"
    return str(value) if str(value) else "nothing"
