"""Tails: where visits may go beyond the cut of their chain, at the model's choice.

A closest assignment is one such choice, so the bound stays valid, and visits can not vanish from
the staff and room of a region by closing all of it.

Zones in one bunch have a tail together. They need not go the same way in a closest assignment, so
what an option o costs is what it costs them in the mean, v[o], less what the zones i for which
another way is nearer may save together:

    sum over zones of n[i] d[i, o(i)]  >=  sum over options of N x[o] v[o] + sum n[i] u[i]
    u[i] = min over o of d[i, o] - v[o]

d the minutes beyond those at the cut, o(i) any way of zone i, x[o] the part of the N visits for
which it is o: prices v and u of a transport problem are a bound of it. A zone alone has u = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np

from optimizer.engine.bunches import Bunches, make_bunches
from optimizer.engine.chains import OptionTable, Steps
from optimizer.engine.groups import Chains
from optimizer.instance import Bools, Floats, Instance, Ints
from optimizer.instance.options import option_minutes

Array = TypeVar("Array", Floats, Ints)

_NEAR = 8  #: options among which zones of a bunch are expected to differ
_BLOCK = 4_000
NOWHERE = np.iinfo(np.int64).max  #: the place of an option that is not in a chain


@dataclass(frozen=True)
class NeedTails:
    """The tails of one need (w), with all its options (O), the whole bunch going to each."""

    need: int
    first: int  #: where they begin among all tails of the year
    bunches: Bunches
    cut: Floats  #: [N] minutes of each zone of the bunches at the cut
    place: Ints  #: [w, O] of options in the chain of the first zone, as far as known; NOWHERE: not
    links: Ints  #: [w] links of the chain up to the cut
    weight: Floats  #: [w] visits
    order: Ints  #: [w, O] the options by what they cost
    more: Floats  #: [w, O] visit-minutes more than at the cut; infinite: in the chain, or too far
    far: Floats  #: [w] the same of the cheapest that is too far; infinite: nothing is
    visits: Floats  #: [w, O] planned visits

    @property
    def held(self) -> Bools:
        """[w, O] the options of the chain up to the cut."""
        return np.asarray(self.place < self.links[:, None])


@dataclass(frozen=True)
class Tails:
    """Directed flows of the zones and needs whose chain is cut: arrays over tails and sites."""

    set_id: Ints  #: [W] the set that is empty when the tail is used
    row: Ints  #: [W, L] load row of each next option
    more: Floats  #: [W, L+1] visit-minutes more than at the cut; the last: of anything beyond
    visits: Floats  #: [W, L] planned visits at each next option; 0 where there is none
    needs: tuple[NeedTails, ...]

    @property
    def size(self) -> int:
        """The number of tails."""
        return int(self.set_id.size)


@dataclass(frozen=True)
class Reach:
    """How far a tail that grows may go: so many minutes, and at least so many options."""

    minutes: float = 60.0
    options: int = 24

    def limits(self, cost: Floats) -> Floats:
        """[zones] minutes at which the options ``cost`` [zones, O] are out of reach.

        Infinite where all of them are within it.
        """
        n_options = cost.shape[1]
        if n_options <= self.options:
            return np.full(cost.shape[0], np.inf)
        counted = np.partition(cost, self.options, axis=1)[:, self.options]
        far = np.maximum(cost.min(axis=1) + self.minutes, counted)
        beyond = np.where(cost >= far[:, None], cost, np.inf).min(axis=1)
        return np.asarray(beyond)


def make_tails(
    instance: Instance,
    t: int,
    chains: Chains,
    cut: tuple[Steps, ...],
    wanted: Bools,
    n_next: int,
    *,
    reach: Reach | None = None,
    least: float = 0.0,
) -> Tails:
    """The tails of year ``t``: where ``wanted`` [I, C] and the chain ``cut`` is cut.

    With a ``reach`` no option out of it is taken, and what lies there is charged as the first.
    Zones are bunched to ``least`` visits, with 0 not at all.
    """
    set_id, row = [np.zeros(0, dtype=np.int64)], [np.zeros((0, n_next), dtype=np.int64)]
    more, visits = [np.zeros((0, n_next + 1))], [np.zeros((0, n_next))]
    needs: list[NeedTails] = []
    groups, homes, year = chains.groups, chains.homes, _Year(instance, t, reach)
    for known, part, table in zip(chains.steps, cut, chains.tables, strict=True):
        need = part.need
        zones = np.flatnonzero(wanted[:, need] & ~part.complete)
        if zones.size == 0 or table.site.size == 0:
            continue
        demand = instance.demand[t, :, need]
        bunches = make_bunches(known, part, homes[need], demand, zones, least)
        first = sum(one.size for one in set_id)
        one = _of_need(year, table, known, part, bunches, first)
        needs.append(one)
        set_id.append(part.last_set[bunches.first])
        nearest = _padded(one.order[:, :n_next], n_next, 0)
        costs = np.take_along_axis(one.more, one.order, axis=1)
        going = np.take_along_axis(one.visits, nearest, axis=1)
        beyond = np.minimum(_padded(costs, n_next + 1, np.inf)[:, n_next], one.far)
        costs = _padded(costs[:, :n_next], n_next, np.inf)
        visits.append(np.where(np.isfinite(costs), going, 0.0))
        more.append(np.column_stack([costs, beyond]))
        row.append(
            chains.rows(homes[need, bunches.first][:, None], groups.of_option[need][nearest])
        )
    return Tails(
        np.concatenate(set_id),
        np.concatenate(row),
        np.concatenate(more),
        np.concatenate(visits),
        tuple(needs),
    )


def _padded(values: Array, width: int, fill: float) -> Array:
    """At least ``width`` columns."""
    missing = max(0, width - values.shape[1])
    return cast(Array, np.pad(values, ((0, 0), (0, missing)), constant_values=fill))


@dataclass(frozen=True)
class _Year:
    """What tails are priced by."""

    instance: Instance
    t: int
    reach: Reach | None


def _of_need(
    year: _Year, table: OptionTable, known: Steps, cut: Steps, bunches: Bunches, first: int
) -> NeedTails:
    place = np.full((bunches.start.size, table.site.size), NOWHERE)
    bunch, links = known.of_zones(bunches.first)
    place[bunch, known.option[links]] = known.position[links]
    last = cut.last
    at_cut, n_links = cut.cost[last[bunches.zone]], cut.position[last[bunches.first]] + 1
    held = place < n_links[:, None]
    parts = [
        _prices(year, table, part, at_cut[zones], held[rows])
        for rows, zones, part in _blocks(bunches)
    ]
    weight, more, far, visits = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(more, axis=1, kind="stable")
    head = table.need, first, bunches, at_cut, place, n_links
    return NeedTails(*head, weight, order, more, far, visits)


def _blocks(bunches: Bunches) -> Iterator[tuple[slice, slice, Bunches]]:
    """The bunches some at a time: their places, those of their zones, and themselves."""
    ends, n_bunches = np.cumsum(bunches.size), bunches.start.size
    low = 0
    while low < n_bunches:
        begin = int(bunches.start[low])
        high = max(low + 1, int(np.searchsorted(ends, begin + _BLOCK, side="right")))
        end = int(ends[high - 1])
        zone, start = bunches.zone[begin:end], bunches.start[low:high] - begin
        yield slice(low, high), slice(begin, end), Bunches(zone, start, bunches.common)
        low = high


def _prices(
    year: _Year, table: OptionTable, bunches: Bunches, at_cut: Floats, held: Bools
) -> tuple[Floats, Floats, Floats, Floats]:
    """`weight`, `more`, `far` and `visits` of some bunches; see the head of this file."""
    instance = year.instance
    need, zone, of_zone, start = table.need, bunches.zone, bunches.of_zone, bunches.start
    minutes = option_minutes(instance.minutes[np.ix_(zone, table.site)], table.waiting)
    today = instance.today_cost[zone, need][:, None]
    loss = instance.loss(minutes, today, need)
    price = minutes + instance.lost_visit_minutes * loss
    cut_loss = instance.loss(at_cut[:, None], today, need)
    beyond = price - (at_cut[:, None] + instance.lost_visit_minutes * cut_loss)
    demand = instance.demand[year.t, zone, need]
    total = np.add.reduceat(demand, start)
    even = 1.0 / bunches.size[of_zone]
    share = np.where(total[of_zone] > 0, demand / np.maximum(total[of_zone], 1e-300), even)
    option_price = np.where(held, np.inf, _mean(beyond, share, start))
    near = np.argsort(option_price, axis=1, kind="stable")[:, :_NEAR]
    here = np.take_along_axis(beyond, near[of_zone], axis=1)
    there = np.take_along_axis(option_price, near, axis=1)[of_zone]
    saved = (here - np.where(np.isfinite(there), there, -np.inf)).min(axis=1)  # u
    saved = np.where(np.isfinite(saved), saved, 0.0)  # where nothing is left to go to
    option_price = np.minimum(
        option_price, np.where(held, np.inf, np.minimum.reduceat(beyond - saved[:, None], start))
    )
    together = np.add.reduceat(share * saved, start)[:, None]
    more = total[:, None] * (np.where(held, 0.0, option_price) + together)
    more = np.where(held, np.inf, more)
    far = np.full(start.size, np.inf)
    if year.reach is not None:
        mean = np.where(held, np.inf, _mean(minutes, share, start))
        out = (mean >= year.reach.limits(mean)[:, None]) & ~held
        far = np.where(out, more, np.inf).min(axis=1)
        more = np.where(out, np.inf, more)
    visits = np.broadcast_to(total[:, None], more.shape)
    if instance.staffing_after_decay:
        visits = visits * np.minimum.reduceat(1.0 - loss, start)
    return total, more, far, visits


def _mean(values: Floats, share: Floats, start: Ints) -> Floats:
    return np.asarray(np.add.reduceat(share[:, None] * values, start))
