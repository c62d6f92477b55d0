"""What every single change of one site would do in one year, for all sites and states at once.

Knowing the best and the second best option of each zone and need, closing or changing one site
moves only the visits that go there now, and improving one gains only where it beats the best. The
figures are exact for a change of one site; for several together they are a guide, and the search
counts its steps with :mod:`optimizer.engine.evaluate` before it takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.engine.equity import price_of_tail, tail_of
from optimizer.engine.remote import video_help
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.instance.options import NOWHERE, Nearest, option_minutes

_FAR_MINUTES = 1e6  #: what a visit without any destination counts as, so that sums stay finite


@dataclass(frozen=True)
class Changes:
    """Effects of giving site j the state s in one year, all else as it is."""

    burden: Floats  #: [J, M+1] visit-minutes more, the worst off included where they count
    cost: Floats  #: [J, M+1] recurring cost plus fees lost more, mnkr
    fte: Floats  #: [J, M+1] staff more, at all sites together


@dataclass(frozen=True)
class _Worst:
    """What the minutes above the threshold of the worst off count, with the threshold as it is."""

    column: int
    today: Floats  #: [I]
    price: Floats  #: [I] visit-minutes for each minute above
    threshold: float

    def more(self, rows: Ints, cost: Floats) -> Floats:
        """Visit-minutes of rows at an option cost."""
        added = np.maximum(0.0, cost - self.today[rows])
        return np.asarray(self.price[rows] * np.maximum(0.0, added - self.threshold))


def single_changes(instance: Instance, states: Ints, t: int) -> Changes:
    """Effects of every change of one site in year ``t``; ``states`` is [J]."""
    n_sites, n_states = instance.waiting.shape
    ranked = [_nearest(instance, states, need) for need in range(instance.demand.shape[2])]
    worst = _worst(instance, t, ranked)
    planned = np.zeros(n_sites)
    for need, row in enumerate(ranked):
        served = np.flatnonzero(row.site != NOWHERE)
        _, lost = _price(instance, t, need, served, row.cost[served], worst)
        visits = _planned(instance, instance.demand[t, served, need], lost)
        planned += np.bincount(row.site[served], weights=visits, minlength=n_sites)
    burden = np.zeros((n_sites, n_states))
    cost = np.zeros((n_sites, n_states))
    fte = np.zeros((n_sites, n_states))
    possible = instance.allowed[:, :, t]
    for kind in np.unique(instance.alike):  # states that visitors and costs can not tell apart
        members = np.flatnonzero(instance.alike == kind)
        state = int(members[0])
        who = np.asarray(possible[:, members].any(axis=1)) & (instance.alike[states] != kind)
        if who.any():
            flows = _Flows(n_sites)
            for need, row in enumerate(ranked):
                how = _Change(t, need, state, who, worst)
                _leave(instance, row, flows, how)
                _join(instance, row, flows, how, states)
            burden[:, members] = flows.burden[:, None]
            more = _money(instance, states, planned, flows, t=t, state=state)
            cost[:, members], fte[:, members] = (one[:, None] for one in more)
    burden[~possible] = np.inf
    return Changes(burden, cost, fte)


@dataclass(frozen=True)
class _Change:
    """The sites ``who`` that are given a state in a year, and the need that is looked at."""

    t: int
    need: int
    state: int
    who: Bools
    worst: _Worst | None


def _worst(instance: Instance, t: int, ranked: list[Nearest]) -> _Worst | None:
    """The threshold of the worst off as it stands; moving it could only lower what is counted."""
    equity = instance.equity
    if equity is None:
        return None
    column, today = equity.column, instance.today_cost[:, equity.column]
    added = np.minimum(np.maximum(0.0, ranked[column].cost - today), _FAR_MINUTES)
    threshold = tail_of(added, equity.people, equity.tail).threshold
    price = price_of_tail(instance, t) / equity.tail * equity.people
    return _Worst(column, today, price, threshold)


class _Flows:
    """Sums over zones: minutes and lost visits by changed site, visits moved between sites."""

    def __init__(self, n_sites: int) -> None:
        self.n_sites = n_sites
        self.burden = np.zeros(n_sites)
        self.lost = np.zeros(n_sites)
        self.moved = np.zeros((n_sites, n_sites))  #: [changed site, other] visits to the other

    def add(self, changed: Ints, burden: Floats, lost: Floats) -> None:
        self.burden += np.bincount(changed, weights=burden, minlength=self.n_sites)
        self.lost += np.bincount(changed, weights=lost, minlength=self.n_sites)

    def move(self, changed: Ints, other: Ints, visits: Floats) -> None:
        pairs = np.bincount(
            changed * self.n_sites + other, weights=visits, minlength=self.n_sites**2
        )
        self.moved += pairs.reshape(self.n_sites, self.n_sites)


def _nearest(instance: Instance, states: Ints, need: int) -> Nearest:
    options = instance.options
    return options.two(options.available(states, instance.serves[:, need]))


def _price(
    instance: Instance, t: int, need: int, rows: Ints, cost: Floats, worst: _Worst | None
) -> tuple[Floats, Floats]:
    """Visit-minutes and lost visits of rows at an option cost."""
    cost = np.minimum(cost, _FAR_MINUTES)
    loss = instance.loss(cost, instance.today_cost[rows, need], need)
    demand = instance.demand[t, rows, need]
    burden = demand * (cost + instance.lost_visit_minutes * loss)
    if worst is not None and worst.column == need:
        burden = burden + worst.more(rows, cost)
    return burden, demand * loss


def _planned(instance: Instance, demand: Floats, lost: Floats) -> Floats:
    """The visits that staff and room are planned for."""
    return demand - lost if instance.staffing_after_decay else demand


def _leave(instance: Instance, row: Nearest, flows: _Flows, how: _Change) -> None:
    """Visits that go to a changed site now: they stay at its new service or go elsewhere."""
    t, need, state, who, worst = how.t, how.need, how.state, how.who, how.worst
    rows = np.flatnonzero((row.site != NOWHERE) & who[row.site])
    site, second = row.site[rows], row.second_site[rows]
    if state != CLOSED and instance.serves[state, need]:
        stay = option_minutes(instance.minutes[rows, site], instance.waiting[site, state])
    else:
        stay = np.full(rows.size, np.inf)
    after = np.minimum(stay, row.second_cost[rows])
    tie = (row.second_cost[rows] == stay) & (second < site) & np.isfinite(stay)
    away = (row.second_cost[rows] < stay) | tie
    old_burden, old_lost = _price(instance, t, need, rows, row.cost[rows], worst)
    burden, lost = _price(instance, t, need, rows, after, worst)
    flows.add(site, burden - old_burden, lost - old_lost)
    demand = instance.demand[t, rows, need]
    flows.move(site, site, -_planned(instance, demand, old_lost))
    flows.move(site, np.where(away, second, site), _planned(instance, demand, lost))


def _join(instance: Instance, row: Nearest, flows: _Flows, how: _Change, states: Ints) -> None:
    """Visits that come to a changed site because its new service beats their best option."""
    t, need, state, who, worst = how.t, how.need, how.state, how.who, how.worst
    if state == CLOSED or not instance.serves[state, need]:
        return
    served = instance.serves[states, need]
    current = np.where(served, instance.waiting[np.arange(who.size), states], np.inf)
    better = np.flatnonzero(who & (instance.waiting[:, state] < current))
    if better.size == 0:
        return
    wanted = np.zeros(instance.options.site.size, dtype=bool)
    wanted[instance.options.number[better, state]] = True
    zone, site, after = instance.options.better(wanted, row)
    other = row.site[zone]
    gain = other != site
    zone, site, after, other = zone[gain], site[gain], after[gain], other[gain]
    old_burden, old_lost = _price(instance, t, need, zone, row.cost[zone], worst)
    burden, lost = _price(instance, t, need, zone, after, worst)
    flows.add(site, burden - old_burden, lost - old_lost)
    demand = instance.demand[t, zone, need]
    flows.move(site, site, _planned(instance, demand, lost))
    left = other != NOWHERE
    flows.move(site[left], other[left], -_planned(instance, demand, old_lost)[left])


def _money(
    instance: Instance, states: Ints, planned: Floats, flows: _Flows, *, t: int, state: int
) -> tuple[Floats, Floats]:
    """Recurring cost with fees lost, and FTE, more by changed site when it takes ``state``."""
    money = instance.money
    sites = np.arange(states.size)
    per_fte = instance.visits_per_fte[t]

    def staff(visits: Floats, fte_min: Floats, is_open: Bools) -> Floats:
        return np.where(is_open, np.maximum(fte_min, visits / per_fte), 0.0)

    def rooms(visits: Floats, is_open: Bools) -> Floats:
        price = money.extension_per_visit[:, t]
        return np.where(is_open, np.maximum(0.0, visits - instance.room) * price, 0.0)

    floor = instance.fte_min[states]
    is_open = states != CLOSED
    after = planned + flows.moved
    own_visits, own_floor = after[sites, sites], np.full(states.size, instance.fte_min[state])
    own_open = np.full(states.size, state != CLOSED)

    def more(now: Floats, everywhere: Floats, own: Floats) -> Floats:
        """The sum over all sites less what stands now; the changed site counted as ``own``."""
        others = everywhere - now
        return np.asarray(others.sum(axis=1) - others[sites, sites] + own - now)

    fte = more(
        staff(planned, floor, is_open),
        staff(after, floor, is_open),
        staff(own_visits, own_floor, own_open),
    )
    helped = _more_help(instance, t, states, planned, after, state=state, more=more)
    fte = fte - helped
    room = more(rooms(planned, is_open), rooms(after, is_open), rooms(own_visits, own_open))
    fixed = instance.fixed_cost[sites, state, t] - instance.fixed_cost[sites, states, t]
    cost = money.wage_per_fte[t] * fte + room + fixed + money.fee_per_visit * flows.lost
    if instance.remote is not None:
        cost = cost + money.price_index[t] * instance.remote.cost_per_fte * helped
    return np.asarray(cost), fte


def _more_help(
    instance: Instance,
    t: int,
    states: Ints,
    planned: Floats,
    after: Floats,
    *,
    state: int,
    more: Callable[[Floats, Floats, Floats], Floats],
) -> Floats:
    """FTE more that are helped by video, by changed site; ``after`` is [changed, other] visits."""
    remote = instance.remote
    if remote is None:
        return np.zeros(states.size)
    per_fte, own = instance.visits_per_fte[t], np.arange(states.size)
    now_able = remote.states[states]
    own_able = np.full(states.size, remote.states[state])
    own_least = np.full(states.size, instance.fte_min[state])
    now = video_help(instance.fte_min[states], planned / per_fte, now_able, remote.share)
    others = video_help(instance.fte_min[states], after / per_fte, now_able, remote.share)
    changed = video_help(own_least, after[own, own] / per_fte, own_able, remote.share)
    idle = now.idle.sum() + more(now.idle, others.idle, changed.idle)
    wanted = now.wanted.sum() + more(now.wanted, others.wanted, changed.wanted)
    return np.asarray(np.minimum(idle, wanted) - now.get.sum())
