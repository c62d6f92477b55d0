"""The config's objective as the aims of a plan, in order, and who is worst off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.config import Scenario
from optimizer.instance import Equity, Instance
from optimizer.instance.aim import ACCESS, COST, Aim, weighted


def with_objective(instance: Instance, scenario: Scenario, groups: pd.DataFrame) -> Instance:
    """The instance with its aims, and with the worst off where they count more.

    ``groups`` are the people of each zone by group.
    Raises InputError where the group of equity has nobody, or no mode serves its need.
    """
    asked = scenario.objective
    kinds = asked.order if asked.kind == "lexicographic" else (asked.kind,)
    aims = [_aim(kind, asked.kr_per_minute) for kind in kinds]
    return replace(
        instance,
        aim=aims[0],
        later=tuple(aims[1:]),
        tolerance=asked.tolerance,
        equity=_equity(instance, scenario, groups),
    )


def _aim(kind: str, kr_per_minute: float) -> Aim:
    return {"access": ACCESS, "cost": COST}.get(kind) or weighted(kr_per_minute)


def _equity(instance: Instance, scenario: Scenario, groups: pd.DataFrame) -> Equity | None:
    asked = scenario.objective.equity
    if not asked.weight:
        return None
    need = asked.need or instance.n_needs
    if need > instance.n_needs:
        accepted = f"a need of demand.need_shares, 1 to {instance.n_needs}"
        raise InputError(Problem("objective.equity.need", str(need), accepted))
    group = groups[asked.group].to_numpy(dtype=np.float64)
    total = float(group.sum())
    if total <= 0:
        found = f"{asked.group}, of whom there are none"
        raise InputError(Problem("objective.equity.group", found, "a group with people"))
    return Equity(asked.weight, asked.tail, need - 1, np.asarray(group / total))
