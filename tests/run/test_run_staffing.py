"""`requirements.staffing.demand`: staff for those who would come, or for those who still do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.config import load
from optimizer.verify import verify
from tests.run.small_case import without_office, write_case

GONE = "k4"  # Mora, far from the others


def counted(folder: Path, planned_on: str) -> Path:
    """The small agency without its office in Mora, staff planned before or after decay."""
    folder.mkdir()
    rules = {
        "region_coverage": {"on": False},
        "staff_balance": {"on": False},
        "staffing": {"demand": planned_on},
    }
    return without_office(write_case(folder, requirements=rules), GONE)


def busy(run: Path) -> pd.DataFrame:
    """The rows of 2026 of offices with more staff than the least of their mode."""
    plan = pd.read_csv(run / "plan.csv")
    plan = plan[(plan["year"] == 2026) & (plan["fte"] > 3.001)]
    return plan.set_index("office_id")[["visits", "fte"]]


def test_a_lost_visit_saves_staff_only_where_staff_is_planned_after_decay(tmp_path: Path) -> None:
    runs = {basis: counted(tmp_path / basis, basis) for basis in ("before_decay", "after_decay")}
    for run in runs.values():
        assert verify(run).ok
    before, after = busy(runs["before_decay"]), busy(runs["after_decay"])
    ways = pd.read_parquet(runs["before_decay"] / "assignments.parquet")
    lost = ways[ways["year"] == 2026].groupby("office_id")["lost_visits"].sum()
    assert lost.sum() > 0
    pd.testing.assert_series_equal(before["visits"], after["visits"])
    share = before["visits"] / (before["visits"] + lost.reindex(before.index).fillna(0.0))
    assert (after["fte"] / before["fte"]).to_numpy() == pytest.approx(share.to_numpy(), rel=1e-6)
    assert share.min() < 0.99


def test_all_sites_of_a_limit_are_both_kinds(tmp_path: Path) -> None:
    limit = {"mode": "reduced", "at_most": 2, "sites": "all"}
    config = write_case(
        tmp_path, requirements={"region_coverage": {"on": False}, "mode_limits": [limit]}
    )
    assert load(config).requirements.mode_limits[0].sites == "both"
