"""`remote_balance`: idle staff of quiet offices helps visitors at busy ones by video."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import ABSENT, THOUSAND, Variables


def remote_balance(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """What is given is got, between offices with placed staff, and no more than a share.

        sum_g give[g] = sum_g get[g]
        get[g] <= share visits[g] / q[t]       get[g] <= share all visits / q[t] sum_m y[m]
        give[g] <= sum_m min[m] y[m]

    m over the modes with placed staff; share is what others may do of the work, must-appear visits
    (identity checks above all) left out; q planned visits per FTE and year. The rows of `staffing`
    hold that what is given is idle. Unit: FTE.

    Source: annual report 2024, 7.2.8: distance service.
    """
    remote = instance.remote
    if remote is None:
        return
    groups, all_groups = engine.groups, np.arange(engine.n_groups)
    member, state = np.nonzero(groups.states & remote.states)
    for t in range(len(instance.years)):
        able = v.mode[groups.site[member], state, t]
        balance = Rows(v, 1).add(0, v.give[t], 1.0).add(0, v.get[t], -1.0)
        yield balance.block("remote_balance", "given is got", "==", 0.0)
        part = Rows(v, engine.n_groups).add(all_groups, v.get[t], 1.0)
        per_visit = THOUSAND / instance.visits_per_fte[t]
        part.add(engine.row_group, v.load[t], -remote.share * per_visit)
        yield part.block("remote_balance", "share", "<=", 0.0).only(_with(v.get[t]))
        most = remote.share * float(instance.demand[t].sum()) / instance.visits_per_fte[t]
        placed = Rows(v, engine.n_groups).add(all_groups, v.get[t], 1.0).add(member, able, -most)
        yield placed.block("remote_balance", "placed staff", "<=", 0.0).only(_with(v.get[t]))
        idle = Rows(v, engine.n_groups).add(all_groups, v.give[t], 1.0)
        idle.add(member, able, -instance.fte_min[state])
        yield idle.block("remote_balance", "idle staff", "<=", 0.0).only(_with(v.give[t]))


def _with(columns: Ints) -> Ints:
    """The groups that have the decision."""
    return np.flatnonzero(columns != ABSENT)
