"""How a relaxation grows: options that a tail lacks, and links that tie tails to whole sets.

A tail begins with a few of its options, the nearest, and with what lies beyond them: visits that go
there are charged as the next option and need no staff. Where a solution uses that, the next options
are added, and what is beyond is charged as the one after them. So every step is a relaxation.

What longer chains say of a tail is told by links (links.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from optimizer.engine.pooled import Pooled
from optimizer.engine.tails import NeedTails
from optimizer.instance import Floats, Instance, Ints
from optimizer.instance.options import option_minutes
from optimizer.model.objective import MILLION
from optimizer.model.program import Program
from optimizer.model.variables import ABSENT
from optimizer.solving.links import Links
from optimizer.solving.simplex import Simplex, Solved
from optimizer.solving.tail_parts import TailPart, following

_OPTIONS_EACH = 6  #: added to a tail at a time
_HEAVY_PART = 0.48  #: of the visits of a year and need, to tails that begin with more options
_HEAVY_OPTIONS = 20
_USED = 1e-6  #: share of a tail


class Growth:
    """The tails of a program, and what may still be added to it."""

    def __init__(
        self,
        instance: Instance,
        engine: Pooled,
        program: Program,
        simplex: Simplex,
    ) -> None:
        self._instance, self._engine, self._simplex = instance, engine, simplex
        self._variables = program.variables
        loads = program.rows_of("assignment", "visits by origin")
        splits = iter(program.rows_of("assignment", "tail"))
        self._parts: list[TailPart] = []
        for t, year in enumerate(engine.years):
            if year.tails.size == 0:
                continue
            split = next(splits)[0]
            load = np.full(engine.n_rows, ABSENT)
            load[year.loaded] = np.arange(*loads[t])
            for tails in year.tails.needs:
                self._parts.append(self._part(t, tails, split + tails.first, load))
        self._links = Links(engine, self._variables, simplex, self._parts)
        self._extend([self._heavy(part) for part in self._parts], _HEAVY_OPTIONS)

    def _heavy(self, part: TailPart) -> Ints:
        visits = part.tails.weight
        most = np.argsort(-visits, kind="stable")
        before = np.cumsum(visits[most]) - visits[most]
        heavy = most[before < _HEAVY_PART * visits.sum()]
        return np.asarray(heavy[part.beyond[heavy] >= 0])

    def _part(self, t: int, tails: NeedTails, split: int, load: Ints) -> TailPart:
        chains, bunches = self._engine.chains, tails.bunches
        steps, numbers = chains.steps[tails.need], np.arange(bunches.start.size)
        home = chains.homes[tails.need, bunches.first][:, None]
        row = chains.rows(home, self._engine.groups.of_option[tails.need][None, :])
        begun = self._variables.tail[t][tails.first + numbers]
        column = np.full(tails.order.shape, ABSENT, dtype=np.int64)
        first = tails.order[:, : begun.shape[1] - 1]
        np.put_along_axis(column, first, begun[:, : first.shape[1]], axis=1)
        part = TailPart(
            t,
            tails,
            split + numbers,
            self._instance.aim.minutes / MILLION,
            load[row],
            column,
            begun[:, -1],
            np.full(numbers.size, ABSENT),
        )
        at_cut = np.searchsorted(steps.zone, bunches.first) + tails.links - 1
        part.step = part.next_told(steps, numbers, following(steps, at_cut))
        return part

    def minutes(self, need: int) -> Iterator[tuple[int, Ints, Ints, Floats, Floats]]:
        """The columns of the tails of a need by year: zones, columns, their minutes, and the cut's.

        What lies beyond the options of a tail has the minutes of the next. Which zones of a bunch
        go where is not known: each has the minutes of its own next option, wherever they go.
        """
        table = self._engine.chains.tables[need]
        for part in self._parts:
            if part.need != need:
                continue
            bunches, cut = part.tails.bunches, part.tails.cut
            nearby = self._instance.minutes[np.ix_(bunches.zone, table.site)]
            minutes = option_minutes(nearby, table.waiting)
            of_zone, alone = bunches.of_zone, bunches.size[bunches.of_zone] == 1
            in_chain = part.tails.held[of_zone]
            least = np.where(in_chain, np.inf, minutes).min(axis=1)
            zone, option = np.nonzero(part.column[of_zone] != ABSENT)
            told = np.where(alone[zone], minutes[zone, option], least[zone])
            rest = np.flatnonzero(part.beyond[of_zone] != ABSENT)
            missing = (part.column[of_zone[rest]] == ABSENT) & ~in_chain[rest]
            beyond = np.where(missing, minutes[rest], np.inf).min(axis=1)
            there = np.isfinite(beyond)  # nothing is beyond the others
            beyond = np.where(alone[rest], beyond, least[rest])
            yield (
                part.year,
                bunches.zone[np.concatenate([zone, rest[there]])],
                np.concatenate(
                    [part.column[of_zone[zone], option], part.beyond[of_zone[rest]][there]]
                ),
                np.concatenate([told, beyond[there]]),
                cut[np.concatenate([zone, rest[there]])],
            )

    def extend(self, solved: Solved) -> int:
        """Add the next options where a solution uses what is beyond; how many there were."""
        used = []
        for part in self._parts:
            share = np.where(part.beyond >= 0, solved.values[part.beyond], 0.0)
            used.append(np.flatnonzero(share > _USED))
        return self._extend(used, _OPTIONS_EACH)

    def link(self, solved: Solved) -> int:
        """Add the links that a solution breaks most; how many there were."""
        return self._links.add(solved)

    def _extend(self, tails: list[Ints], n_options: int) -> int:
        """Add the next options of some tails of each part."""
        first = 0
        costs: list[Floats] = []
        cells: list[tuple[Ints, Ints, Floats]] = []
        added: list[tuple[TailPart, Ints, Ints]] = []
        for part, some in zip(self._parts, tails, strict=True):
            tail, option = part.nearest_missing(some, n_options)
            if tail.size == 0:
                continue
            number = first + np.arange(tail.size)
            costs.append(part.unit * part.tails.more[tail, option])
            cells.append((part.split[tail], number, np.ones(tail.size)))
            cells.append((part.row[tail, option], number, -part.visits(tail, option)))
            cells.append(part.cells_of_links(tail, option, number))
            added.append((part, tail, option))
            first += tail.size
        if first:
            row, column, value = (np.concatenate(x) for x in zip(*cells, strict=True))
            shape = (self._simplex.n_rows, first)
            matrix = sp.csc_array(sp.coo_array((value, (row, column)), shape=shape))
            numbers = self._simplex.add_columns(np.concatenate(costs), matrix)
            ends = np.cumsum([tail.size for _, tail, _ in added])[:-1]
            for (part, tail, option), new in zip(added, np.split(numbers, ends), strict=True):
                part.column[tail, option] = new
                self._charge(part, np.unique(tail))
        return first

    def _charge(self, part: TailPart, tails: Ints) -> None:
        """What is beyond the options of some tails costs as much as the next; or is not there."""
        columns, minutes = part.beyond[tails], part.next_minutes(tails)
        there = np.isfinite(minutes)
        self._simplex.charge(columns[there], part.unit * minutes[there])
        self._simplex.limit(columns[~there], 0.0)
