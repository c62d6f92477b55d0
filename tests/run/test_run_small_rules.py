"""Runs of the small case in which two rooms could mean different things by one rule."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from tests.run.small_case import OFFICES, QUICK, write_case

NO_BUDGET = {
    "base_appropriation": 60.0,
    "appropriation": {2025: 60.0, 2026: 60.0},
    "other_income": 0,
    "saving_limit": {"amount": 0},
    "credit_limit": {"amount": 0},
}


def change_offices(folder: Path, **columns: dict[str, object]) -> None:
    """Other values of some columns of offices.csv, by office."""
    offices = pd.read_csv(folder / "offices.csv", dtype={"municipality_code": str})
    for column, values in columns.items():
        if column not in offices:
            offices[column] = ""
        offices[column] = offices["office_id"].map(values).fillna(offices[column])
    offices.to_csv(folder / "offices.csv", index=False)


def write_plan(folder: Path, modes: dict[str, str], *, otherwise: str = "staffed") -> Path:
    """A plan with the same mode in both years."""
    rows = [(year, k, modes.get(k, otherwise)) for year in (2025, 2026) for k, *_ in OFFICES]
    path = folder / "plan.csv"
    pd.DataFrame(rows, columns=["year", "office_id", "mode"]).to_csv(path, index=False)
    return path


def requirement(run: Path, name: str) -> pd.DataFrame:
    rules = pd.read_csv(run / "requirements.csv", dtype={"year": str})
    return rules[rules["requirement"] == name]


def test_no_mode_with_more_days_than_an_office_has_of_its_own(tmp_path: Path) -> None:
    """Staffed two days a week: reduced, which has more days, would be more service."""
    path = write_case(tmp_path, solver={"gap": 0.0, "time_limit": 60, "threads": 1})
    change_offices(tmp_path, open_days={"k5": 2, "k6": 2})
    assert main(["solve", str(path), "--out", str(tmp_path / "run")]) == 0
    assert requirement(tmp_path / "run", "transition")["value"].max() == 0
    plan = pd.read_csv(tmp_path / "run" / "plan.csv")
    few = plan[plan["office_id"].isin(["k5", "k6"])]
    assert not few["mode"].isin(["reduced", "reduced_colocated"]).any()


def test_an_equal_level_is_no_upgrade(tmp_path: Path) -> None:
    """An office with its own three days may become reduced, which has as many or fewer."""
    path = write_case(tmp_path, solver=QUICK)
    days = {"k6": 4}
    change_offices(tmp_path, open_days=days)
    plan = write_plan(tmp_path, {"k6": "reduced"})
    out = tmp_path / "run"
    assert main(["evaluate", str(path), "--plan", str(plan), "--out", str(out)]) in (0, 1)
    assert requirement(out, "transition")["value"].max() == 0


def test_an_office_named_in_another_letter_case_is_verified(tmp_path: Path) -> None:
    path = write_case(
        tmp_path, solver=QUICK, offices={"keep": [{"office": "falun", "reason": "x"}]}
    )
    out = tmp_path / "run"
    plan = write_plan(tmp_path, {})
    assert main(["evaluate", str(path), "--plan", str(plan), "--out", str(out)]) in (0, 1)
    assert main(["verify", str(out)]) == 0


@pytest.mark.parametrize("most", [0.5, 1.0])
def test_a_binding_limit_on_redundancies_is_verified(tmp_path: Path, most: float) -> None:
    """With so much more done by each of the staff, more would be redundant than may be."""
    rules = {"region_coverage": {"on": False}, "staff_balance": {"most_redundant_fte": most}}
    faster = {"productivity_growth": 0.1}
    path = write_case(tmp_path, solver=QUICK, requirements=rules, demand=faster)
    plan = write_plan(tmp_path, {"k2": "closed", "k4": "closed", "k6": "closed"})
    out = tmp_path / "run"
    assert main(["evaluate", str(path), "--plan", str(plan), "--out", str(out)]) in (0, 1)
    staff = pd.read_csv(out / "staff.csv")
    redundant = staff[staff["kind"] == "redundant"].groupby("year")["fte"].sum()
    assert redundant.max() == pytest.approx(most, abs=1e-4)


def shared(folder: Path, **rules: object) -> Path:
    """All six offices share premises with their municipality."""
    requirements = {"region_coverage": {"on": False}, "staff_balance": {"on": False}, **rules}
    path = write_case(folder, solver=QUICK, budget=NO_BUDGET, requirements=requirements)
    ids = [office_id for office_id, *_ in OFFICES]
    partners: dict[str, object] = {office_id: f"{office_id} kommun" for office_id in ids}
    change_offices(folder, partner=partners, mode=dict.fromkeys(ids, "staffed_colocated"))
    return path


def test_a_limit_on_shared_premises_alone_leaves_own_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six open, two of them shared: the other four have premises of their own."""
    none = ("reduced_colocated", "flexible", "mobile")
    limits = [{"mode": "staffed_colocated", "at_most": 2}]
    limits += [{"mode": mode, "at_most": 0} for mode in none]
    path = shared(tmp_path, mode_limits=limits, open_sites={"exactly": 6})
    assert main(["check", str(path)]) == 0, capsys.readouterr().out


def test_a_region_may_ask_for_own_premises(tmp_path: Path) -> None:
    """Own premises, which are dearer, are there for a plan only where a rule names them."""
    rule = {"division": "county", "min_points": 1, "modes": ["staffed", "reduced"]}
    for rules, there in (({}, False), ({"region_coverage": [rule]}, True)):
        instance = read_case(load(shared(tmp_path, **rules))).instance
        assert instance.allowed[:, instance.states.index("reduced")].all() == there


def test_a_plan_may_use_own_premises_where_they_could_be_shared(tmp_path: Path) -> None:
    path = shared(tmp_path)
    plan = write_plan(tmp_path, {"k6": "reduced"}, otherwise="staffed_colocated")
    out = tmp_path / "run"
    assert main(["evaluate", str(path), "--plan", str(plan), "--out", str(out)]) == 0
    assert requirement(out, "partners")["value"].max() == 0


def test_points_of_a_region_are_not_held_against_a_rule_that_names_modes(tmp_path: Path) -> None:
    rule = {"division": "county", "modes": ["staffed"], "min_points": 1}
    path = write_case(
        tmp_path,
        solver=QUICK,
        requirements={"region_coverage": [rule], "staff_balance": {"on": False}},
    )
    plan = write_plan(tmp_path, {"k6": "flexible"})
    out = tmp_path / "run"
    main(["evaluate", str(path), "--plan", str(plan), "--out", str(out)])
    assert not requirement(out, "region_coverage")["holds"].all()
    assert pd.read_csv(out / "regions.csv")["required"].max() == 0
