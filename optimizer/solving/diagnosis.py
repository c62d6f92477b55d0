"""Why no plan fits: the least by which the budget would have to give, year by year."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from pulp import LpAffineExpression, LpConstraint, LpConstraintLE, LpVariable

from geodata.problems import Problem
from optimizer.engine.depth import EARLY_DEPTH, first_chains
from optimizer.engine.pooled import Pooled, pooled
from optimizer.instance import Instance
from optimizer.model.build import build_model
from optimizer.model.requirements.budget_by_year import budget_by_year
from optimizer.rules import impossible
from optimizer.solving.solvers import Highs

_LEAST_MNKR = 1e-4


@dataclass(frozen=True)
class Diagnosis:
    """What stands against a plan; nothing if a plan may exist."""

    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found that rules every plan out."""
        return not self.problems


def diagnose(instance: Instance, *, seconds: float = 60.0) -> Diagnosis:
    """Rules that no network can meet, and the least overrun of a budget that none can.

    The overrun is of the linear relaxation, with chains cut short: the true one is no smaller.
    Chains of two sites come first; longer ones only where those leave a plan possible.
    """
    problems = impossible(instance)
    if problems:
        return Diagnosis(tuple(problems))
    began = time.monotonic()
    found = _overruns(instance, pooled(instance, EARLY_DEPTH), seconds)
    left = seconds - (time.monotonic() - began)
    if found or left <= 0:
        return Diagnosis(tuple(found))
    depth, tails = first_chains(instance)
    return Diagnosis(tuple(_overruns(instance, pooled(instance, depth, tails=tails), left)))


def _overruns(instance: Instance, engine: Pooled, seconds: float) -> list[Problem]:
    """What the means lack at least in a relaxation; nothing if it does not end in time."""
    model = build_model(instance, engine, relaxed=True, off={"budget_by_year"})
    problem, v = model.problem, model.variables
    over = []
    for number, block in enumerate(budget_by_year(instance, engine, v)):
        name = f"c{len(v.columns):08d}_over_{number}"
        slack = LpVariable(name, 0)
        v.columns.append(slack)
        for constraint in block.constraints(v):
            pairs = [*constraint.items(), (slack, -1.0)]
            right = -constraint.constant
            problem.addConstraint(
                LpConstraint(LpAffineExpression(pairs), LpConstraintLE, rhs=right), f"b{number}"
            )
        over.append((block.scope, slack))
    problem.setObjective(LpAffineExpression([(slack, 1.0) for _, slack in over]))
    relaxed = Highs(1, 1).relax(model, seconds=seconds)
    if relaxed is None:
        return []
    if not np.isfinite(relaxed.bound):
        return [_clash()]
    missing = [
        (scope, float(slack.varValue or 0.0))
        for scope, slack in over
        if (slack.varValue or 0.0) > _LEAST_MNKR
    ]
    return [_overrun(scope, amount) for scope, amount in missing]


def _overrun(scope: str, amount: float) -> Problem:
    year = "every year after the last" if scope == "after" else scope
    return Problem(
        f"requirements.budget_by_year, {year}",
        f"a cost at least {amount:.1f} mnkr above the means in the cheapest network there is",
        "means that some network can keep to",
        f"Lower budget.cut for {'the last year' if scope == 'after' else year} by at least "
        f"{amount:.1f} mnkr, raise requirements.mode_limits, or take decisions in offices.keep "
        "away.",
    )


def _clash() -> Problem:
    return Problem(
        "requirements",
        "rules that no network meets together, whatever it costs",
        "coverage, limits and decisions that can hold at the same time",
        "Switch off region_coverage, mode_limits or fixed_decisions in turn to see which.",
    )
