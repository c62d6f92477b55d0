"""The cut that keeps fractions of many closings from sharing the spare capacity of one."""

from __future__ import annotations

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import ABSENT, Variables


def share_by_home(
    v: Variables,
    engine: Pooled,
    columns: Ints,
    most: Floats,
    t: int,
    requirement: str,
    *,
    visits_per_unit: float,
) -> Block:
    """A pair uses spare capacity only as far as the state of its home's site sends visits there.

        s[h, g] <= sum_m min(spare[g], most visits of the pair in state m / u) y[h, m]

    ``columns`` are the variables s of year ``t``, ``most`` the spare capacity by group, u visits
    for a unit of it. In the state in which a site serves its zones best there are none.
    """
    groups = engine.groups
    pairs = np.flatnonzero(columns != ABSENT)
    spare = most[engine.pair_group[pairs]]
    visits = engine.years[t].pair_most[pairs] / visits_per_unit
    rows = Rows(v, pairs.size).add(np.arange(pairs.size), columns[pairs], 1.0)
    pair, state = np.nonzero(visits > 0)
    site = groups.site[engine.pair_home[pairs[pair]]]
    rows.add(pair, v.mode[site, state, t], -np.minimum(visits[pair, state], spare[pair]))
    return rows.block(requirement, "spare by origin", "<=", 0.0)
