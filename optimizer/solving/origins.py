"""Rows by origin that a relaxation begins without, and adds where a solution needs them.

`room` and `staffing` split what visits use of the spare capacity of a group by the homes they come
from. That is a third of all rows, and hardly a tenth of the groups needs them: the others have room
and staff for their visits however these are split. The columns stand from the start; without its
rows a split is free, which is a relaxation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import spare
from optimizer.instance import Bools, Floats, Instance, Ints
from optimizer.model.program import Program
from optimizer.model.variables import ABSENT, THOUSAND, at_columns

ROOM = ("visits by origin", "spare by origin", "extension by origin", "spare room")
STAFF = ("staff by origin", "spare by origin", "idle staff")
_BROKEN = 0.005  #: thousand visits, or their FTE, that a group lacks with its rows
_NOTHING = 1e-9

Key = tuple[str, int, int]  #: requirement, year, group


@dataclass(frozen=True)
class _Use:
    """Visits and the spare capacity of the groups in a year, in the unit of the capacity."""

    requirement: str
    columns: Ints  #: [pairs] spare capacity that the pair uses
    spare: Floats  #: [G] at most
    by_state: Floats  #: [G, M+1]
    unit: float  #: visits for a unit of it
    beyond: Floats  #: [G] what the solution has beyond the capacity


@dataclass(frozen=True)
class _Split:
    used: Floats  #: [pairs] spare capacity that each pair uses
    lacks: Bools  #: [G] whether visits need more than the solution has


class Origins:
    """The rows by origin of a program: kept back, by requirement, year and group."""

    def __init__(self, instance: Instance, engine: Pooled, program: Program) -> None:
        self._instance, self._engine, self._whole = instance, engine, program
        self._spare = spare(instance, engine)
        self._rows = {key: np.array(rows) for key, rows in self._found().items()}
        self.program = self._without()

    def missing(self, values: Floats) -> Ints:
        """Rows of the groups that have less room or staff than with them; they are not kept on."""
        return self.rows_of(
            (use.requirement, t, group)
            for t in range(len(self._instance.years))
            for use in self._uses(t, values)
            for group in np.flatnonzero(self._split(t, use, values).lacks).tolist()
        )

    def rows_of(self, keys: Iterable[Key]) -> Ints:
        """The rows of some groups, as far as they are kept back; they are not kept on."""
        rows = [self._rows.pop(key) for key in keys if key in self._rows]
        return np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)

    def filled(self, values: Floats) -> Floats:
        """A solution in which pairs use spare capacity also where their rows are kept back."""
        values = values.copy()
        for t in range(len(self._instance.years)):
            for use in self._uses(t, values):
                keys = [(use.requirement, t, group) for group in range(self._engine.n_groups)]
                kept = np.array([key in self._rows for key in keys])
                pairs = np.flatnonzero(kept[self._engine.pair_group] & (use.columns != ABSENT))
                values[use.columns[pairs]] = self._split(t, use, values).used[pairs]
        return values

    def cells(self, rows: Ints, n_columns: int) -> tuple[sp.csr_array, Floats, Floats]:
        """Some rows of the whole program, over so many columns, with their sides."""
        part = self._whole.matrix[rows].tocsr()
        shape = (rows.size, n_columns)
        matrix = sp.csr_array((part.data, part.indices, part.indptr), shape=shape)
        return matrix, self._whole.row_lower[rows], self._whole.row_upper[rows]

    def _found(self) -> dict[Key, list[int]]:
        v, rows = self._whole.variables, dict[Key, list[int]]()
        for requirement, scopes, columns, most in (
            ("room", ROOM, v.pair_room, self._spare.room),
            ("staffing", STAFF, v.pair_idle, self._spare.idle_fte),
        ):
            for scope in scopes:
                blocks = iter(self._whole.rows_of(requirement, scope))
                for t, of_year in enumerate(columns):
                    pairs = np.flatnonzero(of_year != ABSENT)
                    if pairs.size == 0:
                        continue
                    first, _ = next(blocks)
                    for k, group in enumerate(self._groups(scope, pairs, most[t]).tolist()):
                        rows.setdefault((requirement, t, group), []).append(first + k)
        return rows

    def _groups(self, scope: str, pairs: Ints, most: Floats) -> Ints:
        """The group of each row of a block."""
        if scope == "extension by origin":
            return np.arange(most.size)
        if scope in ("spare room", "idle staff"):
            return np.flatnonzero(most > 0)
        return np.asarray(self._engine.pair_group[pairs])

    def _without(self) -> Program:
        """The program without the rows that are kept back."""
        kept_back = {("room", scope) for scope in ROOM} | {("staffing", scope) for scope in STAFF}
        rows, blocks, n_rows = [], [], 0
        for requirement, scope, first, end in self._whole.blocks:
            if (requirement, scope) in kept_back:
                continue
            rows.append(np.arange(first, end))
            blocks.append((requirement, scope, n_rows, n_rows + end - first))
            n_rows += end - first
        left = np.concatenate(rows)
        return replace(
            self._whole,
            matrix=self._whole.matrix[left].tocsr(),
            row_lower=self._whole.row_lower[left],
            row_upper=self._whole.row_upper[left],
            blocks=tuple(blocks),
        )

    def _uses(self, t: int, values: Floats) -> Iterator[_Use]:
        v, limits = self._whole.variables, self._spare
        extend = at_columns(values, v.extend[t])
        yield _Use(
            "room", v.pair_room[t], limits.room[t], limits.room_by_state[t], THOUSAND, extend
        )
        states, share = self._engine.groups.states, self._shares(t, values)
        at = share[self._engine.groups.site]
        minimum = (np.where(states, self._instance.fte_min, 0.0) * at).sum(axis=1)
        got = at_columns(values, v.get[t])
        beyond = values[v.staff[t]] + got - minimum
        per_fte = float(self._instance.visits_per_fte[t])
        yield _Use(
            "staffing", v.pair_idle[t], limits.idle_fte[t], limits.idle_by_state[t], per_fte, beyond
        )

    def _shares(self, t: int, values: Floats) -> Floats:
        return at_columns(values, self._whole.variables.mode[:, :, t])

    def _split(self, t: int, use: _Use, values: Floats) -> _Split:
        """The visits of each group split by origin as well as can be."""
        engine, v = self._engine, self._whole.variables
        share, n_groups, group = self._shares(t, values), engine.n_groups, engine.pair_group
        load = at_columns(values, v.load[t, 2 * n_groups :]) * THOUSAND / use.unit
        most = np.minimum(engine.years[t].pair_most / use.unit, use.spare[group][:, None])
        most = (most * share[engine.groups.site[engine.pair_home]]).sum(axis=1)
        counted = use.columns != ABSENT
        used = np.where(counted, np.minimum(load, most), 0.0)
        beyond = np.where(counted, load - used, 0.0)
        spare_now = (use.by_state * share[engine.groups.site]).sum(axis=1)
        together = np.bincount(group, weights=used, minlength=n_groups)
        needed = np.bincount(group, weights=beyond, minlength=n_groups)
        needed = needed + np.maximum(0.0, together - spare_now)
        part = np.minimum(1.0, spare_now / np.maximum(together, _NOTHING))
        lacks = needed > use.beyond + _BROKEN * THOUSAND / use.unit
        return _Split(np.asarray(used * part[group]), np.asarray(lacks))
