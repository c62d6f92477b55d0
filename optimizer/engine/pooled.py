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

from optimizer.engine.chains import Pool, Sets, Steps, build_chains, sets_of
from optimizer.engine.groups import (
    Chains,
    Groups,
    LoadRows,
    home_groups,
    make_groups,
    most_by_state,
)
from optimizer.engine.tails import Reach, Tails, make_tails
from optimizer.instance import Bools, Floats, Instance, Ints

PAIR_VISITS = 400.0  #: visits a year that make a flow between two groups a row of its own


@dataclass(frozen=True, kw_only=True)
class _Sums:
    constant_burden: float
    constant_lost: float  #: lost visits with every zone at its first option
    burden: Floats  #: [sets] visit-minutes when a set is empty
    lost: Floats  #: [sets] lost visits when a set is empty
    load: sp.csr_array  #: [rows, sets] planned visits
    load_constant: Floats  #: [rows]
    first_load: Floats  #: [C, G] visits by need of the zones whose home the group is
    reached: Bools  #: [sets] the sets of this year's chains


@dataclass(frozen=True, kw_only=True)
class YearCoefficients(_Sums):
    """Weights of one planning year, and how far its chains reach."""

    sets: Sets  #: how they come about in its chains
    loaded: Bools  #: [rows] load rows that visits can reach
    tails: Tails
    last_set: tuple[Ints, ...]  #: by need, [I] the set at the end of each chain
    complete: Bools  #: [I, C] chains that end at an option that is always available
    pair_most: Floats  #: [pairs, M+1] visits of a pair at most, by the state of the home's site
    of_worst: Steps | None = None  #: the chains of the need whose added minutes equity counts


@dataclass(frozen=True)
class Pooled:
    """Everything the model is stated from."""

    chains: Chains
    pool: Pool
    pair_home: Ints  #: [pairs] home group
    pair_group: Ints  #: [pairs] receiving group
    years: tuple[YearCoefficients, ...]

    @property
    def groups(self) -> Groups:
        """The states of sites by which staff and room are counted."""
        return self.chains.groups

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
    instance: Instance,
    depth: Ints | int,
    *,
    tails: Bools | bool = False,
    tail_sites: int = 12,
    reach: Reach | None = None,
    known: int = 1,
    least: float = 0.0,
) -> Pooled:
    """The pooled coefficients with chains cut at ``depth`` and tails where ``tails`` says so.

    Both are [T, I, C], or broadcast to it. A tail holds the next ``tail_sites`` options, counting
    each state of a site with another wait. With a ``reach`` the tails are to grow. Pairs and sets
    are known to chains of at least ``known`` sites, whether a year's chains reach them or not.
    Zones share a tail in bunches of ``least`` visits, with 0 each has its own.
    """
    shape = instance.demand.shape
    depths = np.broadcast_to(np.asarray(depth, dtype=np.int64), shape)
    wanted = np.broadcast_to(tails, shape)
    steps, tables, pool = build_chains(instance, np.maximum(depths.max(axis=0), known))
    groups = make_groups(instance, tables)
    homes = home_groups(groups, steps, shape[1])
    pairs = np.flatnonzero(_pair_weights(instance, groups, steps, homes) >= PAIR_VISITS)
    chains = Chains(steps, tables, groups, homes, LoadRows(groups.site.size, pairs))
    home, group = pairs // groups.site.size, pairs % groups.site.size
    years: list[YearCoefficients] = []
    for t in range(shape[0]):
        cut = tuple(part.cut(depths[t, :, part.need]) for part in steps)
        same = t > 0 and np.array_equal(instance.demand[t], instance.demand[t - 1])
        if same:
            most = years[-1].pair_most
        else:
            most = most_by_state(instance, t, chains, pair_home=home, pair_group=group)
        same &= all(np.array_equal(by_year[t], by_year[t - 1]) for by_year in (depths, wanted))
        if same:
            tail = years[-1].tails
        else:
            tail = make_tails(
                instance, t, chains, cut, wanted[t], tail_sites, reach=reach, least=least
            )
        sums = _sums(instance, t, chains, cut, pool.size)
        years.append(
            YearCoefficients(
                **vars(sums),
                sets=sets_of(cut, tables, pool.size),
                loaded=_loaded(sums, tail, growing=reach is not None),
                tails=tail,
                last_set=tuple(part.last_set for part in cut),
                complete=np.column_stack([part.complete for part in cut]),
                pair_most=most,
                of_worst=None if instance.equity is None else cut[instance.equity.column],
            )
        )
    return Pooled(chains, pool, home, group, tuple(years))


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


def _sums(instance: Instance, t: int, chains: Chains, cut: tuple[Steps, ...], n_sets: int) -> _Sums:
    """The sums of year ``t`` over all links of the chains ``cut``."""
    n_groups = chains.groups.site.size
    n_rows = 2 * n_groups + chains.rows.pairs.size
    burden, lost, reached = np.zeros(n_sets), np.zeros(n_sets), np.zeros(n_sets, dtype=bool)
    constant, constant_lost, first_load = 0.0, 0.0, np.zeros((len(cut), n_rows))
    rows: list[Ints] = []
    sets: list[Ints] = []
    values: list[Floats] = []
    for part in cut:
        home = chains.homes[part.need, part.zone]
        reached[part.set_id] = True
        demand = instance.demand[t, part.zone, part.need]
        loss = instance.loss(part.cost, instance.today_cost[part.zone, part.need], part.need)
        price = part.cost + instance.lost_visit_minutes * loss
        first = part.position == 0
        constant += float((demand * price)[first].sum())
        constant_lost += float((demand * loss)[first].sum())
        burden += np.bincount(part.set_id, demand * rise(price, first), minlength=n_sets)
        lost += np.bincount(part.set_id, demand * rise(loss, first), minlength=n_sets)
        planned = demand * (1.0 - loss) if instance.staffing_after_decay else demand
        row = chains.rows(home, chains.groups.of_option[part.need][part.option])
        first_load[part.need] = np.bincount(row[first], planned[first], minlength=n_rows)
        before = np.roll(part.set_id, 1)
        rows += [row[~first], row]
        sets += [before[~first], part.set_id]
        values += [planned[~first], -planned]
    places = (np.concatenate(rows), np.concatenate(sets))
    load = sp.coo_array((np.concatenate(values), places), shape=(n_rows, n_sets)).tocsr()
    load.sum_duplicates()
    return _Sums(
        constant_burden=constant,
        constant_lost=constant_lost,
        burden=burden,
        lost=lost,
        load=load,
        load_constant=first_load.sum(axis=0),
        first_load=first_load[:, :n_groups],
        reached=reached,
    )


def _loaded(sums: _Sums, tails: Tails, *, growing: bool) -> Bools:
    """[rows] that visits can reach: every one where tails grow."""
    if growing:
        return np.ones(sums.load_constant.size, dtype=bool)
    loaded = (sums.load_constant > 0) | (np.diff(sums.load.indptr) > 0)
    loaded[tails.row[np.isfinite(tails.more[:, :-1])]] = True
    loaded[: sums.first_load.shape[1]] = True
    return np.asarray(loaded)


def rise(value: Floats, first: Bools) -> Floats:
    """How much the value rises to the next link of the same zone; 0 at the last link."""
    rise = np.zeros_like(value)
    rise[:-1] = np.where(first[1:], 0.0, value[1:] - value[:-1])
    return rise
