"""A row of requirements.csv: value, limit, margin (positive: room left), holds, and binding.

A limit binds at margin 0, one of money where less than a thousandth of it is left. Rows that say
whether something adds up, or is kept to at all, have no limit to bind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NATION = "nation"
NEAR_SHARE = {"mnkr": 1e-3}  #: part of a limit that may be left where it binds, by unit
ROUNDING_SHARE, ROUNDING = 1e-9, 1e-6  #: of any other, and of a small one
BALANCE = f"balance:{NATION}"
#: Requirements that are kept to or not, with nothing left over.
KEPT_OR_NOT = (
    "one_mode",
    "assignment",
    "offer",
    "partners",
    "fixed_decisions",
    "no_one_left_behind",
    "staggered_days",
    "equity",
)


@dataclass(frozen=True)
class RequirementRow:
    """One row of requirements.csv."""

    requirement: str
    scope: str
    year: str
    value: float
    limit: float
    unit: str
    margin: float
    holds: bool
    binding: bool


Rows = Iterator[RequirementRow]


def row(
    requirement: str,
    scope: str,
    year: int | str,
    *,
    value: float,
    limit: float,
    unit: str,
    margin: float,
) -> RequirementRow:
    """A row with what follows from its margin."""
    tolerance = max(1e-6, 1e-9 * abs(limit))
    near = max(ROUNDING, NEAR_SHARE.get(unit, ROUNDING_SHARE) * abs(limit))
    return RequirementRow(
        requirement=requirement,
        scope=scope,
        year=str(year),
        value=float(value),
        limit=float(limit),
        unit=unit,
        margin=float(margin),
        holds=bool(margin >= -tolerance),
        binding=bool(_has_limit(requirement, scope) and abs(margin) <= near),
    )


def at_most(
    requirement: str, scope: str, year: int | str, value: float, limit: float, unit: str
) -> RequirementRow:
    """A row of a value that may be as large as its limit: the margin is what is left of it."""
    margin = limit - value
    return row(requirement, scope, year, value=value, limit=limit, unit=unit, margin=margin)


def rows_of(
    requirement: str, found: Iterable[tuple[str, int | str, float, float, str, float]]
) -> Rows:
    """A row for each scope, year, value, limit, unit and margin that was found."""
    for scope, year, value, limit, unit, margin in found:
        yield row(requirement, scope, year, value=value, limit=limit, unit=unit, margin=margin)


def _has_limit(requirement: str, scope: str) -> bool:
    """Whether a row is of a limit that can bind, and no mere yes or no."""
    if requirement == "transition":
        return scope.startswith("closures:")
    return requirement not in KEPT_OR_NOT and scope != BALANCE
