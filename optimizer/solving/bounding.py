"""The bounds of a search: relaxations that grow, then branch and bound, beside the search."""

from __future__ import annotations

import threading
import time

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.pooled import pooled
from optimizer.engine.search import Search
from optimizer.instance import Floats, Ints
from optimizer.model.build import build_model
from optimizer.model.objective import MILLION
from optimizer.model.variables import states_at
from optimizer.solving.branching import branch
from optimizer.solving.incumbent import Incumbent
from optimizer.solving.kept import Kept
from optimizer.solving.relaxation import FIRST_DEPTH, LINKED_DEPTH, least_visits
from optimizer.solving.rounds import Rounds
from optimizer.solving.solvers import backend
from optimizer.solving.stored import SLOW_SECONDS
from optimizer.solving.tails import with_tails_of_plan

TAIL_OPTIONS = 12  #: further options of a cut chain, in branch and bound
_RELAX_PART, _ROUNDS_BEFORE_BRANCHING = 0.75, 100.0
_WORTH_BRANCHING = 30.0  #: first relaxations in the time left, to branch over what has grown
_TOLD_EACH = 6.0  #: seconds of the first relaxation
_LEAST_GAIN = 0.0005  #: of the added burden, by a round of all years
_BRANCHED_TO = 0.5  #: of the asked gap: what is left is for what the relaxation leaves out
_SMALLEST_GAP = 1e-4  #: of the whole objective, to branch to while there is no plan


class Bounding:
    """Raises the bound of a search until it is over; plans that branching finds are offered."""

    def __init__(self, incumbent: Incumbent, kept: Kept) -> None:
        self._incumbent, self._kept = incumbent, kept
        self._instance, limits = incumbent.instance, incumbent.limits
        self._backend = backend(limits.solver, threads=limits.threads, seed=limits.seed)
        self._counted: dict[bytes, Ints] = {}  #: plans of branching, no longer in the model
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def solver(self) -> str:
        """The name and version of the solver."""
        return self._backend.name

    @property
    def alive(self) -> bool:
        """Whether bounds are still sought."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin: HiGHS runs beside Python."""
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the end, no longer than this."""
        self._thread.join(seconds)

    def finish(self) -> None:
        """Wait for the end; raises what went wrong."""
        while self.alive:
            self.wait(0.1)
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self._until_over()
        except Exception as failure:
            self._failure = failure

    def _until_over(self) -> None:
        incumbent, sites = self._incumbent, len(self._instance.sites)
        rounds = self._kept.rounds(self._instance, seed=incumbent.limits.seed, stop=incumbent.stop)
        ended = False
        while not ended and not incumbent.over:  # what is proved on the way is told
            each = np.inf if rounds.begins_apart else _TOLD_EACH
            ended = rounds.solve(min(incumbent.seconds_left, each))
            incumbent.raise_bound(rounds.bound)
        incumbent.shares = rounds.shares()
        if not incumbent.over:
            # chains of full length gain nothing in the time of a few rounds
            short = incumbent.seconds_left < _ROUNDS_BEFORE_BRANCHING * rounds.first_seconds
            part = 1.0 if short else _RELAX_PART
            self._relax(rounds, time.monotonic() + incumbent.seconds_left * part)
            self._branch_grown(rounds)
        self._kept.keep(rounds)
        depth = FIRST_DEPTH if sites > LINKED_DEPTH else sites
        while not incumbent.over and not incumbent.infeasible:
            counted = len(self._counted)
            self._branch(rounds, depth)
            if depth >= min(LINKED_DEPTH, sites) and len(self._counted) == counted:
                break  # the chains are long, and every plan branching gives is counted
            depth = min(LINKED_DEPTH, sites)

    def _relax(self, rounds: Rounds, until: float) -> None:
        """Rounds of relaxation while they gain and there is time; rules out what can not be."""
        incumbent = self._incumbent
        while not incumbent.over and rounds.grown and time.monotonic() < until:
            if rounds.spent and self._worth_branching(rounds):
                break
            self._rule_out(rounds, incumbent.best)
            ended = rounds.solve(until - time.monotonic())
            incumbent.raise_bound(rounds.bound)  # of a round that did not end too
            if not ended:
                break
            incumbent.shares = rounds.shares()
            if rounds.gained * MILLION / incumbent.added < _LEAST_GAIN:
                break

    def _rule_out(self, rounds: Rounds, best: Evaluation | None) -> None:
        if best is not None:
            rounds.rule_out(best, best.objective / MILLION)
            rounds.plan = best.states

    def _worth_branching(self, rounds: Rounds) -> bool:
        first = rounds.first_seconds
        return first > SLOW_SECONDS and self._incumbent.seconds_left > _WORTH_BRANCHING * first

    def _branch_grown(self, rounds: Rounds) -> None:
        """Branch and bound over the relaxation as it has grown, where there is time for it."""
        incumbent, best = self._incumbent, self._incumbent.best
        if incumbent.over or best is None or not self._worth_branching(rounds):
            return
        self._rule_out(rounds, best)
        gap = _BRANCHED_TO * incumbent.limits.gap * incumbent.added / MILLION

        def heard(found: float | Floats) -> None:
            if isinstance(found, float):
                incumbent.raise_bound(found + rounds.program.constant)
            else:
                self._count(states_at(found, rounds.program.variables.mode))

        asked = rounds.to_branch(best.states, seconds=incumbent.seconds_left, gap=gap)
        branch(asked, stop=incumbent.stop, heard=heard)

    def _branch(self, rounds: Rounds, depth: int) -> None:
        """Branch and bound of what is left, with chains of so many sites."""
        incumbent, best = self._incumbent, self._incumbent.best
        self._rule_out(rounds, best)
        instance = rounds.instance
        tails, least = depth < len(instance.sites), least_visits(instance)
        engine = pooled(instance, depth, tails=tails, tail_sites=TAIL_OPTIONS, least=least)
        model = build_model(instance, engine, without=self._counted.values())
        if incumbent.over:
            return
        best, total_gap = incumbent.best, _SMALLEST_GAP
        if best is not None:
            total_gap = _BRANCHED_TO * incumbent.limits.gap * incumbent.added / best.objective
        result = self._backend.search(
            model,
            start=None if best is None else best.states,
            seconds=incumbent.seconds_left,
            gap=total_gap,
            stop=incumbent.stop,
            on_bound=incumbent.raise_bound,
        )
        for states in reversed(result.plans):
            # The model may think a plan cheaper than the exact count does (staff moves in chains):
            # counted once, it is known, and branching need not come upon it again.
            self._counted[states.tobytes()] = states
            rounds.instance = with_tails_of_plan(rounds.instance, self._count(states))
        if result.infeasible and best is not None and best.states.tobytes() in self._counted:
            incumbent.raise_bound(best.objective / MILLION)  # what is left holds no other plan
        elif result.infeasible:
            incumbent.raise_bound(np.inf)
        elif result.bound is not None:
            incumbent.raise_bound(result.bound)

    def _count(self, states: Ints) -> Evaluation:
        """What a plan of branching is worth; what the relaxation left out is made good."""
        evaluation = evaluate(self._instance, states)
        repaired = evaluation
        if not evaluation.feasible:
            repair = Search(self._instance, out_of_time=lambda: self._incumbent.over)
            repair.construct(states)
            repaired = repair.best or evaluation
        self._incumbent.offer(repaired)
        return evaluation
