"""A small agency in files of its own: six offices in three towns, twelve zones, two years."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from optimizer.cli import main

#: For tests that need a plan and not its proof.
QUICK = {"gap": 0.9, "time_limit": 600, "threads": 1}

#: Requirements with staff followed from year to year, which takes most of a proof's time.
WITH_STAFF = {"region_coverage": {"on": False}}

#: office_id, office, municipality, longitude, latitude (real towns, so that geography checks pass)
OFFICES = [
    ("k1", "Falun", "2080", 15.626, 60.607),
    ("k2", "Borlänge", "2081", 15.436, 60.486),
    ("k3", "Ludvika", "2085", 15.188, 60.149),
    ("k4", "Mora", "2062", 14.537, 61.007),
    ("k5", "Leksand", "2029", 14.999, 60.730),
    ("k6", "Hedemora", "2083", 15.986, 60.277),
]

#: Costs of the small agency; `costs` of a config replaces them whole.
COSTS: dict[str, object] = {
    "total_mnkr": 30.0,
    "front_fte": 20.0,
    "central_fte": 2.0,
    "premises_total_mnkr": 5.0,
    "local_total_mnkr": 3.0,
    "fee_income_mnkr": {"pensions": 0.5, "id_cards": 0.3, "migration": 0.0},
}


def write_case(folder: Path, *, shuffle: bool = False, **changes: object) -> Path:
    """Write tables and config; ``changes`` are merged into the config's top level."""
    offices = pd.DataFrame(
        OFFICES, columns=["office_id", "office", "municipality_code", "longitude", "latitude"]
    )
    offices["mode"] = "staffed"
    offices["open_days"] = 5
    zones = []
    for k, (office_id, town, code, longitude, latitude) in enumerate(OFFICES):
        zones.append((f"z{k}a", town, code, longitude, latitude, 9000 + 500 * k, 3000 + 400 * k))
        zones.append(
            (f"z{k}b", f"{town} by", code, longitude + 0.05, latitude + 0.03, 2000, 500 + 40 * k)
        )
        assert office_id
    names = ["zone_id", "zone", "municipality_code", "longitude", "latitude", "population"]
    zone_table = pd.DataFrame(zones, columns=[*names, "visits_per_year"])
    if shuffle:
        offices = offices.sample(frac=1.0, random_state=3)
        zone_table = zone_table.sample(frac=1.0, random_state=4)
    offices.to_csv(folder / "offices.csv", index=False)
    zone_table.to_csv(folder / "zones.csv", index=False)
    config: dict[str, object] = {
        "extends": "base.yaml",
        "name": "small",
        "data": {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"},
        "years": [2025, 2026],
        "budget": {
            "base_appropriation": 30.0,
            "appropriation": {2025: 29.2, 2026: 28.0},
            "other_income": 0,
            "saving_limit": {"amount": 1.0},
            "credit_limit": {"amount": 1.0},
        },
        "costs": COSTS,
        "requirements": {"region_coverage": {"on": False}, "staff_balance": {"on": False}},
        "solver": {"gap": 0.0, "time_limit": 600, "threads": 1},
        "output": {"language": "en", "formats": ["csv", "parquet"]},
    }
    for key, value in changes.items():
        config[key] = value
    path = folder / "small.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(config, stream)
    return path


def evaluate(config: Path, out: Path | str) -> int:
    """Write the run of the network of today; the exit code."""
    return main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"])


def without_office(config: Path, gone: str) -> Path:
    """The run, beside the config, of the network of today without one office."""
    rows = [
        (office[0], year, "closed" if office[0] == gone else "staffed")
        for office in OFFICES
        for year in (2025, 2026)
    ]
    plan, run = config.with_name("mine.csv"), config.with_name("run")
    pd.DataFrame(rows, columns=["office_id", "year", "mode"]).to_csv(plan, index=False)
    command = ["evaluate", str(config), "--plan", str(plan), "--out", str(run)]
    assert main([*command, "--quiet"]) in (0, 1)
    return run
