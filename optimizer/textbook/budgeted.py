"""Sites in modes under a budget: the national problem without staff, room, years and decay.

Every site is in one mode or closed; a mode adds its waiting to the minutes and has a cost at each
site. The plan costs at most a budget, each region keeps some open site, and weight times minutes is
least. Each site in each mode is a column of a location problem, so chains are those of sites and
modes by minutes; what has grown for one budget is there for the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pulp

from optimizer.instance import Bools, Floats, Ints
from optimizer.solving.direct import add_row
from optimizer.textbook.location import Location
from optimizer.textbook.problem import Clock, NoAnswer

SHUT = -1
_FIRST_DEPTH = 6


@dataclass(frozen=True)
class Budgeted:
    """Zones, sites, modes, what each mode costs at each site, and the regions to be served."""

    weight: Floats  #: [I]
    minutes: Floats  #: [I, J]
    waiting: Floats  #: [M] minutes that a mode adds
    cost: Floats  #: [J, M]
    regions: tuple[Bools, ...] = ()  #: each [J]: one of these sites is open


@dataclass(frozen=True)
class Point:
    """The best plan of a budget."""

    budget: float
    mode: Ints  #: [J] the mode of each site, SHUT if closed
    cost: float
    objective: float  #: weight times minutes
    bound: float

    @property
    def gap(self) -> float:
        """Of the objective."""
        return (self.objective - self.bound) / max(abs(self.objective), 1e-9)


def budget_frontier(problem: Budgeted, budgets: Sequence[float], clock: Clock) -> Iterator[Point]:
    """The best plan of each budget, proved to ``clock.effort.gap``.

    A plan begins the search of the next budget if it fits that too. Raises NoAnswer.
    """
    n_sites, n_modes = problem.cost.shape
    site, mode = (axis.ravel() for axis in np.indices((n_sites, n_modes)))
    price = problem.cost.ravel()
    minutes = problem.minutes[:, site] + problem.waiting[mode]
    location = Location(
        problem.weight, minutes, np.zeros(price.size), first=_FIRST_DEPTH, longest=price.size
    )
    start: Bools | None = None
    for budget in budgets:
        if start is not None and price[start].sum() > budget:
            start = None

        def side(
            stated: pulp.LpProblem, y: Sequence[pulp.LpVariable], most: float = budget
        ) -> None:
            for j in range(n_sites):
                own = [(y[k], 1.0) for k in np.flatnonzero(site == j).tolist()]
                add_row(stated, own, pulp.LpConstraintLE, 1.0, f"one_mode_{j}")
            spent = [(one, float(price[k])) for k, one in enumerate(y)]
            add_row(stated, spent, pulp.LpConstraintLE, most, "budget")
            everywhere = np.ones(n_sites, dtype=bool)
            for r, sites in enumerate((everywhere, *problem.regions)):
                there = [(y[k], 1.0) for k in np.flatnonzero(sites[site]).tolist()]
                add_row(stated, there, pulp.LpConstraintGE, 1.0, f"region_{r}")

        found = location.solve(side, clock, start)
        if found.sites is None:
            raise NoAnswer(f"no plan was found in time for a budget of {budget:g}", proved=False)
        chosen = np.flatnonzero(found.sites)
        plan = np.full(n_sites, SHUT)
        plan[site[chosen]] = mode[chosen]
        yield Point(budget, plan, float(price[chosen].sum()), found.objective, found.bound)
        start = found.sites
