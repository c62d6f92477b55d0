"""Where a search stands: the best plan, the bound, and the time that is left.

The thread that improves plans and the one that proves bounds share this; what both write is
changed under one lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.engine.evaluate import Evaluation, todays_value
from optimizer.engine.extremes import least_value
from optimizer.instance import Floats, Instance
from optimizer.model.objective import MILLION
from optimizer.solving.certificate import gap_of_added_burden

#: seconds since the start, objective, bound, gap; in the unit of the aim
Report = Callable[[float, float | None, float | None, float | None], None]


@dataclass(frozen=True)
class Limits:
    """When to stop, and with which solver."""

    solver: str
    gap: float  #: of the added burden
    deadline: float  #: of time.monotonic()
    threads: int
    seed: int


class Incumbent:
    """The best plan and the bound of one aim; ``stop`` ends the search from outside."""

    def __init__(
        self, instance: Instance, limits: Limits, *, report: Report, stop: threading.Event
    ) -> None:
        self.instance, self.limits, self.stop = instance, limits, stop
        self.began = time.monotonic()
        self.today = todays_value(instance)
        self.best: Evaluation | None = None
        self.bound = least_value(instance)  #: in the unit of the aim
        self.trace: list[tuple[float, float, float]] = []  #: seconds, objective, bound
        self.shares: Floats | None = None  #: [J, M+1, T] of states, in the last relaxation
        self.infeasible = False  #: proved, while no plan was known
        self.ended_here = False  #: the end was ours, not the user's
        self._report, self._lock = report, threading.RLock()

    @property
    def seconds_left(self) -> float:
        """Until the limit; negative beyond it."""
        return self.limits.deadline - time.monotonic()

    @property
    def over(self) -> bool:
        """Whether the search is to end: asked to, out of time, or the gap is closed."""
        return self.stop.is_set() or self.seconds_left <= 0.0 or self.closed

    @property
    def given_up(self) -> bool:
        """The same; without a plan the search for a first one goes on twice as long."""
        if self.best is not None or self.infeasible or self.stop.is_set():
            return self.over or self.infeasible
        return time.monotonic() > 2.0 * self.limits.deadline - self.began

    @property
    def closed(self) -> bool:
        """Whether the gap is as small as was asked for."""
        return self.best is not None and self.gap <= self.limits.gap

    @property
    def gap(self) -> float:
        """Of the added burden; infinite while there is no plan."""
        if self.best is None:
            return np.inf
        return gap_of_added_burden(self.best.objective, self.bound, self.today, self.instance.aim)

    @property
    def added(self) -> float:
        """The burden that the best plan adds, or the bound while there is none; 1 at least."""
        value = self.best.objective if self.best else self.bound
        return max(self.instance.aim.change(value, self.today), 1.0)

    def offer(self, evaluation: Evaluation | None) -> None:
        """Take a plan if it meets every requirement and is better than the best."""
        with self._lock:
            if (
                evaluation is not None
                and evaluation.feasible
                and (self.best is None or evaluation.objective < self.best.objective)
            ):
                self.best = evaluation
                self.tell()

    def raise_bound(self, million: float) -> None:
        """Take a bound of what is left, in millions; infinite if nothing is.

        Decisions that were ruled out are in no better plan, so the best plan's value is the most
        that it can be.
        """
        with self._lock:
            if million == np.inf:  # no plan in what is left; a plan at hand says the solver erred
                self.infeasible = self.best is None
                return
            ceiling = np.inf if self.best is None else self.best.objective
            value = min(million * MILLION, ceiling)
            if value > self.bound:
                self.bound = value
                self.tell()

    def tell(self) -> None:
        """Report where the search stands, and remember it."""
        seconds = time.monotonic() - self.began
        objective = None if self.best is None else self.best.objective
        bound = self.bound if self.bound > 0 else None
        gap = self.gap if objective is not None and bound is not None else None
        if objective is not None:
            self.trace.append((seconds, objective, self.bound))
        self._report(seconds, objective, bound, gap)
