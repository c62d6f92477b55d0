"""The plan of least greatest regret over several futures, by local search on plans at hand.

The regret of a plan in a future is its minutes above those of the future's best plan. Plans are
better in this order: more futures in which they keep every requirement, less money short in the
worst of the others, a smaller greatest regret (Savage 1951). Every plan that is compared is counted
exactly in every future; what is found is an upper end, and no bound is claimed.

The search changes one site, or two at once, to what it is in some other plan at hand or today.
Pairs are ranked by what their sites do alone: minutes and money add up nearly, and the best are
counted. Where nothing helps, a few moves are made at random and the search goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.paths import all_paths
from optimizer.instance import Floats, Instance, Ints

_FEW_PATHS = 80  #: in all: then every path is tried, not only those of plans at hand
_PAIRS_COUNTED = 60
_KICKS, _KICKED = 12, 3  #: times that some moves are made at random, and how many

Deadline = Callable[[], bool]


@dataclass(frozen=True)
class Worth:
    """What a plan is worth over all futures; the smaller the better."""

    missed: int  #: futures in which it breaks a requirement
    short_mnkr: float  #: the most money it lacks in one of them
    regret: float  #: the greatest, over the futures in which it holds; visit-minutes

    @property
    def key(self) -> tuple[int, float, float]:
        """For comparison, rounding left out."""
        return self.missed, round(self.short_mnkr, 6), round(self.regret, 3)


@dataclass(frozen=True)
class Futures:
    """Instances of the same sites, years and states, and the least minutes known in each."""

    instances: Sequence[Instance]
    best: Floats  #: [S]

    def counted(self, states: Ints) -> list[Evaluation]:
        """The plan in every future."""
        return [evaluate(instance, states) for instance in self.instances]

    def worth(self, plans: Sequence[Evaluation]) -> Worth:
        """What a plan, counted in every future, is worth."""
        missed = [plan for plan in plans if not plan.feasible]
        regrets = [
            max(0.0, plan.objective - float(best))
            for plan, best in zip(plans, self.best, strict=True)
            if plan.feasible
        ]
        short = [max(0.0, -float(p.ledger.margin.min()), -p.ledger.margin_after) for p in missed]
        return Worth(len(missed), max(short, default=0.0), max(regrets, default=np.inf))


def least_greatest_regret(
    futures: Futures, plans: Sequence[Ints], *, out_of_time: Deadline, seed: int = 1
) -> tuple[Ints, Worth]:
    """The best plan found from ``plans`` [J, T], with what it is worth."""
    known = [(states, futures.worth(futures.counted(states))) for states in plans]
    best = min(known, key=lambda one: one[1].key)
    moves = list(_moves(futures.instances[0], plans))
    best = _descended(futures, best, moves, out_of_time)
    rng = np.random.default_rng(seed)
    for _ in range(_KICKS if len(moves) > 1 else 0):
        if out_of_time():
            break
        states = best[0].copy()
        for at in rng.choice(len(moves), size=min(_KICKED, len(moves)), replace=False):
            site, path = moves[int(at)]
            states[site] = path
        counted = futures.counted(states)
        if not all(np.isfinite(plan.objective) for plan in counted):
            continue  # somebody is served by no site at all
        found = _descended(futures, (states, futures.worth(counted)), moves, out_of_time)
        best = min(best, found, key=lambda one: one[1].key)
    return best


def _descended(
    futures: Futures,
    start: tuple[Ints, Worth],
    moves: Sequence[tuple[int, Ints]],
    out_of_time: Deadline,
) -> tuple[Ints, Worth]:
    """The plan that steps lead to, from one that is counted."""
    states, worth = start
    while not out_of_time():
        step = _step(futures, states, worth, moves, out_of_time)
        if step is None:
            break
        states, worth = step
    return states, worth


def _moves(instance: Instance, plans: Sequence[Ints]) -> Iterator[tuple[int, Ints]]:
    """Sites with the paths they may take: those of the plans and today, or all if they are few."""
    paths = all_paths(instance)
    if paths.site.size <= _FEW_PATHS:
        yield from zip(paths.site.tolist(), paths.states, strict=True)
        return
    today = instance.unchanged()
    for site in range(instance.today.size):
        rows = np.unique(np.array([plan[site] for plan in (*plans, today)]), axis=0)
        if len(rows) > 1:
            yield from ((site, row) for row in rows)


@dataclass(frozen=True)
class _Effect:
    """What one move does alone."""

    site: int
    states: Ints
    minutes: Floats  #: [S] more
    margin: Floats  #: [S] less money short, mnkr


def _step(
    futures: Futures,
    states: Ints,
    worth: Worth,
    moves: Sequence[tuple[int, Ints]],
    out_of_time: Deadline,
) -> tuple[Ints, Worth] | None:
    """The best single change that helps, or else the first pair; None if none does."""
    here = futures.counted(states)
    effects, best = [], None
    for site, path in moves:
        if np.array_equal(states[site], path):
            continue
        if out_of_time():
            return None
        changed = states.copy()
        changed[site] = path
        there = futures.counted(changed)
        if not all(np.isfinite(plan.objective) for plan in there):
            continue
        found = futures.worth(there)
        if found.key < (worth.key if best is None else best[1].key):
            best = changed, found
        effects.append(_effect(site, path, here, there))
    if best is not None:
        return best
    for one, other in _pairs(futures, here, effects):
        if out_of_time():
            return None
        changed = states.copy()
        changed[one.site], changed[other.site] = one.states, other.states
        found = futures.worth(futures.counted(changed))
        if found.key < worth.key:
            return changed, found
    return None


def _effect(
    site: int, path: Ints, here: Sequence[Evaluation], there: Sequence[Evaluation]
) -> _Effect:
    minutes = [b.objective - a.objective for a, b in zip(here, there, strict=True)]
    margin = [_slack(b) - _slack(a) for a, b in zip(here, there, strict=True)]
    return _Effect(site, path, np.array(minutes), np.array(margin))


def _slack(plan: Evaluation) -> float:
    return min(float(plan.ledger.margin.min()), plan.ledger.margin_after)


def _pairs(
    futures: Futures, here: Sequence[Evaluation], effects: Sequence[_Effect]
) -> Iterator[tuple[_Effect, _Effect]]:
    """Pairs of moves on two sites, those first that promise the least regret within the means."""
    slack = np.array([_slack(plan) for plan in here])
    regret = np.array([plan.objective for plan in here]) - futures.best
    found = []
    for at, one in enumerate(effects):
        for other in effects[at + 1 :]:
            if one.site == other.site:
                continue
            short = float(np.maximum(0.0, -(slack + one.margin + other.margin)).max())
            most = float((regret + one.minutes + other.minutes).max())
            found.append((round(short, 2), most, at, one, other))
    found.sort(key=lambda pair: pair[:3])
    for *_, one, other in found[:_PAIRS_COUNTED]:
        yield one, other
