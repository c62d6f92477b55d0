"""Everything the optimization needs, as frozen arrays: ids and numbers, no tables, no geometry.

Axes, used throughout the rooms above this one:

    i  zone      0 .. I-1        j  site   0 .. J-1 (offices of today, then candidates)
    s  state     0 = closed, 1 .. M = the modes of the catalogue, in its order
    c  need      0 .. C-1        t  planning year 0 .. T-1

Where services are followed, a state is a mode with the services offered in it, and behind the
needs stand the services that have visits of their own, as further columns of the same axis.

A plan is an integer array ``states[j, t]``. Money is mnkr a year, time is minutes, visits are a
year's visits, staff is FTE.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.aim import ACCESS, Aim, Ceiling
from optimizer.options import Options, shared_options

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLOSED = 0
#: items of cost that come once, with a change
#: Of a site that closes or leaves its premises.
ENDINGS = ("closure", "lease_tail", "write_off")
ONE_OFFS = (
    *ENDINGS,
    *("conversion", "opening", "redundancy", "relocation", "hiring", "equipment"),
)
#: between the mode and the services in the name of a state
WITH = "+"


def distinct_rows(within: Bools) -> tuple[Bools, Ints]:
    """The distinct rows of [I, J] sites in reach, and the row of each zone."""
    packed = np.packbits(within, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, of_zone = np.unique(rows, return_index=True, return_inverse=True)
    return within[first], of_zone


@dataclass(frozen=True)
class CoverageRule:
    """At least ``min_points`` open sites that count, in one region, from one year on."""

    division: str
    region_code: str
    sites: Bools  #: [J] the sites of the region
    states: Bools  #: [M+1] the states that count
    min_points: int
    from_year: int  #: index of the first year in force
    service: str = ""  #: the service that the sites must offer; none: any service counts

    @property
    def requirement(self) -> str:
        """The requirement it belongs to."""
        return "service_coverage" if self.service else "region_coverage"

    @property
    def scope(self) -> str:
        """What it speaks of: `fa:04`, or `id_check:county:04`."""
        parts = (self.service, self.division, self.region_code)
        return ":".join(part for part in parts if part)


@dataclass(frozen=True)
class LimitRule:
    """At most ``at_most`` sites of a group in a family of modes, in every year or the last.

    ``cells`` [J, M+1] says it site by site, where the modes that count differ between sites.
    """

    scope: str
    sites: Bools  #: [J]
    states: Bools  #: [M+1]
    at_most: int
    cells: Bools | None = None  #: instead of all of ``sites`` in all of ``states``
    from_year: int = 0  #: index of the first year in which it holds

    @property
    def counted(self) -> Bools:
        """[J, M+1] the sites and states that count."""
        return self.sites[:, None] & self.states if self.cells is None else self.cells

    def count(self, states: Ints) -> int:
        """How many sites count when they are in ``states`` [J]."""
        return int(self.counted[np.arange(states.size), states].sum())


@dataclass(frozen=True)
class ClosureRule:
    """At most ``at_most`` offices of a group close in each year."""

    scope: str
    sites: Bools  #: [J] the offices that count
    at_most: int


@dataclass(frozen=True)
class Consultation:
    """Municipalities that are left without a site only after an analysis and consultation."""

    town: Ints  #: [J] a number for the municipality of each site
    held: Bools  #: [municipalities, T] those in which a site must be open still

    def empty(self, states: Ints, t: int) -> Bools:
        """[municipalities] those held in a year that ``states`` [J] leave without a site."""
        count = np.bincount(self.town, weights=states != CLOSED, minlength=self.held.shape[0])
        return np.asarray(self.held[:, t] & (count == 0))


@dataclass(frozen=True)
class OpenSites:
    """How many sites are open, in any mode, from one year on."""

    least: int
    most: int
    from_year: int  #: index of the first year in force

    def missed(self, count: Ints | Floats) -> Floats:
        """By how many sites a number of open ones is too few or too many."""
        return np.asarray(np.maximum(0.0, self.least - count) + np.maximum(0.0, count - self.most))


@dataclass(frozen=True)
class AccessRule:
    """So many people within reach of an open site that serves, every year from one on.

    People are pooled by the set of sites in their reach. For no_one_left_behind they are zones.
    """

    kind: str  #: access_standard, no_one_left_behind or service_coverage
    scope: str
    sets: Bools  #: [S, J] the sites in reach
    people: Floats  #: [S]
    least: float  #: people that must be reached
    total: float  #: all people that count
    states: Bools  #: [M+1] the states that serve
    from_year: int  #: index of the first year in force

    @property
    def of(self) -> str:
        """The rule it belongs to, whatever the region: `2` of `2:county:04`."""
        parts = self.scope.split(":")
        number = next((at for at, part in enumerate(parts) if part.isdecimal()), len(parts) - 1)
        return ":".join(parts[: number + 1])

    @property
    def everyone(self) -> bool:
        """Whether every set must be reached."""
        return self.least >= self.total * (1 - 1e-12)

    def reached(self, serving: Bools) -> float:
        """People with one of the ``serving`` [J] sites in reach."""
        return float(self.people[self.sets[:, serving].any(axis=1)].sum())

    def holds(self, reached: float) -> bool:
        """Whether that many are enough."""
        return reached >= self.least * (1 - 1e-9) - 1e-9


@dataclass(frozen=True)
class FixedDecision:
    """A planner's decision: the states a site may have in each year."""

    kind: str  #: keep, close, mode, merge or offer
    site: int
    allowed: Bools  #: [M+1, T]
    reason: str
    into: int = -1  #: of a merger: the site that receives and is kept
    service: str = ""  #: of an offer: the service

    def scope(self, sites: tuple[str, ...]) -> str:
        """What it speaks of: `close:o012`, or `offer:o012:id_check`."""
        parts = (self.kind, sites[self.site], self.service)
        return ":".join(part for part in parts if part)


@dataclass(frozen=True)
class Money:
    """Means and prices by planning year, mnkr in prices of the base year.

    What is carried from year to year is a sum of kronor, and worth less as the compensation of the
    appropriation rises: ``carry_worth`` is that of the year before against that of the year.
    """

    appropriation: Floats  #: [T]
    other_income: Floats  #: [T] before the fees of lost visits are taken off
    saving_limit: Floats  #: [T]
    credit_limit: Floats  #: [T] as a positive number
    carry_worth: Floats  #: [T] what a krona from the year before is worth: less as prices rise
    central: Floats  #: [T]
    wage_per_fte: Floats  #: [T]
    price_index: Floats  #: [T] on every cost whose array does not carry its own
    carry_in: float  #: in prices of the base year, brought into the first year
    fee_per_visit: float
    extension_per_visit: Floats  #: [J, T] for a visit a year beyond the room, indices included
    closure: float
    opening: float
    conversion: Floats  #: [M+1] one-off of entering the state from another open one


@dataclass(frozen=True)
class Staff:
    """Staff of today, where it may move, and what changes of it cost (mnkr per FTE)."""

    today: Floats  #: [J] FTE
    apart: Floats  #: [J, J] minutes from site to site
    commuting_minutes: float  #: staff moves between sites no farther apart
    attrition: float  #: share of the staff that leaves by itself in a year
    redundancy: float
    move: float
    hire: float
    most_redundant: float  #: FTE a year; infinite without a limit

    @property
    def near(self) -> Bools:
        """[J, J] where staff of a site may move."""
        within = self.apart <= self.commuting_minutes
        np.fill_diagonal(within, False)
        return np.asarray(within)


@dataclass(frozen=True)
class Remote:
    """Help by video between offices with placed staff."""

    states: Bools  #: [M+1] the states that may give and get
    share: float  #: of the staff that visits ask for, at most; must-appear visits left out
    cost_per_fte: float  #: equipment and lines, mnkr a year for an FTE of help


@dataclass(frozen=True)
class Equity:
    """How much the added minutes of those worst off count beside those of all visits.

    The mean of a tail: conditional value at risk (Rockafellar and Uryasev 2000).
    """

    weight: float  #: minutes of the tail against the mean of all visits
    tail: float  #: share of the people who are worst off
    column: int  #: the need whose minutes count, a column of demand
    people: Floats  #: [I] share of the people that count; they sum to 1
    tails: tuple[tuple[Floats, ...], ...] = ()  #: by year, [I] tails that a bound has looked at

    def tails_of_year(self, n_years: int) -> tuple[tuple[Floats, ...], ...]:
        """By year, the tails whose mean a bound holds: first that of all people."""
        seen = self.tails or ((),) * n_years
        return tuple((self.people, *tails) for tails in seen)

    def looked_at(self, tails: Sequence[Floats]) -> Equity:
        """With a tail more in each year."""
        seen = self.tails or ((),) * len(tails)
        more = tuple((*old, new) for old, new in zip(seen, tails, strict=True))
        return replace(self, tails=more)


def same_premises(kind: Ints, today: Ints) -> Bools:
    """[J, M+1] the states with the kind [M+1] of premises that each site has today; none closed."""
    is_open = np.arange(kind.size) != CLOSED
    return np.asarray((kind[today][:, None] == kind) & is_open & is_open[today][:, None])


@dataclass(frozen=True)
class Instance:
    """One problem, complete and frozen."""

    zones: tuple[str, ...]
    sites: tuple[str, ...]
    years: tuple[int, ...]
    states: tuple[str, ...]  #: "closed", then the modes
    candidate: Bools  #: [J]
    minutes: Floats  #: [I, J] travel minutes
    waiting: Floats  #: [J, M+1] minutes of waiting caused by the open days
    tier: Ints  #: [M+1] the highest need served; 0 for closed
    rank: Ints  #: [M+1] order of service, higher serves more; 0 for closed
    demand: Floats  #: [T, I, C]
    today_cost: Floats  #: [I, C] travel plus waiting under today's network
    today: Ints  #: [J] state of today
    allowed: Bools  #: [J, M+1, T] partner rules, transitions from today and fixed decisions
    fixed_cost: Floats  #: [J, M+1, T] premises + local + staff travel of a state
    fte_min: Floats  #: [M+1]
    room: Floats  #: [J] visits a year
    visits_per_fte: Floats  #: [T] planned visits a year that one FTE can take, peak included
    staffing_after_decay: bool
    digital_share: float
    decay_scale_minutes: float
    lost_visit_minutes: float
    upgrades_allowed: bool
    money: Money
    coverage: tuple[CoverageRule, ...]
    limits: tuple[LimitRule, ...]
    fixed: tuple[FixedDecision, ...]
    access: tuple[AccessRule, ...] = ()
    conversions_allowed: bool = True
    open_sites: OpenSites | None = None
    possible: Bools | None = None  #: [J, M+1, T] allowed before the planners' decisions
    staff: Staff | None = None  #: none where `staff_balance` is switched off
    services: tuple[str, ...] = ()  #: those that states tell apart
    offers: Bools | None = None  #: [M+1, S] the services of each state
    equipment: Floats | None = None  #: [S] one-off cost of a service added, mnkr
    flowing: tuple[int, ...] = ()  #: services with visits of their own: the last columns of demand
    flow_digital: Floats | None = None  #: [flowing] part of their visits that distance can lose
    remote: Remote | None = None  #: none where `remote_balance` is switched off
    closures: tuple[ClosureRule, ...] = ()
    towns: Ints | None = None  #: [J] municipality, where sites replace each other in one year
    premises: Ints | None = None  #: [M+1] kind of premises of a state; none: one kind for all
    early: Bools | None = None  #: [J, T] where the premises of today can not be left yet
    consulted: Consultation | None = None  #: none where no municipality takes time to leave
    closure_part: Floats | None = None  #: [J] part of money.closure that is paid; none: all of it
    lease_tail: Floats | None = None  #: [J, M+1, T] rent still due if an office leaves the premises
    #: of today in the year, by the state it had, mnkr
    write_off: Floats | None = None  #: [J, T] improvements of them not yet written off then, mnkr
    reach_minutes: float = np.inf  #: travel and waiting beyond which nobody comes who has it longer
    stranded_minutes: float = np.inf  #: counted for a visit that no open site serves at all
    budget_holds: bool = True  #: whether `budget_by_year` is in force
    aim: Aim = ACCESS  #: what the plan is best at
    equity: Equity | None = None  #: none where the worst off count no more than others
    later: tuple[Aim, ...] = ()  #: aims that follow it in a lexicographic order
    tolerance: float = 0.0  #: of an aim's change from today that later ones may give up
    ceilings: tuple[Ceiling, ...] = ()  #: values of earlier aims that may not be exceeded

    @cached_property
    def options(self) -> Options:
        """The options of every zone, cheapest first."""
        return shared_options(self.minutes, self.waiting, np.asarray(self.serves.any(axis=1)))

    @cached_property
    def closure_cost(self) -> Floats:
        """[J, T] one-off cost of closing a site in a year, lease and improvements apart, mnkr."""
        price = self.money.price_index * self.money.closure
        part = np.ones(len(self.sites)) if self.closure_part is None else self.closure_part
        return np.asarray(part[:, None] * price)

    @cached_property
    def housed(self) -> Bools:
        """[J, M+1] the states in which an office has the premises it has today."""
        kind = np.minimum(self.tier, 1) if self.premises is None else self.premises
        return same_premises(kind, self.today)

    @cached_property
    def leaving_cost(self) -> Floats | None:
        """[J, M+1, T] rent still due and improvements not written off, mnkr.

        Of an office that leaves the premises of today in a year, by the state it had the year
        before. None where no office has any.
        """
        if self.lease_tail is None and self.write_off is None:
            return None
        cost = np.zeros((len(self.sites), len(self.states), len(self.years)))
        if self.lease_tail is not None:
            cost += self.lease_tail
        if self.write_off is not None:
            cost += self.write_off[:, None, :]
        return np.asarray(cost * self.housed[:, :, None])

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """The sizes I, J, M+1, C, T."""
        n_years, n_zones, n_needs = self.demand.shape
        return n_zones, len(self.sites), len(self.states), n_needs, n_years

    def unchanged(self) -> Ints:
        """[J, T] the plan that keeps today's network in every year."""
        return np.repeat(self.today[:, None], len(self.years), axis=1)

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """The mode of each state."""
        return tuple(state.partition(WITH)[0] for state in self.states)

    @cached_property
    def mode_id(self) -> Ints:
        """[M+1] a number for the mode of each state, by first appearance; 0 for closed."""
        number = {mode: k for k, mode in enumerate(dict.fromkeys(self.modes))}
        return np.array([number[mode] for mode in self.modes], dtype=np.int64)

    @cached_property
    def alike(self) -> Ints:
        """[M+1] a number for the states that visitors and recurring costs can not tell apart.

        They are of one mode and offer the same of the services that have visits of their own.
        """
        keys = [(mode, *self.offered[s, list(self.flowing)]) for s, mode in enumerate(self.modes)]
        number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
        return np.array([number[key] for key in keys], dtype=np.int64)

    @cached_property
    def offered(self) -> Bools:
        """[M+1, S] the services of each state; S is 0 where none are told apart."""
        none = np.zeros((len(self.states), 0), dtype=bool)
        return none if self.offers is None else self.offers

    @cached_property
    def could_offer(self) -> Bools:
        """[M+1, S] the services that the mode of a state can offer."""
        out = np.zeros_like(self.offered)
        for mode in np.unique(self.mode_id):
            out[self.mode_id == mode] = self.offered[self.mode_id == mode].any(axis=0)
        return out

    @cached_property
    def serves(self) -> Bools:
        """[M+1, C] the needs, and services with visits, that each state serves."""
        needs = self.tier[:, None] > np.arange(self.n_needs)
        return np.concatenate([needs, self.offered[:, list(self.flowing)]], axis=1)

    @property
    def n_needs(self) -> int:
        """The number of needs; services with visits of their own stand behind them."""
        return int(self.demand.shape[2]) - len(self.flowing)

    @cached_property
    def digital(self) -> Floats:
        """[C] part of the visits with a digital alternative."""
        own = np.zeros(0) if self.flow_digital is None else self.flow_digital
        return np.concatenate([np.full(self.n_needs, self.digital_share), own])

    @property
    def last_columns(self) -> tuple[int, ...]:
        """The columns of demand that some open site must serve: whoever serves these serves all."""
        return tuple(range(self.n_needs - 1, self.demand.shape[2]))

    def keeping_services(self, before: Ints, now: Ints) -> Ints:
        """[J] the states of the modes of ``now`` with the services of ``before`` they can offer.

        Where ``now`` is -1 the site stays as before.
        """
        mode = self.mode_id[np.where(now < 0, before, now)]
        could = self.could_offer[np.where(now < 0, before, now)]
        wanted = self.offered[before] & could
        same = (self.mode_id == mode[:, None]) & (self.offered == wanted[:, None]).all(axis=2)
        return np.asarray(same.argmax(axis=1), dtype=np.int64)

    def equipment_of(self, before: Ints, now: Ints) -> Floats:
        """Cost of the services added from state ``before`` to ``now``, any shape, mnkr."""
        if self.equipment is None:
            return np.zeros(np.shape(now))
        added = self.offered[now] & ~self.offered[before]
        return np.asarray(added @ self.equipment, dtype=np.float64)

    def converted(self, before: Ints, now: Ints) -> Bools:
        """Where a site goes from one open mode to another; any shape."""
        both = (before != CLOSED) & (now != CLOSED)
        return np.asarray(both & (self.mode_id[before] != self.mode_id[now]))

    def merging(self, before: Ints, now: Ints) -> tuple[tuple[int, int], ...]:
        """Demanded mergers (from, into) of a year; ``before`` and ``now`` are [J] states."""
        return tuple(
            (decision.site, decision.into)
            for decision in self.fixed
            if decision.into >= 0
            and before[decision.site] != CLOSED
            and now[decision.site] == CLOSED
        )

    def receiving(self, into: int) -> Bools:
        """[M+1] the states in which a site is kept: open, and serving no lesser need than today."""
        return np.asarray(self.tier >= max(1, int(self.tier[self.today[into]])))

    def loss(self, cost: Floats, today: Floats, column: Ints | int | slice) -> Floats:
        """Share of the visits lost where they take ``cost`` minutes and took ``today`` before.

        1 - exp(-added minutes / scale) of those with a digital alternative, and all of them where
        their way becomes longer than the reach. ``column`` is the need or service of each;
        slice(None) where the last axis is all of them.
        """
        added = cost - today
        decayed = -np.expm1(-np.maximum(added, 0.0) / self.decay_scale_minutes)
        lost = np.asarray(self.digital[column] * decayed, dtype=np.float64)
        if not np.isfinite(self.reach_minutes):
            return lost
        return np.asarray(np.where(self.too_far(cost, today), 1.0, lost), dtype=np.float64)

    def too_far(self, cost: Floats, today: Floats) -> Bools:
        """Where a way of ``cost`` minutes that took ``today`` before is longer than the reach."""
        return np.asarray((cost > self.reach_minutes + 1e-9) & (cost > today))
