"""A case: the instance with the tables it was made from, for everything that people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geodata.travel import Origin
from optimizer.config import Scenario
from optimizer.instance import Floats, Instance


@dataclass(frozen=True)
class Case:
    """Config, tables and arrays of one run; rows in the order of the instance's ids."""

    scenario: Scenario
    instance: Instance
    sites: pd.DataFrame  #: inputs/sites.csv
    site_modes: pd.DataFrame  #: inputs/site_modes.csv
    zones: pd.DataFrame  #: inputs/zones.parquet
    regions: pd.DataFrame  #: inputs/regions.csv
    years: pd.DataFrame  #: inputs/years.csv, the base year first
    demand_today: Floats  #: [I, C] visits of the base year
    site_minutes: Floats  #: [J, J] travel minutes between sites
    warnings: tuple[str, ...]
    groups: pd.DataFrame  #: inputs/groups.parquet: people of each zone by group
    travel: Mapping[str, Origin]  #: inputs/travel.json: where the minutes of each table come from
    decided: pd.DataFrame | None = None  #: inputs/decided.csv, where decisions were taken before
    offers: pd.DataFrame | None = None  #: inputs/offers.csv: services of today's offices, how sure
    estimates: pd.DataFrame | None = None  #: inputs/estimates.csv: own values beside the estimate
    km: Floats | None = None  #: [I, J] by road, where a standard asks for it
