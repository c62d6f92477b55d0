"""`requirements.staffing.demand`: staff for those who would come, or for those who still do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.config import load
from optimizer.verify import verify
from tests.run.small_case import evaluate, without_office, write_case

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


def of_today(folder: Path, **demand: float) -> Path:
    """The run of the network of today, with keys of `demand`."""
    folder.mkdir()
    assert evaluate(write_case(folder, demand=demand), folder / "run") in (0, 1)
    assert verify(folder / "run").ok
    return folder / "run"


def staff_and_cost(run: Path, year: int) -> tuple[float, float]:
    """FTE of all offices and the cost of a year, mnkr."""
    plan = pd.read_csv(run / "plan.csv")
    budget = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["item", "year"])
    fte = pd.read_csv(run / "inputs" / "sites.csv")["fte_today"]
    if year != 2024:
        fte = plan.loc[plan["year"] == year, "fte"]
    return float(fte.sum()), float(budget.loc[("cost", str(year)), "amount_mnkr"])


def test_a_busier_peak_takes_staff_and_money_from_the_first_planned_year_on(tmp_path: Path) -> None:
    """1.5 instead of the 1.32 on record: no less anywhere, 1.5 / 1.32 as much above the minimum."""
    usual, busier = of_today(tmp_path / "a"), of_today(tmp_path / "b", peak_factor=1.5)
    assert staff_and_cost(busier, 2024) == staff_and_cost(usual, 2024)
    assert staff_and_cost(usual, 2024)[0] == pytest.approx(20.0, abs=1e-5)
    before, after = staff_and_cost(usual, 2026), staff_and_cost(busier, 2026)
    assert after[0] > before[0] + 1.0
    assert after[1] - before[1] == pytest.approx(0.8 * (after[0] - before[0]), rel=0.25)
    grown = (busy(busier)["fte"] / busy(usual)["fte"]).dropna()
    assert grown.size and grown.to_numpy() == pytest.approx(1.5 / 1.32, rel=1e-5)
    both = [pd.read_csv(run / "inputs" / "sites.csv") for run in (usual, busier)]
    pd.testing.assert_frame_equal(*both)


def test_the_peak_on_record_is_of_the_base_year_alone(tmp_path: Path) -> None:
    """Where the staff of today manages 1.5, planning for 1.5 asks for what it always did."""
    usual = of_today(tmp_path / "a")
    higher = of_today(tmp_path / "b", peak_on_record=1.5, peak_factor=1.5)
    assert staff_and_cost(higher, 2026) == pytest.approx(staff_and_cost(usual, 2026), abs=1e-4)
    eased = of_today(tmp_path / "c", peak_on_record=1.5)
    assert staff_and_cost(eased, 2024) == pytest.approx(staff_and_cost(usual, 2024), abs=1e-4)
    assert staff_and_cost(eased, 2026)[0] < staff_and_cost(usual, 2026)[0] - 0.5
