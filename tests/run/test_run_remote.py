"""Help by video in a whole run: counted, told, paid for, and counted again by the audit."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify
from tests.run.small_case import write_case

ON = {"region_coverage": {"on": False}, "remote_balance": {"on": True, "share": 0.5}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Today's network of the small agency, counted with half of the work open to help."""
    folder = tmp_path_factory.mktemp("remote")
    assert main(["evaluate", str(write_case(folder, requirements=ON)), *_today(folder)]) == 1
    return folder / "run"


def _today(folder: Path) -> list[str]:
    return ["--plan", "today", "--out", str(folder / "run"), "--quiet"]


def test_quiet_offices_help_busy_ones_and_their_staff_is_fewer(run: Path) -> None:
    """k1 has 3,500 visits and could take 4,380 or more with its 3 FTE; k6 has 5,700."""
    plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
    sites = pd.read_csv(run / "inputs" / "sites.csv").set_index("office_id")
    years = pd.read_csv(run / "inputs" / "years.csv").set_index("year")
    per_fte = years.loc[2025, "productivity_visits_per_fte_year"] / 1.32
    asked = plan.xs(2025, level="year")["visits"] / per_fte
    idle, busy = (3.0 - asked).clip(lower=0), (asked - 3.0).clip(lower=0)
    wanted = pd.concat([busy, 0.5 * 0.6 * asked], axis=1).min(axis=1)
    helped = min(idle.sum(), wanted.sum())
    assert helped == pytest.approx(idle.sum()) and helped > 0.5
    pairs = pd.read_csv(run / "remote.csv")
    first = pairs[pairs["year"] == 2025]
    assert first.groupby("from_office_id")["fte"].sum()["k1"] == pytest.approx(idle["k1"])
    assert first["fte"].sum() == pytest.approx(helped)
    assert first["visits"].to_numpy() == pytest.approx(first["fte"].to_numpy() * per_fte, abs=1e-2)
    got = wanted["k6"] * helped / wanted.sum()
    assert plan.loc[("k6", 2025), "fte"] == pytest.approx(asked["k6"] - got, abs=1e-6)
    assert sites.loc["k6", "fte_today"] > plan.loc[("k6", 2025), "fte"]
    assert "Helps other offices by video with 0.6 FTE" in plan.loc[("k1", 2025), "motive"]
    assert "Is helped by other offices by video" in plan.loc[("k6", 2025), "motive"]


def test_it_is_paid_for_and_stands_among_the_requirements(run: Path) -> None:
    pairs = pd.read_csv(run / "remote.csv").groupby("year")["fte"].sum()
    budget = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["item", "year"])
    paid = budget.loc["remote_equipment", "amount_mnkr"]
    assert paid["2025"] == pytest.approx(0.05 * pairs[2025], abs=2e-6)
    assert paid["2024"] == 0.0
    rules = pd.read_csv(run / "requirements.csv")
    rows = rules[rules["requirement"] == "remote_balance"].set_index(["scope", "year"])
    assert rows.loc[("quiet", "2025"), "value"] == pytest.approx(pairs[2025], abs=2e-6)
    assert rows.loc[("quiet", "2025"), "binding"] and not rows.loc[("busy", "2025"), "binding"]
    assert rows["holds"].all()
    years = json.loads((run / "summary.json").read_text(encoding="utf-8"))["years"]
    assert [one["helped_fte"] for one in years] == pytest.approx([0.0, *pairs], abs=1e-6)


def test_the_audit_agrees_and_finds_pairs_that_do_not_add_up(run: Path) -> None:
    assert verify(run).ok
    file = run / "remote.csv"
    kept = file.read_text(encoding="utf-8")
    pairs = pd.read_csv(file)
    try:
        for change in ({"fte": pairs["fte"] * 1.01}, {"to_office_id": "k9"}, {"visits": 1.0}):
            pairs.assign(**change).to_csv(file, index=False)
            result = verify(run)
            assert not result.ok
            assert "remote" in {one.check for one in result.findings}
        file.unlink()
        assert "remote" in {one.check for one in verify(run).findings}
    finally:
        file.write_text(kept, encoding="utf-8")


def test_without_it_nobody_helps(tmp_path: Path) -> None:
    config = write_case(tmp_path)
    main(["evaluate", str(config), *_today(tmp_path)])
    assert pd.read_csv(tmp_path / "run" / "remote.csv").empty
    rules = pd.read_csv(tmp_path / "run" / "requirements.csv")
    assert "remote_balance" not in set(rules["requirement"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"requirements": {"remote_balance": {"on": True, "share": 1.2}}}, "share"),
        (
            {
                "requirements": ON,
                "costs": {"remote_mnkr_per_fte": 0.5},
            },
            "costs.remote_mnkr_per_fte",
        ),
    ],
)
def test_help_that_can_not_be_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, object],
    words: str,
) -> None:
    assert main(["check", str(write_case(tmp_path, **changes))]) == 2
    assert words in capsys.readouterr().err
