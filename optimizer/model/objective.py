"""The objective: visit-minutes, money, or both at a price, of all planning years, in millions."""

from __future__ import annotations

import numpy as np

from optimizer.engine.equity import price_of_tail
from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Instance
from optimizer.instance.aim import Aim
from optimizer.model.blocks import empties
from optimizer.model.costs import spending
from optimizer.model.variables import ABSENT, Variables

MILLION = 1e6


def objective(instance: Instance, engine: Pooled, v: Variables) -> tuple[Floats, float]:
    """Coefficients over the columns and the constant of the instance's aim, in millions."""
    return value_of(instance.aim, instance, engine, v)


def value_of(aim: Aim, instance: Instance, engine: Pooled, v: Variables) -> tuple[Floats, float]:
    """The value of an aim, in millions of its unit.

    minutes (access + equity) + mnkr sum_t (cost[t] + fees lost[t])
    """
    weights, constant = np.zeros(len(v.columns)), 0.0
    if aim.minutes:
        weights, constant = access(instance, engine, v)
        used = v.worst != ABSENT  # equity: minutes of the tail, at what each counts
        price = np.array([price_of_tail(instance, t) for t in range(len(instance.years))])
        weights[v.worst[used]] += price[used] / MILLION
        weights, constant = aim.minutes * weights, aim.minutes * constant
    if aim.mnkr:
        for t in range(len(instance.years)):
            rows, fixed = spending(instance, engine, v, t)
            cells = rows.block("objective", "cost", "<=", 0.0).matrix
            weights[cells.indices] += aim.mnkr / MILLION * cells.data
            constant += aim.mnkr / MILLION * fixed
    return weights, constant


def access(instance: Instance, engine: Pooled, v: Variables) -> tuple[Floats, float]:
    """Coefficients over the columns and the constant, million visit-minutes.

        sum_t sum_i,c d[i, c, t] (minutes + P loss(minutes)), minutes of the option taken

    written in z: the constant is every zone at its first option, each empty set adds the rise to
    the next one, and a tail adds what its next sites take beyond the cut.
    """
    weights = np.zeros(len(v.columns))
    constant = 0.0
    for t, year in enumerate(engine.years):
        z = empties(v, engine, t)
        weights += year.burden @ z.matrix / MILLION
        constant += (year.constant_burden + float(year.burden @ z.constant)) / MILLION
        used = v.tail[t] != ABSENT
        weights[v.tail[t][used]] += year.tails.more[used] / MILLION
    return weights, constant
