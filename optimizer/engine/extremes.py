"""Values of the objective that no plan is below or above."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.equity import worst_off
from optimizer.instance import Floats, Instance
from optimizer.instance.options import option_minutes

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
    stranded = instance.stranded_minutes if np.isfinite(instance.stranded_minutes) else 0.0
    total = 0.0
    for t in range(len(instance.years)):
        worst = np.maximum(instance.today_cost, stranded)
        for need in range(worst.shape[1]):
            waiting = _waiting(instance, t, need)
            slowest = np.where(np.isfinite(waiting), waiting, -np.inf).max(axis=1)
            for rows, options in _options(instance, slowest):
                longest = np.where(np.isfinite(options), options, 0.0).max(axis=1)
                worst[rows, need] = np.maximum(worst[rows, need], longest)
        price = worst + instance.lost_visit_minutes
        total += float((instance.demand[t] * price).sum()) + worst_off(instance, t, worst)
    return float(instance.aim.minutes * total)


def least_burden(instance: Instance) -> float:
    """Visit-minutes with every site at its best in every year: no plan has fewer."""
    total = 0.0
    for t in range(len(instance.years)):
        for need in range(instance.demand.shape[2]):
            best = np.full(instance.minutes.shape[0], np.inf)
            for rows, options in _options(instance, _waiting(instance, t, need).min(axis=1)):
                best[rows] = options.min(axis=1)
            wanted = instance.demand[t, :, need] > 0
            cost, today = best[wanted], instance.today_cost[wanted, need]
            price = cost + instance.lost_visit_minutes * instance.loss(cost, today, need)
            total += float((instance.demand[t, wanted, need] * price).sum())
    return total if np.isfinite(total) else 0.0  # where nobody can be served there is no plan


def _waiting(instance: Instance, t: int, need: int) -> Floats:
    """[J, M+1] minutes in the states that may serve a need in a year; infinite in others."""
    serves = instance.allowed[:, :, t] & instance.serves[:, need]
    return np.asarray(np.where(serves, instance.waiting, np.inf))


def _options(instance: Instance, waiting: Floats) -> Iterator[tuple[slice, Floats]]:
    """[zones, sites] minutes to the sites whose waiting [J] is finite, some zones at a time."""
    usable = np.flatnonzero(np.isfinite(waiting))
    for start in range(0, instance.minutes.shape[0] if usable.size else 0, _BLOCK):
        rows = slice(start, start + _BLOCK)
        yield rows, option_minutes(instance.minutes[rows, usable], waiting[usable])
