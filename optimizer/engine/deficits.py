"""How far the rules of one year are missed, as a plan stands and after every change of one site.

Rules that count sites (coverage, limits on modes) are stated once as pairs of a rule and a site, so
that a year is a few array operations however many regions there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.instance import (
    CLOSED,
    AccessRule,
    Bools,
    Consultation,
    CoverageRule,
    Floats,
    Instance,
    Ints,
)

_KEPT = 24  #: states of a year whose deficits are remembered


class Deficits:
    """The rules of an instance, asked again and again while a plan is sought."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._years = [_rules_of(instance, t) for t in range(len(instance.years))]
        self._known: dict[tuple[bytes, int], tuple[Floats, float]] = {}

    def of(self, states: Ints, t: int) -> tuple[Floats, float]:
        """How far rules are missed if site j takes state s in year t, and as the plan stands.

        ``states`` is [J]. Gives [J, M+1] the sum of missing or surplus sites over the rules after
        that one change, and the sum now. Of access it is percentage points of the people, or zones
        left behind. That some site serves the highest need, and each service with visits, counts
        as a rule of coverage.
        """
        key = states.tobytes(), t
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._counted(states, t)
        return self._known[key]

    def _counted(self, states: Ints, t: int) -> tuple[Floats, float]:
        year, instance = self._years[t], self._instance
        after = np.zeros(instance.waiting.shape)
        now = 0.0
        parts = [year.coverage.of(states), year.limits.of(states)]
        if instance.consulted is not None:
            parts.append(_consulted_deficit(instance.consulted, states, t, instance.tier.size))
        number = instance.open_sites
        if number is not None and t >= number.from_year:
            is_open = np.arange(instance.tier.size) != CLOSED
            change = is_open * 1.0 - is_open[states][:, None]
            missed = float(number.missed((states != CLOSED).sum()))
            more = number.missed((states != CLOSED).sum() + change) - missed
            parts.append((np.asarray(more, dtype=np.float64), missed))
        parts += [standard.of(states) for standard in year.access]
        for more, missed in parts:
            after += more
            now += missed
        return after + now, now


@dataclass(frozen=True)
class _Year:
    """The rules in force in a year."""

    coverage: _Counts
    limits: _Counts
    access: tuple[_Access, ...]


@dataclass(frozen=True)
class _Counts:
    """Rules on a number of sites, as pairs of a rule and a site that may count for it."""

    rule: Ints  #: [pairs]
    site: Ints  #: [pairs]
    counts: Bools  #: [pairs, M+1] the states in which the site counts
    limit: Floats  #: [rules]
    missed: Callable[[Floats], Floats]  #: by how much, of the count less the limit
    to_sites: sp.csr_array  #: [J, pairs]

    def of(self, states: Ints) -> tuple[Floats, float]:
        """[J, M+1] how much more is missed after one change, and what is missed now."""
        counted = self.counts[np.arange(self.site.size), states[self.site]]
        beyond = np.bincount(self.rule, weights=counted, minlength=self.limit.size) - self.limit
        change = self.counts * 1.0 - counted[:, None]
        now = self.missed(beyond)
        more = self.missed(beyond[self.rule][:, None] + change) - now[self.rule][:, None]
        return np.asarray(self.to_sites @ more), float(now.sum())


class _Access:
    """A standard of access, its sets as numbers."""

    def __init__(self, rule: AccessRule) -> None:
        self._rule, self._sets = rule, sp.csr_array(rule.sets.astype(np.float64))
        self._of_sites = self._sets.T.tocsr()

    def of(self, states: Ints) -> tuple[Floats, float]:
        """[J, M+1] how much more is missing after one change, and what is missing now.

        In percentage points of the people, or in zones left behind.
        """
        rule = self._rule
        unit = 1.0 if rule.kind == "no_one_left_behind" else 100.0 / rule.total
        serving = rule.states[states]
        count = self._sets @ serving.astype(np.float64)
        reached = float(rule.people[count > 0].sum())
        gained = self._of_sites @ (rule.people * (count == 0))
        lost = self._of_sites @ (rule.people * (count == 1))
        missed = unit * max(0.0, rule.least - reached)
        change = np.where(serving, 0.0, gained)[:, None] * rule.states
        change -= np.where(serving, lost, 0.0)[:, None] * ~rule.states
        after = unit * np.maximum(0.0, rule.least - reached - change)
        return after - missed, missed


def _rules_of(instance: Instance, t: int) -> _Year:
    coverage = [
        (rule.sites[:, None] & rule.states, rule.min_points)
        for rule in (*instance.coverage, *_destinations(instance))
        if t >= rule.from_year
    ]
    limits = [(rule.counted, rule.at_most) for rule in instance.limits if t >= rule.from_year]
    return _Year(
        _counts(instance, coverage, lambda beyond: np.maximum(0.0, -beyond)),
        _counts(instance, limits, lambda beyond: np.maximum(0.0, beyond)),
        tuple(_Access(rule) for rule in instance.access if t >= rule.from_year),
    )


def _counts(
    instance: Instance, rules: list[tuple[Bools, int]], missed: Callable[[Floats], Floats]
) -> _Counts:
    n_sites, n_states = instance.waiting.shape
    sites = [np.flatnonzero(cells.any(axis=1)) for cells, _ in rules]
    rule = np.repeat(np.arange(len(rules)), [some.size for some in sites])
    none = np.zeros(0, dtype=np.int64)
    site = np.concatenate([none, *sites])
    counts = [np.zeros((0, n_states), dtype=bool)]
    counts += [cells[some] for (cells, _), some in zip(rules, sites, strict=True)]
    pairs = np.arange(site.size)
    to_sites = sp.csr_array((np.ones(site.size), (site, pairs)), shape=(n_sites, site.size))
    limit = np.array([number for _, number in rules], dtype=np.float64)
    return _Counts(rule, site, np.concatenate(counts), limit, missed, to_sites)


def _destinations(instance: Instance) -> list[CoverageRule]:
    """Every visit has a destination: somewhere a site serves the highest need, and each service."""
    everywhere = np.ones(instance.today.size, dtype=bool)
    return [
        CoverageRule("nation", "all", everywhere, instance.serves[:, need], 1, 0)
        for need in instance.last_columns
    ]


def _consulted_deficit(
    rule: Consultation, states: Ints, t: int, n_states: int
) -> tuple[Floats, float]:
    """[J, M+1] how many more municipalities one change leaves without a site; and how many are."""
    is_open = (states != CLOSED).astype(np.float64)
    count = np.bincount(rule.town, weights=is_open, minlength=rule.held.shape[0])[rule.town]
    then = count[:, None] - is_open[:, None] + (np.arange(n_states) != CLOSED)
    empty = (then == 0).astype(np.float64) - (count == 0)[:, None]
    return empty * rule.held[rule.town, t][:, None], float(rule.empty(states, t).sum())
