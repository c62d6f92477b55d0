"""Relaxations solved round by round until nothing more can be added to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds
from optimizer.solving.simplex import Solved

MILLION = 1e6


def begun(instance: Instance) -> Rounds:
    """The rounds of a question, none solved yet."""
    return Rounds(instance, seed=1, stop=threading.Event())


def solved_whole(case: Callable[[int], Instance], seeds: int) -> Iterator[tuple[Rounds, Solved]]:
    """The rounds of cases with the solution of the whole that they begin with, if there is one."""
    for seed in range(seeds):
        one = begun(case(seed))
        solved = one._simplex.solve(60.0)
        if solved.optimal:
            yield one, solved


def grown_out(one: Rounds) -> list[float]:
    """The bounds of all rounds, in visit-minutes."""
    found = []
    for _ in range(60):
        assert one.solve(60.0)
        found.append(one.bound * MILLION)
        if not one.grown:
            return found
    raise AssertionError("still growing after 60 rounds")
