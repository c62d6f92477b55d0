"""Sites that change and are as today again by the last year: counted, written and told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify
from tests.run.small_case import QUICK, write_case

PUBLISHED = ["csv", "parquet", "html", "xlsx", "gpkg"]
FREE = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}
UPGRADES = FREE | {"transition": {"upgrades": True}}
TOLD = {
    "en": ("Is staffed office again, as today", "As today again 2025, 2026"),
    "sv": ("Är åter bemannat kontor, som i dag", "Åter som i dag 2025, 2026"),
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_plan_that_goes_and_comes_back_is_told(tmp_path: Path, language: str) -> None:
    output = {"language": language, "formats": PUBLISHED}
    config = write_case(tmp_path, requirements=UPGRADES, solver=QUICK, output=output)
    plan, out = tmp_path / "plan.csv", tmp_path / "out"
    rows = ["k6,2025,mobile", "k6,2026,staffed", "k5,2025,closed", "k5,2026,staffed"]
    plan.write_text("\n".join(["office_id,year,mode", *rows]) + "\n", encoding="utf-8")
    words = ["--plan", str(plan), "--out", str(out), "--quiet"]
    assert main(["evaluate", str(config), *words]) == 1
    assert verify(out).ok
    report = (out / "report.html").read_text(encoding="utf-8")
    assert all(words in report for words in TOLD[language])


def test_a_candidate_that_opens_and_closes_is_told(tmp_path: Path) -> None:
    places = "office_id,office,municipality_code,longitude,latitude\nn1,Rättvik,2031,15.12,60.89\n"
    (tmp_path / "candidates.csv").write_text(places, encoding="utf-8")
    tables = {"offices": "offices.csv", "candidates": "candidates.csv", "zones": "zones.csv"}
    output = {"language": "en", "formats": PUBLISHED}
    given = {"data": tables, "solver": QUICK, "output": output, "requirements": UPGRADES}
    config = write_case(tmp_path, **given)
    plan, out = tmp_path / "plan.csv", tmp_path / "out"
    plan.write_text("office_id,year,mode\nn1,2025,mobile\nn1,2026,closed\n", encoding="utf-8")
    words = ["--plan", str(plan), "--out", str(out), "--quiet"]
    assert main(["evaluate", str(config), *words]) == 1
    assert "Opens and closes again (2025 and 2026)" in (out / "report.html").read_text("utf-8")


def test_a_solved_run_with_upgrades_is_told(tmp_path: Path) -> None:
    """2025 has too little for today's network, 2026 much more than it takes."""
    limits = {"saving_limit": {"amount": 0.0}, "credit_limit": {"amount": 1.0}}
    money = {2025: 28.0, 2026: 36.0}
    budget = {"base_appropriation": 30.0, "appropriation": money, "other_income": 0, **limits}
    output = {"language": "sv", "formats": PUBLISHED}
    given = {"budget": budget, "output": output, "requirements": UPGRADES}
    config, out = write_case(tmp_path, solver=QUICK, **given), tmp_path / "out"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    modes = pd.read_csv(out / "plan.csv").set_index(["office_id", "year"])["mode"].unstack()
    assert ((modes[2025] != "staffed") & (modes[2026] == "staffed")).any()
    assert "Är åter bemannat kontor" in (out / "report.html").read_text(encoding="utf-8")
