"""A program that grows, solved without some of its rows, at prices on them.

Each of these rows has a column of its own, which takes up what breaks the row. Shut, the program is
the whole; free, at a price, the row says no more than that its price is this one. So what is solved
at prices is solved in place: its basis is one of the whole too, and all that it breaks are those
few rows. The dual simplex goes on from there, and not from the last solution of the whole, before
the program grew. What the prices prove is a bound (Lagrangean relaxation, Geoffrion 1974); at the
multipliers of the whole it is the same bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.instance import Bools, Floats, Ints
from optimizer.solving.simplex import LARGEST, Simplex, Solved, Stated, padded


class AtPrices(ABC):
    """Some rows of a program have prices; ``begin`` gives them."""

    def __init__(self, simplex: Simplex) -> None:
        self._simplex = simplex
        self._rows: Ints = np.zeros(0, dtype=np.int64)  #: that may have a price
        self._columns: Ints = np.zeros(0, dtype=np.int64)  #: of these, in their order

    @abstractmethod
    def _joining(self, stated: Stated) -> Bools:
        """[rows] which join what falls apart without them."""

    @abstractmethod
    def _begin(self, stated: Stated, prices: Floats) -> None:
        """At prices [priced rows]."""

    @abstractmethod
    def again(self) -> None:
        """The same prices for another question: what they proved is nothing of it."""

    @abstractmethod
    def solve(self, seconds: float) -> Solved:
        """The program at the prices at hand, from its last basis; other prices may come next.

        The values may break the rows that have a price.
        """

    @property
    def begun(self) -> bool:
        """Whether any row has a price."""
        return bool(self._rows.size)

    @property
    def useful(self) -> bool:
        """Whether there are rows that could have a price."""
        return bool(self._joining(self._simplex.stated()).any())

    def begin(self, duals: Floats) -> None:
        """At multipliers [rows] of the whole, or guessed, on those of the rows that join it.

        Rows that were added since then have no price, and are solved with the rest.
        """
        joining = self._joining(self._simplex.stated())
        joining[self._rows] = False  # those have a column
        self._add_columns(np.flatnonzero(joining[: duals.size]))
        stated = self._simplex.stated()
        self._begin(stated, padded(duals, stated.row_lower.size, 0.0)[self._rows])

    def _add_columns(self, rows: Ints) -> None:
        n_new = rows.size
        shape = self._simplex.n_rows, n_new
        cells = sp.csc_array((np.ones(n_new), (rows, np.arange(n_new))), shape=shape)
        columns = self._simplex.add_columns(np.zeros(n_new), cells)
        self._rows = np.concatenate([self._rows, rows])
        self._columns = np.concatenate([self._columns, columns])
        self._shut()

    def _shut(self) -> None:
        nothing = np.zeros(self._columns.size)
        self._simplex.bound(self._columns, nothing, nothing)

    def _multipliers(self, stated: Stated, prices: Floats) -> Floats:
        """[rows] prices, without those on a side that is not there: nothing is free at them."""
        duals = np.zeros(stated.row_lower.size)
        duals[self._rows] = prices
        return stated.pressing(duals)[0]

    def _solved(self, prices: Floats, seconds: float) -> Solved:
        """The program at prices [priced rows]."""
        simplex, most = self._simplex, np.full(self._columns.size, LARGEST)
        columns, *sides = simplex.unbounded()
        simplex.charge(self._columns, self._multipliers(simplex.stated(), prices)[self._rows])
        simplex.bound(self._columns, -most, most)
        # None is larger in what is proved. Where a reduced cost turns, columns only change side.
        simplex.bound(columns, *(np.clip(side, -LARGEST, LARGEST) for side in sides))
        solved = simplex.solve(seconds)
        self._shut()
        simplex.bound(columns, *sides)
        if solved.duals.size == 0:
            return solved
        bound, reduced = simplex.stated().proved(solved.duals)
        return replace(solved, bound=bound + simplex.program.constant, reduced_costs=reduced)
