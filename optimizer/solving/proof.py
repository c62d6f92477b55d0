"""From an instance to a plan and its proof: search first, then bounds that close in on it.

1. A plan by construction, or from one that is given, and local search, counted exactly.
2. Linear relaxations of the pooled model, each from the basis of the one before. Chains are short
   and their tails begin with a few options; where a solution uses what lies beyond, it grows, until
   it no longer gains or time asks to go on.
3. Reduced costs and the plan rule out decisions no better plan can hold; chains shrink with them.
4. Branch and bound from the plan; what it finds is counted exactly, repaired and improved. Of a
   small problem with chains of full length, of a large one over the relaxation as it has grown.

Every bound is a bound of the whole problem: a decision is ruled out only if every plan with it is
no better than the one at hand, so the bound is the least of the relaxation's and the plan's.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import Evaluation, todays_minutes
from optimizer.engine.needless import without_needless
from optimizer.instance import Floats, Instance, Ints
from optimizer.solving.bounding import Bounding
from optimizer.solving.certificate import Certificate, certify
from optimizer.solving.incumbent import Incumbent, Limits, Report
from optimizer.solving.kept import Kept
from optimizer.solving.order import StageStop, next_stage, seconds_of_stage, stages

_IDLE_SHAKES, _SHAKES_A_SITE = 150, 3  #: in a row without a better plan, at most
_ROUNDED_EACH = 2  #: steps of the search: a plan is made of the relaxation's shares,
_LARGEST_EACH = 24  #: of the largest ones


@dataclass(frozen=True)
class Outcome:
    """The best plan, its certificate, and how the gap closed."""

    evaluation: Evaluation
    certificate: Certificate
    trace: tuple[tuple[float, float, float], ...]  #: seconds, objective, bound


class NoPlan(Exception):  # noqa: N818 - an answer, not a fault
    """No plan was found: ``proved`` tells whether there is none, or the limit came first.

    ``nearest`` misses least of all that were tried; none where nothing was. No plan has a value
    below ``bound``, in the unit of the first aim.
    """

    def __init__(
        self, *, proved: bool, nearest: Evaluation | None = None, bound: float = -np.inf
    ) -> None:
        super().__init__("no plan exists" if proved else "no plan was found in time")
        self.proved, self.nearest, self.bound = proved, nearest, bound


def prove(
    instance: Instance,
    limits: Limits,
    *,
    report: Report,
    stop: threading.Event,
    start: Ints | None = None,
    kept: Kept | None = None,
    bound: float = -np.inf,
) -> Outcome:
    """Find a plan and prove how good it is, within the limits. Raises NoPlan.

    ``start`` [J, T] is a plan to begin from, such as that of a question much like this one. It may
    break requirements: it is repaired, counted exactly and improved like any other; one that breaks
    none is an answer at once. ``bound``: what is known of the first aim already. The bound goes
    on from a relaxation in ``kept``, where one serves, and leaves its own there. Aims in a
    lexicographic order follow each other, each in an equal part of the time that is left.
    """
    earlier: tuple[Certificate, ...] = ()

    def aimed(instance: Instance, limits: Limits, *, start: Ints | None, bound: float) -> Outcome:
        ends, memory = StageStop(stop), Kept() if kept is None else kept
        return _one_aim(
            instance, limits, report=report, stop=ends, start=start, kept=memory, bound=bound
        )

    while instance.later:
        deadline = time.monotonic() + seconds_of_stage(limits.deadline, stages(instance))
        part = replace(limits, deadline=deadline)
        found = aimed(instance, part, start=start, bound=bound)
        one, bound = found.certificate, -np.inf
        earlier, start = (*earlier, one), found.evaluation.states
        instance = next_stage(instance, one.objective, one.objective_today)
    outcome = aimed(instance, limits, start=start, bound=bound)
    return replace(outcome, certificate=replace(outcome.certificate, earlier=earlier))


def _one_aim(
    instance: Instance,
    limits: Limits,
    *,
    report: Report,
    stop: StageStop,
    start: Ints | None,
    kept: Kept,
    bound: float,
) -> Outcome:
    """The best plan by the instance's aim, its bound proved side by side with the search."""
    incumbent = Incumbent(instance, limits, report=report, stop=stop)
    incumbent.bound = max(incumbent.bound, bound)
    bounding = Bounding(incumbent, kept)
    planner = Planner(
        instance, out_of_time=lambda: incumbent.over, give_up=lambda: incumbent.given_up
    )
    bounding.start()
    incumbent.offer(planner.construct(start))
    _improve(incumbent, planner, bounding)
    bounding.finish()
    if incumbent.best is None:
        incumbent.offer(planner.nearest)  # the coarse search may have thought it misses something
    if incumbent.best is None:
        proved, nearest = incumbent.infeasible, planner.nearest
        raise NoPlan(proved=proved, nearest=nearest, bound=incumbent.bound)
    best = incumbent.best = without_needless(instance, incumbent.best)
    certificate = certify(
        objective=best.objective,
        objective_today=incumbent.today,
        bound=incumbent.bound,
        asked_gap=limits.gap,
        interrupted=stop.is_set() and not incumbent.ended_here,
        seconds_solve=time.monotonic() - incumbent.began,
        solver=bounding.solver,
        visit_minutes=float(best.burden.sum()),
        visit_minutes_today=todays_minutes(instance),
        aim=instance.aim,
    )
    incumbent.tell()
    return Outcome(best, certificate, tuple(incumbent.trace))


def _improve(incumbent: Incumbent, planner: Planner, bounding: Bounding) -> None:
    """Improve and shake the plan while bounds are sought; end both when the gap is closed."""
    incumbent.offer(planner.improve())
    seed, idle = incumbent.limits.seed, 0
    most = min(_IDLE_SHAKES, _SHAKES_A_SITE * len(incumbent.instance.sites))
    rounded: Floats | None = None  #: shares that a plan was made of
    while bounding.alive and not incumbent.over:
        shares = incumbent.shares
        if incumbent.best is not None:
            if idle >= most and rounded is shares:  # there is nothing new to try
                bounding.wait(0.1)
                continue
            planner.adopt(incumbent.best)
        before = planner.best
        if shares is not None and seed % _ROUNDED_EACH == 0:
            largest = rounded is not shares and seed % _LARGEST_EACH == 0
            incumbent.offer(planner.round(shares, None if largest else seed))
            rounded = shares
        elif planner.best is not None:
            incumbent.offer(planner.shake(seed))
        else:
            incumbent.offer(planner.reach(seed))
        seed, idle = seed + 1, idle + 1 if planner.best is before else 0
    if bounding.alive and not incumbent.stop.is_set():
        incumbent.ended_here = True
        incumbent.stop.set()
