"""Coverage in two divisions of the country at once, such as FA15 and FA25."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata import builtin
from optimizer.cli import main
from tests.run.small_case import OFFICES, QUICK, write_case


def division(folder: Path, name: str, alone: str) -> str:
    """A division in which one municipality is a region of its own; its file."""
    towns = builtin.load("municipalities")[["municipality_code"]]
    code = (towns["municipality_code"] == alone).map({True: "1", False: "2"})
    towns.assign(region_code=code, region="Region " + code).to_csv(folder / name, index=False)
    return name


def solved(folder: Path, regions: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan and its requirements, with a point in every region of every division."""
    folder.mkdir()
    files = {name: division(folder, f"{name}.csv", alone) for name, alone in regions.items()}
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    rules = [{"division": name, "min_points": 1, "from": 2025} for name in regions]
    off = {"staff_balance": {"on": False}, "transition": {"conversions": False}}
    requirements = {"region_coverage": rules, **off}
    given = {"data": {**data, "regions": files}, "requirements": requirements, "solver": QUICK}
    config = write_case(folder, **given)
    run = folder / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    return pd.read_csv(run / "plan.csv"), pd.read_csv(run / "requirements.csv")


def test_both_divisions_are_covered_at_once(tmp_path: Path) -> None:
    """The office that closes under one division stays when it is all that a region of the other
    has; both stand in requirements.csv.
    """
    towns = {office: code for office, _, code, _, _ in OFFICES}
    plan, _ = solved(tmp_path / "one", {"fa15": towns["k1"]})
    last = plan[plan["year"] == 2026].set_index("office_id")["mode"]
    assert last["k1"] != "closed"
    closed = last.index[last == "closed"][0]
    plan, told = solved(tmp_path / "both", {"fa15": towns["k1"], "fa25": towns[closed]})
    kept = plan[plan["year"] == 2026].set_index("office_id")["mode"]
    assert kept["k1"] != "closed" and kept[closed] != "closed"
    rows = told[(told["requirement"] == "region_coverage") & (told["year"].astype(str) == "2026")]
    assert sorted(rows["scope"]) == ["fa15:1", "fa15:2", "fa25:1", "fa25:2"]
    assert rows["holds"].all() and (rows["value"] >= 1).all()
