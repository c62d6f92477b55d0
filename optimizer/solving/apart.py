"""A relaxation without the rows that join the whole country, at prices on them.

Some twenty rows have hundreds of columns each: the budgets, limits on modes. With a multiplier on
each of them the rest falls apart into networks that hardly touch, and is solved again in one or
two seconds where the whole takes twenty. What it proves is a bound (Lagrangean relaxation,
Geoffrion 1974); at the multipliers of the whole it is the same bound. As the relaxation grows, the
prices are raised and lowered with it (prices.py).
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from optimizer.instance import Bools, Floats, Ints
from optimizer.model.program import Program
from optimizer.solving.prices import Prices
from optimizer.solving.simplex import (
    BASIC,
    LARGEST,
    LOWER,
    Simplex,
    Solved,
    Stated,
    Statuses,
    padded,
    part_of,
    passed,
    run_until,
    statuses,
    take_basis,
)

LONG = 100  #: columns of a row that joins half of the country


class Apart:
    """A program that grows, at prices on its longest rows; ``begin`` gives them and a basis."""

    def __init__(
        self, simplex: Simplex, program: Program, *, seed: int, stop: threading.Event | None = None
    ) -> None:
        self._simplex, self._seed, self.stop = simplex, seed, stop
        self._long: Ints = np.flatnonzero(np.diff(program.matrix.indptr) > LONG)
        self._prices: Prices | None = None
        self._basis = Statuses(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def __getstate__(self) -> dict[str, Any]:
        """To be kept: without what told it to stop."""
        return self.__dict__ | {"stop": None}

    @property
    def useful(self) -> bool:
        """Whether there are rows that could have a price."""
        return bool(self._long.size)

    @property
    def begun(self) -> bool:
        """Whether any row has a price."""
        return self._prices is not None and bool(self._prices.rows.size)

    def begin(self, duals: Floats, basis: Statuses | None) -> None:
        """At multipliers [rows] of the whole, or guessed; from its basis, or from none."""
        stated = self._simplex.stated()
        duals, _ = stated.pressing(padded(duals, stated.row_lower.size, 0.0))
        self._prices = Prices(stated, self._long, duals[self._long], seed=self._seed)
        if basis is not None:
            self._basis = basis

    def again(self) -> None:
        """The same prices for another question: what they proved is nothing of it."""
        if self._prices is not None:
            self._prices.again()

    def basis(self) -> Statuses:
        """Of the last solution, for the program as it stands."""
        columns, rows = self._simplex.n_columns, self._simplex.n_rows
        return Statuses(
            padded(self._basis.columns, columns, LOWER), padded(self._basis.rows, rows, BASIC)
        )

    def solve(self, seconds: float) -> Solved:
        """The program at the prices at hand, from its last basis; other prices come next.

        The values may break the rows that have a price.
        """
        prices = self._prices
        assert prices is not None, "begin comes first"
        stated = self._simplex.stated()
        duals = np.zeros(stated.row_lower.size)
        duals[prices.rows] = prices.tried
        duals, _ = stated.pressing(duals)
        outside, part, rows, columns = self._without(stated, prices.rows, duals)
        basis = self.basis()
        highs = passed(part, self._seed)
        if self._basis.rows.size:
            take_basis(highs, Statuses(basis.columns[columns], basis.rows[rows]))
        status = run_until(highs, seconds, self.stop)
        none = np.zeros(0)
        if status == highspy.HighsModelStatus.kInfeasible:
            return Solved(np.inf, False, True, none, none, none)
        solution, there = highs.getSolution(), statuses(highs)
        if not solution.dual_valid:
            return Solved(-np.inf, False, False, none, none, none)
        duals[rows] = solution.row_dual
        bound, reduced = stated.proved(duals)
        values = np.clip(0.0, stated.lower, stated.upper)
        values[columns] = solution.col_value
        optimal = status == highspy.HighsModelStatus.kOptimal
        basis.columns[columns], basis.rows[rows] = there.columns, there.rows
        self._basis = basis  # where it stopped, too: the next call goes on from there
        if optimal:
            prices.learn(stated, bound, values, outside)
        constant = self._simplex.program.constant
        return Solved(bound + constant, optimal, False, values, reduced, duals)

    @staticmethod
    def _without(stated: Stated, priced: Ints, duals: Floats) -> tuple[Bools, Stated, Ints, Ints]:
        """The program without the rows that have a price; which columns it leaves out, its rows
        and its columns. No column is larger than in a proof: the rows that are missing may have
        been all that bounded it.
        """
        kept = np.ones(stated.row_lower.size, dtype=bool)
        kept[priced] = False
        rows = np.flatnonzero(kept)
        used = np.zeros(stated.cost.size, dtype=bool)
        used[stated.matrix[rows].indices] = True
        columns = np.flatnonzero(used)
        cost = stated.cost - stated.matrix.T @ duals
        part = part_of(stated, rows, columns, cost[columns])
        lower, upper = (np.clip(side, -LARGEST, LARGEST) for side in (part.lower, part.upper))
        return ~used, replace(part, lower=lower, upper=upper), rows, columns
