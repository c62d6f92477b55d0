"""`transition`: what may follow what from one year to the next, and what changes are counted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import ABSENT, Variables


def transition(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """A closed office stays closed, an opened candidate stays open, service is not raised again.

        office      closed[t] - closed[t-1] = change[t] >= 0
        candidate   closed[t-1] - closed[t] = change[t] >= 0
        every rank r (unless upgrades are allowed)
                    sum_{rank >= r} y[t] <= sum_{rank >= r} y[t-1]          offices
        closures    sum change[t, offices of a group] <= at_most
        in step     change[t, office] + sum_{u != t} change[u, candidate] <= 1
                                                                    of one municipality
        consulted   sum_{j, s open} y[j, s, t] >= 1     of a municipality that can not be left yet
        conversion  convert[t] >= sum_{m in L} (y[m, t] - y[m, t-1])        for each lower set L
                    enter[m, t] >= y[m, t] - y[m, t-1]                      dearer modes m
        premises    sum_{s, u <= t} leave[s, u] >= 1 - sum_{s in H} y[s, t] >= sum_s leave[s, t]
                    leave[s, t] <= y[s, t-1];  sum_{s, u} leave[s, u] <= 1

    L are the open modes up to each rank, and each mode of its own, so that a conversion to
    anything is counted once; convert = 0 where none is allowed. A candidate that opens is not
    converted: there change[t] is taken off the right side. H are the states in which an office has
    the premises of today; leave[s, t] is 1 in the year it is first in another and had s the year
    before: once, though it may come back (only where leaving costs). Unit: changes of a site in a
    year.

    Source: leases and consultation; förordning 2019:202, 5–7 §§, and 2017:583, 20 §.
    """
    offices = np.flatnonzero(~instance.candidate)
    candidates = np.flatnonzero(instance.candidate)
    for t in range(len(instance.years)):
        for sites, sign in ((offices, 1.0), (candidates, -1.0)):
            if sites.size:
                closed = np.arange(instance.tier.size) == CLOSED
                rows, before = _difference(instance, v, sites, closed, t, sign)
                rows.add(np.arange(sites.size), v.change[t, sites], -1.0)
                yield rows.block("transition", "closing or opening", "==", sign * before)
        for rank in np.unique(instance.rank[instance.rank > 0]):
            at_least = instance.rank >= rank
            if not instance.upgrades_allowed:
                rows, before = _difference(instance, v, offices, at_least, t, 1.0)
                yield rows.block("transition", "no upgrade", "<=", before)
            if not instance.upgrades_allowed and candidates.size and t:
                yield _candidates_keep(instance, v, candidates, at_least, t)
        yield from _closures(instance, v, t)
        yield from _in_step(instance, v, t)
        yield from _leaving(instance, v, t)
        yield from _consulted(instance, v, t)
        convertible = np.flatnonzero(v.convert[t] != ABSENT)
        for members in _lower_sets(instance):
            yield _converted(instance, v, convertible, members, t, v.convert[t, convertible])
        for state in np.flatnonzero((v.enter[t] != ABSENT).any(axis=0)):
            sites = np.flatnonzero(v.enter[t, :, state] != ABSENT)
            only = instance.mode_id == instance.mode_id[state]
            yield _converted(instance, v, sites, only, t, v.enter[t, sites, state])


def _closures(instance: Instance, v: Variables, t: int) -> Iterator[Block]:
    """At most so many offices of a group close in the year."""
    for rule in instance.closures:
        rows = Rows(v, 1).add(0, v.change[t, rule.sites], 1.0)
        yield rows.block("transition", rule.scope, "<=", float(rule.at_most))


def _consulted(instance: Instance, v: Variables, t: int) -> Iterator[Block]:
    """A municipality has a site until the time that it takes to leave it is over."""
    rule = instance.consulted
    if rule is None or not rule.held[:, t].any():
        return
    towns = np.flatnonzero(rule.held[:, t])
    row = np.full(rule.held.shape[0], -1)
    row[towns] = np.arange(towns.size)
    sites = np.flatnonzero(row[rule.town] >= 0)
    is_open = np.flatnonzero(np.arange(instance.tier.size) != CLOSED)
    rows = Rows(v, towns.size)
    rows.add(row[rule.town[sites]][:, None], v.mode[sites[:, None], is_open, t], 1.0)
    yield rows.block("transition", "consultation:nation", ">=", np.ones(towns.size))


def _leaving(instance: Instance, v: Variables, t: int) -> Iterator[Block]:
    """Where an office leaves the premises of today, and from which state: in one year at most."""
    offices = np.flatnonzero((v.leave != ABSENT).any(axis=(0, 2)))
    if not offices.size:
        return
    place = np.arange(offices.size)[:, None]
    housed = np.where(instance.housed[offices], v.mode[offices, :, t], ABSENT)
    ones = np.ones(offices.size)
    rows = Rows(v, offices.size).add(place, housed, 1.0)
    for u in range(t + 1):
        rows.add(place, v.leave[u, offices], 1.0)
    yield rows.block("transition", "premises left", ">=", ones)
    rows = Rows(v, offices.size).add(place, housed, 1.0)
    rows.add(place, v.leave[t, offices], 1.0)
    yield rows.block("transition", "premises kept", "<=", ones)
    if t:
        site, state = np.nonzero(v.leave[t] != ABSENT)
        pair = np.arange(site.size)
        rows = Rows(v, site.size).add(pair, v.leave[t, site, state], 1.0)
        rows.add(pair, v.mode[site, state, t - 1], -1.0)
        yield rows.block("transition", "premises had", "<=", np.zeros(site.size))
    if t == len(instance.years) - 1:
        rows = Rows(v, offices.size)
        for u in range(t + 1):
            rows.add(place, v.leave[u, offices], 1.0)
        yield rows.block("transition", "premises left once", "<=", ones)


def _in_step(instance: Instance, v: Variables, t: int) -> Iterator[Block]:
    """Where an office closes in the year, no site of its municipality opens in another."""
    if instance.towns is None:
        return
    same = instance.towns[:, None] == instance.towns
    office, candidate = np.nonzero(same & ~instance.candidate[:, None] & instance.candidate)
    if office.size:
        place = np.arange(office.size)
        rows = Rows(v, office.size).add(place, v.change[t, office], 1.0)
        for other in range(len(instance.years)):
            if other != t:
                rows.add(place, v.change[other, candidate], 1.0)
        yield rows.block("transition", "replaced:nation", "<=", 1.0)


def _difference(
    instance: Instance, v: Variables, sites: Ints, members: Bools, t: int, sign: float
) -> tuple[Rows, Floats]:
    """sign * (sum of member states in t less that in the year before), and today's constant.

    ``members`` are [M+1], the same at all sites, or [J, M+1].
    """
    members = np.broadcast_to(members, instance.rank.shape)[sites]
    site, state = np.nonzero(members)
    rows = Rows(v, sites.size).add(site, v.mode[sites[site], state, t], sign)
    if t:
        rows.add(site, v.mode[sites[site], state, t - 1], -sign)
        return rows, np.zeros(sites.size)
    return rows, members[np.arange(sites.size), instance.today[sites]].astype(np.float64)


def _converted(
    instance: Instance, v: Variables, sites: Ints, members: Bools, t: int, columns: Ints
) -> Block:
    """``columns`` count a site that comes to the member states from other open ones."""
    rows, before = _difference(instance, v, sites, members, t, -1.0)
    place = np.arange(sites.size)
    rows.add(place, columns, 1.0)
    rows.add(place, np.where(instance.candidate[sites], v.change[t, sites], ABSENT), 1.0)
    return rows.block("transition", "conversion", ">=", -before)


def _candidates_keep(
    instance: Instance, v: Variables, candidates: Ints, at_least: Bools, t: int
) -> Block:
    """An open candidate is not raised: higher modes grow by no more than what opens."""
    rows, before = _difference(instance, v, candidates, at_least, t, 1.0)
    rows.add(np.arange(candidates.size), v.change[t, candidates], -1.0)
    return rows.block("transition", "no upgrade of a candidate", "<=", before)


def _lower_sets(instance: Instance) -> list[Bools]:
    open_states = instance.tier > 0
    sets = [
        open_states & (instance.rank <= rank) for rank in np.unique(instance.rank)[1:-1].tolist()
    ]
    singles = [instance.mode_id == mode for mode in np.unique(instance.mode_id[open_states])]
    if instance.upgrades_allowed:
        sets = []
    return sets + singles
