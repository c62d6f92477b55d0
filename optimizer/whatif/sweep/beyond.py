"""What a question of a sweep asks beyond its config: limits that no config key states.

Each is a rule of the instance like any other, so that search, model and exact count know it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.evaluate import Evaluation
from optimizer.instance import CLOSED, AccessRule, Bools, Floats, Instance, LimitRule, distinct_rows
from optimizer.instance.aim import COST, KRONOR, Ceiling
from optimizer.whatif.sweep.apart import Apart, with_apart
from optimizer.whatif.sweep.closures import Closures, with_closures

_CLOSED, _ADDED = "closed:offices", "frontier"
_HAIR = 1e-9  #: minutes, so that a plan keeps to what was measured of it


@dataclass(frozen=True)
class Beyond:
    """Limits beyond the config; none by default."""

    most_closed: int | None = None  #: offices closed in a year
    most_added: float | None = None  #: minutes of travel more, of any zone in any year
    most_cost: float | None = None  #: mnkr over all planning years
    apart: Apart | None = None  #: plans to differ from
    closures: Closures | None = None  #: which sites are open and which closed, year by year

    @property
    def key(self) -> str:
        """Equal for equal limits: the end of the key of a point; empty without any."""
        parts = [
            "" if self.most_closed is None else f"-{self.most_closed}",
            "" if self.most_added is None else f"-a{self.most_added:g}",
            "" if self.most_cost is None else f"-m{self.most_cost!r}",
            "" if self.apart is None else f"-{self.apart.key}",
            "" if self.closures is None else f"-c{self.closures.key}",
        ]
        return "".join(parts)

    def of(self, instance: Instance) -> Instance:
        """The instance with the limits in it."""
        instance = _with_most_closed(instance, self.most_closed)
        instance = _with_most_added(instance, self.most_added)
        instance = _with_most_cost(instance, self.most_cost)
        instance = with_apart(instance, self.apart)
        return with_closures(instance, self.closures)


NOTHING = Beyond()


def _with_most_closed(instance: Instance, most: int | None) -> Instance:
    if most is None:
        return instance
    closed = np.arange(len(instance.states)) == CLOSED
    rule = LimitRule(_CLOSED, instance.today != CLOSED, closed, most)
    return replace(instance, limits=(*instance.limits, rule))


def _with_most_added(instance: Instance, most: float | None) -> Instance:
    """As `no_one_left_behind` states it: every zone has a site within its minutes of today more."""
    if most is None:
        return instance
    serving, before = _today(instance)
    within = instance.minutes <= before[:, None] + most + _HAIR
    sets, zone = distinct_rows(within[np.isfinite(before)])
    zones = np.bincount(zone, minlength=len(sets)).astype(np.float64)
    total = float(zones.sum())
    rule = AccessRule("no_one_left_behind", _ADDED, sets, zones, total, total, serving, 0)
    return replace(instance, access=(*instance.access, rule))


def _with_most_cost(instance: Instance, most: float | None) -> Instance:
    """As an earlier aim of a lexicographic order: its value may not exceed a limit."""
    if most is None:
        return instance
    return replace(instance, ceilings=(*instance.ceilings, Ceiling(COST, most * KRONOR)))


def most_added(instance: Instance, plan: Evaluation) -> float:
    """The most travel that any zone has more than today, to a site that serves the highest need.

    Minutes one way, over all planning years; infinite where none serves it.
    """
    serving, before = _today(instance)
    most = 0.0
    for t in range(plan.states.shape[1]):
        after = instance.minutes[:, serving[plan.states[:, t]]].min(axis=1, initial=np.inf)
        most = max(most, float((after - before)[np.isfinite(before)].max(initial=0.0)))
    return most


def _today(instance: Instance) -> tuple[Bools, Floats]:
    """[M+1] the states that serve the highest need, [I] travel to the nearest such site today."""
    serving = np.asarray(instance.serves[:, instance.n_needs - 1])
    near = instance.minutes[:, serving[instance.today]]
    return serving, np.asarray(near.min(axis=1, initial=np.inf))
