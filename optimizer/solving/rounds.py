"""Bounds by linear relaxation, in rounds: each adds what the last solution shows to be missing."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.engine.evaluate import Evaluation
from optimizer.engine.extremes import most_value
from optimizer.instance import Bools, Floats, Instance, Ints
from optimizer.model.objective import MILLION
from optimizer.model.program import Program, make_program
from optimizer.model.variables import ABSENT, at_columns, columns_of_plan
from optimizer.solving.additions import Additions
from optimizer.solving.apart import Apart
from optimizer.solving.branching import Asked
from optimizer.solving.disjunctions import Disjunctions
from optimizer.solving.exchange import Exchange, same_network
from optimizer.solving.guess import guessed
from optimizer.solving.origins import Origins
from optimizer.solving.relaxation import relaxation
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.turn import FEW, Turn
from optimizer.solving.years import Years

MANY_COLUMNS = 30_000  #: of a program that is not solved as a whole at first
FIRST = 4.0  #: takes a first round of the whole than one apart, about
CUT_SECONDS = 4.0  #: at least, to seek disjunctions where there is little time
_EXTENSIONS = 4  #: of tails, where a bound without some states is asked for


def _most(instance: Instance) -> float:
    """In millions, with what solvers may be off."""
    return most_value(instance) / MILLION * (1.0 + 1e-6)


class Rounds:
    """Linear relaxations, each from the basis of the one before.

    ``bound`` is in millions of the objective's unit, infinite if no plan exists. Between two rounds
    tails in use get more options, and links and covers that are broken are added; where that
    gains less, those that are broken where the sites are as in ``plan``, near which solutions are
    then; where it gains little, disjunctions, which make rounds slower. A round is of the
    whole, or at prices on its longest rows (``apart``): that takes a fraction of the time. A large
    relaxation begins so, at prices that are guessed (``guess``).
    """

    def __init__(self, instance: Instance, *, seed: int, stop: threading.Event) -> None:
        self.instance, self.seed = instance, seed
        self.begun_with, self._most = instance, _most(instance)
        self.bound = -np.inf
        self.first_seconds = 0.0  #: that a first round of the whole takes
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
        self._apart: Apart | Years = Apart(self._simplex, seed=seed)
        if instance.equity is not None:  # its rows join all zones: years are what falls apart
            self._apart = Years(self._simplex, variables.columns.year)
        self._disjunctions = Disjunctions(variables.mode, self._simplex, seed=seed, stop=stop)
        self._turn, self._begun = Turn(), False
        self._seconds = 0.0  #: that the last round of the whole took, if it went on from prices
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
        for part in (self._simplex, self._disjunctions):
            part.stop = stop
        self.instance, self.plan, self.solved = instance, None, None
        more = self._turn.more  # the whole would take long to catch up: at known prices it is quick
        self.bound, self._turn = -np.inf, Turn(apart=more and self._apart.begun, more=more)
        self._most = _most(instance)
        self._apart.again()
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
        """By the last round of the whole, since the one before; in millions."""
        return self._turn.gained

    def solve(self, seconds: float) -> bool:
        """One round; false if it did not end, though the bound may be better for it."""
        turn, began = self._turn, time.monotonic()
        if self.begins_apart:
            self._begin_apart(seconds)
            seconds -= time.monotonic() - began
        hurried = turn.more and self._apart.begun and turn.short(seconds, self._seconds)
        ended = self._solve_apart(seconds) if turn.apart or hurried else self._solve_all(seconds)
        self.worked_seconds += time.monotonic() - began
        return ended

    @property
    def begins_apart(self) -> bool:
        """Whether the first bound is not of the whole: that takes long where there is much."""
        new = self._large and not self._begun
        return new and isinstance(self._apart, Apart) and self._apart.useful

    @property
    def _large(self) -> bool:
        """Whether rounds at prices are worth it; a small program is solved as a whole."""
        return self.program.cost.size > MANY_COLUMNS

    def _give_prices(self, solved: Solved) -> None:
        """Those of a solution of the whole, to a large program."""
        if self._large:
            self._apart.begin(solved.duals)

    def _begin_apart(self, seconds: float) -> None:
        """Prices that are guessed; where there are none, the whole is solved first."""
        self._begun = True
        stop = self._simplex.stop or threading.Event()
        prices = guessed(self.instance, self.program, seed=self.seed, stop=stop, seconds=seconds)
        if prices is not None:
            self._apart.begin(prices)
            self._turn.apart = self._turn.more = True

    def _solve_all(self, seconds: float) -> bool:
        turn, began = self._turn, time.monotonic()
        solved = self._solved(self._simplex, seconds)
        turn.begun += time.monotonic() - began
        self._learn(solved)
        turn.grown = turn.apart = False
        if solved.optimal:
            turn.whole(self.bound)
            self.first_seconds = self.first_seconds or turn.begun
            self._seconds = turn.begun if self._apart.begun else 0.0
            turn.begun, self._begun = 0.0, True
            turn.spent |= turn.cut and not turn.slow(self.bound)
            turn.grown = self._grow(solved, seconds - time.monotonic() + began)
            self._give_prices(solved)
            turn.more = turn.grown
            turn.apart = turn.grown and self._apart.begun
        return solved.optimal or solved.infeasible

    def _solve_apart(self, seconds: float) -> bool:
        turn, before, began = self._turn, self.bound, time.monotonic()
        solved = self._solved(self._apart, seconds)
        self._learn(solved)
        spent = time.monotonic() - began
        left = seconds - spent
        turn.at_prices(before, self.bound, spent)
        self.first_seconds = self.first_seconds or FIRST * spent
        gains = turn.gains(self.bound)
        enough = solved.optimal and (turn.cut or not gains)
        if enough and not turn.short(left, self._seconds):
            turn.apart = turn.more = False  # the whole goes on from here
            return True
        turn.cut &= not solved.optimal
        if not solved.optimal:
            turn.more = True
        elif not gains and turn.short(left, self._seconds) and self._cut_apart(solved, left):
            turn.steps, turn.more = (), True
        else:
            turn.more = self._additions.add(solved)
        turn.apart = turn.more and gains
        turn.grown = not solved.infeasible  # the whole, with what was added, comes next
        return solved.optimal or solved.infeasible

    def _cut_apart(self, solved: Solved, seconds: float) -> bool:
        """Add disjunctions, in half of the time that is left; whether there were any."""
        if seconds < 2.0 * CUT_SECONDS:
            return False
        return self._disjunctions.add_broken(solved, seconds=seconds / 2.0)

    def _solved(self, solver: Simplex | Apart | Years, seconds: float) -> Solved:
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
        """Add what a solution of the whole breaks; whether there was anything."""
        turn, end = self._turn, time.monotonic() + seconds
        first = bool(turn.seconds) and not turn.any_cuts and isinstance(self._apart, Apart)
        late = first and 3.0 * CUT_SECONDS < seconds < self.worked_seconds
        look = turn.near(self.bound) and self._unfitted is not None
        slow = late or (turn.slow(self.bound) and not look)
        if slow and self._add_disjunctions(solved, end - time.monotonic()):
            return True  # with other rows at once the next round would be much slower
        turn.cut = False
        added = self._additions.add(solved)
        if look or not added:
            added |= self._fit(end - time.monotonic())
        return added or self._add_disjunctions(solved, end - time.monotonic())

    def _add_disjunctions(self, solved: Solved, seconds: float) -> bool:
        """Whether there were any."""
        self._turn.cut = self._disjunctions.add_broken(solved, seconds=seconds)
        self._turn.any_cuts |= self._turn.cut
        return self._turn.cut

    @property
    def _unfitted(self) -> Ints | None:
        """The plan, if it has not been looked at; not between disjunctions."""
        turn = self._turn
        return None if turn.cut or self.plan is turn.fitted else self.plan

    def _fit(self, seconds: float) -> bool:
        """Add what is broken where the sites are as in the plan; whether there was anything."""
        plan, end = self._unfitted, time.monotonic() + seconds
        if plan is None:
            return False
        self._turn.fitted, added = plan, False
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
        """Prices that suit what was added since the last round, if anything was."""
        if not self._turn.more:
            return
        if self._apart.begun:
            end = time.monotonic() + seconds
            for _ in range(FEW):
                if (left := end - time.monotonic()) <= 0.0 or not self._solve_apart(left):
                    break
            return
        solved = self._solved(self._simplex, seconds)
        self._learn(solved)
        if solved.optimal:
            self._give_prices(solved)

    def bound_without(self, states: Bools, *, seconds: float) -> float:
        """The bound if the cells ``states`` [J, M+1, T] are not allowed, in millions.

        At prices on the long rows, where there are any: that takes seconds, and they change little.
        Never below the bound at hand; that one if time ends, infinite if nothing is left.
        """
        columns = self.program.variables.mode[states]
        columns = columns[columns != ABSENT]
        if self.solved is None:
            return self.bound
        end, bound = time.monotonic() + seconds, self.bound
        solver = self._apart if self._apart.begun else self._simplex
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
