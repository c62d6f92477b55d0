"""The best plans that differ, against every plan there is, on the small agency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.whatif.sweep.alternatives import alternatives_sentences
from optimizer.whatif.sweep.statement import AlternativesSweep
from tests.optimum import all_plans
from tests.sweep.small_sweep import RULES, sweep, work_here, write_small, write_sweep

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


def told(*minutes: float, asked: int = 2, differ: int = 3) -> list[str]:
    """What is said of plans of so many visit-minutes, of an agency with two sites."""
    names = [f"a{n:03d}" for n in range(1, len(minutes) + 1)]
    more = [one - minutes[0] for one in minutes]
    table = pd.DataFrame({"plan": names, "objective": minutes, "minutes_more": more})
    shared = pd.DataFrame({"office_id": ["k1", "k2"], "shared": ["closed", "staffed"]})
    sweep_of = AlternativesSweep(name="x", kind="alternatives", plans=asked, differ=differ)
    return alternatives_sentences(sweep_of, table, shared)


def test_of_one_plan_nothing_is_said_of_all() -> None:
    asked = "2 were asked for: no further plan was found."
    assert told(9000.0) == ["1 plan.", asked, "Closed in it: 1: k1."]


def test_the_last_plan_is_told_against_the_first() -> None:
    first, *_, last = told(9000.0, 9500.0, differ=1)
    assert first == (
        "2 plans, each with at least 1 site otherwise than in all before; the last adds 500 "
        "visit-minutes to the first."
    )
    assert last == "2 of 2 sites end in the same mode in all plans."


def test_a_plan_better_than_the_first_is_told_as_such() -> None:
    first, better, *_ = told(9000.0, 6953.0)
    assert first == "2 plans, each with at least 3 sites otherwise than in all before."
    assert better.startswith("a002 is better than the first plan, by 2,047 visit-minutes: ")
    assert "Solve longer" in better
