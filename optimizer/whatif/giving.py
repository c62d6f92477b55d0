"""Rules that give: an instance with them changed, or without them.

The amounts of a way out are changed as they are told, rounded so that what is told is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from optimizer.instance import FixedDecision, Instance
from optimizer.solving.diagnosis import Way
from optimizer.solving.elastic import ELASTIC, PACE, Give
from optimizer.whatif.rounded_up import rounded_up

Rule = tuple[str, str]  #: requirement and scope

_ROUNDED = 1e-6  #: of the last decimal of a share, that nothing is rounded down for


def amounts(way: Way, times: float = 1.0) -> tuple[Give, ...]:
    """What the rules of a way give, times a factor, rounded up as it is told."""
    return tuple(_as_told(replace(give, amount=give.amount * times)) for give in way.gives)


def _as_told(give: Give) -> Give:
    """Whole numbers as such, money and staff in tenths, shares of people in four decimals."""
    if is_whole(give):
        return replace(give, amount=float(_whole(give)))
    if give.requirement in ("budget_by_year", "staff_balance"):
        return replace(give, amount=rounded_up(give.amount, 1))
    if give.of_people:
        share = np.floor((give.limit - give.amount) * 1e4 + _ROUNDED) / 1e4
        return replace(give, amount=float(give.limit - max(0.0, share)))
    return give


def changed(instance: Instance, gives: Sequence[Give]) -> Instance:
    """The instance with rules changed by as much as they give; a decision by being taken away."""
    for give in gives:
        instance = _CHANGES[give.requirement](instance, give)
    return instance


def rules_of(instance: Instance) -> list[Rule]:
    """Every rule that people set and may change, as far as it is in force."""
    found: list[Rule] = []
    if instance.budget_holds:
        found.append(("budget_by_year", ", ".join(map(str, instance.years))))
    found += [("mode_limits", rule.scope) for rule in instance.limits]
    if instance.open_sites is not None:
        found.append(("open_sites", "nation"))
    found += [(rule.kind, rule.scope) for rule in instance.access]
    found += [(rule.requirement, rule.scope) for rule in instance.coverage]
    if instance.possible is not None:
        found += [("fixed_decisions", one.scope(instance.sites)) for one in instance.fixed]
    if instance.staff is not None and np.isfinite(instance.staff.most_redundant):
        found.append(("staff_balance", "redundancies"))
    found += [("transition", rule.scope) for rule in instance.closures]
    return sorted(found, key=lambda rule: ELASTIC.index(rule[0]))


def without(instance: Instance, rules: Collection[Rule]) -> Instance:
    """The instance with rules taken away, and all others in force."""
    kinds = {kind for kind, _ in rules}
    access = tuple(one for one in instance.access if (one.kind, one.scope) not in rules)
    coverage = tuple(one for one in instance.coverage if (one.requirement, one.scope) not in rules)
    limits = tuple(one for one in instance.limits if ("mode_limits", one.scope) not in rules)
    closures = tuple(one for one in instance.closures if ("transition", one.scope) not in rules)
    out = replace(instance, access=access, coverage=coverage, limits=limits, closures=closures)
    if "budget_by_year" in kinds:
        out = replace(out, budget_holds=False)
    if "open_sites" in kinds:
        out = replace(out, open_sites=None)
    if "staff_balance" in kinds and out.staff is not None:
        out = replace(out, staff=replace(out.staff, most_redundant=np.inf))
    for kind, scope in rules:
        if kind == "fixed_decisions":
            out = _decision(out, Give(kind, scope, 1.0, 0.0))
    return out


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
    """Another number: an exact one stays exact."""
    rule, more = instance.open_sites, _whole(give) if give.rises else -_whole(give)
    assert rule is not None
    most = max(0, rule.most + more)
    rule = replace(rule, least=most if rule.least == rule.most else rule.least, most=most)
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
    return int(rounded_up(give.amount))


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
