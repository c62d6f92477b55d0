"""The aims of a frontier: what a plan is worth in each.

The cut is measured as the largest amount a year by which every year's appropriation could be lower
still without the plan breaking the budget.
"""

from __future__ import annotations

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import CLOSED
from optimizer.whatif.means import cut_borne
from optimizer.whatif.sweep.beyond import most_added


def aims_of(case: Case, evaluation: Evaluation) -> dict[str, float]:
    """What a plan is worth in each aim.

    access: visit-minutes. cost_mnkr: over all planning years, fees of lost visits included.
    cut_mnkr: what the plan bears beyond the config. closures: offices in the last year.
    equity_minutes: the most that any zone gets farther to go.
    """
    closed = (case.instance.today != CLOSED) & (evaluation.states[:, -1] == CLOSED)
    return {
        "access": float(evaluation.burden.sum()),
        "cost_mnkr": float(evaluation.ledger.spent.sum()),
        "cut_mnkr": cut_borne(case, evaluation),
        "closures": float(closed.sum()),
        "equity_minutes": most_added(case.instance, evaluation),
    }
