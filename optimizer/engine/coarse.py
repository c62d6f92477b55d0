"""Many zones searched as few: zones with the same nearest sites, in the same order, as one.

The search proposes plans, and every proposal is counted on all zones before it is believed, so a
coarse instance may be rough. Minutes are means weighted by visits; a plan that just fits the means
on the coarse zones may miss them by a little on all of them, and is then sought again with as much
less money.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.search import Deadline, Search
from optimizer.instance import Floats, Instance, Ints
from optimizer.instance.aim import Ceiling

MOST_ZONES = 3_000  #: more than these are searched as fewer
_NEAREST, _MOST_NEAREST = 4, 8  #: sites whose order is the same in zones that are made one
_BLOCK = 20_000
_TRIES = 6
_FREE_SHAKES = 6


def coarsen(
    instance: Instance, *, nearest: int = _NEAREST, most_zones: int = MOST_ZONES
) -> Instance:
    """The instance with zones that share their ``nearest`` sites, in order, made one.

    More of the nearest sites than that as long as there are no more than ``most_zones``.
    """
    n_zones, n_sites = instance.minutes.shape
    order = _in_order(instance.minutes, min(max(nearest, _MOST_NEAREST), n_sites))
    group, n_groups = _groups(order[:, :nearest])
    for more in range(nearest + 1, order.shape[1] + 1):
        finer, n_finer = _groups(order[:, :more])
        if n_finer > most_zones:
            break
        group, n_groups = finer, n_finer
    visits = np.maximum(instance.demand.sum(axis=(0, 2)), 1e-9)
    total = np.bincount(group, weights=visits, minlength=n_groups)

    def mean(values: Floats) -> Floats:
        summed = np.zeros((n_groups, values.shape[1]))
        for k in range(values.shape[1]):
            summed[:, k] = np.bincount(group, weights=visits * values[:, k], minlength=n_groups)
        return summed / total[:, None]

    demand = np.zeros((instance.demand.shape[0], n_groups, instance.demand.shape[2]))
    for t, c in np.ndindex(demand.shape[0], demand.shape[2]):
        demand[t, :, c] = np.bincount(group, weights=instance.demand[t, :, c], minlength=n_groups)
    equity = instance.equity
    if equity is not None:
        people = np.bincount(group, weights=equity.people, minlength=n_groups)
        equity = replace(equity, people=np.asarray(people, dtype=np.float64))
    first = np.zeros(n_groups, dtype=np.int64)
    first[group[::-1]] = np.arange(n_zones)[::-1]
    return replace(
        instance,
        zones=tuple(instance.zones[i] for i in first),
        minutes=mean(instance.minutes),
        demand=demand,
        today_cost=mean(instance.today_cost),
        equity=equity,
    )


def _in_order(minutes: Floats, nearest: int) -> Ints:
    """[I, nearest] the nearest sites of each zone, in order."""
    orders = []
    for start in range(0, minutes.shape[0], _BLOCK):
        rows = minutes[start : start + _BLOCK]
        few = np.argpartition(rows, nearest - 1, axis=1)[:, :nearest]
        inner = np.argsort(np.take_along_axis(rows, few, axis=1), axis=1, kind="stable")
        orders.append(np.take_along_axis(few, inner, axis=1))
    return np.concatenate(orders)


def _groups(order: Ints) -> tuple[Ints, int]:
    """[I] a number for each distinct row, and how many there are."""
    _, group = np.unique(order, axis=0, return_inverse=True)
    return group.ravel().astype(np.int64), int(group.max()) + 1


class Planner:
    """Plans for all zones, sought on few where they are many. ``best`` is counted on all."""

    def __init__(
        self, instance: Instance, *, out_of_time: Deadline, give_up: Deadline | None = None
    ) -> None:
        self.instance = instance
        self.coarse = len(instance.zones) > MOST_ZONES
        self._out_of_time, self._give_up = out_of_time, give_up or out_of_time
        small = coarsen(instance) if self.coarse else instance
        self._search = self._searching(small)
        self._free: Search | None = None  #: without the costs of changes of staff
        self.best: Evaluation | None = None
        self.ended: Ints | None = None  #: the plan construction came to, whether it fits or not

    def _searching(self, instance: Instance) -> Search:
        return Search(instance, out_of_time=self._out_of_time, give_up=self._give_up)

    def construct(self, given: Ints | None = None) -> Evaluation | None:
        """The first plan, from one that is ``given`` [J, T]; None if construction finds none."""
        if given is not None:
            # Searched it starts anew where a path is of no use, and on few zones it may miss more.
            self._take(evaluate(self.instance, given))
            self.ended = self._search.construct(self._search.fitted(given))
        if self._search.best is None:
            start = self._search.first_states()
            if self._search.instance.staff is not None:
                start = self._without_staff_costs(start)
            self.ended = self._search.construct(start)
        return self._counted()

    def _without_staff_costs(self, start: Ints) -> Ints:
        """A plan that leaves out what redundancies and moves cost, as a start.

        Those costs join sites and years; a plan found without them and then repaired is better
        than one built with them step by step.
        """
        free = replace(self._search.instance, staff=None)
        self._free = self._searching(free)
        self._free.improve(self._free.construct(start))
        return start if self._free.best is None else self._free.best.states

    def improve(self) -> Evaluation | None:
        """Single changes and pairs of them while they help, and a second start where it may."""
        if self._search.best is not None:
            self._search.improve(self._search.best.states)
        if self._free is not None and self._free.best is not None:
            self._free.shake(0, rounds=_FREE_SHAKES)
            self._search.improve(self._search.construct(self._free.best.states))
        return self._counted()

    def shake(self, seed: int) -> Evaluation | None:
        """Undo some changes near each other, repair, improve."""
        return self._after(lambda: self._search.shake(seed, rounds=1))

    def reach(self, seed: int) -> Evaluation | None:
        """Try to come from the plan that misses least to one that misses nothing."""
        return self._after(lambda: self._search.reach(seed))

    def round(self, shares: Floats, seed: int | None) -> Evaluation | None:
        """A plan from the shares of states in a relaxation: see ``Search.round``."""
        return self._after(lambda: self._search.round(shares, seed))

    def _after(self, step: Callable[[], object]) -> Evaluation | None:
        """The best plan after a step of the search; counted on all zones if it is another."""
        before = self._search.best
        step()
        return self.best if self._search.best is before else self._counted()

    @property
    def nearest(self) -> Evaluation | None:
        """Of all that was constructed, the plan that misses least; counted on all zones."""
        states = self._search.nearest
        return None if states is None else evaluate(self.instance, states)

    def adopt(self, evaluation: Evaluation) -> None:
        """Go on from a better plan that was found elsewhere."""
        if self.best is None or evaluation.objective < self.best.objective:
            self.best = evaluation
            if not self.coarse:
                self._search.best = evaluation

    def _counted(self) -> Evaluation | None:
        """The search's best plan on all zones; sought again with less money if it misses."""
        for _ in range(_TRIES):
            found = self._search.best
            if found is None:
                break
            if self.coarse:
                found = evaluate(self.instance, found.states)
            if found.feasible:
                self._take(found)
                break
            if self._give_up():
                break
            self._tighten(found)
        return self.best

    def _take(self, found: Evaluation) -> None:
        """Keep a plan, counted on all zones, if it is the best of those that miss nothing."""
        if found.feasible and (self.best is None or found.objective < self.best.objective):
            self.best = found

    def _tighten(self, found: Evaluation) -> None:
        """Take what the plan misses on all zones off the coarse means, and repair it there.

        The ceilings of earlier aims come down by as much as they are exceeded.
        """
        ledger = found.ledger
        short = max(0.0, -float(ledger.margin.min()), -ledger.margin_after)
        short = short if self.instance.budget_holds else 0.0
        money = self._search.instance.money
        means = money.appropriation.copy()
        means -= 1.1 * short + 0.01
        small = replace(self._search.instance, money=replace(money, appropriation=means))
        pairs = zip(self.instance.ceilings, small.ceilings, strict=True)
        small = replace(small, ceilings=tuple(_lowered(*pair, found) for pair in pairs))
        self._search = self._searching(small)
        self._search.improve(self._search.construct(found.states.copy()))


def _lowered(asked: Ceiling, searched: Ceiling, found: Evaluation) -> Ceiling:
    value = float(asked.aim.value(found.minutes, found.ledger.spent).sum())
    return replace(searched, most=searched.most - 1.1 * float(asked.beyond(value)))
