"""Tiny instances for tests: random ones with every mechanism, and a plain one to solve by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.engine.evaluate import assign, evaluate
from optimizer.instance import (
    CLOSED,
    AccessRule,
    ClosureRule,
    Consultation,
    CoverageRule,
    Equity,
    FixedDecision,
    Instance,
    LimitRule,
    Money,
    OpenSites,
    Remote,
    Staff,
)

#: name: tier, waiting minutes, minimum staff, factor on premises. Rank falls as listed.
MODES: dict[str, tuple[int, float, float, float]] = {
    "staffed": (3, 0.0, 2.0, 1.0),
    "staffed_colocated": (3, 0.0, 2.0, 0.8),
    "reduced": (3, 8.0, 1.2, 0.9),
    "flexible": (2, 12.0, 0.6, 0.6),
    "mobile": (1, 16.0, 0.2, 0.3),
}
RANK = {"staffed": 4, "staffed_colocated": 4, "reduced": 3, "flexible": 2, "mobile": 1}


def an_instance(
    *,
    zones: int = 5,
    sites: int = 3,
    years: int = 1,
    seed: int = 0,
    modes: tuple[str, ...] = ("staffed", "reduced", "flexible"),
    choices: int = 3,
    **changes: Any,
) -> Instance:
    """A random instance with every mechanism; ``choices`` open modes at most at a site.

    Half of the seeds use whole blocks of four minutes, so that options tie. ``changes`` replace
    fields of the instance, or of its money.
    """
    rng = np.random.default_rng([seed, zones, sites, years])
    states = ("closed", *modes)
    minutes = _minutes(rng, zones, sites)
    facts = np.array([(0, 0.0, 0.0, 0.0), *(MODES[m] for m in modes)])
    rank = np.array([0, *(RANK[m] for m in modes)], dtype=np.int64)
    candidate = np.arange(sites) == sites - 1 if rng.random() < 0.4 else np.zeros(sites, dtype=bool)
    today = rng.integers(1, len(states), sites)
    today[rng.integers(0, sites - candidate.sum())] = 1 + int(facts[1:, 0].argmax())
    today[candidate] = CLOSED
    allowed = _allowed(rng, today, candidate, rank, years, choices)
    waiting = np.repeat(facts[None, :, 1], sites, axis=0)
    own_days = rng.choice([0.0, 4.0, 8.0, 12.0], sites)
    offices = np.flatnonzero(~candidate & (rng.random(sites) < 0.6))
    waiting[offices, today[offices]] = own_days[offices]
    fte_min = facts[:, 2].copy()
    if rng.random() < 0.3:
        fte_min[1:] = 1.5  # modes differ in tier but not in staff
    needs = rng.dirichlet([4.0, 2.0, 3.0], zones)
    visits = rng.uniform(300.0, 9_000.0, zones) * (rng.random(zones) > 0.08)
    growth = 1.0 + 0.03 * np.arange(years)
    demand = growth[:, None, None] * (visits[:, None] * needs)
    premises = rng.uniform(0.5, 2.5, sites)
    index = 1.02 ** np.arange(years)
    conversion = np.where(np.arange(len(states)) > 0, 0.3, 0.0)
    if rng.random() < 0.4:
        conversion[1:] = rng.uniform(0.1, 0.8, len(modes))
    instance = Instance(
        zones=tuple(f"z{i:02d}" for i in range(zones)),
        sites=tuple(f"o{j:02d}" for j in range(sites)),
        years=tuple(range(2025, 2025 + years)),
        states=states,
        candidate=candidate,
        minutes=minutes,
        waiting=waiting,
        tier=facts[:, 0].astype(np.int64),
        rank=_ranks(facts[:, 0], waiting),
        demand=demand,
        today_cost=np.zeros((zones, 3)),
        today=today,
        allowed=allowed,
        fixed_cost=premises[:, None, None] * facts[None, :, 3, None] * index,
        fte_min=fte_min,
        room=rng.uniform(1_000.0, 14_000.0, sites),
        visits_per_fte=rng.uniform(2_500.0, 6_000.0) * 1.02 ** np.arange(years),
        staffing_after_decay=bool(rng.random() < 0.3),
        digital_share=0.5,
        decay_scale_minutes=float(rng.uniform(15.0, 60.0)),
        lost_visit_minutes=float(rng.choice([0.0, 120.0])),
        upgrades_allowed=bool(rng.random() < 0.25),
        money=_money(rng, sites, index, conversion),
        coverage=_coverage(rng, facts[:, 0], sites, years),
        limits=_limits(rng, states, sites),
        fixed=(),
    )
    instance = replace(instance, today_cost=assign(instance, today).cost)
    return with_changes(_priced(rng, instance), **changes)


def with_changes(instance: Instance, **changes: Any) -> Instance:
    """The instance with some fields of its own or of its money replaced."""
    names = Money.__dataclass_fields__
    money = {name: value for name, value in changes.items() if name in names}
    rest = {name: value for name, value in changes.items() if name not in names}
    if "extension_per_visit" in money:
        shape = (len(instance.sites), len(instance.years))
        money["extension_per_visit"] = np.broadcast_to(money["extension_per_visit"], shape)
    return replace(instance, money=replace(instance.money, **money), **rest)


def crowded(instance: Instance, seed: int) -> Instance:
    """The instance with little room, and more of it at another price at every site and year."""
    rng = np.random.default_rng([seed, 79])
    shape = (len(instance.sites), len(instance.years))
    prices = rng.uniform(0.0, 1e-3, shape)
    return with_changes(instance, room=0.7 * instance.room, extension_per_visit=prices)


def staffed(instance: Instance, seed: int, *, most_redundant: float = np.inf) -> Instance:
    """The instance with its staff followed from today's, and with some luck a demanded merger."""
    rng = np.random.default_rng([seed, 77])
    n_sites = instance.today.size
    places = rng.uniform(0, 80, (n_sites, 2))
    now = np.repeat(instance.today[:, None], len(instance.years), axis=1)
    staff = Staff(
        today=evaluate(instance, now).fte[0] * rng.uniform(0.8, 1.2, n_sites),
        apart=np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)),
        commuting_minutes=float(rng.choice([20.0, 50.0, 120.0])),
        attrition=float(rng.uniform(0.0, 0.2)),
        redundancy=0.4,
        move=float(rng.choice([0.05, 0.5])),
        hire=float(rng.choice([0.0, 0.1])),
        most_redundant=most_redundant,
    )
    offices = np.flatnonzero(~instance.candidate)
    if offices.size > 1 and rng.random() < 0.4:
        site, into = rng.permutation(offices)[:2]
        year = int(rng.integers(0, len(instance.years)))
        mask = np.ones((instance.tier.size, len(instance.years)), dtype=bool)
        mask[1:, year:] = False
        allowed = instance.allowed.copy()
        allowed[site] &= mask
        lesser = instance.tier < max(1, int(instance.tier[instance.today[into]]))
        allowed[into, :, year:] &= ~lesser[:, None]  # the receiver is kept
        if allowed[[site, into]].any(axis=1).all():
            pair = staff.apart.copy()
            pair[site, into] = pair[into, site] = 0.0
            merger = FixedDecision("merge", int(site), mask, "", int(into))
            instance = replace(instance, allowed=allowed, fixed=(*instance.fixed, merger))
            staff = replace(staff, apart=pair)
    return _priced(rng, replace(instance, staff=staff))


def offering(instance: Instance, seed: int) -> Instance:
    """The instance with a service `x` that modes of tier 2 and more can offer.

    Some offices offer it today, at some it may be added, and with some luck a region must have it
    or everyone must be within reach of it.
    """
    rng = np.random.default_rng([seed, 99])
    n_sites, n_years = instance.today.size, len(instance.years)
    can = instance.tier >= 2
    base = np.array([s for s in range(instance.tier.size) for _ in range(1 + can[s])])
    has = np.array([k for s in range(instance.tier.size) for k in range(1 + can[s])], dtype=bool)
    first = rng.random(n_sites) < 0.5
    first[rng.integers(0, n_sites)] = True
    addable = rng.random((n_sites, n_years)) < 0.5
    kept = first[:, None] & can[base]
    holds = np.where(kept, has, ~has)[:, :, None] | (has & ~kept)[:, :, None] & addable[:, None]
    today = [
        np.flatnonzero((base == s) & (has == (k & can[s])))[0]
        for s, k in zip(instance.today, first & (instance.today != CLOSED), strict=True)
    ]
    stated = with_changes(
        instance,
        states=tuple(
            instance.states[b] + ("+x" if k else "") for b, k in zip(base, has, strict=True)
        ),
        waiting=instance.waiting[:, base],
        tier=instance.tier[base],
        rank=instance.rank[:, base],
        today=np.array(today, dtype=np.int64),
        allowed=instance.allowed[:, base] & holds,
        fixed_cost=instance.fixed_cost[:, base],
        fte_min=instance.fte_min[base],
        conversion=instance.money.conversion[base],
        coverage=tuple(replace(rule, states=rule.states[base]) for rule in instance.coverage),
        limits=tuple(replace(rule, states=rule.states[base]) for rule in instance.limits),
        fixed=tuple(replace(one, allowed=one.allowed[base]) for one in instance.fixed),
        services=("x",),
        offers=has[:, None],
        equipment=np.array([float(rng.choice([0.0, 0.2, 0.7]))]),
    )
    start = int(rng.integers(0, n_years))
    if rng.random() < 0.5:
        inside = np.zeros(n_sites, dtype=bool)
        inside[rng.permutation(n_sites)[:2]] = True
        rule = CoverageRule("county", "01", inside, has, 1, start, "x")
        stated = replace(stated, coverage=(*stated.coverage, rule))
    elif rng.random() < 0.5:
        people = rng.uniform(1.0, 9.0, instance.minutes.shape[0])
        near = instance.minutes <= 45.0
        least = float(rng.choice([0.6, 1.0])) * float(people[near.any(axis=1)].sum())
        total = float(people.sum())
        one = AccessRule("service_coverage", "x:1:nation", near, people, least, total, has, start)
        stated = replace(stated, access=(*stated.access, one))
    return stated


def flowing(instance: Instance, seed: int) -> Instance:
    """An instance of `offering` where x has visits of its own, which only sites with it serve."""
    rng = np.random.default_rng([seed, 101])
    part = rng.uniform(0.1, 0.5, (1, instance.minutes.shape[0], 1))
    last = instance.demand[:, :, -1:]
    demand = np.concatenate([instance.demand[:, :, :-1], last * (1 - part), last * part], axis=2)
    stated = replace(
        instance,
        demand=demand,
        flowing=(0,),
        flow_digital=np.array([float(rng.choice([0.0, 0.8]))]),
    )
    stated = replace(stated, today_cost=assign(stated, instance.today).cost)
    return _priced(rng, stated) if np.isfinite(stated.today_cost).all() else instance


def counted(instance: Instance, seed: int) -> Instance:
    """The instance with a number of open sites asked for, exactly or at most."""
    rng = np.random.default_rng([seed, 99])
    most = int(rng.integers(1, instance.today.size + 1))
    least = most if rng.random() < 0.5 else 0
    first = int(rng.integers(0, len(instance.years)))
    return replace(instance, open_sites=OpenSites(least, most, first))


def helped(instance: Instance, seed: int) -> Instance:
    """The instance with help by video between offices with placed staff; tight means again."""
    rng = np.random.default_rng([seed, 88])
    placed = np.array([name.startswith(("staffed", "reduced")) for name in instance.states])
    share = float(rng.choice([0.05, 0.2, 0.5]))
    remote = Remote(placed, share, float(rng.choice([0.0, 0.05, 0.2])))
    return _priced(rng, replace(instance, remote=remote))


def leased(instance: Instance, seed: int) -> Instance:
    """The instance with leases that are still to be paid by who leaves early; means tight again.

    Modes have one of two kinds of premises, so that some conversions leave them and some do not.
    """
    rng = np.random.default_rng([seed, 77])
    shape = instance.today.size, len(instance.years)
    tail = np.sort(rng.choice([0.0, 0.1, 0.5, 2.0], shape), axis=1)[:, ::-1]
    value = rng.choice([0.0, 0.3, 1.0], (shape[0], 1)) * np.linspace(1.0, 0.4, shape[1])
    kinds = np.array([0, *rng.integers(1, 3, len(instance.states) - 1)])
    part = rng.choice([0.5, 1.0], (shape[0], kinds.size, 1))
    early = rng.random((shape[0], 1)) < np.where(np.arange(shape[1]) == 0, 0.3, 0.0)
    late = replace(instance, premises=kinds, lease_tail=tail[:, None] * part, write_off=value)
    allowed = late.allowed & (late.housed[:, :, None] | ~early[:, None])
    return _priced(rng, replace(late, allowed=allowed, possible=allowed, early=early))


def paced(instance: Instance, seed: int) -> Instance:
    """The instance with limits on closures in a year, and sites that replace each other at once."""
    rng = np.random.default_rng([seed, 66])
    sites = instance.today.size
    group = ~instance.candidate & (rng.random(sites) < 0.8)
    rules = (
        ClosureRule("closures:nation", ~instance.candidate, int(rng.integers(0, 3))),
        ClosureRule("closures:ssc:a", group, int(rng.integers(0, 2))),
    )
    towns = rng.integers(0, 2, sites) if rng.random() < 0.6 else None
    return replace(instance, closures=rules[: int(rng.integers(1, 3))], towns=towns)


def consulted(instance: Instance, seed: int) -> Instance:
    """The instance with its sites in two municipalities that take time to leave."""
    rng = np.random.default_rng([seed, 67])
    town = rng.integers(0, 2, instance.today.size)
    town[0] = 1 - town[np.flatnonzero(~instance.candidate)[-1]]  # both kinds: of one and of several
    first = rng.integers(0, len(instance.years) + 1, 2)
    held = np.arange(len(instance.years)) < first[:, None]
    offices = np.bincount(town[~instance.candidate], minlength=2) > 0
    return replace(instance, consulted=Consultation(town, held & offices[:, None]))


def only(instance: Instance, site: int, *states: int) -> Instance:
    """The instance with a site that may only take some states, in every year."""
    allowed = instance.allowed.copy()
    allowed[site] = np.isin(np.arange(allowed.shape[1]), states)[:, None]
    decision = FixedDecision("mode", site, allowed[site], "a test says so")
    return replace(instance, allowed=allowed, fixed=(*instance.fixed, decision))


def a_pair(*, years: int = 1, **changes: Any) -> Instance:
    """Two zones, two staffed offices, one need; each zone lives at its own office.

    1,000 visits from each zone, 10 minutes to the own office and 40 to the other. Modes: staffed
    (no waiting, 1 FTE at least) and reduced (8 minutes, 0.5 FTE). Premises 2 and 1 mnkr, wage 1
    mnkr, one FTE takes 1,000 visits, room for 5,000; nothing is lost, one-offs are free, and the
    means are ample.
    """
    ones = np.ones(years)
    fixed = np.zeros((2, 3, years))
    fixed[:, 1], fixed[:, 2] = 2.0, 1.0
    instance = Instance(
        zones=("z1", "z2"),
        sites=("o1", "o2"),
        years=tuple(range(2025, 2025 + years)),
        states=("closed", "staffed", "reduced"),
        candidate=np.zeros(2, dtype=bool),
        minutes=np.array([[10.0, 40.0], [40.0, 10.0]]),
        waiting=np.array([[0.0, 0.0, 8.0]] * 2),
        tier=np.array([0, 1, 1]),
        rank=np.array([[0, 2, 1]] * 2),
        demand=np.full((years, 2, 1), 1_000.0),
        today_cost=np.full((2, 1), 10.0),
        today=np.array([1, 1]),
        allowed=np.ones((2, 3, years), dtype=bool),
        fixed_cost=fixed,
        fte_min=np.array([0.0, 1.0, 0.5]),
        room=np.full(2, 5_000.0),
        visits_per_fte=1_000.0 * ones,
        staffing_after_decay=False,
        digital_share=0.0,
        decay_scale_minutes=30.0,
        lost_visit_minutes=0.0,
        upgrades_allowed=False,
        money=Money(
            appropriation=100.0 * ones,
            other_income=0.0 * ones,
            saving_limit=0.0 * ones,
            credit_limit=0.0 * ones,
            carry_worth=ones,
            central=0.0 * ones,
            wage_per_fte=1.0 * ones,
            price_index=ones,
            carry_in=0.0,
            fee_per_visit=0.0,
            extension_per_visit=np.zeros((2, years)),
            closure=0.0,
            opening=0.0,
            conversion=np.zeros(3),
        ),
        coverage=(),
        limits=(),
        fixed=(),
    )
    return with_changes(instance, **changes)


def _minutes(rng: np.random.Generator, zones: int, sites: int) -> np.ndarray:
    homes, offices = rng.uniform(0, 80, (zones, 2)), rng.uniform(0, 80, (sites, 2))
    away = np.hypot(*(homes[:, None] - offices[None]).transpose(2, 0, 1))
    if rng.random() < 0.5:
        return np.round(away / 4.0) * 4.0
    return np.round(away * rng.uniform(0.8, 1.3, away.shape), 2)


def _ranks(tier: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    """[J, M+1] by tier, then less waiting; equal, equal rank; an office's own days count."""
    level = np.where(tier > 0, 100.0 * tier - waiting, 0.0)
    return np.array([np.unique(np.append(own, 0.0), return_inverse=True)[1][:-1] for own in level])


def _allowed(
    rng: np.random.Generator,
    today: np.ndarray,
    candidate: np.ndarray,
    rank: np.ndarray,
    years: int,
    choices: int,
) -> np.ndarray:
    n_states = rank.size
    allowed = np.zeros((today.size, n_states, years), dtype=bool)
    for j, now in enumerate(today):
        some = rng.permutation(np.arange(1, n_states))[:choices]
        allowed[j, some] = True
        allowed[j, now] = allowed[j, CLOSED] = True
        if not candidate[j] and rng.random() < 0.2:
            allowed[j, CLOSED, : rng.integers(1, years + 1)] = False  # keep for some years
    return allowed


def _money(
    rng: np.random.Generator, sites: int, index: np.ndarray, conversion: np.ndarray
) -> Money:
    years = index.size
    return Money(
        appropriation=np.zeros(years),
        other_income=np.full(years, 1.0),
        saving_limit=rng.uniform(0.0, 0.6, years),
        credit_limit=rng.uniform(0.0, 0.6, years),
        carry_worth=np.linspace(0.97, 0.93, years),
        central=2.0 * index,
        wage_per_fte=0.7 * index,
        price_index=index,
        carry_in=float(rng.choice([0.0, 0.3, -0.2])),
        fee_per_visit=float(rng.choice([0.0, 3e-4])),
        extension_per_visit=np.outer(np.full(sites, rng.uniform(0.0, 6e-4)), index),
        closure=float(rng.uniform(0.0, 0.6)),
        opening=float(rng.uniform(0.0, 1.0)),
        conversion=conversion,
    )


def _coverage(
    rng: np.random.Generator, tier: np.ndarray, sites: int, years: int
) -> tuple[CoverageRule, ...]:
    rules = []
    for region, members in enumerate(np.array_split(rng.permutation(sites), 2)):
        if rng.random() < 0.4:
            here = np.isin(np.arange(sites), members)
            start = int(rng.integers(0, years))
            rules.append(CoverageRule("fa", f"{region:02d}", here, tier >= 2, 1, start))
    return tuple(rules)


def _limits(rng: np.random.Generator, states: tuple[str, ...], sites: int) -> tuple[LimitRule, ...]:
    if rng.random() < 0.5:
        return ()
    family = np.array([name in ("flexible", "mobile") for name in states])
    return (LimitRule("flexible", np.ones(sites, dtype=bool), family, int(rng.integers(1, 3))),)


def _priced(rng: np.random.Generator, instance: Instance) -> Instance:
    """Means a little above or well below what today's network costs."""
    states = np.repeat(instance.today[:, None], len(instance.years), axis=1)
    cost = evaluate(instance, states).ledger.cost
    means = cost[0] * rng.uniform(0.82, 1.06) * np.linspace(1.0, rng.uniform(0.94, 1.03), cost.size)
    return with_changes(instance, appropriation=means - 1.0)


def fair(instance: Instance, seed: int) -> Instance:
    """The instance where the worst off of some people count more."""
    rng = np.random.default_rng([seed, 55])
    people = rng.uniform(0.0, 1.0, len(instance.zones)) * (rng.random(len(instance.zones)) > 0.2)
    people[rng.integers(0, people.size)] += 0.1
    weight, tail = float(rng.choice([0.3, 1.0, 5.0])), float(rng.choice([0.1, 0.3, 0.6]))
    column = int(rng.integers(0, instance.n_needs))
    return replace(instance, equity=Equity(weight, tail, column, people / people.sum()))
