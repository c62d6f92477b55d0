"""`region_coverage`: every region of a division has enough sites that count."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def region_coverage(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """At least k sites in modes that count: sum_{j in r, m counts} y[j, m, t] >= k.

    For every region r of the rule's division and every year from the rule's first one; sites.

    Source: assignment of 14 November 2024 (Fi2024/02222).
    """
    yield from coverage_rows("region_coverage", instance, v)


def coverage_rows(requirement: str, instance: Instance, v: Variables) -> Iterator[Block]:
    """The rows of the rules of coverage that belong to a requirement."""
    for rule in instance.coverage:
        if rule.requirement != requirement:
            continue
        site, state = np.nonzero(rule.sites[:, None] & rule.states)
        for t in range(rule.from_year, len(instance.years)):
            rows = Rows(v, 1).add(0, v.mode[site, state, t], 1.0)
            yield rows.block(requirement, rule.scope, ">=", rule.min_points)
