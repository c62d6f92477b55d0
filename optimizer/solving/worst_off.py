"""The people who are worst off, in a relaxation that grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.equity import added_by_zone, price_of_tail, tail_of
from optimizer.engine.pooled import Pooled
from optimizer.instance import Equity, Floats, Instance, Ints
from optimizer.model.blocks import empties
from optimizer.model.variables import Variables
from optimizer.solving.growth import Growth
from optimizer.solving.simplex import Simplex

_MOST_ZONES = 3_000  #: with more, people whose chains end alike are one group
_LEAST_MINUTES = 1e-4  #: by which people must be worse off than is counted, to be looked at


@dataclass(frozen=True)
class _Year:
    """The groups of people of a year, and the columns that say how badly off they are."""

    people: Floats  #: [groups] share of the people
    mean: sp.csr_array  #: [groups, I] the means over the people of each group
    worst: int  #: column of the mean of the tail, minutes
    threshold: int  #: column, in the unit
    beyond: Ints  #: [groups] columns of what lies beyond the threshold, in the unit


class WorstOff:
    """Rows that hold the mean of the worst tail from below, for everybody.

        w[t] >= h[t] + 1/tail sum_g p[g] u[g, t]      u[g, t] >= a[g, t] - h[t]

    w the mean of the tail, h its threshold, g the people of a zone, p their share of all, a the
    minutes added to them: those of the chain, and beyond the cut those of the options that visits
    are directed to, so that a closest assignment has its true minutes. Where zones are many, g is
    all people whose chains end at the same set, and a their mean: a group is no worse off than its
    worst zones, so w is a bound from below. Minutes, in a unit that no zone exceeds.

    Source: conditional value at risk (Rockafellar and Uryasev 2000).
    """

    def __init__(
        self, instance: Instance, engine: Pooled, v: Variables, simplex: Simplex, growth: Growth
    ) -> None:
        self._instance, self._engine, self._variables = instance, engine, v
        self._simplex, self._growth = simplex, growth
        self._years: list[_Year] = []
        equity = instance.equity
        if equity is None:
            return
        far = instance.minutes[np.isfinite(instance.minutes)].max(initial=0.0)
        self._unit = float(far + instance.waiting[np.isfinite(instance.waiting)].max() + 1.0)
        for t, worst in enumerate(v.worst.tolist()):
            self._years.append(self._state(equity, engine.years[t].last_set[equity.column], worst))
        for year, (constant, added) in zip(self._years, self._added(), strict=True):
            self._hold(year, constant, added, np.arange(year.people.size))

    def _state(self, equity: Equity, last_set: Ints, worst: int) -> _Year:
        """The columns of a year, and the row that says what the tail is."""
        counted = np.flatnonzero(equity.people > 0)
        alike = counted if counted.size <= _MOST_ZONES else last_set[counted]
        _, group = np.unique(alike, return_inverse=True)
        n_groups = int(group.max()) + 1
        people = np.zeros(n_groups)
        np.add.at(people, group, equity.people[counted])
        share = equity.people[counted] / people[group]
        mean = sp.csr_array((share, (group, counted)), shape=(n_groups, last_set.size))
        simplex, n_new = self._simplex, 1 + n_groups
        nothing = sp.csc_array((simplex.n_rows, n_new), dtype=np.float64)
        columns = simplex.add_columns(np.zeros(n_new), nothing)
        weights = np.concatenate([[1.0], people / equity.tail])
        values = np.concatenate([[1.0], -self._unit * weights])
        index = np.concatenate([[worst], columns])
        shape = 1, simplex.n_columns
        row = sp.csr_array((values, (np.zeros(index.size, dtype=np.int64), index)), shape=shape)
        simplex.add_rows(row, np.zeros(1), np.array([np.inf]))
        return _Year(people, mean, worst, int(columns[0]), columns[1:])

    def _hold(self, year: _Year, constant: Floats, added: sp.csr_array, groups: Ints) -> None:
        """Rows: what lies beyond the threshold for some groups, with all columns there are."""
        rows = np.arange(groups.size)
        shape = groups.size, added.shape[1]
        both = np.concatenate([rows, rows])
        index = np.concatenate([year.beyond[groups], np.full(groups.size, year.threshold)])
        unit = sp.coo_array((np.full(both.size, self._unit), (both, index)), shape=shape).tocsr()
        mean = year.mean[groups]
        cells = sp.csr_array(unit - mean @ added)
        self._simplex.add_rows(cells, mean @ constant, np.full(groups.size, np.inf))

    def look(self, values: Floats) -> float:
        """Add the rows that a solution breaks; the visit-minutes that it counts too low."""
        missing, equity = 0.0, self._instance.equity
        if equity is None:
            return missing
        for t, (year, (constant, added)) in enumerate(zip(self._years, self._added(), strict=True)):
            minutes = year.mean @ (constant + added @ values)
            tail = tail_of(minutes, year.people, equity.tail)
            short = tail.minutes - float(values[year.worst])
            if short <= _LEAST_MINUTES:
                continue
            missing += short * price_of_tail(self._instance, t)
            held = self._unit * (values[year.threshold] + values[year.beyond])
            amiss = (minutes > held + _LEAST_MINUTES) & (minutes >= tail.threshold)
            self._hold(year, constant, added, np.flatnonzero(amiss))
        return missing

    def _added(self) -> Iterator[tuple[Floats, sp.csr_array]]:
        """By year, [I] minutes added whatever is decided, and [I, columns] what columns add."""
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
            yield constant + sets @ z.constant, chain


__all__ = ["WorstOff"]
