"""Ways out of a conflict tried: the rules changed as far as they have to give, and a plan sought.

The amounts of a way are those of a relaxation, so they may be too small for a real network. Each
way is therefore taken at its word, and where no plan is found then, with more. What money alone
takes is known from the cheapest plan at hand: it lacks so much and no more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import FixedDecision, Instance, Ints
from optimizer.solving.diagnosis import Way
from optimizer.solving.elastic import PACE, Give
from optimizer.whatif.seeking import constructed

_MILLION = 1e6
_TIMES = (1.0, 1.25, 1.6, 2.5)  #: the amounts of a way, and more


@dataclass(frozen=True)
class Tried:
    """A way out that was tried."""

    way: Way
    times: float | None = None  #: of its amounts, at which a plan was found; None: at none tried
    plan: Evaluation | None = None  #: the plan found with it, by construction alone

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
    stop: threading.Event | None = None,
) -> list[Tried]:
    """Each way with how much of it makes a plan, as far as one is found in the time.

    ``start`` [J, T] is a plan that keeps most of the rules; none: today's network.
    """
    end = time.monotonic() + seconds
    found = []
    for number, way in enumerate(ways):
        until = time.monotonic() + (end - time.monotonic()) / (len(ways) - number)
        found.append(_tried(instance, way, until, start, stop))
    return found


def _tried(
    instance: Instance, way: Way, until: float, start: Ints | None, stop: threading.Event | None
) -> Tried:
    for times in _TIMES:
        left = until - time.monotonic()
        if left > 0 and not (stop is not None and stop.is_set()):
            looser = giving(instance, way, times=times)
            plan = constructed(looser, seconds=left, start=start, stop=stop)
            if plan.feasible:
                return Tried(way, times, plan)
    return Tried(way)


def worth(instance: Instance, plan: Evaluation) -> str:
    """What a plan costs, in words: visitors' time against today's network, and money."""
    same = instance.unchanged()
    added = (plan.objective - evaluate(instance, same).objective) / _MILLION
    cost, year = float(plan.ledger.cost[-1]), instance.years[-1]
    unit = instance.aim.unit
    return f"it adds {added:,.2f} million {unit} to today's, and costs {cost:,.1f} mnkr in {year}"


def giving(instance: Instance, way: Way, *, times: float = 1.0) -> Instance:
    """The instance with every rule of a way changed by as much as it gives, times a factor.

    Whole numbers are rounded up. A decision gives by being taken away.
    """
    for give in way.gives:
        more = replace(give, amount=give.amount * times)
        instance = _CHANGES[give.requirement](instance, more)
    return instance


def _budget(instance: Instance, give: Give) -> Instance:
    means = instance.money.appropriation.copy()
    means[instance.years.index(int(give.scope))] += give.amount
    return replace(instance, money=replace(instance.money, appropriation=means))


def _limits(instance: Instance, give: Give) -> Instance:
    limits = tuple(
        replace(rule, at_most=rule.at_most + _whole(give)) if rule.scope == give.scope else rule
        for rule in instance.limits
    )
    return replace(instance, limits=limits)


def _open_sites(instance: Instance, give: Give) -> Instance:
    rule, more = instance.open_sites, _whole(give)
    assert rule is not None
    rule = replace(rule, least=max(0, rule.least - more), most=rule.most + more)
    return replace(instance, open_sites=rule)


def _coverage(instance: Instance, give: Give) -> Instance:
    coverage = tuple(
        replace(rule, min_points=max(0, rule.min_points - _whole(give)))
        if (rule.requirement, rule.scope) == (give.requirement, give.scope)
        else rule
        for rule in instance.coverage
    )
    return replace(instance, coverage=coverage)


def _access(instance: Instance, give: Give) -> Instance:
    """Fewer people, or more zones left behind; a hair more, which rounding has taken."""

    def less(least: float, total: float) -> float:
        return max(0.0, least - give.amount * (total if give.of_people else 1.0) * (1 + 1e-9))

    access = tuple(
        replace(rule, least=less(rule.least, rule.total))
        if (rule.kind, rule.scope) == (give.requirement, give.scope)
        else rule
        for rule in instance.access
    )
    return replace(instance, access=access)


def _service(instance: Instance, give: Give) -> Instance:
    return _access(instance, give) if give.of_people else _coverage(instance, give)


def _decision(instance: Instance, give: Give) -> Instance:
    if instance.possible is None:
        return instance
    kept = tuple(one for one in instance.fixed if one.scope(instance.sites) != give.scope)
    return replace(instance, allowed=_allowed(instance, kept), fixed=kept)


def _allowed(instance: Instance, fixed: Sequence[FixedDecision]) -> np.ndarray:
    """[J, M+1, T] what decisions leave of what is possible."""
    allowed = instance.undecided.copy()
    for one in fixed:
        allowed[one.site] &= one.allowed
        if one.into >= 0:
            in_force = ~one.allowed.all(axis=0)
            allowed[one.into] &= instance.receiving(one.into)[:, None] | ~in_force
    return allowed


def _redundancies(instance: Instance, give: Give) -> Instance:
    staff = instance.staff
    assert staff is not None
    return replace(
        instance, staff=replace(staff, most_redundant=staff.most_redundant + give.amount)
    )


def _pace(instance: Instance, give: Give) -> Instance:
    closures = tuple(
        replace(rule, at_most=rule.at_most + _whole(give)) if rule.scope == give.scope else rule
        for rule in instance.closures
    )
    assert give.scope.startswith(PACE)
    return replace(instance, closures=closures)


def is_whole(give: Give) -> bool:
    """Whether a rule gives in whole numbers: of offices, of service points, of closures."""
    if give.requirement == "service_coverage":
        return not give.of_people
    return give.requirement in ("mode_limits", "open_sites", "region_coverage", "transition")


def _whole(give: Give) -> int:
    return int(np.ceil(give.amount - 1e-6))


_CHANGES: dict[str, Callable[[Instance, Give], Instance]] = {
    "budget_by_year": _budget,
    "mode_limits": _limits,
    "open_sites": _open_sites,
    "access_standard": _access,
    "no_one_left_behind": _access,
    "region_coverage": _coverage,
    "service_coverage": _service,
    "fixed_decisions": _decision,
    "staff_balance": _redundancies,
    "transition": _pace,
}
