"""A case: the instance with the tables it was made from, for everything that people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geodata.travel import Origin
from optimizer.config import Scenario
from optimizer.instance import Floats, Instance


@dataclass(frozen=True)
class BaseYear:
    """Today's network in numbers, as far as the arrays of the model are made of it."""

    demand: Floats  #: [I, C] visits wanted, by need and service with visits of its own
    visits: float  #: all of them
    cost_today: Floats  #: [I, C] travel plus waiting to the site of today, minutes
    premises: Floats  #: [J, M] by site and mode, also modes it may not have, mnkr a year
    local: Floats  #: [J, M] the same
    driving: Floats  #: [J, M] kilometres of staff on the way
    pay: Floats  #: [J, M] their pay on the way
    productivity: float  #: visits a year per FTE at the pace of the peak month
    central_mnkr: float
    central_pay_mnkr: float  #: of it the pay of central staff


@dataclass(frozen=True, kw_only=True)
class Case:
    """Config, tables and arrays of one run; rows in the order of the instance's ids."""

    scenario: Scenario
    instance: Instance
    sites: pd.DataFrame  #: inputs/sites.csv
    site_modes: pd.DataFrame  #: inputs/site_modes.csv
    zones: pd.DataFrame  #: inputs/zones.parquet
    regions: pd.DataFrame  #: inputs/regions.csv
    years: pd.DataFrame  #: inputs/years.csv, the base year first
    base_year: BaseYear
    site_minutes: Floats  #: [J, J] travel minutes between sites
    warnings: tuple[str, ...]
    groups: pd.DataFrame  #: inputs/groups.parquet: people of each zone by group
    travel: Mapping[str, Origin]  #: inputs/travel.json: where the minutes of each table come from
    decided: pd.DataFrame | None = None  #: inputs/decided.csv, where decisions were taken before
    offers: pd.DataFrame | None = None  #: inputs/offers.csv: services of today's offices, how sure
    estimates: pd.DataFrame | None = None  #: inputs/estimates.csv: own values beside the estimate
    km: Floats | None = None  #: [I, J] by road, where travel tells it

    @property
    def demand_today(self) -> Floats:
        """[I, C] visits of the base year."""
        return self.base_year.demand
