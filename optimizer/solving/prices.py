"""Prices of a few rows, raised and lowered until what they prove gains no more.

With a multiplier on some rows a program is what the rest of it proves, a concave function of the
multipliers. Each solution gives a plane above it. The next prices are the best of the planes within
a box around the best prices so far, which grows where a step holds what it promised and shrinks
where it does not (boxstep method, Marsten, Hogan and Blankenship 1975). Between two steps the
program grows: planes of before are lifted, where it has been seen to be worth more.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.instance import Bools, Floats, Ints
from optimizer.solving.simplex import LARGEST, Stated, passed

_PLANES = 8  #: of the last solutions
_WIDTH, _NARROWEST, _WIDEST = 0.1, 0.01, 0.2  #: of a price, to either side
_KEPT = 0.5  #: of what a step promised, to make the next one longer


@dataclass
class _Plane:
    """Solutions at least ``value`` - prices x ``use`` worth, but for what the prices bring in."""

    value: float
    use: Floats  #: [rows]


class Prices:
    """Prices of the ``rows`` of a program [R], and those to try next."""

    def __init__(self, stated: Stated, rows: Ints, prices: Floats, *, seed: int) -> None:
        self.rows, self.tried = rows, prices
        self._seed, self._width = seed, _WIDTH
        self._best, self._center = -np.inf, prices
        self._promised = np.inf  #: that the prices tried would prove
        self._planes: list[_Plane] = []

    def again(self) -> None:
        """Begin again from the best prices: the program is another."""
        self._best, self._promised, self.tried = -np.inf, np.inf, self._center
        self._planes, self._width = [], _WIDTH

    def learn(self, stated: Stated, bound: float, values: Floats, outside: Bools) -> None:
        """What a solution at the prices tried has proved; next come other prices.

        ``outside`` tells which columns have no other rows: they are worth what prices make of them.
        """
        matrix = stated.matrix[self.rows]
        inside = np.where(outside, 0.0, values)
        plane = _Plane(float(stated.cost @ inside), matrix @ inside)
        self._forget(plane)
        self._planes.append(plane)
        gain, promised = bound - self._best, self._promised - self._best
        if gain > 0.0:
            self._best, self._center = bound, self.tried
            longer = gain >= _KEPT * promised
            self._width = min(self._width * 1.5, _WIDEST) if longer else self._width
        else:
            self._width = max(self._width / 2.0, _NARROWEST)
        self._step(stated, matrix, np.flatnonzero(outside))

    def _forget(self, seen: _Plane) -> None:
        """Let go of planes that are below what was seen at the prices tried."""
        worth = seen.value - self.tried @ seen.use
        self._planes = [
            plane for plane in self._planes if plane.value - self.tried @ plane.use >= worth - 1e-9
        ][1 - _PLANES :]

    def _step(self, stated: Stated, matrix: sp.csr_array, outside: Ints) -> None:
        """The best prices of the planes in the box; those tried stay where there are none."""
        n_planes, n_rows = len(self._planes), self.rows.size
        reach = self._width * np.abs(self._center)
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
            self.tried = np.array(solution.row_dual)[:n_rows]
            self._promised = float(highs.getInfo().objective_function_value)
