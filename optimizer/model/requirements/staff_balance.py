"""`staff_balance`: staff of a site from one year to the next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.leaving import leaving
from optimizer.model.variables import Variables


def staff_balance(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """FTE by site and year: those who stay, come, and go.

        n[j, t] = (1 - attrition) n[j, t-1] + hire[j, t] + sum_k move[k, j, t]
                  - sum_k move[j, k, t] - redundant[j, t]
        move[j, k, t] >= (1 - attrition) n[j, t-1]          a merger of j into k done in year t
        sum_j redundant[j, t] <= the most allowed
        n[g, t] <= N sum_m y[m]                             nobody is kept at a closed office

    n[j] is summed over the groups of a site; moves only within the commuting limit. What leaves a
    site at most is stated in `model/leaving.py`. The last row is stated where redundancies are
    limited; elsewhere nobody is kept without work. The exact count keeps everywhere the same part
    of who may not go, and nobody moves to an office that others leave in the same year; of later
    years that is stated only in part, so the rows bound a plan from below. Unit: FTE.

    Source: mergers move people; annual report 2024, Tabell 28–29, and assumptions on attrition.
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
        yield from leaving(instance, engine, v, t)
        if np.isfinite(staff.most_redundant):
            total = Rows(v, 1).add(0, v.redundant[t], 1.0)
            yield total.block("staff_balance", "redundancies", "<=", staff.most_redundant)
            yield _at_offices(instance, engine, v, t)


def _at_offices(instance: Instance, engine: Pooled, v: Variables, t: int) -> Block:
    """No staff in a group whose states the site does not take."""
    assert instance.staff is not None
    everybody = float(instance.staff.today.sum()) + _most_staff(instance, t)
    member, state = np.nonzero(engine.groups.states)
    rows = Rows(v, engine.n_groups).add(np.arange(engine.n_groups), v.staff[t], 1.0)
    rows.add(member, v.mode[engine.groups.site[member], state, t], -everybody)
    return rows.block("staff_balance", "at an office", "<=", 0.0)


def _mergers(
    instance: Instance, engine: Pooled, v: Variables, t: int, stay: float
) -> Iterator[Block]:
    """All staff of a demanded merger moves to the receiving office, in the year it closes.

        move[j, k, t] >= stay n[j, t-1] - stay N (1 - closes[j, t])

    N is the most staff the office could ask for; without that term in the year by which it is done,
    when what closed before has no staff left.
    """
    origin, target = v.movable
    open_states = np.arange(instance.tier.size) != CLOSED
    for decision in instance.fixed:
        if decision.into < 0:
            continue
        may_be_open = decision.allowed[open_states].any(axis=0)
        if not may_be_open[t] and (t and not may_be_open[t - 1]):
            continue  # done by then
        pair = np.flatnonzero((origin == decision.site) & (target == decision.into))
        row = Rows(v, 1).add(0, v.move[t, pair], 1.0)
        least = 0.0
        if t:
            here = engine.groups.site == decision.site
            row.add(0, v.staff[t - 1, here], -stay)
            most = _most_staff(instance, t - 1)
        else:
            most = float(instance.staff.today[decision.site]) if instance.staff else 0.0
            least = stay * most
        if may_be_open[t]:  # it may close already, or stay open for now
            row.add(0, v.change[t, [decision.site]], -stay * most)
            least -= stay * most
        yield row.block("staff_balance", "merger", ">=", least)


def _most_staff(instance: Instance, t: int) -> float:
    """More than any site asks for: all visits of the year, or the minimum of a mode."""
    visits = float(instance.demand[t].sum()) / float(instance.visits_per_fte[t])
    return max(visits, float(instance.fte_min.max()))
