"""What a solution of a relaxation shows to be missing in it, all but disjunctions."""

from __future__ import annotations

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance, Ints
from optimizer.solving.covers import Covers
from optimizer.solving.growth import Growth
from optimizer.solving.origins import Origins
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.worst_off import WorstOff

MANY_ROWS = 300  #: by origin, that are added before anything else is
MANY_LINKED = 300  #: links of a round, that are added before anything else is


class Additions:
    """Rows by origin, those worst off, options of tails, links and covers of a relaxation."""

    def __init__(
        self, instance: Instance, engine: Pooled, origins: Origins, simplex: Simplex
    ) -> None:
        self._origins, self._simplex = origins, simplex
        program = origins.program
        self._growth = Growth(instance, engine, program, simplex)
        self._worst = WorstOff(instance, engine, program.variables, simplex, self._growth)
        self._covers = Covers(instance, engine, program.variables)

    def add(self, solved: Solved) -> bool:
        """Add what a solution breaks; whether there was anything."""
        worst, rows = self._add_rows(solved)
        if rows > MANY_ROWS:  # a solution with them shows more
            return True
        more = rows + self._growth.extend(solved)
        links = self._growth.link(solved)
        if links > MANY_LINKED:
            return True
        return bool(worst or more + links + self._add_covers(solved))

    def add_lacking(self, solved: Solved) -> bool:
        """The same without links and covers: what a few rounds more can use."""
        worst, rows = self._add_rows(solved)
        return bool(rows + self._growth.extend(solved)) or worst

    def _add_rows(self, solved: Solved) -> tuple[bool, int]:
        """Of those worst off, whether there were any; by origin, how many."""
        worst = self._worst.look(solved.values)
        return worst, self._add_origins(self._origins.missing(solved.values))

    def _add_covers(self, solved: Solved) -> int:
        cuts = self._covers.broken(self._origins.filled(solved.values))
        if cuts:
            groups = ((cut.requirement, cut.year, cut.group) for cut in cuts)
            self._add_origins(self._origins.rows_of(groups))
            matrix, upper = self._covers.rows(cuts, self._simplex.n_columns)
            self._simplex.add_rows(matrix, np.full(upper.size, -np.inf), upper)
        return len(cuts)

    def _add_origins(self, rows: Ints) -> int:
        if rows.size:
            self._simplex.add_rows(*self._origins.cells(rows, self._simplex.n_columns))
        return int(rows.size)
