"""How the visits wanted grow: everywhere, by region, and by the agency they come to.

    visits[i, c, t] = visits of today[i, c] x (1 + g)^n x (1 + g[region of i])^n x A[c, n]
    A[c, n] = sum_a w[c, a] (1 + g[a])^n                              n years after the base year

w[c, a] is the part of the cases of agency a: of a service that belongs to an agency all of it, of
everything else the cases of each agency less the visits of its services.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.config import Scenario
from optimizer.instance import Floats


def growth(
    scenario: Scenario,
    zones: pd.DataFrame,
    divisions: pd.DataFrame,
    *,
    n_needs: int,
    services: Sequence[str] = (),
) -> Floats:
    """[T, I, C] demand of each planning year against today's; ``services`` are the last columns.

    Raises InputError for regions that the division does not have.
    """
    n = np.array(scenario.years) - scenario.base_year
    everywhere = (1.0 + scenario.demand.growth_per_year) ** n
    places = 1.0 + _by_zone(scenario, zones, divisions)
    by_zone = places[None, :] ** n[:, None]  # [T, I]
    by_column = np.stack([_of_columns(scenario, int(k), n_needs, services) for k in n])  # [T, C]
    return np.asarray(everywhere[:, None, None] * by_zone[:, :, None] * by_column[:, None, :])


def _by_zone(scenario: Scenario, zones: pd.DataFrame, divisions: pd.DataFrame) -> Floats:
    """[I] growth a year of the region that each zone lies in, 0 where none is named."""
    rule = scenario.demand.growth_by_region
    if rule is None:
        return np.zeros(len(zones))
    table = divisions[divisions["division"] == rule.division]
    unknown = sorted(set(rule.per_year) - set(table["region_code"]))
    if unknown:
        key = "demand.growth_by_region.per_year"
        accepted = f"a region_code of {rule.division}, such as {table['region_code'].iloc[0]!r}"
        raise InputError([Problem(f"{key}.{code}", repr(code), accepted) for code in unknown])
    region = table.drop_duplicates("municipality_code").set_index("municipality_code")
    code = zones["municipality_code"].map(region["region_code"])
    return np.asarray(code.map(dict(rule.per_year)).fillna(0.0), dtype=np.float64)


def _of_columns(scenario: Scenario, n: int, n_needs: int, services: Sequence[str]) -> list[float]:
    """Growth over ``n`` years by column of demand: needs, then services with visits."""
    demand, catalogue = scenario.demand, scenario.services
    pace = {agency: (1.0 + g) ** n for agency, g in demand.growth_by_agency.items()}
    cases = dict(demand.cases_by_agency)
    total = sum(cases.values())
    for name in services:
        agency = catalogue[name].agency
        if agency is not None:
            cases[agency] = max(0.0, cases[agency] - catalogue[name].visits_share * total)
    general = _mean(pace, cases)
    own = [catalogue[name].agency for name in services]
    return [general] * n_needs + [general if a is None else pace.get(a, 1.0) for a in own]


def _mean(pace: Mapping[str, float], cases: Mapping[str, float]) -> float:
    total = sum(cases.values())
    if not total:
        return 1.0
    return sum(number * pace.get(agency, 1.0) for agency, number in cases.items()) / total
