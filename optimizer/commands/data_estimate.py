"""The offices of a config with every value filled in: own ones, estimates, and their error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.baseline import errors
from geodata.joining import FOUND_BY
from geodata.overlay import REMOVE
from geodata.sites import load_offices
from optimizer.building.base_year import estimate_errors
from optimizer.building.case import Case
from optimizer.building.reading import read_case, tables_told
from optimizer.building.tables import mode_names
from optimizer.config import Scenario, load

#: Column of the table of offices, and where inputs/sites.csv has it.
VALUES = {
    "mode": "mode_today",
    "open_days": "open_days_today",
    "visits_per_year": "visits_today",
    "fte": "fte_today",
    "premises_cost_mnkr": "premises_today_mnkr",
    "local_cost_mnkr": "local_today_mnkr",
    "room_visits_per_year": "room_visits_per_year",
}
ORIGINS = {
    "open_days": "origin_open_days",
    "visits_per_year": "origin_visits",
    "fte": "origin_fte",
    "premises_cost_mnkr": "origin_premises",
    "local_cost_mnkr": "origin_local",
    "room_visits_per_year": "origin_room",
    "services": "origin_services",
}
OF_VALUES = ("observed", "estimated", "assumed", "default")


@dataclass(frozen=True)
class Estimated:
    """The table of offices, whole, and how the estimate fares against own values."""

    offices: pd.DataFrame  #: a table of one's own, as `data.offices` reads it, with origins
    errors: pd.DataFrame
    warnings: tuple[str, ...]

    def sentences(self) -> Iterator[str]:
        """How many values are whose, and how far the estimate is off."""
        for column in ("visits_per_year", "fte", "premises_cost_mnkr", "local_cost_mnkr"):
            origins = self.offices[f"origin_{column}"].value_counts()
            counted = ", ".join(f"{origins[one]} {one}" for one in OF_VALUES if one in origins)
            yield f"{column}: {counted}; {self.offices[column].sum():,.1f} in all."
        if self.errors.empty:
            yield (
                "No own values to hold the estimate against; docs/baseline.md tells how far it "
                "lies from the few public ones."
            )
        yield from self.warnings

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "offices": len(self.offices),
            "errors": self.errors.to_dict("records"),
            "warnings": list(self.warnings),
        }


def estimate(config: Path) -> Estimated:
    """The offices of today as the config's tables and the reconstruction give them."""
    with tables_told():
        scenario = load(config)
    case = read_case(scenario)
    assert case.estimates is not None
    found = tuple(one for one in case.warnings if one not in set(estimate_errors(case.estimates)))
    told = (*estimate_errors(case.estimates), *found)
    return Estimated(_offices(case, scenario), errors(case.estimates), told)


def _offices(case: Case, scenario: Scenario) -> pd.DataFrame:
    """Every column of the offices' table as it was read, with what is estimated filled in."""
    table = load_offices(scenario.data.offices, known={"mode": mode_names(scenario)})
    table = table.drop(columns=[name for name in (FOUND_BY, REMOVE) if name in table])
    sites = case.sites.set_index("office_id").loc[table["office_id"]]
    filled = {column: sites[name].to_numpy() for column, name in VALUES.items()}
    told = {f"origin_{column}": sites[name].to_numpy() for column, name in ORIGINS.items()}
    return table.assign(**filled, **told)
