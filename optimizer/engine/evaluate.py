"""Exact evaluation of a plan: who goes where, what it costs, which rules it breaks. Milliseconds.

Nothing here is relaxed or truncated: every zone looks at every site. The solver's bound and this
evaluation are what the certificate is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.engine.changes import broken_changes
from optimizer.engine.equity import worst_off
from optimizer.engine.leases import too_soon
from optimizer.engine.ledger import MONEY_TOLERANCE, Ledger, account
from optimizer.engine.remote import VideoHelp, help_in_plan
from optimizer.engine.staff import StaffFlows, flows_within
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints


@dataclass(frozen=True)
class Assignment:
    """Where the visits of one year go: arrays over zones and needs."""

    site: Ints  #: [I, C]; -1 where no open site serves
    cost: Floats  #: [I, C] travel plus waiting, minutes

    @property
    def stranded(self) -> Bools:
        """[I, C] where no open site serves."""
        return np.asarray(self.site < 0)

    def loss(self, instance: Instance) -> Floats:
        """[I, C] share of the visits that stay away; all that no open site serves."""
        lost = instance.loss(self.cost, instance.today_cost, slice(None))
        return np.asarray(np.where(self.stranded, 1.0, lost))


@dataclass(frozen=True)
class Evaluation:
    """A plan, counted exactly."""

    states: Ints  #: [J, T]
    assignments: tuple[Assignment, ...]  #: by year
    burden: Floats  #: [T] visit-minutes by year
    worst: Floats  #: [T] visit-minutes that the worst off count beside them
    value: Floats  #: [T] the objective by year, in the unit of the aim
    staff: tuple[StaffFlows, ...]  #: by year; empty where staff is not followed
    planned: Floats  #: [T, J] visits that staff and room are planned for
    arriving: Floats  #: [T, J]
    lost: Floats  #: [T]
    fte: Floats  #: [T, J] staff at the site: what is got by video is not there
    help: VideoHelp | None  #: [T, J] by video; none where it is switched off
    extension: Floats  #: [T, J] visits a year beyond the room
    ledger: Ledger
    broken: tuple[str, ...]  #: requirements broken, as "name scope year"

    @property
    def minutes(self) -> Floats:
        """[T] visit-minutes as an aim counts them, the worst off included."""
        return np.asarray(self.burden + self.worst)

    @property
    def objective(self) -> float:
        """The value of the aim over all planning years: visit-minutes, or kronor."""
        return float(self.value.sum())

    @property
    def feasible(self) -> bool:
        """Whether every requirement holds."""
        return not self.broken


def assign(instance: Instance, states: Ints) -> Assignment:
    """The cheapest available option of every zone and need; ``states`` is [J], of one year.

    Ties go to the first site, and sites are sorted by id. A zone and need that no site can serve
    gets site -1 and the instance's stranded minutes, which are infinite unless it says otherwise.
    """
    options, serves = instance.options, instance.serves
    found = [
        options.first(options.available(states, serves[:, need])) for need in range(serves.shape[1])
    ]
    site, cost = (np.column_stack(part) for part in zip(*found, strict=True))
    return Assignment(site, np.where(site < 0, instance.stranded_minutes, cost))


def evaluate(instance: Instance, states: Ints) -> Evaluation:
    """Count a plan ``states[j, t]`` exactly."""
    _, n_sites, _, _, n_years = instance.shape
    assignments: list[Assignment] = []
    burden, worst = np.zeros(n_years), np.zeros(n_years)
    lost = np.zeros(n_years)
    planned = np.zeros((n_years, n_sites))
    arriving = np.zeros((n_years, n_sites))
    for t in range(n_years):
        if t and np.array_equal(states[:, t], states[:, t - 1]):
            found = assignments[-1]
        else:
            found = assign(instance, states[:, t])
        assignments.append(found)
        demand = instance.demand[t]
        loss = found.loss(instance)
        stranded = not np.isfinite(found.cost).all()  # then 0 visits x inf minutes must not be nan
        price = found.cost + instance.lost_visit_minutes * loss
        burden[t] = np.inf if stranded else (demand * price).sum()
        worst[t] = 0.0 if stranded else worst_off(instance, t, found.cost)
        lost[t] = (demand * loss).sum()
        arrive = demand * (1.0 - loss)
        basis = arrive if instance.staffing_after_decay else demand
        served = ~found.stranded
        planned[t] = np.bincount(found.site[served], weights=basis[served], minlength=n_sites)
        arriving[t] = np.bincount(found.site[served], weights=arrive[served], minlength=n_sites)
    fte, help_given = staff(instance, states, planned), help_in_plan(instance, states, planned)
    if help_given is not None:
        fte = fte - help_given.get
    flows = flows_of_staff(instance, states, fte)
    if flows:
        fte = fte + np.array([flow.kept for flow in flows])
    extension = np.where(states.T != CLOSED, np.maximum(0.0, planned - instance.room), 0.0)
    ledger = account(
        instance,
        states,
        fte=fte,
        extension=extension,
        lost=lost,
        staff=flows,
        helped=None if help_given is None else help_given.get.sum(axis=1),
    )
    value = instance.aim.value(burden + worst, ledger.spent)
    value = np.where(np.isfinite(burden), value, np.inf)  # visits that no site serves cost no less
    broken = broken_rules(instance, states, ledger, flows)
    broken += broken_ceilings(instance, burden + worst, ledger.spent)
    if any(found.stranded.any() for found in assignments):
        broken = (*broken, "assignment")
    return Evaluation(
        states=states,
        assignments=tuple(assignments),
        burden=burden,
        worst=worst,
        value=value,
        staff=flows,
        planned=planned,
        arriving=arriving,
        lost=lost,
        fte=fte,
        help=help_given,
        extension=extension,
        ledger=ledger,
        broken=broken,
    )


def todays_value(instance: Instance) -> float:
    """The objective of today's network kept in every planning year, without changes of staff."""
    states = instance.unchanged()
    return evaluate(replace(instance, staff=None), states).objective


def todays_minutes(instance: Instance) -> float:
    """Visit-minutes of today's network in all planning years."""
    return float((instance.demand * instance.today_cost).sum())


def staff(instance: Instance, states: Ints, planned: Floats) -> Floats:
    """The least FTE: the mode's minimum, or what the peak month asks for; [T, J]."""
    need = planned / instance.visits_per_fte[:, None]
    return np.where(states.T != CLOSED, np.maximum(instance.fte_min[states.T], need), 0.0)


def flows_of_staff(instance: Instance, states: Ints, fte: Floats) -> tuple[StaffFlows, ...]:
    """The staff flows of every year; ``fte`` [T, J] is the least. Empty if staff is not followed.

    What is kept beyond the least, where redundancies are limited, is there the year after too.
    """
    staff = instance.staff
    if staff is None:
        return ()
    found: list[StaffFlows] = []
    for t in range(fte.shape[0]):
        before = fte[t - 1] + found[-1].kept if t else staff.today
        was = states[:, t - 1] if t else instance.today
        mergers = instance.merging(was, states[:, t])
        is_open = states[:, t] != CLOSED
        found.append(flows_within(staff, before, fte[t], is_open, mergers=mergers))
    return tuple(found)


FTE_TOLERANCE = 1e-6


def broken_rules(
    instance: Instance, states: Ints, ledger: Ledger, staff: tuple[StaffFlows, ...] = ()
) -> tuple[str, ...]:
    """The requirements a plan breaks, apart from those that hold by construction."""
    broken = [f"{name} {instance.years[t]}" for name, t in _broken_structure(instance, states)]
    broken += [
        f"budget_by_year {year}"
        for year, margin in zip(instance.years, ledger.margin, strict=True)
        if instance.budget_holds and margin < -MONEY_TOLERANCE
    ]
    most = np.inf if instance.staff is None else instance.staff.most_redundant
    broken += [
        f"staff_balance {year}"
        for year, flows in zip(instance.years, staff, strict=False)
        if flows.redundant.sum() > most + FTE_TOLERANCE
    ]
    if instance.budget_holds and ledger.margin_after < -MONEY_TOLERANCE:
        broken.append("budget_by_year after")
    return tuple(broken)


def broken_ceilings(instance: Instance, minutes: Floats, spent: Floats) -> tuple[str, ...]:
    """The earlier aims of a lexicographic order whose value is exceeded."""
    return tuple(
        f"objective {ceiling.aim.kind}"
        for ceiling in instance.ceilings
        if not ceiling.holds(float(ceiling.aim.value(minutes, spent).sum()))
    )


def _broken_structure(instance: Instance, states: Ints) -> list[tuple[str, int]]:
    broken = [(f"transition {scope}", t) for scope, t in broken_changes(instance, states)]
    sites, soon = np.arange(states.shape[0]), too_soon(instance, states)
    for t in range(states.shape[1]):
        now = states[:, t]
        before = states[:, t - 1] if t else instance.today
        early = np.zeros(sites.size, dtype=bool)
        if instance.early is not None:  # out of premises that can not be left yet: not a decision
            early = instance.early[:, t] & ~instance.housed[sites, now]
        if soon[:, t].any():
            broken.append(("transition notice:nation", t))
        if not (instance.allowed[sites, now, t] | early).all():
            broken.append(("fixed_decisions", t))
        if any(
            decision.into >= 0
            and not decision.allowed[:, t].all()
            and not instance.receiving(decision.into)[now[decision.into]]
            for decision in instance.fixed
        ):
            broken.append(("fixed_decisions", t))
        if not moves_allowed(instance, before, now).all():
            broken.append(("transition", t))
        broken += [
            (f"{rule.requirement} {rule.scope}", t)
            for rule in instance.coverage
            if t >= rule.from_year and rule.states[now[rule.sites]].sum() < rule.min_points
        ]
        broken += [
            (f"mode_limits {rule.scope}", t)
            for rule in instance.limits
            if t >= rule.from_year and rule.count(now) > rule.at_most
        ]
        number = instance.open_sites
        if number and t >= number.from_year and number.missed((now != CLOSED).sum()) > 0:
            broken.append(("open_sites nation", t))
        broken += [
            (f"{standard.kind} {standard.scope}", t)
            for standard in instance.access
            if t >= standard.from_year
            and not standard.holds(standard.reached(standard.states[now]))
        ]
    return broken


def moves_allowed(instance: Instance, before: Ints, now: Ints) -> Bools:
    """Whether each site may go from state ``before`` to ``now``: by its mode and its services."""
    by_mode = mode_moves_allowed(instance, before, now)
    return np.asarray(by_mode & ~service_dropped(instance, before, now))


def mode_moves_allowed(instance: Instance, before: Ints, now: Ints) -> Bools:
    """[J] whether each site may go from state ``before`` to ``now`` within a year (`transition`).

    A closed office stays closed, a candidate may open once and stays, and a site is not raised to
    a mode that serves more unless upgrades are allowed, nor to any other where none is converted.
    """
    stays = before == now
    opens = (before == CLOSED) & instance.candidate
    closes = (now == CLOSED) & ~instance.candidate
    both_open = (before != CLOSED) & (now != CLOSED)
    site = np.arange(instance.rank.shape[0])
    lower = instance.rank[site, now] <= instance.rank[site, before]
    converts = both_open & (lower | instance.upgrades_allowed)
    converts &= instance.conversions_allowed | ~instance.converted(before, now)
    return np.asarray(stays | opens | closes | converts)


def service_dropped(instance: Instance, before: Ints, now: Ints) -> Bools:
    """Where a service ends though the mode could go on with it (`offer`)."""
    lost = instance.offered[before] & ~instance.offered[now]
    return np.asarray((lost & instance.could_offer[now]).any(axis=-1))
