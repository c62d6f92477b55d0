"""requirements.csv: every row has a limit of its own, can fail, and is counted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.instance import CLOSED
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.side_by_side.titles import titles_of
from optimizer.plan import covering
from optimizer.plan.counted import CountedYear, counted_years
from optimizer.plan.staff import with_staff
from optimizer.verify import verify
from optimizer.verify.folder import read
from optimizer.verify.recount import recount
from optimizer.verify.requirements import requirement_rows
from tests.run import small_case
from tests.run.small_case import QUICK, write_case

ALL_ON = {
    "region_coverage": {"on": False},
    "remote_balance": {"on": True},
    "no_one_left_behind": {"added_minutes": 90},
    "transition": {"closures": [{"at_most": 2}]},
}
WORST_OFF = {"equity": {"tail": 0.2, "weight": 0.5}}
#: What is kept to or not: no limit, so nothing that could bind.
COUNTS = {
    *("one_mode", "assignment", "partners", "no_one_left_behind", "equity"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    config = write_case(folder, requirements=ALL_ON, objective=WORST_OFF, solver=QUICK)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


def rows_of(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "requirements.csv", dtype={"year": str})


def test_every_row_is_counted_again_and_only_limits_bind(run: Path) -> None:
    assert verify(run).ok
    table = rows_of(run)
    assert table["holds"].all()
    assert set(table["requirement"]) > COUNTS
    assert not table[table["requirement"].isin(COUNTS)]["binding"].any()
    other = table["requirement"].eq("transition") & ~table["scope"].str.startswith("closures:")
    assert not table[other | table["scope"].str.startswith("balance:")]["binding"].any()


def test_money_binds_by_what_is_left_of_it_not_by_a_million(tmp_path: Path) -> None:
    """Half a million left of some 29 is 2 %, and does not bind; 20,000 kronor do."""
    run = tmp_path / "run"
    assert small_case.evaluate(write_case(tmp_path, budget=means(tmp_path, spare=0.5)), run) == 0
    assert verify(run).ok
    rows = rows_of(run).set_index(["requirement", "year"]).loc["budget_by_year"]
    assert 0.4 < rows.loc["after", "margin"] < 0.6 and not rows.loc["after", "binding"]
    (tmp_path / "tight").mkdir()
    tight = tmp_path / "tight" / "run"
    assert (
        small_case.evaluate(write_case(tight.parent, budget=means(tmp_path, spare=0.02)), tight)
        == 0
    )
    assert verify(tight).ok
    rows = rows_of(tight).set_index(["requirement", "year"]).loc["budget_by_year"]
    assert 0.0 < rows.loc["after", "margin"] < 0.028 and rows.loc["after", "binding"]


def means(folder: Path, *, spare: float) -> dict[str, object]:
    """A budget with so much more a year than the network of today costs in the last one."""
    (folder / f"cost-{spare}").mkdir()
    config = write_case(folder / f"cost-{spare}")
    small_case.evaluate(config, config.parent / "run")
    table = pd.read_csv(config.parent / "run" / "budget.csv", dtype={"year": str})
    cost = table.set_index(["item", "year"])["amount_mnkr"]["cost"]
    return {
        "base_appropriation": 30.0,
        "appropriation": {2025: float(cost["2025"]), 2026: float(cost["after"]) + spare},
        "other_income": 0,
        "saving_limit": {"amount": 0.0},
        "credit_limit": {"amount": 1.0},
    }


@pytest.mark.parametrize("language", ["sv", "en"])
def test_where_and_in_what_unit_a_row_holds_is_told_in_words(run: Path, language: str) -> None:
    titles, table = titles_of(read_tables(run), language), rows_of(run)
    for unit in table["unit"].unique():
        assert titles.strings.text(f"tables.unit.{unit}")
    for name, scope in set(zip(table["requirement"], table["scope"], strict=True)):
        told = titles.scope(name, scope)
        assert told and told != scope, (name, scope)


def test_staff_and_room_are_measured_against_work_and_visits(run: Path) -> None:
    table = rows_of(run).set_index(["requirement", "scope", "year"])
    plan = pd.read_csv(run / "plan.csv")
    for year in ("2025", "2026"):
        staff = table.loc["staffing", "nation", year]
        of_year = plan[plan["year"] == int(year)]
        assert staff["value"] == pytest.approx(of_year["fte"].sum(), abs=1e-5)
        assert staff["margin"] == pytest.approx(staff["value"] - staff["limit"], abs=2e-6)
        room = table.loc["room", "nation", year]
        assert room["value"] == pytest.approx(30_000, rel=0.5)
        assert 0 < room["margin"] == pytest.approx(room["limit"] - room["value"], abs=1e-3)
        balance = table.loc["staff_balance", "balance:nation", year]
        assert balance["value"] == balance["limit"] == pytest.approx(of_year["fte"].sum(), abs=1e-5)
        worst = table.loc["equity", "all", year]
        assert worst["value"] == worst["limit"]


def test_less_staff_in_the_plan_than_the_work_asks_for_breaks_two_rows(
    run: Path, tmp_path: Path
) -> None:
    count = recount(read(run))
    plan = count.folder.plan.copy()
    busiest = plan[plan["year"] == 2026]["fte"].idxmax()
    plan.loc[busiest, "fte"] -= 0.25
    tampered = replace(count, folder=replace(count.folder, plan=plan))
    rows = requirement_rows(tampered).set_index(["requirement", "scope", "year"])
    for name, scope in (("staffing", "nation"), ("staff_balance", "balance:nation")):
        assert rows.loc[(name, scope, "2025"), "holds"]
        broken = rows.loc[(name, scope, "2026")]
        assert not broken["holds"]
        assert broken["margin"] == pytest.approx(-0.25, abs=1e-5)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, list[CountedYear]]:
    folder = tmp_path_factory.mktemp("counted")
    config = write_case(folder, requirements=ALL_ON, objective=WORST_OFF)
    case = read_case(load(config))
    states = np.repeat(case.instance.today[:, None], 2, axis=1)
    states[3:, 1] = CLOSED
    return case, with_staff(case, counted_years(case, evaluate(case.instance, states)))


def test_an_office_that_lacks_staff_is_not_hidden_by_others_that_idle(counted) -> None:  # type: ignore[no-untyped-def]
    case, years = counted
    now = years[2]
    whole = covering.staffing(case, now, 1)
    assert whole[-1] >= 0
    fte = now.fte.copy()
    fte[0] -= 0.5
    fte[1] += 5.0
    assert covering.staffing(case, replace(now, fte=fte), 1)[-1] == pytest.approx(-0.5)


def test_visits_beyond_room_and_extension_are_told(counted) -> None:  # type: ignore[no-untyped-def]
    case, years = counted
    now = years[2]
    assert now.extension.sum() > 0
    ((*_, margin),) = covering.room(case, now)
    assert margin >= 0
    ((*_, margin),) = covering.room(case, replace(now, extension=0 * now.extension))
    assert margin == pytest.approx(-now.extension.sum())


def test_staff_that_comes_from_nowhere_is_told(counted) -> None:  # type: ignore[no-untyped-def]
    case, years = counted
    staff, now = case.instance.staff, years[1]
    ((*_, margin),) = covering.staff_balance(staff, staff.today, now)
    assert margin == 0
    flows = replace(now.staff, redundant=now.staff.redundant + np.eye(6)[2] * 0.75)
    ((*_, margin),) = covering.staff_balance(staff, staff.today, replace(now, staff=flows))
    assert margin == pytest.approx(-0.75)


def test_the_worst_off_are_what_their_definition_says(counted) -> None:  # type: ignore[no-untyped-def]
    case, years = counted
    ((name, scope, year, value, limit, unit, margin),) = covering.equity(case, years[2])
    assert (name, scope, year, unit) == ("equity", "all", "2026", "minutes")
    assert value == pytest.approx(limit)
    assert value > 0
    assert margin == pytest.approx(0, abs=1e-9)


def test_without_a_rule_on_room_there_is_no_row(tmp_path: Path) -> None:
    rules = {**ALL_ON, "staff_balance": {"on": False}, "room": {"on": False}}
    config = write_case(tmp_path, requirements=rules, solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    assert "room" not in set(rows_of(tmp_path / "run")["requirement"])
