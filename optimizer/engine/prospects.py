"""What changes of one site's path would bring, and what a plan misses, in estimates.

All paths of all sites are priced against a plan at once: visit-minutes, money of each year, rules.
Search proposes its steps from these tables and counts each exactly before it takes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.changes import change_deficits
from optimizer.engine.deficits import Deficits
from optimizer.engine.evaluate import Evaluation
from optimizer.engine.neighbourhood import Changes, single_changes
from optimizer.engine.paths import Paths
from optimizer.engine.staff import changes_of_staff
from optimizer.instance import Floats, Instance, Ints
from optimizer.instance.aim import KRONOR

_RULE_WEIGHT = 30.0  #: mnkr of shortfall that one missing or surplus site counts as, in the search
_MOST_UNDONE, _MOST_DONE = 1200, 2500  #: changes among which pairs are looked for, the best first
_MATES_EACH = 3  #: pairs of each change that is undone
_MOST_PAIRS = 2000  #: the best of all of them
_YEARS_KEPT = 12  #: tables of single changes, a year of a plan each
LESS_MINUTES, _LESS_MNKR = 1e-6, 1e-9  #: less than this is rounding, of visit-minutes and of mnkr
_ROUGH_MNKR = 0.05  #: how far a pair may seem to miss the means and is still counted exactly
_ROUGH_STAFF_MNKR = 0.3  #: the same where redundancies, which are estimated, are part of it
_MINUTE_MNKR = 3e-5  #: mnkr that a visit-minute beyond the ceiling of an earlier aim counts as


@dataclass(frozen=True)
class Estimates:
    """All paths of all sites against the plan at hand."""

    value: Floats  #: [P] objective more
    minutes: Floats  #: [P] visit-minutes more
    spend: Floats  #: [P, T] cost and fees lost more, one-offs included, mnkr
    spend_after: Floats  #: [P] recurring part of the last year
    rules: Floats  #: [P] rule deficits more


class Prospects:
    """Of all ``paths`` of an instance, against one plan after the other."""

    def __init__(self, instance: Instance, paths: Paths) -> None:
        self.instance, self.paths = instance, paths
        self._cache: dict[bytes, Changes] = {}
        self._deficits = Deficits(instance)
        self._rough_mnkr = _ROUGH_MNKR if instance.staff is None else _ROUGH_STAFF_MNKR

    def estimates(self, current: Evaluation) -> Estimates:
        """All paths priced against the plan ``current``."""
        paths, n_years = self.paths, len(self.instance.years)
        minutes = np.zeros(paths.site.size)
        rules, _ = change_deficits(self.instance, paths.site, paths.states, current.states)
        spend = np.zeros((paths.site.size, n_years))
        fte = np.zeros((paths.site.size, n_years))
        now = self._path_one_offs(current.states)
        for t in range(n_years):
            changes = self._changes(current.states[:, t], t)
            state = paths.states[:, t]
            minutes += changes.burden[paths.site, state]
            spend[:, t] = changes.cost[paths.site, state]
            fte[:, t] = changes.fte[paths.site, state]
            after, before = self._deficits.of(current.states[:, t], t)
            rules += after[paths.site, state] - before
        last = spend[:, -1].copy()
        spend += paths.one_off - now[paths.site]
        if self.instance.staff is not None:
            spend += changes_of_staff(self.instance, current.staff, paths.site, fte)
        value = self.instance.aim.value(minutes, spend.sum(axis=1))
        return Estimates(value, minutes, spend, last, rules)

    def missed_by(self, current: Evaluation) -> float:
        """Mnkr that the plan misses: money, ceilings and rules; 0 where it is feasible."""
        zero = np.zeros((1, len(self.instance.years)))
        missed = _RULE_WEIGHT * self._rules_missed(current)
        over = self._over(current, np.zeros(1), zero)
        return float(self._shortfall(current, zero, np.zeros(1))[0] + over[0] + missed)

    def missed_after(self, current: Evaluation, estimates: Estimates) -> Floats:
        """[P] the same after each path of the ``estimates``, as far as it can be estimated."""
        missed = self._shortfall(current, estimates.spend, estimates.spend_after)
        missed += self._over(current, estimates.minutes, estimates.spend)
        missed += _RULE_WEIGHT * (estimates.rules + self._rules_missed(current))
        return missed

    def pairs(self, current: Evaluation, estimates: Estimates) -> list[tuple[int, int]]:
        """Promising pairs (undo one, do another), best estimate first."""
        value = estimates.value
        undo = np.flatnonzero(value < -LESS_MINUTES)
        helps = estimates.spend.min(axis=1) < -_LESS_MNKR
        if self.instance.aim.mnkr or self.instance.ceilings:  # not by money alone
            helps |= (estimates.rules < -_LESS_MNKR) | (estimates.minutes < -LESS_MINUTES)
        do = np.flatnonzero((value >= -LESS_MINUTES) & helps)
        undo = undo[np.argsort(value[undo], kind="stable")][:_MOST_UNDONE]
        do = do[np.argsort(value[do], kind="stable")][:_MOST_DONE]
        found: list[tuple[float, int, int]] = []
        after_do = estimates.spend_after[do]
        left = (
            current.ledger.margin_after + self._rough_mnkr if self.instance.budget_holds else np.inf
        )
        for a in undo:
            could = (value[do] < -value[a]) & (after_do <= left - estimates.spend_after[a])
            mates = do[could]
            mates = mates[self.paths.site[mates] != self.paths.site[a]]
            if mates.size == 0:
                continue
            spend = estimates.spend[mates] + estimates.spend[a]
            after = estimates.spend_after[mates] + estimates.spend_after[a]
            rules = estimates.rules[mates] + estimates.rules[a]
            ok = self._shortfall(current, spend, after) + _RULE_WEIGHT * np.maximum(rules, 0.0)
            ok += self._over(current, estimates.minutes[mates] + estimates.minutes[a], spend)
            fit = mates[ok <= self._rough_mnkr]
            for b in fit[np.argsort(value[fit], kind="stable")][:_MATES_EACH]:
                found.append((float(value[a] + value[b]), int(a), int(b)))
        found.sort()
        return [(a, b) for _, a, b in found[:_MOST_PAIRS]]

    def _changes(self, states: Ints, t: int) -> Changes:
        key = states.tobytes() + bytes([t])
        if key not in self._cache:
            if len(self._cache) > _YEARS_KEPT:
                self._cache.pop(next(iter(self._cache)))
            self._cache[key] = single_changes(self.instance, states, t)
        return self._cache[key]

    def _path_one_offs(self, states: Ints) -> Floats:
        out = np.zeros(states.shape)
        match = (self.paths.states == states[self.paths.site]).all(axis=1)
        out[self.paths.site[match]] = self.paths.one_off[match]
        return out

    def _rules_missed(self, current: Evaluation) -> float:
        none, states = np.zeros(0, dtype=np.int64), current.states
        years = range(len(self.instance.years))
        by_year = [self._deficits.of(states[:, t], t)[1] for t in years]
        _, changes = change_deficits(self.instance, none, states[none], states)
        return sum(by_year) + changes

    def _over(self, current: Evaluation, minutes: Floats, spend: Floats) -> Floats:
        """Mnkr that ceilings of earlier aims are exceeded by with so much more of both.

        Nothing while some visit has no destination: that comes first.
        """
        over = np.zeros(minutes.size)
        if not np.isfinite(current.burden).all():
            return over
        for ceiling in self.instance.ceilings:
            aim = ceiling.aim
            now = aim.value(current.minutes, current.ledger.spent).sum()
            beyond = ceiling.beyond(now + aim.value(minutes, spend.sum(axis=1)))
            beyond = np.where(beyond > 1e-9 * abs(ceiling.most) + 1e-6, beyond, 0.0)
            over += beyond * (1.0 / KRONOR if aim.mnkr else _MINUTE_MNKR)
        return over

    def _shortfall(self, current: Evaluation, spend: Floats, spend_after: Floats) -> Floats:
        """Mnkr missing over the years if ``spend`` [n, T] is added to the plan's cost."""
        if not self.instance.budget_holds:
            return np.zeros(spend.shape[0])
        ledger, money = current.ledger, self.instance.money
        net = ledger.means - ledger.cost
        n_years = net.size
        carried = np.full(spend.shape[0], money.carry_in)
        missing = np.zeros(spend.shape[0])
        for t in range(n_years):
            lowest = 0.0 if t == n_years - 1 else -money.credit_limit[t]
            result = carried * money.carry_worth[t] + net[t] - spend[:, t]
            missing += np.maximum(0.0, lowest - result)
            carried = np.clip(result, lowest, money.saving_limit[t])
        return np.asarray(missing + np.maximum(0.0, spend_after - ledger.margin_after))
