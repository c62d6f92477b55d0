"""How far the chains should reach before anything is solved: farther where sites are crowded."""

from __future__ import annotations

import numpy as np

from optimizer.instance import CLOSED, Bools, Instance, Ints
from optimizer.instance.options import option_minutes

CROWD_SITES, CROWD_MINUTES = 6, 25.0
EARLY_DEPTH, FIRST_DEPTH = 2, 3  #: sites in a chain; early: before the last year
_BLOCK = 20_000


def crowded(
    instance: Instance, *, sites: int = CROWD_SITES, minutes: float = CROWD_MINUTES
) -> Bools:
    """[I, C] zones and needs with at least ``sites`` further sites within ``minutes`` of the best.

    There a relaxation gains by closing many sites by a fraction each, so chains need a tail from
    the start. Candidates do not count.
    """
    n_zones, _, n_states, n_needs, _ = instance.shape
    possible = np.asarray(instance.allowed.any(axis=2))
    found = np.zeros((n_zones, n_needs), dtype=bool)
    for need in range(n_needs):
        serves = possible & instance.serves[:, need] & (np.arange(n_states) != CLOSED)
        waiting = np.where(serves, instance.waiting, np.inf).min(axis=1)
        usable = np.flatnonzero(np.isfinite(waiting) & ~instance.candidate)
        if usable.size <= sites:
            continue
        for start in range(0, n_zones, _BLOCK):
            rows = slice(start, start + _BLOCK)
            cost = option_minutes(instance.minutes[rows, usable], waiting[usable])
            nearest = np.partition(cost, sites, axis=1)
            found[rows, need] = nearest[:, sites] - cost.min(axis=1) < minutes
    return found


def first_chains(instance: Instance) -> tuple[Ints, Bools]:
    """[T, I, C] sites in each chain, and where tails are, before any relaxation is solved.

    Little closes before the last year, so chains are short there and have no tails.
    """
    crowd = crowded(instance)
    depth = np.full(instance.demand.shape, EARLY_DEPTH, dtype=np.int64)
    depth[-1] = np.where(crowd, FIRST_DEPTH + 1, FIRST_DEPTH)
    tails = np.zeros(instance.demand.shape, dtype=bool)
    tails[-1] = crowd
    return depth, tails
