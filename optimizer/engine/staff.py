"""`staff_balance`: who leaves, moves, is hired or made redundant when the network changes.

The staff of a site is what its visits and its mode ask for. From one year to the next a part
leaves by itself; what a site has too much moves to sites within the commuting limit that have too
little, and the rest is redundant; what is still missing is hired. As many as can move do, because a
move costs less than a redundancy and a hire: a transport problem, solved exactly. All staff of a
demanded merger, less those who leave, moves to the receiving office. Where no more may be made
redundant than a limit, the rest is kept on without work, at its own site or an open one near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_flow

from optimizer.instance import Bools, Floats, Instance, Ints, Staff

_SMALL_FTE = 1e-9
_GRID_FTE = 1e-6  #: moves are whole multiples of it, so that flows are exact
_ELSEWHERE = 1e-3  #: what a move counts less if it does not go to the receiving office
_FARTHER = 1e-6  #: what a move counts less for each minute
_NOBODY = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)


@dataclass(frozen=True)
class StaffFlows:
    """Staff flows of one year, FTE."""

    attrition: Floats  #: [J] leave by themselves
    origin: Ints  #: [moves]
    target: Ints  #: [moves]
    moved: Floats  #: [moves]
    hired: Floats  #: [J]
    redundant: Floats  #: [J]
    kept: Floats  #: [J] at the site without work, as no more may be made redundant


def staff_flows(
    staff: Staff,
    before: Floats,
    now: Floats,
    *,
    mergers: Sequence[tuple[int, int]] = (),
    into: Ints | None = None,
) -> StaffFlows:
    """The flows of a year in which staff goes from ``before`` to ``now``, both [J] FTE.

    ``into`` [J] names the site that receives most of the visits of each (-1: none): moves go there
    first, then to the nearest. Without it the moves are as many, but any: their number is what an
    exact count needs. ``now`` holds all staff, what is kept without work too: see `flows_within`.
    """
    attrition = staff.attrition * before
    surplus = before - attrition - now
    forced = np.array([before[j] - attrition[j] for j, _ in mergers])
    for (j, k), fte in zip(mergers, forced, strict=True):
        surplus[j] -= fte
        surplus[k] += fte
    dear = staff.redundancy + staff.hire <= staff.move
    origin, target, moved = _NOBODY if dear else _moves(staff, surplus, into)
    beyond = np.maximum(surplus, 0.0).sum() - staff.most_redundant
    if dear and beyond > _SMALL_FTE:  # as many move as the limit asks for, and no more
        origin, target, moved = _moves(staff, surplus, into)
        moved = moved * min(1.0, beyond / max(moved.sum(), _SMALL_FTE))
    leaving = np.bincount(origin, weights=moved, minlength=now.size)
    coming = np.bincount(target, weights=moved, minlength=now.size)
    left = surplus - leaving + coming
    return StaffFlows(
        attrition,
        np.concatenate([np.array([j for j, _ in mergers], dtype=np.int64), origin]),
        np.concatenate([np.array([k for _, k in mergers], dtype=np.int64), target]),
        np.concatenate([forced, moved]),
        np.where(left < -_SMALL_FTE, -left, 0.0),
        np.where(left > _SMALL_FTE, left, 0.0),
        np.zeros(now.size),
    )


def flows_within(
    staff: Staff,
    before: Floats,
    least: Floats,
    is_open: Bools,
    *,
    mergers: Sequence[tuple[int, int]] = (),
) -> StaffFlows:
    """The flows to the ``least`` staff [J], and what is kept beyond it to keep to the limit.

    The limit is on redundancies of the year. Who is beyond it stays where there is an office,
    every such office keeping the same part, and goes to the nearest open office where there is
    none; where none is near enough the limit is broken.
    """
    flows = staff_flows(staff, before, least, mergers=mergers)
    beyond = flows.redundant.sum() - staff.most_redundant
    if not beyond > _SMALL_FTE:
        return flows
    kept = _kept(staff, flows.redundant, beyond + 3 * least.size * _GRID_FTE, is_open)
    whole = np.ceil((least + kept) / _GRID_FTE) * _GRID_FTE  # so that tables tell it exactly
    kept = np.where(kept > 2 * _GRID_FTE, whole - least, 0.0)
    found = staff_flows(staff, before, least + kept, mergers=mergers)
    return replace(found, kept=kept)


def _kept(staff: Staff, redundant: Floats, beyond: float, is_open: Bools) -> Floats:
    """[J] where so many of those who were to go stay without work."""
    own = np.where(is_open, redundant, 0.0)
    kept = own * min(1.0, beyond / max(own.sum(), _SMALL_FTE))
    elsewhere = redundant - own
    near = staff.near & is_open
    elsewhere[~near.any(axis=1)] = 0.0
    rest = beyond - kept.sum()
    if rest > _SMALL_FTE and elsewhere.sum() > 0.0:
        to = np.where(near, staff.apart, np.inf).argmin(axis=1)
        part = min(1.0, rest / elsewhere.sum())
        kept = kept + np.bincount(to, weights=part * elsewhere, minlength=kept.size)
    return np.asarray(kept)


def _moves(staff: Staff, surplus: Floats, into: Ints | None) -> tuple[Ints, Ints, Floats]:
    """As many FTE as can move from sites with too much to near sites with too little."""
    givers = np.flatnonzero(surplus > _SMALL_FTE)
    takers = np.flatnonzero(surplus < -_SMALL_FTE)
    giver, taker = np.nonzero(staff.near[np.ix_(givers, takers)])
    if giver.size == 0:
        return _NOBODY
    limits = np.floor(np.abs(surplus) / _GRID_FTE)
    give, take = limits[givers], limits[takers]
    if into is None:
        giver, taker, units = _most(give, take, giver, taker)
    else:
        worth = 1.0 - _FARTHER * staff.apart[givers[giver], takers[taker]]
        worth -= np.where(into[givers[giver]] == takers[taker], 0.0, _ELSEWHERE)
        units = _dearest(give, take, giver, taker, worth)
    fte = _GRID_FTE * units
    used = fte > _SMALL_FTE
    return givers[giver[used]], takers[taker[used]], fte[used]


def _most(give: Floats, take: Floats, giver: Ints, taker: Ints) -> tuple[Ints, Ints, Floats]:
    """A flow of most units from givers to takers over the pairs, whichever; pairs by giver.

    Rows of the graph are the source, the givers, the takers and the sink.
    """
    n, source, sink = give.size, 0, give.size + take.size + 1
    pairs = np.bincount(giver, minlength=n)
    per_row = np.concatenate([[n], pairs, np.ones(take.size, dtype=np.int64), [0]])
    end = np.concatenate([1 + np.arange(n), 1 + n + taker, np.full(take.size, sink)])
    room = np.concatenate([give, np.minimum(give[giver], take[taker]), take])
    start = np.concatenate([[0], np.cumsum(per_row)])
    cells = room.astype(np.int32), end.astype(np.int32), start.astype(np.int32)
    flow = maximum_flow(sp.csr_array(cells, shape=(sink + 1, sink + 1)), source, sink).flow
    rows = flow.indptr[1 : n + 2]
    of_givers = slice(int(rows[0]), int(rows[-1]))
    origin, target = np.repeat(np.arange(n), np.diff(rows)), flow.indices[of_givers] - n - 1
    units = flow.data[of_givers]
    there = (units > 0) & (target >= 0)
    return origin[there], target[there].astype(np.int64), units[there].astype(np.float64)


def _dearest(give: Floats, take: Floats, giver: Ints, taker: Ints, worth: Floats) -> Floats:
    """The flow of most worth: of most units too, as the worth of pairs differs by little."""
    pairs = np.arange(giver.size)
    rows = np.concatenate([giver, give.size + taker])
    limits = np.concatenate([give, take]) * _GRID_FTE
    balance = sp.csr_array(
        (np.ones(rows.size), (rows, np.concatenate([pairs, pairs]))),
        shape=(limits.size, pairs.size),
    )
    found = linprog(-worth, A_ub=balance, b_ub=limits, bounds=(0.0, None), method="highs-ds")
    return np.asarray(np.round(found.x / _GRID_FTE), dtype=np.float64)


def changes_of_staff(
    instance: Instance, flows: Sequence[StaffFlows], sites: Ints, fte: Floats
) -> Floats:
    """About what redundancies and moves cost more, [P, T] mnkr, if a path of a site adds ``fte``.

    ``fte`` [P, T] is staff more at all sites together. What is too much then is taken by hires at
    the site and near it, and what is too little takes from redundancies there; the exact count
    follows when a path is taken.
    """
    staff = instance.staff
    if staff is None:
        return np.zeros(fte.shape)
    near = (staff.near | np.eye(staff.today.size, dtype=bool)).astype(np.float64)
    before = np.column_stack([np.zeros(fte.shape[0]), fte[:, :-1]])
    surplus = (1.0 - staff.attrition) * before - fte
    cost = np.zeros(fte.shape)
    for t, flow in enumerate(flows):
        hires, redundant = near @ flow.hired, near @ flow.redundant
        absorbed = np.minimum(np.maximum(surplus[:, t], 0.0), hires[sites])
        beyond = np.maximum(surplus[:, t], 0.0) - absorbed
        freed = np.minimum(np.maximum(-surplus[:, t], 0.0), redundant[sites])
        price = staff.redundancy * (beyond - freed) + staff.move * (absorbed + freed)
        cost[:, t] = instance.money.price_index[t] * price
    return cost
