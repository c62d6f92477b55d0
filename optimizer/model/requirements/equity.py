"""Equity: the added minutes of the people who are worst off, held from below by rows of tails."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.equity import added_by_set
from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows, empties
from optimizer.model.variables import Variables


def equity(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """The mean of the worst tail is no less than that of any tail that is looked at.

        w[t] >= sum_i q[i] a[i, t]      for tails q: 0 <= q <= p / tail, sum q = 1

    a[i] minutes that zone i gets more than today, linear in the pooled sets as its cost is, p the
    people. The largest right side over all q is the conditional value at risk (Rockafellar and
    Uryasev 2000), so w is a bound from below, met when the worst tail of a plan is among them.
    Minutes of a visit.

    Source: conditional value at risk (Rockafellar and Uryasev 2000).
    """
    if instance.equity is None:
        return
    for t, tails in enumerate(instance.equity.tails_of_year(len(instance.years))):
        if not tails:
            continue
        z = empties(v, engine, t)
        constants, sets = added_by_set(instance, engine.years[t], np.stack(tails))
        rows = Rows(v, len(tails)).add(np.arange(len(tails)), v.worst[[t]], 1.0)
        rows.add_matrix((sets @ z.matrix).tocsr(), -1.0)
        yield rows.block("equity", "worst off", ">=", constants + sets @ z.constant)
