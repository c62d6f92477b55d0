"""`staff_balance`: staff of a site from one year to the next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def staff_balance(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """FTE by site and year: those who stay, come, and go.

        n[j, t] = (1 - attrition) n[j, t-1] + hire[j, t] + sum_k move[k, j, t]
                  - sum_k move[j, k, t] - redundant[j, t]
        move[j, k, t] >= (1 - attrition) n[j, t-1]          a merger of j into k in year t
        sum_j redundant[j, t] <= the most allowed

    n[j] is summed over the groups of a site; moves only within the commuting limit. The staff of
    the exact count is the least that covers the visits; here n may be more, so the rows bound a
    plan from below. Unit: FTE.
    """
    staff = instance.staff
    if staff is None:
        return
    sites = np.arange(instance.today.size)
    at = engine.groups.site
    stay = 1.0 - staff.attrition
    origin, target = v.movable
    for t in range(len(instance.years)):
        rows = Rows(v, sites.size).add(at, v.staff[t], 1.0)
        rows.add(sites, v.hire[t], -1.0).add(sites, v.redundant[t], 1.0)
        rows.add(target, v.move[t], -1.0).add(origin, v.move[t], 1.0)
        if t:
            rows.add(at, v.staff[t - 1], -stay)
        yield rows.block("staff_balance", "site", "==", 0.0 if t else stay * staff.today)
        yield from _mergers(instance, engine, v, t, stay)
        if np.isfinite(staff.most_redundant):
            total = Rows(v, 1).add(0, v.redundant[t], 1.0)
            yield total.block("staff_balance", "redundancies", "<=", staff.most_redundant)


def _mergers(
    instance: Instance, engine: Pooled, v: Variables, t: int, stay: float
) -> Iterator[Block]:
    """All staff of a demanded merger moves to the receiving office, in the year it closes."""
    origin, target = v.movable
    open_states = np.arange(instance.tier.size) != CLOSED
    for decision in instance.fixed:
        closes = decision.into >= 0 and not decision.allowed[open_states, t].any()
        if not closes or (t and not decision.allowed[open_states, t - 1].any()):
            continue
        pair = np.flatnonzero((origin == decision.site) & (target == decision.into))
        row = Rows(v, 1).add(0, v.move[t, pair], 1.0)
        before = 0.0
        if t:
            here = engine.groups.site == decision.site
            row.add(0, v.staff[t - 1, here], -stay)
        elif instance.staff is not None:
            before = stay * float(instance.staff.today[decision.site])
        yield row.block("staff_balance", "merger", ">=", before)
