"""A plan without services that it adds for nothing: they cost money that nobody gains from."""

from __future__ import annotations

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance, Ints


def without_needless(instance: Instance, plan: Evaluation) -> Evaluation:
    """The plan less every added service that no rule, decision or visitor misses.

    Site by site in order of id, the later ones first: a service is left out in all years if the
    plan is still feasible and no worse.
    """
    if not instance.services:
        return plan
    for site in reversed(range(instance.today.size)):
        for service in range(len(instance.services)):
            states = _without(instance, plan.states, site, service)
            if states is None:
                continue
            other = evaluate(instance, states)
            if other.feasible and other.objective <= plan.objective + 1e-6:
                plan = other
    return plan


def _without(instance: Instance, states: Ints, site: int, service: int) -> Ints | None:
    """The plan with a service left out at a site; None if it does not add it or must offer it."""
    own = states[site]
    if not instance.offered[own, service].any():
        return None
    bundle = instance.offered.copy()
    bundle[:, service] = False
    same = (instance.mode_id[own][:, None] == instance.mode_id) & (
        bundle[own][:, None] == instance.offered
    ).all(axis=2)
    if not same.any(axis=1).all():
        return None
    less = same.argmax(axis=1)
    if not instance.allowed[site, less, np.arange(less.size)].all():
        return None
    out = states.copy()
    out[site] = less
    return out
