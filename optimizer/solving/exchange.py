"""The rows and bounds of a relaxation exchanged for those of another question.

Questions of one network often differ in a few rows or bounds alone: the appropriation, a limit on
modes, sites that are kept or closed. What a relaxation has grown by says nothing of these: its
chains, tails, links and covers speak of visits, room and staff. So it stays, and so does its basis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import scipy.sparse as sp

from optimizer.instance import Floats, Instance, Ints
from optimizer.model.program import Program
from optimizer.solving.simplex import Simplex

#: what an instance says in rows and bounds of its program, and nowhere else
_IN_ROWS = frozenset(
    {"money", "coverage", "limits", "fixed", "access", "conversions_allowed", "open_sites"}
    | {"allowed", "possible", "closures", "early", "consulted", "closure_part", "lease_tail"}
    | {"write_off", "budget_holds", "later", "tolerance", "ceilings"}
)
#: requirements whose rows a relaxation grows by
_GROWN = frozenset({"assignment", "room", "staffing"})

_Key = tuple[str, str, int, bytes]  #: requirement, scope, the how manieth, its cells


def same_network(one: Instance, other: Instance) -> bool:
    """Whether two instances differ in nothing but what rows and bounds of a program tell."""
    told = (field.name for field in fields(one) if field.name not in _IN_ROWS)
    return all(_equal(getattr(one, name), getattr(other, name)) for name in told)


def _equal(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if is_dataclass(one):
        return all(_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


@dataclass(frozen=True)
class _Rows:
    """A block of rows over the columns that the program began with."""

    matrix: sp.csr_array
    lower: Floats
    upper: Floats

    def same_sides(self, other: _Rows) -> bool:
        return np.array_equal(self.lower, other.lower) and np.array_equal(self.upper, other.upper)


class Exchange:
    """The rows of a program that others may replace, and the bounds of its first columns.

    ``whole`` is the program with the rows by origin, ``begun`` without those, as the simplex began.
    """

    def __init__(self, whole: Program, begun: Program, simplex: Simplex) -> None:
        self._simplex, self._cost, self._constant = simplex, whole.cost, whole.constant
        self._kinds = _kinds(whole)
        self._columns = whole.variables.columns
        self._grown = {key: block for key, block in _blocks(whole) if key[0] in _GROWN}
        self._rows: dict[_Key, Ints] = {}  #: of all that were ever stated
        self._stated: dict[_Key, _Rows] = {}  #: those in force
        for (key, block), span in zip(_blocks(begun), begun.blocks, strict=True):
            if key[0] not in _GROWN:
                self._rows[key], self._stated[key] = np.arange(*span[2:]), block

    def take(self, program: Program) -> Ints | None:
        """State the rows and bounds of a program; the old rows of which something is changed.

        None, and nothing is stated, if they can not take the place of those at hand.
        """
        asked = dict(_blocks(program))
        grown = {key: asked.pop(key) for key in list(asked) if key[0] in _GROWN}
        if not self._same_but_for_rows(program, grown):
            return None
        changed = [self._rows[key] for key in self._stated.keys() - asked.keys()]
        for rows in changed:
            self._simplex.free(rows)
        for key, block in asked.items():
            if key not in self._rows:
                self._rows[key] = self._add(block)
            elif key not in self._stated or not block.same_sides(self._stated[key]):
                self._simplex.side(self._rows[key], block.lower, block.upper)
                changed.append(self._rows[key])
        self._stated = asked
        return np.unique(np.concatenate([*changed, self._bound(program)]))

    def _same_but_for_rows(self, program: Program, grown: Mapping[_Key, _Rows]) -> bool:
        return (
            program.constant == self._constant
            and np.array_equal(program.cost, self._cost)
            and _equal(_kinds(program), self._kinds)
            and grown.keys() == self._grown.keys()
            and all(block.same_sides(self._grown[key]) for key, block in grown.items())
        )

    def _add(self, block: _Rows) -> Ints:
        cells = block.matrix.copy()
        cells.resize((cells.shape[0], self._simplex.n_columns))
        return self._simplex.add_rows(cells, block.lower, block.upper)

    def _bound(self, program: Program) -> Ints:
        """The bounds of a program; the rows with columns whose bounds are changed.

        States that were ruled out are back. What lies beyond tails that have all their options is
        no column of a state, and stays shut: there is nothing.
        """
        asked, before = program.variables.columns, self._columns
        other = (asked.lower != before.lower) | (asked.upper != before.upper)
        mode = program.variables.mode
        other[mode[mode >= 0]] = True
        columns = np.flatnonzero(other)
        changed = self._simplex.bound(columns, asked.lower[columns], asked.upper[columns])
        self._columns = asked
        return self._simplex.rows_with(changed)


def _kinds(program: Program) -> tuple[tuple[str, int, Ints], ...]:
    """What the columns are; a further rule may have none of its own."""
    return tuple(kind for kind in program.variables.columns.kinds if kind[2].size)


def _blocks(program: Program) -> Iterator[tuple[_Key, _Rows]]:
    """The blocks of a program, each with what tells it from others."""
    seen: Counter[tuple[str, str]] = Counter()
    for requirement, scope, first, end in program.blocks:
        matrix = program.matrix[first:end].tocsr()
        cells = blake2b(digest_size=16)
        for part in (matrix.indptr, matrix.indices, matrix.data):
            cells.update(np.ascontiguousarray(part).tobytes())
        key = requirement, scope, seen[requirement, scope], cells.digest()
        seen[requirement, scope] += 1
        yield key, _Rows(matrix, program.row_lower[first:end], program.row_upper[first:end])
