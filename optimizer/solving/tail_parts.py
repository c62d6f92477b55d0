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
    weight: Floats  #: [W] visits
    cost: Floats  #: [W, O] million of the aim more than at the cut; infinite: not to be had
    far: Floats  #: [W] the same of what is out of reach; infinite: nothing is
    row: Ints  #: [W, O] load row
    place: Ints  #: [W, O] of the options in the chain as far as it is known; a large number: not
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
        """[n, O] the cost of options that are not in the program yet; infinite for others."""
        return np.where(self.column[tails] != ABSENT, np.inf, self.cost[tails])

    def next_cost(self, tails: Ints) -> Floats:
        """[n] the cost of the next option that each tail lacks, or of what is out of reach."""
        return np.asarray(np.minimum(self.missing(tails).min(axis=1), self.far[tails]))

    def after(self, tails: Ints, place: Ints) -> Bools:
        """[n, O] the options that are not in the chains up to a place of each."""
        return np.asarray(self.place[tails] > place[:, None])

    def nearest_missing(self, tails: Ints, most: int) -> tuple[Ints, Ints]:
        """The next options that some tails lack, at most so many of each: tails and options."""
        missing = np.isfinite(self.missing(tails))
        order = np.where(missing, self.tails.more[tails], np.inf)
        nearest = np.argsort(order, axis=1, kind="stable")[:, :most]
        row, place = np.nonzero(np.take_along_axis(missing, nearest, axis=1))
        return tails[row], nearest[row, place]

    def next_told(self, steps: Steps, tails: Ints, step: Ints) -> Ints:
        """[n] the first steps from some on that the tails can be told; -1 where there is none.

        All zones of a tail have the set, and it is within reach: a tail does not tell apart what
        lies beyond that.
        """
        step = step.copy()
        while (skipped := (step >= 0) & ~self.tails.bunches.common[step]).any():
            step[skipped] = following(steps, step[skipped])
        within = np.isfinite(self.cost[tails, steps.option[step]])
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
        beyond = self.place[tail[which], option[which]] > at[link]
        return rows[link][beyond], number[which][beyond], np.ones(int(beyond.sum()))


def places(steps: Steps, zone: Ints, shape: tuple[int, ...]) -> Ints:
    """[W, O] the place of each option in the chains of some zones; a large number: not in them."""
    row = np.full(int(steps.zone.max(initial=0)) + 1, ABSENT)
    row[zone] = np.arange(zone.size)
    mine = np.flatnonzero(row[steps.zone] >= 0)
    place = np.full(shape, np.iinfo(np.int64).max)
    place[row[steps.zone[mine]], steps.option[mine]] = steps.position[mine]
    return place


def following(steps: Steps, step: Ints) -> Ints:
    """[n] the step after each, in the same chain; -1 at its end."""
    after = np.minimum(step + 1, steps.zone.size - 1)
    follows = (after > step) & (steps.zone[after] == steps.zone[step])
    return np.where(follows, after, ABSENT)


def after_the_cut(steps: Steps, zone: Ints, last_set: Ints) -> Ints:
    """[W] the step that follows the last one of each chain; -1 if none is known."""
    place = np.full(int(steps.zone.max(initial=0)) + 1, ABSENT)
    place[zone] = np.arange(zone.size)
    mine = np.flatnonzero(place[steps.zone] >= 0)
    at_end = mine[steps.set_id[mine] == last_set[place[steps.zone[mine]]]]
    found = np.full(zone.size, ABSENT)
    found[place[steps.zone[at_end]]] = following(steps, at_end)
    return found


__all__ = ["TailPart", "after_the_cut", "following", "places"]
