"""Who may move away or be made redundant: no more than a site has too much.

The balance of staff alone lets a site that keeps all its work send its people on and take those of
another: chains of moves, by which fractions of closings find room for everybody. Counted exactly, a
site gives staff away or takes it, never both. These rows say so as far as linear rows can.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.evaluate import moves_allowed
from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Floats, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def leaving(instance: Instance, engine: Pooled, v: Variables, t: int) -> Iterator[Block]:
    """The most that moves away from a site and is made redundant there in a year, FTE.

        first year   gone[j] <= sum_m max(0, stay n0[j] + f - least[j, m, 0]) y[j, m, 0] + get[j, 0]
        later        gone[j, t] <= stay (n[j, t-1] + get[j, t-1]) + f + get[j, t]
                                   - sum_m held[j, m, t] y[j, m, t]

    gone is moves away and redundancies; stay one less attrition; f what a demanded merger brings;
    get what help by video does; least the staff that state m asks for at least, the visits that
    it is nearest to whatever else is open included; held the least of that and of what stays of
    the least staff in any state that the site can come from. So a site that keeps its state sends
    away only who came with the visits of others, and one that closes everybody.
    """
    staff = instance.staff
    assert staff is not None
    at, sites = engine.groups.site, np.arange(instance.today.size)
    origin, _ = v.movable
    gone = Rows(v, sites.size).add(sites, v.redundant[t], 1.0).add(origin, v.move[t], 1.0)
    gone.add(at, v.get[t], -1.0)
    stay = 1.0 - staff.attrition
    least = _least(instance, engine, t)
    if t == 0:
        brought = np.zeros(sites.size)
        for decision in instance.fixed:
            if decision.into >= 0:
                brought[decision.into] += stay * staff.today[decision.site]
        most = np.maximum(0.0, (stay * staff.today + brought)[:, None] - least)
        site, state = np.nonzero(most)
        gone.add(site, v.mode[site, state, 0], -most[site, state])
        yield gone.block("staff_balance", "no more than too much", "<=", 0.0)
        return
    for decision in instance.fixed:
        if decision.into >= 0:
            gone.add(decision.into, v.staff[t - 1, at == decision.site], -stay)
    gone.add(at, v.staff[t - 1], -stay).add(at, v.get[t - 1], -stay)
    held = np.minimum(least, stay * _least_before(instance, _least(instance, engine, t - 1), t))
    site, state = np.nonzero(held)
    gone.add(site, v.mode[site, state, t], held[site, state])
    yield gone.block("staff_balance", "no more than too much", "<=", 0.0)


def _least(instance: Instance, engine: Pooled, t: int) -> Floats:
    """[J, M+1] the staff that a site needs in each state at least, whatever else is open, FTE."""
    groups = engine.groups
    own = (instance.serves @ engine.years[t].first_load).T / instance.visits_per_fte[t]
    of_visits = np.zeros((instance.today.size, instance.tier.size))
    group, state = np.nonzero(groups.states)
    of_visits[groups.site[group], state] = own[group, state]
    least = np.maximum(instance.fte_min, of_visits)
    least[:, CLOSED] = 0.0
    return np.asarray(least)


def _least_before(instance: Instance, least: Floats, t: int) -> Floats:
    """[J, M+1] the least of ``least`` over the states that may come before each, a year earlier."""
    before = np.full(least.shape, np.inf)
    n_sites, n_states = least.shape
    for then in range(n_states):
        possible = instance.allowed[:, then, t - 1]
        for now in range(n_states):
            may = moves_allowed(instance, np.full(n_sites, then), np.full(n_sites, now)) & possible
            before[may, now] = np.minimum(before[may, now], least[may, then])
    return np.asarray(np.where(np.isfinite(before), before, 0.0))
