"""More or less money: a case with another appropriation, and the cut that a plan bears.

A cut is an amount a year by which every year's appropriation is lower still than the config's. More
money never makes a plan infeasible, so the plans that bear a cut are just those that are feasible
with it, and to ask for a cut is to take it away.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.engine.ledger import enough
from optimizer.instance import Instance
from optimizer.whatif.rounded_up import rounded_up

_HALVINGS = 60


def with_cut(case: Case, cut_mnkr: float, *, of: Instance | None = None) -> Instance:
    """The instance (the case's, or ``of``) with so much less appropriation in every year.

    Less than 0 is more money. Saving and credit that are shares of the appropriation follow it, as
    they do in a config.
    """
    budget, instance = case.scenario.budget, of or case.instance
    given = np.array([budget.appropriation_mnkr(year) for year in instance.years]) - cut_mnkr
    base = np.maximum(given, 0.0)
    raised = [case.scenario.costs.compensation(year) for year in instance.years]
    years = [(float(amount), one) for amount, one in zip(base, raised, strict=True)]
    money = replace(
        instance.money,
        appropriation=given,
        saving_limit=np.array([budget.saving_limit.mnkr(*year) for year in years]),
        credit_limit=np.array([budget.credit_limit.mnkr(*year) for year in years]),
    )
    return replace(instance, money=money)


def money_step(given_mnkr: float) -> float:
    """A step of money that tells plans of the agency apart, mnkr.

    A thousandth of an appropriation, rounded up to 1, 2 or 5 times a power of ten; 1 where there is
    no appropriation.
    """
    if given_mnkr <= 0:
        return 1.0
    thousandth = max(given_mnkr, 1.0) / 1000.0
    power = 10.0 ** math.floor(math.log10(thousandth))
    return round(next(power * k for k in (1, 2, 5, 10) if power * k >= thousandth - 1e-9), 9)


def money_lacked(instance: Instance, plan: Evaluation) -> float | None:
    """What the plan lacks in every year, mnkr; None if it breaks other rules than the budget.

    With so much more money a year it keeps every requirement.
    """
    if any(not text.startswith("budget_by_year") for text in plan.broken):
        return None
    return more_a_year(instance, plan)


def more_a_year(instance: Instance, plan: Evaluation) -> float:
    """So much more money in every year, mnkr, and the plan keeps its budget, limits as they are.

    What is lacking in one year is carried into the next, so that is less than the largest lack.
    """
    money, ledger = instance.money, plan.ledger
    largest = max(0.0, -float(ledger.margin.min()), -ledger.margin_after)

    def holds(more: float) -> bool:
        return enough(replace(money, appropriation=money.appropriation + more), ledger)

    return 0.0 if holds(0.0) else _last_that_holds(holds, largest, 0.0)


def lacking(amount_mnkr: float) -> str:
    """An amount that is lacking, in words: rounded up, as no less is enough."""
    return f"{max(0.1, rounded_up(amount_mnkr, 1)):.1f} mnkr"


def cut_borne(case: Case, evaluation: Evaluation) -> float:
    """The largest cut beyond the config, mnkr a year, under which the plan keeps its budget.

    Less than 0: what the plan lacks.
    """
    given = float(case.scenario.budget.appropriation_mnkr(case.instance.years[0]))
    most = max(given, 1.0)

    def holds(cut_mnkr: float) -> bool:
        return enough(with_cut(case, cut_mnkr).money, evaluation.ledger)

    return most if holds(most) else _last_that_holds(holds, -10.0 * most, most)


def _last_that_holds(holds: Callable[[float], bool], holding: float, failing: float) -> float:
    """Where a condition turns, between an amount at which it holds and one at which it does not."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (holding + failing)
        holding, failing = (middle, failing) if holds(middle) else (holding, middle)
    return holding
