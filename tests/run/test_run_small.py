"""The whole way from files to a verified run folder, on a small agency of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.tables import FILES
from optimizer.verify import verify
from tests.run.small_case import evaluate, write_case
from tests.soak import sampled

#: what `small_case` asks, for one year and three modes, and whole
FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}
ONE_YEAR = {
    "base_appropriation": 30.0,
    "appropriation": {2025: 29.0},
    "other_income": 0,
    "saving_limit": {"amount": 1.0},
    "credit_limit": {"amount": 1.0},
}
QUESTIONS: dict[str, dict[str, object]] = {
    "one year": {
        "years": [2025],
        "budget": ONE_YEAR,
        "modes": FEW,
        "requirements": {
            "region_coverage": {"on": False},
            "staff_balance": {"on": False},
            "mode_limits": [],
        },
    },
    "two years": {},
}


def solved(folder: Path, **changes: object) -> Path:
    """Solve a small case in a new folder; the run folder."""
    shuffle = bool(changes.pop("shuffle", False))
    folder.mkdir()
    config = write_case(folder, shuffle=shuffle, **changes)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(tmp_path_factory.mktemp("small") / "case")


@pytest.fixture(scope="module")
def first(run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The runs of both questions."""
    folder = tmp_path_factory.mktemp("short") / "case"
    return {"one year": solved(folder, **QUESTIONS["one year"]), "two years": run}


def summary(folder: Path) -> dict[str, float]:
    return dict(json.loads((folder / "summary.json").read_text(encoding="utf-8")))


def test_it_is_proved_optimal_and_verified(run: Path) -> None:
    assert summary(run)["status"] == "optimal"
    assert summary(run)["gap"] <= 1e-6
    assert verify(run).ok
    assert main(["verify", str(run)]) == 0


def test_something_had_to_change_and_the_budget_is_met(run: Path) -> None:
    plan = pd.read_csv(run / "plan.csv")
    assert plan["action"].isin(["close", "merge", "convert"]).any()
    budget = pd.read_csv(run / "budget.csv")
    assert (budget.loc[budget["item"] == "margin", "amount_mnkr"] >= -1e-6).all()


def test_people_with_a_fraction_are_verified(tmp_path: Path) -> None:
    """regions.csv prints whole people; half of one is within its last digit."""
    config = write_case(tmp_path)
    table = tmp_path / "zones.csv"
    table.write_text(table.read_text().replace(",2000,", ",2000.5,", 1), encoding="utf-8")
    assert evaluate(config, tmp_path / "run") == 1  # today is too dear; 4 is a wrong table
    assert verify(tmp_path / "run").ok


@pytest.mark.parametrize("asked", sampled(QUESTIONS))
def test_the_same_input_gives_the_same_tables(
    asked: str, first: dict[str, Path], tmp_path: Path
) -> None:
    again = solved(tmp_path / "again", **QUESTIONS[asked])
    for name in FILES.values():
        assert (again / name).read_bytes() == (first[asked] / name).read_bytes(), name


@pytest.mark.parametrize("asked", sampled(QUESTIONS))
def test_the_order_of_rows_changes_nothing(
    asked: str, first: dict[str, Path], tmp_path: Path
) -> None:
    shuffled = solved(tmp_path / "shuffled", shuffle=True, **QUESTIONS[asked])
    for name in ("plan.csv", "budget.csv", "requirements.csv"):
        assert (shuffled / name).read_bytes() == (first[asked] / name).read_bytes(), name


def test_more_budget_never_worsens_access(run: Path, tmp_path: Path) -> None:
    budget = {
        "base_appropriation": 30.0,
        "appropriation": {2025: 29.6, 2026: 28.8},
        "other_income": 0,
        "saving_limit": {"amount": 1.0},
        "credit_limit": {"amount": 1.0},
    }
    richer = solved(tmp_path / "richer", budget=budget)
    assert summary(richer)["bound"] <= summary(run)["objective"] * (1 + 1e-9)
    assert summary(richer)["objective"] <= summary(run)["objective"] * (1 + 1e-9)


def test_nothing_is_closed_where_nothing_is_cut(tmp_path: Path) -> None:
    budget = {
        "base_appropriation": 30.0,
        "appropriation": {2025: 30, 2026: 30},
        "other_income": 0,
    }
    run = solved(tmp_path / "uncut", budget=budget)
    plan = pd.read_csv(run / "plan.csv")
    assert (plan["action"] == "keep").all()
    assert summary(run)["objective"] == pytest.approx(summary(run)["objective_today"])


def test_keep_and_close_are_followed(tmp_path: Path) -> None:
    offices = {
        "keep": [{"office": "Hedemora", "reason": "far away"}],
        "close": [{"office": "k5", "reason": "lease ends", "from": 2026}],
    }
    run = solved(tmp_path / "decided", offices=offices)
    plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
    assert plan.loc[("k6", 2026), "mode"] in ("staffed", "reduced")
    assert plan.loc[("k5", 2026), "mode"] == "closed"
    assert "lease ends" in plan.loc[("k5", 2026), "motive"]
    rules = pd.read_csv(run / "requirements.csv")
    assert rules.loc[rules["requirement"] == "fixed_decisions", "holds"].all()


@pytest.mark.parametrize("asked", sampled(QUESTIONS))
def test_cbc_proves_the_same_optimum(asked: str, first: dict[str, Path], tmp_path: Path) -> None:
    solver = {"name": "cbc", "gap": 0.0, "time_limit": 600, "threads": 1}
    other, same = solved(tmp_path / "cbc", solver=solver, **QUESTIONS[asked]), first[asked]
    assert summary(other)["status"] == "optimal"
    assert summary(other)["objective"] == pytest.approx(summary(same)["objective"], rel=1e-6)
    assert summary(other)["bound"] <= summary(same)["objective"] * (1 + 1e-6)
