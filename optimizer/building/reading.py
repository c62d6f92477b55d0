"""From a config to a case: tables, travel and the base year rebuilt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from geodata.baseline import Baseline
from geodata.problems import InputError
from geodata.zones import COLUMNS, SHARES
from optimizer.building.access_rules import group_table, people_by_place, told_of_nobody
from optimizer.building.assembly import Parts, assemble, refurbishing_mnkr
from optimizer.building.base_year import base_year, data_warnings, told_of_fees, travel_warnings
from optimizer.building.case import BaseYear, Case
from optimizer.building.decided import with_decided
from optimizer.building.services import Offers, read_offers, service_visits, uncertain_warnings
from optimizer.building.tables import mode_names, read_tables, travel_times, wrong_tables
from optimizer.config import ConfigError, Scenario
from optimizer.instance import Floats
from optimizer.instance.options import option_minutes

#: Of the zones as they were read: all but the visits, which are rebuilt.
ZONE_COLUMNS = (
    *(name for name in COLUMNS if name != "visits_per_year"),
    *(name for share in SHARES for name in (share, f"origin_{share}")),
)


@contextmanager
def tables_told() -> Iterator[None]:
    """Around the reading of a config: one that is wrong is told of with what its tables say."""
    try:
        yield
    except ConfigError as error:
        raise InputError((*error.problems, *wrong_tables(error.sound))) from None


def read_case(scenario: Scenario) -> Case:
    """Read and check every table of a scenario and build its instance. Raises InputError."""
    return assemble(_parts(scenario))


def _parts(scenario: Scenario) -> Parts:
    """The tables of a scenario, travel and the base year."""
    tables = read_tables(scenario)
    divisions, site_table, zone_table = tables.divisions, tables.sites, tables.zones
    scenario, decided, late = with_decided(scenario, site_table, mode_names(scenario))
    offers = read_offers(scenario, site_table)
    to_zones, between = travel_times(scenario, tables)
    flowing = service_visits(scenario, offers, site_table, zone_table)
    baseline, estimates = base_year(
        scenario, tables, to_zones, between, services=None if flowing is None else flowing.visits
    )
    groups = group_table(zone_table)
    places = people_by_place(zone_table, groups)
    return Parts(
        scenario=scenario,
        sites=_sites_table(scenario, site_table, baseline, offers),
        zones=_zones_table(zone_table),
        groups=groups,
        divisions=divisions,
        to_zones=to_zones,
        site_minutes=between.minutes,
        travel={"zones_to_sites": to_zones.origin, "sites_to_sites": between.origin},
        base_year=_numbers(baseline),
        offers=offers,
        flowing=() if flowing is None else flowing.services,
        decided=decided,
        estimates=estimates,
        warnings=(
            *data_warnings(tables, baseline, estimates),
            *travel_warnings(to_zones, between),
            *late,
            *uncertain_warnings(offers),
            *told_of_nobody(scenario, places, divisions),
            *told_of_fees(scenario),
        ),
    )


def _numbers(baseline: Baseline) -> BaseYear:
    return BaseYear(
        demand=baseline.visits_by_zone[:, None] * np.asarray(baseline.shares),
        visits=float(baseline.visits_by_zone.sum()),
        cost_today=option_minutes(baseline.choice.minutes, baseline.choice.waiting),
        premises=baseline.costs.premises,
        local=baseline.costs.local,
        driving=baseline.staff_travel.driving,
        pay=baseline.staff_travel.pay,
        productivity=baseline.productivity,
        central_mnkr=baseline.central_mnkr,
        central_pay_mnkr=baseline.central_pay_mnkr,
    )


def _room_rent(scenario: Scenario, baseline: Baseline) -> Floats:
    """[J] rent at the town's level of room for 1,000 visits more, mnkr a year.

    With the refurbishing it is costs.extension_mnkr_per_1000_visits in the mean over the visits of
    today.
    """
    costs = scenario.costs
    rent = costs.extension_mnkr_per_1000_visits * costs.extension_rent_share
    return np.asarray(rent * baseline.rent_level)


def _zones_table(zones: pd.DataFrame) -> pd.DataFrame:
    """inputs/zones.parquet: each value with its origin; visits not given are estimated."""
    table = zones[[name for name in ZONE_COLUMNS if name in zones]]
    visits = "origin_visits_per_year"
    return table.assign(**{visits: table[visits].where(table[visits] != "", "estimated")})


def _sites_table(
    scenario: Scenario, site_table: pd.DataFrame, baseline: Baseline, offers: Offers
) -> pd.DataFrame:
    """inputs/sites.csv: what is known and estimated of each site today, with origins."""
    ids = site_table["office_id"].to_numpy()
    rent = _room_rent(scenario, baseline)
    return pd.DataFrame(
        {
            "office_id": ids,
            "office": site_table["office"],
            "municipality_code": site_table["municipality_code"],
            "longitude": site_table["longitude"],
            "latitude": site_table["latitude"],
            "candidate": site_table["candidate"],
            "mode_today": site_table["mode"],
            "open_days_today": site_table["open_days"],
            "partner": site_table["partner"],
            "lease_end": site_table["lease_end"],
            "improvements_mnkr": site_table["improvements_mnkr"].fillna(0.0),
            "notice_months": site_table["notice_months"],
            "visits_today": baseline.visits,
            "fte_today": baseline.fte,
            "premises_today_mnkr": baseline.costs.premises_today,
            "local_today_mnkr": baseline.costs.local_today,
            "room_visits_per_year": baseline.room,
            "extension_mnkr_per_1000_visits": refurbishing_mnkr(scenario) + rent,
            "extension_rent_mnkr_per_1000_visits": rent,
            "base_office_id": ids[baseline.staff_base.site],
            "base_minutes": baseline.staff_base.minutes,
            "base_km": baseline.staff_base.km,
            "evidence": site_table["evidence"],
            "origin_visits": baseline.origins["visits_per_year"],
            "origin_fte": baseline.origins["fte"],
            "origin_premises": baseline.origins["premises_cost_mnkr"],
            "origin_local": baseline.origins["local_cost_mnkr"],
            "origin_room": baseline.origins["room_visits_per_year"],
            "origin_mode": site_table["origin_mode"],
            "origin_open_days": site_table["origin_open_days"],
            "origin_coordinates": _weaker(site_table, "longitude", "latitude"),
            "origin_partner": site_table["origin_partner"],
            "origin_lease_end": site_table["origin_lease_end"],
            "origin_notice_months": site_table["origin_notice_months"].replace("", "default"),
            "origin_improvements": site_table["origin_improvements_mnkr"].replace("", "default"),
            "services": [offers.text(j) for j in range(len(site_table))],
            "origin_services": site_table["origin_services"],
        }
    )


def _weaker(table: pd.DataFrame, one: str, other: str) -> pd.Series:
    """The origin of two values together: of the first where the second is observed."""
    first, second = table[f"origin_{one}"], table[f"origin_{other}"]
    return first.where(second == "observed", second)
