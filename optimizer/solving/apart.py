"""A relaxation without the rows that join the whole country, at prices on them.

Some twenty rows have hundreds of columns each: the budgets, limits on modes. With a multiplier on
each of them the rest falls apart into networks that hardly touch, and is solved again in one or
two seconds. As the relaxation grows, the prices are raised and lowered with it (prices.py).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.instance import Bools, Floats
from optimizer.solving.at_prices import AtPrices
from optimizer.solving.prices import GUESSED, KNOWN, Prices
from optimizer.solving.simplex import LONG, Simplex, Solved, Stated


class Apart(AtPrices):
    """A program that grows, at prices on its longest rows.

    Prices of the rows it began with rise and fall; later ones, such as disjunctions, keep those
    that the whole gave them.
    """

    def __init__(self, simplex: Simplex, *, seed: int) -> None:
        super().__init__(simplex)
        self._seed = seed
        self._prices: Prices | None = None
        self._kept: Floats = np.zeros(0)  #: prices of later rows
        self._n_first = 0  #: rows that it began with

    def _joining(self, stated: Stated) -> Bools:
        return np.asarray(np.diff(stated.matrix.indptr) > LONG)

    def _begin(self, stated: Stated, prices: Floats) -> None:
        width = GUESSED if self._prices is None else KNOWN
        first = self._n_first = self._n_first or prices.size
        self._kept, rows = prices[first:], self._rows[:first]
        self._prices = Prices(stated, rows, prices[:first], width=width, seed=self._seed)

    def again(self) -> None:
        """Begin again from the best prices."""
        if self._prices is not None:
            self._prices.again()

    def solve(self, seconds: float) -> Solved:
        """At the prices at hand; a solution tells which come next."""
        assert self._prices is not None, "begin comes first"
        prices = np.concatenate([self._prices.tried, self._kept])
        solved = self._solved(prices, seconds)
        if solved.optimal:
            prices[: self._n_first] = 0.0
            stated = self._simplex.stated()
            kept = self._multipliers(stated, prices)
            rest = replace(stated, cost=stated.cost - stated.matrix.T @ kept)
            self._prices.learn(rest, self._columns, solved)
        return solved
