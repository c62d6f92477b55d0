"""The best plan of a tiny instance: by enumeration, and by the model with HiGHS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pulp

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.pooled import Pooled, pooled
from optimizer.instance import CLOSED, Instance
from optimizer.model.build import build_model

MILLION = 1e6


def paths(instance: Instance, site: int) -> list[tuple[int, ...]]:
    """Every path of a site that its decisions and the transition rule allow, told plainly."""
    usable = [np.flatnonzero(instance.allowed[site, :, t]) for t in range(len(instance.years))]
    found = []
    for path in product(*usable):
        steps = zip((int(instance.today[site]), *path), path, strict=False)
        if all(_may_follow(instance, site, int(a), int(b)) for a, b in steps):
            found.append(tuple(int(s) for s in path))
    return found


def _may_follow(instance: Instance, site: int, before: int, now: int) -> bool:
    if before == now:
        return True
    if before == CLOSED:
        return bool(instance.candidate[site])
    if now == CLOSED:
        return not instance.candidate[site]
    for s in range(len(instance.services)):  # a service goes on where the mode can go on with it
        could = any(
            instance.offered[k, s]
            for k, mode in enumerate(instance.modes)
            if mode == instance.modes[now]
        )
        if instance.offered[before, s] and could and not instance.offered[now, s]:
            return False
    if not instance.conversions_allowed and instance.modes[before] != instance.modes[now]:
        return False
    rank = instance.rank[site]
    return instance.upgrades_allowed or bool(rank[now] <= rank[before])


def all_plans(instance: Instance) -> Iterator[np.ndarray]:
    """Every combination of paths."""
    for combination in product(*(paths(instance, j) for j in range(len(instance.sites)))):
        yield np.array(combination, dtype=np.int64)


def best_plan(instance: Instance) -> Evaluation | None:
    """The feasible plan of least objective by enumeration; None if there is none."""
    found = [plan for plan in (evaluate(instance, s) for s in all_plans(instance)) if plan.feasible]
    return min(found, key=lambda plan: plan.objective, default=None)


@dataclass(frozen=True)
class Optimum:
    """What the model says: visit-minutes, the plan, and the values of all columns."""

    objective: float
    states: np.ndarray
    values: np.ndarray


def full(instance: Instance) -> Pooled:
    """Chains with every site in them: nothing is left out."""
    return pooled(instance, len(instance.sites))


def solve(
    instance: Instance,
    engine: Pooled | None = None,
    *,
    relaxed: bool = False,
    fixed: np.ndarray | None = None,
) -> Optimum | None:
    """Solve the model to proven optimality; None if it is infeasible. ``fixed`` pins a plan."""
    model = build_model(instance, engine or full(instance), relaxed=relaxed or fixed is not None)
    mode, columns = model.variables.mode, model.columns
    if fixed is not None:
        for j, t in np.ndindex(fixed.shape):
            column = columns[mode[j, fixed[j, t], t]]
            column.lowBound = column.upBound = 1.0
    status = model.problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, threads=1))
    if status == pulp.LpStatusInfeasible:
        return None
    assert status == pulp.LpStatusOptimal, pulp.LpStatus[status]
    values = np.array([column.value() or 0.0 for column in columns])
    share = np.where(mode >= 0, values[mode], -1.0)
    objective = (pulp.value(model.problem.objective) or 0.0) + model.constant
    return Optimum(objective * MILLION, share.argmax(axis=1), values)
