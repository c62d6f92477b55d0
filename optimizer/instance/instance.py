"""One problem, complete and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.instance.aim import ACCESS, Aim, Ceiling
from optimizer.instance.arrays import CLOSED, Bools, Floats, Ints
from optimizer.instance.options import Options, shared_options
from optimizer.instance.rules import (
    AccessRule,
    ClosureRule,
    Consultation,
    CoverageRule,
    FixedDecision,
    LimitRule,
    OpenSites,
)
from optimizer.instance.terms import Equity, Money, Remote, Staff

#: items of cost of a site that closes or leaves its premises
ENDINGS = ("closure", "lease_tail", "write_off")
#: those that come once, with a change
ONE_OFFS = (
    *ENDINGS,
    "conversion",
    "opening",
    "redundancy",
    "relocation",
    "hiring",
    "equipment",
)
#: items of cost of a site that come every year
RECURRING_ITEMS = (
    "front_staff",
    "premises",
    "local",
    "staff_travel",
    "extension",
    "remote_equipment",
)
#: between the mode and the services in the name of a state
WITH = "+"


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
    rank: Ints  #: [J, M+1] order of service at the site, higher serves more; 0 for closed
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

    @cached_property
    def may_have(self) -> Bools:
        """[J, M+1] the states that a site may be in some year, decisions apart; today's too."""
        before_decisions = self.allowed if self.possible is None else self.possible
        may = np.asarray(before_decisions.any(axis=2))
        may[np.arange(self.today.size), self.today] = True
        return may

    @property
    def undecided(self) -> Bools:
        """[J, M+1, T] what a plan may need where nothing is decided, as far as that is known."""
        if self.possible is None:
            return self.allowed
        allowed = self.allowed.copy()
        decided = [site for one in self.fixed for site in (one.site, one.into) if site >= 0]
        allowed[decided] = self.possible[decided]
        return allowed

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
