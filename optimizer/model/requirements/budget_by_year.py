"""`budget_by_year`: every year's cost fits its means, with saving and credit between years."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block
from optimizer.model.costs import spending
from optimizer.model.variables import Variables


def budget_by_year(instance: Instance, engine: Pooled, v: Variables) -> Iterator[Block]:
    """cost[t] + fees lost[t] + carry[t] <= appropriation[t] + other income[t] + w[t] carry[t-1].

    mnkr in prices of the base year; w[t] is what a krona of the year before is then worth, the
    compensation of that year against this one's. -credit <= carry <= saving limit, carry of the
    last year >= 0. The cost of a year after the last, without one-offs, fits the last year's
    means.

    Source: 150 mnkr less over 2025–2027; annual report 2024, 4.5 and notes 33 and 35.
    """
    if not instance.budget_holds:
        return
    last = len(instance.years) - 1
    for t in range(last + 1):
        yield _year(instance, engine, v, t, after=False)
    yield _year(instance, engine, v, last, after=True)


def _year(instance: Instance, engine: Pooled, v: Variables, t: int, *, after: bool) -> Block:
    money = instance.money
    rows, constant = spending(instance, engine, v, t, one_offs=not after)
    means = money.appropriation[t] + money.other_income[t] - constant
    if after:
        return rows.block("budget_by_year", "after", "<=", means)
    rows.add(0, v.carry[t : t + 1], 1.0)
    if t:
        rows.add(0, v.carry[t - 1 : t], -money.carry_worth[t])
    else:
        means += money.carry_worth[t] * money.carry_in
    return rows.block("budget_by_year", str(instance.years[t]), "<=", means)
