"""Why there is no plan, in sentences: which rules collide, and the ways out of it.

Each way names its key, what it gives in its own unit, whether a plan was found with it and what
that plan costs. Ways with a plan come first, by what it costs the visitors; the others follow, the
least change of their limits first. Where the search for them comes upon a plan that keeps every
requirement as it stands, that plan is the answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from geodata.problems import Problem
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis, diagnose
from optimizer.whatif.conflicts_told import conflict_told, lack_told
from optimizer.whatif.left_behind import Limits
from optimizer.whatif.looser import Loosened
from optimizer.whatif.means import money_lacked
from optimizer.whatif.one_by_one import Singles, single_ways, smallest_collision
from optimizer.whatif.proved import proved_of
from optimizer.whatif.seeking import best_found, cheapest, constructed
from optimizer.whatif.ways_out import Tried, tried
from optimizer.whatif.ways_told import Means

_DIAGNOSIS_PART = 0.6  #: of the seconds; the rest is for plans with the rules changed
_PLANS_PART = 0.4  #: of that rest, on the plan that lacks least money, where there are ways out
_LACK_PART = 0.7  #: the same where there are none, and rules are taken away one by one
_PROVED_PART = 0.4  #: of what is left then, on proofs of what a relaxation found
_LEAST_SECONDS = 5.0  #: on that plan, and on proofs, however long the diagnosis took
_SWITCHES_PART = 0.5  #: of that rest, on switches
_SINGLES_PART = 0.6  #: of what is left, on rules one by one; the rest is for which collide
_BETTER_SECONDS = 5.0  #: on making better a plan that was come upon


@dataclass(frozen=True)
class Why:
    """What stands against a plan; ``certain`` if that there is none is proved.

    ``plan``: one that keeps every requirement, come upon while that was asked; nothing stands then.
    """

    problems: tuple[Problem, ...]
    certain: bool
    plan: Evaluation | None = None


def why_no_plan(
    instance: Instance,
    *,
    proved: bool,
    seconds: float = 36.0,
    nearest: Evaluation | None = None,
    switches: Callable[[float], Iterable[Loosened]] | None = None,
    means: Means = "cut",
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> Why:
    """What stands against a plan, for a question that none was found for.

    ``proved``: whether it is known already that there is none. ``nearest``: the plan that
    construction ended with, if that is known. ``switches`` gives further ways out, sought for so
    many seconds. ``means``: the key that more money is to be had by; ``limits``: the minutes that
    the config leaves every zone. Where no relaxation sees a conflict it is told how much more money
    makes a plan, and which rules do by themselves. ``stop`` ends it with what is known then.
    """
    end = time.monotonic() + seconds
    stop = stop or threading.Event()
    if not proved:  # the limit may have come a moment before a plan
        part = min(_LEAST_SECONDS, (1.0 - _DIAGNOSIS_PART) * seconds)
        nearest = _least_lacking(instance, nearest, seconds=part, stop=stop)
        if nearest.feasible:
            return _answered(instance, nearest, stop)
    left = end - time.monotonic()
    found = diagnose(instance, seconds=_DIAGNOSIS_PART * left, stop=stop)
    if found.problems:
        return Why(found.problems, certain=True)
    part = _PLANS_PART if found.ways else _LACK_PART  # the rest is for the ways out
    left = max(_LEAST_SECONDS, part * (end - time.monotonic()))
    nearest = _least_lacking(instance, nearest, seconds=left, stop=stop)
    if nearest.feasible:
        return _answered(instance, nearest, stop)
    lacked = money_lacked(instance, nearest)
    proved = proved or not found.ok
    left = max(_LEAST_SECONDS, _PROVED_PART * (end - time.monotonic()))
    found = proved_of(instance, found, seconds=left, stop=stop)
    left = max(1.0, end - time.monotonic())
    loosened = () if switches is None else tuple(switches(_SWITCHES_PART * left))
    plan = _of_the_question(instance, [one.plan for one in loosened])
    if plan is not None:
        return _answered(instance, plan, stop)
    more = tuple(one.problem for one in loosened)
    left = max(1.0, end - time.monotonic())
    if not found.ways:
        singles = _singles(instance, nearest, found, limits, proved=proved, seconds=left, stop=stop)
        plans = [one.plan for one in singles.ways]
        told = lack_told(lacked, singles, proved=proved, means=means, instance=instance)
    else:
        start = nearest.states
        ways = tried(instance, found.ways, seconds=left, start=start, limits=limits, stop=stop)
        plans = [one.plan for one in ways]
        if lacked is not None:  # more money alone: that plan is at hand
            ways = [_with_money(one, nearest) for one in ways]
        ways.sort(key=lambda one: one.rank)
        told = conflict_told(found, ways, lacked, means, instance)
    plan = _of_the_question(instance, [plan for plan in plans if plan is not None])
    if plan is not None:
        return _answered(instance, plan, stop)
    return Why((*told, *more), certain=proved)


def _singles(
    instance: Instance,
    nearest: Evaluation,
    diagnosis: Diagnosis,
    limits: Limits | None,
    *,
    proved: bool,
    seconds: float,
    stop: threading.Event,
) -> Singles:
    """The rules that alone make a plan; those that collide, if it is proved that there is none."""
    end = time.monotonic() + seconds
    part = _SINGLES_PART * seconds
    start = nearest.states
    ways = single_ways(instance, seconds=part, start=start, limits=limits, stop=stop)
    by_money = instance.budget_holds and money_lacked(instance, nearest) is not None
    kinds = ("budget_by_year",) * by_money + tuple(one.found[0].requirement for one in ways)
    if not proved:
        return Singles(tuple(ways), kinds)
    if diagnosis.collide:
        return Singles(tuple(ways), kinds, diagnosis.collide, diagnosis.proved)
    left = end - time.monotonic()
    rules, thinned = smallest_collision(instance, kinds, seconds=left, stop=stop)
    return Singles(tuple(ways), kinds, rules, thinned)


def _of_the_question(instance: Instance, plans: Iterable[Evaluation]) -> Evaluation | None:
    """The first of plans found with a rule changed that keeps every rule unchanged."""
    same = instance.unchanged().shape
    counted = (evaluate(instance, plan.states) for plan in plans if plan.states.shape == same)
    return next((plan for plan in counted if plan.feasible), None)


def _answered(instance: Instance, plan: Evaluation, stop: threading.Event) -> Why:
    """The plan that was come upon, made better for a moment: it may be merely the cheapest."""
    better = best_found(instance, [plan.states], seconds=_BETTER_SECONDS, stop=stop)
    if better is not None and better.objective < plan.objective:
        plan = better
    return Why((), certain=False, plan=plan)


def _least_lacking(
    instance: Instance, nearest: Evaluation | None, *, seconds: float, stop: threading.Event
) -> Evaluation:
    """The plan at hand, or one that keeps all rules but the budget and lacks less money."""
    end = time.monotonic() + seconds
    found = None
    if instance.budget_holds:
        today = instance.unchanged()
        start = today if nearest is None else nearest.states
        found = cheapest(instance, start, seconds=seconds, stop=stop)
    if nearest is None:
        left = max(1.0, end - time.monotonic())
        return found or constructed(instance, seconds=left, stop=stop)
    less = None if found is None else money_lacked(instance, found)
    more = money_lacked(instance, nearest)
    if found is None or less is None or (more is not None and more <= less):
        return nearest
    return found


def _with_money(one: Tried, nearest: Evaluation) -> Tried:
    by_money = {give.requirement for give in one.way.gives} == {"budget_by_year"}
    return replace(one, plan=nearest) if by_money and one.plan is None else one


def colliding(found: Diagnosis, *, means: Means = "cut") -> list[Problem]:
    """The same without trying the ways out."""
    ways = [Tried(way) for way in found.ways]
    return [*found.problems, *(conflict_told(found, ways, None, means) if ways else ())]
