"""The objective `access`: visit-minutes of all planning years, in millions."""

from __future__ import annotations

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Instance, Ints
from optimizer.model.blocks import empties
from optimizer.model.variables import ABSENT, Variables

MILLION = 1e6


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
        tails = year.tails
        if tails.zone.size:
            today = instance.today_cost[tails.zone, tails.need]
            demand = instance.demand[t, tails.zone, tails.need]
            at_cut = _price(instance, tails.cost, today, tails.need)
            beyond = _price(instance, tails.option_cost, today[:, None], tails.need[:, None])
            columns = v.tail[t]
            used = columns != ABSENT
            rise = demand[:, None] * (beyond - at_cut[:, None]) / MILLION
            weights[columns[used]] += rise[used]
    return weights, constant


def _price(instance: Instance, cost: Floats, today: Floats, need: Ints) -> Floats:
    finite = np.where(np.isfinite(cost), cost, 0.0)
    loss = instance.loss(finite - today, need)
    return np.asarray(finite + instance.lost_visit_minutes * loss)
