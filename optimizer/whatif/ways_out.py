"""Ways out of a conflict tried: the rules changed as far as they have to give, and a plan sought.

The amounts of a way are those of a relaxation, so they may be too small for a real network. Each
way is therefore taken at its word, and where no plan is found then, with more. What a plan that is
found asks of the rules is what is told. What money alone takes is known from the cheapest plan at
hand: it lacks so much and no more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance, Ints
from optimizer.solving.diagnosis import Way
from optimizer.solving.elastic import Give
from optimizer.whatif.giving import amounts, changed, is_whole, without
from optimizer.whatif.left_behind import Kept, Limits, fewer_minutes, kept_by
from optimizer.whatif.needed import needed
from optimizer.whatif.seeking import sought

_MILLION = 1e6
_TIMES = (1.0, 1.25, 1.6, 2.5)  #: the amounts of a way, and more
_ZONES = "no_one_left_behind"


@dataclass(frozen=True)
class Tried:
    """A way out that was tried."""

    way: Way  #: what is proved to be the least; of no rules where nothing is
    plan: Evaluation | None = None  #: the plan found with it
    found: tuple[Give, ...] = ()  #: what the rules gave for that plan; none for money in every year
    kept: Kept | None = None  #: the minutes that the plan keeps every zone within, where that gives

    @property
    def rank(self) -> tuple[float, float]:
        """Ways with a plan come first, that which costs the visitors least before the others."""
        objective = np.inf if self.plan is None else self.plan.objective
        return float(objective), self.way.cost


def tried(
    instance: Instance,
    ways: Sequence[Way],
    *,
    seconds: float,
    start: Ints | None = None,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> list[Tried]:
    """Each way with how much of it makes a plan, as far as one is found in the time.

    ``start`` [J, T] is a plan that keeps most of the rules; none: today's network. ``limits`` are
    the minutes that the config leaves every zone.
    """
    end = time.monotonic() + seconds
    found = []
    for number, way in enumerate(ways):
        until = time.monotonic() + (end - time.monotonic()) / (len(ways) - number)
        found.append(_tried(instance, way, until, start, limits, stop))
    return found


def _tried(
    instance: Instance,
    way: Way,
    until: float,
    start: Ints | None,
    limits: Limits | None,
    stop: threading.Event | None,
) -> Tried:
    steps = _steps(instance, way, limits)
    for number, (gives, looser) in enumerate(steps):
        left = (until - time.monotonic()) / (len(steps) - number)
        if left <= 0 or (stop is not None and stop.is_set()):
            break
        plan = sought(looser, seconds=left, start=start, stop=stop)
        if plan is None:
            continue
        if {give.requirement for give in gives} == {_ZONES} and limits is not None:
            left = until - time.monotonic()
            plan = fewer_minutes(instance, limits, plan, seconds=left, stop=stop)
        return as_found(instance, way, gives, plan, limits)
    return Tried(way)


def _steps(
    instance: Instance, way: Way, limits: Limits | None
) -> list[tuple[tuple[Give, ...], Instance]]:
    """What the rules of a way give, more at each step, and the instance with them changed.

    In the end they are taken away, as far as the plan tells then what it asks of them. Zones left
    behind are so at once: what is told are their minutes.
    """
    one_more = [replace(give, amount=give.amount + is_whole(give)) for give in amounts(way)]
    given = [amounts(way, times) for times in _TIMES]
    different = dict.fromkeys([given[0], tuple(one_more), *given[1:]])
    steps = [(gives, changed(instance, gives)) for gives in different]
    kinds = {give.requirement for give in way.gives}
    if kinds & {"budget_by_year", "open_sites", "fixed_decisions"}:
        return steps
    rules = {(give.requirement, give.scope) for give in way.gives}
    away = (way.gives, without(instance, rules))
    return [away] if kinds == {_ZONES} and limits is not None else [*steps, away]


def as_found(
    instance: Instance,
    way: Way,
    gives: Sequence[Give],
    plan: Evaluation,
    limits: Limits | None,
) -> Tried:
    """A way with a plan: what that asks of the rules, no more than was given."""
    asked = {
        (give.requirement, give.scope, give.rises): give
        for give in needed(instance, plan, [give.requirement for give in gives])
    }
    told = tuple(asked.get((give.requirement, give.scope, give.rises), give) for give in gives)
    zones = any(give.requirement == _ZONES for give in gives)
    kept = kept_by(instance, limits, plan) if zones and limits is not None else None
    return Tried(way, plan, told, kept)


def worth(instance: Instance, plan: Evaluation) -> str:
    """What a plan costs, in words: visitors' time against today's network, and money."""
    same = instance.unchanged()
    added = (plan.objective - evaluate(instance, same).objective) / _MILLION
    cost, year = float(plan.ledger.cost[-1]), instance.years[-1]
    unit = instance.aim.unit
    return f"it adds {added:,.2f} million {unit} to today's, and costs {cost:,.1f} mnkr in {year}"
