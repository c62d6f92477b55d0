"""The years of a relaxation one by one, at prices on what joins them.

A twelfth of the rows join years: transitions, changes of staff and what is carried over. With a
multiplier on each of them the relaxation falls apart into one for each year, which hardly touch.
"""

from __future__ import annotations

import numpy as np

from optimizer.instance import Bools, Floats, Ints
from optimizer.model.variables import ABSENT
from optimizer.solving.at_prices import AtPrices
from optimizer.solving.simplex import Simplex, Solved, Stated, padded


class Years(AtPrices):
    """A program that grows, at the multipliers of the whole on what joins years."""

    def __init__(self, simplex: Simplex, year: Ints) -> None:
        super().__init__(simplex)
        self._year = year  #: [columns]
        self._prices: Floats = np.zeros(0)

    def _joining(self, stated: Stated) -> Bools:
        """A new column is of the year of its rows."""
        matrix = stated.matrix
        n_rows, n_columns = matrix.shape
        row = np.repeat(np.arange(n_rows), np.diff(matrix.indptr))
        year = padded(self._year, n_columns, ABSENT)
        of_row = np.full(n_rows, ABSENT)
        np.maximum.at(of_row, row, year[matrix.indices])
        new = year[matrix.indices] == ABSENT
        np.maximum.at(year, matrix.indices[new], of_row[row[new]])
        year[year == ABSENT] = 0  # of no row: any year will do
        self._year = year
        last, first = np.full(n_rows, ABSENT), np.full(n_rows, year.max(initial=0) + 1)
        np.maximum.at(last, row, year[matrix.indices])
        np.minimum.at(first, row, year[matrix.indices])
        return np.asarray(first < last)

    def _begin(self, stated: Stated, prices: Floats) -> None:
        self._prices = prices

    def again(self) -> None:
        """At the same prices there is nothing to forget."""

    def solve(self, seconds: float) -> Solved:
        """All years at the prices of the last beginning; they may not agree on what joins them."""
        return self._solved(self._prices, seconds)
