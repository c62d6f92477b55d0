"""Plans of some futures tried in the others: regrets, the plan to choose, and fates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.reading import read_case

from .small_sweep import results, sweep, work_here, write_small, write_sweep

#: futures with less money, with more, and with other travel
FUTURES = [
    {"name": "base"},
    {"name": "poor", "set": {"budget.appropriation": {2025: 28.8}}},
    {"name": "slow", "set": {"data.travel.time_factor": 1.3}},
]


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("robust")
    write_small(folder)
    path = write_sweep(folder, kind="robust", scenarios={"kind": "list", "points": FUTURES})
    with pytest.MonkeyPatch.context() as patch:
        work_here(patch)
        assert sweep(path) == 0
    return path


def table(path: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(path.parent / "out" / f"{name}.csv", keep_default_na=True)


def test_every_plan_is_counted_in_every_future(robust: Path) -> None:
    regrets = table(robust, "regrets").set_index(["plan", "scenario"])
    assert len(regrets) == 9
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
    ranking = table(robust, "candidates")
    assert ranking.loc[0, "plan"] == "poor"
    assert ranking.loc[0, "holds_in"] == 3
    regrets = table(robust, "regrets")
    worst = regrets[regrets["plan"] == "poor"]["regret_minutes"].max()
    assert ranking.loc[0, "greatest_regret_minutes"] == pytest.approx(worst)
    assert ranking["holds_in"].is_monotonic_decreasing


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
