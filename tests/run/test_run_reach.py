"""`demand.reach_minutes`: beyond it nobody comes whose way becomes longer, and it is counted so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.outputs.account.account import Account
from optimizer.outputs.account.source import read_source
from optimizer.outputs.publications import publish
from optimizer.verify import verify
from tests.run.small_case import without_office, write_case

GONE = "k4"  # Mora, far from the others


def counted(folder: Path, reach: float | None) -> Path:
    """The small agency without its office in Mora: every visit of its zones goes far."""
    folder.mkdir()
    return without_office(write_case(folder, demand={"reach_minutes": reach}), GONE)


def test_all_visits_are_lost_beyond_the_reach_and_none_within(tmp_path: Path) -> None:
    run = counted(tmp_path / "near", 30.0)
    ways = pd.read_parquet(run / "assignments.parquet")
    from_mora = ways["zone_id"].isin(["z3a", "z3b"])
    assert (ways.loc[from_mora, "visits"] == 0.0).all()
    assert (ways.loc[from_mora, "lost_visits"] > 0.0).all()
    assert (ways.loc[from_mora, "office_id"] == "").all()
    assert (ways.loc[~from_mora, "lost_visits"] == 0.0).all()
    assert (ways.loc[~from_mora, "office_id"] != "").all()
    far = pd.read_parquet(counted(tmp_path / "far", 500.0) / "assignments.parquet")
    none = pd.read_parquet(counted(tmp_path / "none", None) / "assignments.parquet")
    pd.testing.assert_frame_equal(far, none)
    lost = none.loc[from_mora, "lost_visits"]
    assert 0 < lost.sum() < ways.loc[from_mora, "lost_visits"].sum()


def test_a_lost_visit_costs_its_minutes_the_penalty_and_its_fee(tmp_path: Path) -> None:
    """60 minutes beside the way for every visit of Mora; fees of 0.8 mnkr for all visits."""
    run = counted(tmp_path / "case", 30.0)
    budget = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    demand = pd.read_parquet(run / "inputs" / "demand.parquet")
    visits = demand[demand["year"] == 2025].groupby("zone_id")["visits"].sum()
    part = visits[["z3a", "z3b"]].sum() / visits.sum()
    amounts = budget["amount_mnkr"]
    assert amounts["2025", "fees_lost"] == pytest.approx(0.8 * part, abs=1e-6)


def test_the_outputs_bear_an_office_to_which_nobody_comes(tmp_path: Path) -> None:
    run = counted(tmp_path / "case", 30.0)
    publish(run, ("html", "xlsx", "gpkg"), language="sv")
    assert (run / "report.html").is_file()
    assert (run / "plan.gpkg").is_file()


def test_staff_is_planned_for_those_beyond_the_reach_where_they_would_go(tmp_path: Path) -> None:
    """The report's own count of the last year costs what the run's budget says of it."""
    run = counted(tmp_path / "case", 30.0)
    unmoved = Account(read_source(run)).sensitivity[0]
    budget = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    assert unmoved.cost_mnkr == pytest.approx(budget.loc[("after", "cost"), "amount_mnkr"])


def test_a_reach_told_otherwise_is_caught(tmp_path: Path) -> None:
    run = counted(tmp_path / "case", 30.0)
    config = run / "inputs" / "config.json"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"reach_minutes": 30.0', '"reach_minutes": 90.0'))
    assert any("lost_visits" in one.where for one in verify(run).findings)
