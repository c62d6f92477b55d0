"""Relaxations that have grown, kept from one question to the next."""

from __future__ import annotations

import threading

from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds
from optimizer.solving.stored import SLOW_SECONDS, Stored


class Kept:
    """The last few relaxations that took long, for questions that differ in rows and bounds alone.

    Where none of them serves, one that an earlier command has ``stored``. Small problems begin anew
    each time: what comes of them does not hang on what was asked before.
    """

    def __init__(self, most: int = 2, *, stored: Stored | None = None) -> None:
        self._most, self._stored = most, stored
        self._kept: list[Rounds] = []
        self.from_store = False  #: whether any question went on from what was stored

    def rounds(self, instance: Instance, *, seed: int, stop: threading.Event) -> Rounds:
        """Rounds for a question, from what is kept if that serves; `keep` gives them back."""
        for one in reversed(self._kept):
            if one.ask(instance, seed=seed, stop=stop):
                self._kept.remove(one)
                return one
        stored = self._stored
        found = None if stored is None else stored.take(instance, seed=seed, stop=stop)
        if found is not None:
            self.from_store = True
            return found
        return Rounds(instance, seed=seed, stop=stop)

    def keep(self, rounds: Rounds) -> None:
        """Keep rounds for the next question, instead of those that were asked longest ago."""
        if rounds.first_seconds > SLOW_SECONDS:
            self._kept = [*self._kept, rounds][-self._most :]

    def store(self, stored: Stored) -> None:
        """What was kept last, for commands to come."""
        for rounds in self._kept[-1:]:
            stored.put(rounds)
