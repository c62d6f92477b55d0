"""The paths a site may take through the planning years, and the rules a change of path touches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer.engine.evaluate import moves_allowed
from optimizer.engine.leases import endings
from optimizer.instance import (
    CLOSED,
    AccessRule,
    Consultation,
    CoverageRule,
    Floats,
    Instance,
    Ints,
)


@dataclass(frozen=True)
class Paths:
    """Every allowed path of every site, as flat arrays."""

    site: Ints  #: [P]
    states: Ints  #: [P, T]
    one_off: Floats  #: [P, T] what closing, leaving premises, converting and opening cost, mnkr


def all_paths(instance: Instance) -> Paths:
    """Every path that transitions, partners and fixed decisions allow, site by site."""
    n_sites, n_years = instance.today.size, len(instance.years)
    step = _allowed_steps(instance)
    sites: list[int] = []
    rows: list[tuple[int, ...]] = []
    for j in range(n_sites):
        usable = [np.flatnonzero(instance.allowed[j, :, t]).tolist() for t in range(n_years)]
        for path in product(*usable):
            before = (int(instance.today[j]), *path[:-1])
            if all(step[j][a, b] for a, b in zip(before, path, strict=True)):
                sites.append(j)
                rows.append(path)
    site = np.array(sites, dtype=np.int64)
    states = np.array(rows, dtype=np.int64).reshape(site.size, n_years)
    return Paths(site, states, _one_offs(instance, site, states))


def _allowed_steps(instance: Instance) -> list[Ints]:
    """[M+1, M+1] for each site: may it go from one state to the other within a year."""
    n_sites, n_states = instance.waiting.shape
    table = np.zeros((n_states, n_states, n_sites), dtype=np.int64)
    for a in range(n_states):
        for b in range(n_states):
            table[a, b] = moves_allowed(instance, np.full(n_sites, a), np.full(n_sites, b))
    return [table[:, :, j] for j in range(n_sites)]


def _one_offs(instance: Instance, site: Ints, states: Ints) -> Floats:
    before = np.column_stack([instance.today[site], states[:, :-1]])
    money = instance.money
    opened = (before == CLOSED) & (states != CLOSED)
    converted = instance.converted(before, states)
    amount = opened * money.opening + converted * money.conversion[states]
    amount = amount + instance.equipment_of(before, states)
    ending = sum(endings(instance, site, states).values())
    return np.asarray(amount * money.price_index + ending, dtype=np.float64)


def _destinations(instance: Instance) -> list[CoverageRule]:
    """Every visit has a destination: somewhere a site serves the highest need, and each service."""
    everywhere = np.ones(instance.today.size, dtype=bool)
    return [
        CoverageRule("nation", "all", everywhere, instance.serves[:, need], 1, 0)
        for need in instance.last_columns
    ]


def rule_deficits(instance: Instance, states: Ints, t: int) -> tuple[Floats, float]:
    """How far coverage and limits are missed if site j takes state s in year t.

    That some site serves the highest need, and each service with visits, counts as a rule of
    coverage.
    Gives [J, M+1] the sum of missing or surplus sites over the rules after that one change, and
    the sum as the plan stands. ``states`` is [J].
    """
    n_sites, n_states = instance.waiting.shape
    after = np.zeros((n_sites, n_states))
    now = 0.0
    for rule in (*instance.coverage, *_destinations(instance)):
        if t >= rule.from_year:
            count = rule.states[states[rule.sites]].sum()
            standing = max(0.0, rule.min_points - float(count))
            now += standing
            member = np.flatnonzero(rule.sites)
            change = rule.states[None, :] * 1.0 - rule.states[states[member]][:, None]
            after[member] += np.maximum(0.0, rule.min_points - count - change) - standing
    for limit in instance.limits:
        if t >= limit.from_year:
            count = limit.count(states)
            standing = max(0.0, float(count) - limit.at_most)
            now += standing
            counted = limit.counted
            change = counted * 1.0 - counted[np.arange(n_sites), states][:, None]
            after += np.maximum(0.0, count + change - limit.at_most) - standing
    if instance.consulted is not None:
        more, missing = _consulted_deficit(instance.consulted, states, t, n_states)
        now += missing
        after += more
    number = instance.open_sites
    if number is not None and t >= number.from_year:
        is_open = np.arange(n_states) != CLOSED
        change = is_open * 1.0 - is_open[states][:, None]
        missed = float(number.missed((states != CLOSED).sum()))
        now += missed
        after += number.missed((states != CLOSED).sum() + change) - missed
    for standard in instance.access:
        if t >= standard.from_year:
            more, standing = _access_deficit(standard, states)
            now += standing
            after += more
    return after + now, now


def _consulted_deficit(
    rule: Consultation, states: Ints, t: int, n_states: int
) -> tuple[Floats, float]:
    """[J, M+1] how many more municipalities one change leaves without a site; and how many are."""
    is_open = (states != CLOSED).astype(np.float64)
    count = np.bincount(rule.town, weights=is_open, minlength=rule.held.shape[0])[rule.town]
    then = count[:, None] - is_open[:, None] + (np.arange(n_states) != CLOSED)
    empty = (then == 0).astype(np.float64) - (count == 0)[:, None]
    return empty * rule.held[rule.town, t][:, None], float(rule.empty(states, t).sum())


def _access_deficit(rule: AccessRule, states: Ints) -> tuple[Floats, float]:
    """[J, M+1] how much more is missing after one change, and what is missing now.

    In percentage points of the people, or in zones left behind.
    """
    unit = 1.0 if rule.kind == "no_one_left_behind" else 100.0 / rule.total
    serving = rule.states[states]
    count = rule.sets[:, serving].sum(axis=1)
    reached = float(rule.people[count > 0].sum())
    gained = rule.people * (count == 0) @ rule.sets
    lost = rule.people * (count == 1) @ rule.sets
    standing = unit * max(0.0, rule.least - reached)
    change = np.zeros((states.size, rule.states.size))
    change[np.ix_(~serving, rule.states)] = gained[~serving, None]
    change[np.ix_(serving, ~rule.states)] = -lost[serving, None]
    after = unit * np.maximum(0.0, rule.least - reached - change)
    return after - standing, standing
