"""The tails of people that branch and bound looks at: those that are worst off in a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.engine.equity import added_minutes, tail_of
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import Instance


def with_tails_of_plan(instance: Instance, plan: Evaluation) -> Instance:
    """The instance with the worst tails of a plan."""
    equity = instance.equity
    if equity is None:
        return instance
    costs = [assignment.cost for assignment in plan.assignments]
    if not all(np.isfinite(cost).all() for cost in costs):
        return instance
    added = [added_minutes(instance, equity, cost) for cost in costs]
    tails = [tail_of(a, equity.people, equity.tail).weights for a in added]
    return replace(instance, equity=equity.looked_at(tails))
