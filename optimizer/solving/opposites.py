"""Bounds of many variations of one problem: one relaxation, solved again from its last basis."""

from __future__ import annotations

import threading
import time

import numpy as np

from optimizer.instance import Bools, Instance
from optimizer.model.objective import MILLION
from optimizer.solving.kept import Kept
from optimizer.solving.stored import Stored

_SETTLED = 2.0  #: of the seconds for rounds, for the prices of the variations


class Variations:
    """Bounds of a problem with the states of one site restricted.

    The relaxation is solved in a few rounds once, from one that is ``stored`` if there is any; a
    variation forbids states and goes on from the basis at hand. Where it is ``settled`` the years
    have the prices of its last round, which takes longer and suits many variations.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        seconds: float,
        settled: bool = True,
        seed: int = 1,
        stored: Stored | None = None,
    ) -> None:
        self.instance = instance
        end, kept = time.monotonic() + seconds, Kept(stored=stored)
        self._rounds = kept.rounds(instance, seed=seed, stop=threading.Event())
        while self._rounds.grown and time.monotonic() < end:
            if not self._rounds.solve(end - time.monotonic()):
                break
        if settled:
            self._rounds.settle(_SETTLED * seconds)
        self.bound = self._rounds.bound * MILLION  #: visit-minutes; minus infinity if none is known

    def restricted(self, site: int, allowed: Bools, *, seconds: float) -> float:
        """The bound if a site may only take ``allowed`` [M+1, T]; infinite if there is no plan.

        Never below the bound of the problem itself; that one if time ends.
        """
        forbidden = np.zeros(self.instance.allowed.shape, dtype=bool)
        forbidden[site] = ~allowed
        return self._rounds.bound_without(forbidden, seconds=seconds) * MILLION
