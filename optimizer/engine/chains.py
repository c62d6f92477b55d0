"""Chains of options and the pooled sets of them: why the number of zones hardly matters.

An option of a zone for a need is a (site, state) that serves it. Sorted by travel plus waiting the
options form the zone's chain. Let z[S] be 1 when none of the options in S is available. With the
k first options of the chain as S(k), the cost of the zone is

    f(1) + sum_k (f(k+1) - f(k)) z[S(k)]

and the share of its visits that takes option k is z[S(k-1)] - z[S(k)], with z[empty] = 1. Sets are
shared by every zone, need and order that contains the same options, so they are pooled and their
coefficients added up (Cornuejols, Nemhauser and Wolsey 1980; Church 2003; Goldengorin 2013).
States of one site that cost a zone the same are one step of the chain.

A chain may stop without loss at a site that always serves the need (`stops`), or be cut at a
number of distinct sites. Beyond a cut the zone is charged the cost of the last option and its
visits are left out of staff and room: a lower bound, never a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.instance.options import option_minutes

Hashes = NDArray[np.uint64]
_BLOCK = 4_000


@dataclass(frozen=True)
class OptionTable:
    """The options of one need: a site with the states that serve it at the same waiting."""

    need: int
    site: Ints  #: [O]
    waiting: Floats  #: [O]
    states: Bools  #: [O, M+1] the states that give exactly this option
    always: Bools  #: [O, T] the site serves the need at least this well whatever is decided


@dataclass(frozen=True, kw_only=True)
class Steps:
    """All links of all chains of one need: one row per zone and position, flat arrays."""

    need: int
    zone: Ints
    position: Ints  #: 0 for the first option of the zone
    option: Ints  #: row in the option table
    cost: Floats  #: travel plus waiting of the option
    set_id: Ints  #: the pooled set that ends with this option
    distinct: Ints  #: distinct sites up to and with this option
    held: Bools  #: [links, M+1] all states of the option's site up to and with it
    complete: Bools  #: [I] the chain ends at an option that is always available

    @property
    def last(self) -> Ints:
        """[I] the last link of each chain; -1 where there is none."""
        last = np.full(self.complete.size, -1)
        last[self.zone] = np.arange(self.zone.size)  # positions rise within a zone: the last stays
        return last

    @property
    def last_set(self) -> Ints:
        """[I] the set at the end of each chain; -1 where there is none."""
        found = np.full(self.complete.size, -1)
        found[self.zone] = self.set_id
        return found

    def of_zones(self, zones: Ints) -> tuple[Ints, Ints]:
        """The links of some zones: which of the zones each is of, and the link."""
        which = np.full(self.complete.size, -1)
        which[zones] = np.arange(zones.size)
        links = np.flatnonzero(which[self.zone] >= 0)
        return which[self.zone[links]], links

    def cut(self, depth: Ints) -> Steps:
        """The chains cut at ``depth`` [I] distinct sites, where that is shorter."""
        keep = self.distinct <= depth[self.zone]
        shortened = np.zeros(self.complete.size, dtype=bool)
        shortened[self.zone[~keep]] = True
        return Steps(
            need=self.need,
            zone=self.zone[keep],
            position=self.position[keep],
            option=self.option[keep],
            cost=self.cost[keep],
            set_id=self.set_id[keep],
            distinct=self.distinct[keep],
            held=self.held[keep],
            complete=self.complete & ~shortened,
        )


@dataclass(frozen=True)
class Sets:
    """How each set of some chains came about: its parent and the option that was added to it.

    The same set may come about in many orders; this is one of them. ``parent`` is -1 for sets
    with a single option, and for sets that the chains do not reach.
    """

    parent: Ints  #: [sets]
    site: Ints  #: [sets] the site of the option that was added
    added: Bools  #: [sets, M+1] the states that were added
    held: Bools  #: [sets, M+1] all states of that site in the set


@dataclass(frozen=True)
class Pool(Sets):
    """The distinct sets of all chains."""

    size: int
    n_sites: Ints  #: [sets] distinct sites in the set


def sets_of(steps: Sequence[Steps], tables: Sequence[OptionTable], size: int) -> Sets:
    """One way in which each of ``size`` sets comes about in these chains."""
    n_states = tables[0].states.shape[1]
    found = Sets(
        np.full(size, -1),
        np.zeros(size, dtype=np.int64),
        np.zeros((size, n_states), dtype=bool),
        np.zeros((size, n_states), dtype=bool),
    )
    for part, table in zip(reversed(steps), reversed(tables), strict=True):
        ids = part.set_id[::-1]  # where a set comes more than once the first stays
        found.parent[ids] = np.where(part.position > 0, np.roll(part.set_id, 1), -1)[::-1]
        found.site[ids] = table.site[part.option][::-1]
        found.added[ids] = table.states[part.option][::-1]
        found.held[ids] = part.held[::-1]
    return found


def option_table(instance: Instance, need: int) -> OptionTable:
    """The options that serve ``need`` (0-based), site by site, better waiting first."""
    n_sites, n_states = instance.waiting.shape
    possible = np.asarray(instance.allowed.any(axis=2))
    serves = instance.serves[:, need] & (np.arange(n_states) != CLOSED)
    sites, waits, states, always = [], [], [], []
    for j in range(n_sites):
        usable = np.flatnonzero(serves & possible[j])
        for wait in np.unique(instance.waiting[j, usable]):
            at_least = np.zeros(n_states, dtype=bool)
            at_least[usable[instance.waiting[j, usable] <= wait]] = True
            exactly = at_least & (instance.waiting[j] == wait)
            sites.append(j)
            waits.append(wait)
            states.append(exactly)
            always.append(~(instance.allowed[j] & ~at_least[:, None]).any(axis=0))
    return OptionTable(
        need,
        np.array(sites, dtype=np.int64),
        np.array(waits, dtype=np.float64),
        np.array(states, dtype=bool).reshape(len(sites), n_states),
        np.array(always, dtype=bool).reshape(len(sites), instance.demand.shape[0]),
    )


@dataclass(frozen=True)
class _Keys:
    """Two random words per (site, state): the sum over a set's members identifies the set."""

    first: Hashes
    second: Hashes

    @staticmethod
    def draw(n_sites: int, n_states: int) -> _Keys:
        rng = np.random.default_rng(20240101)
        words = rng.integers(1, 2**63, size=(2, n_sites, n_states), dtype=np.uint64)
        return _Keys(words[0], words[1])

    def of(self, table: OptionTable) -> Hashes:
        """[2, O] key of each option: the sum of its states' words, modulo 2**64."""
        return np.stack(
            [
                np.where(table.states, words[table.site], 0).sum(axis=1, dtype=np.uint64)
                for words in (self.first, self.second)
            ]
        )


def build_chains(
    instance: Instance, depth: Ints | int, *, years: slice | None = None
) -> tuple[tuple[Steps, ...], tuple[OptionTable, ...], Pool]:
    """Chains of every zone and need, cut at ``depth`` distinct sites ([I, C], or one number).

    A chain stops earlier, without loss, at an option that is available in every one of ``years``.
    """
    n_zones, n_sites, n_states, n_needs, _ = instance.shape
    depths = np.broadcast_to(np.asarray(depth, dtype=np.int64), (n_zones, n_needs))
    keys = _Keys.draw(n_sites, n_states)
    tables = tuple(option_table(instance, need) for need in range(n_needs))
    raw = [
        _links(instance, table, keys, depths[:, need], years or slice(None))
        for need, table in enumerate(tables)
    ]
    return _pool(raw, tables, n_states)


@dataclass(frozen=True)
class _Links:
    zone: Ints
    position: Ints
    option: Ints
    cost: Floats
    key: Hashes  #: [2, links]
    distinct: Ints  #: distinct sites up to and with this link
    complete: Bools


def _links(
    instance: Instance, table: OptionTable, keys: _Keys, depth: Ints, years: slice
) -> _Links:
    """The links of one need before pooling, in blocks of zones."""
    words = keys.of(table)
    always = np.asarray(table.always[:, years].all(axis=1))
    n_options = table.site.size
    width = min(n_options, int(depth.max(initial=1) + 1) * instance.tier.size)
    blocks = []
    complete = np.zeros(depth.size, dtype=bool)
    for start in range(0, depth.size, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, depth.size))
        cost = option_minutes(instance.minutes[rows][:, table.site], table.waiting)
        order = _cheapest(cost, width)
        cost = np.take_along_axis(cost, order, axis=1)
        site = table.site[order]
        fresh = _first_seen(site)
        distinct = fresh.cumsum(axis=1)
        stop = always[order]
        keep = (distinct <= depth[rows, None]) & (stop.cumsum(axis=1) - stop == 0)
        complete[rows] = (stop & keep).any(axis=1) | (keep.all(axis=1) & (width == n_options))
        key = words[:, order].cumsum(axis=2, dtype=np.uint64)
        position = np.broadcast_to(np.arange(width), order.shape)
        zone = np.broadcast_to(rows[:, None], order.shape)
        blocks.append(
            (zone[keep], position[keep], order[keep], cost[keep], key[:, keep], distinct[keep])
        )
    zone, position, option, costs, hashes, seen = (
        np.concatenate(parts, axis=-1) for parts in zip(*blocks, strict=True)
    )
    return _Links(zone, position, option, costs, hashes, seen, complete)


def _cheapest(cost: Floats, width: int) -> Ints:
    """Column order of the ``width`` cheapest options, ties by column (site id, then waiting)."""
    if width < cost.shape[1]:
        cut = np.argpartition(cost, width - 1, axis=1)[:, :width]
        edge = np.take_along_axis(cost, cut, axis=1).max(axis=1, keepdims=True)
        if ((cost <= edge).sum(axis=1) == width).all():
            cut.sort(axis=1)
            inner = np.argsort(np.take_along_axis(cost, cut, axis=1), axis=1, kind="stable")
            return np.take_along_axis(cut, inner, axis=1)
    return np.argsort(cost, axis=1, kind="stable")[:, :width]


def _first_seen(site: Ints) -> Bools:
    """Where a row shows a site for the first time."""
    order = np.argsort(site, axis=1, kind="stable")
    ranked = np.take_along_axis(site, order, axis=1)
    fresh = np.ones(site.shape, dtype=bool)
    fresh[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    out = np.empty_like(fresh)
    np.put_along_axis(out, order, fresh, axis=1)
    return out


def _pool(
    raw: list[_Links], tables: tuple[OptionTable, ...], n_states: int
) -> tuple[tuple[Steps, ...], tuple[OptionTable, ...], Pool]:
    """Give equal sets one number, over all needs."""
    keys = np.concatenate([links.key for links in raw], axis=1)
    first, inverse = _distinct(keys)
    ends = np.cumsum([links.zone.size for links in raw])[:-1]
    set_ids = [part.astype(np.int64) for part in np.split(inverse, ends)]
    steps = tuple(
        Steps(
            need=need,
            zone=links.zone,
            position=links.position,
            option=links.option,
            cost=links.cost,
            set_id=set_id,
            distinct=links.distinct,
            held=_held(links, tables[need]).reshape(links.zone.size, n_states),
            complete=links.complete,
        )
        for need, (links, set_id) in enumerate(zip(raw, set_ids, strict=True))
    )
    one = sets_of(steps, tables, first.size)
    n_sites = np.concatenate([links.distinct for links in raw])[first]
    pool = Pool(one.parent, one.site, one.added, one.held, first.size, n_sites)
    return steps, tables, pool


def _distinct(keys: Hashes) -> tuple[Ints, Ints]:
    """Where each distinct key [2, n] comes first, and [n] which of them each is."""
    _, first, inverse = np.unique(keys[0], return_index=True, return_inverse=True)
    if (keys[1] != keys[1, first[inverse]]).any():  # the first word alone does not tell them apart
        pairs = keys.T.copy().view([("a", np.uint64), ("b", np.uint64)]).ravel()
        _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    return first, inverse


def _held(links: _Links, table: OptionTable) -> Bools:
    """All states of a link's own site that its chain holds up to the link."""
    site = table.site[links.option]
    order = np.lexsort((links.position, site, links.zone))
    states = table.states[links.option][order]
    same = np.zeros(order.size, dtype=bool)
    same[1:] = (links.zone[order][1:] == links.zone[order][:-1]) & (
        site[order][1:] == site[order][:-1]
    )
    held = states.copy()
    while True:
        carried = np.zeros_like(held)
        carried[1:] = held[:-1] & same[1:, None]
        grown = held | carried
        if np.array_equal(grown, held):
            break
        held = grown
    out = np.empty_like(held)
    out[order] = held
    return out
