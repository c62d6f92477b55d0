"""The order of a plan's changes, against networks counted one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.whatif.sweep.of_kinds import left_behind
from optimizer.whatif.sweep.roadmap import roadmap_sentences
from optimizer.whatif.sweep.statement import RobustSweep
from tests.sweep.small_sweep import BUDGET, sweep, work_here, write_small, write_sweep


def test_each_step_saves_most_for_what_it_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work_here(monkeypatch)
    config = write_small(tmp_path, budget={**BUDGET, "appropriation": {2025: 28.2}})
    assert sweep(write_sweep(tmp_path, kind="roadmap")) == 0
    table = pd.read_csv(tmp_path / "out" / "roadmap.csv", keep_default_na=False)
    plans = pd.read_parquet(tmp_path / "out" / "plans.parquet").set_index("office_id")
    instance = read_case(load(config)).instance
    states = instance.today[:, None].copy()
    today = before = evaluate(instance, states)
    ends = [instance.states.index(str(plans.loc[site, "mode"])) for site in instance.sites]
    wanted = np.array(ends, dtype=np.int64)[:, None]
    left = set(np.flatnonzero((wanted != states)[:, 0]).tolist())
    assert len(table) == len(left) + 1 >= 3
    for row in table.iloc[1:].to_dict("records"):
        worth, found = {}, {}
        for j in left:
            trial = states.copy()
            trial[j] = wanted[j]
            found[j] = evaluate(instance, trial)
            saving = found[j].ledger.margin_after - before.ledger.margin_after
            assert saving > 0
            worth[j] = saving / max(found[j].objective - before.objective, 1.0)
        best = max(worth, key=lambda j: worth[j])
        assert row["office_id"] == instance.sites[best]
        before = found[best]
        states[best] = wanted[best]
        left.remove(best)
        saved = before.ledger.margin_after - today.ledger.margin_after
        assert row["saving_mnkr_a_year"] == pytest.approx(saved)
        assert row["added_minutes"] == pytest.approx(before.objective - today.objective)
        assert row["margin_2025_mnkr"] == pytest.approx(float(before.ledger.margin[0]))
    assert before.feasible
    assert table["margin_2025_mnkr"].iloc[0] < 0 <= table["margin_2025_mnkr"].iloc[-1]
    assert "Every year's budget holds from step" in capsys.readouterr().out


def test_a_sweep_of_another_kind_leaves_no_tables_beside_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the earlier kind writes itself goes; what a user put there stays."""
    work_here(monkeypatch)
    write_small(tmp_path)
    assert sweep(write_sweep(tmp_path, kind="alternatives", plans=2, differ=1)) == 0
    folder = tmp_path / "out"
    assert (folder / "alternatives.csv").is_file() and (folder / "shared.csv").is_file()
    points = {path.name for path in (folder / "points").iterdir()}
    for name in ("notes.txt", "frontier.csv"):  # neither is of a kind that wrote here
        (folder / name).write_text("mine")
    assert sweep(write_sweep(tmp_path, kind="roadmap")) == 0
    names = {path.name for path in folder.iterdir()}
    assert "roadmap.csv" in names and not names & {"alternatives.csv", "shared.csv"}
    assert (folder / "notes.txt").read_text() == (folder / "frontier.csv").read_text() == "mine"
    assert points <= {path.name for path in (folder / "points").iterdir()}
    assert sweep(write_sweep(tmp_path, kind="roadmap")) == 0
    assert (folder / "roadmap.csv").is_file()


def test_two_stages_that_are_no_longer_asked_for_are_taken_away() -> None:
    scenarios = {"kind": "grid", "axes": {"demand.growth_per_year": [0.0, 0.1]}}
    plain = RobustSweep.model_validate({"name": "r", "kind": "robust", "scenarios": scenarios})
    assert left_behind({"kind": "robust"}, plain) == {"two-stage.csv", "closures.csv"}
    both = plain.model_copy(update={"closure_choices": 2})
    assert left_behind({"kind": "robust"}, both) == frozenset()
    assert left_behind({"kind": "grid"}, plain) == left_behind({}, plain) == frozenset()


def test_one_change_is_told_as_one() -> None:
    rows = [(0, 0.0, 0.0, -0.5), (1, 1.25, 1200.0, 0.75)]
    names = ["step", "saving_mnkr_a_year", "added_minutes", "margin_2025_mnkr"]
    first, second = roadmap_sentences(pd.DataFrame(rows, columns=names))
    assert first == "1 change saves 1.2 mnkr a year and adds 1,200 visit-minutes."
    assert second == "Every year's budget holds from step 1 on."
