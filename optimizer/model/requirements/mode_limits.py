"""`mode_limits`: at most so many sites in a mode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def mode_limits(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """sum y[j, m, t] <= limit over the sites of the rule and the mode's family; sites.

    Today's sites in the mode count.

    Source: annual report 2024, 7.2.3: mobile equipment at about ten offices.
    """
    for rule in instance.limits:
        site, state = np.nonzero(rule.counted)
        for t in range(rule.from_year, len(instance.years)):
            rows = Rows(v, 1).add(0, v.mode[site, state, t], 1.0)
            yield rows.block("mode_limits", rule.scope, "<=", rule.at_most)
