"""inputs/: everything that verification and explanation need to count a run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from geodata.travel import Origin
from optimizer.building.case import Case
from optimizer.instance import Floats
from optimizer.outputs.tables import write_csv, write_parquet
from optimizer.plan.access import columns_of_demand

TRAVEL = "travel.json"
BASE_YEAR = "base_year.json"
MODE_COSTS = "mode_costs.parquet"
#: Columns of mode_costs.parquet, mnkr of the base year, and the numbers of base_year.json.
COSTS = {
    "premises_mnkr": "premises",
    "local_mnkr": "local",
    "staff_driving_mnkr": "driving",
    "staff_pay_mnkr": "pay",
}
NUMBERS = {
    "visits": "visits",
    "productivity_visits_per_fte_year": "productivity",
    "central_mnkr": "central_mnkr",
    "central_pay_mnkr": "central_pay_mnkr",
}


def write_inputs(folder: Path, case: Case) -> dict[str, str]:
    """Write the folder and its sha256.json; gives the hash of each file."""
    folder.mkdir()
    config = case.scenario.model_dump(mode="json", by_alias=True)
    text = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    write_csv(case.sites, folder / "sites.csv")
    write_csv(case.site_modes, folder / "site_modes.csv")
    write_csv(case.regions, folder / "regions.csv")
    write_csv(case.years, folder / "years.csv")
    write_parquet(case.zones, folder / "zones.parquet")
    write_parquet(_demand(case), folder / "demand.parquet")
    sites = case.instance.sites
    travel = _wide("zone_id", case.instance.zones, sites, case.instance.minutes)
    write_parquet(travel, folder / "travel_minutes.parquet")
    write_parquet(case.groups, folder / "groups.parquet")
    if case.decided is not None:
        write_csv(case.decided, folder / "decided.csv")
    if case.offers is not None:
        write_csv(case.offers, folder / "offers.csv")
    if case.estimates is not None and not case.estimates.empty:
        write_csv(case.estimates, folder / "estimates.csv")
    if case.km is not None:
        km = _wide("zone_id", case.instance.zones, sites, case.km)
        write_parquet(km, folder / "travel_km.parquet")
    between = _wide("office_id", sites, sites, case.site_minutes)
    write_parquet(between, folder / "site_minutes.parquet")
    write_origins(folder / TRAVEL, case.travel)
    write_parquet(_mode_costs(case), folder / MODE_COSTS)
    numbers = {name: getattr(case.base_year, key) for name, key in NUMBERS.items()}
    text = json.dumps(numbers, indent=2) + "\n"
    (folder / BASE_YEAR).write_text(text, encoding="utf-8")
    return write_hashes(folder)


def read_document(path: Path, where: str = "") -> dict[str, Any]:
    """A JSON document of a run folder.

    Raises InputError if there is none, that says ``where``, or its path.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = f"no readable {path.name}"
        raise InputError(Problem(where or str(path), found, "a run folder")) from None
    return content if isinstance(content, dict) else {}


def network_summary(run: Path, where: str) -> dict[str, Any]:
    """summary.json of a run of a network of offices.

    Raises InputError if there is none, and for a run of a textbook problem; it says ``where``.
    """
    summary = read_document(run / "summary.json", where)
    if "problem" in summary:
        found, accepted = "a run of a textbook problem", "a run of a network of offices"
        raise InputError(Problem(where, found, accepted, "Name another run."))
    return summary


def write_origins(path: Path, travel: Mapping[str, Origin]) -> None:
    """travel.json: the provider, source and version of each table of travel times."""
    told = {name: asdict(origin) for name, origin in travel.items()}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_hashes(folder: Path) -> dict[str, str]:
    """sha256.json: the hash of each file of the folder."""
    hashes = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    text = json.dumps(hashes, indent=2) + "\n"
    (folder / "sha256.json").write_text(text, encoding="utf-8")
    return hashes


def _mode_costs(case: Case) -> pd.DataFrame:
    """What each mode costs at each site in the base year, also where it may not have it."""
    sites, modes = case.instance.sites, tuple(case.scenario.modes)
    ids = {"office_id": np.repeat(np.array(sites, dtype=object), len(modes))}
    ids["mode"] = np.tile(np.array(modes, dtype=object), len(sites))
    costs = {name: getattr(case.base_year, key).ravel() for name, key in COSTS.items()}
    return pd.DataFrame(ids | costs)


def _demand(case: Case) -> pd.DataFrame:
    """Visits wanted by zone, year (today first), service and need."""
    instance = case.instance
    years = (int(case.years["year"].iloc[0]), *instance.years)
    parts = []
    for year, visits in zip(years, (case.demand_today, *instance.demand), strict=True):
        for column, (service, need) in enumerate(columns_of_demand(case)):
            head = {"zone_id": np.array(instance.zones, dtype=object), "year": year}
            own = {"service": service, "need": need, "visits": visits[:, column]}
            parts.append(pd.DataFrame({**head, **own}))
    return pd.concat(parts, ignore_index=True)


def _wide(
    key: str, rows: tuple[str, ...], columns: tuple[str, ...], values: Floats
) -> pd.DataFrame:
    table = pd.DataFrame(values, columns=list(columns))
    table.insert(0, key, np.array(rows, dtype=object))
    return table


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
