"""`fixed_decisions` and `partners`: decisions that are not there to be taken."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block
from optimizer.model.variables import Variables


def fixed_decisions(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """keep, close and mode: y[j, m, t] = 0 for every state the decision rules out.

    The variables of ruled-out states are not created, so there is no row to write.

    Source: decisions of the board and the director-general; förordning 2019:202, 5 §.
    """
    return iter(())


def partners(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """Co-located and mobile modes: y[j, m, t] = 0 where neither a partner nor the config allows m.

    The variables of other sites are not created, so there is no row to write. Sites.

    Source: annual report 2024, 7.2.6.
    """
    return iter(())
