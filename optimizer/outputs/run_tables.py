"""The tables of a run folder that the outputs for people are made of, as they stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.outputs.suppression import suppressed
from optimizer.outputs.tables import NAMES, unquoted

TEXT = frozenset(
    {
        "office_id",
        "office",
        "municipality_code",
        "mode",
        "mode_today",
        "action",
        "family",
        "into_office_id",
        "motive",
        "evidence",
        "partner",
        "base_office_id",
        "division",
        "region_code",
        "region",
        "item",
        "requirement",
        "scope",
        "unit",
        "kind",
        "from_office_id",
        "to_office_id",
        "group",
        "weekdays",
        "service",
        "services",
        "confidence",
        "source",
    }
)
GENERAL = "general"  #: the service that every open site gives
FLAGS = frozenset({"candidate", "leaves_municipality", "counts_for_coverage", "holds", "binding"})


@dataclass(frozen=True)
class RunTables:
    """What the outputs read; optional tables are empty where the folder has none.

    Small counts of offices and regions are left out where `output.suppress_below` asks for it.
    Zones and assignments are whole, for sums over them; an output that lists them row by row takes
    `shown` instead.
    """

    plan: pd.DataFrame
    zones: pd.DataFrame
    regions: pd.DataFrame
    sites: pd.DataFrame
    site_modes: pd.DataFrame
    members: pd.DataFrame
    money: pd.DataFrame
    budget: pd.DataFrame
    requirements: pd.DataFrame
    staff: pd.DataFrame
    remote: pd.DataFrame
    weekdays: pd.DataFrame
    equity: pd.DataFrame  # how much farther the worst off of each group get
    assignments: pd.DataFrame
    service_ways: pd.DataFrame  # the rows of assignments of services with visits of their own
    offers: pd.DataFrame  # which office offers which service today, and how sure that is
    travel: pd.DataFrame  # minutes, a row per zone and a column per site
    places: pd.DataFrame  # the zones as they were read: names, places
    groups: pd.DataFrame  # people of each zone by group
    summary: Mapping[str, Any]
    config: Mapping[str, Any]

    @property
    def suppress_below(self) -> float:
        """Counts of people and visits below this are not shown; 0 shows all."""
        return _suppress_below(self.config)

    def shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table to be shown row by row: small counts left out."""
        return suppressed(table, self.suppress_below)

    @property
    def language(self) -> str:
        """The language of the run's outputs, and of its motives."""
        return str((self.config.get("output") or {}).get("language", "sv"))

    @property
    def base_year(self) -> int:
        """The year of today's network."""
        return int(self.config.get("base_year", 2024))

    @property
    def has_standards(self) -> bool:
        """Whether rules on people within reach are among the requirements."""
        found = self.requirements
        return not found.empty and bool((found["requirement"] == "access_standard").any())

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The planning years, in order."""
        return tuple(sorted(int(year) for year in self.plan["year"].unique()))

    @cached_property
    def needs(self) -> tuple[int, ...]:
        """The levels of need, in order."""
        return tuple(sorted(int(need) for need in self.zones["need"].unique()))


def read_tables(folder: Path) -> RunTables:
    """The tables of a run folder; OSError if one that the map cannot do without is missing."""
    inputs = folder / "inputs"
    config = _json(inputs / "config.json")
    ways = _optional_parquet(folder / "assignments.parquet")
    below = _suppress_below(config)
    return RunTables(
        plan=suppressed(_csv(folder / "plan.csv"), below),
        zones=pd.read_parquet(folder / "zones.parquet"),
        regions=suppressed(_csv(folder / "regions.csv"), below),
        sites=suppressed(_csv(inputs / "sites.csv"), below),
        site_modes=_optional_csv(inputs / "site_modes.csv"),
        members=_optional_csv(inputs / "regions.csv"),
        money=_optional_csv(inputs / "years.csv"),
        budget=_optional_csv(folder / "budget.csv"),
        requirements=_optional_csv(folder / "requirements.csv"),
        staff=_optional_csv(folder / "staff.csv"),
        remote=_optional_csv(folder / "remote.csv"),
        weekdays=_optional_csv(folder / "weekdays.csv"),
        equity=_optional_csv(folder / "equity.csv"),
        assignments=_of_service(ways, general=True),
        service_ways=_of_service(ways, general=False),
        offers=_optional_csv(inputs / "offers.csv"),
        travel=_optional_parquet(inputs / "travel_minutes.parquet"),
        places=_optional_parquet(inputs / "zones.parquet"),
        groups=_optional_parquet(inputs / "groups.parquet"),
        summary=_json(folder / "summary.json"),
        config=config,
    )


def _of_service(ways: pd.DataFrame, *, general: bool) -> pd.DataFrame:
    """The ways of general service, or of the others; all are general where none are told apart."""
    if "service" not in ways:
        return ways if general else ways.iloc[:0]
    return ways[(ways["service"] == GENERAL) == general].reset_index(drop=True)


def _suppress_below(config: Mapping[str, Any]) -> float:
    return float((config.get("output") or {}).get("suppress_below") or 0)


def _json(path: Path) -> Mapping[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def _optional_parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def _optional_csv(path: Path) -> pd.DataFrame:
    return _csv(path) if path.is_file() else pd.DataFrame()


def _csv(path: Path) -> pd.DataFrame:
    """Codes and names as text ("NA" is a name, "0114" a code), flags as such, the rest numbers."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in table.columns:
        if column in NAMES:
            table[column] = table[column].map(unquoted)
        elif column in FLAGS:
            table[column] = table[column].str.lower() == "true"
        elif column not in TEXT and not str(column).startswith("origin_"):
            table[column] = pd.to_numeric(table[column], errors="coerce")
    return table
