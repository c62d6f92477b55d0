"""Where the rounds of a question stand, and what that says of the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.instance import Ints

NEAR = 0.25  #: of what rounds of the whole gained, by one more: then a plan is looked at
SLOW = 0.12  #: of what rounds of the whole gained, by one more: then disjunctions are sought
SPENT = 0.01  #: the same, by the round after them: then something else is added
LITTLE = 0.05  #: of what was gained since prices were guessed, by the last rounds apart
LITTLE_KNOWN = 0.2  #: the same, since the whole gave them
FEW = 3  #: those last rounds
WHOLE = 2.0  #: takes a round of the whole than one apart, about


@dataclass
class Turn:
    """Of one question. Bounds are in millions."""

    grown: bool = True  #: whether another round could gain
    spent: bool = False  #: whether disjunctions were sought, and have come to gain little
    fitted: Ints | None = None  #: the plan for which nothing is broken
    gained: float = np.inf  #: by the last round of the whole, since the one before
    first: float = np.inf  #: the bound of the first round
    cut: bool = False  #: whether all that was added before this one were disjunctions
    any_cuts: bool = False  #: whether any disjunctions were added
    apart: bool = False  #: whether the next round is
    more: bool = False  #: whether anything was added that the last one did not have
    priced: float = -np.inf  #: the bound when the long rows got the prices of the whole
    steps: tuple[float, ...] = ()  #: what the rounds apart since then gained, each
    seconds: tuple[float, ...] = ()  #: that all rounds apart took
    begun: float = 0.0  #: seconds of the round of the whole that has not ended yet

    def whole(self, bound: float) -> None:
        """A round of the whole has ended with this bound."""
        self.gained, self.priced = bound - self.priced, bound
        self.first, self.steps = min(self.first, bound), ()

    def at_prices(self, before: float, bound: float, seconds: float) -> None:
        """A round apart took the bound from before to another."""
        if self.first == np.inf:
            self.first = self.priced = before = bound
        self.steps = (*self.steps, bound - before)
        self.seconds = (*self.seconds, seconds)

    def gains(self, bound: float) -> bool:
        """Whether rounds apart gain enough to go on with them."""
        if len(self.steps) < FEW:
            return True
        if self.any_cuts:  # growth is slow then
            return False
        little = LITTLE if self.gained == np.inf else LITTLE_KNOWN
        return sum(self.steps[-FEW:]) > little * (bound - self.priced)

    def near(self, bound: float) -> bool:
        """Whether rounds of the whole gain so little that a plan is worth a look."""
        return self.gained <= NEAR * (bound - self.first)

    def slow(self, bound: float) -> bool:
        """Whether they gain little, and disjunctions are not what gains little."""
        risen = bound - self.first
        return self.gained <= SLOW * risen and not (self.cut and self.gained <= SPENT * risen)

    def short(self, seconds: float, last: float) -> bool:
        """Whether there is no time for a round of the whole; the ``last`` one took so long."""
        few = self.seconds[-FEW:]
        return seconds < max(last, WHOLE * sum(few) / len(few) if few else 0.0)
