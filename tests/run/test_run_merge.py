"""A demanded merger: the office closes, the other stays, and the plan calls it a merger."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify

from .small_case import write_case

OFF = {"region_coverage": {"on": False}}


def test_a_demanded_merger_is_done_and_named(tmp_path: Path) -> None:
    """Hedemora into Falun, though most of its visits go to another office."""
    merge = [{"from": "Hedemora", "into": "k1", "reason": "one lease ends", "year": 2026}]
    config = write_case(tmp_path, offices={"merge": merge}, requirements=OFF)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    plan = pd.read_csv(tmp_path / "run" / "plan.csv")
    merged = plan[(plan["office_id"] == "k6") & (plan["mode"] == "closed")]
    first = merged.iloc[0]
    assert (first["action"], first["into_office_id"]) == ("merge", "k1")
    assert "one lease ends" in first["motive"]
    assert merged["year"].max() == 2026
    assert (plan[plan["office_id"] == "k1"]["mode"] != "closed").all()
    rules = pd.read_csv(tmp_path / "run" / "requirements.csv", dtype={"year": str})
    decided = rules[rules["requirement"] == "fixed_decisions"]
    assert list(decided["scope"]) == ["merge:k6"]
    assert list(decided["year"]) == ["2026"]
    assert decided["holds"].all()
    assert verify(tmp_path / "run").ok


def test_a_plan_that_ignores_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    merge = [{"from": "k6", "into": "k1"}]
    config = write_case(tmp_path, offices={"merge": merge}, requirements=OFF)
    options = ["--plan", "today", "--out", str(tmp_path / "run"), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 1
    assert "fixed_decisions merge:k6 2025" in capsys.readouterr().out
    assert verify(tmp_path / "run").ok


@pytest.mark.parametrize(
    ("offices", "words"),
    [
        ({"merge": [{"from": "k6", "into": "k6"}]}, "must be another office"),
        ({"merge": [{"from": "k6", "into": "k9"}]}, "offices.merge[0].into"),
        ({"merge": [{"from": "k6", "into": "k4"}]}, "minutes between them"),
        (
            {"merge": [{"from": "k6", "into": "k1"}], "keep": [{"office": "k6"}]},
            "must not be an office of offices.keep",
        ),
        (
            {"merge": [{"from": "k6", "into": "k1"}], "close": [{"office": "k1"}]},
            "must be an office that stays open",
        ),
        (
            {"merge": [{"from": "k6", "into": "k1"}, {"from": "k6", "into": "k2"}]},
            "must name each office once",
        ),
        ({"merge": [{"from": "k6", "into": "k1", "year": 2031}]}, "must be one of the years"),
    ],
)
def test_mergers_that_can_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], offices: dict[str, object], words: str
) -> None:
    config = write_case(tmp_path, offices=offices, requirements=OFF)
    assert main(["check", str(config)]) == 2
    assert words in capsys.readouterr().err
