"""A lease that outlasts its office: the rent until its last day is paid when it is left."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify
from tests.run.small_case import COSTS, OFFICES, write_case
from tests.soak import sampled

CLOSED_IN_2026 = "k6"
DAYS = {"": 0, "2025-12-31": 0, "2026-01-01": 1, "2027-06-30": 365 + 181}


def evaluated(
    folder: Path,
    lease_end: str,
    *,
    improvements: float = 0.0,
    first: str = "staffed",
    **changes: object,
) -> tuple[Path, pd.Series]:
    """The small agency without its office k6 from 2026: the run, and the budget of that year.

    The office is in the mode ``first`` in 2025.
    """
    folder.mkdir()
    config = write_case(folder, **changes)
    table = pd.read_csv(folder / "offices.csv", dtype=str)
    table["lease_end"] = table["office_id"].map({CLOSED_IN_2026: lease_end})
    if improvements:
        table["improvements_mnkr"] = table["office_id"].map({CLOSED_IN_2026: improvements})
    table.to_csv(folder / "offices.csv", index=False)
    rows = [
        {"year": year, "office_id": office[0], "mode": "staffed"}
        for year in (2025, 2026)
        for office in OFFICES
    ]
    plan = pd.DataFrame(rows)
    plan.loc[(plan["office_id"] == CLOSED_IN_2026) & (plan["year"] == 2025), "mode"] = first
    gone = (plan["office_id"] == CLOSED_IN_2026) & (plan["year"] == 2026)
    plan.loc[gone, "mode"] = "closed"
    plan.to_csv(folder / "plan.csv", index=False)
    out = folder / "run"
    command = ["evaluate", str(config), "--plan", str(folder / "plan.csv"), "--out", str(out)]
    assert main([*command, "--quiet"]) in (0, 1)
    budget = pd.read_csv(out / "budget.csv", dtype={"year": str})
    return out, budget[budget["year"] == "2026"].set_index("item")["amount_mnkr"]


@pytest.mark.parametrize("lease_end", sampled(reversed(DAYS)))
def test_closing_costs_the_rent_that_is_left(tmp_path: Path, lease_end: str) -> None:
    out, budget = evaluated(tmp_path / "case", lease_end)
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    rent = sites.loc[CLOSED_IN_2026, "premises_today_mnkr"]
    assert budget["closure"] == pytest.approx(0.32 if lease_end else 0.8)
    assert budget["lease_tail"] == pytest.approx(rent * DAYS[lease_end] / 365.25, abs=1e-6)


@pytest.mark.parametrize(("share", "closure"), sampled([(0.25, 0.6), (0.0, 0.8), (1.0, 0.0)]))
def test_the_rent_of_a_known_lease_is_counted_once(
    tmp_path: Path, share: float, closure: float
) -> None:
    """What closure_mnkr has for rent is left out where lease_tail counts it."""
    costs = {
        **COSTS,
        "closure_lease_share": share,
    }
    _, budget = evaluated(tmp_path / "case", "2027-06-30", costs=costs)
    assert budget["closure"] == pytest.approx(closure)
    _, unknown = evaluated(tmp_path / "other", "", costs=costs)
    assert unknown["closure"] == pytest.approx(0.8)


def test_the_rent_that_is_left_follows_rents_and_the_rest_prices(tmp_path: Path) -> None:
    costs = {
        **COSTS,
        "net_price_index": {2026: 1.5},
        "net_rent_index": {2026: 1.2},
    }
    out, budget = evaluated(tmp_path / "case", "2027-06-30", costs=costs)
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    rent = 1.2 * sites.loc[CLOSED_IN_2026, "premises_today_mnkr"]
    assert budget["closure"] == pytest.approx(1.5 * 0.32)
    left = rent * DAYS["2027-06-30"] / 365.25
    assert budget["lease_tail"] == pytest.approx(left, abs=1e-6)


def test_a_lease_told_otherwise_is_caught(tmp_path: Path) -> None:
    out, _ = evaluated(tmp_path / "case", "2027-06-30")
    sites = pd.read_csv(out / "inputs" / "sites.csv", dtype=str)
    sites["lease_end"] = sites["lease_end"].replace("2027-06-30", "2028-06-30")
    sites.to_csv(out / "inputs" / "sites.csv", index=False)
    told = " ".join(finding.where for finding in verify(out).findings)
    assert "lease_tail" in told


@pytest.mark.parametrize(
    ("lease_end", "left", "whole"),
    [
        ("", 5 * 365 + 1, 6 * 365 + 1),
        ("2027-06-30", 365 + 181, 2 * 365 + 181),
        ("2025-12-31", 0, 1),
    ],
    ids=["six years", "until the lease ends", "over before"],
)
def test_improvements_are_written_off_at_once(
    tmp_path: Path, lease_end: str, left: int, whole: int
) -> None:
    """1.2 mnkr at the end of 2024, over 2025-2030 or the lease; on 1 January 2026 some are left."""
    out, budget = evaluated(tmp_path / "case", lease_end, improvements=1.2)
    assert budget["write_off"] == pytest.approx(1.2 * left / whole, abs=1e-6)
    plan = pd.read_csv(out / "plan.csv").set_index(["office_id", "year"])
    cost = (0.32 if lease_end else 0.8) + budget["lease_tail"] + budget["write_off"]
    assert plan.loc[(CLOSED_IN_2026, 2026), "cost_mnkr"] >= cost - 1e-6
    told = plan.loc[(CLOSED_IN_2026, 2026), "motive"]
    assert (f"written off then: SEK {budget['write_off']:.2f} million" in told) == (left > 0)
    assert (f"premises are left: SEK {budget['lease_tail']:.2f} million" in told) == (
        left == 365 + 181
    )


def test_improvements_are_written_off_over_the_years_of_the_config(tmp_path: Path) -> None:
    """Over three years, 2025-2027, 365 days each: on 1 January 2026 two thirds are left."""
    costs = {
        **COSTS,
        "write_off_years": 3,
    }
    _, budget = evaluated(tmp_path / "case", "", improvements=1.2, costs=costs)
    assert budget["write_off"] == pytest.approx(0.8, abs=1e-6)


def test_improvements_told_otherwise_are_caught(tmp_path: Path) -> None:
    out, _ = evaluated(tmp_path / "case", "", improvements=1.2)
    sites = pd.read_csv(out / "inputs" / "sites.csv", dtype=str)
    sites["improvements_mnkr"] = sites["improvements_mnkr"].replace("1.2", "0.2")
    sites.to_csv(out / "inputs" / "sites.csv", index=False)
    told = " ".join(finding.where for finding in verify(out).findings)
    assert "write_off" in told


def of_2025(out: Path) -> pd.Series:
    budget = pd.read_csv(out / "budget.csv", dtype={"year": str})
    return budget[budget["year"] == "2025"].set_index("item")["amount_mnkr"]


def test_a_conversion_out_of_the_premises_pays_for_them_and_a_later_closure_does_not(
    tmp_path: Path,
) -> None:
    """Mobile service in 2025: the lease to 30 June 2027 has 365 + 365 + 181 days left."""
    out, closing = evaluated(tmp_path / "case", "2027-06-30", improvements=1.2, first="mobile")
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    rent = sites.loc[CLOSED_IN_2026, "premises_today_mnkr"]
    converting = of_2025(out)
    assert converting["lease_tail"] == pytest.approx(rent * (730 + 181) / 365.25, abs=1e-6)
    assert converting["write_off"] == pytest.approx(1.2)
    assert converting["conversion"] == pytest.approx(0.3)
    assert converting["closure"] == 0.0
    assert closing["lease_tail"] == closing["write_off"] == 0.0
    assert closing["closure"] == pytest.approx(0.32)
    plan = pd.read_csv(out / "plan.csv").set_index(["office_id", "year"])
    told = plan.loc[(CLOSED_IN_2026, 2025), "motive"]
    assert f"premises are left: SEK {converting['lease_tail']:.2f} million" in told
    assert "written off then: SEK 1.20 million" in told


def test_what_is_still_leased_is_left_by_a_closure_after_a_conversion_within_the_premises(
    tmp_path: Path,
) -> None:
    """A flexible office keeps 0.6 of its premises; closing it leaves that part of the lease."""
    out, closing = evaluated(tmp_path / "case", "2027-06-30", improvements=1.2, first="flexible")
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    rent = 0.6 * sites.loc[CLOSED_IN_2026, "premises_today_mnkr"]
    assert of_2025(out)["lease_tail"] == of_2025(out)["write_off"] == 0.0
    assert closing["lease_tail"] == pytest.approx(rent * (365 + 181) / 365.25, abs=1e-6)
    assert closing["write_off"] == pytest.approx(1.2 * (365 + 181) / (2 * 365 + 181), abs=1e-6)


def test_a_lease_left_by_a_conversion_and_told_otherwise_is_caught(tmp_path: Path) -> None:
    out, _ = evaluated(tmp_path / "case", "2027-06-30", first="mobile")
    budget = pd.read_csv(out / "budget.csv", dtype=str)
    row = (budget["year"] == "2025") & (budget["item"] == "lease_tail")
    budget.loc[row, "amount_mnkr"] = "0.0"
    budget.to_csv(out / "budget.csv", index=False)
    told = " ".join(finding.where for finding in verify(out).findings)
    assert "lease_tail" in told
