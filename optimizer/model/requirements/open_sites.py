"""`open_sites`: so many sites are open, exactly or at most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import CLOSED, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def open_sites(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """least <= sum_j sum_m y[j, m, t] <= most, offices and candidates in any mode; sites.

    The p of a p-median problem, for what-ifs: exactly p where least is most.

    Source: what-ifs; the p of a p-median problem (Hakimi 1964).
    """
    number = instance.open_sites
    if number is None:
        return
    is_open = np.arange(instance.tier.size) != CLOSED
    for t in range(number.from_year, len(instance.years)):
        total = Rows(v, 1).add(0, v.mode[:, is_open, t], 1.0)
        yield total.block("open_sites", "nation", "<=", float(number.most))
        if number.least:
            yield total.block("open_sites", "nation", ">=", float(number.least))
