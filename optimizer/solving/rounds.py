"""Bounds by linear relaxation, in rounds: each adds what the last solution shows to be missing."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np

from optimizer.engine.evaluate import Evaluation
from optimizer.engine.pooled import Pooled, pooled
from optimizer.engine.tails import Reach
from optimizer.instance import Bools, Floats, Instance, Ints
from optimizer.model.program import Program, make_program
from optimizer.model.variables import ABSENT, at_columns, columns_of_plan
from optimizer.solving.branching import Asked
from optimizer.solving.covers import Covers
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.growth import Growth
from optimizer.solving.origins import Origins
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.worst_off import WorstOff
from optimizer.solving.years import Years

FIRST_DEPTH = 2  #: sites in a chain before any is linked
LINKED_DEPTH = 6  #: sites in a chain that may be linked
FEW_LINKED_DEPTH = 4  #: where zones are very many
MOST_TAILS = 5_000  #: zones and needs of a year that have tails of their own; more are bunched
BUNCHES = 3_000  #: into which visits would go at the least that a bunch should have
MANY_LINKS = 1_000_000  #: zones and needs: beyond that fewer links are known
FIRST_OPTIONS = 3  #: of a tail, before any are added
FEW_OPTIONS = 40  #: where a need has no more, tails have all of them from the start
MANY_ROWS = 300  #: by origin, that are added before anything else is
MANY_LINKED = 300  #: links of a round, that are added before anything else is
NEAR = 0.25  #: of what the rounds of all years gained, by one more: then a plan is looked at
SLOW = 0.12  #: of what the rounds of all years gained, by one more: then disjunctions are sought
SPENT = 0.01  #: the same, by the round after them: then something else is added
LITTLE = 0.1  #: of what the years gained at their prices, by one more round of them
LONGER = 2.0  #: takes the next round of all years than the last one, about
_EXTENSIONS = 4  #: of tails, where a bound without some states is asked for


def least_visits(instance: Instance) -> float:
    """Visits of a bunch at least, so that there are not too many tails; 0: zones are alone."""
    visits = instance.demand[-1]
    return 0.0 if visits.size <= MOST_TAILS else float(visits.sum()) / BUNCHES


def relaxation(instance: Instance) -> Pooled:
    """The coefficients of the relaxation that the rounds begin with."""
    n_zones, n_sites, n_states, n_needs, _ = instance.shape
    if n_sites <= LINKED_DEPTH:  # whole chains cost little
        return pooled(instance, n_sites)
    options = n_sites * (n_states - 1)
    few = options <= FEW_OPTIONS
    return pooled(
        instance,
        FIRST_DEPTH,
        tails=True,
        tail_sites=options if few else FIRST_OPTIONS,
        reach=Reach(),
        known=LINKED_DEPTH if n_zones * n_needs <= MANY_LINKS else FEW_LINKED_DEPTH,
        least=least_visits(instance),
    )


class Rounds:
    """Linear relaxations, each from the basis of the one before.

    ``bound`` is in millions of the objective's unit, infinite if no plan exists. Between two rounds
    tails in use get more options, and links and covers that are broken are added; where that
    gains less, those that are broken where the sites are as in ``plan``, near which solutions are
    then; where it gains little, disjunctions, which make rounds slower. A round is of all
    years together, or of each by itself at the prices of the last one that was of all (``years``):
    that takes a fraction of the time, and gains as much until the prices are of another program.
    """

    def __init__(self, instance: Instance, *, seed: int, stop: threading.Event) -> None:
        self.instance, self._seed = instance, seed
        self.bound = -np.inf
        self.grown = True  #: whether another round could gain
        self.spent = False  #: whether disjunctions were sought, and have come to gain little
        self.plan: Ints | None = None  #: [J, T] states of the best plan known
        self._fitted: Ints | None = None  #: that of it for which nothing is broken
        self.gained = np.inf  #: by the last round of all years, since the one before
        self.engine = relaxation(self.instance)
        whole = make_program(self.instance, self.engine, relaxed=True)
        self._origins = Origins(self.instance, self.engine, whole)
        self.program: Program = self._origins.program
        self._simplex = Simplex(self.program, seed=seed, stop=stop)
        self._growth = Growth(self.instance, self.engine, self.program, self._simplex)
        variables = self.program.variables
        self._worst = WorstOff(self.instance, self.engine, variables, self._simplex, self._growth)
        self._covers = Covers(self.instance, self.engine, variables)
        self._years = Years(self._simplex, variables.columns.year, seed=seed, stop=stop)
        self._disjunctions = Disjunctions(variables.mode, self._simplex, seed=seed, stop=stop)
        self._first = np.inf  #: the bound of the first round of all years
        self._cut = False  #: whether all that was added before this one were disjunctions
        self._by_year = False  #: whether the next round is
        self._more = False  #: whether anything was added that the last one did not have
        self._priced = -np.inf  #: the bound when the years got their prices
        self._seconds = 0.0  #: that the last round of all years took
        self._begun = 0.0  #: seconds of the one that has not ended yet
        self.solved: Solved | None = None  #: of the last round that ended

    def solve(self, seconds: float) -> bool:
        """One round; false if it did not end, though the bound may be better for it."""
        if self._by_year or (self._more and seconds < LONGER * self._seconds):
            return self._solve_years(seconds)
        return self._solve_all(seconds)

    def _solve_all(self, seconds: float) -> bool:
        began = time.monotonic()
        solved = self._simplex.solve(seconds)
        self._begun += time.monotonic() - began
        self._learn(solved)
        self.grown = self._by_year = False
        if solved.optimal:
            self.gained, self._priced = self.bound - self._priced, self.bound
            self._first = min(self._first, self.bound)
            self._seconds, self._begun = self._begun, 0.0
            self._years.begin(solved)
            self.spent |= self._cut and not self._slow
            self.grown = self._grow(solved, seconds - time.monotonic() + began)
            self.grown |= self._fit(seconds - time.monotonic() + began)
            self._more = self.grown
            self._by_year = self.grown and len(self.instance.years) > 1 and not self._cut
        return solved.optimal or solved.infeasible

    def _solve_years(self, seconds: float) -> bool:
        began, before = time.monotonic(), self.bound
        solved = self._years.solve(seconds)
        self._learn(solved)
        left = seconds - time.monotonic() + began
        self._more = not solved.optimal or self._grow(solved, left, by_year=True)
        enough = LITTLE * (self.bound - self._priced)
        self._by_year = self._more and self.bound - before > enough
        self.grown = not solved.infeasible  # the whole, with what was added, comes next
        return solved.optimal or solved.infeasible

    def _learn(self, solved: Solved) -> None:
        self.bound = max(self.bound, np.inf if solved.infeasible else solved.bound)
        if solved.optimal:
            self.solved = solved

    def _grow(self, solved: Solved, seconds: float, *, by_year: bool = False) -> bool:
        """Add what a solution breaks; whether there was anything."""
        if not by_year and self._slow and self._add_disjunctions(solved, seconds):
            return True  # with other rows at once the next round would be much slower
        self._cut = False
        worst = self._worst.look(solved.values)
        rows = self._add_origins(self._origins.missing(solved.values))
        if rows > MANY_ROWS:  # a solution with them shows more
            return True
        more = rows + self._growth.extend(solved)
        links = self._growth.link(solved)
        if links > MANY_LINKED:
            return True
        covers = self._add_covers(solved)
        if worst or more + links + covers:
            return True
        return not by_year and self._add_disjunctions(solved, seconds)  # nothing else is left

    def _fit(self, seconds: float) -> bool:
        """Add what is broken where the sites are as in the plan; whether there was anything."""
        plan, end = self.plan, time.monotonic() + seconds
        near = not self.grown or self.gained <= NEAR * (self.bound - self._first)
        if plan is None or plan is self._fitted or self._cut or not near:
            return False
        self._fitted, added = plan, False
        while (left := end - time.monotonic()) > 0.0:
            solved = self._at(plan, left)
            if not solved.optimal or not self._grow(solved, left, by_year=True):
                break
            added = True
        return added

    def _at(self, plan: Ints, seconds: float) -> Solved:
        """The relaxation with the sites as in a plan [J, T]."""
        given = columns_of_plan(self.program.variables.mode, plan)
        return self._simplex.given(*given, seconds)

    def to_branch(self, plan: Ints, *, seconds: float, gap: float) -> Asked:
        """The relaxation with whole states, to be searched from a plan [J, T].

        ``gap`` is in millions, at which the search may end.
        """
        binary, start = columns_of_plan(self.program.variables.mode, plan)
        value = abs(self.bound - self.program.constant)
        return Asked(
            stated=self._simplex.stated(),
            binary=binary,
            start=start,
            seconds=seconds,
            gap=gap / max(1.0, value),
            seed=self._seed,
        )

    @property
    def _slow(self) -> bool:
        """Whether rounds of all years gain little, and disjunctions are not what gains little."""
        gained, risen = self.gained, self.bound - self._first
        return gained <= SLOW * risen and not (self._cut and gained <= SPENT * risen)

    def _add_covers(self, solved: Solved) -> int:
        cuts = self._covers.broken(self._origins.filled(solved.values))
        if cuts:
            groups = ((cut.requirement, cut.year, cut.group) for cut in cuts)
            self._add_origins(self._origins.rows_of(groups))
            matrix, upper = self._covers.rows(cuts, self._simplex.n_columns)
            self._simplex.add_rows(matrix, np.full(upper.size, -np.inf), upper)
        return len(cuts)

    def _add_disjunctions(self, solved: Solved, seconds: float) -> bool:
        """Whether there were any."""
        found = self._disjunctions.broken(solved, self._simplex.statuses(), seconds=seconds)
        if found:
            self._disjunctions.add(found)
        self._cut = bool(found)
        return self._cut

    def _add_origins(self, rows: Ints) -> int:
        if rows.size:
            self._simplex.add_rows(*self._origins.cells(rows, self._simplex.n_columns))
        return int(rows.size)

    def shares(self) -> Floats | None:
        """[J, M+1, T] how much of each state sites have in the last round that ended."""
        if self.solved is None:
            return None
        return np.maximum(0.0, at_columns(self.solved.values, self.program.variables.mode))

    def settle(self, seconds: float) -> None:
        """New prices for the years, if anything was added since they got theirs."""
        if not self._more:
            return
        solved = self._simplex.solve(seconds)
        self._learn(solved)
        if solved.optimal:
            self._years.begin(solved)

    def bound_without(self, states: Bools, *, seconds: float) -> float:
        """The bound if the cells ``states`` [J, M+1, T] are not allowed, in millions.

        Of the years apart, where there are several: that takes seconds, and prices change little.
        Never below the bound at hand; that one if time ends, infinite if nothing is left.
        """
        columns = self.program.variables.mode[states]
        columns = columns[columns != ABSENT]
        if self.solved is None:
            return self.bound
        end, bound = time.monotonic() + seconds, self.bound
        solver = self._years if len(self.instance.years) > 1 else self._simplex
        self._simplex.limit(columns, 0.0)
        for _ in range(_EXTENSIONS):
            solved = solver.solve(end - time.monotonic())
            bound = max(bound, np.inf if solved.infeasible else solved.bound)
            if not solved.optimal:
                break
            worst = self._worst.look(solved.values)
            more = self._add_origins(self._origins.missing(solved.values))
            if not (more + self._growth.extend(solved)) and not worst:
                break
        self._simplex.limit(columns, 1.0)
        return bound

    def rule_out(self, best: Evaluation, million: float) -> None:
        """Drop the states that no better plan has, by the reduced costs of the last round.

        ``million`` is the value of the plan ``best``, in the unit of the bound.
        """
        if self.solved is None:
            return
        room = million - self.solved.bound + 1e-9
        mode = self.program.variables.mode
        there = mode != ABSENT
        value: Floats = at_columns(self.solved.values, mode)
        reduced: Floats = at_columns(self.solved.reduced_costs, mode)
        out = there & (value < 1e-7) & (reduced > room)
        years = np.arange(len(self.instance.years))
        out[np.arange(out.shape[0])[:, None], best.states, years] = False
        if out.any():
            self._simplex.limit(mode[out], 0.0)
            self.instance = replace(self.instance, allowed=self.instance.allowed & ~out)


__all__ = ["FIRST_DEPTH", "LINKED_DEPTH", "Rounds", "relaxation"]
