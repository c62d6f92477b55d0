"""The aims of a frontier: what a plan is worth in each, and the limit on closures.

The cut is measured as the largest amount a year by which every year's appropriation could be lower
still without the plan breaking the budget. More money never makes a plan infeasible, so the plans
that bear a cut are just those that are feasible with it, and to ask for a cut is to take it away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.case import Case
from optimizer.engine.evaluate import MONEY_TOLERANCE, Evaluation, account
from optimizer.instance import CLOSED, Instance, LimitRule

_HALVINGS = 60
SCOPE = "closed:offices"


def with_most_closed(instance: Instance, most: int | None) -> Instance:
    """The instance with a limit on how many of today's offices may be closed in a year."""
    if most is None:
        return instance
    closed = np.arange(len(instance.states)) == CLOSED
    rule = LimitRule(SCOPE, instance.today != CLOSED, closed, most)
    return replace(instance, limits=(*instance.limits, rule))


def aims_of(case: Case, evaluation: Evaluation) -> dict[str, float]:
    """What a plan is worth in each aim.

    access: visit-minutes. cut_mnkr: what the plan bears beyond the config. closures: offices.
    """
    closed = (case.instance.today != CLOSED) & (evaluation.states[:, -1] == CLOSED)
    return {
        "access": float(evaluation.burden.sum()),
        "cut_mnkr": cut_borne(case, evaluation),
        "closures": float(closed.sum()),
    }


def cut_borne(case: Case, evaluation: Evaluation) -> float:
    """The largest cut beyond the config, mnkr a year, under which the plan keeps its budget."""
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
    ledger = account(
        _cut(case, cut_mnkr),
        evaluation.states,
        fte=evaluation.fte,
        extension=evaluation.extension,
        lost=evaluation.lost,
        staff=evaluation.staff,
    )
    return bool(ledger.margin.min() >= -MONEY_TOLERANCE and ledger.margin_after >= -MONEY_TOLERANCE)


def _cut(case: Case, cut_mnkr: float) -> Instance:
    """The instance with the config's appropriation less an amount in every year.

    Saving and credit that are shares of the appropriation follow it, as they do in a config.
    """
    budget, instance = case.scenario.budget, case.instance
    given = np.array([budget.appropriation_mnkr(year) for year in instance.years]) - cut_mnkr
    base = np.maximum(given, 0.0)
    money = replace(
        instance.money,
        appropriation=given,
        saving_limit=np.array([budget.saving_limit.mnkr(float(amount)) for amount in base]),
        credit_limit=np.array([budget.credit_limit.mnkr(float(amount)) for amount in base]),
    )
    return replace(instance, money=money)
