"""Rows of the model: a block is many rows of one requirement, kept sparse until PuLP gets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from pulp import (
    LpAffineExpression,
    LpConstraint,
    LpConstraintEQ,
    LpConstraintGE,
    LpConstraintLE,
    LpVariable,
)

from optimizer.engine.pooled import Pooled
from optimizer.instance import Bools, Floats, Ints
from optimizer.model.variables import ABSENT, Variables

SENSES = {"<=": LpConstraintLE, ">=": LpConstraintGE, "==": LpConstraintEQ}
_NEGLIGIBLE = 1e-12  #: a coefficient or right side that is 0 but for rounding
_TINY = 1e-7  #: of the largest coefficient of a row: what is smaller is left out where that relaxes
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Block:
    """Rows ``matrix @ columns (sense) rhs`` of one requirement."""

    requirement: str
    scope: str  #: what one row speaks of, for people: "site", "region fa:04 2027"
    matrix: sp.csr_array
    sense: str
    rhs: Floats

    def only(self, rows: Ints) -> Block:
        """Some of the rows."""
        return replace(self, matrix=self.matrix[rows], rhs=self.rhs[rows])

    def constraints(self, columns: Sequence[LpVariable]) -> Iterator[LpConstraint]:
        """The rows as PuLP constraints; rows without any column are left out if they hold."""
        starts, indices, data = self.matrix.indptr, self.matrix.indices, self.matrix.data
        sense = SENSES[self.sense]
        for r in range(self.matrix.shape[0]):
            cells = slice(starts[r], starts[r + 1])
            pairs = [
                (columns[c], x)
                for c, x in zip(indices[cells].tolist(), data[cells].tolist(), strict=True)
            ]
            if not pairs and not self._holds_empty(r):
                pairs = [(columns[0], 0.0)]  # a row that nothing can meet stays in the model
            if pairs:
                yield LpConstraint(LpAffineExpression(pairs), sense, rhs=float(self.rhs[r]))

    def _holds_empty(self, row: int) -> bool:
        """Whether a row without columns holds: 0 (sense) rhs."""
        rhs = float(self.rhs[row])
        below, above = rhs >= -_TOLERANCE, rhs <= _TOLERANCE
        return {"<=": below, ">=": above, "==": below and above}[self.sense]


class Rows:
    """Collects the cells of a block of rows. Cells at column -1 are left out."""

    def __init__(self, v: Variables, n_rows: int) -> None:
        self._shape = (n_rows, len(v.columns))
        self._negative = v.columns.lower < 0.0
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._values: list[Floats] = []

    def add(self, rows: Ints | int, columns: Ints, values: Floats | float) -> Rows:
        """Add ``values`` at (rows, columns), broadcast together."""
        r, c, x = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=np.float64))
        keep = c != ABSENT
        self._rows.append(r[keep])
        self._columns.append(c[keep])
        self._values.append(x[keep])
        return self

    def add_matrix(self, matrix: sp.csr_array, scale: float = 1.0) -> Rows:
        """Add a whole matrix over the columns."""
        cells = matrix.tocoo()
        return self.add(cells.row, cells.col, cells.data * scale)

    def block(self, requirement: str, scope: str, sense: str, rhs: Floats | float) -> Block:
        """Close the block."""
        if self._rows:
            cells = (
                np.concatenate(self._values),
                (np.concatenate(self._rows), np.concatenate(self._columns)),
            )
        else:
            cells = (np.zeros(0), (np.zeros(0, dtype=int), np.zeros(0, dtype=int)))
        matrix = sp.coo_array(cells, shape=self._shape).tocsr()
        matrix.sum_duplicates()
        right = np.broadcast_to(np.asarray(rhs, dtype=np.float64), (self._shape[0],))
        right = np.where(np.abs(right) > _NEGLIGIBLE, right, 0.0)
        small = np.abs(matrix.data) <= _NEGLIGIBLE
        if sense != "==":
            small |= self._tiny(matrix, 1.0 if sense == "<=" else -1.0)
        matrix.data[small] = 0.0
        matrix.eliminate_zeros()
        return Block(requirement, scope, matrix, sense, right)

    def _tiny(self, matrix: sp.csr_array, sign: float) -> Bools:
        """[cells] far below the largest of their row, where leaving them out relaxes the row.

        In a row "<=" that is a positive one of a column that is not negative; so the model stays a
        bound, by no more than the solver's own tolerance.
        """
        largest = np.zeros(matrix.shape[0])
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        np.maximum.at(largest, rows, np.abs(matrix.data))
        signed = sign * matrix.data
        tiny = (signed > 0.0) & (signed < _TINY * largest[rows])
        return np.asarray(tiny & ~self._negative[matrix.indices])


@dataclass(frozen=True)
class Empties:
    """z of every set as a row over the columns: ``matrix @ columns + constant``.

    A set of several sites has a variable; that of one site is 1 minus its states. Sets that the
    year's chains do not reach have empty rows, and nothing weighs them.
    """

    matrix: sp.csr_array  #: [sets, columns]
    constant: Floats  #: [sets]


def empties(v: Variables, engine: Pooled, t: int) -> Empties:
    """z of all sets in year ``t``."""
    one_site = engine.pool.n_sites == 1
    sets = np.arange(engine.pool.size)
    single, state = np.nonzero(engine.pool.held & one_site[:, None])
    rows = Rows(v, engine.pool.size)
    rows.add(sets, v.none[t], 1.0)
    rows.add(single, v.mode[engine.pool.site[single], state, t], -1.0)
    block = rows.block("assignment", "sets", "==", 0.0)
    return Empties(block.matrix, np.where(one_site, 1.0, 0.0))
