"""Why no plan fits: which requirements collide, and the least that each would have to give.

An elastic relaxation (Chinneck and Dravnieks 1991): the rows of every requirement that people set
may be missed at a price. Kind by kind, all others held, the least that has to give is sought; where
no kind alone is enough, the least of all together. The amounts are those of a linear relaxation
with chains cut short: what is truly missing is no less. Which rules collide is found by taking
rules away while the rest still can not be met (a deletion filter, by halves: Junker 2004).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geodata.problems import Problem
from optimizer.engine.depth import EARLY_DEPTH, first_chains
from optimizer.engine.pooled import Pooled, pooled
from optimizer.instance import Instance
from optimizer.solving.elastic import ELASTIC, Elastic, Give, undecided
from optimizer.solving.impossible import impossible

_MOST_WAYS = 3
_STATED_PART = 0.3  #: of the time, that stating a relaxation may take
_THINNED_PART = 0.2  #: of the time, kept for thinning out the rules that collide
_FILTER_PART = 0.5  #: of the time left, on which rules collide


@dataclass(frozen=True)
class Way:
    """A way out of a conflict: rules that give, all others held."""

    gives: tuple[Give, ...]

    @property
    def cost(self) -> float:
        """How much of their limits the rules give, added up: ways out are ranked by it."""
        return sum(give.amount / max(abs(give.limit), 1.0) for give in self.gives)


@dataclass(frozen=True)
class Diagnosis:
    """What stands against a plan; nothing if a plan may exist."""

    problems: tuple[Problem, ...] = ()  #: rules that no network meets, each by itself
    collide: tuple[tuple[str, str], ...] = ()  #: requirement and scope of rules that collide
    thinned: bool = True  #: whether none of them can be left out, as far as a relaxation sees
    proved: bool = False  #: whether that is proved of the network itself
    ways: tuple[Way, ...] = ()  #: out of the collision, the least change first
    together: Way | None = None  #: the least that has to give where rules of all kinds may

    @property
    def ok(self) -> bool:
        """Whether nothing was found that rules every plan out."""
        return not self.problems and not self.ways


def diagnose(
    instance: Instance, *, seconds: float = 45.0, stop: threading.Event | None = None
) -> Diagnosis:
    """Rules that no network can meet, and where rules collide the least that has to give.

    Chains of one site come first; longer ones only where those leave a plan possible. ``stop`` ends
    it with what is known then.
    """
    stop = stop or threading.Event()
    problems = impossible(instance)
    if problems:
        return Diagnosis(tuple(problems))
    end = time.monotonic() + seconds
    for engine in _engines(undecided(instance)):
        if end - time.monotonic() < _STATED_PART * seconds:  # it would not be stated in time
            break
        if stop.is_set():
            break
        found = _found(instance, engine, seconds=end - time.monotonic(), stop=stop)
        if found.ways:
            return found
    return Diagnosis()


def _engines(instance: Instance) -> Iterator[Pooled]:
    """Relaxations, the quick and rough one first."""
    yield pooled(instance, 1)
    yield pooled(instance, EARLY_DEPTH)
    depth, tails = first_chains(instance)
    yield pooled(instance, depth, tails=tails)


def conflicts(
    instance: Instance, chains: Callable[[Instance], Pooled], *, seconds: float
) -> list[Way]:
    """Ways out of a conflict, the least change first; none if a relaxation meets every rule.

    The relaxation has the ``chains`` of the instance without its decisions. A way is what rules of
    one kind would have to give if no other does; the last resort is all kinds together. What does
    not end in time is left out.
    """
    engine = chains(undecided(instance))
    return list(_found(instance, engine, seconds=seconds, stop=threading.Event()).ways)


def _found(
    instance: Instance, engine: Pooled, *, seconds: float, stop: threading.Event
) -> Diagnosis:
    """The ways out, and the rules that collide: thinned out in a part of the time kept for that."""
    end = time.monotonic() + seconds
    elastic = Elastic(instance, engine, stop)
    everything = elastic.least(ELASTIC, seconds=seconds)
    if not everything:
        return Diagnosis()
    suspects = elastic.suspects()
    ways = []
    for kind in dict.fromkeys(requirement for requirement, _ in suspects):
        left = end - time.monotonic() - _THINNED_PART * seconds
        gives = elastic.least((kind,), seconds=left) if left > 0 else None
        if gives:
            ways.append(Way(gives))
    ways.sort(key=lambda way: way.cost)
    left = _FILTER_PART * max(0.1, end - time.monotonic())
    thin = elastic.collision(suspects, seconds=left)
    return Diagnosis(
        collide=thin or tuple(suspects),
        thinned=bool(thin),
        ways=tuple(ways[:_MOST_WAYS] or [Way(everything)]),
        together=Way(everything),
    )
