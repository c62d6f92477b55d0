"""Cuts that say what a site's states cost its neighbourhood, found where a solution splits it.

A site is in one state m or another. With a multiplier u on every row outside its neighbourhood R
the columns of R have the price d = cost - u A; whatever the rest of the network does, while the
site is in state m they are worth at least

    g(m) = min { d x : the rows of R, the bounds, y[m] = 1 }     so that     d x >= sum_m g(m) y[m]

for every plan. At the multipliers of a relaxation its solution has d x = g without any state given,
so a site that is split between states that cost more breaks the cut. Only the rows whose
multipliers change with the state are kept in R: the cut is as strong, touches fewer columns, and
those of neighbouring sites add up.

g(m) is what multipliers v[m] of the rows in R prove. A column that comes later has the price
max_m v[m] a with a its cells in R: then they prove the same.

Source: disjunctive cuts (Balas 1979), here of a part of the rows, the others priced as in
Lagrangean relaxation.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from optimizer.instance import Floats, Ints
from optimizer.model.variables import ABSENT, at_columns
from optimizer.solving.simplex import (
    LONG,
    Simplex,
    Solved,
    Stated,
    Statuses,
    part_of,
    passed,
    take_basis,
)

_HOPS = 3  #: from the states of a site to rows and on to their columns, so many times
_WIDE = 200  #: rows of a column that does, such as what all people are compared with: no hop by it
_SPLIT = 1e-4  #: of a state, at least, to be split
_THERE = 1e-6  #: of a state, to be in the solution
_CHANGED = 3e-4  #: of a multiplier
_BROKEN = 4e-6  #: of the objective, by which a cut must be broken
_ROUNDING = 1e-8  #: taken off what is proved
_NOTHING = 1e-11  #: a price that is rounding
_MOST_CELLS = 40_000  #: of the cuts of a round
_NEW_AT_ONCE = 500


@dataclass(frozen=True)
class StateCut:
    """sum of ``price`` * ``columns`` >= 0: the states' prices have what they cost taken off."""

    columns: Ints
    price: Floats
    rows: Ints  #: from which it is proved
    proofs: Floats  #: [states, rows] multipliers
    broken: float


class Disjunctions:
    """The cuts of a program that grows; each is found where a solution breaks it."""

    def __init__(
        self, mode: Ints, simplex: Simplex, *, seed: int, stop: threading.Event | None = None
    ) -> None:
        self._mode, self._simplex, self._seed, self.stop = mode, simplex, seed, stop
        self._cuts: list[tuple[int, StateCut]] = []  #: with their row
        simplex.lifter = self

    def __getstate__(self) -> dict[str, Any]:
        """To be kept: without what told it to stop."""
        return self.__dict__ | {"stop": None}

    @property
    def rows(self) -> Ints:
        """The rows of the cuts."""
        return np.array([row for row, _ in self._cuts], dtype=np.int64)

    def add_broken(self, solved: Solved, *, seconds: float) -> bool:
        """Add those that the last solution breaks; whether there were any."""
        found = self.broken(solved, self._simplex.statuses(), seconds=seconds)
        if found:
            self.add(found)
        return bool(found)

    def broken(self, solved: Solved, basis: Statuses, *, seconds: float) -> list[StateCut]:
        """Cuts that a solution breaks, as far as they are found in so many seconds.

        With many cells a program is slow to solve again: those that are broken most for their size.
        """
        end = time.monotonic() + seconds
        search = _Search(self._simplex.stated(), solved, basis, self.rows, self._seed)
        share = at_columns(solved.values, self._mode)
        split = ((share > _SPLIT) & (share < 1.0 - _SPLIT)).any(axis=1)
        found = []
        for site, t in np.argwhere(split).tolist():
            if time.monotonic() > end or (self.stop is not None and self.stop.is_set()):
                break
            states = self._mode[site, :, t]
            cut = search.of_site(states[states != ABSENT])
            if cut is not None:
                found.append(cut)
        found.sort(key=lambda cut: -cut.broken / cut.columns.size**0.5)
        cells = np.cumsum([cut.columns.size for cut in found])
        return found[: max(1, int((cells <= _MOST_CELLS).sum()))]

    def add(self, cuts: list[StateCut]) -> None:
        """Add cuts as rows."""
        starts = np.cumsum([0, *(cut.columns.size for cut in cuts)])
        index = np.concatenate([cut.columns for cut in cuts])
        price = np.concatenate([cut.price for cut in cuts])
        shape = len(cuts), self._simplex.n_columns
        cells = sp.csr_array((price, index, starts), shape=shape)
        rows = self._simplex.add_rows(cells, np.zeros(len(cuts)), np.full(len(cuts), np.inf))
        self._cuts += zip(rows.tolist(), cuts, strict=True)

    def forget(self, rows: Ints) -> None:
        """Let go of the cuts that are proved from any of these rows."""
        proved = np.array([np.isin(cut.rows, rows).any() for _, cut in self._cuts], dtype=bool)
        if proved.any():
            self._simplex.free(self.rows[proved])
            self._cuts = [one for one, gone in zip(self._cuts, proved, strict=True) if not gone]

    def lifted(self, cells: sp.csc_array) -> sp.csc_array:
        """The ``cells`` [rows, new] of new columns, with those in the cuts."""
        if not self._cuts or cells.nnz == 0:
            return cells
        sizes = [cut.proofs.shape[0] for _, cut in self._cuts]
        first = np.cumsum([0, *sizes])[:-1]
        index = np.concatenate([np.tile(cut.rows, len(cut.proofs)) for _, cut in self._cuts])
        width = np.repeat([cut.rows.size for _, cut in self._cuts], sizes)
        value = np.concatenate([cut.proofs.ravel() for _, cut in self._cuts])
        shape = (sum(sizes), cells.shape[0])
        proofs = sp.csr_array((value, index, np.cumsum([0, *width])), shape=shape)
        parts = []
        for start in range(0, cells.shape[1], _NEW_AT_ONCE):
            proved = (proofs @ cells[:, start : start + _NEW_AT_ONCE]).toarray()
            parts.append(np.maximum.reduceat(proved, first, axis=0))
        price = sp.coo_array(np.concatenate(parts, axis=1))
        own = (price.data, (self.rows[price.row], price.col))
        return sp.csc_array(cells + sp.csc_array(own, shape=cells.shape))


class _Search:
    """One solution, and the cuts that it breaks."""

    def __init__(
        self, stated: Stated, solved: Solved, basis: Statuses, cuts: Ints, seed: int
    ) -> None:
        self._stated, self._basis, self._seed = stated, basis, seed
        self._values = solved.values
        self._duals, _ = stated.pressing(solved.duals)
        self._reduced = stated.cost - stated.matrix.T @ self._duals
        self._priced = np.diff(stated.matrix.indptr) > LONG
        self._priced[cuts] = True
        cells = np.ones(stated.matrix.nnz, dtype=np.float32)
        shape, matrix = stated.matrix.shape, stated.matrix
        self._pattern = sp.csr_array((cells, matrix.indices, matrix.indptr), shape=shape)
        self._columns = self._pattern.T.tocsr()
        self._narrow = np.diff(self._columns.indptr) <= _WIDE
        self._least = _BROKEN * max(1.0, abs(solved.bound))

    def of_site(self, states: Ints) -> StateCut | None:
        """The cut of a site and year whose states are these columns, if it is broken."""
        rows, columns = self._neighbourhood(states)
        part = self._part(rows, columns, states)
        unfixed = part.solved()
        if unfixed is None:
            return None
        share = self._values[states]
        broken = -float(part.local.cost @ self._values[columns])
        changed = np.zeros(rows.size, dtype=bool)
        for k in np.flatnonzero(share > _THERE).tolist():
            duals = part.fixed(k, unfixed)
            broken += share[k] * part.proved(k, duals)
            changed |= np.abs(duals - unfixed) > _CHANGED
        return None if broken < self._least else self._cut(states, rows[changed])

    def _cut(self, states: Ints, rows: Ints) -> StateCut | None:
        """The cut over the rows that matter."""
        columns = np.unique(np.concatenate([self._stated.matrix[rows].indices, states]))
        part = self._part(rows, columns, states)
        proofs = [part.fixed(k, self._duals[rows]) for k in range(states.size)]
        price = part.local.cost.copy()
        price[part.place] -= [part.proved(k, duals) for k, duals in enumerate(proofs)]
        price[part.place] += _ROUNDING
        broken = -float(price @ self._values[columns])
        if broken < self._least:
            return None
        used = np.abs(price) > _NOTHING
        return StateCut(columns[used], price[used], rows, np.array(proofs), broken)

    def _neighbourhood(self, states: Ints) -> tuple[Ints, Ints]:
        """Rows and columns some hops from the states."""
        near = np.zeros(self._reduced.size, dtype=np.float32)
        near[states] = 1.0
        for hop in range(_HOPS):
            by = near * self._narrow if hop else near
            rows = (self._pattern @ by > 0) & ~self._priced
            near = ((self._columns @ rows.astype(np.float32) + near) > 0).astype(np.float32)
        return np.flatnonzero(rows), np.flatnonzero(near)

    def _part(self, rows: Ints, columns: Ints, states: Ints) -> _Part:
        """The program of some rows and all their columns, the others at their multipliers."""
        inside = self._stated.matrix[rows]
        cost = (self._reduced + inside.T @ self._duals[rows])[columns]
        basis = Statuses(self._basis.columns[columns], self._basis.rows[rows])
        local = part_of(self._stated, rows, columns, cost)
        place = np.searchsorted(columns, states)
        return _Part(local, basis, place, self._seed)


class _Part:
    """A neighbourhood of a site, solved again and again with one state given."""

    def __init__(self, local: Stated, basis: Statuses, place: Ints, seed: int) -> None:
        self.local, self.place = local, place  #: columns of the states
        self._highs = passed(local, seed)
        self._highs.setOptionValue("presolve", "off")
        take_basis(self._highs, basis)

    def solved(self) -> Floats | None:
        """Multipliers with no state given; none if there is no solution."""
        self._highs.run()
        solution = self._highs.getSolution()
        optimal = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.array(solution.row_dual) if optimal and solution.dual_valid else None

    def fixed(self, k: int, otherwise: Floats) -> Floats:
        """Multipliers with the k-th state given; the others where there is no solution."""
        column = int(self.place[k])
        self._highs.changeColBounds(column, 1.0, 1.0)
        found = self.solved()
        lower, upper = self.local.lower[column], self.local.upper[column]
        self._highs.changeColBounds(column, float(lower), float(upper))
        return otherwise if found is None else found

    def proved(self, k: int, duals: Floats) -> float:
        """What multipliers prove with the k-th state given."""
        lower, upper = self.local.lower.copy(), self.local.upper.copy()
        lower[self.place] = upper[self.place] = 0.0
        lower[self.place[k]] = upper[self.place[k]] = 1.0
        return replace(self.local, lower=lower, upper=upper).proved(duals)[0]
