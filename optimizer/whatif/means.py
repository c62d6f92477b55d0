"""More or less money: a case with another appropriation, and the cut that a plan bears.

A cut is an amount a year by which every year's appropriation is lower still than the config's. More
money never makes a plan infeasible, so the plans that bear a cut are just those that are feasible
with it, and to ask for a cut is to take it away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.engine.ledger import MONEY_TOLERANCE, account, least_more
from optimizer.instance import Instance

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


def money_lacked(instance: Instance, plan: Evaluation) -> float | None:
    """What the plan lacks in every year, mnkr; None if it breaks other rules than the budget.

    With so much more money a year it keeps every requirement.
    """
    if any(not text.startswith("budget_by_year") for text in plan.broken):
        return None
    return least_more(instance.money, plan.ledger)


def cut_borne(case: Case, evaluation: Evaluation) -> float:
    """The largest cut beyond the config, mnkr a year, under which the plan keeps its budget.

    Less than 0: what the plan lacks.
    """
    most = float(case.scenario.budget.appropriation_mnkr(case.instance.years[0]))
    least, most = -10.0 * max(most, 1.0), max(most, 1.0)
    if _bears(case, evaluation, most):
        return most
    for _ in range(_HALVINGS):
        middle = 0.5 * (least + most)
        if _bears(case, evaluation, middle):
            least = middle
        else:
            most = middle
    return least


def _bears(case: Case, evaluation: Evaluation, cut_mnkr: float) -> bool:
    helped = evaluation.help
    ledger = account(
        with_cut(case, cut_mnkr),
        evaluation.states,
        fte=evaluation.fte,
        extension=evaluation.extension,
        lost=evaluation.lost,
        staff=evaluation.staff,
        helped=None if helped is None else helped.get.sum(axis=1),
    )
    return bool(ledger.margin.min() >= -MONEY_TOLERANCE and ledger.margin_after >= -MONEY_TOLERANCE)
