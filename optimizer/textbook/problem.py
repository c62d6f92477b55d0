"""A textbook problem as arrays, and its answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.instance import Bools, Floats
from optimizer.solving.direct import Effort


@dataclass(frozen=True)
class TextbookProblem:
    """Zones with a weight, sites, and what a unit of weight costs between them."""

    kind: str  #: p-median, lscp, mclp, p-center, ufl or cflp
    zones: tuple[str, ...]
    sites: tuple[str, ...]
    weight: Floats  #: [I]
    cost: Floats  #: [I, J]
    fixed: Floats  #: [J] cost of an open site; zeros where the problem has none
    capacity: Floats  #: [J] weight a site can take; infinite where the problem has none
    exactly: int | None = None  #: open sites
    at_most: int | None = None
    minutes: float | None = None  #: reach of a site

    @property
    def most_open(self) -> int:
        """The most sites that may be open."""
        given = self.exactly if self.exactly is not None else self.at_most
        return len(self.sites) if given is None else given

    @property
    def largest(self) -> float:
        """What no objective exceeds, in the problem's own unit: a measure of its numbers."""
        if self.kind == "lscp":
            return float(len(self.sites))
        if self.kind == "mclp":
            return float(self.weight.sum())
        if self.kind == "p-center":
            return float(self.cost.max())
        return float(self.fixed.sum()) + float(self.weight @ self.cost.max(axis=1))


@dataclass(frozen=True)
class Flow:
    """Which weight goes where: parallel arrays."""

    zone: np.ndarray
    site: np.ndarray
    weight: Floats


@dataclass(frozen=True)
class Answer:
    """Open sites, objective and bound in the problem's own unit; ``bound`` None: nothing proved."""

    open_sites: Bools  #: [J]
    objective: float
    bound: float | None
    flow: Flow | None = None  #: where the planner directs; None: each zone to its cheapest site


class NoAnswer(Exception):  # noqa: N818 - an answer, not a fault
    """No set of sites satisfies the problem (``proved``), or the limit came before any."""

    def __init__(self, reason: str, *, proved: bool) -> None:
        super().__init__(reason)
        self.proved = proved


@dataclass(frozen=True)
class Clock:
    """When to stop, and with which solver."""

    effort: Effort
    deadline: float  #: of time.monotonic()
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether the limit has come or the user has asked to stop."""
        return self.stop.is_set() or self.seconds_left <= 0

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit."""
        return self.deadline - time.monotonic()

    def now(self) -> Effort:
        """The effort with the seconds that are left."""
        whole = self.effort
        return Effort(
            whole.solver, whole.threads, whole.seed, whole.gap, max(0.1, self.seconds_left)
        )


def service_cost(weight: Floats, cost: Floats, open_sites: Bools) -> float:
    """Weight [I] times cost [I, J] with every zone at its cheapest open site."""
    return float(weight @ nearest_cost(cost, np.flatnonzero(open_sites)))


def nearest_cost(cost: Floats, sites: np.ndarray) -> Floats:
    """[I] cost to the cheapest of some sites, in blocks so that memory stays small."""
    out = np.empty(cost.shape[0])
    for start in range(0, cost.shape[0], 50_000):
        out[start : start + 50_000] = cost[start : start + 50_000, sites].min(axis=1)
    return out
