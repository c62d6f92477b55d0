"""The options of every zone, cheapest first, so that who goes where is a look at a few of them.

An option is a site with the waiting that its open days cause; states that make people wait as long
are one. A plan makes one option of each open site available, and a visit takes the first of its
zone that is. Among the cheapest few there nearly always is one; where not, all are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from geodata.ties import TIE_DECIMALS
from optimizer.instance.arrays import Bools, Floats, Ints

NOWHERE = -1
_KEPT = 24  #: options of a zone that are kept in order
_BLOCK = 10_000
_FAR_MINUTES = 1e8  #: farther than any way


def option_minutes(minutes: Floats, waiting: Floats) -> Floats:
    """Travel plus waiting, on the grid on which options are compared."""
    return np.round(minutes + waiting, TIE_DECIMALS)


@dataclass(frozen=True)
class Nearest:
    """The best and the second best available option of each zone; NOWHERE and inf if there is none.

    ``zone`` and ``option`` are the options kept that come before the best of their zone, able or
    not, and their ``minutes``; ``beyond`` are the zones whose best is not among those kept.
    """

    site: Ints  #: [I]
    cost: Floats  #: [I] travel plus waiting, minutes
    second_site: Ints  #: [I] another site
    second_cost: Floats  #: [I]
    zone: Ints  #: [before]
    option: Ints  #: [before]
    minutes: Floats  #: [before]
    beyond: Ints


@dataclass(frozen=True)
class Options:
    """The options of every zone; ``order`` holds its cheapest, ties by site."""

    travel: Floats  #: [I, J] minutes
    by_state: Floats  #: [J, M+1] the waiting that sites in states cause, minutes
    number: Ints  #: [J, M+1] which option a site is in a state
    site: Ints  #: [P]
    waiting: Floats  #: [P] minutes
    order: NDArray[np.int32]  #: [I, kept]
    minutes: Floats  #: [I, kept] travel plus waiting

    def available(self, states: Ints, serving: Bools) -> Bools:
        """[P] the options that sites in ``states`` [J] give, of those ``serving`` [M+1] a need."""
        able = np.zeros(self.site.size, dtype=bool)
        sites = np.flatnonzero(serving[states])
        able[self.number[sites, states[sites]]] = True
        return able

    def first(self, able: Bools) -> tuple[Ints, Floats]:
        """[I] site and minutes of the cheapest option that is ``able`` [P]: NOWHERE if none is."""
        hit = able[self.order]
        place = hit.argmax(axis=1)
        rows = np.arange(place.size)
        site, cost = self.site[self.order[rows, place]], self.minutes[rows, place]
        beyond = np.flatnonzero(~hit[rows, place])
        site[beyond], cost[beyond] = NOWHERE, np.inf
        for some, numbers, minutes in self._in_full(beyond, able):
            best = minutes.argmin(axis=1)
            site[some] = self.site[numbers[best]]
            cost[some] = minutes[np.arange(some.size), best]
        return site, cost

    def two(self, able: Bools) -> Nearest:
        """The cheapest two options of each zone that are ``able`` [P], one for each site."""
        hit = able[self.order]
        rows, kept = np.arange(hit.shape[0]), hit.shape[1]
        place = hit.argmax(axis=1)
        found = hit[rows, place]
        site, cost = self.site[self.order[rows, place]], self.minutes[rows, place]
        hit[rows, place] = False
        then = hit.argmax(axis=1)
        second, dearer = self.site[self.order[rows, then]], self.minutes[rows, then]
        beyond = np.flatnonzero(~hit[rows, then])
        site[~found], cost[~found] = NOWHERE, np.inf
        second[beyond], dearer[beyond] = NOWHERE, np.inf
        for some, numbers, minutes in self._in_full(beyond, able):
            at = np.arange(some.size)
            best = minutes.argmin(axis=1)
            site[some], cost[some] = self.site[numbers[best]], minutes[at, best]
            if numbers.size > 1:
                minutes[at, best] = np.inf
                next_best = minutes.argmin(axis=1)
                second[some] = self.site[numbers[next_best]]
                dearer[some] = minutes[at, next_best]
        zone, before = np.nonzero(np.arange(kept) < np.where(found, place, 0)[:, None])
        ahead = zone, self.order[zone, before].astype(np.int64), self.minutes[zone, before]
        return Nearest(site, cost, second, dearer, *ahead, np.flatnonzero(~found))

    def better(self, wanted: Bools, nearest: Nearest) -> tuple[Ints, Ints, Floats]:
        """Zones, sites and minutes of all ``wanted`` [P] options that come before the best one."""
        wanted_ahead = wanted[nearest.option]
        zones = [nearest.zone[wanted_ahead]]
        sites = [self.site[nearest.option[wanted_ahead]]]
        minutes = [nearest.minutes[wanted_ahead]]
        for some, numbers, option in self._in_full(nearest.beyond, wanted):
            cost, own = nearest.cost[some, None], self.site[numbers]
            tie = (option == cost) & (own < nearest.site[some, None])
            row, column = np.nonzero((option < cost) | tie)
            zones.append(some[row])
            sites.append(own[column])
            minutes.append(option[row, column])
        return np.concatenate(zones), np.concatenate(sites), np.concatenate(minutes)

    def _in_full(self, zones: Ints, able: Bools) -> list[tuple[Ints, Ints, Floats]]:
        """Some zones at a time, the options that are able, and their minutes [zones, options]."""
        numbers = np.flatnonzero(able)
        if numbers.size == 0:
            return []
        sites, waiting = self.site[numbers], self.waiting[numbers]
        parts = [zones[at : at + _BLOCK] for at in range(0, zones.size, _BLOCK)]
        return [
            (some, numbers, option_minutes(self.travel[np.ix_(some, sites)], waiting))
            for some in parts
        ]


def all_options(travel: Floats, waiting: Floats, usable: Bools, *, kept: int = _KEPT) -> Options:
    """The options of zones at ``travel`` [I, J] minutes from sites that cause ``waiting`` [J, M+1].

    ``usable`` [M+1] are the states that serve somebody.
    """
    n_zones, n_sites = travel.shape
    number = np.full(waiting.shape, NOWHERE)
    site: list[int] = []
    minutes: list[float] = []
    for j in range(n_sites):
        levels, level = np.unique(waiting[j, usable], return_inverse=True)
        number[j, usable] = len(site) + level.ravel()
        site += [j] * levels.size
        minutes += levels.tolist()
    of_option, own_waiting = np.array(site, dtype=np.int64), np.array(minutes)
    kept = min(kept, of_option.size)
    order = np.empty((n_zones, kept), dtype=np.int32)
    cost = np.empty((n_zones, kept))
    for start in range(0, n_zones, _BLOCK):
        rows = slice(start, start + _BLOCK)
        option = option_minutes(travel[rows][:, of_option], own_waiting)
        near = np.rint(np.minimum(option, _FAR_MINUTES) * 10**TIE_DECIMALS).astype(np.int64)
        key = near * of_option.size + np.arange(of_option.size)
        if kept < of_option.size:
            key = np.partition(key, kept - 1, axis=1)[:, :kept]
        key.sort(axis=1)
        order[rows] = key % max(1, of_option.size)
        cost[rows] = np.take_along_axis(option, order[rows], axis=1)
    return Options(travel, waiting, number, of_option, own_waiting, order, cost)


#: by the arrays they were made of, as long as somebody has them
_known: WeakValueDictionary[tuple[int, int, bytes], Options] = WeakValueDictionary()


def shared_options(travel: Floats, waiting: Floats, usable: Bools) -> Options:
    """The same, made once for all who ask with the very same arrays ``travel`` and ``waiting``."""
    key = id(travel), id(waiting), usable.tobytes()
    found = _known.get(key)  # it holds both arrays, so nothing else has their places in memory
    if found is None:
        found = _known[key] = all_options(travel, waiting, usable)
    return found
