"""The broken rules of a plan, each as a sentence: by how much, and where which sites are to blame.

What a row of requirements.csv counts is named again from the plan: the offices, and their modes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.problems import shortened
from optimizer.building.case import Case
from optimizer.engine.changes import closing
from optimizer.engine.evaluate import mode_moves_allowed
from optimizer.engine.leases import too_soon
from optimizer.instance import Bools, Ints
from optimizer.plan.at_fault import strange_modes, wrong_offers

_SHOWN = 6  #: sites named in a sentence
_ONE = {
    "changes": "change",
    "decisions": "decision",
    "municipalities": "municipality",
    "sites": "site",
    "visits": "visit",
    "zones": "zone",
    "minutes": "minute",
    "days": "day",
}
_MANY = {one: many for many, one in _ONE.items()}


def broken_rules(rows: pd.DataFrame, case: Case, states: Ints) -> Iterator[str]:
    """A sentence for each row of requirements.csv that does not hold; ``states`` [J, T]."""
    years = {str(year): t for t, year in enumerate(case.instance.years)}
    for row in rows.to_dict("records"):
        t = years.get(str(row["year"]))
        sites = [] if t is None else _sites(row, case, states, t)
        named = f": {shortened(sites, _SHOWN)}" if sites else ""
        yield f"{row['requirement']} {row['scope']} {row['year']}: {_told(row)}{named}."


def _told(row: Mapping[Any, Any]) -> str:
    """What is there against what is asked for."""
    if row["requirement"] == "fixed_decisions":
        return "not kept"
    value, limit, missing = float(row["value"]), float(row["limit"]), -float(row["margin"])
    side = "over by" if _is_over(row) else "short by"
    told = f"{_amount(value, row['unit'])} against {plain(limit)}, {side} {plain(missing)}"
    alone = row["requirement"] in ("staffing", "room") and abs(abs(value - limit) - missing) > 1e-6
    return f"{told} at single sites" if alone else told


def _is_over(row: Mapping[Any, Any]) -> bool:
    """Whether there is more than there may be. Staff and room lack where they are, not in all."""
    at_sites = {"staffing": False, "room": True}
    return at_sites.get(str(row["requirement"]), bool(row["value"] > row["limit"]))


def _amount(number: float, unit: str) -> str:
    """`1 site`, `2 sites`, `a share of 0.9`."""
    if unit == "share":
        return f"a share of {plain(number)}"
    one = abs(number - 1.0) < 1e-9
    return f"{plain(number)} {_ONE.get(unit, unit) if one else _MANY.get(unit, unit)}"


def plain(number: float) -> str:
    """A number as people write it: 2,758,761, 28.35, 0.0042."""
    size = abs(number)
    if size >= 1000 or abs(number - round(number)) < 1e-9:
        return f"{round(number):,}"
    decimals = 2 if size >= 1 else 4 if size >= 0.001 else 7
    return f"{number:.{decimals}f}".rstrip("0").rstrip(".")


def _sites(row: Mapping[Any, Any], case: Case, states: Ints, t: int) -> list[str]:
    """The sites that break the rule in the year, with their modes; none where it is of all."""
    now, before = states[:, t], states[:, t - 1] if t else case.instance.today
    at_fault = _at_fault(str(row["requirement"]), str(row["scope"]), case, states, t)
    return _named(case, np.flatnonzero(at_fault).tolist(), _change(case, before, now))


def _at_fault(requirement: str, scope: str, case: Case, states: Ints, t: int) -> Bools:
    """[J] the sites that break it."""
    instance, now = case.instance, states[:, t]
    before = states[:, t - 1] if t else instance.today
    if requirement == "fixed_decisions":
        decided = [one.site for one in instance.fixed if one.scope(instance.sites) == scope]
        return np.isin(np.arange(now.size), decided)
    if requirement == "partners":
        return strange_modes(instance, now)
    if requirement == "offer":
        return wrong_offers(instance, before, now)
    if (requirement, scope) == ("transition", "nation"):
        return ~mode_moves_allowed(instance, before, now)
    if (requirement, scope) == ("transition", "notice:nation"):
        return np.asarray(too_soon(instance, states)[:, t])
    for limit in instance.closures:
        if (requirement, scope) == ("transition", limit.scope):
            return np.asarray(closing(instance, states)[:, t] & limit.sites)
    return np.zeros(now.size, dtype=bool)


def _named(case: Case, sites: list[int], change: Callable[[int], str]) -> list[str]:
    offices = case.sites["office"].tolist()
    return [f"{offices[j]} ({case.instance.sites[j]}) {change(j)}" for j in sites]


def _change(case: Case, before: Ints, now: Ints) -> Callable[[int], str]:
    """`staffed - closed`, or the one state where it stays."""
    states = case.instance.states

    def change(j: int) -> str:
        was, becomes = states[before[j]], states[now[j]]
        return becomes if was == becomes else f"{was} - {becomes}"

    return change
