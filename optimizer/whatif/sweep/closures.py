"""Closures decided before the future is known: which sites are open, year by year, and no more.

The first of two stages. In the second, when demand and costs are known, the modes of the sites that
are open are chosen, and with them staff and room.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.instance import CLOSED, Bools, Instance
from optimizer.whatif.sweep.record import States

CLOSED_MODE = "closed"


@dataclass(frozen=True)
class Closures:
    """Which sites are closed in which year, by name."""

    sites: tuple[str, ...]
    years: tuple[int, ...]
    closed: tuple[tuple[bool, ...], ...]  #: a row for each site, a year each

    @property
    def key(self) -> str:
        """Equal for equal closures."""
        text = json.dumps([self.years, sorted(zip(self.sites, self.closed, strict=True))])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def last(self) -> dict[str, bool]:
        """Whether each site is closed in the last year."""
        return {site: row[-1] for site, row in zip(self.sites, self.closed, strict=True)}

    def with_row(self, site: str, row: tuple[bool, ...]) -> Closures:
        """The closures with another row for a site."""
        at = self.sites.index(site)
        return replace(self, closed=(*self.closed[:at], row, *self.closed[at + 1 :]))


def closures_of(plan: States) -> Closures:
    """The closures of a plan."""
    rows = tuple(tuple(mode == CLOSED_MODE for mode in row) for row in plan.modes)
    return Closures(plan.sites, plan.years, rows)


def agreed(plans: Sequence[States], share: float) -> Closures:
    """Closed where so large a share of plans of the same sites and years have it closed, or more.

    Once closed is closed for good where that is so in every plan, since shares only rise with the
    years.
    """
    first = closures_of(plans[0])
    closed = np.mean([closures_of(plan).closed for plan in plans], axis=0) >= share - 1e-9
    return replace(first, closed=tuple(tuple(map(bool, row)) for row in closed))


def with_closures(instance: Instance, closures: Closures | None) -> Instance:
    """The instance in which just those sites are closed; sites it does not name are free."""
    if closures is None:
        return instance
    allowed = instance.allowed.copy()
    rows = dict(zip(closures.sites, closures.closed, strict=True))
    for j, site in enumerate(instance.sites):
        if site in rows:
            allowed[j] &= _states(rows[site], allowed.shape[1])
    return replace(instance, allowed=allowed)


def _states(row: tuple[bool, ...], n_states: int) -> Bools:
    """[M+1, T] the states that go with being closed in some years and open in the others."""
    closed = np.arange(n_states) == CLOSED
    return np.asarray(closed[:, None] == np.array(row)[None, :])
