"""Plans quickly, for so many seconds: by local search from plans at hand.

Only whether a small problem has a plan at all is asked of a solver too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance, Ints
from optimizer.instance.aim import COST
from optimizer.solving.incumbent import Limits
from optimizer.solving.order import StageStop
from optimizer.solving.proof import NoPlan, prove

_PROOF_SECONDS = 3.0  #: on a plan that construction does not find
_SMALL = 24  #: sites times years
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


def sought(
    instance: Instance,
    *,
    seconds: float,
    start: Ints | None = None,
    stop: threading.Event | None = None,
) -> Evaluation | None:
    """A plan by construction or, of a small problem, by a proof; none if none is found in time."""
    end = time.monotonic() + seconds
    plan = constructed(instance, seconds=seconds, start=start, stop=stop)
    if plan.feasible:
        return plan
    left = end - time.monotonic()
    if left <= 0 or not is_small(instance) or (stop is not None and stop.is_set()):
        return None
    return plan_or_proof(instance, seconds=min(left, _PROOF_SECONDS), stop=stop).plan


@dataclass(frozen=True)
class PlanOrProof:
    """Whether there is a plan, as far as that was settled in the time."""

    plan: Evaluation | None
    proved: bool  #: that there is none


def plan_or_proof(
    instance: Instance, *, seconds: float, stop: threading.Event | None = None
) -> PlanOrProof:
    """Search and prove until the first plan, or the proof that there is none."""
    deadline = time.monotonic() + seconds
    limits = Limits("highs", gap=np.inf, deadline=deadline, threads=1, seed=1)
    end = StageStop(stop or threading.Event())
    late = threading.Timer(seconds, end.set)  # a search without a plan goes on beyond its deadline
    late.daemon = True
    late.start()
    try:
        outcome = prove(replace(instance, later=()), limits, report=lambda *_: None, stop=end)
    except NoPlan as nothing:
        return PlanOrProof(None, nothing.proved)
    finally:
        late.cancel()
    return PlanOrProof(outcome.evaluation, proved=False)


def is_small(instance: Instance) -> bool:
    """Whether a proof that there is no plan can be had in seconds, as a rule."""
    return len(instance.sites) * len(instance.years) <= _SMALL


def _over(seconds: float, stop: threading.Event | None) -> Callable[[], bool]:
    """Whether so many seconds have gone from now on, or ``stop`` is set."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end or (stop is not None and stop.is_set())
