"""Prices of a few rows, raised and lowered until what they prove gains no more.

With a multiplier on some rows a program is what the rest of it proves, a concave function of the
multipliers. Each solution gives a plane above it. The next prices are the best of the planes within
a box around the best prices so far (boxstep method, Marsten, Hogan and Blankenship 1975). Each side
of the box grows while steps go on the same way, and shrinks where they turn or gain nothing (as in
resilient propagation, Riedmiller and Braun 1993): far from the best prices a program is slow to
solve, and grows by what it does not need. Between two steps it grows: planes that are then below
what it is worth are forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.instance import Floats, Ints
from optimizer.solving.simplex import LARGEST, Solved, Stated, passed

_PLANES = 8  #: of the last solutions
GUESSED, KNOWN = 0.1, 0.02  #: of a price, to either side: of one that is guessed, of the whole's
_NARROWEST, _WIDEST = 0.01, 0.15
_LEAST = 0.005  #: of what the side of the dearest row costs: no price is measured by less
_LONGER, _SHORTER = 1.5, 0.5  #: a step that goes on as the last one did, and one that turns


@dataclass
class _Plane:
    """Solutions at least ``value`` - prices x ``use`` worth, but for what the prices bring in."""

    value: float
    use: Floats  #: [rows]


class Prices:
    """Prices of the ``rows`` of a program [R], and those to try next."""

    def __init__(
        self, stated: Stated, rows: Ints, prices: Floats, *, width: float, seed: int
    ) -> None:
        self.rows, self.tried = rows, prices
        self._seed, self._width = seed, np.full(rows.size, width)
        self._best, self._center = -np.inf, prices
        self._last = np.zeros(rows.size)  #: the step to the prices tried
        self._planes: list[_Plane] = []
        _, side = stated.pressing(np.where(np.isfinite(stated.row_lower), 1.0, -1.0))
        size = np.maximum(np.abs(side[rows]), 1.0)
        self._least = _LEAST * float(np.max(np.abs(prices) * size, initial=0.0)) / size

    def again(self) -> None:
        """Begin again from the best prices: the program is another."""
        self._best, self.tried, self._last = -np.inf, self._center, np.zeros(self.rows.size)
        self._planes, self._width = [], np.full(self.rows.size, GUESSED)

    def learn(self, stated: Stated, takers: Ints, solved: Solved) -> None:
        """What a solution at the prices tried has proved; next come other prices.

        ``takers`` are columns that take up what breaks rows: not of the program itself.
        """
        matrix = stated.matrix[self.rows]
        outside = self._outside(stated, takers)
        inside = solved.values.copy()
        inside[outside] = inside[takers] = 0.0  # worth what prices make of them
        plane = _Plane(float(stated.cost @ inside), matrix @ inside)
        self._forget(plane)
        self._planes.append(plane)
        if solved.bound > self._best:
            self._best, self._center = solved.bound, self.tried
        else:
            self._width = np.maximum(self._width * _SHORTER, _NARROWEST)
        self._step(stated, matrix, outside)

    def _outside(self, stated: Stated, takers: Ints) -> Ints:
        """The columns of the program that have no other rows."""
        n_columns = stated.cost.size
        cells = np.bincount(stated.matrix.indices, minlength=n_columns)
        own = np.bincount(stated.matrix[self.rows].indices, minlength=n_columns)
        alone = (cells == own) & (own > 0)
        alone[takers] = False
        return np.flatnonzero(alone)

    def _size(self) -> Floats:
        """[R] what the steps of a price are measured by: itself, unless it is very small."""
        return np.maximum(np.abs(self._center), self._least)

    def _forget(self, seen: _Plane) -> None:
        """Let go of planes that are below what was seen at the prices tried."""
        worth = seen.value - self.tried @ seen.use
        self._planes = [
            plane for plane in self._planes if plane.value - self.tried @ plane.use >= worth - 1e-9
        ][1 - _PLANES :]

    def _step(self, stated: Stated, matrix: sp.csr_array, outside: Ints) -> None:
        """The best prices of the planes in the box; those tried stay where there are none."""
        n_planes, n_rows = len(self._planes), self.rows.size
        reach = self._width * self._size()
        uses = sp.csr_array(np.array([plane.use for plane in self._planes]).T)
        away = sp.eye_array(n_rows)  # a price leaves the box where that is cheaper, as none is
        cells = sp.hstack([uses, matrix[:, outside], away, -away])
        one = np.zeros(cells.shape[1])  # the planes' parts are one together
        one[:n_planes] = 1.0
        master = Stated(
            cost=np.concatenate(
                [
                    [plane.value for plane in self._planes],
                    stated.cost[outside],
                    self._center + reach,
                    reach - self._center,
                ]
            ),
            lower=np.concatenate(
                [
                    np.zeros(n_planes),
                    np.maximum(stated.lower[outside], -LARGEST),
                    np.zeros(2 * n_rows),
                ]
            ),
            upper=np.concatenate(
                [
                    np.ones(n_planes),
                    np.minimum(stated.upper[outside], LARGEST),
                    np.full(2 * n_rows, np.inf),
                ]
            ),
            row_lower=np.append(stated.row_lower[self.rows], 1.0),
            row_upper=np.append(stated.row_upper[self.rows], 1.0),
            matrix=sp.vstack([cells, sp.csr_array(one[None, :])], format="csr"),
            offset=stated.offset,
        )
        highs = passed(master, self._seed)
        highs.run()
        solution = highs.getSolution()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal and solution.dual_valid:
            self._go(np.array(solution.row_dual)[:n_rows] - self._center)

    def _go(self, step: Floats) -> None:
        """A step [R] from the best prices, shorter where it turns."""
        way = step * self._last
        factor = np.where(way < 0.0, _SHORTER, np.where(way > 0.0, _LONGER, 1.0))
        self._width = np.clip(self._width * factor, _NARROWEST, _WIDEST)
        reach = self._width * self._size()
        self._last = np.where(way < 0.0, np.clip(step, -reach, reach), step)
        self.tried = self._center + self._last
