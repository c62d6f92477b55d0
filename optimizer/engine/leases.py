"""Premises that are left: when, and what that leaves unpaid of the lease and the improvements.

An office leaves the premises it has today when it closes, or changes to a mode with another kind of
premises (own, co-located, a partner's). It leaves them once: what it has after that is another
lease, of which nothing is known.
"""

from __future__ import annotations

import numpy as np

from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints


def leaving(instance: Instance, site: Ints, states: Ints) -> Bools:
    """[P, T] the year in which each path leaves the premises its office has today.

    ``site`` [P] and ``states`` [P, T] are paths of sites.
    """
    inside = instance.housed[site[:, None], states]
    out = np.logical_or.accumulate(~inside, axis=1)
    was_out = np.column_stack([np.zeros(site.size, dtype=bool), out[:, :-1]])
    is_office = ~instance.candidate[site]
    return np.asarray(out & ~was_out & is_office[:, None])


def too_soon(instance: Instance, states: Ints) -> Bools:
    """[J, T] offices of a plan ``states`` [J, T] that leave their premises before they can."""
    if instance.early is None:
        return np.zeros(states.shape, dtype=bool)
    return np.asarray(leaving(instance, np.arange(states.shape[0]), states) & instance.early)


def endings(instance: Instance, site: Ints, states: Ints) -> dict[str, Floats]:
    """[P, T] what paths pay by item (ENDINGS) for what they close and leave, mnkr.

    Closing costs in the year it happens; what is left of lease and improvements falls on the year
    in which the premises of today are left, whether by a closure or by a conversion.
    """
    before = np.column_stack([instance.today[site], states[:, :-1]])
    closed = (before != CLOSED) & (states == CLOSED)
    none = np.zeros(states.shape)
    found = {"closure": closed * instance.closure_cost[site], "lease_tail": none, "write_off": none}
    if instance.leaving_cost is None:
        return found
    left = leaving(instance, site, states)
    if instance.lease_tail is not None:
        years = np.arange(states.shape[1])
        found["lease_tail"] = left * instance.lease_tail[site[:, None], before, years]
    if instance.write_off is not None:
        found["write_off"] = left * instance.write_off[site]
    return found
