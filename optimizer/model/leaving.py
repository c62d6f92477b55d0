"""Who may move away or be made redundant: no more than a site has too much.

The balance of staff alone lets a site that keeps all its work send its people on and take those of
another: chains of moves, by which fractions of closings find room for everybody. Counted exactly, a
site gives staff away or takes it, never both. These rows say so as far as linear rows can.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import ABSENT, THOUSAND, Variables


def leaving(instance: Instance, engine: Pooled, v: Variables, t: int) -> Iterator[Block]:
    """The most that moves away from a site and is made redundant there in a year, FTE.

        first year   gone[j] <= sum_m max(0, stay n0[j] + f - least[j, m]) y[j, m, 0]
        later        gone[j, t] <= C[j] changed[j, t] + stay (k n[j, t-1] + from elsewhere[j, t-1])
                                   + f + R[j]

    gone is moves away and redundancies; stay one less attrition; f what a demanded merger brings;
    least the staff that state m asks for at least, its own visits included; C the most that the
    site's minimum and its own visits ask for; k what falling visits or rising productivity free
    beyond attrition; R own visits, in FTE, that sites which may open or be raised could take over;
    from elsewhere the FTE of visits from the homes of other sites. changed is 1 where the state
    is another than the year before: convert + change where each mode has one state, and at most
    2 - y[s, t-1] - y[s, t] for every state s. Not stated for later years where staff may be kept
    without work or be helped by video: then a site may have more, or fewer, than it needs.
    """
    staff = instance.staff
    assert staff is not None
    if t and (instance.remote is not None or np.isfinite(staff.most_redundant)):
        return
    sites = np.arange(instance.today.size)
    origin, _ = v.movable
    gone = Rows(v, sites.size).add(sites, v.redundant[t], 1.0).add(origin, v.move[t], 1.0)
    stay = 1.0 - staff.attrition
    if t == 0:
        most = _most_gone_first(instance, engine, stay)
        site, state = np.nonzero(most)
        gone.add(site, v.mode[site, state, 0], -most[site, state])
        yield gone.block("staff_balance", "no more than too much", "<=", 0.0)
        return
    for decision in instance.fixed:
        if decision.into >= 0:
            here = engine.groups.site == decision.site
            gone.add(decision.into, v.staff[t - 1, here], -stay)
    at, per_visit = engine.groups.site, 1.0 / instance.visits_per_fte
    freed = max(0.0, 1.0 - _least_growth(instance, t) * per_visit[t] / (per_visit[t - 1] * stay))
    gone.add(at, v.staff[t - 1], -stay * freed)
    rows = np.flatnonzero(_from_elsewhere(engine))
    there = at[engine.row_group[rows]]
    gone.add(there, v.load[t - 1, rows], -stay * THOUSAND * per_visit[t - 1])
    most = stay * _most_own(instance, engine, t - 1)
    taken = _own_taken(instance, engine, t) * per_visit[t]
    whole = gone.block("staff_balance", "no more than too much", "<=", taken)
    yield _with_counted_changes(instance, v, whole, most, t)
    yield from _with_states(instance, v, whole, most, t)


def _with_counted_changes(
    instance: Instance, v: Variables, whole: Block, most: Floats, t: int
) -> Block:
    """Where each mode has one state, conversions, closings and openings are all changes."""
    possible: Bools = np.asarray(instance.allowed.any(axis=2))
    several = [
        possible[:, instance.mode_id == mode].sum(axis=1) > 1
        for mode in np.unique(instance.mode_id)
    ]
    one = np.flatnonzero(~np.any(several, axis=0))
    changed = Rows(v, most.size).add(one, v.convert[t, one], -most[one])
    changed.add(one, v.change[t, one], -most[one])
    return _joined(whole, changed.block("", "", "<=", 0.0)).only(one)


def _with_states(
    instance: Instance, v: Variables, whole: Block, most: Floats, t: int
) -> Iterator[Block]:
    """A site that is in a state in both years has not changed."""
    both = (v.mode[:, :, t - 1] != ABSENT) & (v.mode[:, :, t] != ABSENT)
    for state in np.flatnonzero(np.arange(instance.tier.size) != CLOSED):
        sites = np.flatnonzero(both[:, state])
        rows = Rows(v, most.size)
        for year in (t - 1, t):
            rows.add(sites, v.mode[sites, state, year], most[sites])
        joined = _joined(whole, rows.block("", "", "<=", 2.0 * most))
        yield joined.only(sites)


def _joined(one: Block, other: Block) -> Block:
    matrix = (one.matrix + other.matrix).tocsr()
    return Block(one.requirement, one.scope, matrix, one.sense, one.rhs + other.rhs)


def _most_gone_first(instance: Instance, engine: Pooled, stay: float) -> Floats:
    """[J, M+1] the most that may go in the first year, by state of the site, FTE."""
    staff, groups = instance.staff, engine.groups
    assert staff is not None
    brought = np.zeros(staff.today.size)
    for decision in instance.fixed:
        if decision.into >= 0:
            brought[decision.into] += stay * staff.today[decision.site]
    own = (instance.serves @ engine.years[0].first_load).T / instance.visits_per_fte[0]
    of_visits = np.zeros((staff.today.size, instance.tier.size))
    group, state = np.nonzero(groups.states)
    if instance.remote is None:
        of_visits[groups.site[group], state] = own[group, state]
    least = np.maximum(instance.fte_min, of_visits)
    least[:, CLOSED] = 0.0
    return np.maximum(0.0, (stay * staff.today + brought)[:, None] - least)


def _from_elsewhere(engine: Pooled) -> Bools:
    """[rows] the load rows of visits that may come from the homes of other sites."""
    at, n_groups = engine.groups.site, engine.n_groups
    found = np.ones(engine.n_rows, dtype=bool)
    found[:n_groups] = False
    found[2 * n_groups :] = at[engine.pair_home] != at[engine.pair_group]
    return found


def _least_growth(instance: Instance, t: int) -> float:
    """The least that visits of a zone and need change by from the year before, as a factor."""
    before, now = instance.demand[t - 1], instance.demand[t]
    some = before > 0
    return float((now[some] / before[some]).min()) if some.any() else 1.0


def _most_own(instance: Instance, engine: Pooled, t: int) -> Floats:
    """[J] the most staff that the minimum of a state and visits of its own homes ask for."""
    at, homes = engine.groups.site, engine.chains.homes
    of_visits = np.zeros((instance.today.size, instance.tier.size))
    for need in range(instance.demand.shape[2]):
        visits = instance.demand[t, :, need]
        home = np.bincount(at[homes[need]], weights=visits, minlength=instance.today.size)
        of_visits += home[:, None] * instance.serves[:, need]
    fte = np.maximum(instance.fte_min, of_visits / instance.visits_per_fte[t])
    fte[:, CLOSED] = 0.0
    return np.asarray(np.where(instance.allowed[:, :, t], fte, 0.0).max(axis=1))


def _own_taken(instance: Instance, engine: Pooled, t: int) -> Floats:
    """[J] own visits that a site may lose though it stays as it is: others open or are raised."""
    better = _may_get_better(instance, t)
    at, homes = engine.groups.site, engine.chains.homes
    lost = np.zeros(instance.today.size)
    for need in range(instance.demand.shape[2]):
        own = at[homes[need]]
        zones = np.arange(own.size)
        worst = instance.minutes[zones, own] + _waiting(instance, need, t, worst=True)[own]
        best = instance.minutes[:, better] + _waiting(instance, need, t, worst=False)[better]
        best[own[:, None] == better] = np.inf
        taken = best.min(axis=1, initial=np.inf) <= worst
        visits = instance.demand[t, :, need]
        lost += np.bincount(own[taken], weights=visits[taken], minlength=lost.size)
    return lost


def _waiting(instance: Instance, need: int, t: int, *, worst: bool) -> Floats:
    """[J] waiting in the worst or best state that may serve the need; none: infinite, or less."""
    serving = instance.allowed[:, :, t] & instance.serves[:, need]
    serving[:, CLOSED] = False
    if worst:
        return np.asarray(np.where(serving, instance.waiting, -np.inf).max(axis=1))
    return np.asarray(np.where(serving, instance.waiting, np.inf).min(axis=1))


def _may_get_better(instance: Instance, t: int) -> Ints:
    """The sites at which some visit may find a nearer option than the year before."""
    if instance.upgrades_allowed:
        return np.arange(instance.today.size)
    rank, serves, waiting = instance.rank, instance.serves, instance.waiting
    gains = (serves[None, :, :] & ~serves[:, None, :]).any(axis=2)  # [before, now]
    kept = rank[None, :] <= rank[:, None]
    found = instance.candidate.copy()
    for j in range(found.size):
        sooner = waiting[j][None, :] < waiting[j][:, None]
        may = instance.allowed[j, :, t - 1][:, None] & instance.allowed[j, :, t][None, :]
        open_now = np.arange(rank.size) != CLOSED
        found[j] |= bool((may & kept & (gains | sooner) & open_now).any())
    return np.flatnonzero(found)
