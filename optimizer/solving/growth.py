"""How a relaxation grows: options that a tail lacks, and links that tie tails to whole sets.

A tail begins with a few of its options, the nearest, and with what lies beyond them: visits that go
there are charged as the next option and need no staff. Where a solution uses that, the next options
are added, and what is beyond is charged as the one after them. So every step is a relaxation.

A *link* says of one more option of the chain what the model says of those before the cut:

    sum of what goes beyond option k = z[S(k)]
    z[S] >= z[P] - y[o]      z[S] <= z[P]      z[S] <= 1 - y

The tail gives the same answer as a longer chain then, and z is shared by all zones whose chain
begins with the same set. Links are added where a solution breaks them most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from optimizer.engine.chains import Steps
from optimizer.engine.pooled import Pooled
from optimizer.engine.tails import NeedTails
from optimizer.instance import Bools, Floats, Instance, Ints, option_minutes
from optimizer.model.objective import MILLION
from optimizer.model.program import Program
from optimizer.model.variables import ABSENT, THOUSAND, at_columns
from optimizer.solving.simplex import Simplex, Solved

_OPTIONS_EACH = 6  #: added to a tail at a time
_HEAVY_PART = 0.48  #: of the visits of a year and need, to tails that begin with more options
_HEAVY_OPTIONS = 20
_USED = 1e-6  #: share of a tail
_BROKEN = 20.0  #: visits a year by which a set of links must be broken
_SETS_EACH = 400  #: sets that are linked at a time


@dataclass
class _Part:
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
        self._set_column = self._variables.none.copy()  #: [T, sets]
        self._parts: list[_Part] = []
        for t, year in enumerate(engine.years):
            if year.tails.size == 0:
                continue
            split = next(splits)[0]
            load = np.full(engine.n_rows, ABSENT)
            load[year.loaded] = np.arange(*loads[t])
            for tails in year.tails.needs:
                self._parts.append(self._part(t, tails, split + tails.first, load))
        self._extend([self._heavy(part) for part in self._parts], _HEAVY_OPTIONS)

    def _heavy(self, part: _Part) -> Ints:
        most = np.argsort(-part.weight, kind="stable")
        before = np.cumsum(part.weight[most]) - part.weight[most]
        heavy = most[before < _HEAVY_PART * part.weight.sum()]
        return np.asarray(heavy[part.beyond[heavy] >= 0])

    def _part(self, t: int, tails: NeedTails, split: int, load: Ints) -> _Part:
        instance, chains, bunches = self._instance, self._engine.chains, tails.bunches
        numbers = np.arange(bunches.start.size)
        home = chains.homes[tails.need, bunches.first][:, None]
        row = chains.rows(home, self._engine.groups.of_option[tails.need][None, :])
        begun = self._variables.tail[t][tails.first + numbers]
        column = np.full(tails.order.shape, ABSENT, dtype=np.int64)
        first = tails.order[:, : begun.shape[1] - 1]
        np.put_along_axis(column, first, begun[:, : first.shape[1]], axis=1)
        unit = instance.aim.minutes / MILLION
        part = _Part(
            t,
            tails,
            split + numbers,
            np.add.reduceat(instance.demand[t, bunches.zone, tails.need], bunches.start),
            tails.more * unit,
            tails.far * unit,
            load[row],
            _places(chains.steps[tails.need], bunches.first, tails.order.shape),
            column,
            begun[:, -1],
            np.full(numbers.size, ABSENT),
        )
        following = _after(chains.steps[tails.need], bunches.first, self._cut_sets(t, tails))
        part.step = self._known(part, numbers, following)
        return part

    def _cut_sets(self, t: int, tails: NeedTails) -> Ints:
        """[W] the set at the cut of each tail of a need."""
        return self._engine.years[t].tails.set_id[tails.first :][: tails.bunches.start.size]

    def _known(self, part: _Part, tails: Ints, step: Ints) -> Ints:
        """[n] the first steps from some on that the tails can be told; -1 where there is none.

        All zones of a tail have the set, and it is within reach: a tail does not tell apart what
        lies beyond that.
        """
        steps, step = self._engine.chains.steps[part.need], step.copy()
        while (skipped := (step >= 0) & ~part.tails.bunches.common[step]).any():
            step[skipped] = [_next(steps, int(one)) for one in step[skipped]]
        within = np.isfinite(part.cost[tails, steps.option[step]])
        return np.where((step >= 0) & within, step, ABSENT)

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
            following = np.where(missing, minutes[rest], np.inf).min(axis=1)
            there = np.isfinite(following)  # nothing is beyond the others
            following = np.where(alone[rest], following, least[rest])
            yield (
                part.year,
                bunches.zone[np.concatenate([zone, rest[there]])],
                np.concatenate(
                    [part.column[of_zone[zone], option], part.beyond[of_zone[rest]][there]]
                ),
                np.concatenate([told, following[there]]),
                cut[np.concatenate([zone, rest[there]])],
            )

    def extend(self, solved: Solved) -> int:
        """Add the next options where a solution uses what is beyond; how many there were."""
        used = []
        for part in self._parts:
            share = np.where(part.beyond >= 0, solved.values[part.beyond], 0.0)
            used.append(np.flatnonzero(share > _USED))
        return self._extend(used, _OPTIONS_EACH)

    def _extend(self, tails: list[Ints], n_options: int) -> int:
        """Add the next options of some tails of each part."""
        first = 0
        costs: list[Floats] = []
        cells: list[tuple[Ints, Ints, Floats]] = []
        places: list[tuple[_Part, Ints, Ints]] = []
        for part, some in zip(self._parts, tails, strict=True):
            missing = np.isfinite(part.missing(some))
            nearest = np.argsort(part.missing(some), axis=1, kind="stable")[:, :n_options]
            row, column = np.nonzero(np.take_along_axis(missing, nearest, axis=1))
            if row.size == 0:
                continue
            tail, option = some[row], nearest[row, column]
            number = first + np.arange(tail.size)
            costs.append(part.cost[tail, option])
            cells.append((part.split[tail], number, np.ones(tail.size)))
            cells.append((part.row[tail, option], number, -part.visits(tail, option)))
            cells.extend(_linked(part, tail, option, number))
            places.append((part, tail, option))
            first += tail.size
        if first:
            row, column, value = (np.concatenate(x) for x in zip(*cells, strict=True))
            shape = (self._simplex.n_rows, first)
            matrix = sp.csc_array(sp.coo_array((value, (row, column)), shape=shape))
            numbers = self._simplex.add_columns(np.concatenate(costs), matrix)
            ends = np.cumsum([tail.size for _, tail, _ in places])[:-1]
            for (part, tail, option), new in zip(places, np.split(numbers, ends), strict=True):
                part.column[tail, option] = new
                self._charge(part, np.unique(tail))
        return first

    def _charge(self, part: _Part, tails: Ints) -> None:
        """What is beyond the options of some tails costs as much as the next; or is not there."""
        columns, cost = part.beyond[tails], part.next_cost(tails)
        there = np.isfinite(cost)
        self._simplex.charge(columns[there], cost[there])
        self._simplex.limit(columns[~there], 0.0)

    def link(self, solved: Solved) -> int:
        """Add the links that a solution breaks most; how many there were."""
        new = self._simplex.n_columns - solved.values.size  # added since: not used yet
        values = np.concatenate([solved.values, np.zeros(new)])
        found: dict[tuple[int, int], list[tuple[_Part, Ints]]] = {}
        broken: dict[tuple[int, int], float] = {}
        for part in self._parts:
            for set_id, tails, visits in self._broken_links(part, values):
                key = part.year, set_id
                found.setdefault(key, []).append((part, tails))
                broken[key] = broken.get(key, 0.0) + visits
        worst = sorted((k for k, v in broken.items() if v > _BROKEN), key=lambda k: -broken[k])
        return sum(self._add_links(*key, found[key]) for key in worst[:_SETS_EACH])

    def _broken_links(self, part: _Part, values: Floats) -> list[tuple[int, Ints, float]]:
        """The next sets of the tails in use: tails, and visits that stand where they can not."""
        steps, t = self._engine.chains.steps[part.need], part.year
        open_ended = np.flatnonzero(part.step >= 0)
        after = part.after(open_ended, steps.position[part.step[open_ended]])
        lacking = ~after & ~part.tails.held[open_ended] & (part.column[open_ended] < 0)
        ready = ~lacking.any(axis=1)  # what lies beyond the tail's options is beyond the set
        open_ended, after = open_ended[ready], after[ready]
        step = part.step[open_ended]
        share = np.where(part.column[open_ended] >= 0, values[part.column[open_ended]], 0.0)
        beyond = (share * after).sum(axis=1)
        rest = part.beyond[open_ended]
        beyond += np.where(rest >= 0, values[rest], 0.0)
        whole = share.sum(axis=1) + np.where(rest >= 0, values[rest], 0.0)
        weight = part.weight[open_ended]
        used = (whole > _USED) & (weight > 0)
        if not used.any():
            return []
        open_ended, step, beyond, whole, weight = (
            x[used] for x in (open_ended, step, beyond, whole, weight)
        )
        sets, first, place = np.unique(steps.set_id[step], return_index=True, return_inverse=True)
        here, shut = self._availability(part, step[first], values)
        too_many = np.maximum(0.0, beyond - (1.0 - shut[place]))
        too_few = np.maximum(0.0, whole - here[place] - beyond)
        known = self._set_column[t, sets] >= 0
        total = np.bincount(place, weights=weight, minlength=sets.size)
        mean = np.bincount(place, weights=weight * beyond, minlength=sets.size) / total
        z = np.where(known, values[np.maximum(self._set_column[t, sets], 0)], mean)
        amiss = weight * (too_many + too_few + np.abs(beyond - z[place]))
        visits = np.bincount(place, weights=amiss, minlength=sets.size)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=sets.size))[:-1]
        members = np.split(open_ended[order], ends)
        return list(zip(sets.tolist(), members, visits.tolist(), strict=True))

    def _availability(self, part: _Part, step: Ints, values: Floats) -> tuple[Floats, Floats]:
        """Shares in which the option of each step, and its site as held then, is there."""
        chains, mode = self._engine.chains, self._variables.mode
        steps, table = chains.steps[part.need], chains.tables[part.need]
        columns = mode[table.site[steps.option[step]], :, part.year]
        share = at_columns(values, columns)
        added, held = table.states[steps.option[step]], steps.held[step]
        return (share * added).sum(axis=1), (share * held).sum(axis=1)

    def _add_links(self, t: int, set_id: int, members: list[tuple[_Part, Ints]]) -> int:
        if self._set_column[t, set_id] < 0:
            part, tails = members[0]
            self._add_set(part, int(part.step[tails[0]]))
        z = self._set_column[t, set_id]
        rows: list[Ints] = []
        for part, tails in members:
            steps = self._engine.chains.steps[part.need]
            for tail in tails.tolist():
                after = part.place[tail] > steps.position[part.step[tail]]
                columns = part.column[tail][after & (part.column[tail] >= 0)]
                if part.beyond[tail] >= 0:
                    columns = np.append(columns, part.beyond[tail])
                rows.append(columns)
        numbers = iter(self._add_equal(rows, int(z)).tolist())
        for part, tails in members:
            steps = self._engine.chains.steps[part.need]
            for tail in tails.tolist():
                part.links.append((tail, int(steps.position[part.step[tail]]), next(numbers)))
            following = np.array([_next(steps, step) for step in part.step[tails].tolist()])
            part.step[tails] = self._known(part, tails, following)
        return len(rows)

    def _add_equal(self, rows: list[Ints], z: int) -> Ints:
        """Rows: the sum of each set of columns is z."""
        sizes = np.array([columns.size + 1 for columns in rows])
        index = np.concatenate([np.append(columns, z) for columns in rows])
        data = np.ones(index.size)
        data[np.cumsum(sizes) - 1] = -1.0
        starts = np.concatenate([[0], np.cumsum(sizes)])
        cells = sp.csr_array((data, index, starts), shape=(len(rows), self._simplex.n_columns))
        zero = np.zeros(len(rows))
        return self._simplex.add_rows(cells, zero, zero)

    def _add_set(self, part: _Part, step: int) -> None:
        """The column z of the set of a step, and its rows with its parent and its site.

        Of sets before it that are not known yet too.
        """
        t, steps, mode = part.year, self._engine.chains.steps[part.need], self._variables.mode
        table = self._engine.chains.tables[part.need]
        before = int(steps.set_id[step - 1])
        if self._set_column[t, before] < 0 and self._engine.pool.n_sites[before] > 1:
            self._add_set(part, step - 1)
        nothing = sp.csc_array((self._simplex.n_rows, 1), dtype=np.float64)
        z = int(self._simplex.add_columns(np.zeros(1), nothing)[0])
        self._set_column[t, steps.set_id[step]] = z
        parent, constant = self._empty(t, before)
        option = steps.option[step]
        site = table.site[option]
        added, held = mode[site, table.states[option], t], mode[site, steps.held[step], t]
        rows = (
            {z: 1.0, **{c: -x for c, x in parent.items()}},
            {z: 1.0, **{c: -x for c, x in parent.items()}},
            {z: 1.0},
        )
        for row, columns in ((rows[0], added), (rows[2], held)):
            for c in columns[columns != ABSENT].tolist():
                row[c] = row.get(c, 0.0) + 1.0
        lower = np.array([constant, -np.inf, -np.inf])
        upper = np.array([np.inf, constant, 1.0])
        starts = np.cumsum([0, *(len(row) for row in rows)])
        index = np.array([c for row in rows for c in row], dtype=np.int64)
        data = np.array([x for row in rows for x in row.values()])
        cells = sp.csr_array((data, index, starts), shape=(3, self._simplex.n_columns))
        self._simplex.add_rows(cells, lower, upper)

    def _empty(self, t: int, set_id: int) -> tuple[dict[int, float], float]:
        """z of a set that the program knows, as columns and a constant."""
        column = int(self._set_column[t, set_id])
        if column >= 0:
            return {column: 1.0}, 0.0
        pool = self._engine.pool
        states = self._variables.mode[pool.site[set_id], pool.held[set_id], t]
        return {int(c): -1.0 for c in states[states != ABSENT]}, 1.0


def _places(steps: Steps, zone: Ints, shape: tuple[int, ...]) -> Ints:
    """[W, O] the place of each option in the chains of some zones; a large number: not in them."""
    row = np.full(int(steps.zone.max(initial=0)) + 1, ABSENT)
    row[zone] = np.arange(zone.size)
    mine = np.flatnonzero(row[steps.zone] >= 0)
    place = np.full(shape, np.iinfo(np.int64).max)
    place[row[steps.zone[mine]], steps.option[mine]] = steps.position[mine]
    return place


def _after(steps: Steps, zone: Ints, last_set: Ints) -> Ints:
    """[W] the step that follows the last one of each chain; -1 if none is known."""
    place = np.full(int(steps.zone.max(initial=0)) + 1, ABSENT)
    place[zone] = np.arange(zone.size)
    mine = np.flatnonzero(place[steps.zone] >= 0)
    at_end = mine[steps.set_id[mine] == last_set[place[steps.zone[mine]]]]
    following = np.full(zone.size, ABSENT)
    following[place[steps.zone[at_end]]] = [_next(steps, int(k)) for k in at_end]
    return following


def _next(steps: Steps, step: int) -> int:
    """The step after one, in the same chain; -1 at its end."""
    follows = step + 1 < steps.zone.size and steps.zone[step + 1] == steps.zone[step]
    return step + 1 if follows else ABSENT


def _columns_of(links: list[tuple[int, int, int]]) -> tuple[Ints, Ints, Ints]:
    table = np.array(links, dtype=np.int64).reshape(len(links), 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _linked(part: _Part, tail: Ints, option: Ints, number: Ints) -> list[tuple[Ints, Ints, Floats]]:
    """Cells of new columns in the links of their tails."""
    of_tail, at, rows = _columns_of(part.links)
    if of_tail.size == 0:
        return []
    order = np.argsort(of_tail, kind="stable")
    first = np.searchsorted(of_tail[order], tail, side="left")
    count = np.searchsorted(of_tail[order], tail, side="right") - first
    which = np.repeat(np.arange(tail.size), count)
    within = np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
    link = order[first[which] + within]
    beyond = part.place[tail[which], option[which]] > at[link]
    return [(rows[link][beyond], number[which][beyond], np.ones(int(beyond.sum())))]


__all__ = ["Growth"]
