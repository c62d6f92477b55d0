"""Relaxations that have grown, kept from one question to the next."""

from __future__ import annotations

import threading

from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds

SLOW_SECONDS = 2.0  #: that the first relaxation of a large problem takes


class Kept:
    """The last few relaxations that took long, for questions that differ in rows and bounds alone.

    Small problems begin anew each time: what comes of them does not hang on what was asked before.
    """

    def __init__(self, most: int = 2) -> None:
        self._most = most
        self._kept: list[Rounds] = []

    def rounds(self, instance: Instance, *, seed: int, stop: threading.Event) -> Rounds:
        """Rounds for a question, from what is kept if that serves; `keep` gives them back."""
        for one in reversed(self._kept):
            if one.ask(instance, seed=seed, stop=stop):
                self._kept.remove(one)
                return one
        return Rounds(instance, seed=seed, stop=stop)

    def keep(self, rounds: Rounds) -> None:
        """Keep rounds for the next question, instead of those that were asked longest ago."""
        if rounds.first_seconds > SLOW_SECONDS:
            self._kept = [*self._kept, rounds][-self._most :]


__all__ = ["SLOW_SECONDS", "Kept"]
