"""What would turn a decision: the least change of budget, own visits or own cost that flips it.

Each amount that is tried is a question of its own, solved again by local search from the plan and
from the best plan with the opposite; the decision is flipped where the better of the two takes the
opposite. The answer lies between the largest amount tried that does not flip it and the least that
does. It is as good as the search: nothing here is proved.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation, assign
from optimizer.instance import CLOSED, Bools, Instance, Ints
from optimizer.whatif.means import money_step, with_cut
from optimizer.whatif.opposites import Opposite
from optimizer.whatif.seeking import best_found

Name = Literal["budget", "own_cost", "own_visits"]
_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0)  #: rungs of the ladder of budgets, in thousandths
_TRIES = 6  #: amounts tried for a lever
_HALVINGS, _LEAST_SECONDS = 5, 0.05  #: between two rungs, and for each of them


@dataclass(frozen=True)
class Flip:
    """Where a decision turns, if one thing alone changes.

    budget: mnkr more a year. own_cost: mnkr a year that the site itself costs more. own_visits:
    times the visits of those whose nearest site it is today. Less than 0, or 1, is less of it.
    """

    lever: Name
    stays_at: float  #: the farthest amount tried, short of ``turns_at``, at which it stands
    turns_at: float | None  #: the nearest amount tried at which it turns; None: at none tried


@dataclass(frozen=True)
class Rung:
    """The best plan found with so much more money a year."""

    mnkr: float  #: less than 0: less money
    states: Ints | None  #: [J, T]; None if no plan was found
    objective: float | None  #: visit-minutes
    spared: float = 0.0  #: seconds that were given and not needed


@dataclass(frozen=True)
class Span:
    """Between which amounts of money, mnkr more a year, a decision turns or the last plan is."""

    stays_at: float  #: it stands there
    beyond: float | None  #: it turns there, or no plan is found; None: neither at any amount
    turns: bool

    @property
    def flip(self) -> Flip | None:
        """Where it turns; None where it stands with the money at hand and nothing else is known."""
        if not self.turns and self.stays_at == 0:
            return None
        return Flip("budget", self.stays_at, self.beyond if self.turns else None)


def rungs(case: Case) -> tuple[float, ...]:
    """Mnkr a year, more or less, that the ladder has a rung for: by the agency's means.

    1 to 40 thousandths of the first year's appropriation, that thousandth rounded up to 1, 2 or 5
    times a power of ten.
    """
    given = case.scenario.budget.appropriation_mnkr(case.instance.years[0])
    unit = money_step(float(given))
    return tuple(round(unit * step, 6) for step in _STEPS)


def rung(case: Case, plan: Ints, mnkr: float, *, seconds: float) -> Rung:
    """The best plan found with so much more money a year, from the plan at hand."""
    end = time.monotonic() + seconds
    found = best_found(with_cut(case, -mnkr), [plan], seconds=seconds)
    spared = max(0.0, end - time.monotonic())
    if found is None:
        return Rung(mnkr, None, None, spared)
    return Rung(mnkr, found.states, found.objective, spared)


def budget_span(one: Opposite, ladder: Sequence[Rung]) -> Span | None:
    """The rungs, away from the plan's own money, between which the best plan takes the opposite.

    More money for what the plan ends or leaves closed, less for what it keeps. None without rungs.
    """
    wanted = 1 if one.gives_more else -1
    steps = sorted((r for r in ladder if r.mnkr * wanted > 0), key=lambda r: abs(r.mnkr))
    if not steps:
        return None
    stays = 0.0
    for step in steps:
        if step.states is None or one.taken_by(step.states):
            return Span(stays, step.mnkr, step.states is not None)
        stays = step.mnkr
    return Span(stays, None, turns=False)


def narrowed(
    case: Case, plan: Ints, one: Opposite, other: Ints, span: Span, *, seconds: float
) -> Span:
    """The span halved as often as the seconds allow, from the plan and from the opposite's.

    Where no plan is found with so little money, what lies nearer to the plan's own is tried.
    """
    end = time.monotonic() + seconds
    for tries in range(_HALVINGS, 0, -1):
        each = (end - time.monotonic()) / tries
        if span.beyond is None or each < _LEAST_SECONDS:
            break
        middle = float(f"{0.5 * (span.stays_at + span.beyond):.3g}")  # as it is told
        found = best_found(with_cut(case, -middle), [plan, other], seconds=each)
        if found is None and span.turns:
            break
        if found is not None and not one.taken_by(found.states):
            span = replace(span, stays_at=middle)
        else:
            span = replace(span, beyond=middle, turns=found is not None)
    return span


def own_cost_flip(
    instance: Instance, plan: Evaluation, one: Opposite, other: Evaluation, *, seconds: float
) -> Flip:
    """How much less (or, to close it, more) the site itself would have to cost a year.

    Less in the modes that the opposite allows, such as a rent that the municipality pays a part of;
    more in every mode.
    """
    saved = one.gives_more
    sign = -1.0 if saved else 1.0
    most = _own_cost(instance, one.site, other if saved else plan)
    states = np.arange(len(instance.states)) != CLOSED
    if saved:
        states &= one.allowed.any(axis=1)

    def turned(mnkr: float) -> bool:
        cost = instance.fixed_cost.copy()
        cost[one.site, states] += sign * mnkr
        changed = replace(instance, fixed_cost=cost)
        return _turned(changed, plan, one, other, seconds / _TRIES)

    stays, turns = _least(turned, most=most)
    return Flip("own_cost", sign * stays, None if turns is None else sign * turns)


def own_visits_flip(
    instance: Instance, plan: Evaluation, one: Opposite, other: Evaluation, *, seconds: float
) -> Flip:
    """How many times the visits of those who have it nearest today would turn the decision."""
    more = one.gives_more
    nearest = _nearest_visits(instance, one.site)

    def factor(amount: float) -> float:
        return 1.0 + amount if more else 1.0 / (1.0 + amount)

    def turned(amount: float) -> bool:
        visits = np.where(nearest, instance.demand * factor(amount), instance.demand)
        changed = replace(instance, demand=visits)
        return _turned(changed, plan, one, other, seconds / _TRIES)

    stays, turns = _least(turned, most=7.0)
    return Flip("own_visits", factor(stays), None if turns is None else factor(turns))


def _least(turned: Callable[[float], bool], *, most: float) -> tuple[float, float | None]:
    """Amounts between which it turns: in quarters of the way from nothing to ``most``, halved."""
    stays, turns = 0.0, None
    for tried in (most / 8, most / 4, most / 2, most):
        if turned(tried):
            turns = tried
            break
        stays = tried
    if turns is None:
        return stays, None
    for _ in range(2):
        middle = 0.5 * (stays + turns)
        stays, turns = (stays, middle) if turned(middle) else (middle, turns)
    return stays, turns


def _turned(
    changed: Instance, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> bool:
    found = best_found(changed, [plan.states, other.states], seconds=seconds)
    return found is not None and one.taken_by(found.states)


def _own_cost(instance: Instance, site: int, plan: Evaluation) -> float:
    """What the site costs in the last year of a plan, staff included, mnkr."""
    last = len(instance.years) - 1
    staff = float(instance.money.wage_per_fte[last] * plan.fte[last, site])
    return float(instance.fixed_cost[site, plan.states[site, last], last]) + staff


def _nearest_visits(instance: Instance, site: int) -> Bools:
    """[T, I, C] the visits whose cheapest option today is the site, or would be if it were open."""
    today = instance.today.copy()
    if today[site] == CLOSED:
        states = np.flatnonzero(instance.allowed[site].any(axis=1))
        today[site] = int(states[instance.rank[site, states].argmax()])
    mine = assign(instance, today).site == site
    return np.repeat(mine[None], len(instance.years), axis=0)
