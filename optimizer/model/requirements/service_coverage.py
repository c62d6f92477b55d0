"""`service_coverage` and `offer`: enough offices with a service, and what adding one means."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Bools, Instance, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.requirements.access import access_rows
from optimizer.model.requirements.region_coverage import coverage_rows
from optimizer.model.variables import ABSENT, Variables


def service_coverage(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """A service at enough sites of a region, or within reach of enough people.

        sum_{j in r, m offers s} y[j, m, t] >= k                                      sites
        r[S] <= sum_{j in S, m offers s} y[j, m, t],  sum_S n[S] r[S] >= share sum_S n[S]   people

    For every region of the rule and every year from its first one. The sum over the states that
    offer s is the decision offer[j, s, t].

    Source: annual report 2024, 7.2.2 and 7.2.7; set covering (Toregas and others 1971).
    """
    yield from coverage_rows("service_coverage", instance, v)
    yield from access_rows("service_coverage", instance, v)


def offer(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """A service that is added is paid for, and stays while the mode can offer it.

        offer[j, s, t] = sum_{m offers s} y[j, m, t]
        added[j, s, t] >= offer[j, s, t] - offer[j, s, t-1]
        offer[j, s, t] + sum_{m can not offer s} y[j, m, t] >= offer[j, s, t-1]

    Services at a site in a year; closed can offer nothing.

    Source: annual report 2024, 7.2.2 and 7.2.7.
    """
    for t in range(len(instance.years)):
        for s in range(instance.offered.shape[1]):
            offers, could = instance.offered[:, s], instance.could_offer[:, s]
            paid = np.flatnonzero(v.added[t, :, s] != ABSENT)
            rows, before = _more(instance, v, paid, offers, offers, t)
            rows.add(np.arange(paid.size), v.added[t, paid, s], -1.0)
            yield rows.block("offer", "added", "<=", before)
            may_end = np.flatnonzero(_may_end(instance, offers, could, t))
            rows, before = _more(instance, v, may_end, offers | ~could, offers, t)
            yield rows.block("offer", "stays", ">=", before)


def _more(
    instance: Instance, v: Variables, sites: Ints, now: Bools, then: Bools, t: int
) -> tuple[Rows, np.ndarray]:
    """Sum of the states ``now`` in t less that of ``then`` in the year before; today's constant."""
    at, state = np.nonzero(np.broadcast_to(now, (sites.size, now.size)))
    rows = Rows(v, sites.size).add(at, v.mode[sites[at], state, t], 1.0)
    if not t:
        return rows, then[instance.today[sites]].astype(np.float64)
    at, state = np.nonzero(np.broadcast_to(then, (sites.size, then.size)))
    rows.add(at, v.mode[sites[at], state, t - 1], -1.0)
    return rows, np.zeros(sites.size)


def _may_end(instance: Instance, offers: Bools, could: Bools, t: int) -> Bools:
    """[J] sites with a state of the year that lacks the service though its mode could offer it."""
    lacking = could & ~offers
    return np.asarray((instance.allowed[:, :, t] & lacking).any(axis=1))
