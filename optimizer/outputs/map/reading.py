"""The tables of a run folder that the map needs, as they stand there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

CODES = {
    "office_id": "str",
    "into_office_id": "str",
    "municipality_code": "str",
    "region_code": "str",
    "office": "str",
    "municipality": "str",
    "region": "str",
    "partner": "str",
}


@dataclass(frozen=True)
class Run:
    """A run folder as read; tables that a run may lack are empty."""

    plan: pd.DataFrame
    zones: pd.DataFrame
    regions: pd.DataFrame
    budget: pd.DataFrame
    sites: pd.DataFrame
    membership: pd.DataFrame  # division, region_code, region, municipality_code
    summary: Mapping[str, Any]
    config: Mapping[str, Any]

    @property
    def planning_years(self) -> tuple[int, ...]:
        """Years of the plan after today's, in order."""
        return tuple(sorted(int(year) for year in set(self.plan["year"]) if year > self.today))

    @property
    def today(self) -> int:
        """Year of today's network."""
        first = int(self.plan["year"].min())
        return int(self.config.get("base_year", first - 1))


def read_run(folder: Path) -> Run:
    """The run folder's tables, codes as text and nothing filled in."""
    inputs = folder / "inputs"
    return Run(
        plan=_csv(folder / "plan.csv"),
        zones=pd.read_parquet(folder / "zones.parquet"),
        regions=_csv_or_empty(folder / "regions.csv", ["division", "region_code", "year"]),
        budget=_csv_or_empty(folder / "budget.csv", ["year", "item", "amount_mnkr"]),
        sites=_csv(inputs / "sites.csv"),
        membership=_csv_or_empty(
            inputs / "regions.csv", ["division", "region_code", "region", "municipality_code"]
        ),
        summary=_json(folder / "summary.json"),
        config=_json(inputs / "config.json"),
    )


def _csv(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=CODES, keep_default_na=False, na_values=[""])
    texts = [name for name in table.columns if pd.api.types.is_string_dtype(table[name])]
    return table.assign(**{name: table[name].fillna("") for name in texts})


def _csv_or_empty(path: Path, columns: list[str]) -> pd.DataFrame:
    return _csv(path) if path.exists() else pd.DataFrame(columns=columns)


def _json(path: Path) -> Mapping[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found if isinstance(found, dict) else {}
