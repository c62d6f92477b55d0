"""`objective`, lexicographic: what an earlier aim has won is not given up for a later one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.objective import MILLION, value_of
from optimizer.model.variables import Variables


def earlier_aims(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """The value of an earlier aim stays within its ceiling.

        minutes (access + equity) + mnkr sum_t (cost[t] + fees lost[t]) <= most

    most is the value of the best plan found for that aim, and the tolerance of the config. In
    millions of visit-minutes or kronor.

    Source: preemptive goals (Charnes and Cooper 1961).
    """
    for ceiling in instance.ceilings:
        weights, constant = value_of(ceiling.aim, instance, engine, v)
        used = np.flatnonzero(weights)
        row = Rows(v, 1).add(0, used, weights[used])
        yield row.block("objective", ceiling.aim.kind, "<=", ceiling.most / MILLION - constant)
