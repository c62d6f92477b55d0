"""Carbon dioxide of travel by car: visitors, and staff of offices without placed staff."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from optimizer.outputs.account.source import Source

KG_PER_TONNE = 1000.0


@dataclass(frozen=True)
class Assumption:
    """A value that no table gives, and how it is written."""

    value: float
    decimals: int


#: what else is assumed where a run has minutes alone
BY_MINUTES = "km_per_hour"


@dataclass(frozen=True)
class Carbon:
    """A year's travel against today's."""

    year: int
    visitor_km_before: float  #: car kilometres, if the visits of the year went to today's offices
    visitor_km_after: float
    visitor_tonnes: float  #: change
    staff_km: float  #: change
    staff_tonnes: float  #: change


def assumptions(source: Source) -> Mapping[str, Assumption]:
    """The assumed factors that the account of a run needs, by name."""
    needless = () if source.km is None else (BY_MINUTES,)
    return {name: one for name, one in _assumed().items() if name not in needless}


@cache
def _assumed() -> Mapping[str, Assumption]:
    text = resources.files(__package__).joinpath("assumptions.toml").read_text(encoding="utf-8")
    return {name: Assumption(**entry) for name, entry in tomllib.loads(text).items()}


def carbon_by_year(source: Source, ways: pd.DataFrame) -> list[Carbon]:
    """Each planning year: visits that still take place, there and back."""
    staff_today = _staff_km(source, None)
    found = []
    for year in source.run.years:
        rows = ways[ways["year"] == year]
        before = car_km(rows["wanted"], _km(source, rows, "from_office", "minutes_before"))
        arriving = rows["wanted"] - rows["lost"]
        after = car_km(arriving, _km(source, rows, "to_office", "minutes_after"))
        staff = _staff_km(source, year) - staff_today
        factor = _assumed()["car_kg_per_km"].value / KG_PER_TONNE
        found.append(Carbon(year, before, after, (after - before) * factor, staff, staff * factor))
    return found


def car_km(visits: pd.Series[float], km: pd.Series[float]) -> float:
    """Kilometres by car of visits that are so many kilometres away."""
    factors = _assumed()
    cars = factors["car_share"].value / factors["people_per_car"].value
    return float(2 * (visits * km.fillna(0.0)).sum() * cars)


def _km(source: Source, ways: pd.DataFrame, office: str, minutes: str) -> pd.Series[float]:
    """One way of each row, by road; by its minutes where the run has no kilometres."""
    if source.km is None:
        return ways[minutes] / 60.0 * _assumed()[BY_MINUTES].value
    zone = source.km.index.get_indexer(pd.Index(ways["zone_id"]))
    site = source.km.columns.get_indexer(pd.Index(ways[office]))
    km = source.km.to_numpy(dtype=float)[zone, site]
    return pd.Series(np.where(site >= 0, km, np.nan), index=ways.index)


def _staff_km(source: Source, year: int | None) -> float:
    """Kilometres a year by one car from the base office to every office without placed staff."""
    sites = source.run.sites.set_index("office_id")
    if "base_km" not in sites:
        return 0.0
    travel = (source.run.config.get("costs") or {}).get("staff_travel") or {}
    weeks, trips = travel.get("weeks_per_year", 0.0), travel.get("trips_per_open_day", 0.0)
    catalogue = source.run.config.get("modes") or {}
    moving = {name for name, mode in catalogue.items() if not mode.get("placed_staff", True)}
    plan = source.run.plan
    rows = source.run.sites if year is None else plan[plan["year"] == year]
    modes = zip(rows["office_id"], rows["mode_today" if year is None else "mode"], strict=True)
    km = sites["base_km"].astype(float).to_dict()
    return math.fsum(
        2 * km[str(office)] * source.open_days[str(office), str(mode)] * weeks * trips
        for office, mode in modes
        if mode in moving
    )
