"""Plans of some futures tried in the others: regrets, the plan to choose, and fates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands import sweeping
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from tests.optimum import all_plans
from tests.sweep.small_sweep import RULES, results, sweep, work_here, write_small, write_sweep

WAITING = "demand.waiting_minutes"

#: futures with less money, with more, and with other travel
FUTURES = [
    {"name": "base"},
    {"name": "poor", "set": {"budget.appropriation": {2025: 28.8}}},
    {"name": "slow", "set": {"data.travel.time_factor": 1.3}},
]


FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}
#: nothing closes in the first, conversions are enough; one office does in the second
TWO_FUTURES = [
    {"name": "base", "set": {"budget.appropriation": {2025: 29.4}, WAITING: 20}},
    {"name": "fewer", "set": {"budget.appropriation": {2025: 29.2}, WAITING: 40}},
]


def least_by_closures(config: Path, changes: dict[str, Any]) -> dict[frozenset[str], float]:
    """The least minutes of the plans that close just these offices, by enumeration."""
    nested = {
        "budget": {"appropriation": changes["budget.appropriation"]},
        "demand": {"waiting_minutes": changes[WAITING]},
    }
    instance = read_case(load(config, nested)).instance
    least: dict[frozenset[str], float] = {}
    for states in all_plans(instance):
        plan = evaluate(instance, states)
        if plan.feasible:
            shut = frozenset(np.array(instance.sites)[states[:, 0] == 0].tolist())
            least[shut] = min(plan.objective, least.get(shut, np.inf))
    return least


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("robust")
    write_small(folder)
    futures = {"kind": "list", "points": FUTURES}
    path = write_sweep(folder, kind="robust", scenarios=futures, seek_seconds=6)
    with pytest.MonkeyPatch.context() as patch:
        work_here(patch)
        assert sweep(path) == 0
    return path


def table(path: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(path.parent / "out" / f"{name}.csv", keep_default_na=True)


def test_every_plan_is_counted_in_every_future(robust: Path) -> None:
    regrets = table(robust, "regrets").set_index(["plan", "scenario"])
    assert len(regrets) == 12  # and the plan of least greatest regret
    plans = pd.read_parquet(robust.parent / "out" / "plans.parquet")
    for future in FUTURES:
        changes = dict(future.get("set", {}))
        nested = {
            "budget": {"appropriation": changes.get("budget.appropriation", {2025: 29.0})},
            "data": {"travel": {"time_factor": changes.get("data.travel.time_factor", 1.0)}},
        }
        instance = read_case(load(robust.parent / "small.yaml", nested)).instance
        for name in ("base", "poor", "slow"):
            modes = plans[plans["point"] == name].set_index("office_id")["mode"]
            states = [[instance.states.index(modes[site])] for site in instance.sites]
            counted = evaluate(instance, np.array(states, dtype=np.int64))
            row = regrets.loc[(name, future["name"])]
            assert row["minutes"] == pytest.approx(counted.objective)
            assert bool(row["holds"]) == counted.feasible
            if not counted.feasible:
                assert row["short_mnkr"] > 0 and np.isnan(row["regret_minutes"])


def test_regrets_are_never_negative_and_the_best_plan_has_none(robust: Path) -> None:
    regrets = table(robust, "regrets")
    held = regrets[regrets["holds"]]
    assert (held["regret_minutes"] >= 0).all()
    assert (held["regret_at_most"] >= held["regret_minutes"] - 1e-6).all()
    assert (held.groupby("scenario")["regret_minutes"].min() == 0).all()
    own = regrets[regrets["plan"] == regrets["scenario"]]
    assert own["holds"].all()
    assert own["minutes"].tolist() == pytest.approx(results(robust)["objective"].tolist())


def test_the_plan_of_the_poor_future_holds_in_all(robust: Path) -> None:
    ranking = table(robust, "candidates").set_index("plan")
    assert ranking.loc["poor", "holds_in"] == 3
    regrets = table(robust, "regrets")
    worst = regrets[regrets["plan"] == "poor"]["regret_minutes"].max()
    assert ranking.loc["poor", "greatest_regret_minutes"] == pytest.approx(worst)
    assert ranking["holds_in"].is_monotonic_decreasing


def test_the_plan_that_is_sought_over_all_futures_is_no_worse_than_any(robust: Path) -> None:
    ranking = table(robust, "candidates").set_index("plan")
    assert ranking.loc["least-regret", "holds_in"] == 3
    least = ranking.loc["least-regret", "greatest_regret_minutes"]
    assert least <= ranking.loc["poor", "greatest_regret_minutes"] + 1e-3
    plan = robust.parent / "out" / "least-regret.csv"
    words = ["evaluate", str(robust.parent / "small.yaml"), "--plan", str(plan), "--quiet"]
    assert main([*words, "--out", str(robust.parent / "sought")]) == 0


def test_what_was_sought_is_not_sought_again(robust: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work_here(monkeypatch)
    monkeypatch.setattr(sweeping, "seek_least_regret", lambda task: pytest.fail("sought again"))
    assert sweep(robust) == 0


@pytest.mark.soak
def test_closures_are_decided_before_the_future_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each choice is worth what enumeration says: the best second stage with just those closed."""
    work_here(monkeypatch)
    solver = {"gap": 0.0, "time_limit": 600, "threads": 1}
    rules = {**RULES, "mode_limits": []}
    config = write_small(tmp_path, modes=FEW, requirements=rules, solver=solver)
    futures = {"kind": "list", "points": TWO_FUTURES}
    content = {"scenarios": futures, "seek_seconds": 0, "closure_choices": 4}
    path = write_sweep(tmp_path, kind="robust", recourse_seconds=60, **content)
    assert sweep(path) == 0
    told = capsys.readouterr().out
    least = [least_by_closures(config, one.get("set", {})) for one in TWO_FUTURES]
    choices = table(path, "two-stage").set_index("closures")
    assert 1 < len(choices) <= 4
    closures = table(path, "closures")
    assert set(closures["state"]) <= {"open", "closed"}
    chosen = frozenset(closures.loc[closures["state"] == "closed", "office_id"])
    values = [one.get(chosen, np.inf) for one in least]
    assert np.isfinite(values).all()
    assert choices.iloc[0]["holds_in"] == 2
    assert choices.iloc[0]["mean_minutes"] == pytest.approx(np.mean(values), rel=1e-6)
    own = [min(one.values()) for one in least]
    regret = max(value - best for value, best in zip(values, own, strict=True))
    assert choices.iloc[0]["greatest_regret_minutes"] == pytest.approx(regret, abs=1.0)
    assert "To know the future first would save" in told
    assert len(results(path)) == 2  # second stages have a table of their own


def test_offices_whose_fate_never_changes_are_named(robust: Path) -> None:
    found = table(robust, "robust").set_index("office_id")
    assert found.loc["k1", "office"] == "Falun" and found["office"].ne("").all()
    told = json.loads((robust.parent / "out/summary.json").read_text(encoding="utf-8"))["findings"]
    always = [line for line in told if line.startswith("Always ")]
    assert always
    for line in always:
        fate = line.split(":")[0].removeprefix("Always ")
        names = found.loc[found["always"] == fate, "office"]
        assert all(f"{site} {name}" in line for site, name in names.items())


def test_fates_are_counted_over_the_plans(robust: Path) -> None:
    offices = table(robust, "robust").set_index("office_id")
    plans = pd.read_parquet(robust.parent / "out" / "plans.parquet")
    assert (offices["scenarios"] == 3).all()
    fates = {"keep": "stays", "convert": "converts", "close": "closes", "merge": "closes"}
    for site, of_site in plans.groupby("office_id"):
        counted = of_site["action"].map(fates).value_counts()
        for fate, number in counted.items():
            assert offices.loc[site, f"share_{fate}"] == pytest.approx(number / 3)
        always = counted.index[0] if len(counted) == 1 else np.nan
        assert offices.loc[site, "always"] is always or offices.loc[site, "always"] == always
