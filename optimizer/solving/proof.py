"""From an instance to a plan and its proof: search first, then bounds that close in on it.

1. A plan by construction, or from one that is given, and local search, counted exactly.
2. Linear relaxations of the pooled model, each from the basis of the one before. Chains are short
   and their tails begin with a few options; where a solution uses what lies beyond, it grows, until
   it no longer gains or time asks to go on.
3. Reduced costs and the plan rule out decisions no better plan can hold; chains shrink with them.
4. Branch and bound from the plan; what it finds is counted exactly, repaired and improved. Of a
   small problem with chains of full length, of a large one over the relaxation as it has grown.

Every bound is a bound of the whole problem: a decision is ruled out only if every plan with it is
no better than the one at hand, so the bound is the least of the relaxation's and the plan's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import (
    Evaluation,
    evaluate,
    todays_minutes,
    todays_value,
)
from optimizer.engine.extremes import least_value
from optimizer.engine.needless import without_needless
from optimizer.engine.pooled import pooled
from optimizer.engine.search import Search
from optimizer.instance import Floats, Instance, Ints
from optimizer.model.build import build_model
from optimizer.model.objective import MILLION
from optimizer.model.variables import states_at
from optimizer.solving.branching import branch
from optimizer.solving.certificate import Certificate, certify, gap_of_added_burden
from optimizer.solving.kept import SLOW_SECONDS, Kept
from optimizer.solving.order import StageStop, next_stage, seconds_of_stage, stages
from optimizer.solving.rounds import FIRST_DEPTH, LINKED_DEPTH, Rounds, least_visits
from optimizer.solving.solvers import SolverBackend, backend
from optimizer.solving.tails import with_tails_of_plan

TAIL_OPTIONS = 12  #: further options of a cut chain, in branch and bound
_RELAX_PART, _ROUNDS_BEFORE_BRANCHING = 0.75, 100.0
_WORTH_BRANCHING = 10.0  #: first relaxations in the time left, to branch over what has grown
_TOLD_EACH = 6.0  #: seconds of the first relaxation
_LEAST_GAIN = 0.0005  #: of the added burden, by a round of all years
_IDLE_SHAKES, _SHAKES_A_SITE = 150, 3  #: in a row without a better plan, at most
_ROUNDED_EACH = 2  #: steps of the search: a plan is made of the relaxation's shares,
_LARGEST_EACH = 24  #: of the largest ones

#: seconds since the start, objective, bound, gap; visit-minutes
Report = Callable[[float, float | None, float | None, float | None], None]


@dataclass(frozen=True)
class Limits:
    """When to stop, and with which solver."""

    solver: str
    gap: float  #: of the added burden
    deadline: float  #: of time.monotonic()
    threads: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """The best plan, its certificate, and how the gap closed."""

    evaluation: Evaluation
    certificate: Certificate
    trace: tuple[tuple[float, float, float], ...]  #: seconds, objective, bound


class NoPlan(Exception):  # noqa: N818 - an answer, not a fault
    """No plan was found: ``proved`` tells whether there is none, or the limit came first.

    ``nearest`` misses least of all that were tried; none where nothing was.
    """

    def __init__(self, *, proved: bool, nearest: Evaluation | None = None) -> None:
        super().__init__("no plan exists" if proved else "no plan was found in time")
        self.proved, self.nearest = proved, nearest


def prove(
    instance: Instance,
    limits: Limits,
    *,
    report: Report,
    stop: threading.Event,
    start: Ints | None = None,
    kept: Kept | None = None,
) -> Outcome:
    """Find a plan and prove how good it is, within the limits. Raises NoPlan.

    ``start`` [J, T] is a plan to begin from, such as that of a question much like this one. It may
    break requirements: it is repaired, counted exactly and improved like any other. The bound goes
    on from a relaxation in ``kept``, where one serves, and leaves its own there. Aims in a
    lexicographic order follow each other, each in an equal part of the time that is left.
    """
    earlier: tuple[Certificate, ...] = ()
    while instance.later:
        deadline = time.monotonic() + seconds_of_stage(limits.deadline, stages(instance))
        part = replace(limits, deadline=deadline)
        found = _Proof(instance, part, report, StageStop(stop), start, kept).run()
        one = found.certificate
        earlier, start = (*earlier, one), found.evaluation.states
        instance = next_stage(instance, one.objective, one.objective_today)
    outcome = _Proof(instance, limits, report, StageStop(stop), start, kept).run()
    return replace(outcome, certificate=replace(outcome.certificate, earlier=earlier))


class _Proof:
    def __init__(
        self,
        instance: Instance,
        limits: Limits,
        report: Report,
        stop: threading.Event,
        start: Ints | None,
        kept: Kept | None,
    ) -> None:
        self.instance, self.limits, self.stop, self.start = instance, limits, stop, start
        self.kept = Kept() if kept is None else kept
        self.backend: SolverBackend = backend(
            limits.solver, threads=limits.threads, seed=limits.seed
        )
        self.report = report
        self.began = time.monotonic()
        self.today = todays_value(instance)
        self.best: Evaluation | None = None
        self.bound = least_value(instance)  #: in the unit of the aim
        self.trace: list[tuple[float, float, float]] = []
        self._counted: dict[bytes, Ints] = {}  #: plans of branching, no longer in the model
        self._lock = threading.RLock()
        self._shares: Floats | None = None  #: [J, M+1, T] of states, in the last relaxation
        self._failure: Exception | None = None
        self._infeasible = False  #: proved, while no plan was known
        self._stopped_here = False  #: the end was ours, not the user's

    # -- what is known ---------------------------------------------------------------------

    @property
    def seconds_left(self) -> float:
        return self.limits.deadline - time.monotonic()

    @property
    def over(self) -> bool:
        return self.stop.is_set() or self.seconds_left <= 0.0 or self.closed

    @property
    def _given_up(self) -> bool:
        """Without a plan the search for a first one goes on as long again after the limit."""
        if self.best is not None or self._infeasible or self.stop.is_set():
            return self.over or self._infeasible
        return time.monotonic() > 2.0 * self.limits.deadline - self.began

    @property
    def closed(self) -> bool:
        return self.best is not None and self.gap <= self.limits.gap

    @property
    def gap(self) -> float:
        if self.best is None:
            return np.inf
        return gap_of_added_burden(self.best.objective, self.bound, self.today, self.instance.aim)

    def _tell(self) -> None:
        seconds = time.monotonic() - self.began
        objective = None if self.best is None else self.best.objective
        bound = self.bound if self.bound > 0 else None
        gap = self.gap if objective is not None and bound is not None else None
        if objective is not None:
            self.trace.append((seconds, objective, self.bound))
        self.report(seconds, objective, bound, gap)

    def _offer(self, evaluation: Evaluation | None) -> None:
        with self._lock:
            if (
                evaluation is not None
                and evaluation.feasible
                and (self.best is None or evaluation.objective < self.best.objective)
            ):
                self.best = evaluation
                self._tell()

    def _raise_bound(self, million: float) -> None:
        """A bound of what is left; plans ruled out are no better than the best plan."""
        if million == np.inf:  # no plan in what is left; a plan at hand says the solver erred
            self._infeasible = self.best is None
            return
        with self._lock:
            ceiling = np.inf if self.best is None else self.best.objective
            value = min(million * MILLION, ceiling)
            if value > self.bound:
                self.bound = value
                self._tell()

    # -- the steps -------------------------------------------------------------------------

    def run(self) -> Outcome:
        bounding = threading.Thread(target=self._bound_until_over, daemon=True)
        bounding.start()  # HiGHS runs beside Python: bounds and better plans are found together
        planner = Planner(
            self.instance, out_of_time=lambda: self.over, give_up=lambda: self._given_up
        )
        self._offer(planner.construct(self.start))
        self._improve(planner, bounding)
        while bounding.is_alive():
            bounding.join(0.1)
        if self._failure is not None:
            raise self._failure
        if self.best is None:
            raise NoPlan(proved=self._infeasible, nearest=planner.nearest)
        self.best = without_needless(self.instance, self.best)
        certificate = certify(
            objective=self.best.objective,
            objective_today=self.today,
            bound=self.bound,
            asked_gap=self.limits.gap,
            interrupted=self.stop.is_set() and not self._stopped_here,
            seconds_solve=time.monotonic() - self.began,
            solver=self.backend.name,
            visit_minutes=float(self.best.burden.sum()),
            visit_minutes_today=todays_minutes(self.instance),
            aim=self.instance.aim,
        )
        self._tell()
        return Outcome(self.best, certificate, tuple(self.trace))

    def _improve(self, planner: Planner, bounding: threading.Thread) -> None:
        """Improve and shake the plan while bounds are sought; end both when the gap is closed."""
        self._offer(planner.improve())
        seed, idle = self.limits.seed, 0
        most = min(_IDLE_SHAKES, _SHAKES_A_SITE * len(self.instance.sites))
        rounded: Floats | None = None  #: shares that a plan was made of
        while bounding.is_alive() and not self.over:
            shares = self._shares
            if self.best is not None:
                if idle >= most and rounded is shares:  # there is nothing new to try
                    bounding.join(0.1)
                    continue
                planner.adopt(self.best)
            before = planner.best
            if shares is not None and seed % _ROUNDED_EACH == 0:
                largest = rounded is not shares and seed % _LARGEST_EACH == 0
                self._offer(planner.round(shares, None if largest else seed))
                rounded = shares
            elif planner.best is not None:
                self._offer(planner.shake(seed))
            else:
                self._offer(planner.reach(seed))
            seed, idle = seed + 1, idle + 1 if planner.best is before else 0
        if bounding.is_alive() and not self.stop.is_set():
            self._stopped_here = True
            self.stop.set()

    def _bound_until_over(self) -> None:
        """The bounds, in a thread of their own."""
        try:
            ended = False
            rounds = self.kept.rounds(self.instance, seed=self.limits.seed, stop=self.stop)
            while not ended and not self.over:  # what is proved on the way is told
                ended = rounds.solve(min(self.seconds_left, _TOLD_EACH))
                self._raise_bound(rounds.bound)
            self._shares = rounds.shares()
            if not self.over:
                # chains of full length gain nothing in the time of a few rounds
                short = self.seconds_left < _ROUNDS_BEFORE_BRANCHING * rounds.first_seconds
                part = 1.0 if short else _RELAX_PART
                self._relax(rounds, time.monotonic() + self.seconds_left * part)
                self._branch_grown(rounds)
            self.kept.keep(rounds)
            depth = FIRST_DEPTH
            while not self.over and not self._infeasible:
                counted, n_sites = len(self._counted), len(self.instance.sites)
                depth = depth if n_sites > LINKED_DEPTH else n_sites
                self._branch(rounds, depth)
                if depth >= min(LINKED_DEPTH, n_sites) and len(self._counted) == counted:
                    break  # the chains are long, and every plan branching gives is counted
                depth = min(LINKED_DEPTH, n_sites)
        except Exception as failure:
            self._failure = failure

    def _relax(self, rounds: Rounds, until: float) -> None:
        """Rounds of relaxation while they gain and there is time; rules out what can not be."""
        while not self.over and rounds.grown and time.monotonic() < until:
            if rounds.spent and self._worth_branching(rounds):
                break
            if self.best is not None:
                rounds.rule_out(self.best, self.best.objective / MILLION)
                rounds.plan = self.best.states
            ended = rounds.solve(until - time.monotonic())
            self._raise_bound(rounds.bound)  # of a round that did not end too
            if not ended:
                break
            self._shares = rounds.shares()
            if rounds.gained * MILLION / self._added < _LEAST_GAIN:
                break

    @property
    def _added(self) -> float:
        """The burden that the best plan adds, or the bound while there is none; 1 at least."""
        value = self.best.objective if self.best else self.bound
        return max(self.instance.aim.change(value, self.today), 1.0)

    def _worth_branching(self, rounds: Rounds) -> bool:
        first = rounds.first_seconds
        return first > SLOW_SECONDS and self.seconds_left > _WORTH_BRANCHING * first

    def _branch_grown(self, rounds: Rounds) -> None:
        """Branch and bound over the relaxation as it has grown, where there is time for it."""
        if self.over or self.best is None or not self._worth_branching(rounds):
            return
        rounds.rule_out(self.best, self.best.objective / MILLION)
        gap = 0.5 * self.limits.gap * self._added / MILLION

        def heard(found: float | Floats) -> None:
            if isinstance(found, float):
                self._raise_bound(found + rounds.program.constant)
            else:
                self._count(states_at(found, rounds.program.variables.mode))

        asked = rounds.to_branch(self.best.states, seconds=self.seconds_left, gap=gap)
        branch(asked, stop=self.stop, heard=heard)

    def _count(self, states: Ints) -> Evaluation:
        """What a plan of branching is worth; what the relaxation left out is made good."""
        evaluation = evaluate(self.instance, states)
        repaired = evaluation
        if not evaluation.feasible:
            repair = Search(self.instance, out_of_time=lambda: self.over)
            repair.construct(states)
            repaired = repair.best or evaluation
        self._offer(repaired)
        return evaluation

    def _branch(self, rounds: Rounds, depth: int) -> None:
        if self.best is not None:
            rounds.rule_out(self.best, self.best.objective / MILLION)
        instance = rounds.instance
        tails, least = depth < len(instance.sites), least_visits(instance)
        engine = pooled(instance, depth, tails=tails, tail_sites=TAIL_OPTIONS, least=least)
        model = build_model(instance, engine, without=self._counted.values())
        if self.over:
            return
        best, total_gap = self.best, 1e-4
        if best is not None:
            total_gap = 0.5 * self.limits.gap * self._added / best.objective
        result = self.backend.search(
            model,
            start=None if best is None else best.states,
            seconds=self.seconds_left,
            gap=total_gap,
            stop=self.stop,
            on_bound=self._raise_bound,
        )
        for states in reversed(result.plans):
            # The model may think a plan cheaper than the exact count does (staff moves in chains):
            # counted once, it is known, and branching need not come upon it again.
            self._counted[states.tobytes()] = states
            rounds.instance = with_tails_of_plan(rounds.instance, self._count(states))
        if result.infeasible and best is not None and best.states.tobytes() in self._counted:
            self._raise_bound(best.objective / MILLION)  # what is left holds no other plan
        elif result.infeasible:
            self._raise_bound(np.inf)
        elif result.bound is not None:
            self._raise_bound(result.bound)
