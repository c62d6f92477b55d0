"""Rows of requirements.csv on what covers what: staff the work, rooms the visits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.building.case import Case
from optimizer.engine.equity import added_minutes, tail_of
from optimizer.instance import Floats, Staff
from optimizer.plan.counted import CountedYear

Row = tuple[str, str, str, float, float, str, float]
BALANCE = "balance:nation"
SHORT_FTE, SHORT_VISITS = 2e-6, 1e-3  #: what an office may lack and still have enough


def staffing(case: Case, now: CountedYear, t: int) -> Row:
    """FTE in place and by video, against the work of the peak month.

    Margin: staff that the least of the modes asks for beyond the work; where an office has less
    than its work or its least, what is lacking there, below 0.
    """
    instance, there = case.instance, now.fte
    helped = there if now.help is None else there + now.help.get - now.help.give
    asked = np.where(now.is_open, now.planned / instance.visits_per_fte[t], 0.0)
    least = np.where(now.is_open, instance.fte_min[now.states], 0.0)
    lacking = _beyond(np.maximum(asked - helped, least - there), SHORT_FTE)
    value, limit = float(helped.sum()), float(asked.sum())
    margin = -lacking if lacking else value - limit
    return ("staffing", "nation", str(now.year), value, limit, "fte", margin)


def room(case: Case, now: CountedYear) -> Iterator[Row]:
    """Visits that are planned for, against the rooms of the open sites and what is added to them.

    Margin: room to spare; where a site has too little, the visits beyond it, below 0.
    """
    if not case.scenario.requirements.room.on:
        return
    rooms = np.where(now.is_open, case.instance.room + now.extension, 0.0)
    planned = np.where(now.is_open, now.planned, 0.0)
    beyond = _beyond(planned - rooms, SHORT_VISITS)
    value, limit = float(planned.sum()), float(rooms.sum())
    margin = -beyond if beyond else limit - value
    yield ("room", "nation", str(now.year), value, limit, "visits", margin)


def staff_balance(staff: Staff, before: Floats, now: CountedYear) -> Iterator[Row]:
    """Staff of the year against what the flows leave of the year before, and most redundancies.

    ``before`` [J] FTE. Margin of the balance: what does not add up at some site, below 0.
    """
    flows, year = now.staff, str(now.year)
    assert flows is not None
    size = before.size
    away = np.bincount(flows.origin, weights=flows.moved, minlength=size)
    to = np.bincount(flows.target, weights=flows.moved, minlength=size)
    left = before - flows.attrition - away - flows.redundant + to + flows.hired
    apart = _beyond(np.abs(left - now.fte), SHORT_FTE)
    value, limit = float(now.fte.sum()), float(left.sum())
    yield ("staff_balance", BALANCE, year, value, limit, "fte", -apart)
    if np.isfinite(staff.most_redundant):
        redundant, most = float(flows.redundant.sum()), staff.most_redundant
        yield ("staff_balance", "nation", year, redundant, most, "fte", most - redundant)


def equity(case: Case, now: CountedYear) -> Iterator[Row]:
    """Added minutes of the worst off as the objective counts them, against their definition.

    Counted by filling the tail person by person; defined as the least of h + the mean of what is
    beyond h over the tail, h any zone's own minutes (Rockafellar and Uryasev 2000).
    """
    asked = case.instance.equity
    if asked is None:
        return
    added = added_minutes(case.instance, asked, now.assignment.cost)
    value = tail_of(added, asked.people, asked.tail).minutes
    limit = _conditional_value_at_risk(added, asked.people, asked.tail)
    scope = case.scenario.objective.equity.group
    yield ("equity", scope, str(now.year), value, limit, "minutes", value - limit)


def _conditional_value_at_risk(added: Floats, people: Floats, tail: float) -> float:
    order = np.argsort(added, kind="stable")
    minutes, share = added[order], people[order]
    above = np.cumsum((share * minutes)[::-1])[::-1] - np.cumsum(share[::-1])[::-1] * minutes
    return float((minutes + above / tail).min())


def _beyond(amounts: Floats, small: float) -> float:
    """The sum of the amounts that are more than small."""
    return float(amounts[amounts > small].sum())
