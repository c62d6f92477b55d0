"""Relaxations solved round by round until nothing more can be added to them."""

from __future__ import annotations

import threading

from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds

MILLION = 1e6


def begun(instance: Instance) -> Rounds:
    """The rounds of a question, none solved yet."""
    return Rounds(instance, seed=1, stop=threading.Event())


def grown_out(one: Rounds) -> list[float]:
    """The bounds of all rounds, in visit-minutes."""
    found = []
    for _ in range(60):
        assert one.solve(60.0)
        found.append(one.bound * MILLION)
        if not one.grown:
            return found
    raise AssertionError("still growing after 60 rounds")
