"""A relaxation in which rules may give at a price: what is least, and which rules collide."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from pulp import LpVariable

from optimizer.engine.pooled import Pooled
from optimizer.instance import AccessRule, Instance
from optimizer.model.blocks import Block, Rows
from optimizer.model.build import build_model
from optimizer.model.requirements import REQUIREMENTS
from optimizer.model.variables import ABSENT, Variables
from optimizer.solving.simplex import run_until
from optimizer.solving.solvers import column_order, stated_highs

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
#: the row on the cost of every year after the last
_AFTER = ("budget_by_year", "after")
_LEAST, _DUAL = 1e-4, 1e-9
_HAIR = 1e-9


@dataclass(frozen=True)
class Give:
    """What one rule would have to give at least, in its own unit."""

    requirement: str
    scope: str
    amount: float
    limit: float  #: as it stands
    rises: bool = True  #: whether the limit has to rise, or to fall

    @property
    def of_people(self) -> bool:
        """Whether it gives in shares of people: scopes of such rules begin with their number."""
        if self.requirement == "access_standard":
            return True
        parts = self.scope.split(":")
        return self.requirement == "service_coverage" and parts[1].isdecimal()


def undecided(instance: Instance) -> Instance:
    """The same without the planners' decisions: each may have to give, so no chain ends by one."""
    if instance.possible is None:
        return instance
    return replace(instance, allowed=instance.undecided, fixed=())


class Elastic:
    """The relaxation with a slack on each row that may give; solved again for each question."""

    def __init__(self, instance: Instance, engine: Pooled, stop: threading.Event) -> None:
        self._stop = stop
        free = undecided(instance)
        free = replace(free, access=tuple(map(_in_shares, free.access)))
        model = build_model(free, engine, relaxed=True, off=set(ELASTIC))
        self.rules: list[Give] = []
        self._rows: list[tuple[int, int]] = []  #: as the solver numbers them, and the rule of each
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
        """State a block; each row that gives has a slack of its own.

        But for the cost after the last year: the means that it must fit are those of the last year,
        whose budget is the row before it, so that what is given is given to both.
        """
        problem = self._model.problem
        sign = -1.0 if block.sense == "<=" else 1.0
        for row in range(block.rhs.size):
            one = next(block.only(np.array([row])).constraints(self._model.columns), None)
            if one is None:
                continue
            if gives[row]:
                if (block.requirement, block.scope) != _AFTER:
                    slack = LpVariable(f"c{len(self._model.columns):08d}_give", 0)
                    self._model.columns.append(slack)
                    self._slacks.append(slack)
                    limit = float(block.rhs[row])
                    rises = block.sense == "<="
                    self.rules.append(Give(block.requirement, block.scope, 0.0, limit, rises))
                one += sign * self._slacks[-1]
                self._rows.append((len(problem.constraints), len(self.rules) - 1))
            problem.addConstraint(one, f"g{len(problem.constraints)}")

    def least(self, kinds: Sequence[str], *, seconds: float) -> tuple[Give, ...] | None:
        """The least that rules of these kinds give, all others held.

        Empty if nothing has to; None if that is not enough, or does not end in time.
        """
        if not self._slacks:
            return ()
        end = time.monotonic() + seconds
        if self._highs is None:
            self._highs = stated_highs(self._model, seed=1)
            order = column_order(self._model)
            first = len(self._model.columns) - len(self._slacks)
            place = np.full(len(self._model.columns), ABSENT, dtype=np.int64)
            place[order] = np.arange(order.size)
            self._columns = place[first:].astype(np.int32)
            self._prices = _prices(self.rules)
        free = np.array([rule.requirement in kinds for rule in self.rules])
        left = end - time.monotonic()
        if (
            left <= 0
            or self._run(free, self._prices, seconds=left) != highspy.HighsModelStatus.kOptimal
        ):
            return None
        values = np.array(self._highs.getSolution().col_value)[self._columns]
        return _by_rule(self.rules, values)

    def suspects(self) -> list[tuple[str, str]]:
        """Rules (requirement, scope) that already collide, by the duals of the last ``least``.

        A price above 0 on the rules with a dual proves that something has to give among them.
        """
        duals = np.abs(np.array(self._highs.getSolution().row_dual))
        rules = [self.rules[rule] for row, rule in self._rows if duals[row] > _DUAL]
        return list(dict.fromkeys((rule.requirement, rule.scope) for rule in rules))

    def collision(
        self, scopes: Sequence[tuple[str, str]], *, seconds: float
    ) -> tuple[tuple[str, str], ...]:
        """Of rules that collide those of which none can be left out.

        Some may be left in that could be, if time ends first.
        """
        end = time.monotonic() + seconds
        kept: set[tuple[str, str]] = set(scopes)

        def collide_without(some: Sequence[tuple[str, str]]) -> bool:
            held = kept - set(some)
            free = np.array([(rule.requirement, rule.scope) not in held for rule in self.rules])
            price = np.zeros(len(self.rules))
            status = self._run(free, price, seconds=max(0.1, end - time.monotonic()))
            return bool(status == highspy.HighsModelStatus.kInfeasible)

        def thin(some: list[tuple[str, str]]) -> None:
            """Take away as many of these as can be while the rest still collide."""
            if not some or time.monotonic() >= end or self._stop.is_set():
                return
            if collide_without(some):
                kept.difference_update(some)
            elif len(some) > 1:
                thin(some[: len(some) // 2])
                thin(some[len(some) // 2 :])

        if not collide_without([]):
            return ()  # by rounding, or because time has ended
        for kind in dict.fromkeys(requirement for requirement, _ in scopes):
            thin([scope for scope in scopes if scope[0] == kind])
        return tuple(scope for scope in scopes if scope in kept)

    def _run(
        self, free: np.ndarray[Any, Any], price: np.ndarray[Any, Any], *, seconds: float
    ) -> Any:
        """Solve again with the rows in ``free`` missed at a price, the others held."""
        highs, n_slacks = self._highs, self._columns.size
        upper = np.where(free, np.inf, 0.0)
        highs.changeColsBounds(n_slacks, self._columns, np.zeros(n_slacks), upper)
        highs.changeColsCost(n_slacks, self._columns, price)
        return run_until(highs, seconds, self._stop)


def _prices(rules: Sequence[Give]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """[rules] what giving costs: as a part of the limit; money in any year the same.

    So that the least for the budget is the least of all years together.
    """
    limits = np.maximum(np.abs([rule.limit for rule in rules]), 1.0)
    money = np.array([rule.requirement == "budget_by_year" for rule in rules])
    if money.any():
        limits[money] = limits[money].max()
    return np.asarray(1.0 / limits)


def _by_rule(rules: Sequence[Give], values: np.ndarray[Any, Any]) -> tuple[Give, ...]:
    """The amounts by rule: the most over its years; sums where a row is one zone or one year."""
    found: dict[tuple[str, str, bool], Give] = {}
    for rule, value in zip(rules, values.tolist(), strict=True):
        if value <= _LEAST:
            continue
        key = rule.requirement, rule.scope, rule.rises
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
