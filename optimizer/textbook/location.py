"""p-median and fixed-charge location (UFL) by pooled prefix sets, lengthened until exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
_LEAST_SIZE = 1e-9  #: of an objective


#: adds to a stated problem what the open sites must keep to, given their columns
Side = Callable[[pulp.LpProblem, Sequence[pulp.LpVariable]], None]


@dataclass(frozen=True)
class Found:
    """The best sites found, what they cost, and a bound; None and infinite where there is none."""

    sites: Bools | None
    objective: float
    bound: float


class Location:
    """Every zone at its cheapest open site, whatever the sites must keep to.

    Chains start short. After each solve the chains of zones all of whose sites are closed grow,
    and the plan is counted exactly; it ends when the count meets the bound. What has grown is
    kept for the next question about the same zones.
    """

    def __init__(
        self, weight: Floats, cost: Floats, fixed: Floats, *, first: int, longest: int
    ) -> None:
        self.weight, self.cost, self.fixed = weight, cost, fixed
        self._longest = longest
        self._depth = np.full(weight.size, min(first, longest), dtype=np.int64)
        self._sets: PrefixSets | None = None

    def solve(self, side: Side, clock: Clock, start: Bools | None = None) -> Found:
        """The cheapest sites that keep to ``side``; ``start`` are some that do. Raises NoAnswer."""
        best, bound = start, -np.inf
        objective = np.inf if start is None else self.total(start)
        for _ in range(_ROUNDS):
            if self._sets is None:
                self._sets = prefix_sets(self.weight, self.cost, self._depth)
            solved = self._solve(self._sets, side, clock, best)
            if solved.infeasible:
                raise NoAnswer("no set of sites satisfies the problem", proved=True)
            if solved.bound is not None:
                bound = max(bound, solved.bound, 0.0)  # no cost is negative
            chosen = best
            if solved.values is not None:
                chosen = np.asarray(solved.values[: self.fixed.size] > 0.5)
                counted = self.total(chosen)
                if counted < objective:
                    best, objective = chosen, counted
            enough = max(clock.effort.gap, _EXACT) * abs(objective)
            if chosen is None or objective - bound <= enough:
                break
            short = _exhausted(self._sets, chosen) & (self._depth < self._longest)
            if clock.over or not short.any():
                break
            self._depth = np.where(short, np.minimum(2 * self._depth, self._longest), self._depth)
            self._sets = None
        return Found(best, objective, bound)

    def total(self, chosen: Bools) -> float:
        """The exact cost of some open sites."""
        return service_cost(self.weight, self.cost, chosen) + float(self.fixed[chosen].sum())

    def _solve(self, sets: PrefixSets, side: Side, clock: Clock, start: Bools | None) -> Solved:
        """State and solve the pooled model; the bound comes back in the problem's unit."""
        n_sites = self.fixed.size
        single = (sets.parent < 0) & np.array([sites.size == 1 for sites in sets.added])
        largest = float(sets.weight.max(initial=0.0))
        scale = _scale(sets.constant + float(self.fixed.sum()), largest)
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
        objective: Floats = (self.fixed - saved) / scale  # z of one site is 1 - y
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
        side(stated, y)
        begin = None if start is None else {j: float(start[j]) for j in range(n_sites)}
        found = solve_direct(stated, columns, clock.now(), start=begin, stop=clock.stop)
        bound = None if found.bound is None else found.bound * scale + constant
        return Solved(found.values, bound, found.infeasible)


def solve_location(problem: TextbookProblem, clock: Clock) -> Answer:
    """The cheapest sites: every zone at its nearest open one, plus fixed costs."""
    n_sites = len(problem.sites)
    longest = n_sites if problem.exactly is None else n_sites - problem.exactly + 1
    first = _FIRST_UFL
    if problem.exactly is not None or problem.at_most is not None:
        first = math.ceil(2 * n_sites / problem.most_open) + 1
    start = interchange(problem, until=lambda: clock.over) if first > _LONG else None
    location = Location(problem.weight, problem.cost, problem.fixed, first=first, longest=longest)
    found = location.solve(lambda stated, y: _count_open(problem, y, stated), clock, start)
    if found.sites is None:
        raise NoAnswer("no set of sites was found in time", proved=False)
    bound = found.bound if np.isfinite(found.bound) else None
    return Answer(found.sites, found.objective, bound)


def _count_open(
    problem: TextbookProblem, y: Sequence[pulp.LpVariable], stated: pulp.LpProblem
) -> None:
    total = [(one, 1.0) for one in y]
    if problem.exactly is not None:
        add_row(stated, total, pulp.LpConstraintEQ, float(problem.exactly), "open_sites")
        return
    add_row(stated, total, pulp.LpConstraintGE, 1.0, "some_site")
    if problem.at_most is not None:
        add_row(stated, total, pulp.LpConstraintLE, float(problem.at_most), "open_sites")


def _scale(total: float, largest: float) -> float:
    """A power of ten that brings an objective to about ten thousand.

    Of a total below 1 the ``largest`` term counts too: the rest of the objective may be greater.
    """
    size = abs(total) if abs(total) >= 1.0 else min(1.0, max(abs(total), largest, _LEAST_SIZE))
    return float(10.0 ** (math.floor(math.log10(size)) - 4))


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
