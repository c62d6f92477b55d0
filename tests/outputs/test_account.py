"""What reports tell, counted from a run folder: agrees with the run's own tables and by hand."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pandas as pd
import pytest

from optimizer.outputs.account.account import Account, read_account
from optimizer.outputs.account.carbon import assumptions, car_km
from optimizer.outputs.account.sensitivity import LEAST_STAFF as LEAST
from optimizer.outputs.account.sensitivity import STEPS
from tests.outputs import report_run
from tests.run.small_case import COSTS


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_run.write(tmp_path_factory.mktemp("account"))


@pytest.fixture(scope="module")
def account(run: Path) -> Account:
    return read_account(run)


def budget(folder: Path) -> dict[tuple[str, str], str]:
    """Every amount as it is printed in budget.csv."""
    table = pd.read_csv(folder / "budget.csv", dtype=str)
    return {(row.year, row.item): row.amount_mnkr for row in table.itertuples()}


def test_doing_nothing_agrees_with_evaluating_today_to_the_last_digit(
    account: Account, tmp_path: Path
) -> None:
    printed = budget(report_run.write_today(tmp_path))
    compared = 0
    for row in account.unchanged.to_dict("records"):
        for item, amount in row.items():
            known = printed.get((str(int(row["year"])), str(item)))
            if known is not None:
                assert f"{amount + 0.0:.6f}" == known, (row["year"], item)
                compared += 1
    assert compared == 11 + 2 * 18  # today's costs; two years with means and what is carried over
    assert account.unchanged["shortfall"].iloc[-1] < 0


def test_doing_nothing_counts_help_by_video(tmp_path: Path) -> None:
    rules = {"region_coverage": {"on": False}, "remote_balance": {"on": True, "share": 0.5}}
    folder = report_run.write_today(tmp_path, requirements=rules)
    printed = budget(folder)
    for row in read_account(folder).unchanged.to_dict("records"):
        for item in ("front_staff", "remote_equipment", "cost"):
            assert f"{row[item] + 0.0:.6f}" == printed[str(int(row["year"])), item]
    assert float(printed["2026", "remote_equipment"]) > 0.01


def test_doing_nothing_counts_staff_that_becomes_too_many(tmp_path: Path) -> None:
    costs = {
        **COSTS,
        "attrition_per_year": 0.0,
        "hire_mnkr_per_fte": 0.1,
    }
    demand = {"productivity_growth": 0.05}  # fewer are needed each year, and nobody leaves
    folder = report_run.write_today(tmp_path, costs=costs, demand=demand)
    found = read_account(folder).unchanged.set_index("year")
    printed = budget(folder)
    assert found.loc[2025, "redundancy"] > 0
    for year in (2025, 2026):
        for item in ("redundancy", "relocation", "hiring", "cost", "margin"):
            assert f"{found.loc[year, item] + 0.0:.6f}" == printed[str(year), item], (year, item)


def test_the_plan_held_fast_costs_what_its_budget_says(account: Account, run: Path) -> None:
    unmoved, *moved = account.sensitivity
    assert f"{unmoved.cost_mnkr:.6f}" == budget(run)["after", "cost"]
    assert f"{unmoved.margin_mnkr:.6f}" == budget(run)["after", "margin"]
    assert len(moved) == 2 * len(STEPS)
    (dearer,) = (one for one in moved if (one.quantity, one.factor) == ("wage", 1.03))
    staff = float(budget(run)["2026", "front_staff"])
    central = 2.0 * 0.769  # the pay of central staff
    assert dearer.cost_mnkr - unmoved.cost_mnkr == pytest.approx(0.03 * (staff + central))


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_another_least_staff_is_told_as_evaluate_counts_it(tmp_path: Path, factor: float) -> None:
    """One assumption, one number: the report's row and the run with `modes.*.fte_min` changed."""
    costs = {**COSTS, "front_fte": 24.0, "total_mnkr": 34.0}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    usual = read_account(report_run.write(tmp_path / "a", costs=costs))
    catalogue = usual.source.run.config["modes"]
    modes = {name: {"fte_min": factor * mode["fte_min"]} for name, mode in catalogue.items()}
    moved = budget(report_run.write(tmp_path / "b", costs=costs, modes=modes))
    unmoved = usual.sensitivity[0]
    (step,) = (one for one in usual.sensitivity if (one.quantity, one.factor) == (LEAST, factor))
    assert step.cost_mnkr == pytest.approx(float(moved["after", "cost"]), abs=1e-4)
    assert step.margin_mnkr == pytest.approx(float(moved["after", "margin"]), abs=1e-4)
    assert abs(step.cost_mnkr - unmoved.cost_mnkr) > 0.01


def test_a_least_staff_beyond_all_staff_on_record_has_no_number(account: Account) -> None:
    """Six offices with 1.3 x 3 FTE at least are more than the 20 of the small agency."""
    (step,) = (one for one in account.sensitivity if (one.quantity, one.factor) == (LEAST, 1.3))
    assert math.isnan(step.cost_mnkr) and math.isnan(step.margin_mnkr)


def test_every_wanted_visit_has_a_way(account: Account) -> None:
    wanted = account.ways.groupby("year")["wanted"].sum()
    demand = account.source.demand.groupby("year")["visits"].sum()
    for year in account.source.run.years:
        assert wanted[year] == pytest.approx(demand[year])


def test_a_closed_office_tells_who_used_it_and_where_they_go(account: Account) -> None:
    closed = next(one for one in account.changes if one.office_id == "k6")
    assert (closed.closes, closed.leaves_municipality, closed.decided_by) == (True, True, "board")
    users = closed.users
    assert users.wanted == pytest.approx(closed.visits_today)
    arrive = sum(visits for _, visits in users.receivers)
    assert arrive + users.lost == pytest.approx(users.wanted)
    assert users.minutes_before is not None and users.minutes_after is not None
    assert users.minutes_after > users.minutes_before
    assert users.population == 13500  # the town and its countryside, 11 500 and 2 000


def test_a_converted_office_stays_and_is_the_directors(account: Account) -> None:
    changed = next(one for one in account.changes if one.office_id == "k5")
    assert (changed.state, changed.decided_by) == ("convert", "director")
    assert [(event.year, event.mode) for event in changed.events] == [(2026, "reduced")]


def test_what_is_saved_a_year_leaves_one_off_costs_out(account: Account) -> None:
    """Whether a change is of the last year or of an earlier one: it is what is saved ever after."""
    closed = next(one for one in account.changes if one.office_id == "k6")
    assert closed.saved_mnkr == pytest.approx(closed.cost_today_mnkr)
    changed = next(one for one in account.changes if one.office_id == "k5")
    once = changed.cost_by_year[-1] - changed.recurring_last_mnkr
    assert once >= 0.3 - 1e-9  # what a conversion costs, in 2026, the last year
    assert changed.saved_mnkr == pytest.approx(
        changed.cost_today_mnkr - changed.cost_by_year[-1] + once
    )


def test_nothing_is_told_of_offices_that_stay(account: Account) -> None:
    assert {one.office_id for one in account.changes} == {"k5", "k6"}


def test_receiving_offices_in_the_busiest_month(account: Account) -> None:
    first = account.receiving[0]
    assert first.moved > 0
    assert first.peak_month == pytest.approx(first.visits_last / 12 * 1.32)
    assert first.per_open_day == pytest.approx(first.peak_month / 21)  # weekdays of April 2024
    assert first.per_fte_day == pytest.approx(first.peak_month / 21 / first.fte_last)


def test_kilometres_by_car_by_hand() -> None:
    visits, km = pd.Series([100.0, 50.0]), pd.Series([30.0, 12.0])
    # there and back: 2 x (100 x 30 km + 50 x 12 km) = 7 200 km; 0.75 of visits by car, 1.3 people
    # in each
    assert car_km(visits, km) == pytest.approx(7200 * 0.75 / 1.3)


def test_kilometres_are_those_of_the_roads_where_they_are_known(account: Account) -> None:
    source, first = account.source, account.source.run.years[0]
    assert source.km is not None
    ways = account.ways[account.ways["year"] == first]
    arriving = [
        (way["wanted"] - way["lost"]) * source.km.at[way["zone_id"], way["to_office"]]
        for way in ways.to_dict("records")
    ]
    km = pd.Series([sum(arriving)])
    assert account.carbon[0].visitor_km_after == pytest.approx(car_km(pd.Series([1.0]), km))
    assert "km_per_hour" not in assumptions(source)
    by_minutes = Account(dataclasses.replace(source, km=None))
    hours = float((ways["wanted"] * ways["minutes_before"]).sum()) / 60.0
    assert by_minutes.carbon[0].visitor_km_before == pytest.approx(
        car_km(pd.Series([hours]), pd.Series([55.0]))
    )
    assert "km_per_hour" in assumptions(by_minutes.source)


def test_shares_of_people_lie_between_none_and_all_and_add_up(account: Account) -> None:
    everybody, *kinds = account.areas
    assert everybody.population == pytest.approx(
        sum(one.population for one in kinds or account.areas)
    )
    for one in (*account.areas, *account.groups):
        for share in (*one.within_before, *one.within_after):
            assert share is not None and 0 <= share <= 1


def test_people_of_a_group_are_those_of_the_inputs_where_there_are_any(account: Account) -> None:
    by_share = {one.kind: one.population for one in account.groups}
    zones = account.source.zones["zone_id"]
    given = pd.DataFrame({"zone_id": zones, "age_75plus": [100.0] * len(zones)})
    told = Account(dataclasses.replace(account.source, groups=given)).groups
    people = {one.kind: one.population for one in told}
    assert people["age_75plus"] == 100 * len(zones) != by_share["age_75plus"]
    assert people["low_education"] == by_share["low_education"]


def test_efficiency_of_today_is_cost_over_visits(account: Account) -> None:
    today = account.efficiency[0]
    row = account.source.run.summary["years"][0]
    assert today.per_visit_kr == pytest.approx(row["cost_per_visit_kr"])
    assert today.saved_per_added_minute_kr is None
    assert today.per_case_kr is None  # cases are on record for the country's own offices alone
