"""The made run with the tables that it leaves out: travel, flows, modes, money and counties."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata import builtin
from tests.kept import copied
from tests.outputs import made_run
from tests.outputs.made_run import MODES, NEEDS, YEARS

WAGE = 0.769
NAMES = {  # what a table of offices may hold
    "o001": made_run.HOSTILE,
    "o002": "Å" * 300,
    "o003": "שלום \u202eabc 🏛️ \"citat\" 'x'",
    "o004": "=1+1\t{year}${x}`",
}


def write(folder: Path, *, hostile: bool = False) -> Path:
    """Write a run folder with every table that the outputs read."""
    copied(folder, f"full {hostile}", partial(_write, hostile=hostile))
    return folder


def _write(folder: Path, *, hostile: bool) -> None:
    made_run.write(folder, hostile=hostile)
    inputs = folder / "inputs"
    text = {"office_id": str, "municipality_code": str}
    sites = pd.read_csv(inputs / "sites.csv", dtype=text)
    sites["open_days_today"] = np.where(sites["candidate"], 0.0, 5.0)
    if hostile:
        sites["office"] = sites["office_id"].map(NAMES).fillna(sites["office"])
    sites.to_csv(inputs / "sites.csv", index=False)
    plan = pd.read_csv(folder / "plan.csv", dtype=text)
    towns = builtin.load("municipalities").rename(
        columns={"seat_longitude": "longitude", "seat_latitude": "latitude"}
    )
    minutes = (4 + made_run._km(towns, sites) / 65 * 60).round(2)
    zones = "z" + towns["municipality_code"]
    travel = pd.DataFrame(minutes, columns=list(sites["office_id"]))
    travel.insert(0, "zone_id", zones)
    travel.to_parquet(inputs / "travel_minutes.parquet", index=False)
    named = pd.DataFrame({"zone_id": zones, "zone": towns["municipality"]})
    named.to_parquet(inputs / "zones.parquet", index=False)
    _modes(sites).to_csv(inputs / "site_modes.csv", index=False)
    _assignments(plan, sites, zones, minutes, towns).to_parquet(folder / "assignments.parquet")
    years = pd.DataFrame({"year": [2024, *YEARS], "wage_mnkr_per_fte": WAGE})
    years.to_csv(inputs / "years.csv", index=False)
    _budget().to_csv(folder / "budget.csv", index=False)
    members = builtin.load("regions")
    members = members[members["division"].isin(["fa15", "county"])].replace({"fa15": "fa"})
    members.to_csv(inputs / "regions.csv", index=False)


def change(folder: Path, **values: Any) -> Path:
    """Write other values into the summary of a run."""
    path = folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(summary, ensure_ascii=False), encoding="utf-8")
    return folder


def _modes(sites: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {"office_id": site, "mode": mode, "tier": MODES[mode]["tier"], "premises_mnkr": 1.0}
        | {"local_mnkr": 0.5, "staff_travel_mnkr": 0.0}
        for site in sites["office_id"]
        for mode in MODES
    ]
    return pd.DataFrame(rows)


def _assignments(
    plan: pd.DataFrame,
    sites: pd.DataFrame,
    zones: pd.Series[str],
    minutes: np.ndarray[Any, np.dtype[np.float64]],
    towns: pd.DataFrame,
) -> pd.DataFrame:
    """Every zone goes to the nearest office whose mode meets the need."""
    parts = []
    for year in YEARS:
        modes = plan[plan["year"] == year].set_index("office_id")["mode"]
        tiers = np.array([MODES.get(modes[one], {"tier": 0})["tier"] for one in sites["office_id"]])
        for need in NEEDS:
            able = np.where(tiers >= need, minutes, np.inf)
            head = {"zone_id": zones, "office_id": sites["office_id"].to_numpy()[able.argmin(1)]}
            visits = towns["population"].to_numpy() * 0.27 / len(NEEDS)
            more = {"year": year, "need": need, "visits": visits, "lost_visits": 0.0}
            parts.append(pd.DataFrame({**head, **more, "minutes": able.min(1)}))
    return pd.concat(parts, ignore_index=True)


def _budget() -> pd.DataFrame:
    rows = []
    for step, year in enumerate((2024, *YEARS)):
        items = {"central": 226.8, "front_staff": 504.5 - 30 * step, "premises": 183.0 - 8 * step}
        items |= {"local": 88.8 - 5 * step, "closure": 4.0 * bool(step)}
        items["cost"] = sum(items.values())
        if step:
            items |= {"means": 998.2 - 50 * (step - 1), "margin": 24.3 - 9 * step}
        rows += [(str(year), item, amount) for item, amount in items.items()]
    rows.append(("after", "cost", 870.0))
    return pd.DataFrame(rows, columns=["year", "item", "amount_mnkr"])
