"""The demand of the planning years, counted from today's and the growth that the config states."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verify.findings import Checked, finding
from optimizer.verify.flows import columns_of, demand_by_year
from optimizer.verify.offers import GENERAL, catalogue
from optimizer.verify.recount import Recount

FILE = "inputs/demand.parquet"
RELATIVE = 1e-9  #: of a zone's visits, which are not rounded


def check_demand(count: Recount) -> Checked:
    """Visits of each zone, need and service: today's, grown year by year as the config says."""
    stated = dict(count.folder.config.get("demand") or {})
    if "growth_per_year" not in stated:
        return Checked(1, ())  # a run of before growth was stated: demand is taken as it is
    demand = demand_by_year(count.folder, count.settings.years)
    today, found = demand[count.settings.base_year], []
    for year in count.settings.planning_years:
        expected = today * _growth(count, stated, year - count.settings.base_year)
        wrong = np.abs(demand[year] - expected) > RELATIVE * np.maximum(expected, 1.0)
        for zone, column in np.argwhere(wrong)[:5]:
            service, need = columns_of(count.folder)[column]
            where = f"{FILE}, year {year}, zone_id {count.folder.zones['zone_id'].iloc[zone]}"
            told = demand[year][zone, column]
            found.append(
                finding("demand", f"{where}, {service} {need}", told, expected[zone, column])
            )
    return Checked(today.size * len(count.settings.planning_years), tuple(found))


def _growth(count: Recount, stated: dict[str, Any], n: int) -> NDArray[np.float64]:
    """Zones x columns: how many times today's visits, n years after the base year."""
    folder = count.folder
    places = np.full(len(folder.zones), 1.0 + float(stated["growth_per_year"])) ** n
    rule = stated.get("growth_by_region")
    if rule:
        members = folder.region_members
        members = members[members["division"] == rule["division"]]
        for code, rate in (rule.get("per_year") or {}).items():
            towns = members.loc[members["region_code"] == code, "municipality_code"]
            inside = folder.zones["municipality_code"].isin(towns).to_numpy(dtype=bool)
            places[inside] *= (1.0 + float(rate)) ** n
    services = [service for service, _ in columns_of(folder)]
    columns = [_of_agencies(count, stated, services, service, n) for service in services]
    return np.asarray(places[:, None] * np.array(columns)[None, :])


def _of_agencies(
    count: Recount, stated: dict[str, Any], services: list[str], service: str, n: int
) -> float:
    """The growth of one column: that of its agency, or the mean over the cases of all agencies."""
    rates = {str(a): float(g) for a, g in (stated.get("growth_by_agency") or {}).items()}
    known = catalogue(count.folder)
    agency = None if service == GENERAL else known[service].get("agency")
    if agency:
        return (1.0 + rates.get(str(agency), 0.0)) ** n
    cases = {str(a): float(k) for a, k in (stated.get("cases_by_agency") or {}).items()}
    everything = sum(cases.values())
    for other in {one for one in services if one != GENERAL}:
        owner = known[other].get("agency")
        if owner:
            part = float(known[other].get("visits_share") or 0.0) * everything
            cases[str(owner)] = max(0.0, cases[str(owner)] - part)
    left = sum(cases.values())
    if not left:
        return 1.0
    return sum(k * (1.0 + rates.get(a, 0.0)) ** n for a, k in cases.items()) / left
