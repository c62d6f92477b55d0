"""`staffing`: staff for the peak month, never below the minimum of the mode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import least_visits, spare
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.spare import share_by_home
from optimizer.model.variables import ABSENT, THOUSAND, Variables


def staffing(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """FTE of each group cover its planned visits and its minimum.

        n[g] + get[g] - give[g] >= visits[g] / q[t]
        n[g] + get[g] >= sum_m min[m] y[m] + sum_h a[h, g]
        a[h, g] >= visits[h, g] / q[t] - i[h, g]
        sum_h i[h, g] + give[g] <= sum_m max(0, min[m] - own visits[g, m] / q[t]) y[m]
        give[g] <= the same
        i[h, g] <= sum_m min(idle[g], most[h, g, m] / q[t]) y[h, m]

    q planned visits per FTE and year, peak included; h the home group the visits come from; own
    visits[g, m] those with home g that g serves in state m, all of which it gets. The last three
    say that idle staff helps visitors from h only if h no longer serves them, which keeps
    fractions of many closings from sharing the idle staff of one. give and get are help by video
    (`remote_balance`); what is got does not stand in for the minimum, which then has its own row,
    and what is given is idle below the minimum: staff kept on without work gives none.

    Source: annual report 2024, 7.2.8 and 7.3.1: staff follows visits, and the peak month.
    """
    capacity = spare(instance, engine)
    groups, n_groups = engine.groups, engine.n_groups
    all_groups = np.arange(n_groups)
    member, state = np.nonzero(groups.states)
    for t in range(len(instance.years)):
        per_visit = THOUSAND / instance.visits_per_fte[t]
        of_mode = v.mode[groups.site[member], state, t]
        peak = Rows(v, n_groups).add(all_groups, v.staff[t], 1.0)
        peak.add(engine.row_group, v.load[t], -per_visit)
        peak.add(all_groups, v.get[t], 1.0).add(all_groups, v.give[t], -1.0)
        yield peak.block("staffing", "peak month", ">=", 0.0)
        floor = Rows(v, n_groups).add(all_groups, v.staff[t], 1.0)
        floor.add(member, of_mode, -instance.fte_min[state])
        floor.add(engine.pair_group, v.pair_staff[t], -1.0).add(all_groups, v.get[t], 1.0)
        yield floor.block("staffing", "minimum of the mode", ">=", 0.0)
        if instance.remote is not None:
            bare = Rows(v, n_groups).add(all_groups, v.staff[t], 1.0)
            bare.add(member, of_mode, -instance.fte_min[state])
            yield bare.block("staffing", "minimum without help", ">=", 0.0)
        yield _everywhere(instance, v, t)
        givers = np.flatnonzero(v.give[t] != ABSENT)
        if givers.size:
            given = Rows(v, n_groups).add(all_groups, v.give[t], 1.0)
            given.add(member, of_mode, -capacity.unused_by_state[t, member, state])
            yield given.block("staffing", "help by idle staff", "<=", 0.0).only(givers)
        pairs = np.flatnonzero(v.pair_idle[t] != ABSENT)
        if pairs.size == 0:
            continue
        rows = np.arange(pairs.size)
        cover = Rows(v, pairs.size).add(rows, v.pair_staff[t, pairs], 1.0)
        cover.add(rows, v.pair_idle[t, pairs], 1.0)
        cover.add(rows, v.load[t, 2 * n_groups + pairs], -per_visit)
        yield cover.block("staffing", "staff by origin", ">=", 0.0)
        yield share_by_home(
            v,
            engine,
            v.pair_idle[t],
            capacity.idle_fte[t],
            t,
            "staffing",
            visits_per_unit=float(instance.visits_per_fte[t]),
        )
        used = np.flatnonzero(capacity.idle_fte[t] > 0)
        total = Rows(v, n_groups).add(engine.pair_group, v.pair_idle[t], 1.0)
        total.add(member, of_mode, -capacity.idle_by_state[t, member, state])
        total.add(all_groups, v.give[t], 1.0)
        yield total.block("staffing", "idle staff", "<=", 0.0).only(used)


def _everywhere(instance: Instance, v: Variables, t: int) -> Block:
    """All visits are staffed somewhere: sum_g n[g] >= visits / q, whatever a cut chain left out.

    Visits that may be lost do not count where staff is planned after decay.
    """
    visits = least_visits(instance, t)
    rows = Rows(v, 1).add(0, v.staff[t], 1.0)
    return rows.block("staffing", "all visits", ">=", visits / instance.visits_per_fte[t])
