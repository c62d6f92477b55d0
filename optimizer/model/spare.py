"""The cut that keeps fractions of many closings from sharing the spare capacity of one."""

from __future__ import annotations

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Ints
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import ABSENT, Variables


def share_by_home(
    v: Variables, engine: Pooled, columns: Ints, most: Floats, t: int, requirement: str
) -> Block:
    """A pair uses spare capacity only as far as its home group no longer serves its zones.

        s[h, g] <= spare[g] (1 - sum of the home group's states that serve all its needs)

    ``columns`` are the variables s of year ``t``, ``most`` the spare capacity by group.
    """
    groups = engine.groups
    pairs = np.flatnonzero(columns != ABSENT)
    home, amount = engine.pair_home[pairs], most[engine.pair_group[pairs]]
    rows = Rows(v, pairs.size).add(np.arange(pairs.size), columns[pairs], 1.0)
    pair, state = np.nonzero(groups.serves_all[home])
    rows.add(pair, v.mode[groups.site[home[pair]], state, t], amount[pair])
    return rows.block(requirement, "spare by origin", "<=", amount)
