"""Good plans quickly: local search from plans at hand for so many seconds; no solver, no bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance, Ints
from optimizer.instance.aim import COST

_MOST_SHAKES, _MOST_IDLE = 500, 60  #: in all, and in a row without a better plan


def best_found(
    instance: Instance, starts: Sequence[Ints], *, seconds: float, seed: int = 1
) -> Evaluation | None:
    """The best plan that local search finds from ``starts`` [J, T], or from today's network.

    A start may break requirements: it is repaired. None if no plan is found in the time.
    """
    end = time.monotonic() + seconds
    planner = Planner(instance, out_of_time=lambda: time.monotonic() >= end)
    for start in starts:
        planner.construct(start)
    if not starts:
        planner.construct()
    planner.improve()
    idle = 0
    for number in range(_MOST_SHAKES):
        before = planner.best
        if before is None or idle >= _MOST_IDLE or time.monotonic() >= end:
            break
        idle = idle + 1 if planner.shake(seed + number) is before else 0
    return planner.best


def constructed(instance: Instance, *, seconds: float, start: Ints | None = None) -> Evaluation:
    """The plan that construction comes to from ``start`` [J, T], or from today's network.

    It may miss requirements.
    """
    end = time.monotonic() + seconds
    planner = Planner(instance, out_of_time=lambda: time.monotonic() >= end)
    found = planner.construct(start)
    if found is not None:
        return found
    today = instance.unchanged()
    return evaluate(instance, today if planner.ended is None else planner.ended)


def cheapest(instance: Instance, start: Ints, *, seconds: float) -> Evaluation | None:
    """The plan of least cost that local search finds from ``start`` [J, T], whatever the budget.

    Every other requirement is kept; None if no plan that keeps them is found in the time.
    """
    end = time.monotonic() + seconds
    free = replace(instance, aim=COST, later=(), ceilings=(), equity=None, budget_holds=False)
    planner = Planner(free, out_of_time=lambda: time.monotonic() >= end)
    planner.construct(start)
    found = planner.improve()
    return None if found is None else evaluate(instance, found.states)
