"""Bounds of many variations of one problem: one relaxation, solved again from its last basis."""

from __future__ import annotations

import threading
import time

import numpy as np

from optimizer.instance import Bools, Instance
from optimizer.model.objective import MILLION
from optimizer.solving.rounds import Rounds

_SETTLED = 2.0  #: of the seconds for rounds, for the prices of the variations


class Variations:
    """Bounds of a problem with the states of one site restricted.

    The relaxation is solved in a few rounds once; a variation forbids states and goes on from the
    basis at hand.
    """

    def __init__(self, instance: Instance, *, seconds: float) -> None:
        self.instance = instance
        end = time.monotonic() + seconds
        self._rounds = Rounds(instance, seed=1, stop=threading.Event())
        while self._rounds.grown and time.monotonic() < end:
            if not self._rounds.solve(end - time.monotonic()):
                break
        self._rounds.settle(_SETTLED * seconds)
        self.bound = self._rounds.bound * MILLION  #: visit-minutes; minus infinity if none is known

    def restricted(self, site: int, allowed: Bools, *, seconds: float) -> float:
        """The bound if a site may only take ``allowed`` [M+1, T]; infinite if there is no plan.

        Never below the bound of the problem itself; that one if time ends.
        """
        forbidden = np.zeros(self.instance.allowed.shape, dtype=bool)
        forbidden[site] = ~allowed
        return self._rounds.bound_without(forbidden, seconds=seconds) * MILLION
