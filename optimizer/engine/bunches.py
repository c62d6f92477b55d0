"""Bunches: zones whose visits beyond the cut of their chains are directed together.

The zones of a bunch have the same home and the same set at the cut, so their tails are used by the
same plans. Where zones are many, most of them differ from their neighbours by a minute: with a tail
for each bunch the number of tails hardly grows with the number of zones.

Zones that have the same sets as far as their chains are known are a bunch if they have many visits
together; those left over are compared by one site less, down to the cut. So where many live the
tails can be told what longer chains say, and rare chains are put together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.chains import Steps
from optimizer.instance import Bools, Floats, Ints


@dataclass(frozen=True)
class Bunches:
    """Bunches (W) of zones of one need, and their zones (N), bunch by bunch."""

    zone: Ints  #: [N]
    start: Ints  #: [W] where the zones of each begin
    common: Bools  #: [links] those of first zones whose set is one of every zone of the bunch

    @property
    def first(self) -> Ints:
        """[W] a zone of each."""
        return self.zone[self.start]

    @property
    def size(self) -> Ints:
        """[W] how many zones each has."""
        return np.diff(np.append(self.start, self.zone.size))

    @property
    def of_zone(self) -> Ints:
        """[N] the bunch of each of the zones."""
        return np.repeat(np.arange(self.start.size), self.size)


def make_bunches(
    steps: Steps, cut: Steps, homes: Ints, visits: Floats, zones: Ints, least: float
) -> Bunches:
    """Bunches of some ``zones`` whose chains ``steps`` are known beyond their ``cut``.

    Bunches of less than ``least`` visits are joined with others where the cut allows it; with 0
    each zone is alone. ``homes`` and ``visits`` are [I].
    """
    if least <= 0.0:
        start = np.arange(zones.size)
        return Bunches(zones, start, np.ones(steps.zone.size, dtype=bool))
    levels = [_numbered(homes[zones], cut.last_set[zones])]
    last = cut.last
    depth = np.where(last >= 0, cut.distinct[last], 0)
    for beyond in range(1, int((steps.distinct - depth[steps.zone]).max(initial=0)) + 1):
        levels.append(_numbered(levels[-1], steps.cut(depth + beyond).last_set[zones]))
    bunch, n_bunches = np.full(zones.size, -1), 0
    for level in reversed(range(len(levels))):
        left = np.flatnonzero(bunch < 0)
        _, number = np.unique(levels[level][left], return_inverse=True)
        heavy = np.bincount(number, weights=visits[zones[left]]) >= (least if level else 0.0)
        label = n_bunches + np.cumsum(heavy) - 1
        bunch[left] = np.where(heavy[number], label[number], -1)
        n_bunches += int(heavy.sum())
    order = np.argsort(bunch, kind="stable")
    start = np.flatnonzero(np.diff(bunch[order], prepend=-1))
    return Bunches(zones[order], start, _common(steps, zones, bunch))


def _numbered(one: Ints, other: Ints) -> Ints:
    """A number for each distinct pair; both are -1 or more."""
    key = (one + 1) * (int(other.max(initial=0)) + 2) + other + 1
    return np.asarray(np.unique(key, return_inverse=True)[1]).reshape(-1)


def _common(steps: Steps, zones: Ints, bunch: Ints) -> Bools:
    """[links] where every zone of the link's bunch has the link's set in its chain."""
    which, links = steps.of_zones(zones)
    key = _numbered(bunch[which], steps.set_id[links])
    common = np.zeros(steps.zone.size, dtype=bool)
    common[links] = np.bincount(key)[key] == np.bincount(bunch)[bunch[which]]
    return common
