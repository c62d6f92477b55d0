"""Links: what the model says of longer chains, told to tails that are already there.

A link says of one more option of the chain what the model says of those before the cut:

    sum of what goes beyond option k = z[S(k)]
    z[S] >= z[P] - y[o]      z[S] <= z[P]      z[S] <= 1 - y

The tail gives the same answer as a longer chain then, and z is shared by all zones whose chain
begins with the same set. A bunch of zones is told of the sets that all of them have. Links are
added where a solution breaks them most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Ints
from optimizer.model.variables import ABSENT, Variables, at_columns
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.tail_parts import TailPart, following

_USED = 1e-6  #: share of a tail
_BROKEN = 20.0  #: visits a year by which a set of links must be broken
_SETS_EACH = 400  #: sets that are linked at a time


class Links:
    """The sets that a program knows, and the tails that are tied to them."""

    def __init__(
        self, engine: Pooled, variables: Variables, simplex: Simplex, parts: Sequence[TailPart]
    ) -> None:
        self._engine, self._variables, self._simplex = engine, variables, simplex
        self._parts = parts
        self._set_column = variables.none.copy()  #: [T, sets]

    def add(self, solved: Solved) -> int:
        """Add the links that a solution breaks most; how many there were."""
        new = self._simplex.n_columns - solved.values.size  # added since: not used yet
        values = np.concatenate([solved.values, np.zeros(new)])
        found: dict[tuple[int, int], list[tuple[TailPart, Ints]]] = {}
        broken: dict[tuple[int, int], float] = {}
        for part in self._parts:
            for set_id, tails, visits in self._broken_links(part, values):
                key = part.year, set_id
                found.setdefault(key, []).append((part, tails))
                broken[key] = broken.get(key, 0.0) + visits
        worst = sorted((k for k, v in broken.items() if v > _BROKEN), key=lambda k: -broken[k])
        return sum(self._add_links(*key, found[key]) for key in worst[:_SETS_EACH])

    def _broken_links(self, part: TailPart, values: Floats) -> list[tuple[int, Ints, float]]:
        """The next sets of the tails in use: tails, and visits that stand where they can not."""
        steps, t = self._engine.chains.steps[part.need], part.year
        open_ended = np.flatnonzero(part.step >= 0)
        after = part.after(open_ended, steps.position[part.step[open_ended]])
        lacking = ~after & ~part.tails.held[open_ended] & (part.column[open_ended] < 0)
        ready = ~lacking.any(axis=1)  # what lies beyond the tail's options is beyond the set
        open_ended, after = open_ended[ready], after[ready]
        step = part.step[open_ended]
        share = np.where(part.column[open_ended] >= 0, values[part.column[open_ended]], 0.0)
        beyond = (share * after).sum(axis=1)
        rest = part.beyond[open_ended]
        beyond += np.where(rest >= 0, values[rest], 0.0)
        whole = share.sum(axis=1) + np.where(rest >= 0, values[rest], 0.0)
        weight = part.tails.weight[open_ended]
        used = (whole > _USED) & (weight > 0)
        if not used.any():
            return []
        open_ended, step, beyond, whole, weight = (
            x[used] for x in (open_ended, step, beyond, whole, weight)
        )
        sets, first, place = np.unique(steps.set_id[step], return_index=True, return_inverse=True)
        here, shut = self._availability(part, step[first], values)
        too_many = np.maximum(0.0, beyond - (1.0 - shut[place]))
        too_few = np.maximum(0.0, whole - here[place] - beyond)
        known = self._set_column[t, sets] >= 0
        total = np.bincount(place, weights=weight, minlength=sets.size)
        mean = np.bincount(place, weights=weight * beyond, minlength=sets.size) / total
        z = np.where(known, values[np.maximum(self._set_column[t, sets], 0)], mean)
        amiss = weight * (too_many + too_few + np.abs(beyond - z[place]))
        visits = np.bincount(place, weights=amiss, minlength=sets.size)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=sets.size))[:-1]
        members = np.split(open_ended[order], ends)
        return list(zip(sets.tolist(), members, visits.tolist(), strict=True))

    def _availability(self, part: TailPart, step: Ints, values: Floats) -> tuple[Floats, Floats]:
        """Shares in which the option of each step, and its site as held then, is there."""
        chains, mode = self._engine.chains, self._variables.mode
        steps, table = chains.steps[part.need], chains.tables[part.need]
        columns = mode[table.site[steps.option[step]], :, part.year]
        share = at_columns(values, columns)
        added, held = table.states[steps.option[step]], steps.held[step]
        return (share * added).sum(axis=1), (share * held).sum(axis=1)

    def _add_links(self, t: int, set_id: int, members: list[tuple[TailPart, Ints]]) -> int:
        if self._set_column[t, set_id] < 0:
            part, tails = members[0]
            self._add_set(part, int(part.step[tails[0]]))
        z = self._set_column[t, set_id]
        rows: list[Ints] = []
        for part, tails in members:
            steps = self._engine.chains.steps[part.need]
            after = part.after(tails, steps.position[part.step[tails]])
            columns = np.column_stack([part.column[tails], part.beyond[tails]])
            told = np.column_stack([after, np.ones(tails.size, dtype=bool)]) & (columns >= 0)
            rows += [row[some] for row, some in zip(columns, told, strict=True)]
        numbers = iter(self._add_equal(rows, int(z)).tolist())
        for part, tails in members:
            steps = self._engine.chains.steps[part.need]
            for tail in tails.tolist():
                part.links.append((tail, int(steps.position[part.step[tail]]), next(numbers)))
            part.step[tails] = part.next_told(steps, tails, following(steps, part.step[tails]))
        return len(rows)

    def _add_equal(self, rows: list[Ints], z: int) -> Ints:
        """Rows: the sum of each set of columns is z."""
        sizes = np.array([columns.size + 1 for columns in rows])
        index = np.concatenate([np.append(columns, z) for columns in rows])
        data = np.ones(index.size)
        data[np.cumsum(sizes) - 1] = -1.0
        starts = np.concatenate([[0], np.cumsum(sizes)])
        cells = sp.csr_array((data, index, starts), shape=(len(rows), self._simplex.n_columns))
        zero = np.zeros(len(rows))
        return self._simplex.add_rows(cells, zero, zero)

    def _add_set(self, part: TailPart, step: int) -> None:
        """The column z of the set of a step, and its rows with its parent and its site.

        Of sets before it that are not known yet too.
        """
        t, steps, mode = part.year, self._engine.chains.steps[part.need], self._variables.mode
        table = self._engine.chains.tables[part.need]
        before = int(steps.set_id[step - 1])
        if self._set_column[t, before] < 0 and self._engine.pool.n_sites[before] > 1:
            self._add_set(part, step - 1)
        nothing = sp.csc_array((self._simplex.n_rows, 1), dtype=np.float64)
        z = int(self._simplex.add_columns(np.zeros(1), nothing)[0])
        self._set_column[t, steps.set_id[step]] = z
        parent, constant = self._empty(t, before)
        option = steps.option[step]
        site = table.site[option]
        added, held = mode[site, table.states[option], t], mode[site, steps.held[step], t]
        rows = (
            {z: 1.0, **{c: -x for c, x in parent.items()}},
            {z: 1.0, **{c: -x for c, x in parent.items()}},
            {z: 1.0},
        )
        for row, columns in ((rows[0], added), (rows[2], held)):
            for c in columns[columns != ABSENT].tolist():
                row[c] = row.get(c, 0.0) + 1.0
        lower = np.array([constant, -np.inf, -np.inf])
        upper = np.array([np.inf, constant, 1.0])
        starts = np.cumsum([0, *(len(row) for row in rows)])
        index = np.array([c for row in rows for c in row], dtype=np.int64)
        data = np.array([x for row in rows for x in row.values()])
        cells = sp.csr_array((data, index, starts), shape=(3, self._simplex.n_columns))
        self._simplex.add_rows(cells, lower, upper)

    def _empty(self, t: int, set_id: int) -> tuple[dict[int, float], float]:
        """z of a set that the program knows, as columns and a constant."""
        column = int(self._set_column[t, set_id])
        if column >= 0:
            return {column: 1.0}, 0.0
        pool = self._engine.pool
        states = self._variables.mode[pool.site[set_id], pool.held[set_id], t]
        return {int(c): -1.0 for c in states[states != ABSENT]}, 1.0
