"""A linear program that grows: solved again from its last basis after columns or rows are added."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.instance import Floats, Ints
from optimizer.model.program import Program
from optimizer.solving.solvers import no_banner
from optimizer.solving.stopping import ended_by

_DUAL_SIMPLEX = 1
LONG = 100  #: columns of a row that joins half of the country
LARGEST = 1e4  #: no column without a bound of its own is larger: thousand visits, FTE
_NOTHING = 1e-12  #: a reduced cost that is rounding


@dataclass(frozen=True)
class Solved:
    """What is known when the solver stops."""

    bound: float  #: what the duals prove, the constant included
    optimal: bool
    infeasible: bool
    values: Floats  #: [columns]
    reduced_costs: Floats  #: [columns]
    duals: Floats  #: [rows]


@dataclass(frozen=True)
class Statuses:
    """A basis: what each column and row is in it, in HiGHS' numbers."""

    columns: Ints
    rows: Ints


@dataclass(frozen=True)
class Stated:
    """A linear program as it stands: minimise cost x + offset within the bounds."""

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    matrix: sp.csr_array
    offset: float

    def proved(self, duals: Floats) -> tuple[float, Floats]:
        """What multipliers of the rows prove, and the reduced costs they leave.

        A multiplier on a side that is not there is left out; every column stands at the better of
        its bounds.
        """
        duals, side = self.pressing(duals)
        reduced = self.cost - self.matrix.T @ duals
        return float((duals * side).sum() + self._least(reduced) + self.offset), reduced

    def pressing(self, duals: Floats) -> tuple[Floats, Floats]:
        """[rows] multipliers, without those on a side that is not there, and the sides."""
        side = np.where(duals > 0, self.row_lower, self.row_upper)
        there = np.abs(side) < highspy.kHighsInf
        return np.where(there, duals, 0.0), np.where(there, side, 0.0)

    def _least(self, reduced: Floats) -> float:
        """sum_j min(r_j l_j, r_j u_j): every column at the better of its bounds."""
        reduced = np.where(np.abs(reduced) < _NOTHING, 0.0, reduced)
        lower, upper = (np.clip(side, -LARGEST, LARGEST) for side in (self.lower, self.upper))
        return float(np.where(reduced > 0, reduced * lower, reduced * upper).sum())


class Lifter(Protocol):
    """Who knows rows that were proved from others."""

    def lifted(self, cells: sp.csc_array) -> sp.csc_array:
        """The ``cells`` [rows, new] of new columns, with those in such rows."""
        ...


class Simplex:
    """HiGHS' dual simplex over a program that grows.

    The bound of a solution is not the solver's word but what its duals prove: whatever the
    multipliers of the rows are, each column then stands at the better of its bounds. So it holds
    in spite of tolerances, and also when the solver was stopped on its way.
    """

    def __init__(self, program: Program, *, seed: int, stop: threading.Event | None = None) -> None:
        self.program = program
        self.stop, self._seed = stop, seed
        self._fresh = True  #: not solved to its end yet
        self._small: Any = None  #: what presolve leaves of it, until it is changed
        columns = program.variables.columns
        self._lower, self._upper = columns.lower.copy(), columns.upper.copy()
        self._n_rows = program.row_lower.size
        self._matrix: sp.csr_array | None = program.matrix  #: None: something was added since
        sides = program.row_lower, program.row_upper
        stated = Stated(program.cost, self._lower, self._upper, *sides, program.matrix, 0.0)
        self._highs = passed(stated, seed)
        self.lifter: Lifter | None = None

    def __getstate__(self) -> dict[str, Any]:
        """To be kept: the program as it stands and its basis, instead of HiGHS."""
        left = {"_highs": (self.stated(), self.statuses()), "_small": None, "stop": None}
        return self.__dict__ | left

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        stated, basis = state["_highs"]
        self._highs = passed(stated, self._seed)
        if not self._fresh:
            take_basis(self._highs, basis)

    @property
    def n_columns(self) -> int:
        """Columns at present."""
        return int(self._lower.size)

    @property
    def n_rows(self) -> int:
        """Rows at present."""
        return self._n_rows

    def add_columns(self, cost: Floats, cells: sp.csc_array) -> Ints:
        """New columns in [0, 1] with their ``cells`` [rows, new]; their numbers."""
        first, n_new = self.n_columns, cost.size
        cells = self.lifter.lifted(cells) if self.lifter else cells
        self._small = self._matrix = None
        zero, one = np.zeros(n_new), np.ones(n_new)
        index = (cells.indptr[:-1].astype(np.int32), cells.indices.astype(np.int32))
        _accepted(self._highs.addCols(n_new, cost, zero, one, cells.nnz, *index, cells.data))
        self._lower = np.concatenate([self._lower, zero])
        self._upper = np.concatenate([self._upper, one])
        return np.arange(first, first + n_new)

    def add_rows(self, cells: sp.csr_array, lower: Floats, upper: Floats) -> Ints:
        """New rows with their ``cells`` [new, columns]; their numbers."""
        first, n_new = self.n_rows, lower.size
        self._small = self._matrix = None
        index = (cells.indptr[:-1].astype(np.int32), cells.indices.astype(np.int32))
        sides = _finite(lower), _finite(upper)
        _accepted(self._highs.addRows(n_new, *sides, cells.nnz, *index, cells.data))
        self._n_rows += n_new
        return np.arange(first, first + n_new)

    def charge(self, columns: Ints, cost: Floats) -> None:
        """The cost of some columns from now on."""
        if columns.size:
            self._small = None
            self._highs.changeColsCost(columns.size, columns.astype(np.int32), cost)

    def limit(self, columns: Ints, upper: float) -> None:
        """Give columns another upper bound."""
        self.bound(columns, self._lower[columns], np.full(columns.size, upper))

    def bound(self, columns: Ints, lower: Floats, upper: Floats) -> Ints:
        """Give columns other bounds; those of which they are not what they were."""
        other = (self._lower[columns] != lower) | (self._upper[columns] != upper)
        changed: Ints = columns[other]
        if changed.size:
            self._small = None
            self._lower[changed], self._upper[changed] = lower[other], upper[other]
            sides = _finite(lower[other]), _finite(upper[other])
            self._highs.changeColsBounds(changed.size, changed.astype(np.int32), *sides)
        return changed

    def unbounded(self) -> tuple[Ints, Floats, Floats]:
        """The columns that have no bound on one side or on both, and their bounds."""
        there = np.isfinite(self._lower) & np.isfinite(self._upper)
        columns = np.flatnonzero(~there)
        return columns, self._lower[columns], self._upper[columns]

    def side(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        """Give rows other sides."""
        self._small = None
        number, sides = rows.astype(np.int32), (_finite(lower), _finite(upper))
        _accepted(self._highs.changeRowsBounds(number.size, number, *sides))

    def free(self, rows: Ints) -> None:
        """Let rows say nothing."""
        self.side(rows, np.full(rows.size, -np.inf), np.full(rows.size, np.inf))

    def rows_with(self, columns: Ints) -> Ints:
        """The rows that have any of some columns."""
        if columns.size == 0:
            return np.zeros(0, dtype=np.int64)
        cells = self.stated().matrix[:, columns].tocsr()
        return np.flatnonzero(np.diff(cells.indptr))

    def solve(self, seconds: float) -> Solved:
        """Solve, or stop when time is over or ``stop`` is set; the next call goes on from there."""
        highs = self._highs
        status = self._presolved(seconds) if self._fresh else self._run(highs, seconds)
        return self._found(highs, self.stated, status)

    def given(self, columns: Ints, values: Floats, seconds: float) -> Solved:
        """A solution with some columns at given values.

        Of a copy: the next solution begins from the basis of the last one, as if this had not been.
        """
        stated = self.stated()
        stated.lower[columns] = stated.upper[columns] = values
        highs = passed(stated, self._seed)
        return self._found(highs, lambda: stated, self._run(highs, seconds))

    def _found(
        self, highs: Any, stated: Callable[[], Stated], status: highspy.HighsModelStatus
    ) -> Solved:
        """What is known of the program in ``highs``, which was stated so, when it stops."""
        none, solution = np.zeros(0), highs.getSolution()
        infeasible = status == highspy.HighsModelStatus.kInfeasible
        if infeasible or not solution.dual_valid:
            return Solved(np.inf if infeasible else -np.inf, False, infeasible, none, none, none)
        duals = np.array(solution.row_dual)
        return Solved(
            stated().proved(duals)[0] + self.program.constant,
            status == highspy.HighsModelStatus.kOptimal,
            False,
            np.array(solution.col_value),
            np.array(solution.col_dual),
            duals,
        )

    def stated(self) -> Stated:
        """The program as it stands, with all that was added to it."""
        lp = self._highs.getLp()
        cost, lower, upper = (np.array(x) for x in (lp.col_cost_, lp.col_lower_, lp.col_upper_))
        sides = np.array(lp.row_lower_), np.array(lp.row_upper_)
        if self._matrix is None:
            self._matrix = _matrix(lp)
        return Stated(cost, lower, upper, *sides, self._matrix, float(lp.offset_))

    def statuses(self) -> Statuses:
        """The basis at hand."""
        basis = self._highs.getBasis()
        columns, rows = ([int(one) for one in x] for x in (basis.col_status, basis.row_status))
        return Statuses(np.array(columns, dtype=np.int64), np.array(rows, dtype=np.int64))

    def _presolved(self, seconds: float) -> highspy.HighsModelStatus:
        """Solve what presolve leaves, and take over its basis; if stopped, its duals alone."""
        highs = self._highs
        if self._small is None:
            highs.presolve()
            if highs.getModelPresolveStatus() != highspy.HighsPresolveStatus.kReduced:
                self._fresh = False
                return self._run(highs, seconds)
            self._small = _quiet(self._seed)
            self._small.setOptionValue("presolve", "off")  # so that there are duals if stopped
            self._small.passModel(highs.getPresolvedLp())
        small = self._small
        status, solution = self._run(small, seconds), small.getSolution()
        if status == highspy.HighsModelStatus.kOptimal:
            highs.setOptionValue("time_limit", highspy.kHighsInf)
            highs.postsolve(solution, small.getBasis())
            self._fresh, self._small = False, None
            status = highs.getModelStatus()
        elif solution.dual_valid:
            highs.postsolve(solution, highspy.HighsBasis())  # without one: nothing is solved
        return status

    def _run(self, highs: Any, seconds: float) -> highspy.HighsModelStatus:
        return run_until(highs, seconds, self.stop)


def run_until(highs: Any, seconds: float, stop: threading.Event | None) -> highspy.HighsModelStatus:
    """Run until time is over or ``stop`` is set, which takes the rest of the time away.

    In slices the dual simplex would begin each with other perturbed costs, and take twice as long;
    a callback would be asked at every iteration, and wait for whatever else Python does then.
    """
    highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, seconds))
    with ended_by(stop, lambda: highs.setOptionValue("time_limit", 0.0)):
        highs.run()
    status: highspy.HighsModelStatus = highs.getModelStatus()
    return status


def take_basis(highs: Any, given: Statuses) -> None:
    """Begin from a basis; one of the wrong size is completed."""
    kinds = {int(kind): kind for kind in highspy.HighsBasisStatus.__members__.values()}
    basis = highspy.HighsBasis()
    basis.col_status = [kinds[one] for one in given.columns.tolist()]
    basis.row_status = [kinds[one] for one in given.rows.tolist()]
    basis.valid = basis.alien = True
    highs.setBasis(basis)


def padded(values: NDArray[Any], size: int, filling: float) -> NDArray[Any]:
    """So many values: those there are, and then the filling."""
    return np.concatenate([values, np.full(size - values.size, filling, dtype=values.dtype)])


def _accepted(status: Any) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refuses what was to be added to the program")


def part_of(whole: Stated, rows: Ints, columns: Ints, cost: Floats) -> Stated:
    """Some rows and columns of a program, these with another cost [columns]."""
    return Stated(
        cost,
        whole.lower[columns],
        whole.upper[columns],
        whole.row_lower[rows],
        whole.row_upper[rows],
        whole.matrix[rows][:, columns].tocsr(),
        0.0,
    )


def _matrix(lp: Any) -> sp.csr_array:
    matrix = lp.a_matrix_
    by_column = matrix.format_ == highspy.MatrixFormat.kColwise
    cells = (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_))
    kind = sp.csc_array if by_column else sp.csr_array
    return kind(cells, shape=(lp.num_row_, lp.num_col_)).tocsr()


def _finite(bound: Floats) -> Floats:
    return np.asarray(np.clip(bound, -highspy.kHighsInf, highspy.kHighsInf))


def passed(stated: Stated, seed: int) -> Any:
    """The program in HiGHS, which says nothing."""
    matrix = stated.matrix
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = stated.cost
    lp.col_lower_, lp.col_upper_ = _finite(stated.lower), _finite(stated.upper)
    lp.row_lower_, lp.row_upper_ = _finite(stated.row_lower), _finite(stated.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    highs = _quiet(seed)
    highs.passModel(lp)
    return highs


def _quiet(seed: int) -> Any:
    with no_banner():
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("simplex_strategy", _DUAL_SIMPLEX)
    return highs
