"""p-median and fixed-charge location (UFL) by pooled prefix sets, lengthened until exact."""

from __future__ import annotations

import math

import numpy as np
import pulp

from optimizer.instance import Bools, Floats, Ints
from optimizer.solving.direct import Solved, add_row, column, solve_direct
from optimizer.textbook.interchange import interchange
from optimizer.textbook.pooling import PrefixSets, prefix_sets
from optimizer.textbook.problem import (
    Answer,
    Clock,
    NoAnswer,
    TextbookProblem,
    service_cost,
)

_LONG = 12  #: chains beyond this many sites make a start by interchange worth its time
_FIRST_UFL = 6
_ROUNDS = 60
_EXACT = 1e-9


def solve_location(problem: TextbookProblem, clock: Clock) -> Answer:
    """The cheapest sites: every zone at its nearest open one, plus fixed costs.

    Chains start short. After each solve the chains of zones all of whose sites are closed grow,
    and the plan is counted exactly; it ends when the count meets the bound.
    """
    n_sites = len(problem.sites)
    longest = n_sites if problem.exactly is None else n_sites - problem.exactly + 1
    first = _FIRST_UFL
    if problem.exactly is not None or problem.at_most is not None:
        first = math.ceil(2 * n_sites / problem.most_open) + 1
    depth = np.full(problem.weight.size, min(first, longest), dtype=np.int64)
    best: Bools | None = None
    objective, bound = np.inf, -np.inf
    if first > _LONG:
        best = interchange(problem, until=lambda: clock.over)
        objective = _total(problem, best)
    for _ in range(_ROUNDS):
        sets = prefix_sets(problem.weight, problem.cost, depth)
        solved = _solve(problem, sets, clock, best)
        if solved.infeasible:
            raise NoAnswer("no set of sites satisfies the problem", proved=True)
        if solved.bound is not None:
            bound = max(bound, solved.bound)
        chosen = best
        if solved.values is not None:
            chosen = np.asarray(solved.values[:n_sites] > 0.5)
            counted = _total(problem, chosen)
            if counted < objective:
                best, objective = chosen, counted
        if chosen is None or objective - bound <= max(clock.effort.gap, _EXACT) * abs(objective):
            break
        short = _exhausted(sets, chosen) & (depth < longest)
        if clock.over or not short.any():
            break
        depth = np.where(short, np.minimum(2 * depth, longest), depth)
    if best is None:
        raise NoAnswer("no set of sites was found in time", proved=False)
    return Answer(best, objective, bound if np.isfinite(bound) else None)


def _total(problem: TextbookProblem, chosen: Bools) -> float:
    return service_cost(problem, chosen) + float(problem.fixed[chosen].sum())


def _solve(problem: TextbookProblem, sets: PrefixSets, clock: Clock, start: Bools | None) -> Solved:
    """State and solve the pooled model; the bound comes back in the problem's unit."""
    n_sites = len(problem.sites)
    single = (sets.parent < 0) & np.array([sites.size == 1 for sites in sets.added])
    scale = _scale(sets.constant + float(problem.fixed.sum()))
    objective: Floats = problem.fixed / scale
    constant = sets.constant
    y = [column(j, binary=True) for j in range(n_sites)]
    columns = list(y)
    place = np.full(sets.parent.size, -1, dtype=np.int64)
    for several_sites in np.flatnonzero(~single):
        place[several_sites] = len(columns)
        columns.append(column(len(columns), upper=1.0))
    stated = pulp.LpProblem("location", pulp.LpMinimize)
    several = np.flatnonzero(~single & (sets.weight > 0)).tolist()
    terms = [(columns[int(place[s])], float(sets.weight[s]) / scale) for s in several]
    alone = np.array([int(sets.added[s][0]) for s in np.flatnonzero(single)], dtype=np.int64)
    saved = np.bincount(alone, weights=sets.weight[single], minlength=n_sites)
    objective = objective - saved / scale  # z of one site is 1 - y
    constant += float(sets.weight[single].sum())
    terms += [(y[j], float(objective[j])) for j in range(n_sites)]
    stated += pulp.LpAffineExpression(terms)
    for s in np.flatnonzero(~single).tolist():
        pairs = [(columns[place[s]], 1.0)] + [(y[j], 1.0) for j in sets.added[s].tolist()]
        parent, right = int(sets.parent[s]), 0.0
        if parent < 0:
            right = 1.0
        elif single[parent]:
            pairs.append((y[int(sets.added[parent][0])], 1.0))
            right = 1.0
        else:
            pairs.append((columns[place[parent]], -1.0))
        add_row(stated, pairs, pulp.LpConstraintGE, right, f"s{s}")
    _count_open(problem, y, stated)
    begin = None if start is None else {j: float(start[j]) for j in range(n_sites)}
    found = solve_direct(stated, columns, clock.now(), start=begin, stop=clock.stop)
    bound = None if found.bound is None else found.bound * scale + constant
    return Solved(found.values, bound, found.infeasible)


def _count_open(problem: TextbookProblem, y: list[pulp.LpVariable], stated: pulp.LpProblem) -> None:
    total = [(one, 1.0) for one in y]
    if problem.exactly is not None:
        add_row(stated, total, pulp.LpConstraintEQ, float(problem.exactly), "open_sites")
        return
    add_row(stated, total, pulp.LpConstraintGE, 1.0, "some_site")
    if problem.at_most is not None:
        add_row(stated, total, pulp.LpConstraintLE, float(problem.at_most), "open_sites")


def _scale(total: float) -> float:
    """A power of ten that brings an objective to about ten thousand."""
    return float(10.0 ** (math.floor(math.log10(max(abs(total), 1.0))) - 4))


def _exhausted(sets: PrefixSets, chosen: Bools) -> Bools:
    """[I] the zones whose chain holds no open site."""
    empty = np.zeros(sets.parent.size, dtype=bool)
    order: Ints = _parents_first(sets)
    for s in order.tolist():
        parent = int(sets.parent[s])
        above = parent < 0 or bool(empty[parent])
        empty[s] = above and not chosen[sets.added[s]].any()
    return np.asarray(empty[sets.last_set])


def _parents_first(sets: PrefixSets) -> Ints:
    depth = np.zeros(sets.parent.size, dtype=np.int64)
    at = sets.parent.copy()
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, sets.parent[np.maximum(at, 0)], -1)
    return np.argsort(depth, kind="stable")
