"""The tails of a year and need in a program that grows: what they have, and what they lack."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.engine.chains import Steps
from optimizer.engine.tails import NeedTails
from optimizer.instance import Bools, Floats, Ints
from optimizer.model.variables import ABSENT, THOUSAND


@dataclass
class TailPart:
    """The tails of one year and need: arrays over tails (W) and all options of the need (O)."""

    year: int
    tails: NeedTails
    split: Ints  #: [W] row that divides the tail among its options
    unit: float  #: million of the aim that a visit-minute counts
    row: Ints  #: [W, O] load row
    column: Ints  #: [W, O] column, -1: not in the program yet
    beyond: Ints  #: [W] column of what lies beyond its options, -1: nothing does
    step: Ints  #: [W] the next step of the chain to be linked
    links: list[tuple[int, int, int]] = field(default_factory=list)  #: tail, place, row

    @property
    def need(self) -> int:
        """The column of demand."""
        return self.tails.need

    def visits(self, tails: Ints, options: Ints) -> Floats:
        """[n] thousand planned visits of tails at options."""
        return self.tails.visits[tails, options] / THOUSAND

    def missing(self, tails: Ints) -> Floats:
        """[n, O] visit-minutes of options not in the program yet; infinite for others."""
        return np.where(self.column[tails] != ABSENT, np.inf, self.tails.more[tails])

    def next_minutes(self, tails: Ints) -> Floats:
        """[n] the same of the next option that each tail lacks, or of what is out of reach."""
        return np.asarray(np.minimum(self.missing(tails).min(axis=1), self.tails.far[tails]))

    def after(self, tails: Ints, place: Ints) -> Bools:
        """[n, O] the options that are not in the chains up to a place of each."""
        return np.asarray(self.tails.place[tails] > place[:, None])

    def nearest_missing(self, tails: Ints, most: int) -> tuple[Ints, Ints]:
        """The next options that some tails lack, at most so many of each: tails and options."""
        missing = self.missing(tails)
        nearest = np.argsort(missing, axis=1, kind="stable")[:, :most]
        row, place = np.nonzero(np.isfinite(np.take_along_axis(missing, nearest, axis=1)))
        return tails[row], nearest[row, place]

    def next_told(self, steps: Steps, tails: Ints, step: Ints) -> Ints:
        """[n] the first steps from some on that the tails can be told; -1 where there is none.

        All zones of a tail have the set, and it is within reach: a tail does not tell apart what
        lies beyond that.
        """
        step = step.copy()
        while (skipped := (step >= 0) & ~self.tails.bunches.common[step]).any():
            step[skipped] = following(steps, step[skipped])
        within = np.isfinite(self.tails.more[tails, steps.option[step]])
        return np.where((step >= 0) & within, step, ABSENT)

    def cells_of_links(self, tail: Ints, option: Ints, number: Ints) -> tuple[Ints, Ints, Floats]:
        """Cells (row, column, value) of new columns ``number`` in the links of their tails."""
        of_tail, at, rows = np.array(self.links, dtype=np.int64).reshape(-1, 3).T
        order = np.argsort(of_tail, kind="stable")
        first = np.searchsorted(of_tail[order], tail, side="left")
        count = np.searchsorted(of_tail[order], tail, side="right") - first
        which = np.repeat(np.arange(tail.size), count)
        within = np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
        link = order[first[which] + within]
        beyond = self.tails.place[tail[which], option[which]] > at[link]
        return rows[link][beyond], number[which][beyond], np.ones(int(beyond.sum()))


def following(steps: Steps, step: Ints) -> Ints:
    """[n] the step after each, in the same chain; -1 at its end."""
    after = np.minimum(step + 1, steps.zone.size - 1)
    follows = (after > step) & (steps.zone[after] == steps.zone[step])
    return np.where(follows, after, ABSENT)
