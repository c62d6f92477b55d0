"""What a relaxation found of a conflict, proved on the network itself where that is small.

A relaxation sees too little: rules that it needs to show a conflict may collide without one of
them, and what it calls a way out may leave no plan.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis, Way
from optimizer.whatif.giving import Rule, rules_of, without
from optimizer.whatif.one_by_one import smallest_collision
from optimizer.whatif.seeking import is_small, plan_or_proof

_MONEY = "budget_by_year"  #: one rule for all its years
_COLLISION_PART = 0.6  #: of the time; the rest is for the ways out


def proved_of(
    instance: Instance, found: Diagnosis, *, seconds: float, stop: threading.Event
) -> Diagnosis:
    """The same with rules that can be left out left out, and ways out that are none dropped.

    Where the network is not small, or time ends first, it is as the relaxation found it. Ways may
    all be dropped: then only rules of several kinds together make a plan.
    """
    if not found.ways or not is_small(instance):
        return found
    end = time.monotonic() + seconds
    rules = _among(rules_of(instance), found.collide)
    kept, whole = smallest_collision(
        instance, (), among=rules, seconds=_COLLISION_PART * seconds, stop=stop
    )
    if kept:
        collide = tuple(_among(found.collide, kept))
        found = replace(found, collide=collide, thinned=whole, proved=whole)
    else:
        found = replace(found, thinned=False)
    ways = tuple(way for way in found.ways if _may_be_one(instance, way, kept, end, stop))
    last = found.together
    if not ways and last is not None and last not in found.ways:
        ways = (last,) if _may_be_one(instance, last, kept, end, stop) else ()
    return replace(found, ways=ways)


def _may_be_one(
    instance: Instance, way: Way, kept: tuple[Rule, ...], end: float, stop: threading.Event
) -> bool:
    """Whether nothing proves that the rules of a way, taken away altogether, leave no plan."""
    gives = [(give.requirement, give.scope) for give in way.gives]
    rules = _among(rules_of(instance), gives)
    if kept and not set(rules) & set(kept):
        return False  # those that collide still do
    left = end - time.monotonic()
    if left <= 0 or stop.is_set():
        return True
    return not plan_or_proof(without(instance, rules), seconds=left, stop=stop).proved


def _among(
    rules: list[Rule] | tuple[Rule, ...], others: list[Rule] | tuple[Rule, ...]
) -> list[Rule]:
    """Those of the rules that are among others; the budgets of all years are one rule."""
    money = any(kind == _MONEY for kind, _ in others)
    return [rule for rule in rules if rule in others or (money and rule[0] == _MONEY)]
