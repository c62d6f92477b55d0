"""Rents and pay that rise by themselves: each moves its own item of the budget, and no other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.account.account import read_account
from optimizer.outputs.publications import publish
from optimizer.verify import verify
from tests.run.small_case import COSTS, QUICK, write_case

AMPLE = {
    "base_appropriation": 30.0,
    "appropriation": {2025: 33.0, 2026: 38.0},
    "other_income": 0,
    "saving_limit": {"amount": 0.0},
    "credit_limit": {"amount": 0.0},
}


def items(folder: Path, **indices: object) -> pd.Series:
    """Today's network counted: amounts of 2026 by item of the budget, mnkr."""
    folder.mkdir()
    config = write_case(folder, costs={**COSTS, **indices})
    out = folder / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) == 1
    budget = pd.read_csv(out / "budget.csv", dtype={"year": str})
    return budget[budget["year"] == "2026"].set_index("item")["amount_mnkr"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> pd.Series:
    return items(tmp_path_factory.mktemp("plain") / "case")


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ({"net_rent_index": {2026: 1.2}}, {"premises": 1.2}),
        # central is 30 - 20 x 0.769 - 5 - 3 = 6.62, of it 2 x 0.769 = 1.538 pay
        (
            {"net_wage_index": {2026: 0.9}},
            {"front_staff": 0.9, "central": (0.9 * 1.538 + 5.082) / 6.62},
        ),
        (
            {"net_price_index": {2026: 1.1}, "net_rent_index": {2026: 1.0}},
            {"front_staff": 1.1, "local": 1.1, "central": 1.1},
        ),
    ],
    ids=["rents", "pay", "all but rents"],
)
def test_an_index_moves_its_own_items_only(
    tmp_path: Path, plain: pd.Series, indices: dict[str, object], expected: dict[str, float]
) -> None:
    before, after = plain, items(tmp_path / "indexed", **indices)
    for item in ("front_staff", "premises", "local", "central"):
        assert after[item] == pytest.approx(before[item] * expected.get(item, 1.0), abs=2e-6), item


def test_what_rises_is_set_against_what_is_compensated(tmp_path: Path, plain: pd.Series) -> None:
    """Pay up 3.3 %, rents 9 %, the appropriation 2 %: they cost 1.033 / 1.02 and 1.09 / 1.02."""
    rising = {
        "compensation_index": {2026: 1.02},
        "gross_wage_index": {2026: 1.033},
        "gross_rent_index": {2026: 1.09},
    }
    before, after = plain, items(tmp_path / "rising", **rising)
    pay, rest = 1.033 / 1.02, 1.0
    expected = {"front_staff": pay, "premises": 1.09 / 1.02}
    expected |= {"central": (pay * 1.538 + rest * 5.082) / 6.62}
    for item in ("front_staff", "premises", "local", "central", "appropriation"):
        assert after[item] == pytest.approx(before[item] * expected.get(item, 1.0), abs=2e-6), item
    budget = pd.read_csv(tmp_path / "rising" / "run" / "budget.csv", dtype={"year": str})
    amounts = budget.set_index(["year", "item"])
    for year, raised in (("2024", 1.0), ("2025", 1.0), ("2026", 1.02), ("after", 1.02)):
        now = amounts.loc[year]
        assert now["year_prices_mnkr"].to_numpy() == pytest.approx(
            raised * now["amount_mnkr"].to_numpy(), abs=2e-6
        )
    publish(tmp_path / "rising" / "run", ("html", "xlsx"), language="en")
    report = (tmp_path / "rising" / "run" / "report.html").read_text(encoding="utf-8")
    assert "Means in prices of the year" in report
    assert "From the year before, in prices of the year" in report


def test_the_time_on_the_way_is_pay_and_the_driving_is_not(tmp_path: Path) -> None:
    """Leksand is flexible: kilometres cost 1.1 in 2026, and an hour 1.3."""
    offices = {"mode": [{"office": "k5", "mode": "flexible", "reason": "few visits"}]}
    indices = {"net_price_index": {2026: 1.1}, "net_wage_index": {2026: 1.3}}
    config = write_case(
        tmp_path, offices=offices, costs={**COSTS, **indices}, solver=QUICK, budget=AMPLE
    )
    out = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    km, minutes = sites.loc["k5", ["base_km", "base_minutes"]]
    trips = 2 * 46 * 2  # open days x weeks x ways
    driving = trips * km * 2.5 / 1e6
    paid = trips * minutes / 60 * 2 * 0.769 / 1700
    amount = pd.read_csv(out / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    for year, price, wage in (("2025", 1.0, 1.0), ("2026", 1.1, 1.3)):
        told = amount.loc[(year, "staff_travel"), "amount_mnkr"]
        assert told == pytest.approx(price * driving + wage * paid, abs=2e-6)
    central = amount.loc[("2026", "central"), "amount_mnkr"]
    assert central == pytest.approx(1.3 * 1.538 + 1.1 * 5.082, abs=2e-6)
    amount.loc[("2026", "central"), "amount_mnkr"] = 1.1 * 6.62  # as if all of it were prices
    amount.reset_index().to_csv(out / "budget.csv", index=False)
    assert any("central" in one.where for one in verify(out).findings)


def test_added_room_follows_the_rents_of_its_town_and_their_index(tmp_path: Path) -> None:
    """Every office is full, and visits grow 2 % a year. Falun's rents are twice those of others.

    Rent is 0.4 of the price of 0.15: 0.06 in the mean over the visits, and at Falun twice what it
    is elsewhere. In 2026 it costs 1.5 times as much, the refurbishing of 0.09 1.1 times.
    """
    costs = {
        **COSTS,
        "city_premises_factors": {"2080": 2.0},
        "extension_rent_share": 0.4,
        "net_price_index": {2026: 1.1},
        "net_rent_index": {2026: 1.5},
    }
    demand = {"growth_per_year": 0.02, "room_slack": 0.0}
    config = write_case(tmp_path, costs=costs, demand=demand, budget=AMPLE)
    out = tmp_path / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) in (
        0,
        1,
    )
    sites = pd.read_csv(out / "inputs" / "sites.csv").set_index("office_id")
    visits = sites["visits_today"]
    at_falun = visits["k1"] / visits.sum()
    rent = pd.Series(0.06 / (1.0 + at_falun), index=sites.index)
    rent["k1"] *= 2.0
    found = sites["extension_mnkr_per_1000_visits"]
    assert found.to_numpy() == pytest.approx((0.09 + rent).to_numpy())
    assert float((found * visits).sum() / visits.sum()) == pytest.approx(0.15)
    file = out / "budget.csv"
    budget = pd.read_csv(file, dtype={"year": str}).set_index(["year", "item"])
    told = read_account(out).unchanged.set_index("year")["extension"]
    for year, grown, price, rents in ((2025, 0.02, 1.0, 1.0), (2026, 0.0404, 1.1, 1.5)):
        wanted = float(((0.09 * price + rent * rents) * grown * visits).sum()) / 1000
        assert budget.loc[(str(year), "extension"), "amount_mnkr"] == pytest.approx(
            wanted, abs=2e-6
        )
        assert told[year] == pytest.approx(wanted, abs=2e-6)
    sites["extension_rent_mnkr_per_1000_visits"] = 0.2
    sites.reset_index().to_csv(out / "inputs" / "sites.csv", index=False)
    assert any("extension" in one.where for one in verify(out).findings)


def test_more_central_staff_than_central_cost_is_refused_where_pay_is_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """6.62 of central cost pays 8.6 FTE."""
    config = write_case(
        tmp_path, costs={**COSTS, "central_fte": 8.7, "net_wage_index": {2026: 1.02}}
    )
    assert main(["check", str(config)]) == 2
    assert "costs.central_fte: must be at most 8.6" in capsys.readouterr().err
    config = write_case(tmp_path, costs={**COSTS, "central_fte": 8.7})
    assert main(["check", str(config)]) != 2


def test_a_run_from_before_prices_were_told_apart_is_still_verified(tmp_path: Path) -> None:
    items(tmp_path / "case")
    run = tmp_path / "case" / "run"
    for name in ("sites", "site_modes"):
        file = run / "inputs" / f"{name}.csv"
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        new = [one for one in table if one.startswith("extension_") or "_pay_" in one]
        assert new
        table.drop(columns=new).to_csv(file, index=False)
    found = [one.where for one in verify(run).findings]
    assert found
    assert all("inputs/" in where or "sha256" in where for where in found), found


def test_prices_of_the_year_told_otherwise_are_caught(tmp_path: Path) -> None:
    items(tmp_path / "case", compensation_index={2026: 1.02})
    file = tmp_path / "case" / "run" / "budget.csv"
    budget = pd.read_csv(file, dtype=str)
    budget.assign(year_prices_mnkr=budget["amount_mnkr"]).to_csv(file, index=False)
    assert any("year_prices_mnkr" in one.where for one in verify(file.parent).findings)


def test_what_is_carried_over_is_a_sum_of_kronor(tmp_path: Path) -> None:
    """Compensation 1.00, then 1.10, 32 mnkr of appropriation a year and 0.55 brought in; 1.0 may
    be saved and 1.1 borrowed, and net prices stand.

    2025 leaves more than 1: 1.00 is carried out, in kronor. It is 1.00 / 1.10 in 2026 in prices
    of 2024, and the most that may be saved of 2026 is 1.00 / 1.10 too: again 1.00 in kronor.
    """
    budget = {
        "appropriation": {2025: 32.0, 2026: 32.0},
        "other_income": 0,
        "carry_in": 0.55,
        "saving_limit": {"amount": 1.0},
        "credit_limit": {"amount": 1.1},
    }
    config = write_case(
        tmp_path, budget=budget, costs={**COSTS, "compensation_index": {2025: 1.0, 2026: 1.1}}
    )
    out = tmp_path / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) == 0
    table = pd.read_csv(out / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    assert table.loc[("2025", "carry_in")].tolist() == pytest.approx([0.55, 0.55])
    assert table.loc[("2025", "carry_out")].tolist() == pytest.approx([1.0, 1.0])
    assert table.loc[("2026", "carry_in")].tolist() == pytest.approx([1.0 / 1.1, 1.0], abs=2e-6)
    assert table.loc[("2026", "carry_out")].tolist() == pytest.approx([1.0 / 1.1, 1.0], abs=2e-6)
    amount = table["amount_mnkr"]
    left = amount["2026", "means"] + 1.0 / 1.1 - amount["2026", "cost"]
    assert amount["2026", "paid_back"] == pytest.approx(left - 1.0 / 1.1, abs=3e-6)
    years = pd.read_csv(out / "inputs" / "years.csv").set_index("year")
    assert years["credit_limit_mnkr"].loc[[2025, 2026]].tolist() == pytest.approx([1.1, 1.0])
    unchanged = read_account(out).unchanged.set_index("year")
    assert unchanged.loc[2026, "carry_in"] == pytest.approx(1.0 / 1.1)
    table.loc[("2026", "carry_in"), "amount_mnkr"] = 1.0
    table.reset_index().to_csv(out / "budget.csv", index=False)
    assert any("carry_in" in one.where for one in verify(out).findings)


def test_an_index_both_net_and_gross_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {"net_rent_index": {2026: 1.05}, "gross_rent_index": {2026: 1.09}}
    config = write_case(tmp_path, costs={**COSTS, **both})
    assert main(["check", str(config)]) == 2
    assert "costs.gross_rent_index.2026: must not be given" in capsys.readouterr().err


def test_saving_beyond_the_limit_is_paid_back(tmp_path: Path) -> None:
    """Means of 31 against a cost of 30 less what productivity saves; 0.2 may be kept."""
    budget = {
        "base_appropriation": 31.0,
        "appropriation": {2025: 31.0, 2026: 31.0},
        "other_income": 0,
        "saving_limit": {"amount": 0.2},
    }
    config = write_case(tmp_path, budget=budget)
    out = tmp_path / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) == 0
    table = pd.read_csv(out / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    amount = table["amount_mnkr"]
    for year, brought in (("2025", 0.0), ("2026", 0.2)):
        left = amount[year, "means"] + brought - amount[year, "cost"]
        assert amount[year, "carry_out"] == pytest.approx(0.2)
        assert amount[year, "paid_back"] == pytest.approx(left - 0.2, abs=2e-6)
        assert amount[year, "paid_back"] > 0.5
    table.loc[("2026", "paid_back"), "amount_mnkr"] += 0.1
    table.reset_index().to_csv(out / "budget.csv", index=False)
    assert any("paid_back" in one.where for one in verify(out).findings)
