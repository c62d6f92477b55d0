"""A conflict and its ways out in sentences, each with its key, its unit and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal

import numpy as np

from geodata.problems import Problem, number_of
from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis
from optimizer.solving.elastic import PACE, Give
from optimizer.whatif.means import lacking
from optimizer.whatif.ways_out import Tried, is_whole, worth

_SHOWN = 6

#: the key of `budget` that a config states its means by, and what to do with it to have more
Means = Literal["cut", "appropriation"]
_MORE: dict[Means, str] = {
    "cut": "Lower budget.cut",
    "appropriation": "Raise budget.appropriation",
}


def conflict_told(
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
            label = f"Way out {number}"
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


def lack_told(lacked: float | None, *, proved: bool, means: Means) -> Iterator[Problem]:
    """Where no relaxation sees a conflict: how much more money makes a plan."""
    certain = "no plan, and it is proved that there is none" if proved else "no plan, in the time"
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
    parts = [f"{lacking(give.amount)} in {give.scope}" for give in gives]
    least = f"at least {lacking(gives[0].amount)} more in {gives[0].scope}"
    advice = f"{gives[0].scope} by at least {lacking(gives[0].amount)}"
    if len(gives) > 1:  # what is saved in one year serves the next: only the sum is the least
        total = lacking(sum(give.amount for give in gives))
        least = f"at least {total} more in all, such as {_listed(parts)}"
        advice = _listed([f"{give.scope} by {lacking(give.amount)}" for give in gives])
    return Problem(
        f"{label}, requirements.budget_by_year",
        "means below the cost of the cheapest network that keeps the other rules",
        least,
        f"{_MORE[means]} for {advice}. {outcome}".rstrip(),
    )


def _numbers(label: str, gives: Sequence[Give], outcome: str) -> Problem:
    one = len(gives) == 1
    advice = f"Raise at_most to {_raised(gives[0])}." if one else "Raise at_most there."
    return _at_most(f"{label}, requirements.{gives[0].requirement}", gives, f"{advice} {outcome}")


def _at_most(where: str, gives: Sequence[Give], advice: str) -> Problem:
    """Limits on numbers, and what each must be raised to."""
    scopes = [give.scope.removeprefix(PACE) for give in gives]
    found = [f"{scope} at most {give.limit:g}" for scope, give in zip(scopes, gives, strict=True)]
    least = [f"{scope} at least {_raised(give)}" for scope, give in zip(scopes, gives, strict=True)]
    return Problem(where, _listed(found), _listed(least), advice.rstrip())


def _raised(give: Give) -> int:
    return _whole(give.limit + give.amount)


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
    advice = f"Raise at_most to {_raised(gives[0])}. {outcome}"
    return _at_most(f"{label}, requirements.transition.closures", gives, advice)


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
