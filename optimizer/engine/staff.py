"""`staff_balance`: who leaves, moves, is hired or made redundant when the network changes.

The staff of a site is what its visits and its mode ask for. From one year to the next a part
leaves by itself; what a site has too much moves to sites within the commuting limit that have too
little, and the rest is redundant; what is still missing is hired. As many as can move do, because a
move costs less than a redundancy and a hire: a transport problem, solved exactly. All staff of a
demanded merger, less those who leave, moves to the receiving office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_flow

from optimizer.instance import Floats, Instance, Ints, Staff

_SMALL_FTE = 1e-9
_GRID_FTE = 1e-6  #: moves are whole multiples of it, so that flows are exact
_ELSEWHERE = 1e-3  #: what a move counts less if it does not go to the receiving office
_FARTHER = 1e-6  #: what a move counts less for each minute


@dataclass(frozen=True)
class StaffFlows:
    """Staff flows of one year, FTE."""

    attrition: Floats  #: [J] leave by themselves
    origin: Ints  #: [moves]
    target: Ints  #: [moves]
    moved: Floats  #: [moves]
    hired: Floats  #: [J]
    redundant: Floats  #: [J]


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
    exact count needs.
    """
    attrition = staff.attrition * before
    surplus = before - attrition - now
    forced = np.array([before[j] - attrition[j] for j, _ in mergers])
    for (j, k), fte in zip(mergers, forced, strict=True):
        surplus[j] -= fte
        surplus[k] += fte
    origin, target, moved = _moves(staff, surplus, into)
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
    )


def _moves(staff: Staff, surplus: Floats, into: Ints | None) -> tuple[Ints, Ints, Floats]:
    """As many FTE as can move from sites with too much to near sites with too little."""
    nobody = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    if staff.redundancy + staff.hire <= staff.move:
        return nobody
    givers = np.flatnonzero(surplus > _SMALL_FTE)
    takers = np.flatnonzero(surplus < -_SMALL_FTE)
    giver, taker = np.nonzero(staff.near[np.ix_(givers, takers)])
    if giver.size == 0:
        return nobody
    limits = np.floor(np.abs(surplus) / _GRID_FTE)
    give, take = limits[givers], limits[takers]
    if into is None:
        fte = _GRID_FTE * _most(give, take, giver, taker)
    else:
        worth = 1.0 - _FARTHER * staff.apart[givers[giver], takers[taker]]
        worth -= np.where(into[givers[giver]] == takers[taker], 0.0, _ELSEWHERE)
        fte = _GRID_FTE * _dearest(give, take, giver, taker, worth)
    used = fte > _SMALL_FTE
    return givers[giver[used]], takers[taker[used]], fte[used]


def _most(give: Floats, take: Floats, giver: Ints, taker: Ints) -> Floats:
    """A flow of most units from givers to takers over the pairs, whichever."""
    n, source, sink = give.size, give.size + take.size, give.size + take.size + 1
    start = np.concatenate([np.full(n, source), giver, n + np.arange(take.size)])
    end = np.concatenate([np.arange(n), n + taker, np.full(take.size, sink)])
    room = np.concatenate([give, np.minimum(give[giver], take[taker]), take]).astype(np.int32)
    graph = sp.csr_array((room, (start, end)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    return np.asarray(flow[giver, n + taker], dtype=np.float64).ravel()


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
