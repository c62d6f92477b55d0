"""The decisions of the model: columns with bounds and names, and index arrays into them.

Units: visits in thousands a year, money in mnkr, staff in FTE, shares in [0, 1].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import Spare
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints

ABSENT = -1
THOUSAND = 1000.0


def usual_conversion(instance: Instance) -> float:
    """The least conversion cost of the open states, mnkr: what every conversion costs."""
    prices = instance.money.conversion
    return float(prices[np.arange(prices.size) != CLOSED].min(initial=np.inf))


def at_columns(values: Floats, columns: Ints) -> Floats:
    """The values of a solution at some columns; 0 where a decision does not exist."""
    return np.asarray(np.where(columns != ABSENT, values[np.maximum(columns, 0)], 0.0))


def states_at(values: Floats, mode: Ints) -> Ints:
    """[J, T] the plan in a solution: at each site the state whose column is largest."""
    share = np.where(mode != ABSENT, values[np.maximum(mode, 0)], -1.0)
    return np.asarray(share.argmax(axis=1), dtype=np.int64)


def columns_of_plan(mode: Ints, plan: Ints) -> tuple[Ints, Floats]:
    """The columns of all states there are, and their values in a plan [J, T]."""
    chosen = plan[:, None, :] == np.arange(mode.shape[1])[None, :, None]
    return mode[mode != ABSENT], chosen[mode != ABSENT].astype(np.float64)


@dataclass(frozen=True)
class Columns:
    """Bounds and names of all decisions, one after the other."""

    lower: Floats
    upper: Floats
    binary: Bools
    year: Ints  #: the year that each belongs to
    kinds: tuple[tuple[str, int, Ints], ...]  #: name, first column, cells of its index array

    def __len__(self) -> int:
        return int(self.lower.size)

    def names(self) -> Iterator[str]:
        """A name for each: its number, kind and cell. They sort as they stand."""
        for kind, first, cells in self.kinds:
            for k, cell in enumerate(cells.tolist(), start=first):
                yield f"c{k:08d}_{kind}_{'_'.join(map(str, cell))}"


@dataclass(frozen=True, kw_only=True)
class Variables:
    """Index arrays into ``columns``; -1 where a decision does not exist."""

    mode: Ints  #: [J, M+1, T] y: site in state
    none: Ints  #: [T, sets] z: no option of the set is available (sets of one site: -1)
    staff: Ints  #: [T, G] n: FTE by group
    extend: Ints  #: [T, G] room beyond, thousand visits
    group_site: Ints  #: [G] the site of each group
    load: Ints  #: [T, rows] planned visits by load row, thousands; -1 where none can come
    pair_staff: Ints  #: [T, pairs] FTE beyond the idle minimum, caused by the pair
    pair_idle: Ints  #: [T, pairs] idle FTE of the minimum that the pair uses
    pair_extend: Ints  #: [T, pairs] room beyond, caused by the pair
    pair_room: Ints  #: [T, pairs] spare room that the pair uses
    tail: tuple[Ints, ...]  #: by year, [W, L+1] share of a tail that goes to each option
    convert: Ints  #: [T, J] site goes from one open state to another
    enter: Ints  #: [T, J, M+1] site is converted to a mode that costs more than the cheapest; it
    #: stands at the first state of the mode
    change: Ints  #: [T, J] office closes, or candidate opens
    leave: Ints  #: [T, J, M+1] office leaves the premises of today, from a state; where that costs
    carry: Ints  #: [T]
    movable: tuple[Ints, Ints]  #: pairs of sites (from, to) between which staff may move
    move: Ints  #: [T, movable] FTE
    hire: Ints  #: [T, J] FTE
    redundant: Ints  #: [T, J] FTE
    give: Ints  #: [T, G] FTE lent by video
    get: Ints  #: [T, G] FTE received by video
    reached: tuple[Ints, ...]  #: by access rule, [T, S] share of a set of people that is reached
    added: Ints  #: [T, J, S] service is added at a site
    worst: Ints  #: [T] mean added minutes of the people who are worst off
    columns: Columns


class _Collector:
    """Collects columns, kind by kind."""

    def __init__(self) -> None:
        self._size = 0
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._binary: list[Bools] = []
        self._year: list[Ints] = []
        self._kinds: list[tuple[str, int, Ints]] = []

    def add(
        self,
        name: str,
        where: Bools,
        *,
        lower: float = 0.0,
        upper: Floats | float = np.inf,
        binary: bool = False,
        axis: int = 0,
        year: int | None = None,
    ) -> Ints:
        """One column for each true cell of ``where``; its index there, -1 elsewhere.

        Years are along ``axis``, unless all columns are of the same ``year``.
        """
        index = np.full(where.shape, ABSENT, dtype=np.int64)
        cells = np.argwhere(where)
        n_new = len(cells)
        index[where] = np.arange(self._size, self._size + n_new)
        self._lower.append(np.full(n_new, lower))
        self._upper.append(np.array(np.broadcast_to(upper, where.shape)[where], dtype=np.float64))
        self._binary.append(np.full(n_new, binary))
        self._year.append(cells[:, axis] if year is None else np.full(n_new, year))
        self._kinds.append((name, self._size, cells))
        self._size += n_new
        return index

    def columns(self) -> Columns:
        """All of them."""
        return Columns(
            np.concatenate(self._lower),
            np.concatenate(self._upper),
            np.concatenate(self._binary),
            np.concatenate(self._year),
            tuple(self._kinds),
        )


def make_variables(
    instance: Instance, engine: Pooled, capacity: Spare, *, relaxed: bool = False
) -> Variables:
    """All decisions of an instance; ``relaxed`` drops integrality."""
    n_years, n_sites = len(instance.years), instance.today.size
    new = _Collector()
    everywhere = np.ones((n_years, n_sites), dtype=bool)
    mode = new.add("mode", instance.allowed, upper=1.0, binary=not relaxed, axis=2)
    several = (engine.pool.n_sites > 1) & np.stack([year.reached for year in engine.years])
    none = new.add("none", several, upper=1.0)
    groups = np.ones((n_years, engine.n_groups), dtype=bool)
    staff = new.add("staff", groups)
    extend = new.add("extend", groups)
    loaded = np.stack([year.loaded for year in engine.years])
    load = new.add("load", loaded)
    room = loaded[:, 2 * engine.n_groups :]
    idle = (capacity.idle_fte[:, engine.pair_group] > 0) & room
    tail = tuple(
        new.add(f"tail_{t}", np.isfinite(year.tails.more), upper=1.0, year=t)
        for t, year in enumerate(engine.years)
    )
    money = instance.money
    last = np.arange(n_years) == n_years - 1
    carry = np.array(
        [
            new.add(
                f"carry_{t}",
                np.ones(1, dtype=bool),
                lower=0.0 if last[t] else -float(money.credit_limit[t]),
                upper=float(money.saving_limit[t]),
                year=t,
            )[0]
            for t in range(n_years)
        ]
    )
    convertible = everywhere & (~instance.candidate | (np.arange(n_years) > 0)[:, None])
    dearer = money.conversion > usual_conversion(instance)
    dearer[CLOSED] = False
    movable = _movable(instance)
    followed = np.full((n_years, n_sites), instance.staff is not None)
    entered = convertible[:, :, None] & dearer & _modes_allowed(instance)
    return Variables(
        mode=mode,
        none=none,
        staff=staff,
        extend=extend,
        group_site=engine.groups.site,
        load=load,
        pair_staff=new.add("pair_staff", idle),
        pair_idle=new.add("pair_idle", idle, upper=capacity.idle_fte[:, engine.pair_group]),
        pair_extend=new.add("pair_extend", room),
        pair_room=new.add("pair_room", room, upper=capacity.room[:, engine.pair_group]),
        tail=tail,
        convert=new.add("convert", convertible, upper=float(instance.conversions_allowed)),
        enter=new.add("enter", entered, upper=1.0),
        change=new.add("change", everywhere, upper=1.0),
        leave=new.add("leave", _leavable(instance), upper=1.0),
        carry=carry,
        movable=movable,
        move=new.add("move", np.ones((n_years, movable[0].size), dtype=bool)),
        hire=new.add("hire", followed),
        redundant=new.add("redundant", followed),
        give=new.add("give", _able(instance, engine)),
        get=new.add("get", _able(instance, engine)),
        reached=tuple(
            new.add(
                f"reached_{k}",
                np.repeat((np.arange(n_years) >= rule.from_year)[:, None], rule.people.size, axis=1)
                & (not rule.everyone),
                upper=1.0,
            )
            for k, rule in enumerate(instance.access)
        ),
        added=new.add("added", _addable(instance), upper=1.0),
        worst=new.add("worst", np.full(n_years, instance.equity is not None)),
        columns=new.columns(),
    )


def _modes_allowed(instance: Instance) -> Bools:
    """[T, J, M+1] whether a site may be in the mode of a state; at the first state of each mode."""
    out = np.zeros(instance.allowed.shape, dtype=bool)
    for mode in np.unique(instance.mode_id):
        members = np.flatnonzero(instance.mode_id == mode)
        out[:, members[0]] = instance.allowed[:, members].any(axis=1)
    return out.transpose(2, 0, 1)


def _leavable(instance: Instance) -> Bools:
    """[T, J, M+1] states from which an office may leave the premises of today, where that costs."""
    cost, n_years = instance.leaving_cost, len(instance.years)
    out = np.zeros((n_years, *instance.waiting.shape), dtype=bool)
    if cost is None:
        return out
    out[0, np.arange(instance.today.size), instance.today] = True
    out[1:] = instance.allowed.transpose(2, 0, 1)[:-1]
    charged: Bools = np.asarray((cost > 0).any(axis=(1, 2)))
    return np.asarray(out & instance.housed & charged[:, None])


def _addable(instance: Instance) -> Bools:
    """[T, J, S] services that a site may offer in a year and may not have offered before it."""
    n_years = len(instance.years)
    out = np.zeros((n_years, instance.today.size, instance.offered.shape[1]), dtype=bool)
    for s in range(out.shape[2]):
        offers = instance.offered[:, s]
        may = np.asarray((instance.allowed & offers[None, :, None]).any(axis=1)).T
        lack = np.asarray((instance.allowed & ~offers[None, :, None]).any(axis=1)).T
        out[:, :, s] = may
        out[1:, :, s] &= lack[:-1]
        out[0, :, s] &= ~offers[instance.today]
    return out


def _able(instance: Instance, engine: Pooled) -> Bools:
    """[T, G] the groups that may give and get help by video in some state."""
    shape = (len(instance.years), engine.n_groups)
    if instance.remote is None:
        return np.zeros(shape, dtype=bool)
    groups = np.any(engine.groups.states & instance.remote.states, axis=1)
    return np.broadcast_to(groups, shape)


def _movable(instance: Instance) -> tuple[Ints, Ints]:
    if instance.staff is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    origin, target = np.nonzero(instance.staff.near)
    return origin, target
