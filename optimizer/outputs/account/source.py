"""What the report reads: the tables that every output reads, and the inputs of the same folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import builtin
from optimizer.outputs.run_tables import GENERAL, RunTables, read_tables

CLOSED = "closed"


@dataclass(frozen=True)
class Source:
    """A run folder as the report sees it; nothing of it is changed."""

    run: RunTables
    zones: pd.DataFrame  #: inputs/zones.parquet
    demand: pd.DataFrame  #: inputs/demand.parquet
    travel: pd.DataFrame  #: inputs/travel_minutes.parquet, a column per site
    km: pd.DataFrame | None  #: inputs/travel_km.parquet, a row by zone_id; where travel told it
    between: pd.DataFrame  #: inputs/site_minutes.parquet, a column per site
    rooms: pd.Series[float]  #: visits a year that premises take, by office_id, none left out
    groups: pd.DataFrame  #: inputs/groups.parquet
    hashes: Mapping[str, str]  #: inputs/sha256.json
    files: tuple[str, ...]  #: names of what lies in the folder

    @property
    def base_year(self) -> int:
        """The year of today's network."""
        return self.run.base_year

    @property
    def services(self) -> tuple[str, ...]:
        """Services with visits of their own."""
        named = self.demand["service"].unique() if "service" in self.demand else ()
        return tuple(str(one) for one in named if one != GENERAL)

    def demand_of(self, service: str) -> pd.DataFrame:
        """Visits wanted of a service by zone, year and need."""
        if "service" not in self.demand:
            return self.demand
        return self.demand[self.demand["service"] == service]

    @property
    def last_year(self) -> int:
        """The last planning year."""
        return self.run.years[-1]

    def setting(self, section: str, key: str, otherwise: float) -> float:
        """A number of the config, as `demand.peak_factor`."""
        found = (self.run.config.get(section) or {}).get(key)
        return float(otherwise if found is None else found)

    def peak(self, year: int) -> float:
        """Visits of the peak month against the mean month: on record, or as planned for."""
        planned = self.setting("demand", "peak_factor", 1.0)
        on_record = self.setting("demand", "peak_on_record", planned)
        return on_record if year == self.base_year else planned

    def year(self, year: int) -> dict[str, float]:
        """A row of inputs/years.csv."""
        row = self.run.money[self.run.money["year"] == year].iloc[0]
        return {str(name): float(value) for name, value in row.items()}

    @cached_property
    def office_names(self) -> dict[str, str]:
        """Names by office_id."""
        return dict(zip(self.run.sites["office_id"], self.run.sites["office"], strict=True))

    @cached_property
    def municipality_names(self) -> dict[str, str]:
        """Names of the municipalities that the country has; others are shown by their code."""
        table = builtin.load("municipalities")
        return dict(zip(table["municipality_code"], table["municipality"], strict=True))

    @cached_property
    def builtin_country(self) -> bool:
        """Whether offices and zones are the built-in ones, which public figures describe."""
        data = self.run.config.get("data") or {}
        return data.get("offices") == "builtin" and str(data.get("zones")).startswith("builtin")

    @cached_property
    def open_days(self) -> dict[tuple[str, str], float]:
        """Days a week that each office is open in each mode."""
        table = self.run.site_modes
        pairs = zip(table["office_id"], table["mode"], table["open_days"], strict=True)
        return {(str(office), str(mode)): float(days) for office, mode, days in pairs}

    def municipality(self, code: str) -> str:
        """The name of a municipality, or its code."""
        return self.municipality_names.get(code, code)

    def mode_title(self, mode: str, language: str, closed: str) -> str:
        """A mode's name in a language; ``closed`` for no mode."""
        if mode == CLOSED:
            return closed
        entry: Mapping[str, Any] = (self.run.config.get("modes") or {}).get(mode) or {}
        titles = entry.get("title") or {}
        return str(titles.get(language) or next(iter(filter(None, titles.values())), mode))


def read_source(folder: Path) -> Source:
    """Read a run folder; OSError if a table is missing that the report cannot do without."""
    inputs = folder / "inputs"
    km = inputs / "travel_km.parquet"
    run = read_tables(folder)
    return Source(
        run=run,
        zones=run.places,
        demand=pd.read_parquet(inputs / "demand.parquet"),
        travel=run.travel,
        km=pd.read_parquet(km).set_index("zone_id") if km.is_file() else None,
        between=pd.read_parquet(inputs / "site_minutes.parquet"),
        rooms=_rooms(inputs / "sites.csv"),
        groups=run.groups,
        hashes=_hashes(inputs / "sha256.json"),
        files=tuple(sorted(path.name for path in folder.iterdir())),
    )


def _rooms(path: Path) -> pd.Series[float]:
    """What the premises take, whole: money is counted from it also where it is not to be shown."""
    table = pd.read_csv(path, dtype={"office_id": str}, keep_default_na=False, na_values=[""])
    return table.set_index("office_id")["room_visits_per_year"].astype(float)


def _hashes(path: Path) -> Mapping[str, str]:
    import json

    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
