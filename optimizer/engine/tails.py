"""Tails: where visits may go beyond the cut of their chain, at the model's choice.

A closest assignment is one such choice, so the bound stays valid, and visits can not vanish from
the staff and room of a region by closing all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.chains import OptionTable, Steps
from optimizer.engine.groups import Groups, LoadRows
from optimizer.instance import Bools, Floats, Instance, Ints, option_minutes


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
    groups: Groups,
    tables: tuple[OptionTable, ...],
    steps: tuple[Steps, ...],
    homes: Ints,
    rows: LoadRows,
    wanted: Bools,
    n_next: int,
    *,
    reach: Reach | None = None,
) -> Tails:
    """The tails of one year: where ``wanted`` [I, C] and the chain is cut.

    With a ``reach`` no option out of it is taken, and what lies there is charged as the first.
    """
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
        limit = None if reach is None else reach.limits(cost)
        order = np.argsort(cost, axis=1, kind="stable")[:, : n_next + 1]
        cost = np.take_along_axis(cost, order, axis=1)
        missing = n_next + 1 - order.shape[1]  # fewer options than asked for: absent ones
        cost = np.pad(cost, ((0, 0), (0, missing)), constant_values=np.inf)
        order = np.pad(order, ((0, 0), (0, missing)))
        if limit is not None:
            cost[:, :-1] = np.where(cost[:, :-1] < limit[:, None], cost[:, :-1], np.inf)
            cost[:, -1] = np.minimum(cost[:, -1], limit)
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
