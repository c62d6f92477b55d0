"""The small case with services of its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata import builtin
from optimizer.cli import main
from tests.run.small_case import QUICK, write_case

OFF = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}


def a_case(folder: Path, **changes: object) -> Path:
    """The small case with services of its own in the offices table: k1 does identity checks."""
    tables = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    data = {**tables, "regions": {"land": "land.csv"}}
    towns = builtin.load("municipalities")[["municipality_code"]]
    towns.assign(region_code="1", region="Landet").to_csv(folder / "land.csv", index=False)
    changes = {"solver": QUICK, "data": data, **changes}
    config = write_case(folder, **changes)
    offices = pd.read_csv(folder / "offices.csv", dtype={"municipality_code": str})
    named = {"k1": "general;id_check", "k2": "general"}
    offices["services"] = [named.get(office, "") for office in offices["office_id"]]
    offices.to_csv(folder / "offices.csv", index=False)
    return config


def solved(config: Path) -> Path:
    run = config.parent / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    return run
