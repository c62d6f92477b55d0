"""The years of a relaxation one by one, at prices on what joins them.

A twelfth of the rows join years: transitions, changes of staff and what is carried over. With a
multiplier on each of them the relaxation falls apart into one for each year, and what these prove
together is a bound (Lagrangean relaxation, Geoffrion 1974). At the multipliers of the whole it is
the same bound; after growth it is found in a few seconds where the whole takes half a minute.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from optimizer.instance import Bools, Floats, Ints
from optimizer.model.variables import ABSENT
from optimizer.solving.simplex import (
    BASIC,
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


@dataclass(frozen=True)
class _Part:
    """A year: its columns, and the rows that are of it alone."""

    columns: Ints
    rows: Ints


class Years:
    """The years of a program that grows; ``begin`` gives their prices and bases."""

    def __init__(
        self, simplex: Simplex, year: Ints, *, seed: int, stop: threading.Event | None = None
    ) -> None:
        self._simplex, self._year = simplex, year
        self._seed, self.stop = seed, stop
        self._prices: Floats = np.zeros(0)
        self._basis = Statuses(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def __getstate__(self) -> dict[str, Any]:
        """To be kept: without what told it to stop."""
        return self.__dict__ | {"stop": None}

    @property
    def begun(self) -> bool:
        """Whether there are years, and what joins them has prices."""
        return self._prices.size > 0 and int(self._year.max(initial=0)) > 0

    def begin(self, duals: Floats, basis: Statuses | None) -> None:
        """From the whole program as it was solved last, before anything is added to it."""
        self._prices, self._basis = duals, basis or self._basis

    def again(self) -> None:
        """For another question at the same prices: there is nothing to forget."""

    def basis(self) -> Statuses:
        """Of the last solution, for the program as it stands."""
        columns, rows = self._simplex.n_columns, self._simplex.n_rows
        return Statuses(
            padded(self._basis.columns, columns, LOWER), padded(self._basis.rows, rows, BASIC)
        )

    def solve(self, seconds: float) -> Solved:
        """All years at the prices of the last beginning, each from its own last basis.

        The values are of years that do not agree on what joins them.
        """
        end, stated = time.monotonic() + seconds, self._simplex.stated()
        parts, joining = self._parts(stated)
        n_rows, n_columns = stated.matrix.shape
        basis = self.basis()
        duals = np.where(joining, padded(self._prices, n_rows, 0.0), 0.0)
        duals, _ = stated.pressing(duals)
        cost = stated.cost - stated.matrix.T @ duals
        values, optimal, none = np.zeros(n_columns), True, np.zeros(0)
        for part in parts:
            highs = passed(part_of(stated, part.rows, part.columns, cost[part.columns]), self._seed)
            take_basis(highs, Statuses(basis.columns[part.columns], basis.rows[part.rows]))
            status = run_until(highs, end - time.monotonic(), self.stop)
            if status == highspy.HighsModelStatus.kInfeasible:
                return Solved(np.inf, False, True, none, none, none)
            solution, there = highs.getSolution(), statuses(highs)
            if not solution.dual_valid:
                return Solved(-np.inf, False, False, none, none, none)
            optimal &= status == highspy.HighsModelStatus.kOptimal
            values[part.columns] = solution.col_value
            duals[part.rows] = solution.row_dual
            basis.columns[part.columns], basis.rows[part.rows] = there.columns, there.rows
        self._basis = basis
        bound, reduced = stated.proved(duals)
        return Solved(
            bound + self._simplex.program.constant, optimal, False, values, reduced, duals
        )

    def _parts(self, stated: Stated) -> tuple[list[_Part], Bools]:
        """The years, and the rows that join them. A new column is of the year of its rows."""
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
        joining = first < last
        years = range(int(year.max(initial=0)) + 1)
        parts = [
            _Part(np.flatnonzero(year == t), np.flatnonzero(~joining & (last == t))) for t in years
        ]
        return parts, np.asarray(joining)
