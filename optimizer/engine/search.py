"""A good plan before any proof: construction, then improvement by changes of one or two sites.

The search starts from today's network. Construction takes the change that costs least access for
each million it brings towards the means, until the plan is feasible; improvement undoes and swaps.
Steps are proposed from tables of single changes and counted exactly before they are taken, so the
plan it returns is as good as it says. Deterministic: no clock decides, unless a deadline cuts it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.paths import Paths, all_paths
from optimizer.engine.prospects import LESS_MINUTES, Prospects
from optimizer.instance import Floats, Instance, Ints

_EPS_MNKR = 1e-9  #: less is rounding
_PAIRS_TRIED = 60
_BARRED_STEPS = 2
_STEPS_AGAIN = 20  #: of improvement, of a plan that was undone in part or rounded
_STEPS_TRIED = 12  #: of construction, until one brings the plan nearer to its rules
_SINGLES_TRIED = 5
_SINGLES_TRIED_FOR_MONEY = 40  #: where redundancies are part of what is made small


Deadline = Callable[[], bool]


class Search:
    """A plan under improvement. ``best`` is the best feasible evaluation so far, if any.

    ``give_up`` is when to end without any; improvement ends as soon as it is ``out_of_time``.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        out_of_time: Deadline | None = None,
        give_up: Deadline | None = None,
    ) -> None:
        self.instance = instance
        self.paths: Paths = all_paths(instance)
        self.out_of_time: Deadline = out_of_time or (lambda: False)
        self.give_up: Deadline = give_up or self.out_of_time
        self.best: Evaluation | None = None
        self.nearest: Ints | None = None  #: [J, T] of all constructed, the one that misses least
        self._missed = np.inf  #: what it misses
        self._prospects = Prospects(instance, self.paths)
        self._apart = _apart(instance)

    def run(self, start: Ints | None = None) -> Evaluation | None:
        """Construct (or take ``start``), improve, and give the best feasible plan found."""
        states = self.construct(self.first_states() if start is None else start.copy())
        if self.best is not None:
            self.improve(states)
        return self.best

    def shake(self, seed: int, *, rounds: int = 1000, undone: int = 6) -> Evaluation | None:
        """Undo some changes near each other, repair and improve; keep what is better.

        Ruin and recreate (Schrimpf and others 2000): a random changed site and the changed sites
        nearest to it go back to today's state, construction makes the plan feasible again. Where
        money is made small, sites near each other take any paths every other time.
        """
        rng = np.random.default_rng(seed)
        for _ in range(rounds):
            if self.best is None or self.out_of_time():
                break
            states = self.best.states.copy()
            today = self.first_states()
            changed = np.flatnonzero((states != today).any(axis=1))
            anywhere = self.instance.aim.mnkr > 0 and rng.random() < 0.5
            if anywhere:
                changed = np.arange(states.shape[0])
            if changed.size == 0:
                break
            centre = rng.choice(changed)
            away = self._apart[centre, changed]
            near = changed[np.argsort(away, kind="stable")[: int(rng.integers(2, undone + 1))]]
            states[near] = self._any_paths(near, rng) if anywhere else today[near]
            self._again(states, avoid=set(near.tolist()))
        return self.best

    def reach(self, seed: int, *, undone: int = 8) -> Evaluation | None:
        """Where no plan is known: change sites near each other in the one that misses least.

        They take any paths or go back to today's, and construction goes on from there.
        """
        if self.best is None and self.nearest is not None:
            rng = np.random.default_rng(seed)
            states = self.nearest.copy()
            away = self._apart[rng.integers(states.shape[0])]
            near = np.argsort(away, kind="stable")[: int(rng.integers(2, undone + 1))]
            anywhere = rng.random() < 0.5
            states[near] = self._any_paths(near, rng) if anywhere else self.first_states()[near]
            self.construct(states, avoid=set(near.tolist()))
        return self.best

    def round(self, shares: Floats, seed: int | None) -> Evaluation | None:
        """A plan from the shares [J, M+1, T] of states in a relaxation, repaired and improved.

        Each site takes its largest share of every year; with a ``seed`` any, as often as it has it,
        by one number for all years (Raghavan and Thompson 1987). The plan at hand stays if it is
        better.
        """
        if seed is None:
            states = shares.argmax(axis=1)
        else:
            drawn = np.random.default_rng(seed).random((shares.shape[0], 1, 1))
            heaped = shares.cumsum(axis=1) / shares.sum(axis=1, keepdims=True)
            states = (heaped < drawn).sum(axis=1)
        self._again(self.fitted(np.minimum(states, shares.shape[1] - 1)))
        return self.best

    def _again(self, states: Ints, avoid: Collection[int] = ()) -> None:
        """Construct and improve from some states; keep the plan at hand if it is as good."""
        kept, self.best = self.best, None
        repaired = self.construct(states, avoid=avoid)
        if self.best is not None:
            self.improve(repaired, rounds=_STEPS_AGAIN)
        if kept is not None and (self.best is None or self.best.objective >= kept.objective):
            self.best = kept

    def _any_paths(self, sites: Ints, rng: np.random.Generator) -> Ints:
        """[sites, T] some path of each: what is cheap together may be dear one by one."""
        own = [np.flatnonzero(self.paths.site == site) for site in sites]
        return np.asarray(self.paths.states[[int(rng.choice(paths)) for paths in own]])

    def first_states(self) -> Ints:
        """Today's network; where a decision forbids it, the highest state that is allowed."""
        return self._first.copy()

    @cached_property
    def _first(self) -> Ints:
        instance = self.instance
        states = instance.unchanged()
        wrong = np.flatnonzero(
            ~np.array([self._is_path(j, states[j]) for j in range(states.shape[0])])
        )
        for j in wrong:
            own = np.flatnonzero(self.paths.site == j)
            if own.size:
                ranks = instance.rank[j, self.paths.states[own]].sum(axis=1)
                states[j] = self.paths.states[own[int(ranks.argmax())]]
        return states

    def fitted(self, states: Ints) -> Ints:
        """A plan made for another question: a site whose path is not allowed here starts anew."""
        wrong = [j for j in range(states.shape[0]) if not self._is_path(j, states[j])]
        fitted = states.copy()
        fitted[wrong] = self.first_states()[wrong]
        return fitted

    def _is_path(self, site: int, states: Ints) -> bool:
        own = self.paths.states[self.paths.site == site]
        return bool((own == states).all(axis=1).any())

    def construct(self, states: Ints, *, avoid: Collection[int] = ()) -> Ints:
        """Greedy steps to feasibility: least visit-minutes for each mnkr of shortfall removed.

        Sites in ``avoid`` are left as they are in the first step, so that a repair goes elsewhere.
        """
        current = evaluate(self.instance, states)
        missed = self._prospects.missed_by(current)
        barred = np.isin(self.paths.site, list(avoid))
        met = {current.states.tobytes()}
        for step in range(4 * states.shape[0]):
            if missed <= _EPS_MNKR or self.give_up():
                break
            estimates = self._prospects.estimates(current)
            gain = missed - self._prospects.missed_after(current, estimates)
            useful = (gain > 1e-6) & ~(barred & (step < _BARRED_STEPS))
            price = np.where(
                useful, np.maximum(estimates.value, 1.0) / np.maximum(gain, 1e-6), np.inf
            )
            taken = self._nearer(current, missed, price, met)
            if taken is None:
                break
            current, missed = taken
        if missed <= self._missed:
            self.nearest, self._missed = current.states, missed
        self._remember(current)
        return current.states

    def _nearer(
        self, current: Evaluation, missed: float, price: Floats, met: set[bytes]
    ) -> tuple[Evaluation, float] | None:
        """The cheapest step that brings the plan nearer to its rules, counted exactly.

        Gains are estimates: where none of the cheapest keeps its promise, the one that comes
        nearest. No plan that was ``met`` is gone to again, or construction would go in circles.
        """
        found: tuple[Evaluation, float] | None = None
        for path in np.argsort(price, kind="stable")[:_STEPS_TRIED]:
            if not np.isfinite(price[path]):
                break
            there = self._changed(current, [int(path)]).tobytes()
            if there in met:
                continue
            met.add(there)
            after = self._take(current, [int(path)])
            after_missed = self._prospects.missed_by(after)
            if found is None or after_missed < found[1]:
                found = after, after_missed
            if after_missed < missed - _EPS_MNKR:
                break
        return found

    def improve(self, states: Ints, *, rounds: int = 200) -> Ints:
        """Single changes and pairs of them while they help; keeps feasibility."""
        current = evaluate(self.instance, states)
        for _ in range(rounds):
            if self.out_of_time():
                break
            better = self._best_step(current)
            if better is None:
                break
            current = better
            self._remember(current)
        return current.states

    def _best_step(self, current: Evaluation) -> Evaluation | None:
        estimates = self._prospects.estimates(current)
        fits = self._prospects.missed_after(current, estimates) <= _EPS_MNKR
        singles = np.flatnonzero((estimates.value < -LESS_MINUTES) & fits)
        most = _SINGLES_TRIED_FOR_MONEY if self.instance.aim.mnkr else _SINGLES_TRIED
        for path in singles[np.argsort(estimates.value[singles], kind="stable")][:most]:
            after = self._take(current, [int(path)])
            if after.feasible and after.objective < current.objective - LESS_MINUTES:
                return after
        taken: Evaluation | None = None
        touched: set[int] = set()
        tried = 0
        for pair in self._prospects.pairs(current, estimates):
            sites = {int(s) for s in self.paths.site[list(pair)]}
            if sites & touched:
                continue
            if tried >= _PAIRS_TRIED or self.out_of_time():
                break
            tried += 1
            base = taken or current
            after = self._take(base, list(pair))
            if after.feasible and after.objective < base.objective - LESS_MINUTES:
                taken = after
                touched |= sites
        return taken

    def _changed(self, current: Evaluation, paths: list[int]) -> Ints:
        states = current.states.copy()
        for p in paths:
            states[self.paths.site[p]] = self.paths.states[p]
        return states

    def _take(self, current: Evaluation, paths: list[int]) -> Evaluation:
        return evaluate(self.instance, self._changed(current, paths))

    def _remember(self, evaluation: Evaluation) -> None:
        if evaluation.feasible and (
            self.best is None or evaluation.objective < self.best.objective
        ):
            self.best = evaluation


def _apart(instance: Instance) -> Floats:
    """[J, J] how far sites are apart: the least minutes over both of any zone."""
    n_sites = instance.today.size
    apart = np.empty((n_sites, n_sites))
    for j in range(n_sites):
        apart[j] = (instance.minutes + instance.minutes[:, [j]]).min(axis=0)
    return apart
