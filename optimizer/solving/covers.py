"""Cuts that hold the visits of several homes to the spare room and staff of one group.

The split by origin (`room`, `staffing`) ties what visits from one home use of a group's spare
capacity to the states of that home's site alone. What they use together depends on each site k:
while k is in state m no more than

    A[m] = sum_h visits of home h to which k, in state m, is not nearer than g

may come from the homes h of a set H, so that for each set and each k

    sum_{h in H} s[h, g] <= sum_m min(b, A[m]) y[k, m] - c (1 - sum of the states of g)

with s the capacity used, b all that is spare, c the least of min(b, A[m]). It is a flow cover of
one node (Padberg, Van Roy and Wolsey 1985), stated for sites with several states. Where half of an
office closes, it is half of the spare capacity next to it that its visits and those of offices that
are closed anyway have together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import spare
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.instance.options import option_minutes
from optimizer.model.variables import ABSENT, THOUSAND, Variables, at_columns

_WHOLE = 0.999  #: a site of which a state has so much is not split
_CUTS_EACH = 800  #: cuts that are added at a time
_USED = 1e-9
_BROKEN_VISITS = 0.02  #: thousand visits, or their FTE, by which a cut must be broken


@dataclass(frozen=True)
class CoverCut:
    """sum of ``used`` <= sum of ``most`` over the states of ``site``, less ``least`` without g."""

    requirement: str
    year: int
    group: int
    site: int
    used: Ints  #: columns of spare capacity
    most: Floats  #: [M+1]
    least: float
    broken: float  #: thousand visits


@dataclass(frozen=True)
class _Capacity:
    """Spare room or idle staff of a year."""

    requirement: str
    columns: Ints  #: [pairs]
    spare: Floats  #: [G]
    visits_per_unit: float


class Covers:
    """The cuts of a program; each is found where a solution breaks it."""

    def __init__(self, instance: Instance, engine: Pooled, variables: Variables) -> None:
        self._instance, self._engine, self._variables = instance, engine, variables
        self._spare = spare(instance, engine)
        self._pairs: dict[int, Ints] = {}
        for group in np.unique(engine.pair_group).tolist():
            self._pairs[group] = np.flatnonzero(engine.pair_group == group)
        self._zones: dict[int, _Zones] = {}
        self._visits: dict[tuple[int, int, int], Floats] = {}
        self._known: set[tuple[int, int, int, bytes]] = set()

    def broken(self, values: Floats) -> list[CoverCut]:
        """Cuts that are not known yet and that a solution breaks, the worst first."""
        found = [
            cut
            for t in range(len(self._instance.years))
            for capacity in self._capacities(t)
            for cut in self._of_year(t, capacity, values)
        ]
        found.sort(key=lambda cut: -cut.broken)
        return found[:_CUTS_EACH]

    def rows(self, cuts: list[CoverCut], n_columns: int) -> tuple[sp.csr_array, Floats]:
        """The cuts as rows ``matrix @ columns <= upper``; from now on they are known."""
        states, mode = self._engine.groups.states, self._variables.mode
        row, column, value = [], [], []
        for k, cut in enumerate(cuts):
            self._known.add(_key(cut))
            own = mode[cut.site, :, cut.year]
            there = np.flatnonzero(own != ABSENT)
            home = mode[self._engine.groups.site[cut.group], :, cut.year]
            home = home[states[cut.group] & (home != ABSENT)]
            column += [cut.used, own[there], home]
            value += [np.ones(cut.used.size), -cut.most[there], np.full(home.size, -cut.least)]
            row.append(np.full(cut.used.size + there.size + home.size, k))
        cells = np.concatenate(value), (np.concatenate(row), np.concatenate(column))
        matrix = sp.csr_array(sp.coo_array(cells, shape=(len(cuts), n_columns)))
        return matrix, np.array([-cut.least for cut in cuts])

    def _capacities(self, t: int) -> tuple[_Capacity, _Capacity]:
        v, per_fte = self._variables, float(self._instance.visits_per_fte[t])
        return (
            _Capacity("room", v.pair_room[t], self._spare.room[t], THOUSAND),
            _Capacity("staffing", v.pair_idle[t], self._spare.idle_fte[t], per_fte),
        )

    def _of_year(self, t: int, capacity: _Capacity, values: Floats) -> Iterator[CoverCut]:
        groups, mode = self._engine.groups, self._variables.mode[:, :, t]
        share = at_columns(values, mode)
        split = share.max(axis=1) < _WHOLE
        for group, pairs in self._pairs.items():
            columns = capacity.columns[pairs]
            used = at_columns(values, columns)
            active = used > _USED
            if used.sum() * capacity.visits_per_unit < _BROKEN_VISITS * THOUSAND:
                continue
            home = int(groups.site[group])
            there = float(share[home, groups.states[group]].sum())
            for site in np.flatnonzero(split & self._of_group(group).between):
                if site == home:
                    continue
                most = self._most(t, group, int(site))[active] / capacity.visits_per_unit
                cut = _worst(used[active], most, share[site], mode[site] != ABSENT, there,
                             capacity.spare[group])  # fmt: skip
                if cut is None:
                    continue
                chosen, most_of, least, broken = cut
                broken *= capacity.visits_per_unit / THOUSAND
                found = CoverCut(
                    capacity.requirement,
                    t,
                    group,
                    int(site),
                    columns[active][chosen],
                    most_of,
                    least,
                    broken,
                )
                if broken > _BROKEN_VISITS and _key(found) not in self._known:
                    yield found

    def _of_group(self, group: int) -> _Zones:
        if group not in self._zones:
            self._zones[group] = _zones(self._instance, self._engine, group, self._pairs[group])
        return self._zones[group]

    def _most(self, t: int, group: int, site: int) -> Floats:
        """[pairs, M+1] visits of each pair of the group, by the state of a site, at most."""
        demand = self._instance.demand
        while t and np.array_equal(demand[t], demand[t - 1]):
            t -= 1
        key = t, group, site
        if key not in self._visits:
            zones = self._of_group(group)
            self._visits[key] = zones.most(self._instance, t, site, self._pairs[group].size)
        return self._visits[key]


@dataclass(frozen=True)
class _Zones:
    """The zones and needs of the pairs of a group: arrays over them (Z)."""

    pair: Ints  #: [Z] place among the pairs of the group
    zone: Ints  #: [Z]
    need: Ints  #: [Z]
    away: Floats  #: [Z] minutes to the group
    between: Bools  #: [J] the sites that may be nearer to some of them

    def most(self, instance: Instance, t: int, site: int, n_pairs: int) -> Floats:
        """[pairs, M+1] visits that may go to the group while a site is in each state."""
        own = option_minutes(instance.minutes[self.zone, site][:, None], instance.waiting[site])
        serves = instance.serves[:, self.need].T & (np.arange(instance.tier.size) != CLOSED)
        free = ~serves | (own >= self.away[:, None])
        visits = instance.demand[t, self.zone, self.need][:, None] * free
        most = np.zeros((n_pairs, instance.tier.size))
        np.add.at(most, self.pair, visits)
        return most


def _zones(instance: Instance, engine: Pooled, group: int, pairs: Ints) -> _Zones:
    homes, site = engine.chains.homes, int(engine.groups.site[group])
    place = np.full(engine.n_groups, ABSENT)
    place[engine.pair_home[pairs]] = np.arange(pairs.size)
    parts = []
    for table in engine.chains.tables:
        option = np.flatnonzero(engine.groups.of_option[table.need] == group)
        zone = np.flatnonzero(place[homes[table.need]] != ABSENT)
        if option.size:
            waiting = table.waiting[option[:1]]
            away = option_minutes(instance.minutes[zone, site][:, None], waiting)[:, 0]
            parts.append(
                (place[homes[table.need, zone]], zone, np.full(zone.size, table.need), away)
            )
    pair, zone, need, away = (np.concatenate(x) for x in zip(*parts, strict=True))
    open_states = np.arange(instance.tier.size) != CLOSED
    least = np.where(open_states, instance.waiting, np.inf).min(axis=1)
    nearest = instance.minutes[zone] + least
    return _Zones(pair, zone, need, away, np.asarray((nearest < away[:, None]).any(axis=0)))


def _key(cut: CoverCut) -> tuple[int, int, int, bytes]:
    return cut.year, cut.group, cut.site, cut.used.tobytes()


def _worst(
    used: Floats, most: Floats, share: Floats, allowed: Bools, there: float, spare: float
) -> tuple[Bools, Floats, float, float] | None:
    """The pairs whose cut is broken most, found by leaving them out one at a time.

    Gives them, min(b, A) by state, the least of it, and by how much the cut is broken.
    """

    def sides(chosen: Bools) -> tuple[Floats, float, float]:
        most_of = np.minimum(spare, most[chosen].sum(axis=0))
        least = float(most_of[allowed].min())
        return most_of, least, float(used[chosen].sum() - most_of @ share + least * (1.0 - there))

    chosen = np.ones(used.size, dtype=bool)
    best = sides(chosen)
    while chosen.sum() > 1:
        trials = []
        for k in np.flatnonzero(chosen):
            chosen[k] = False
            trials.append((sides(chosen), k))
            chosen[k] = True
        found, k = max(trials, key=lambda trial: trial[0][2])
        if found[2] <= best[2] + _USED:
            break
        best, chosen[k] = found, False
    return (chosen, *best) if best[2] > 0 else None
