"""Runs that make something else than minutes small: verified, told in words, refused where not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.config import load
from optimizer.outputs.publications import publish
from optimizer.verify import verify
from tests.run.small_case import write_case
from tests.soak import sampled

ONE_YEAR = {
    "years": [2025],
    "budget": {
        "base_appropriation": 30.0,
        "appropriation": {2025: 28.5},
        "other_income": 0,
        "saving_limit": {"amount": 1.0},
    },
}


def solved(folder: Path, **objective: Any) -> Path:
    folder.mkdir()
    config = write_case(folder, **ONE_YEAR, objective=objective)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("objectives")
    asked: dict[str, dict[str, Any]] = {
        "access": {},
        "cost": {"kind": "cost"},
        "weighted": {"kind": "weighted", "kr_per_minute": 4.0},
        "order": {"kind": "lexicographic", "order": ["access", "cost"], "tolerance": 0.5},
        "fair": {"equity": {"weight": 2.0, "tail": 0.1, "group": "age_75plus"}},
    }
    return {name: solved(folder / name, **one) for name, one in asked.items()}


def summary(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "summary.json").read_text(encoding="utf-8")))


def spent(run: Path) -> float:
    amounts = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    return float(amounts.loc[[("2025", "cost"), ("2025", "fees_lost")], "amount_mnkr"].sum())


def test_every_objective_is_proved_and_verified(runs: dict[str, Path]) -> None:
    for name, run in runs.items():
        assert summary(run)["status"] == "optimal", name
        assert verify(run).ok, name


def test_each_plan_is_best_at_what_it_was_made_for(runs: dict[str, Path]) -> None:
    minutes = {name: summary(run)["visit_minutes"] for name, run in runs.items()}
    cost = {name: spent(run) for name, run in runs.items()}
    assert min(minutes, key=lambda name: minutes[name]) == "access"
    assert cost["cost"] == min(cost.values()) < cost["access"]
    worth = {name: cost[name] * 1e6 + 4.0 * minutes[name] for name in runs}
    assert worth["weighted"] == min(worth.values())
    assert summary(runs["cost"])["objective"] == pytest.approx(cost["cost"] * 1e6, abs=2.0)
    assert summary(runs["weighted"])["objective"] == pytest.approx(worth["weighted"], abs=2.0)


def test_an_order_gives_up_no_more_of_the_first_than_it_may(runs: dict[str, Path]) -> None:
    told, access = summary(runs["order"]), summary(runs["access"])
    (first,) = told["earlier"]
    assert first["objective"] == pytest.approx(access["objective"])
    added = access["objective"] - access["objective_today"]
    assert told["visit_minutes"] <= access["objective"] + 0.5 * added + 1e-3
    assert told["objective_kind"] == "cost"
    assert spent(runs["order"]) <= spent(runs["access"]) + 1e-6
    rules = pd.read_csv(runs["order"] / "requirements.csv").set_index("requirement")
    row = rules.loc["objective"]
    assert row["holds"]
    assert row["scope"] == "access"
    assert row["limit"] == pytest.approx(access["objective"] + 0.5 * added, rel=1e-6)


def test_the_worst_off_of_the_old_are_no_worse_off_where_they_count(runs: dict[str, Path]) -> None:
    tails = {}
    for name in ("access", "fair"):
        table = pd.read_csv(runs[name] / "equity.csv").set_index("group")
        tails[name] = float(table.loc["age_75plus", "tail_minutes"])
    assert tails["fair"] <= tails["access"]
    told = summary(runs["fair"])
    demand = pd.read_parquet(runs["fair"] / "inputs" / "demand.parquet")
    visits = float(demand.loc[demand["year"] == 2025, "visits"].sum())
    added = told["objective"] - told["visit_minutes"]
    assert added == pytest.approx(2.0 * visits * tails["fair"], abs=2.0 * visits * 1e-4)


@pytest.mark.parametrize(
    ("name", "key", "value", "where"),
    sampled(
        [
            ("cost", "objective", 1.0, "summary.json, objective"),
            ("cost", "objective_today", 1.0, "summary.json, objective_today"),
            ("cost", "objective_kind", "access", "summary.json, objective_kind"),
            ("order", "objective_kind", "access", "summary.json, objective_kind"),
            ("order", "earlier", [], "summary.json, objective_kind"),
            ("access", "visit_minutes", 1.0, "summary.json, visit_minutes"),
        ],
        3,
    ),
)
def test_what_is_told_of_the_objective_is_checked(
    runs: dict[str, Path], name: str, key: str, value: object, where: str
) -> None:
    file = runs[name] / "summary.json"
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(json.dumps({**json.loads(before), key: value}), encoding="utf-8")
        assert where in [finding.where for finding in verify(runs[name]).findings]
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_first_aim_told_too_large_lets_nothing_pass(runs: dict[str, Path]) -> None:
    file = runs["order"] / "summary.json"
    before = file.read_text(encoding="utf-8")
    told = json.loads(before)
    told["earlier"][0]["objective"] *= 1.5
    try:
        file.write_text(json.dumps(told), encoding="utf-8")
        found = [finding.where for finding in verify(runs["order"]).findings]
        assert any("requirements.csv" in where and "objective" in where for where in found)
    finally:
        file.write_text(before, encoding="utf-8")


def test_the_worst_off_are_counted_again(runs: dict[str, Path]) -> None:
    file = runs["fair"] / "equity.csv"
    before = file.read_text(encoding="utf-8")
    table = pd.read_csv(file)
    try:
        table.assign(tail_minutes=table["tail_minutes"] + 0.01).to_csv(file, index=False)
        assert any("equity.csv" in one.where for one in verify(runs["fair"]).findings)
    finally:
        file.write_text(before, encoding="utf-8")


def test_the_report_tells_what_the_plan_is_best_at(runs: dict[str, Path]) -> None:
    publish(runs["order"], ("html",), language="en")
    text = (runs["order"] / "report.html").read_text(encoding="utf-8")
    assert "Value of the plan, kronor" in text
    assert "First the plan was sought that adds least travel" in text
    assert "in visit-minutes. The lower bound" not in text
    assert "the one with the least cost is sought" in text
    assert "least sum of travel" not in text


def test_a_plan_of_ones_own_is_counted_by_the_first_aim(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    run, out = runs["order"], tmp_path / "own"
    config = run.parent / "small.yaml"
    command = ["evaluate", str(config), "--plan", str(run / "plan.csv"), "--against", str(run)]
    assert main([*command, "--out", str(out), "--quiet"]) == 0
    told = summary(out)
    assert told["objective_kind"] == "access"
    assert told["objective"] == pytest.approx(summary(run)["visit_minutes"])
    assert told["bound"] == pytest.approx(summary(run)["earlier"][0]["bound"])


@pytest.mark.soak
def test_the_opposite_of_a_decision_is_told_in_kronor(
    runs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(runs["order"]), "k6", "--seconds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["unit"] == "kr"
    assert told["objective"] == pytest.approx(summary(runs["order"])["objective"])


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ({"kind": "lexicographic", "order": ["cost", "cost"]}, "objective.order"),
        ({"kind": "lexicographic", "order": ["cost"]}, "objective.order"),
        ({"kind": "cost", "equity": {"weight": 1.0}}, "objective.equity.weight"),
        ({"equity": {"weight": 1.0, "tail": 0.0}}, "objective.equity.tail"),
        ({"equity": {"weight": 1.0, "need": 4}}, "objective.equity.need"),
        ({"kind": "speed"}, "objective.kind"),
    ],
)
def test_an_objective_that_makes_no_sense_is_refused(
    tmp_path: Path, objective: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, **ONE_YEAR, objective=objective)
    assert main(["check", str(config)]) == 2
    assert words in capsys.readouterr().err


def test_a_frontier_of_minutes_is_refused_where_cost_is_made_small(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path, **ONE_YEAR, objective={"kind": "cost"})
    sweep = tmp_path / "frontier.yaml"
    sweep.write_text("kind: frontier\nconfig: small.yaml\naims: [access, cut]\n", encoding="utf-8")
    assert main(["sweep", str(sweep), "--out", str(tmp_path / "out")]) == 2
    assert "objective.kind cost" in capsys.readouterr().err


def test_minutes_are_made_small_unless_something_else_is_asked_for(tmp_path: Path) -> None:
    assert load(write_case(tmp_path)).objective.kind == "access"
