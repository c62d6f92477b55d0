"""Capacitated facility location (CFLP): demand may be split, no site exceeds its room."""

from __future__ import annotations

import numpy as np
import pulp

from optimizer.solving.direct import add_row, column, solve_direct
from optimizer.textbook.problem import Answer, Clock, Flow, NoAnswer, TextbookProblem

_NOTHING = 1e-9


def enough_room(problem: TextbookProblem) -> None:
    """Raise NoAnswer if all sites together have too little room."""
    total, room = float(problem.weight.sum()), float(problem.capacity.sum())
    if total > room * (1 + 1e-12):
        reason = f"the zones have {total:g} of weight, all sites together room for {room:g}"
        raise NoAnswer(reason, proved=True)


def solve_cflp(problem: TextbookProblem, clock: Clock) -> Answer:
    """Fixed cost and cost of serving, least; x[i, j] <= y[j] and sum_i w x <= room y.

    Some site is open, also where no zone has any weight.
    """
    enough_room(problem)
    weight, cost, room = problem.weight, problem.cost, problem.capacity
    total = float(weight.sum())
    part = np.minimum(1.0, room / total) if total > 0 else np.ones(room.size)  # of all the weight
    zones = np.flatnonzero(weight > 0)
    n_sites = len(problem.sites)
    scale = max((float(problem.fixed.sum()) + float(weight @ cost.min(axis=1))) / 1e4, 1e-9)
    columns = [column(j, binary=True) for j in range(n_sites)]
    terms = [(columns[j], float(problem.fixed[j]) / scale) for j in range(n_sites)]
    index = np.empty((zones.size, n_sites), dtype=np.int64)
    for row, i in enumerate(zones.tolist()):
        for j in range(n_sites):
            index[row, j] = len(columns)
            columns.append(column(len(columns), upper=1.0))
            terms.append((columns[-1], float(weight[i] * cost[i, j]) / scale))
    stated = pulp.LpProblem("cflp", pulp.LpMinimize)
    stated += pulp.LpAffineExpression(terms)

    for row in range(zones.size):
        served = [(columns[c], 1.0) for c in index[row].tolist()]
        add_row(stated, served, pulp.LpConstraintEQ, 1.0, f"a{row}")
        for j in range(n_sites):
            pairs = [(columns[index[row, j]], 1.0), (columns[j], -1.0)]
            add_row(stated, pairs, pulp.LpConstraintLE, 0.0, f"x{row}_{j}")
    share = weight[zones] / total
    for j in range(n_sites):
        pairs = [(columns[c], float(w)) for c, w in zip(index[:, j].tolist(), share, strict=True)]
        pairs.append((columns[j], -float(part[j])))
        add_row(stated, pairs, pulp.LpConstraintLE, 0.0, f"k{j}")
    enough = [(columns[j], float(part[j])) for j in range(n_sites)]
    add_row(stated, enough, pulp.LpConstraintGE, 1.0, "enough")
    found = solve_direct(stated, columns, clock.now(), stop=clock.stop)
    if found.infeasible:
        raise NoAnswer("no set of sites has room for all zones", proved=True)
    if found.values is None:
        raise NoAnswer("no set of sites was found in time", proved=False)
    chosen = found.values[:n_sites] > 0.5
    sent = np.where(chosen, found.values[index], 0.0)
    sent = np.where(sent > _NOTHING, sent, 0.0)
    sent *= (weight[zones] / sent.sum(axis=1))[:, None]
    rows, sites = np.nonzero(sent)
    flow = Flow(zones[rows], sites, sent[rows, sites])
    serving = float((flow.weight * cost[flow.zone, flow.site]).sum())
    objective = float(problem.fixed[chosen].sum()) + serving
    bound = None if found.bound is None else max(0.0, found.bound * scale)  # no cost is negative
    return Answer(chosen, objective, bound, flow)
