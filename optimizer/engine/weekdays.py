"""`staggered_days`: which weekdays offices near each other open, so that one is open every day.

Arranged after a plan is made: it moves no visit and no krona. An office with fewer than five open
days is *covered* on a weekday when it is open, or another such office near it that serves as high
a need. The days are those that leave the fewest weekdays uncovered, counted over offices:

    min sum_jd u[j, d]       sum_d b[j, d] = days[j]       u[j, d] >= 1 - sum_{k covers j} b[k, d]

b whether office j is open on weekday d, u whether it is uncovered then; solved to the end for each
group of offices that hangs together. From there one office after the other takes the days that
leave no more uncovered, on which fewer offices near it are closed with it, that stay as the year
before, and that are spread over the week, until nothing is gained. Five Stockholm offices opened
fewer days like this in October 2023.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from optimizer.instance import Bools, Floats, Ints

WEEKDAYS = 5
#: Weekdays for so many open days that are spread over the week; Monday is 0.
SPREAD = {0: (), 1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_TOGETHER = 50.0  #: what two near offices closed on one weekday weigh, against a day not spread
_CHANGED = 20.0  #: the same of a day that is moved from the year before
_UNCOVERED = 1e6  #: the same of an uncovered day: more than all else together
_EARTH_KM = 6371.0


@dataclass(frozen=True)
class Schedule:
    """Open weekdays of some sites, all with another of them near."""

    site: Ints  #: [K] rows of the sites
    group: Ints  #: [K] the first site of the group that hangs together
    open: Bools  #: [K, 5]
    uncovered: Bools  #: [K, 5] weekdays without any near office open that serves as much
    fewest: int  #: uncovered weekdays that no arrangement can avoid


def kilometres(longitude: Floats, latitude: Floats) -> Floats:
    """[J, J] along the ground in a straight line (haversine)."""
    east, north = np.radians(longitude), np.radians(latitude)
    half_north = np.sin((north[:, None] - north) / 2.0) ** 2
    half_east = np.sin((east[:, None] - east) / 2.0) ** 2
    chord = half_north + np.cos(north[:, None]) * np.cos(north) * half_east
    return np.asarray(2.0 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord))))


def staggered(days: Floats, tier: Ints, near: Bools, before: Schedule | None = None) -> Schedule:
    """The weekdays of the sites with fewer than five open days and another such site near.

    ``days`` [J] a week (a half day is a day on which it opens), ``tier`` [J] the highest need
    served, 0 where closed; ``near`` [J, J]. ``before`` is the schedule of the year before.
    """
    whole = np.minimum(np.ceil(days - 1e-9), WEEKDAYS).astype(np.int64)
    is_open = tier > 0
    fewer = is_open & (whole < WEEKDAYS)
    close = near & ~np.eye(days.size, dtype=bool)
    site = np.flatnonzero(fewer & (close & fewer).any(axis=1))
    beside = close[np.ix_(site, site)]
    covers = (beside | np.eye(site.size, dtype=bool)) & (tier[site] >= tier[site, None])
    label = connected_components(sp.csr_array(beside), directed=False)[1]
    opened = np.zeros((site.size, WEEKDAYS), dtype=bool)
    group = np.zeros(site.size, dtype=np.int64)
    fewest = 0
    for one in np.unique(label):
        members = np.flatnonzero(label == one)
        group[members] = site[members[0]]
        days_of, covering = whole[site[members]], covers[np.ix_(members, members)]
        first, least = _fewest_uncovered(days_of, covering)
        fewest += least
        opened[members] = _arranged(
            first,
            days_of,
            covering,
            beside[np.ix_(members, members)],
            _wishes(site[members], days_of, before),
        )
    uncovered = ~(covers.astype(np.int64) @ opened > 0)
    return Schedule(site, group, opened, uncovered, fewest)


def _wishes(site: Ints, days: Ints, before: Schedule | None) -> Floats:
    """[K, 5] what opening on a weekday weighs: less where it was open before, or is spread."""
    wish = np.ones((site.size, WEEKDAYS))
    for row, number in enumerate(days.tolist()):
        wish[row, list(SPREAD[number])] = 0.0
    if before is not None:
        for row, one in enumerate(site.tolist()):
            known = np.flatnonzero(before.site == one)
            if known.size and before.open[known[0]].sum() == days[row]:
                wish[row] += _CHANGED * ~before.open[known[0]]
    return wish


def _arranged(first: Bools, days: Ints, covers: Bools, beside: Bools, wish: Floats) -> Bools:
    """[K, 5] the open weekdays of one group, from the ``first`` that leave the fewest uncovered."""
    opened = first.copy()

    def weight(row: int, pattern: Bools) -> float:
        tried = opened.copy()
        tried[row] = pattern
        missing = (~(covers.astype(np.int64) @ tried > 0)).sum()
        together = (~tried[beside[row]] & ~pattern).sum()
        return float(_UNCOVERED * missing + _TOGETHER * together + wish[row, pattern].sum())

    gained = True
    while gained:
        gained = False
        for row, number in enumerate(days.tolist()):
            now = weight(row, opened[row])
            patterns = [np.isin(np.arange(WEEKDAYS), c) for c in combinations(range(5), number)]
            weights = [weight(row, pattern) for pattern in patterns]
            best = int(np.argmin(weights))
            if weights[best] < now:
                opened[row], gained = patterns[best], True
    return opened


def _fewest_uncovered(days: Ints, covers: Bools) -> tuple[Bools, int]:
    """[K, 5] days that leave the fewest uncovered, and how few: columns are b, then u."""
    cells = days.size * WEEKDAYS
    per_site = sp.kron(sp.eye_array(days.size), np.ones((1, WEEKDAYS)))
    cover = sp.kron(sp.csr_array(covers.astype(np.float64)), sp.eye_array(WEEKDAYS))
    nothing = sp.csr_array((days.size, cells))
    rules = [
        LinearConstraint(sp.hstack([per_site, nothing]).tocsr(), days, days),
        LinearConstraint(sp.hstack([cover, sp.eye_array(cells)]).tocsr(), 1.0),
    ]
    whole = np.repeat([1, 0], cells)
    found = milp(1.0 - whole, constraints=rules, integrality=whole, bounds=Bounds(0.0, 1.0))
    return np.asarray(found.x[:cells].reshape(days.size, WEEKDAYS) > 0.5), round(found.fun)
