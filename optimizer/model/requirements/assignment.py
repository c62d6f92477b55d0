"""`assignment`: every visit goes to its cheapest available option."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows, empties
from optimizer.model.variables import ABSENT, THOUSAND, Variables


def assignment(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """A set is empty exactly when its parent is and the added option is not available.

        z[S] >= z[P] - y[o]      z[S] <= z[P]      z[S] <= 1 - y[site of o in S]

    for S = P + o; y[o] the states of the option, shares in [0, 1]. Closest assignment follows:
    the share of a zone that takes its k-th option is z[S(k-1)] - z[S(k)] (Elloumi 2010). Every
    visit has a destination: sum y[j, m, t] >= 1 over the modes that serve the highest need, and
    over those that offer each service with visits of its own.

    Source: visitors come without appointment; closest assignment as in Wagner and Falkson
    (1975).
    """
    for t in range(len(instance.years)):
        for need in instance.last_columns:
            somewhere = Rows(v, 1).add(0, v.mode[:, instance.serves[:, need], t], 1.0)
            yield somewhere.block("assignment", "destination", ">=", 1.0)
        yield from _loads(engine, v, t)
        z, known = empties(v, engine, t), engine.years[t].sets
        sets = np.flatnonzero(v.none[t] != ABSENT)
        if sets.size == 0:
            continue
        rows = np.arange(sets.size)
        parent = z.matrix[known.parent[sets]]
        parent_constant = z.constant[known.parent[sets]]
        added, added_state = np.nonzero(known.added[sets])
        held, held_state = np.nonzero(known.held[sets])
        added_columns = v.mode[known.site[sets[added]], added_state, t]
        held_columns = v.mode[known.site[sets[held]], held_state, t]
        own = v.none[t, sets]
        lower = Rows(v, sets.size).add(rows, own, 1.0).add_matrix(parent, -1.0)
        lower.add(added, added_columns, 1.0)
        yield lower.block("assignment", "set is empty", ">=", parent_constant)
        upper = Rows(v, sets.size).add(rows, own, 1.0).add_matrix(parent, -1.0)
        yield upper.block("assignment", "parent is empty", "<=", parent_constant)
        shut = Rows(v, sets.size).add(rows, own, 1.0).add(held, held_columns, 1.0)
        yield shut.block("assignment", "site is shut", "<=", 1.0)


def _loads(engine: Pooled, v: Variables, t: int) -> Iterator[Block]:
    """Planned visits of each load row, thousands, as they follow from the sets and tails."""
    year, tails = engine.years[t], engine.years[t].tails
    z = empties(v, engine, t)
    rows = Rows(v, engine.n_rows).add(np.arange(engine.n_rows), v.load[t], 1.0)
    rows.add_matrix((year.load @ z.matrix).tocsr(), -1.0 / THOUSAND)
    if tails.size:
        rows.add(tails.row, v.tail[t][:, :-1], -tails.visits / THOUSAND)
    constant = (year.load_constant + year.load @ z.constant) / THOUSAND
    loaded = np.flatnonzero(year.loaded)
    yield rows.block("assignment", "visits by origin", "==", constant).only(loaded)
    if tails.size:
        split = Rows(v, tails.size)
        split.add(np.arange(tails.size)[:, None], v.tail[t], 1.0)
        split.add_matrix(z.matrix[tails.set_id], -1.0)
        yield split.block("assignment", "tail", "==", z.constant[tails.set_id])
