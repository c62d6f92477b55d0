"""Good plans quickly: local search from plans at hand for so many seconds; no solver, no bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance, Ints
from optimizer.instance.aim import COST

_MOST_SHAKES, _MOST_IDLE = 500, 60  #: in all, and in a row without a better plan


def best_found(
    instance: Instance,
    starts: Sequence[Ints],
    *,
    seconds: float,
    seed: int = 1,
    stop: threading.Event | None = None,
) -> Evaluation | None:
    """The best plan that local search finds from ``starts`` [J, T], or from today's network.

    A start may break requirements: it is repaired. None if no plan is found in the time.
    """
    over = _over(seconds, stop)
    planner = Planner(instance, out_of_time=over)
    for start in starts:
        planner.construct(start)
    if not starts:
        planner.construct()
    planner.improve()
    idle = 0
    for number in range(_MOST_SHAKES):
        before = planner.best
        if before is None or idle >= _MOST_IDLE or over():
            break
        idle = idle + 1 if planner.shake(seed + number) is before else 0
    return planner.best


def constructed(
    instance: Instance,
    *,
    seconds: float,
    start: Ints | None = None,
    stop: threading.Event | None = None,
) -> Evaluation:
    """The plan that construction comes to from ``start`` [J, T], or from today's network.

    It may miss requirements.
    """
    planner = Planner(instance, out_of_time=_over(seconds, stop))
    found = planner.construct(start)
    if found is not None:
        return found
    today = instance.unchanged()
    return evaluate(instance, today if planner.ended is None else planner.ended)


def cheapest(
    instance: Instance, start: Ints, *, seconds: float, stop: threading.Event | None = None
) -> Evaluation | None:
    """The plan of least cost that local search finds from ``start`` [J, T], whatever the budget.

    Every other requirement is kept; None if no plan that keeps them is found in the time.
    """
    free = replace(instance, aim=COST, later=(), ceilings=(), equity=None, budget_holds=False)
    planner = Planner(free, out_of_time=_over(seconds, stop))
    planner.construct(start)
    found = planner.improve()
    return None if found is None else evaluate(instance, found.states)


def _over(seconds: float, stop: threading.Event | None) -> Callable[[], bool]:
    """Whether so many seconds have gone from now on, or ``stop`` is set."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end or (stop is not None and stop.is_set())
