"""States the whole model as one PuLP problem."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from pulp import LpAffineExpression, LpConstraint, LpConstraintLE, LpMinimize, LpProblem

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import spare
from optimizer.instance import Instance, Ints
from optimizer.model.objective import objective
from optimizer.model.requirements import REQUIREMENTS
from optimizer.model.variables import ABSENT, Variables, make_variables


@dataclass(frozen=True)
class Model:
    """A stated problem, its decisions, and which rows belong to which requirement."""

    problem: LpProblem
    variables: Variables
    constant: float  #: of the objective; PuLP's solvers drop it, so it is carried here
    rows: tuple[tuple[str, str, int, int], ...]  #: requirement, scope, first row, end


def build_model(
    instance: Instance,
    engine: Pooled,
    *,
    relaxed: bool = False,
    off: Collection[str] = (),
    without: Collection[Ints] = (),
) -> Model:
    """The model with every requirement that is not switched off.

    ``relaxed`` gives the linear relaxation; ``without`` are plans [J, T] not to be found again.
    Rows are numbered; their requirement is in ``rows``.
    """
    v = make_variables(instance, engine, spare(instance, engine), relaxed=relaxed)
    problem = LpProblem("servicenet", LpMinimize)
    weights, constant = objective(instance, engine, v)
    used = weights.nonzero()[0].tolist() or [0]  # PuLP adds a column of its own to an empty one
    problem += LpAffineExpression([(v.columns[c], float(weights[c])) for c in used])
    rows: list[tuple[str, str, int, int]] = []
    number = 0
    for requirement in REQUIREMENTS:
        if requirement.name in off:
            continue
        for block in requirement.rows(instance, engine, v):
            first = number
            for constraint in block.constraints(v):
                problem.addConstraint(constraint, f"r{number}")
                number += 1
            rows.append((block.requirement, block.scope, first, number))
    for states in without:
        problem.addConstraint(_another_than(states, v), f"r{number}")
        number += 1
    return Model(problem, v, constant, tuple(rows))


def _another_than(states: Ints, v: Variables) -> LpConstraint:
    """Some site differs in some year: sum_jt y[j, s[j, t], t] <= J T - 1 (Balas, Jeroslow 1972)."""
    site, year = np.indices(states.shape)
    used = v.mode[site, states, year].ravel()
    if (used == ABSENT).any():  # the plan is ruled out already
        return LpConstraint(LpAffineExpression([(v.columns[0], 0.0)]), LpConstraintLE, rhs=0.0)
    terms = [(v.columns[c], 1.0) for c in used.tolist()]
    return LpConstraint(LpAffineExpression(terms), LpConstraintLE, rhs=float(used.size - 1))
