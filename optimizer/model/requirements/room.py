"""`room`: visits beyond the premises' room are extended for, at a price."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import least_visits, spare, usable_room
from optimizer.instance import Floats, Instance, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.spare import share_by_home
from optimizer.model.variables import ABSENT, THOUSAND, Variables


def room(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """Visits fit the room of the group or what is added to it.

        e[g] >= visits[g] - room[g] y[g]       e[g] >= sum_h e[h, g]
        e[h, g] >= visits[h, g] - s[h, g]      s[h, g] <= sum_m min(spare[g], most[h, g, m]) y[h, m]
        sum_h s[h, g] <= sum_m max(0, room[g] - own visits[g, m]) y[m]

    thousand visits a year. Room is soft: visitors who choose the nearest office can not be
    refused. The split by home group h is the same cut as in `staffing`.

    Source: annual report 2024, note 6: premises; room and its price are assumptions.
    """
    capacity = spare(instance, engine)
    groups, n_groups = engine.groups, engine.n_groups
    all_groups = np.arange(n_groups)
    member, state = np.nonzero(groups.states)
    size = usable_room(instance)[groups.site] / THOUSAND
    for t in range(len(instance.years)):
        of_mode = v.mode[groups.site[member], state, t]
        fit = Rows(v, n_groups).add(all_groups, v.extend[t], 1.0)
        fit.add(engine.row_group, v.load[t], -1.0).add(member, of_mode, size[member])
        yield fit.block("room", "visits", ">=", 0.0)
        yield _everywhere(instance, v, t, of_mode, size[member])
        pairs = np.flatnonzero(v.pair_room[t] != ABSENT)
        if pairs.size == 0:
            continue
        parts = Rows(v, n_groups).add(all_groups, v.extend[t], 1.0)
        parts.add(engine.pair_group, v.pair_extend[t], -1.0)
        yield parts.block("room", "extension by origin", ">=", 0.0)
        rows = np.arange(pairs.size)
        cover = Rows(v, pairs.size).add(rows, v.pair_extend[t, pairs], 1.0)
        cover.add(rows, v.pair_room[t, pairs], 1.0)
        cover.add(rows, v.load[t, 2 * n_groups + pairs], -1.0)
        yield cover.block("room", "visits by origin", ">=", 0.0)
        yield share_by_home(
            v,
            engine,
            v.pair_room[t],
            capacity.room[t],
            t,
            "room",
            visits_per_unit=THOUSAND,
        )
        total = Rows(v, n_groups).add(engine.pair_group, v.pair_room[t], 1.0)
        total.add(member, of_mode, -capacity.room_by_state[t, member, state])
        used = np.flatnonzero(capacity.room[t] > 0)
        yield total.block("room", "spare room", "<=", 0.0).only(used)


def _everywhere(instance: Instance, v: Variables, t: int, of_mode: Ints, size: Floats) -> Block:
    """All visits have room somewhere, whatever a cut chain left out.

    sum_g e[g] + sum_g room[g] y[g] >= visits
    """
    visits = least_visits(instance, t) / THOUSAND
    rows = Rows(v, 1).add(0, v.extend[t], 1.0).add(0, of_mode, size)
    return rows.block("room", "all visits", ">=", visits)
