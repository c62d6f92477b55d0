"""A conflict and its ways out in sentences, each with its key, its unit and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.problems import Problem
from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis
from optimizer.solving.elastic import Give
from optimizer.whatif.means import lacking
from optimizer.whatif.one_by_one import Singles
from optimizer.whatif.ways_out import Tried, worth
from optimizer.whatif.ways_told import MORE, Means, Told, listed, told

_MONEY = "budget_by_year"
_THIN = "these collide, and without any one of them they do not"
_RELAXED = "these collide, as far as a relaxation sees; fewer of them may do"
_ALONE = "no network keeps to this one"
_NO_TIME = "these collide; there was no time to see whether fewer do"


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
    why = _THIN if found.proved else _RELAXED
    if len(found.collide) == 1:
        why = _ALONE
    elif not found.thinned:
        why = _NO_TIME
    yield Problem(
        "requirements",
        _together(found.collide) or "rules of several kinds that no network keeps to together",
        f"rules that some network can keep to; {why}",
        _count(ways),
    )
    for number, one in enumerate(ways, start=1):
        yield from _way_told(one, f"Way out {number}", lacked, means, instance)


def _way_told(
    one: Tried, label: str, lacked: float | None, means: Means, instance: Instance | None
) -> Iterator[Problem]:
    """A sentence for each kind of rule that gives, all of them needed."""
    least, found = _by_kind(one.way.gives), _by_kind(one.found)
    kinds = list(least or found)
    only_money = lacked if kinds == [_MONEY] else None
    for part, kind in enumerate(kinds, start=1):
        outcome = _outcome(one, only_money)
        if one.plan is not None and instance is not None:
            outcome = f"{outcome.rstrip('.')}: {worth(instance, one.plan)}."
        yield told(
            Told(
                f"{label}, part {part} of {len(kinds)}, all needed" if len(kinds) > 1 else label,
                least.get(kind, ()),
                found.get(kind, ()),
                outcome if part == len(kinds) else "",
                means,
                only_money,
                one.kept,
            )
        )


def _by_kind(gives: Sequence[Give]) -> dict[str, tuple[Give, ...]]:
    kinds = dict.fromkeys(give.requirement for give in gives)
    return {kind: tuple(one for one in gives if one.requirement == kind) for kind in kinds}


def _count(ways: Sequence[Tried]) -> str:
    if len(ways) == 1:
        return "One way out is known."
    if all(one.plan is None for one in ways):
        return f"{len(ways)} ways out, the least change first."
    return f"{len(ways)} ways out, the one that costs the visitors least first, as far as found."


def _outcome(one: Tried, lacked: float | None) -> str:
    """Whether it is really a way out, as far as was tried."""
    if one.plan is not None or lacked is not None:
        return "With that a plan was found."
    return "It may take more: that is the least that is proved."


def lack_told(
    lacked: float | None, singles: Singles, *, proved: bool, means: Means, instance: Instance
) -> Iterator[Problem]:
    """Where no relaxation sees a conflict: how much more money makes a plan, and what else does."""
    certain = "no plan, and it is proved that there is none" if proved else "no plan, in the time"
    if proved and (singles.collide or singles.ways):
        yield Problem("requirements", certain, _colliding(singles), "")
    if lacked is not None:
        yield Problem(
            f"requirements.{_MONEY}",
            certain,
            f"means that a network can keep to: one was found with {lacking(lacked)} more a year",
            f"{MORE[means]} by {lacking(lacked)} in every year, or ask less of another rule.",
        )
    for one in singles.ways:
        yield from _way_told(one, "Another way out", None, means, instance)
    if proved and lacked is None and not singles.ways:
        yield Problem(
            "requirements",
            certain,
            "rules that some network can keep to",
            "Take rules away one by one, the latest first.",
        )


def _colliding(singles: Singles) -> str:
    """What is proved of the rules that collide, or found of them one by one."""
    if singles.collide:
        why = _ALONE if len(singles.collide) == 1 else _THIN
        if not singles.thinned:
            why = _NO_TIME
        return f"rules that some network can keep to; {why}: {_together(singles.collide)}"
    kinds = listed(singles.kinds)
    return f"rules that some network can keep to; without any one of these one does: {kinds}"


def _together(rules: Sequence[tuple[str, str]]) -> str:
    """Rules by their requirement, each with its scopes."""
    by_kind: dict[str, list[str]] = {}
    for requirement, scope in rules:
        by_kind.setdefault(requirement, []).append(scope)
    return "; ".join(f"{kind} {listed(scopes)}" for kind, scopes in by_kind.items())
