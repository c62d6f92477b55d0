"""A start for the p-median: greedy sites, then single swaps while they help.

Teitz and Bart 1968, with the gains of all swaps at once (Resende and Werneck 2004).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.instance import Bools, Floats, Ints
from optimizer.textbook.problem import TextbookProblem

_SWAPS = 500


def interchange(problem: TextbookProblem, *, until: Callable[[], bool]) -> Bools:
    """[J] ``most_open`` sites that no single swap betters, unless ``until`` ends it before."""
    weight, cost = problem.weight, problem.cost
    chosen = np.zeros(cost.shape[1], dtype=bool)
    now = np.full(cost.shape[0], cost.max() + 1.0)
    for _ in range(problem.most_open):
        gain = weight @ np.maximum(now[:, None] - cost, 0.0)
        gain[chosen] = -np.inf
        site = int(gain.argmax())
        chosen[site] = True
        now = np.minimum(now, cost[:, site])
    for _ in range(_SWAPS):
        if until() or chosen.all():
            break
        swap = _best_swap(weight, cost, chosen)
        if swap is None:
            break
        chosen[swap[0]], chosen[swap[1]] = False, True
    return chosen


def _best_swap(weight: Floats, cost: Floats, chosen: Bools) -> tuple[int, int] | None:
    """The site out and the site in that save most, or None if no swap saves."""
    inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    first, nearest, second = _two_nearest(cost, inside)
    loss = np.bincount(nearest, weights=weight * (second - first), minlength=inside.size)
    best, saved = None, 1e-9 * max(1.0, float(weight @ first))
    for j in outside.tolist():
        own = cost[:, j]
        gain = weight @ np.maximum(first - own, 0.0)
        back = weight * np.maximum(second - np.maximum(own, first), 0.0)
        total = gain - loss + np.bincount(nearest, weights=back, minlength=inside.size)
        r = int(total.argmax())
        if total[r] > saved:
            saved, best = float(total[r]), (int(inside[r]), j)
    return best


def _two_nearest(cost: Floats, inside: Ints) -> tuple[Floats, Ints, Floats]:
    some = cost[:, inside]
    nearest = some.argmin(axis=1)
    rows = np.arange(some.shape[0])
    first = some[rows, nearest]
    if inside.size == 1:
        return first, nearest, np.full(first.size, cost.max() + 1.0)
    some = some.copy()
    some[rows, nearest] = np.inf
    return first, nearest, some.min(axis=1)
