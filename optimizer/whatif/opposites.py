"""The opposite of what a plan decides for a site, and the best plan that takes it.

The regret of the opposite is what the visitors of the whole network lose by it: the objective of
the best plan with the opposite, less that of the best plan. Both are known as intervals: a plan
found is an upper end, a bound a lower one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.search import Search
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints

Kind = Literal["keep", "close", "open", "leave_closed"]
_MOST_SHAKES = 200


@dataclass(frozen=True)
class Opposite:
    """What a site would have to do instead."""

    site: int
    kind: Kind
    allowed: Bools  #: [M+1, T] states of the site under it; a year without any: ruled out


def opposite(instance: Instance, states: Ints, site: int) -> Opposite:
    """The opposite of the plan for a site: keep what ends or is reduced, close what stays.

    `keep` is today's tier in every year, as in `offices.keep`; `close` and `leave_closed` are
    closed in the last year; `open` is open in the last year, in any mode.
    """
    kind = _kind(instance, states, site)
    allowed = instance.allowed[site].copy()
    open_states = np.arange(allowed.shape[0]) != CLOSED
    if kind == "keep":
        allowed[instance.tier < instance.tier[instance.today[site]]] = False
    elif kind == "open":
        allowed[CLOSED, -1] = False
    else:
        allowed[open_states, -1] = False
    return Opposite(site, kind, allowed)


def _kind(instance: Instance, states: Ints, site: int) -> Kind:
    last, today = int(states[site, -1]), int(instance.today[site])
    if instance.candidate[site]:
        return "open" if last == CLOSED else "leave_closed"
    return "keep" if instance.tier[last] < instance.tier[today] else "close"


def taking(instance: Instance, one: Opposite) -> Instance | None:
    """The instance in which the opposite holds; None where the config rules it out."""
    if not one.allowed.any(axis=0).all():
        return None
    allowed = instance.allowed.copy()
    allowed[one.site] = one.allowed
    return replace(instance, allowed=allowed)


@dataclass(frozen=True)
class Found:
    """The best plan with the opposite, as far as it was sought."""

    best: Evaluation | None
    alone: Evaluation | None  #: the plan at hand with nothing but the opposite in it


def seek(
    instance: Instance, states: Ints, one: Opposite, *, seconds: float, seed: int = 1
) -> Found:
    """Look for the best plan with the opposite, from the plan at hand, for so long.

    Sites far away are left as they are first, so that small differences are seen: plan and
    opposite are improved alike.
    """
    changed = taking(instance, one)
    if changed is None:
        return Found(None, None)
    end = time.monotonic() + seconds
    search = Search(changed, out_of_time=lambda: time.monotonic() >= end)
    start = _nearest_path(search, states, one.site)
    if start is None:
        return Found(None, None)
    alone = evaluate(changed, start)
    search.improve(search.construct(start, avoid={one.site}))
    for number in range(_MOST_SHAKES):
        if search.best is None or time.monotonic() >= end:
            break
        search.shake(seed + number, rounds=1)
    return Found(search.best, alone)


def _nearest_path(search: Search, states: Ints, site: int) -> Ints | None:
    """The plan with the site on the allowed path that differs least, the better served first."""
    own = np.flatnonzero(search.paths.site == site)
    if own.size == 0:
        return None
    paths = search.paths.states[own]
    same = (paths == states[site]).sum(axis=1)
    rank = search.instance.rank[paths].sum(axis=1)
    best = np.lexsort((rank, same))[-1]
    start = states.copy()
    start[site] = paths[best]
    return start


def added_minutes(instance: Instance, before: Evaluation, after: Evaluation) -> Floats:
    """[I] visit-minutes of the last year that each zone has more in ``after``, waiting included."""
    t = len(instance.years) - 1
    one, other = before.assignments[t].cost, after.assignments[t].cost
    return np.asarray((instance.demand[t] * (other - one)).sum(axis=1))
