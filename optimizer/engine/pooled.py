"""The coefficients of the pooled model: what every set, group and flow weighs, year by year.

Loads are kept apart by where the visits come from, because that is what makes the bound strong:

*group*  the states of one site with the same waiting. Staff and room are counted by group, so that
         half a mobile point does not lend its premises to half a staffed office.
*home*   the group of a zone's first option. A load row is a group's own visits (home here), a
         *pair* (visits from one home group to one other group, when they can be many), or the rest.

Beyond the cut of its chain a zone may have a *tail*: its next options, to which the visits of the
cut may be directed at the model's choice. Any closest assignment is one such choice, so the bound
stays valid, and visits can not vanish from the staff of a region by closing all of it. The worse
states of a site are options of their own there: their staff and room are another group's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.chains import OptionTable, Pool, Steps, build_chains
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints, option_minutes

PAIR_VISITS = 400.0  #: visits a year that make a flow between two groups a row of its own


@dataclass(frozen=True)
class Groups:
    """States of one site with the same waiting."""

    site: Ints  #: [G]
    states: Bools  #: [G, M+1]
    of_option: tuple[Ints, ...]  #: by need, [O] the group of each option
    serves_all: Bools  #: [G, M+1] the states that serve every need whose home the group is


@dataclass(frozen=True)
class Tails:
    """Directed flows of the zones and needs whose chain is cut: arrays over tails and sites."""

    zone: Ints  #: [W]
    need: Ints  #: [W]
    set_id: Ints  #: [W] the set that is empty when the tail is used
    cost: Floats  #: [W] minutes charged at the cut
    row: Ints  #: [W, L] load row of each next option
    option_cost: Floats  #: [W, L+1] minutes of each next option; the last: of anything beyond


@dataclass(frozen=True)
class YearCoefficients:
    """Weights of one planning year, and how far its chains reach."""

    constant_burden: float
    constant_lost: float  #: lost visits with every zone at its first option
    burden: Floats  #: [sets] visit-minutes when a set is empty
    lost: Floats  #: [sets] lost visits when a set is empty
    load: sp.csr_array  #: [rows, sets] planned visits
    load_constant: Floats  #: [rows]
    first_load: Floats  #: [C, G] visits by need of the zones whose home the group is
    reached: Bools  #: [sets] the sets of this year's chains
    loaded: Bools  #: [rows] load rows that visits can reach
    tails: Tails
    last_set: tuple[Ints, ...]  #: by need, [I] the set at the end of each chain
    complete: Bools  #: [I, C] chains that end at an option that is always available
    of_worst: Steps | None = None  #: the chains of the need whose added minutes equity counts


@dataclass(frozen=True)
class Pooled:
    """Everything the model is stated from."""

    groups: Groups
    pool: Pool
    pair_home: Ints  #: [pairs] home group
    pair_group: Ints  #: [pairs] receiving group
    years: tuple[YearCoefficients, ...]

    @property
    def n_groups(self) -> int:
        """The number of groups."""
        return int(self.groups.site.size)

    @property
    def n_rows(self) -> int:
        """Load rows: own visits of each group, other visits of each group, pairs."""
        return 2 * self.n_groups + int(self.pair_home.size)

    @property
    def row_group(self) -> Ints:
        """[rows] the receiving group of each load row."""
        own = np.arange(self.n_groups)
        return np.concatenate([own, own, self.pair_group])


def pooled(
    instance: Instance, depth: Ints | int, *, tails: Bools | None = None, tail_sites: int = 12
) -> Pooled:
    """The pooled coefficients with chains cut at ``depth`` and tails where ``tails`` says so.

    Both are [T, I, C], or broadcast to it. A tail holds the next ``tail_sites`` options, counting
    each state of a site with another wait.
    """
    shape = instance.demand.shape
    depths = np.broadcast_to(np.asarray(depth, dtype=np.int64), shape)
    wanted = np.broadcast_to(False if tails is None else tails, shape)
    steps, tables, pool = build_chains(instance, depths.max(axis=0))
    groups = _groups(instance, tables, steps)
    homes = _homes(groups, steps, shape[1])
    weights = _pair_weights(instance, groups, steps, homes)
    pairs = np.flatnonzero(weights >= PAIR_VISITS)
    rows = _RowOf(groups.site.size, pairs)
    years = []
    for t in range(shape[0]):
        cut = tuple(part.cut(depths[t, :, part.need]) for part in steps)
        tail = _tails(instance, groups, tables, cut, homes, rows, wanted[t], tail_sites)
        years.append(_year(instance, t, groups, cut, homes, rows, pool.size, tail))
    return Pooled(groups, pool, pairs // groups.site.size, pairs % groups.site.size, tuple(years))


class _RowOf:
    """Load rows of (home group, receiving group)."""

    def __init__(self, n_groups: int, pairs: Ints) -> None:
        self.n_groups = n_groups
        self._pairs = pairs

    def __call__(self, home: Ints, group: Ints) -> Ints:
        key = home * self.n_groups + group
        place = np.searchsorted(self._pairs, key)
        place = np.minimum(place, max(self._pairs.size - 1, 0))
        is_pair = self._pairs[place] == key if self._pairs.size else np.zeros(key.shape, dtype=bool)
        other = np.where(is_pair, 2 * self.n_groups + place, self.n_groups + group)
        return np.where(home == group, group, other)


def _groups(
    instance: Instance, tables: tuple[OptionTable, ...], steps: tuple[Steps, ...]
) -> Groups:
    number: dict[tuple[int, float], int] = {}
    members: list[Bools] = []
    possible = np.asarray(instance.allowed.any(axis=2))
    for j in range(instance.today.size):
        usable = np.flatnonzero(possible[j] & (np.arange(possible.shape[1]) != CLOSED))
        for wait in np.unique(instance.waiting[j, usable]):
            number[j, float(wait)] = len(members)
            mask = np.zeros(possible.shape[1], dtype=bool)
            mask[usable[instance.waiting[j, usable] == wait]] = True
            members.append(mask)
    states = np.array(members, dtype=bool).reshape(len(members), possible.shape[1])
    of_option = tuple(
        np.array(
            [number[int(j), float(w)] for j, w in zip(table.site, table.waiting, strict=True)],
            dtype=np.int64,
        )
        for table in tables
    )
    homes = np.zeros((len(members), len(steps)), dtype=bool)
    for part in steps:
        first = part.position == 0
        homes[of_option[part.need][part.option[first]], part.need] = True
    serves_all = states & ~(homes[:, None, :] & ~instance.serves).any(axis=2)
    sites = np.array([j for j, _ in number], dtype=np.int64)
    return Groups(sites, states, of_option, serves_all)


def _homes(groups: Groups, steps: tuple[Steps, ...], n_zones: int) -> Ints:
    """[C, I] the home group of each zone and need: the group of its first option."""
    homes = np.zeros((len(steps), n_zones), dtype=np.int64)
    for part in steps:
        first = part.position == 0
        homes[part.need, part.zone[first]] = groups.of_option[part.need][part.option[first]]
    return homes


def _pair_weights(
    instance: Instance, groups: Groups, steps: tuple[Steps, ...], homes: Ints
) -> Floats:
    """[G * G] most visits that may go from a home group to another one, any year."""
    n_groups = groups.site.size
    weights = np.zeros(n_groups * n_groups)
    most = instance.demand.max(axis=0)
    for part in steps:
        home = homes[part.need, part.zone]
        group = groups.of_option[part.need][part.option]
        away = home != group
        weights += np.bincount(
            home[away] * n_groups + group[away],
            weights=most[part.zone[away], part.need],
            minlength=n_groups * n_groups,
        )
    return weights


def _year(
    instance: Instance,
    t: int,
    groups: Groups,
    steps: tuple[Steps, ...],
    homes: Ints,
    rows: _RowOf,
    n_sets: int,
    tails: Tails,
) -> YearCoefficients:
    n_groups = groups.site.size
    n_rows = 2 * n_groups + rows._pairs.size
    burden, lost = np.zeros(n_sets), np.zeros(n_sets)
    constant, constant_lost, first_load = 0.0, 0.0, np.zeros((len(steps), n_rows))
    row_parts: list[Ints] = []
    set_parts: list[Ints] = []
    value_parts: list[Floats] = []
    reached = np.zeros(n_sets, dtype=bool)
    for part in steps:
        home = homes[part.need, part.zone]
        reached[part.set_id] = True
        demand = instance.demand[t, part.zone, part.need]
        loss = instance.loss(part.cost, instance.today_cost[part.zone, part.need], part.need)
        price = part.cost + instance.lost_visit_minutes * loss
        first = part.position == 0
        constant += float((demand * price)[first].sum())
        constant_lost += float((demand * loss)[first].sum())
        burden += np.bincount(part.set_id, demand * rise(price, first), minlength=n_sets)
        lost += np.bincount(part.set_id, demand * rise(loss, first), minlength=n_sets)
        basis = demand * (1.0 - loss) if instance.staffing_after_decay else demand
        row = rows(home, groups.of_option[part.need][part.option])
        first_load[part.need] = np.bincount(row[first], basis[first], minlength=n_rows)
        before = np.roll(part.set_id, 1)
        row_parts += [row[~first], row]
        set_parts += [before[~first], part.set_id]
        value_parts += [basis[~first], -basis]
    shape = (n_rows, n_sets)
    load = sp.coo_array(
        (
            np.concatenate(value_parts),
            (np.concatenate(row_parts), np.concatenate(set_parts)),
        ),
        shape=shape,
    ).tocsr()
    load.sum_duplicates()
    own = first_load[:, :n_groups]
    load_constant = first_load.sum(axis=0)
    loaded = (load_constant > 0) | (np.diff(load.indptr) > 0)
    loaded[tails.row[np.isfinite(tails.option_cost[:, :-1])]] = True
    loaded[:n_groups] = True
    last = tuple(_last_sets(part, instance.minutes.shape[0]) for part in steps)
    complete = np.column_stack([part.complete for part in steps])
    return YearCoefficients(
        constant,
        constant_lost,
        burden,
        lost,
        load,
        load_constant,
        own,
        reached,
        loaded,
        tails,
        last,
        complete,
        None if instance.equity is None else steps[instance.equity.column],
    )


def rise(value: Floats, first: Bools) -> Floats:
    """How much the value rises to the next link of the same zone; 0 at the last link."""
    rise = np.zeros_like(value)
    rise[:-1] = np.where(first[1:], 0.0, value[1:] - value[:-1])
    return rise


def _last_sets(steps: Steps, n_zones: int) -> Ints:
    last = np.full(n_zones, -1, dtype=np.int64)
    last[steps.zone] = steps.set_id  # positions rise within a zone: the last one stays
    return last


def _tails(
    instance: Instance,
    groups: Groups,
    tables: tuple[OptionTable, ...],
    steps: tuple[Steps, ...],
    homes: Ints,
    rows: _RowOf,
    wanted: Bools,
    n_next: int,
) -> Tails:
    parts: list[tuple[Ints, Ints, Ints, Floats, Ints, Floats]] = []
    for part, table in zip(steps, tables, strict=True):
        zones = np.flatnonzero(wanted[:, part.need] & ~part.complete)
        if zones.size == 0 or table.site.size == 0:
            continue
        nearby = instance.minutes[np.ix_(zones, table.site)]
        cost = option_minutes(nearby, table.waiting)
        place = np.full(instance.minutes.shape[0], -1)
        place[zones] = np.arange(zones.size)
        links = np.flatnonzero(place[part.zone] >= 0)
        cost[place[part.zone[links]], part.option[links]] = np.inf  # in the chain, not in the tail
        order = np.argsort(cost, axis=1, kind="stable")[:, : n_next + 1]
        cost = np.take_along_axis(cost, order, axis=1)
        missing = n_next + 1 - order.shape[1]  # fewer options than asked for: absent ones
        cost = np.pad(cost, ((0, 0), (0, missing)), constant_values=np.inf)
        order = np.pad(order, ((0, 0), (0, missing)))
        ends = np.flatnonzero(np.r_[part.zone[1:] != part.zone[:-1], True])
        end = ends[np.searchsorted(part.zone[ends], zones)]
        group = groups.of_option[part.need][order[:, :n_next]]
        row = rows(homes[part.need, zones][:, None], group)
        parts.append(
            (zones, np.full(zones.size, part.need), part.set_id[end], part.cost[end], row, cost)
        )
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        empty = np.zeros((0, n_next), dtype=np.int64)
        return Tails(none, none, none, np.zeros(0), empty, np.zeros((0, n_next + 1)))
    return Tails(*(np.concatenate(column) for column in zip(*parts, strict=True)))
