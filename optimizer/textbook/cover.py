"""Covering problems: LSCP, MCLP and p-center, with equal cover sets pooled."""

from __future__ import annotations

import numpy as np
import pulp

from optimizer.instance import Bools, Floats, distinct_rows
from optimizer.solving.direct import add_row, column, solve_direct
from optimizer.textbook.problem import Answer, Clock, NoAnswer, TextbookProblem, nearest_cost

_WHOLE = 1e-6


def all_in_reach(problem: TextbookProblem) -> Bools:
    """[I, J] sites in reach. Raises NoAnswer if a zone has none."""
    within = np.asarray(problem.cost <= (problem.minutes or 0.0))
    alone = np.flatnonzero(~within.any(axis=1))
    if alone.size:
        zones = ", ".join(problem.zones[i] for i in alone[:5])
        more = f" and {alone.size - 5} more" if alone.size > 5 else ""
        reason = f"no site within objective.minutes, {problem.minutes:g}, of zone {zones}{more}"
        raise NoAnswer(reason, proved=True)
    return within


def solve_lscp(problem: TextbookProblem, clock: Clock) -> Answer:
    """The fewest sites with one in reach of every zone."""
    return _fewest(problem, all_in_reach(problem), clock)


def _fewest(problem: TextbookProblem, within: Bools, clock: Clock) -> Answer:
    sets, _ = distinct_rows(within)
    y = [column(j, binary=True) for j in range(within.shape[1])]
    stated = pulp.LpProblem("lscp", pulp.LpMinimize)
    stated += pulp.LpAffineExpression([(one, 1.0) for one in y])
    for number, row in enumerate(sets):
        some = [(y[j], 1.0) for j in np.flatnonzero(row).tolist()]
        add_row(stated, some, pulp.LpConstraintGE, 1.0, f"r{number}")
    found = solve_direct(stated, y, clock.now(), stop=clock.stop)
    chosen = _greedy_cover(sets) if found.values is None else found.values > 0.5
    bound = None if found.bound is None else float(np.ceil(found.bound - _WHOLE))
    return Answer(chosen, float(chosen.sum()), bound)


def _greedy_cover(sets: Bools) -> Bools:
    """Sites that cover every row, most rows first."""
    chosen, open_rows = np.zeros(sets.shape[1], dtype=bool), np.ones(sets.shape[0], dtype=bool)
    while open_rows.any():
        site = int(sets[open_rows].sum(axis=0).argmax())
        chosen[site] = True
        open_rows &= ~sets[:, site]
    return chosen


def solve_mclp(problem: TextbookProblem, clock: Clock) -> Answer:
    """The most weight within reach of the open sites."""
    within = np.asarray(problem.cost <= (problem.minutes or 0.0))
    total = float(problem.weight.sum())
    sets, of_zone = distinct_rows(within)
    weight: Floats = np.zeros(sets.shape[0])
    np.add.at(weight, of_zone, problem.weight)
    covered = sets.any(axis=1) & (weight > 0)
    reachable = float(weight[sets.any(axis=1)].sum())
    scale = max(total / 1e4, 1e-9)
    y = [column(j, binary=True) for j in range(within.shape[1])]
    columns = list(y)
    stated = pulp.LpProblem("mclp", pulp.LpMinimize)
    terms = []
    rows = []
    for row in np.flatnonzero(covered).tolist():
        z = column(len(columns), upper=1.0)
        columns.append(z)
        terms.append((z, float(weight[row]) / scale))
        rows.append([(z, 1.0)] + [(y[j], 1.0) for j in np.flatnonzero(sets[row]).tolist()])
    stated += pulp.LpAffineExpression(terms or [(y[0], 0.0)])
    for number, pairs in enumerate(rows):
        add_row(stated, pairs, pulp.LpConstraintGE, 1.0, f"r{number}")
    sense = pulp.LpConstraintLE if problem.exactly is None else pulp.LpConstraintEQ
    add_row(stated, [(one, 1.0) for one in y], sense, float(problem.most_open), "open_sites")
    found = solve_direct(stated, columns, clock.now(), stop=clock.stop)
    if found.infeasible:
        raise NoAnswer("no set of sites satisfies the problem", proved=True)
    bound = None if found.bound is None else reachable - max(0.0, found.bound * scale)
    chosen, objective = np.zeros(len(y), dtype=bool), -np.inf
    if found.values is not None:
        chosen = found.values[: len(y)] > 0.5
        objective = _covered(sets, weight, chosen)
    if bound is None or objective < bound * (1 - _WHOLE):  # not proven: greedy may be better
        other = _greedy_most(sets, weight, problem.most_open)
        if _covered(sets, weight, other) > objective:
            chosen, objective = other, _covered(sets, weight, other)
    return Answer(chosen, objective, bound)


def _covered(sets: Bools, weight: Floats, chosen: Bools) -> float:
    return float(weight[sets[:, chosen].any(axis=1)].sum())


def _greedy_most(sets: Bools, weight: Floats, most_open: int) -> Bools:
    """Sites one by one, each for the most weight not yet in reach."""
    chosen, left = np.zeros(sets.shape[1], dtype=bool), weight.astype(np.float64)
    for _ in range(min(most_open, sets.shape[1])):
        gain = left @ sets
        gain[chosen] = -1.0
        site = int(gain.argmax())
        chosen[site] = True
        left = np.where(sets[:, site], 0.0, left)
    return chosen


def solve_p_center(problem: TextbookProblem, clock: Clock) -> Answer:
    """The shortest longest way: the least distance at which enough sites cover everyone.

    Bisection over the distinct distances (Minieka 1970), each step a covering problem.
    """
    distances = np.unique(problem.cost)
    least = float(problem.cost.min(axis=1).max())  # no plan is better than every zone's own best
    low = int(np.searchsorted(distances, least))
    best = _spread(problem)
    high = int(np.searchsorted(distances, _longest(problem, best)))
    while low < high and not clock.over:
        middle = (low + high) // 2
        found = _fewest(problem, problem.cost <= distances[middle], clock)
        if found.objective <= problem.most_open:
            best = found.open_sites
            high = min(middle, int(np.searchsorted(distances, _longest(problem, best))))
        elif found.bound is not None and found.bound > problem.most_open:
            low = middle + 1
        else:
            break
    chosen = _filled(problem, best)
    return Answer(chosen, _longest(problem, chosen), float(distances[low]))


def _longest(problem: TextbookProblem, chosen: Bools) -> float:
    return float(nearest_cost(problem.cost, np.flatnonzero(chosen)).max())


def _spread(problem: TextbookProblem) -> Bools:
    """Sites chosen one by one for the zone that has it worst (Gonzalez 1985)."""
    chosen = np.zeros(problem.cost.shape[1], dtype=bool)
    now: Floats = np.full(problem.cost.shape[0], np.inf)
    for _ in range(problem.most_open):
        worst = int(now.argmax())
        site = int(np.where(chosen, np.inf, problem.cost[worst]).argmin())
        chosen[site] = True
        now = np.minimum(now, problem.cost[:, site])
    return chosen


def _filled(problem: TextbookProblem, chosen: Bools) -> Bools:
    """As many sites as the problem asks for exactly; further ones never lengthen a way."""
    if problem.exactly is None or int(chosen.sum()) >= problem.exactly:
        return chosen
    full = chosen.copy()
    full[np.flatnonzero(~chosen)[: problem.exactly - int(chosen.sum())]] = True
    return full
