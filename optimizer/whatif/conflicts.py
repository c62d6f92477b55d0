"""Why there is no plan, in sentences: which rules collide, and the ways out of it.

Each way names its key, what it gives in its own unit, whether a plan was found with it and what
that plan costs. Ways with a plan come first, by what it costs the visitors; the others follow, the
least change of their limits first. Where the search for them comes upon a plan that keeps every
requirement as it stands, that plan is the answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from geodata.problems import Problem, number_of
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance
from optimizer.solving.diagnosis import PACE, Diagnosis, Give, diagnose
from optimizer.whatif.looser import Loosened
from optimizer.whatif.means import lacking, money_lacked
from optimizer.whatif.seeking import best_found, cheapest, constructed
from optimizer.whatif.ways_out import Tried, is_whole, tried, worth

_DIAGNOSIS_PART = 0.6  #: of the seconds; the rest is for plans with the rules changed
_PLANS_PART = 0.4  #: of that rest, on the plan that lacks least money, where there are ways out
_LEAST_SECONDS = 5.0  #: on that plan, however long the diagnosis took
_SWITCHES_PART = 0.5  #: of that rest, on switches
_BETTER_SECONDS = 5.0  #: on making better a plan that was come upon
_SHOWN = 6

#: the key of `budget` that a config states its means by, and what to do with it to have more
Means = Literal["cut", "appropriation"]
_MORE: dict[Means, str] = {
    "cut": "Lower budget.cut",
    "appropriation": "Raise budget.appropriation",
}


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
    stop: threading.Event | None = None,
) -> Why:
    """What stands against a plan, for a question that none was found for.

    ``proved``: whether it is known already that there is none. ``nearest``: the plan that
    construction ended with, if that is known. ``switches`` gives further ways out, sought for so
    many seconds. ``means``: the key that more money is to be had by. Where a relaxation sees no
    conflict it is told how much more money makes a plan. ``stop`` ends it with what is known then.
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
    part = _PLANS_PART if found.ways else 1.0  # the rest is for the ways out
    left = max(_LEAST_SECONDS, part * (end - time.monotonic()))
    nearest = _least_lacking(instance, nearest, seconds=left, stop=stop)
    if nearest.feasible:
        return _answered(instance, nearest, stop)
    lacked = money_lacked(instance, nearest)
    left = max(1.0, end - time.monotonic())
    loosened = () if switches is None else tuple(switches(_SWITCHES_PART * left))
    plan = _of_the_question(instance, [one.plan for one in loosened])
    if plan is not None:
        return _answered(instance, plan, stop)
    more = tuple(one.problem for one in loosened)
    if not found.ways:
        return Why((*_by_money(lacked, proved=proved, means=means), *more), certain=proved)
    left = max(1.0, end - time.monotonic())
    ways = tried(instance, found.ways, seconds=left, start=nearest.states, stop=stop)
    plan = _of_the_question(instance, [one.plan for one in ways if one.plan is not None])
    if plan is not None:
        return _answered(instance, plan, stop)
    if lacked is not None:  # more money alone: that plan is at hand
        ways = [_with_money(one, nearest) for one in ways]
    ways.sort(key=lambda one: one.rank)
    return Why((*_told(found, ways, lacked, means, instance), *more), certain=True)


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
    return [*found.problems, *(_told(found, ways, None, means) if ways else ())]


def _told(
    found: Diagnosis,
    ways: Sequence[Tried],
    lacked: float | None,
    means: Means = "cut",
    instance: Instance | None = None,
) -> Iterator[Problem]:
    """The collision, and each way out with whether it is one: ``lacked`` for that by money.

    With the ``instance`` it is told what the plan found with a way costs.
    """
    why = "these collide, and without any one of them they do not"
    if len(found.collide) == 1:
        why = "no network keeps to this one"
    elif not found.thinned:
        why = "these collide; there was no time to see whether fewer do"
    yield Problem(
        "requirements",
        _together(found.collide) or "rules of several kinds that no network keeps to together",
        f"rules that some network can keep to; {why}",
        _count(ways),
    )
    for number, one in enumerate(ways, start=1):
        kinds: dict[str, list[Give]] = {}
        for give in one.way.gives:
            kinds.setdefault(give.requirement, []).append(give)
        for part, (kind, gives) in enumerate(kinds.items(), start=1):
            label = f"way out {number}"
            label += f", part {part} of {len(kinds)}, all needed" if len(kinds) > 1 else ""
            outcome = _outcome(one, lacked if list(kinds) == ["budget_by_year"] else None)
            if one.plan is not None and instance is not None:
                outcome = f"{outcome.rstrip('.')}: {worth(instance, one.plan)}."
            words = partial(_money, means=means) if kind == "budget_by_year" else _WORDS[kind]
            yield words(label, gives, outcome if part == len(kinds) else "")


def _count(ways: Sequence[Tried]) -> str:
    if len(ways) == 1:
        return "There is one way out."
    if all(one.plan is None for one in ways):
        return f"{len(ways)} ways out, the least change first."
    return f"{len(ways)} ways out, the one that costs the visitors least first, as far as found."


def _outcome(one: Tried, lacked: float | None) -> str:
    """Whether it is really a way out, as far as was tried."""
    if one.times is not None:
        if one.times <= 1:
            return "With that a plan was found."
        whole = ", rounded up to whole numbers," if any(map(is_whole, one.way.gives)) else ""
        return f"With {one.times:g} times that{whole} a plan was found."
    if lacked is not None:
        return f"With {lacking(lacked)} more in every year a plan was found."
    return "It may take more: that is the least that is proved."


def _by_money(lacked: float | None, *, proved: bool, means: Means) -> Iterator[Problem]:
    """Where no relaxation sees a conflict: how much more money makes a plan."""
    certain = "there is no plan, which is proved" if proved else "no plan was found, none is proved"
    if lacked is not None:
        yield Problem(
            "requirements.budget_by_year",
            certain,
            f"means that a network can keep to: one was found with {lacking(lacked)} more a year",
            f"{_MORE[means]} by {lacking(lacked)} in every year, or ask less of another rule.",
        )
    elif proved:
        yield Problem(
            "requirements",
            certain,
            "rules that some network can keep to",
            "Take rules away one by one, the latest first.",
        )


def _together(rules: Sequence[tuple[str, str]]) -> str:
    """Rules by their requirement, each with its scopes."""
    by_kind: dict[str, list[str]] = {}
    for requirement, scope in rules:
        by_kind.setdefault(requirement, []).append(scope)
    return "; ".join(f"{kind} {_listed(scopes)}" for kind, scopes in by_kind.items())


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


def _whole(amount: float) -> int:
    return int(np.ceil(amount - 1e-6))


Words = Callable[[str, Sequence[Give], str], Problem]


def _money(label: str, gives: Sequence[Give], outcome: str, *, means: Means = "cut") -> Problem:
    parts = [f"at least {lacking(give.amount)} more in {give.scope}" for give in gives]
    advice = [f"{give.scope} by at least {lacking(give.amount)}" for give in gives]
    return Problem(
        f"{label}, requirements.budget_by_year",
        "means below the cost of the cheapest network that keeps the other rules",
        _listed(parts),
        f"{_MORE[means]} for {_listed(advice)}. {outcome}".rstrip(),
    )


def _numbers(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    kind = gives[0].requirement
    least = [f"{give.scope} at least {_whole(give.limit + give.amount)}" for give in gives]
    return Problem(
        f"{label}, requirements.{kind}",
        _listed([f"{give.scope} at most {give.limit:g}" for give in gives]),
        _listed(least),
        f"Raise at_most to {_whole(gives[0].limit + gives[0].amount)}. {outcome}".rstrip()
        if len(gives) == 1
        else f"Raise at_most there. {outcome}".rstrip(),
    )


def _open_sites(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    give = gives[0]
    least = give.limit + _whole(give.amount) if give.rises else give.limit - _whole(give.amount)
    key, change = ("at_most or exactly", "Raise") if give.rises else ("exactly", "Lower")
    return Problem(
        f"{label}, requirements.open_sites",
        f"{give.limit:g} open sites",
        f"at {'least' if give.rises else 'most'} {least:g}",
        f"{change} {key} to {least:g}. {outcome}".rstrip(),
    )


def _regions(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    kind = gives[0].requirement
    fewer = sum(_whole(give.amount) for give in gives)
    sites = kind == "region_coverage"
    what = number_of(fewer, "site") if sites else f"{number_of(fewer, 'office')} with the service"
    advice = "let it begin later" if sites else "let it be added at more sites"
    return Problem(
        f"{label}, requirements.{kind}",
        f"asked for in {_listed([give.scope for give in gives])}",
        f"at least {what} fewer in all",
        f"Lower min_points there, or {advice}. {outcome}".rstrip(),
    )


def _people(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    return Problem(
        f"{label}, requirements.{gives[0].requirement}",
        _listed([f"{give.scope} a share of {give.limit:.4f}" for give in gives]),
        _listed(
            [f"{give.scope} at most {max(0.0, give.limit - give.amount):.4f}" for give in gives]
        ),
        f"Lower share, or raise minutes or km. {outcome}".rstrip(),
    )


def _services(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    words = _people if all(give.of_people for give in gives) else _regions
    return words(label, gives, outcome)


def _left_behind(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    zones = sum(_whole(give.amount) for give in gives)
    return Problem(
        f"{label}, requirements.no_one_left_behind",
        "a limit for every zone",
        f"limits that at least {zones} zones may miss",
        f"Raise added_minutes or within_minutes. {outcome}".rstrip(),
    )


def _decisions(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    names = [_decision(give) for give in gives]
    found = "a decision" if len(gives) == 1 else "decisions"
    return Problem(
        f"{label}, {_listed(names)}",
        f"{found} that the other rules do not allow",
        "none, or from a later year",
        f"Take away, or let begin later. {outcome}".rstrip(),
    )


def _decision(give: Give) -> str:
    kind, office = give.scope.split(":", 1)
    return f"offices.{kind}: {office}"


def _redundant(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    give = gives[0]
    return Problem(
        f"{label}, requirements.staff_balance",
        f"at most {give.limit:g} redundant FTE",
        f"at least {np.ceil((give.limit + give.amount) * 10 - 1e-6) / 10:.1f}",
        f"Raise most_redundant_fte. {outcome}".rstrip(),
    )


def _closures(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    least = [
        f"{give.scope.removeprefix(PACE)} at least {_whole(give.limit + give.amount)}"
        for give in gives
    ]
    return Problem(
        f"{label}, requirements.transition.closures",
        _listed([f"{give.scope.removeprefix(PACE)} at most {give.limit:g}" for give in gives]),
        _listed(least),
        f"Raise at_most to {_whole(gives[0].limit + gives[0].amount)}. {outcome}".rstrip(),
    )


_WORDS: dict[str, Words] = {
    "budget_by_year": _money,
    "mode_limits": _numbers,
    "open_sites": _open_sites,
    "access_standard": _people,
    "no_one_left_behind": _left_behind,
    "region_coverage": _regions,
    "service_coverage": _services,
    "fixed_decisions": _decisions,
    "staff_balance": _redundant,
    "transition": _closures,
}
