"""The best plans that differ, against every plan there is, on the small agency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import Evaluation, evaluate
from tests.optimum import all_plans

from .small_sweep import RULES, sweep, work_here, write_small, write_sweep

FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}
DIFFER, PLANS = 2, 4  #: four are asked for; there are three


def feasible_plans(config: Path) -> list[Evaluation]:
    instance = read_case(load(config)).instance
    found = [evaluate(instance, states) for states in all_plans(instance)]
    return sorted((plan for plan in found if plan.feasible), key=lambda plan: plan.objective)


def best_apart(plans: list[Evaluation]) -> list[float]:
    """Greedily: the best, then the best of those that differ enough from all taken."""
    taken: list[Evaluation] = []
    for plan in plans:
        apart = [int((plan.states[:, -1] != one.states[:, -1]).sum()) for one in taken]
        if len(taken) < PLANS and all(count >= DIFFER for count in apart):
            taken.append(plan)
    return [plan.objective for plan in taken]


@pytest.mark.soak
def test_the_plans_are_the_best_that_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work_here(monkeypatch)
    solver = {"gap": 0.0, "time_limit": 600, "threads": 1}
    rules = {**RULES, "mode_limits": []}
    config = write_small(tmp_path, modes=FEW, requirements=rules, solver=solver)
    path = write_sweep(tmp_path, kind="alternatives", plans=PLANS, differ=DIFFER)
    assert sweep(path) == 0
    table = pd.read_csv(tmp_path / "out" / "alternatives.csv")
    expected = best_apart(feasible_plans(config))
    assert 1 < len(expected) < PLANS
    np.testing.assert_allclose(table["objective"], expected, rtol=1e-6)
    np.testing.assert_allclose(table["bound"], expected, rtol=1e-6)
    assert (table["nearest"].iloc[1:] >= DIFFER).all()
    shared = pd.read_csv(tmp_path / "out" / "shared.csv", keep_default_na=False)
    modes = shared[[f"a{n:03d}" for n in range(1, len(expected) + 1)]]
    alike = modes.nunique(axis=1) == 1
    assert 0 < alike.sum() < len(shared)
    assert list(shared["shared"] != "") == list(alike)
    assert "4 were asked for: no further plan was found" in capsys.readouterr().out
