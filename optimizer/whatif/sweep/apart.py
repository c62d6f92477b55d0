"""Plans to differ from: at least so many sites whose mode of the last year is another one.

The count of equal sites is a limit like those on modes, in the last year only: over the sites j
with the mode s[j] of a plan to differ from, sum_j y[j, s[j], T] <= J - differ (the canonical cut of
Balas and Jeroslow 1972). Search, model and exact count know it as such.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from optimizer.instance import Instance, LimitRule
from optimizer.whatif.sweep.record import States

SCOPE = "alike"


@dataclass(frozen=True)
class Apart:
    """Plans, and how many sites at least must end otherwise than in each of them."""

    plans: tuple[States, ...]
    differ: int

    @property
    def key(self) -> str:
        """Equal for equal demands: a part of the key of a point."""
        last = [sorted(zip(p.sites, (row[-1] for row in p.modes), strict=True)) for p in self.plans]
        text = json.dumps([self.differ, sorted(last)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def with_apart(instance: Instance, apart: Apart | None) -> Instance:
    """The instance with a limit for each plan on how many sites may end as they do there."""
    if apart is None:
        return instance
    rules = []
    for number, plan in enumerate(apart.plans):
        states = plan.fitted(instance)
        if states is None:
            continue
        cells = np.arange(len(instance.states)) == states[:, -1][:, None]
        everywhere = np.ones(len(instance.sites), dtype=bool)
        most = len(instance.sites) - apart.differ
        anything = np.ones(len(instance.states), dtype=bool)
        last = len(instance.years) - 1
        scope = f"{SCOPE}:{number}"
        rules.append(LimitRule(scope, everywhere, anything, most, cells, last))
    return replace(instance, limits=(*instance.limits, *rules))
