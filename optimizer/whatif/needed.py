"""What a plan asks of rules that it breaks: by how much each would have to give for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np

from optimizer.engine.changes import closing
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import CLOSED, Instance
from optimizer.solving.elastic import Give
from optimizer.whatif.rounded_up import rounded_up

_LEAST = 1e-6  #: of a person or an FTE, that no rule gives for


def needed(instance: Instance, plan: Evaluation, kinds: Collection[str]) -> tuple[Give, ...]:
    """What the rules of these kinds give for a plan; those that it keeps are left out.

    The plan was counted with these rules changed or taken away. Of money nothing is told here, nor
    of an exact number of open sites that the plan has in some years alone.
    """
    found = [give for kind, ask in _ASKED.items() if kind in kinds for give in ask(instance, plan)]
    return tuple(give for give in found if give.requirement in kinds and give.amount > _LEAST)


def _limits(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    for rule in instance.limits:
        most = max(rule.count(now) for now in plan.states.T[rule.from_year :])
        yield Give("mode_limits", rule.scope, float(most - rule.at_most), float(rule.at_most))


def _open_sites(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    rule = instance.open_sites
    if rule is None:
        return
    count = (plan.states != CLOSED).sum(axis=0)[rule.from_year :]
    if rule.least == rule.most and count.min() < count.max():
        return
    more = float(count.max() - rule.most)
    rises = more > 0
    if rises or rule.least == rule.most:
        yield Give("open_sites", "nation", abs(more), float(rule.most), rises)


def _access(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    """In shares of people, or in zones."""
    for rule in instance.access:
        reached = min(rule.reached(rule.states[now]) for now in plan.states.T[rule.from_year :])
        unit = 1.0 if rule.kind == "no_one_left_behind" else rule.total
        missed = 0.0 if rule.holds(reached) else rule.least - reached
        yield Give(rule.kind, rule.scope, missed / unit, rule.least / unit, rises=False)


def _coverage(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    for rule in instance.coverage:
        years = plan.states.T[rule.from_year :]
        least = min(int(rule.states[now[rule.sites]].sum()) for now in years)
        limit = float(rule.min_points)
        yield Give(rule.requirement, rule.scope, limit - least, limit, rises=False)


def _services(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    yield from _access(instance, plan)
    yield from _coverage(instance, plan)


def _decisions(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    """The decisions that the plan does not keep in some year."""
    years = np.arange(len(instance.years))
    for one in instance.fixed:
        kept = one.allowed[plan.states[one.site], years]
        if one.into >= 0:
            in_force = ~one.allowed.all(axis=0)
            kept = kept & (instance.receiving(one.into)[plan.states[one.into]] | ~in_force)
        yield Give("fixed_decisions", one.scope(instance.sites), float((~kept).sum()), 0.0)


def _redundancies(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    if instance.staff is not None and plan.staff:
        most, limit = max(float(one.redundant.sum()) for one in plan.staff), instance.staff
        amount = rounded_up(most - limit.most_redundant, 1)
        yield Give("staff_balance", "redundancies", amount, limit.most_redundant)


def _closures(instance: Instance, plan: Evaluation) -> Iterator[Give]:
    closes = closing(instance, plan.states)
    for rule in instance.closures:
        most = float(closes[rule.sites].sum(axis=0).max(initial=0))
        yield Give("transition", rule.scope, most - rule.at_most, float(rule.at_most))


_ASKED: Mapping[str, Callable[[Instance, Evaluation], Iterator[Give]]] = {
    "mode_limits": _limits,
    "open_sites": _open_sites,
    "access_standard": _access,
    "no_one_left_behind": _access,
    "region_coverage": _coverage,
    "service_coverage": _services,
    "fixed_decisions": _decisions,
    "staff_balance": _redundancies,
    "transition": _closures,
}
