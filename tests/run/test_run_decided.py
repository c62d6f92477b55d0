"""Decisions already taken: from a table with dates to the plan, its motives and the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geodata.problems import InputError
from optimizer.building.decided import first_year
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands.rereading import case_of_run
from optimizer.config import load
from tests.run.small_case import write_case

HEAD = "office_id,action,mode,into_office_id,decided_on,last_day\n"
OFF = {"region_coverage": {"on": False}}


def case_with(folder: Path, rows: str, **offices: object) -> Path:
    (folder / "decided.csv").write_text(HEAD + rows, encoding="utf-8")
    given = {"decided": "decided.csv", **offices}
    solver = {"gap": 0.5, "time_limit": 60, "threads": 1}
    budget = {
        "base_appropriation": 30.0,
        "appropriation": {2025: 29.6, 2026: 29.0},  # room for an office that receives another
        "other_income": 0,
        "saving_limit": {"amount": 1.0},
        "credit_limit": {"amount": 1.0},
    }
    return write_case(folder, offices=given, requirements=OFF, solver=solver, budget=budget)


@pytest.mark.parametrize(
    ("last_day", "year"),
    [
        ("2024-12-31", 2025),
        ("2025-01-01", 2026),
        ("2025-12-31", 2026),
        ("2026-01-01", None),
        ("", 2026),  # then from the day of the decision on, 14 March 2025
    ],
)
def test_a_closure_counts_from_the_first_year_after_the_last_day(
    last_day: str, year: int | None
) -> None:
    row = {"action": "close", "decided_on": "2025-03-14", "last_day": last_day}
    assert first_year(row, (2025, 2026)) == year


def test_what_is_decided_is_in_the_plan_with_its_day(tmp_path: Path) -> None:
    """Leksand closes, Mora gets fewer days, Hedemora goes into Falun, Ludvika stays."""
    rows = (
        "k5,close,,,2024-10-01,2024-12-31\n"
        "k4,convert,reduced,,2025-02-01,2025-06-30\n"
        "k6,merge,,k1,2025-03-14,2025-05-16\n"
        "k3,keep,,,2025-01-15,\n"
    )
    config = case_with(tmp_path, rows)
    out = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    plan = pd.read_csv(out / "plan.csv").set_index(["office_id", "year"])
    assert list(plan.loc["k5", "mode"]) == ["closed", "closed"]
    assert plan.loc[("k4", 2026), "mode"] == "reduced"
    assert plan.loc[("k6", 2026), "mode"] == "closed"
    assert list(plan.loc["k3", "mode"]) == ["staffed", "staffed"]
    told = plan.loc[("k5", 2025), "motive"]
    assert "decided 2024-10-01, last day 2024-12-31" in told
    rules = pd.read_csv(out / "requirements.csv", dtype={"year": str})
    decided = rules[rules["requirement"] == "fixed_decisions"].set_index("scope")
    assert set(decided.index) == {"keep:k3", "close:k5", "mode:k4", "merge:k6"}
    assert decided["holds"].all()
    kept = pd.read_csv(out / "inputs" / "decided.csv")
    assert list(kept["office_id"]) == ["k5", "k4", "k6", "k3"]
    told_config = json.loads((out / "inputs" / "config.json").read_text(encoding="utf-8"))
    assert told_config["offices"]["close"][0]["from"] == 2025
    again = case_of_run(out)  # the run's own config holds the decisions once
    assert len(again.instance.fixed) == 4


def test_a_decision_after_the_planning_years_is_told_and_changes_nothing(tmp_path: Path) -> None:
    case = read_case(load(case_with(tmp_path, "k2,close,,,2026-02-01,2026-11-30\n")))
    assert case.instance.fixed == ()
    assert any("k2 begins after the last planning year" in text for text in case.warnings)


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ("k9,close,,,2025-01-01,\n", ["decided.csv row 2, column office_id"]),
        (
            "k1,shut,,,2025-01-01,\nk2,convert,palace,,14/3 2025,\n",
            [
                "decided.csv row 2, column action: one of keep, convert, close, merge",
                "decided.csv row 3, column mode",
                "decided.csv row 3, column decided_on: a date, year-month-day",
            ],
        ),
        (
            "k1,convert,,,2025-01-01,\nk2,close,reduced,,2025-03-01,2025-02-01\n",
            [
                "decided.csv row 2, column mode: must be given",
                "decided.csv row 3, column mode: must be empty for 'close'",
                "decided.csv row 3, column last_day: must not be before the day of the decision",
            ],
        ),
        (
            "k1,close,,,2025-01-01,\nk2,merge,,k1,2025-01-01,\n",
            ["decided.csv row 3, column into_office_id: must be an office that stays open"],
        ),
        ("k1,close,,,2025-01-01,\nk1,keep,,,2025-01-01,\n", ["decided.csv"]),
    ],
)
def test_everything_wrong_with_the_table_is_told_at_once(
    tmp_path: Path, rows: str, sentences: list[str]
) -> None:
    with pytest.raises(InputError) as refused:
        read_case(load(case_with(tmp_path, rows)))
    text = str(refused.value)
    assert all(sentence in text for sentence in sentences), text
    assert len(refused.value.problems) == len(sentences)


@pytest.mark.parametrize(
    ("offices", "where"),
    [
        ({"keep": [{"office": "Falun"}]}, "offices.keep[0]: must not be an office of decided.csv"),
        ({"close": [{"office": "k1"}]}, "offices.close[0]: must not be an office of decided.csv"),
        ({"mode": [{"office": "k1", "mode": "mobile"}]}, "offices.mode[0]: must not be an office"),
        ({"close": [{"office": "k3"}]}, "offices.close[0]: must not be an office that decided.csv"),
        ({"merge": [{"from": "k2", "into": "k1"}]}, "offices.merge[0].into: must be an office"),
    ],
)
def test_an_office_is_decided_upon_in_one_place(
    tmp_path: Path,
    offices: dict[str, object],
    where: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = case_with(tmp_path, "k1,close,,,2025-01-01,\nk5,merge,,k3,2025-01-01,\n", **offices)
    out = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 2
    assert where in capsys.readouterr().err
    assert not out.exists()
