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

from optimizer.engine.chains import OptionTable, Pool, Sets, Steps, build_chains, sets_of
from optimizer.engine.groups import Groups, LoadRows, home_groups, make_groups, most_by_state
from optimizer.engine.tails import Reach, Tails, make_tails
from optimizer.instance import Bools, Floats, Instance, Ints

PAIR_VISITS = 400.0  #: visits a year that make a flow between two groups a row of its own


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
    sets: Sets  #: how they come about in them
    loaded: Bools  #: [rows] load rows that visits can reach
    tails: Tails
    last_set: tuple[Ints, ...]  #: by need, [I] the set at the end of each chain
    complete: Bools  #: [I, C] chains that end at an option that is always available
    pair_most: Floats  #: [pairs, M+1] visits of a pair at most, by the state of the home's site
    of_worst: Steps | None = None  #: the chains of the need whose added minutes equity counts


@dataclass(frozen=True)
class Chains:
    """What the coefficients were made from."""

    steps: tuple[Steps, ...]  #: by need, as long as they are known
    tables: tuple[OptionTable, ...]
    homes: Ints  #: [C, I] home group
    rows: LoadRows


@dataclass(frozen=True)
class Pooled:
    """Everything the model is stated from."""

    groups: Groups
    pool: Pool
    pair_home: Ints  #: [pairs] home group
    pair_group: Ints  #: [pairs] receiving group
    years: tuple[YearCoefficients, ...]
    chains: Chains

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
    weights = _pair_weights(instance, groups, steps, homes)
    pairs = np.flatnonzero(weights >= PAIR_VISITS)
    rows = LoadRows(groups.site.size, pairs)
    home, group = pairs // groups.site.size, pairs % groups.site.size
    years: list[YearCoefficients] = []
    for t in range(shape[0]):
        same = t > 0 and np.array_equal(instance.demand[t], instance.demand[t - 1])
        if same:
            most = years[-1].pair_most
        else:
            most = most_by_state(
                instance, t, groups, tables, homes, pair_home=home, pair_group=group
            )
        cut = tuple(part.cut(depths[t, :, part.need]) for part in steps)
        same &= all(np.array_equal(by_year[t], by_year[t - 1]) for by_year in (depths, wanted))
        tail = years[-1].tails if same else make_tails(
            instance, t, groups, tables, steps, cut, homes, rows, wanted[t], tail_sites,
            reach=reach, least=least,
        )  # fmt: skip
        sets = sets_of(cut, tables, pool.size)
        year = _year(instance, t, groups, cut, homes, rows, sets, tail, most, reach)
        years.append(year)
    chains = Chains(steps, tables, homes, rows)
    return Pooled(groups, pool, home, group, tuple(years), chains)


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
    rows: LoadRows,
    sets: Sets,
    tails: Tails,
    most: Floats,
    reach: Reach | None,
) -> YearCoefficients:
    n_groups, n_sets = groups.site.size, sets.parent.size
    n_rows = 2 * n_groups + rows.pairs.size
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
    loaded[tails.row[np.isfinite(tails.more[:, :-1])]] = True
    loaded[:n_groups] = True
    if reach is not None:  # where tails grow visits can reach every row
        loaded[:] = True
    last = tuple(part.last_set for part in steps)
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
        sets,
        loaded,
        tails,
        last,
        complete,
        most,
        None if instance.equity is None else steps[instance.equity.column],
    )


def rise(value: Floats, first: Bools) -> Floats:
    """How much the value rises to the next link of the same zone; 0 at the last link."""
    rise = np.zeros_like(value)
    rise[:-1] = np.where(first[1:], 0.0, value[1:] - value[:-1])
    return rise
