"""Values of the objective that no plan is below or above."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.equity import worst_off
from optimizer.instance import Floats, Instance
from optimizer.options import option_minutes

_BLOCK = 20_000  #: zones looked at together


def least_value(instance: Instance) -> float:
    """An objective that no plan is below: the least minutes, and central cost alone."""
    aim = instance.aim
    minutes = least_burden(instance) if aim.minutes else 0.0
    return float(aim.minutes * minutes + aim.mnkr * instance.money.central.sum())


def most_value(instance: Instance) -> float:
    """An objective that no plan exceeds, everybody at the worst of all options and lost.

    Infinite where money counts: of that there may be any.
    """
    if instance.aim.mnkr:
        return float(np.inf)
    total = 0.0
    for t in range(len(instance.years)):
        worst = np.zeros(instance.today_cost.shape)
        for need, cost in _every_need(instance, t, furthest=True):
            worst[:, need] = np.maximum(cost, instance.today_cost[:, need])
        price = worst + instance.lost_visit_minutes
        total += float((instance.demand[t] * price).sum()) + worst_off(instance, t, worst)
    return float(instance.aim.minutes * total)


def least_burden(instance: Instance) -> float:
    """Visit-minutes with every site at its best in every year: no plan has fewer."""
    total = 0.0
    for t in range(len(instance.years)):
        for need, best in _every_need(instance, t):
            wanted = instance.demand[t, :, need] > 0
            cost, today = best[wanted], instance.today_cost[wanted, need]
            price = cost + instance.lost_visit_minutes * instance.loss(cost, today, need)
            total += float((instance.demand[t, wanted, need] * price).sum())
    return total if np.isfinite(total) else 0.0  # where nobody can be served there is no plan


def _every_need(
    instance: Instance, t: int, *, furthest: bool = False
) -> Iterator[tuple[int, Floats]]:
    """[I] for each need, the minutes of the nearest (or furthest) option there may be in a year.

    Infinite where there is none; of the furthest, what is counted for a visit that none serves, as
    far as that is finite.
    """
    for need in range(instance.demand.shape[2]):
        serves = instance.allowed[:, :, t] & instance.serves[:, need]
        nearest = np.where(serves, instance.waiting, np.inf).min(axis=1)
        slowest = np.where(serves & np.isfinite(instance.waiting), instance.waiting, 0.0)
        usable = np.flatnonzero(np.isfinite(nearest))
        waiting = slowest.max(axis=1) if furthest else nearest
        least = instance.stranded_minutes if np.isfinite(instance.stranded_minutes) else 0.0
        found = np.full(instance.minutes.shape[0], least if furthest else np.inf)
        for start in range(0, found.size if usable.size else 0, _BLOCK):
            rows = slice(start, start + _BLOCK)
            options = option_minutes(instance.minutes[rows, usable], waiting[usable])
            if furthest:
                options = np.where(np.isfinite(options), options, 0.0)
                found[rows] = np.maximum(found[rows], options.max(axis=1))
            else:
                found[rows] = options.min(axis=1)
        yield need, found


__all__ = ["least_burden", "least_value", "most_value"]
