"""Ways out where no relaxation sees the conflict: each kind of rule taken away by itself.

Where a plan is found then, that plan tells what the rules would have to give, and less is tried.
Where it is proved that there is no plan, each of these kinds collides with the rest; of a small
problem a deletion filter names a smallest set of rules that collide, each step of it proved.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.engine.evaluate import Evaluation
from optimizer.instance import Instance, Ints
from optimizer.solving.diagnosis import Way
from optimizer.solving.elastic import Give
from optimizer.whatif.giving import Rule, changed, is_whole, rules_of, without
from optimizer.whatif.left_behind import Limits, fewer_minutes
from optimizer.whatif.needed import needed
from optimizer.whatif.seeking import is_small, plan_or_proof, sought
from optimizer.whatif.ways_out import Tried, as_found

_MONEY, _ZONES, _OPEN = "budget_by_year", "no_one_left_behind", "open_sites"
_FOUND_PART = 0.5  #: of a kind's time, on a plan without it; the rest is for less
_NOTHING = Way(())


@dataclass(frozen=True)
class Singles:
    """What stands against a plan, by rules taken away."""

    ways: tuple[Tried, ...] = ()  #: kinds that alone make a plan, what costs visitors least first
    kinds: tuple[str, ...] = ()  #: these kinds, and money where more of it does
    collide: tuple[Rule, ...] = ()  #: rules that collide, as is proved; empty where it is not
    thinned: bool = True  #: whether none of them can be left out, as is proved too


def single_ways(
    instance: Instance,
    *,
    seconds: float,
    start: Ints | None = None,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
) -> list[Tried]:
    """The kinds of rules but money that alone make a plan, with what they give for it."""
    end = time.monotonic() + seconds
    kinds = [one for one in dict.fromkeys(kind for kind, _ in rules_of(instance)) if one != _MONEY]
    ways = []
    for number, kind in enumerate(kinds):
        if stop is not None and stop.is_set():
            break
        left = (end - time.monotonic()) / (len(kinds) - number)
        found = _single(instance, kind, seconds=left, start=start, limits=limits, stop=stop)
        if found is not None:
            ways.append(found)
    return sorted(ways, key=lambda one: one.rank)


def _single(
    instance: Instance,
    kind: str,
    *,
    seconds: float,
    start: Ints | None,
    limits: Limits | None,
    stop: threading.Event | None,
) -> Tried | None:
    until = time.monotonic() + seconds
    loosest = without(instance, [rule for rule in rules_of(instance) if rule[0] == kind])
    plan = sought(loosest, seconds=_FOUND_PART * seconds, start=start, stop=stop)
    if plan is None:
        return None
    left = until - time.monotonic()
    if kind == _ZONES and limits is not None:
        plan = fewer_minutes(instance, limits, plan, seconds=left, stop=stop)
    elif kind == _OPEN:
        return _other_number(instance, seconds=left, start=plan.states, stop=stop)
    gives = needed(instance, plan, (kind,))
    gives, plan = _fewer(instance, gives, plan, until, stop)
    return as_found(instance, _NOTHING, gives, plan, limits) if gives else None


def _other_number(
    instance: Instance, *, seconds: float, start: Ints, stop: threading.Event | None
) -> Tried | None:
    """The number of open sites nearest to the one asked for that a plan is found with."""
    rule, until = instance.open_sites, time.monotonic() + seconds
    assert rule is not None
    number, exact = rule.most, rule.least == rule.most
    others = [n for n in range(len(instance.sites) + 1) if n > number or (exact and n < number)]
    for tried, other in enumerate(sorted(others, key=lambda n: abs(n - number))):
        left = (until - time.monotonic()) / (len(others) - tried)
        if left <= 0 or (stop is not None and stop.is_set()):
            break
        give = Give(_OPEN, "nation", float(abs(other - number)), float(number), other > number)
        plan = sought(changed(instance, (give,)), seconds=left, start=start, stop=stop)
        if plan is not None:
            return Tried(_NOTHING, plan, (give,))
    return None


def _fewer(
    instance: Instance,
    gives: tuple[Give, ...],
    plan: Evaluation,
    until: float,
    stop: threading.Event | None,
) -> tuple[tuple[Give, ...], Evaluation]:
    """The same with each whole number one less, as long as a plan is found with it."""
    kinds = {give.requirement for give in gives}
    number = 0
    while number < len(gives):
        left = (until - time.monotonic()) / (len(gives) - number)
        if left <= 0 or (stop is not None and stop.is_set()):
            break
        give = gives[number]
        less = tuple(
            replace(one, amount=one.amount - 1.0) if one is give else one
            for one in gives
            if one is not give or one.amount > 1.0
        )
        can_be_less = is_whole(give) or give.requirement == "fixed_decisions"
        found = None
        if can_be_less and less:
            trial = changed(instance, less)
            found = sought(trial, seconds=left, start=plan.states, stop=stop)
        if found is None:
            number += 1
        else:
            gives, plan = needed(instance, found, kinds), found
    return gives, plan


def smallest_collision(
    instance: Instance,
    kinds: Sequence[str],
    *,
    seconds: float,
    among: Sequence[Rule] | None = None,
    stop: threading.Event | None = None,
) -> tuple[tuple[Rule, ...], bool]:
    """Rules that collide, as is proved, and whether none of them can be left out, as is proved.

    ``kinds`` are those without which a plan was found; ``among``: rules that are known to collide,
    all rules otherwise. Nothing where a proof takes too long.
    """
    if not is_small(instance):
        return (), False
    end = time.monotonic() + seconds
    rules = rules_of(instance)
    first = list(rules if among is None else among)
    others = [rule for rule in first if rule[0] not in kinds]
    kept, whole = list(first), True

    def collide_without(some: Sequence[Rule]) -> bool | None:
        left = end - time.monotonic()
        if left <= 0 or (stop is not None and stop.is_set()):
            return None
        away = [rule for rule in rules if rule not in kept or rule in some]
        answer = plan_or_proof(without(instance, away), seconds=left, stop=stop)
        return True if answer.proved else None if answer.plan is None else False

    tries = [others] if len(others) > 1 else []
    tries += [[rule] for rule in (*others, *(rule for rule in first if rule[0] in kinds))]
    for some in tries:
        if not set(some) <= set(kept):
            continue
        alone = [rule for rule in kept if rule[0] == some[0][0]] == some
        if some[0][0] in kinds and alone:
            continue  # a plan was found without it already
        answer = collide_without(some)
        if answer:
            kept = [rule for rule in kept if rule not in some]
        elif answer is None and len(some) == 1:
            whole = False
    return (tuple(kept), whole) if len(kept) < len(first) or whole else ((), False)
