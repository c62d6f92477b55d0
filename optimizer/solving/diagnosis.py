"""Why no plan fits: which requirements collide, and the least that each would have to give.

An elastic relaxation (Chinneck and Dravnieks 1991): the rows of every requirement that people set
may be missed at a price. Kind by kind, all others held, the least that has to give is sought; where
no kind alone is enough, the least of all together. The amounts are those of a linear relaxation
with chains cut short: what is truly missing is no less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from pulp import LpVariable

from geodata.problems import Problem
from optimizer.engine.depth import EARLY_DEPTH, first_chains
from optimizer.engine.pooled import Pooled, pooled
from optimizer.instance import AccessRule, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.build import build_model
from optimizer.model.requirements import REQUIREMENTS
from optimizer.model.variables import Variables
from optimizer.rules import impossible
from optimizer.solving.solvers import Highs, column_order

#: what people set and may change, in the order in which equal ways out are told
ELASTIC = (
    "budget_by_year",
    "mode_limits",
    "open_sites",
    "access_standard",
    "no_one_left_behind",
    "region_coverage",
    "service_coverage",
    "fixed_decisions",
    "staff_balance",
    "transition",
)
PACE = "closures:"  #: the scopes of limits on the closures of a year
_LEAST = 1e-4
_HAIR = 1e-9
_MOST_WAYS, _MOST_TOLD = 3, 8


@dataclass(frozen=True)
class Diagnosis:
    """What stands against a plan; nothing if a plan may exist."""

    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found that rules every plan out."""
        return not self.problems


@dataclass(frozen=True)
class Give:
    """What one rule would have to give at least, in its own unit."""

    requirement: str
    scope: str
    amount: float
    limit: float  #: as it stands


def diagnose(instance: Instance, *, seconds: float = 45.0) -> Diagnosis:
    """Rules that no network can meet, and where rules collide the least that has to give.

    Chains of one site come first; longer ones only where those leave a plan possible.
    """
    problems = impossible(instance)
    if problems:
        return Diagnosis(tuple(problems))
    end = time.monotonic() + seconds
    for engine in _engines(instance):
        if time.monotonic() >= end:
            break
        ways = conflicts(instance, engine, seconds=end - time.monotonic())
        if ways:
            return Diagnosis(tuple(_problems(ways)))
    return Diagnosis(())


def _engines(instance: Instance) -> Iterator[Pooled]:
    """Relaxations, the quick and rough one first."""
    yield pooled(instance, 1)
    yield pooled(instance, EARLY_DEPTH)
    depth, tails = first_chains(instance)
    yield pooled(instance, depth, tails=tails)


def conflicts(instance: Instance, engine: Pooled, *, seconds: float) -> list[tuple[Give, ...]]:
    """Ways out of a conflict, the least change first; none if a relaxation meets every rule.

    A way is what rules of one kind would have to give if no other does; the last resort is all
    kinds together. What does not end in time is left out.
    """
    end = time.monotonic() + seconds
    elastic = _Elastic(instance, engine)
    everything = elastic.least(ELASTIC, seconds=seconds)
    if not everything:
        return []
    ways = []
    for kind in dict.fromkeys(give.requirement for give in elastic.rules):
        left = end - time.monotonic()
        gives = elastic.least((kind,), seconds=left) if left > 0 else None
        if gives:
            ways.append(gives)
    ways.sort(key=lambda way: sum(give.amount / max(give.limit, 1.0) for give in way))
    return ways[:_MOST_WAYS] or [everything]


class _Elastic:
    """The relaxation with a slack on each row that may give; solved again for each question."""

    def __init__(self, instance: Instance, engine: Pooled) -> None:
        free = replace(instance, access=tuple(map(_in_shares, instance.access)))
        if instance.possible is not None:
            free = replace(free, allowed=instance.possible, fixed=())
        model = build_model(free, engine, relaxed=True, off=set(ELASTIC))
        self.rules: list[Give] = []
        self._slack_rule: list[int] = []
        self._slacks: list[LpVariable] = []
        self._model = model
        for requirement in REQUIREMENTS:
            if requirement.name in ELASTIC and requirement.name != "fixed_decisions":
                for block in requirement.rows(free, engine, model.variables):
                    self._add(block, gives=_may_give(block))
        for block in _decisions(instance, model.variables):
            self._add(block, gives=np.ones(block.rhs.size, dtype=bool))
        model.problem.setObjective(sum(self._slacks[1:], self._slacks[0] * 1.0))
        self._highs: Any = None

    def _add(self, block: Block, *, gives: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
        """State a block; each row that gives has a slack of its own."""
        problem = self._model.problem
        sign = -1.0 if block.sense == "<=" else 1.0
        for row in range(block.rhs.size):
            one = next(block.only(np.array([row])).constraints(self._model.columns), None)
            if one is None:
                continue
            if gives[row]:
                rule = Give(block.requirement, block.scope, 0.0, float(block.rhs[row]))
                slack = LpVariable(f"c{len(self._model.columns):08d}_give", 0)
                self._model.columns.append(slack)
                one += sign * slack
                self._slacks.append(slack)
                self._slack_rule.append(len(self.rules))
                self.rules.append(rule)
            problem.addConstraint(one, f"g{len(problem.constraints)}")

    def least(self, kinds: Sequence[str], *, seconds: float) -> tuple[Give, ...] | None:
        """The least that rules of these kinds give, all others held.

        Empty if nothing has to; None if that is not enough, or does not end in time.
        """
        if not self._slacks:
            return ()
        if self._highs is None:
            Highs(1, 1).relax(self._model, seconds=seconds)
            self._highs = self._model.problem.solverModel
            order = column_order(self._model)
            first = len(self._model.columns) - len(self._slacks)
            place = np.empty(order.size, dtype=np.int64)
            place[order] = np.arange(order.size)
            self._columns = place[first:].astype(np.int32)
        free = np.array([rule.requirement in kinds for rule in self.rules])
        highs, n_slacks = self._highs, self._columns.size
        upper = np.where(free, np.inf, 0.0)
        price = 1.0 / np.maximum(np.abs([rule.limit for rule in self.rules]), 1.0)
        highs.changeColsBounds(n_slacks, self._columns, np.zeros(n_slacks), upper)
        highs.changeColsCost(n_slacks, self._columns, price)
        highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, seconds))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = np.array(highs.getSolution().col_value)[self._columns]
        return _by_rule(self.rules, values)


def _by_rule(rules: Sequence[Give], values: np.ndarray[Any, Any]) -> tuple[Give, ...]:
    """The amounts by rule: the most over its years; sums where a row is one zone or one year."""
    found: dict[tuple[str, str], Give] = {}
    for rule, value in zip(rules, values.tolist(), strict=True):
        if value <= _LEAST:
            continue
        key = rule.requirement, rule.scope
        before = found.get(key)
        amount = value
        if before is not None:
            adds = rule.requirement in ("no_one_left_behind", "fixed_decisions")
            amount = before.amount + value if adds else max(before.amount, value)
        found[key] = replace(rule, amount=amount)
    return tuple(sorted(found.values(), key=lambda give: -give.amount))


def _in_shares(rule: AccessRule) -> AccessRule:
    """A standard for everyone as one for all but a hair, so that it gives in shares of people."""
    if rule.kind in ("access_standard", "service_coverage") and rule.everyone:
        return replace(rule, least=rule.total * (1 - _HAIR))
    return rule


def _may_give(block: Block) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The rows that state a limit people set, not those that count towards it."""
    if block.requirement in ("access_standard", "no_one_left_behind", "service_coverage"):
        return np.asarray(block.rhs > 0)
    if block.requirement == "transition":  # what may follow what is no limit
        return np.full(block.rhs.size, block.scope.startswith(PACE))
    is_limit = block.requirement != "staff_balance" or block.scope == "redundancies"
    return np.full(block.rhs.size, is_limit)


def _decisions(instance: Instance, v: Variables) -> Iterator[Block]:
    """Every planners' decision as rows, years in which it is not kept: sum y <= 0."""
    if instance.possible is None:
        return
    for decision in instance.fixed:
        scope = decision.scope(instance.sites)
        for t in range(len(instance.years)):
            wrong = np.flatnonzero(~decision.allowed[:, t])
            if wrong.size == 0:
                continue
            rows = Rows(v, 1).add(0, v.mode[decision.site, wrong, t], 1.0)
            if decision.into >= 0:
                lesser = np.flatnonzero(~instance.receiving(decision.into))
                rows.add(0, v.mode[decision.into, lesser, t], 1.0)
            yield rows.block("fixed_decisions", scope, "<=", 0.0)


def _problems(ways: Sequence[tuple[Give, ...]]) -> Iterator[Problem]:
    """The conflict in sentences: a way out each, the least change first."""
    together = len(ways) == 1 and len({give.requirement for give in ways[0]}) > 1
    for number, way in enumerate(ways, start=1):
        if together:
            also = ", with the others below"
        else:
            also = " if nothing else gives" + (f" (way out {number})" if len(ways) > 1 else "")
        for give in way[:_MOST_TOLD]:
            yield _problem(give, also)
        if len(way) > _MOST_TOLD:
            kind = f"requirements.{way[0].requirement}"
            found = f"{len(way) - _MOST_TOLD} more rules that would have to give"
            yield Problem(kind, found, f"rules that can be met together{also}")


def _problem(give: Give, also: str) -> Problem:
    """One rule, what it lacks and what would do, with its key."""
    where = f"requirements.{give.requirement}: {give.scope}"
    amount, limit = give.amount, give.limit
    match give.requirement:
        case "budget_by_year":
            year = "every year after the last" if give.scope == "after" else give.scope
            return Problem(
                f"requirements.budget_by_year, {year}",
                f"a cost at least {amount:.1f} mnkr above the means in the cheapest network there "
                "is",
                f"means that some network can keep to{also}",
                f"Lower budget.cut for {'the last year' if give.scope == 'after' else year} by at "
                f"least {amount:.1f} mnkr.",
            )
        case "mode_limits":
            least = int(np.ceil(limit + amount - 1e-6))
            found = f"at most {limit:g} sites, which the other rules do not allow"
            return Problem(where, found, f"at least {least}{also}", f"Raise at_most to {least}.")
        case "open_sites":
            found = f"{limit:g} open sites, {amount:.2f} off what the other rules allow"
            accepted = f"a number that they allow{also}"
            return Problem(f"requirements.{give.requirement}", found, accepted, "Change it.")
        case "region_coverage":
            found = f"{limit:g} sites asked for, {amount:.2f} too many beside the other rules"
            accepted = f"at most {max(0.0, limit - amount):.2f}{also}"
            return Problem(where, found, accepted, "Lower min_points, or let it begin later.")
        case "service_coverage" if limit >= 1.0 and not _of_people(give.scope):
            found = f"{limit:g} offices asked for, {amount:.2f} too many beside the other rules"
            accepted = f"at most {max(0.0, limit - amount):.2f}{also}"
            return Problem(where, found, accepted, "Lower min_points, or let it be added.")
        case "access_standard" | "service_coverage":
            found = f"a share of {limit:.4f}, which the other rules do not allow"
            accepted = f"at most {max(0.0, limit - amount):.4f}{also}"
            return Problem(where, found, accepted, "Lower share, or raise minutes.")
        case "no_one_left_behind":
            found = f"at least {amount:.1f} zones left behind under the other rules"
            accepted = f"limits that no zone misses{also}"
            return Problem(where, found, accepted, "Raise added_minutes or within_minutes.")
        case "transition":
            least = int(np.ceil(limit + amount - 1e-6))
            key = f"requirements.transition.closures: {give.scope.removeprefix(PACE)}"
            found = f"at most {limit:g} closures a year, which the other rules do not allow"
            return Problem(key, found, f"at least {least}{also}", f"Raise at_most to {least}.")
        case "fixed_decisions":
            found = "a decision that the other rules do not allow"
            accepted = f"decisions that can stand beside them{also}"
            kind, office = give.scope.split(":", 1)
            key = f"offices.{kind}: {office}"
            return Problem(key, found, accepted, "Take it away, or let it begin later.")
        case _:
            found = f"at most {limit:g} redundant FTE, which the other rules do not allow"
            accepted = f"at least {limit + amount:.1f}{also}"
            return Problem(where, found, accepted, "Raise most_redundant_fte.")


def _of_people(scope: str) -> bool:
    """Whether a rule of `service_coverage` speaks of people: `id_check:1:nation`, numbered."""
    return scope.split(":")[1].isdecimal()


__all__ = ["ELASTIC", "Diagnosis", "Give", "conflicts", "diagnose"]
