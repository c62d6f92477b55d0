"""`one_mode`: every site is in exactly one state a year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def one_mode(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """Exactly one mode, or closed: sum_m y[j, m, t] = 1 for every site and year.

    Source: the forms of service of the annual report 2024, 7.2.3.
    """
    n_sites = instance.today.size
    sites = np.arange(n_sites)[:, None]
    for t in range(len(instance.years)):
        rows = Rows(v, n_sites).add(sites, v.mode[:, :, t], 1.0)
        yield rows.block("one_mode", "site", "==", 1.0)
