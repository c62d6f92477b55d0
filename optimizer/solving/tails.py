"""The tails of people that a bound looks at: those that are worst off in a relaxation or a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.engine.equity import added_by_zone, added_minutes, tail_of
from optimizer.engine.evaluate import Evaluation
from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Instance
from optimizer.model.blocks import empties
from optimizer.model.build import Model

_LEAST_MINUTES = 1e-4  #: by which a tail must be worse off than is counted, to be looked at


def with_tails_of(instance: Instance, engine: Pooled, model: Model, values: Floats) -> Instance:
    """The instance with the worst tails of a solution that the model counts too low.

    The same instance if there are none.
    """
    equity = instance.equity
    if equity is None:
        return instance
    found: list[Floats | None] = []
    for t, year in enumerate(engine.years):
        z = empties(model.variables, engine, t)
        added = added_by_zone(instance, year, z.matrix @ values + z.constant)
        tail = tail_of(added, equity.people, equity.tail)
        counted = float(values[model.variables.worst[t]])
        found.append(tail.weights if tail.minutes > counted + _LEAST_MINUTES else None)
    return _looking_at(instance, found)


def with_tails_of_plan(instance: Instance, plan: Evaluation) -> Instance:
    """The instance with the worst tails of a plan."""
    equity = instance.equity
    if equity is None:
        return instance
    costs = [assignment.cost for assignment in plan.assignments]
    if not all(np.isfinite(cost).all() for cost in costs):
        return instance
    added = [added_minutes(instance, equity, cost) for cost in costs]
    return _looking_at(instance, [tail_of(a, equity.people, equity.tail).weights for a in added])


def _looking_at(instance: Instance, tails: list[Floats | None]) -> Instance:
    if instance.equity is None or all(tail is None for tail in tails):
        return instance
    return replace(instance, equity=instance.equity.looked_at(tails))
