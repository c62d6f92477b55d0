"""`access_standard` and `no_one_left_behind`: people within reach of an open site."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.variables import Variables


def access_standard(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """A share of the people is reached, in every scope and year in force.

        u[S] <= sum_{j in S, m serves} y[j, m, t]      sum_S (people[S] / all) u[S] >= share

    S a set of sites that some people have in reach, people with equal sets pooled.
    Where all must be reached: sum y >= 1. Shares.

    Source: assignment of 14 November 2024: access by type of area; maximal covering (Church and
    ReVelle 1974).
    """
    yield from access_rows("access_standard", instance, v)


def no_one_left_behind(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """Every zone has an open site that serves within its longest way: sum_{j in S} y >= 1.

    Source: the Riksdag, annual report 2024, 7.2.8: remote places may be kept in spite of unit
    cost.
    """
    yield from access_rows("no_one_left_behind", instance, v)


def access_rows(kind: str, instance: Instance, v: Variables) -> Iterator[Block]:
    """The rows of the rules of access of a kind."""
    for rule, columns in zip(instance.access, v.reached, strict=True):
        if rule.kind != kind:
            continue
        sets = np.arange(rule.people.size)
        group, site = np.nonzero(rule.sets)
        states = np.flatnonzero(rule.states)
        for t in range(rule.from_year, len(instance.years)):
            serve = v.mode[site[:, None], states[None, :], t]
            cover = Rows(v, sets.size).add(group[:, None], serve, 1.0)
            if rule.everyone:
                yield cover.block(kind, rule.scope, ">=", 1.0)
                continue
            cover.add(sets, columns[t], -1.0)
            yield cover.block(kind, rule.scope, ">=", 0.0)
            total = Rows(v, 1).add(0, columns[t], rule.people / rule.total)
            yield total.block(kind, rule.scope, ">=", rule.least / rule.total)
