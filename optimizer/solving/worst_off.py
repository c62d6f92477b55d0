"""The people who are worst off, in a relaxation that grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.equity import added_by_zone, tail_of
from optimizer.engine.pooled import Pooled
from optimizer.instance import Bools, Equity, Floats, Instance, Ints
from optimizer.model.blocks import empties
from optimizer.model.variables import ABSENT, Variables
from optimizer.solving.growth import Growth
from optimizer.solving.simplex import Simplex

_MOST_ZONES = 3_000  #: with more, people whose chains end alike are never told apart
_LEAST_MINUTES = 1e-4  #: by which people must be worse off than is counted, to be looked at
_HIDDEN = 1e-6  #: minutes of the mean of the tail that a group hides, to be told apart
_MOST_APART = 200  #: groups told apart after a round and year, those that hide most first


@dataclass(frozen=True)
class _Year:
    """The people of a year, in groups, and the columns that say how badly off they are.

    A unit is a zone; where zones are many, all people whose chains end at the same set.
    """

    units: sp.csr_array  #: [units, I] means over the people of each unit
    people: Floats  #: [units] share of the people
    group: Ints  #: [units] which group each belongs to
    mean: sp.csr_array  #: [groups, units] means over the people of each group
    worst: int  #: column of the mean of the tail, minutes
    threshold: int  #: column, in the unit of minutes
    beyond: Ints  #: [groups] columns of what lies beyond the threshold, in the unit of minutes
    apart: Ints  #: [units] the same for the units of groups told apart; ABSENT elsewhere


class WorstOff:
    """Rows that hold the mean of the worst tail from below, for everybody.

        w[t] >= h[t] + 1/tail sum_g p[g] u[g, t]      u[g, t] >= a[g, t] - h[t]

    w the mean of the tail, h its threshold, g people with the same nearest option, p their share of
    all, a the minutes added to them in the mean: those of the chain, and beyond the cut those of
    the options that visits are directed to, so that a closest assignment has its true minutes. A
    group is no worse off than its worst zones, so w is a bound from below. Where it hides some that
    are, it is told apart into its zones, or where those are many into people whose chains end at
    the same set:

        p[g] u[g, t] >= sum_(i in g) p[i] u[i, t]     u[i, t] >= a[i, t] - h[t]

    Minutes, in a unit that no zone exceeds.

    Source: conditional value at risk (Rockafellar and Uryasev 2000).
    """

    def __init__(
        self, instance: Instance, engine: Pooled, v: Variables, simplex: Simplex, growth: Growth
    ) -> None:
        self._instance, self._engine, self._variables = instance, engine, v
        self._simplex, self._growth = simplex, growth
        self._years: list[_Year] = []
        equity = instance.equity
        if equity is None or not instance.aim.minutes:  # nobody counts what they are
            return
        far = instance.minutes[np.isfinite(instance.minutes)].max(initial=0.0)
        self._unit = float(far + instance.waiting[np.isfinite(instance.waiting)].max() + 1.0)
        for t, worst in enumerate(v.worst.tolist()):
            self._years.append(self._state(equity, t, worst))
        for year, (constant, added) in zip(self._years, self._added(), strict=True):
            self._hold(year.threshold, year.beyond, year.mean @ constant, year.mean @ added)

    def _state(self, equity: Equity, t: int, worst: int) -> _Year:
        """The columns of a year, and the row that says what the tail is."""
        engine = self._engine.years[t]
        chain, last_set = engine.of_worst, engine.last_set[equity.column]
        assert chain is not None
        first = chain.position == 0
        first_set = np.full(last_set.size, ABSENT)
        first_set[chain.zone[first]] = chain.set_id[first]
        counted = np.flatnonzero(equity.people > 0)
        alike = counted if counted.size <= _MOST_ZONES else last_set[counted]
        _, one, unit = np.unique(alike, return_index=True, return_inverse=True)
        units, people = _means(unit, equity.people[counted], counted, last_set.size)
        _, group = np.unique(first_set[counted[one]], return_inverse=True)
        mean, weights = _means(group, people, np.arange(people.size), people.size)
        simplex = self._simplex
        columns = self._new_columns(1 + weights.size)
        values = np.concatenate([[1.0, -self._unit], -self._unit * weights / equity.tail])
        index = np.concatenate([[worst], columns])
        shape = 1, simplex.n_columns
        row = sp.csr_array((values, (np.zeros(index.size, dtype=np.int64), index)), shape=shape)
        simplex.add_rows(row, np.zeros(1), np.array([np.inf]))
        apart = np.full(people.size, ABSENT)
        return _Year(units, people, group, mean, worst, int(columns[0]), columns[1:], apart)

    def _new_columns(self, number: int) -> Ints:
        nothing = sp.csc_array((self._simplex.n_rows, number), dtype=np.float64)
        return self._simplex.add_columns(np.zeros(number), nothing)

    def _hold(self, threshold: int, beyond: Ints, constant: Floats, added: sp.csr_array) -> None:
        """Rows: what lies beyond the threshold, of people with so many minutes added."""
        shape = beyond.size, self._simplex.n_columns
        rows = np.tile(np.arange(beyond.size), 2)
        index = np.concatenate([beyond, np.full(beyond.size, threshold)])
        unit = sp.coo_array((np.full(rows.size, self._unit), (rows, index)), shape=shape)
        added = sp.csr_array(added)
        added.resize(shape)
        cells = sp.csr_array(unit.tocsr() - added)
        self._simplex.add_rows(cells, np.asarray(constant), np.full(beyond.size, np.inf))

    def look(self, values: Floats) -> bool:
        """Add the rows that a solution breaks; whether there were any."""
        more, equity = False, self._instance.equity
        if equity is None or not self._years:
            return more
        all_added = list(self._added())  # before there are new columns
        for year, (constant, added) in zip(self._years, all_added, strict=True):
            minutes = constant + added @ values
            tail = tail_of(minutes, year.people, equity.tail)
            if tail.minutes - float(values[year.worst]) <= _LEAST_MINUTES:
                continue
            amiss = np.flatnonzero(self._short(year, year.beyond, year.mean @ minutes, values))
            some = year.mean[amiss]
            self._hold(year.threshold, year.beyond[amiss], some @ constant, some @ added)
            told = np.flatnonzero(year.apart != ABSENT)
            told = told[self._short(year, year.apart[told], minutes[told], values)]
            threshold = self._unit * float(values[year.threshold])
            new = self._tell_apart(year, self._hiding(year, minutes, threshold, equity.tail))
            held = np.concatenate([told, new])
            self._hold(year.threshold, year.apart[held], constant[held], added[held])
            more |= amiss.size + held.size > 0
        return more

    def _short(self, year: _Year, beyond: Ints, minutes: Floats, values: Floats) -> Bools:
        """Where people have more minutes than are held for them."""
        held = self._unit * (values[year.threshold] + values[beyond])
        return np.asarray(minutes > held + _LEAST_MINUTES)

    def _hiding(self, year: _Year, minutes: Floats, threshold: float, tail: float) -> Ints:
        """The groups whose mean hides most of what their people have beyond the threshold."""
        beyond = year.mean @ np.maximum(0.0, minutes - threshold)
        beyond -= np.maximum(0.0, year.mean @ minutes - threshold)
        weights = np.bincount(year.group, weights=year.people)
        hidden = weights * beyond / tail
        hidden[year.group[year.apart != ABSENT]] = 0.0
        most = np.argsort(-hidden, kind="stable")[:_MOST_APART]
        return np.asarray(most[hidden[most] > _HIDDEN])

    def _tell_apart(self, year: _Year, groups: Ints) -> Ints:
        """Columns for the units of some groups, and the rows that join them; the units."""
        units = np.flatnonzero(np.isin(year.group, groups))
        if units.size:
            year.apart[units] = self._new_columns(units.size)
            share = year.mean[groups][:, units].tocoo()
            rows = np.concatenate([np.arange(groups.size), share.row])
            index = np.concatenate([year.beyond[groups], year.apart[units][share.col]])
            cells = np.concatenate([np.ones(groups.size), -share.data])
            shape = groups.size, self._simplex.n_columns
            matrix = sp.coo_array((cells, (rows, index)), shape=shape).tocsr()
            self._simplex.add_rows(matrix, np.zeros(groups.size), np.full(groups.size, np.inf))
        return units

    def _added(self) -> Iterator[tuple[Floats, sp.csr_array]]:
        """By year, [units] minutes added whatever is decided, [units, columns] what columns add."""
        equity = self._instance.equity
        assert equity is not None
        flows = {t: rest for t, *rest in self._growth.minutes(equity.column)}
        today = self._instance.today_cost[:, equity.column]
        for t, year in enumerate(self._engine.years):
            z = empties(self._variables, self._engine, t)
            constant, sets = added_by_zone(self._instance, year)
            chain = sp.csr_array(sets @ z.matrix)
            chain.resize(today.size, self._simplex.n_columns)
            if t in flows:
                zone, column, minutes, cut = flows[t]
                more = np.maximum(0.0, minutes - today[zone])
                more -= np.maximum(0.0, cut - today[zone])
                cells = sp.coo_array((more, (zone, column)), shape=chain.shape)
                chain = sp.csr_array(chain + cells.tocsr())
            units = self._years[t].units
            yield units @ (constant + sets @ z.constant), sp.csr_array(units @ chain)


def _means(part: Ints, people: Floats, of: Ints, size: int) -> tuple[sp.csr_array, Floats]:
    """[parts, size] the means over the people ``of`` each part, and [parts] how many they are."""
    total: Floats = np.bincount(part, weights=people).astype(np.float64)
    cells = people / total[part], (part, of)
    return sp.csr_array(cells, shape=(total.size, size)), total
