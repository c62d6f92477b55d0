"""Bounds of many variations of one problem: one relaxation, solved again from its last basis."""

from __future__ import annotations

import threading
import time
from typing import Any

import highspy
import numpy as np

from optimizer.instance import Bools, Instance
from optimizer.model.objective import MILLION
from optimizer.model.variables import ABSENT
from optimizer.solving.proof import Rounds
from optimizer.solving.solvers import Highs, column_order


class Variations:
    """Bounds of a problem with the states of one site restricted.

    The relaxation is solved in a few rounds once; a variation fixes columns at 0 and goes on from
    the basis at hand.
    """

    def __init__(self, instance: Instance, *, seconds: float) -> None:
        self.instance = instance
        end = time.monotonic() + seconds
        rounds = Rounds(instance, Highs(1, 1), threading.Event())
        while rounds.grown and time.monotonic() + 1.2 * rounds.seconds < end:
            if not rounds.solve(end - time.monotonic()):
                break
        self.bound = rounds.bound * MILLION  #: visit-minutes; minus infinity if none was found
        self._highs: Any = None
        if rounds.stated is not None:
            model, _ = rounds.stated
            self._model = model
            self._highs = model.problem.solverModel
            order = column_order(model)
            self._place = np.empty(order.size, dtype=np.int64)
            self._place[order] = np.arange(order.size)

    def restricted(self, site: int, allowed: Bools, *, seconds: float) -> float:
        """The bound if a site may only take ``allowed`` [M+1, T]; infinite if there is no plan.

        Never below the bound of the problem itself; that one if time ends.
        """
        if self._highs is None:
            return self.bound
        columns = self._model.variables.mode[site][~allowed]
        columns = self._place[columns[columns != ABSENT]].astype(np.int32)
        zero, one = np.zeros(columns.size), np.ones(columns.size)
        highs = self._highs
        highs.changeColsBounds(columns.size, columns, zero, zero)
        highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, seconds))
        highs.run()
        status = highs.getModelStatus()
        value = highs.getInfo().objective_function_value + self._model.constant
        highs.changeColsBounds(columns.size, columns, zero, one)
        if status == highspy.HighsModelStatus.kInfeasible:
            return float(np.inf)
        if status != highspy.HighsModelStatus.kOptimal:
            return self.bound
        return max(self.bound, float(value) * MILLION)
