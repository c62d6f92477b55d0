"""The aims of a frontier: what a plan is worth in each, and the limit on closures.

The cut is measured as the largest amount a year by which every year's appropriation could be lower
still without the plan breaking the budget.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import CLOSED, Instance, LimitRule
from optimizer.whatif.means import cut_borne

SCOPE = "closed:offices"


def with_most_closed(instance: Instance, most: int | None) -> Instance:
    """The instance with a limit on how many of today's offices may be closed in a year."""
    if most is None:
        return instance
    closed = np.arange(len(instance.states)) == CLOSED
    rule = LimitRule(SCOPE, instance.today != CLOSED, closed, most)
    return replace(instance, limits=(*instance.limits, rule))


def aims_of(case: Case, evaluation: Evaluation) -> dict[str, float]:
    """What a plan is worth in each aim.

    access: visit-minutes. cut_mnkr: what the plan bears beyond the config. closures: offices.
    """
    closed = (case.instance.today != CLOSED) & (evaluation.states[:, -1] == CLOSED)
    return {
        "access": evaluation.objective,
        "cut_mnkr": cut_borne(case, evaluation),
        "closures": float(closed.sum()),
    }
