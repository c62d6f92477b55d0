"""Bounds by linear relaxation, in rounds: each adds what the last solution shows to be missing."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.engine.evaluate import Evaluation
from optimizer.engine.extremes import most_value
from optimizer.engine.pooled import Pooled, pooled
from optimizer.engine.tails import Reach
from optimizer.instance import Bools, Floats, Instance, Ints
from optimizer.model.objective import MILLION
from optimizer.model.program import Program, make_program
from optimizer.model.variables import ABSENT, at_columns, columns_of_plan
from optimizer.solving.additions import Additions
from optimizer.solving.branching import Asked
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.exchange import Exchange, same_network
from optimizer.solving.origins import Origins
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.years import Years

FIRST_DEPTH = 2  #: sites in a chain before any is linked
LINKED_DEPTH = 6  #: sites in a chain that may be linked
FEW_LINKED_DEPTH = 4  #: where zones are very many
MOST_TAILS = 5_000  #: zones and needs of a year that have tails of their own; more are bunched
BUNCHES = 3_000  #: into which visits would go at the least that a bunch should have
MANY_LINKS = 1_000_000  #: zones and needs: beyond that fewer links are known
FIRST_OPTIONS = 3  #: of a tail, before any are added
FEW_OPTIONS = 40  #: where a need has no more, tails have all of them from the start
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


def _most(instance: Instance) -> float:
    """In millions, with what solvers may be off."""
    return most_value(instance) / MILLION * (1.0 + 1e-6)


@dataclass
class _Turn:
    """Where the rounds of a question stand."""

    grown: bool = True  #: whether another round could gain
    spent: bool = False  #: whether disjunctions were sought, and have come to gain little
    fitted: Ints | None = None  #: the plan for which nothing is broken
    gained: float = np.inf  #: by the last round of all years, since the one before
    first: float = np.inf  #: the bound of the first round of all years
    cut: bool = False  #: whether all that was added before this one were disjunctions
    by_year: bool = False  #: whether the next round is
    more: bool = False  #: whether anything was added that the last one did not have
    priced: float = -np.inf  #: the bound when the years got their prices
    begun: float = 0.0  #: seconds of the round of all years that has not ended yet


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
        self.instance, self.seed = instance, seed
        self.begun_with, self._most = instance, _most(instance)
        self.bound = -np.inf
        self.first_seconds = 0.0  #: that the first round of all years took, with nothing to go on
        self.worked_seconds = 0.0  #: in all rounds, of all questions
        self.plan: Ints | None = None  #: [J, T] states of the best plan known
        self.engine = relaxation(instance)
        whole = make_program(instance, self.engine, relaxed=True)
        origins = Origins(instance, self.engine, whole)
        self.program: Program = origins.program
        self._simplex = Simplex(self.program, seed=seed, stop=stop)
        self._additions = Additions(instance, self.engine, origins, self._simplex)
        self._whole = whole
        variables = self.program.variables
        self._years = Years(self._simplex, variables.columns.year, seed=seed, stop=stop)
        self._disjunctions = Disjunctions(variables.mode, self._simplex, seed=seed, stop=stop)
        self._turn = _Turn()
        self._seconds = 0.0  #: that the last round of all years took
        self.solved: Solved | None = None  #: of the last round that ended

    def __getstate__(self) -> dict[str, Any]:
        """To be kept: without what belongs to the question asked last."""
        return self.__dict__ | {"instance": self.begun_with, "plan": None, "solved": None}

    def ask(self, instance: Instance, *, seed: int, stop: threading.Event) -> bool:
        """Go on with another question, with all that has grown; false if its network is another.

        Sites may have fewer states in it than in the question that was begun with, not more.
        """
        first = self.begun_with
        if seed != self.seed or not same_network(first, instance):
            return False
        if (instance.allowed & ~first.allowed).any():
            return False
        asked = replace(instance, allowed=first.allowed)
        program = make_program(asked, self.engine, relaxed=True)
        changed = self._exchange.take(program)
        if changed is None:
            return False
        self._disjunctions.forget(changed)
        mode = program.variables.mode
        self._simplex.limit(mode[first.allowed & ~instance.allowed], 0.0)
        for part in (self._simplex, self._years, self._disjunctions):
            part.stop = stop
        self.instance, self.plan, self.solved = instance, None, None
        more = self._turn.more  # the whole would take long to catch up: at known prices it is quick
        self.bound, self._turn = -np.inf, _Turn(by_year=more and len(instance.years) > 1, more=more)
        self._most = _most(instance)
        return True

    @cached_property
    def _exchange(self) -> Exchange:
        """Made when a second question is asked; most runs ask one."""
        return Exchange(self._whole, self.program, self._simplex)

    @property
    def grown(self) -> bool:
        """Whether another round could gain."""
        return self._turn.grown

    @property
    def spent(self) -> bool:
        """Whether disjunctions were sought, and have come to gain little."""
        return self._turn.spent

    @property
    def gained(self) -> float:
        """By the last round of all years, since the one before; in millions."""
        return self._turn.gained

    def solve(self, seconds: float) -> bool:
        """One round; false if it did not end, though the bound may be better for it."""
        turn, began = self._turn, time.monotonic()
        by_year = turn.by_year or (turn.more and seconds < LONGER * self._seconds)
        ended = self._solve_years(seconds) if by_year else self._solve_all(seconds)
        self.worked_seconds += time.monotonic() - began
        return ended

    def _solve_all(self, seconds: float) -> bool:
        turn, began = self._turn, time.monotonic()
        solved = self._solved(self._simplex, seconds)
        turn.begun += time.monotonic() - began
        self._learn(solved)
        turn.grown = turn.by_year = False
        if solved.optimal:
            turn.gained, turn.priced = self.bound - turn.priced, self.bound
            turn.first = min(turn.first, self.bound)
            self._seconds, turn.begun = turn.begun, 0.0
            self.first_seconds = self.first_seconds or self._seconds
            self._years.begin(solved)
            turn.spent |= turn.cut and not self._slow
            turn.grown = self._grow(solved, seconds - time.monotonic() + began)
            turn.grown |= self._fit(seconds - time.monotonic() + began)
            turn.more = turn.grown
            turn.by_year = turn.grown and len(self.instance.years) > 1 and not turn.cut
        return solved.optimal or solved.infeasible

    def _solve_years(self, seconds: float) -> bool:
        turn, before = self._turn, self.bound
        solved = self._solved(self._years, seconds)
        self._learn(solved)
        turn.cut &= not solved.optimal
        turn.more = not solved.optimal or self._additions.add(solved)
        enough = LITTLE * (self.bound - turn.priced)
        turn.by_year = turn.more and self.bound - before > enough
        turn.grown = not solved.infeasible  # the whole, with what was added, comes next
        return solved.optimal or solved.infeasible

    def _solved(self, solver: Simplex | Years, seconds: float) -> Solved:
        """What a solver comes to; a bound above what any plan is worth proves that there is none.

        The dual simplex may go up and up before it ends.
        """
        solved = solver.solve(seconds)
        if solved.bound <= self._most:
            return solved
        return replace(solved, bound=np.inf, optimal=False, infeasible=True)

    def _learn(self, solved: Solved) -> None:
        self.bound = max(self.bound, np.inf if solved.infeasible else solved.bound)
        if solved.optimal:
            self.solved = solved

    def _grow(self, solved: Solved, seconds: float) -> bool:
        """Add what a solution of all years breaks; whether there was anything."""
        if self._slow and self._add_disjunctions(solved, seconds):
            return True  # with other rows at once the next round would be much slower
        self._turn.cut = False
        return self._additions.add(solved) or self._add_disjunctions(solved, seconds)

    def _add_disjunctions(self, solved: Solved, seconds: float) -> bool:
        """Whether there were any."""
        found = self._disjunctions.broken(solved, self._simplex.statuses(), seconds=seconds)
        if found:
            self._disjunctions.add(found)
        self._turn.cut = bool(found)
        return self._turn.cut

    def _fit(self, seconds: float) -> bool:
        """Add what is broken where the sites are as in the plan; whether there was anything."""
        turn, plan, end = self._turn, self.plan, time.monotonic() + seconds
        near = not turn.grown or turn.gained <= NEAR * (self.bound - turn.first)
        if plan is None or plan is turn.fitted or turn.cut or not near:
            return False
        turn.fitted, added = plan, False
        while (left := end - time.monotonic()) > 0.0:
            solved = self._at(plan, left)
            if not solved.optimal or not self._additions.add(solved):
                break
            added = True
        return added

    def _at(self, plan: Ints, seconds: float) -> Solved:
        """The relaxation with the sites as in a plan [J, T]."""
        given = columns_of_plan(self.program.variables.mode, plan)
        return self._simplex.given(*given, seconds)

    @property
    def _slow(self) -> bool:
        """Whether rounds of all years gain little, and disjunctions are not what gains little."""
        gained, risen = self._turn.gained, self.bound - self._turn.first
        return gained <= SLOW * risen and not (self._turn.cut and gained <= SPENT * risen)

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
            seed=self.seed,
        )

    def shares(self) -> Floats | None:
        """[J, M+1, T] how much of each state sites have in the last round that ended."""
        if self.solved is None:
            return None
        return np.maximum(0.0, at_columns(self.solved.values, self.program.variables.mode))

    def settle(self, seconds: float) -> None:
        """New prices for the years, if anything was added since they got theirs."""
        if not self._turn.more:
            return
        solved = self._solved(self._simplex, seconds)
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
            solved = self._solved(solver, end - time.monotonic())
            bound = max(bound, np.inf if solved.infeasible else solved.bound)
            if not solved.optimal:
                break
            if not self._additions.add_lacking(solved):
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
