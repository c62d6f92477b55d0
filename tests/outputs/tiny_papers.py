"""The tiny run with what people see besides: places, today's visits, and their origin."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.verify import tiny_run

PLACES = {"c3": (15.0, 60.0), "o1": (15.5, 60.2), "o2": (16.0, 60.4)}
ZONES = {"z1": (15.5, 60.21), "z2": (16.0, 60.41), "z3": (15.0, 60.01)}


def write(folder: Path) -> Path:
    """Write the run, with longitude and latitude of sites and zones."""
    tiny_run.write(folder)
    inputs = folder / "inputs"
    sites = pd.read_csv(inputs / "sites.csv", dtype={"municipality_code": str})
    ids = sites["office_id"]
    sites["longitude"] = [PLACES[site][0] for site in ids]
    sites["latitude"] = [PLACES[site][1] for site in ids]
    sites["visits_today"] = ids.map(tiny_run.PLANNED[2024])
    for origin in ("visits", "fte", "premises", "local"):
        sites[f"origin_{origin}"] = "estimated"
    sites.to_csv(inputs / "sites.csv", index=False)
    zones = pd.read_parquet(inputs / "zones.parquet")
    zones["longitude"] = [ZONES[zone][0] for zone in zones["zone_id"]]
    zones["latitude"] = [ZONES[zone][1] for zone in zones["zone_id"]]
    zones.to_parquet(inputs / "zones.parquet")
    return folder
