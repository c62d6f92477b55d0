"""Rules on people from the config's words to the optimum of a pair of offices, by hand.

The pair of `a_pair`: a zone at each office, 10 minutes to it and 40 to the other, 1,000 visits
each. Here a reduced office has 31 minutes of waiting, and the means are 4 mnkr a year: one staffed
office (2 premises, 2 FTE) or two reduced ones (1 premises and 1 FTE each). One staffed office is
the best without a rule, 1,000 x 10 + 1,000 x 40 = 50,000 visit-minutes; two reduced ones are
2,000 x 41.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from geodata.travel import TravelTable
from optimizer.building.access_rules import (
    GROUPS,
    LOW_TAX_BASE,
    access_rules,
    group_table,
    people,
    people_by_place,
)
from optimizer.config import load
from optimizer.config.shipped import shipped_folder
from optimizer.instance import Instance
from tests.instances import a_pair
from tests.optimum import best_plan, solve

ONE_STAFFED, TWO_REDUCED = 50_000.0, 82_000.0
TOWNS = {"z1": "0180", "z2": "2463"}  # Stockholm and Åsele
ZONES = pd.DataFrame(
    {
        "zone_id": list(TOWNS),
        "municipality_code": list(TOWNS.values()),
        "population": [3_000.0, 1_000.0],
        "area_type": ["dense", "rural"],
    }
)
DIVISIONS = pd.DataFrame(
    {
        "division": "county",
        "region_code": ["01", "24"],
        "region": ["Stockholms län", "Västerbottens län"],
        "municipality_code": list(TOWNS.values()),
    }
)


def pair() -> Instance:
    waiting = np.array([[0.0, 0.0, 31.0]] * 2)
    return a_pair(waiting=waiting, appropriation=np.array([4.0]))


def under(requirements: dict[str, Any]) -> Instance:
    """The pair with the rules on people that a config asks for."""
    plain = pair()
    off = {"region_coverage": {"on": False}}
    path = shipped_folder() / "base.yaml"
    scenario = load(path, {"requirements": {**off, **requirements}})
    travel = TravelTable(plain.zones, plain.sites, plain.minutes, plain.minutes)
    places = people_by_place(ZONES, group_table(ZONES))
    rules = access_rules(scenario, places, DIVISIONS, travel, plain.tier, plain.today)
    return replace(plain, access=rules)


def optimum(instance: Instance) -> float | None:
    """By the model; the best of all plans agrees."""
    model, best = solve(instance), best_plan(instance)
    assert (model is None) == (best is None)
    if model is None or best is None:
        return None
    assert model.objective == pytest.approx(best.objective)
    return model.objective


def test_without_a_rule_one_staffed_office_is_the_best() -> None:
    assert optimum(pair()) == pytest.approx(ONE_STAFFED)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"within_minutes": 15.0}, TWO_REDUCED),  # both are within it today, and stay
        ({"within_minutes": 9.0, "added_minutes": 30.0}, ONE_STAFFED),  # neither is; 40 = 10 + 30
        ({"within_minutes": 45.0}, ONE_STAFFED),
        ({"added_minutes": 29.0}, TWO_REDUCED),
        ({"added_minutes": 90.0, "within_minutes": 39.0}, TWO_REDUCED),
    ],
)
def test_no_one_left_behind_by_hand(rule: dict[str, float], wanted: float) -> None:
    assert optimum(under({"no_one_left_behind": {"need": 1, **rule}})) == pytest.approx(wanted)


NEAR = {"minutes": 15.0, "need": 1}


@pytest.mark.parametrize(
    ("standard", "wanted", "kept"),
    [
        ({"share": 0.75}, ONE_STAFFED, "o1"),  # 3,000 of 4,000 live at o1
        ({"share": 0.76}, TWO_REDUCED, ""),
        ({"share": 1.0, "area_type": "rural"}, ONE_STAFFED, "o2"),
        ({"share": 1.0, "area_type": ["dense", "remote"]}, ONE_STAFFED, "o1"),
        ({"share": 0.5, "area_type": ["dense", "rural"], "each": "county"}, TWO_REDUCED, ""),
        ({"share": 0.5, "area_type": "rural", "each": "county"}, ONE_STAFFED, "o2"),
        ({"share": 0.5, "each": "county"}, TWO_REDUCED, ""),
        # 10.22 % of Stockholm's people live in areas of exclusion, and none of Åsele's
        ({"share": 1.0, "group": "exclusion_areas"}, ONE_STAFFED, "o1"),
        # at most nine years of school: 68.74 % of them at o1; 75 and over: 56.9 %
        ({"share": 0.68, "group": "low_education"}, ONE_STAFFED, "o1"),
        ({"share": 0.69, "group": "low_education"}, TWO_REDUCED, ""),
        ({"share": 0.56, "group": "age_75plus"}, ONE_STAFFED, "o1"),
        ({"share": 0.57, "group": "age_75plus"}, TWO_REDUCED, ""),
        # Åsele's tax base, 189,597, is in the lowest fifth (to 199,201); Stockholm's is not
        ({"share": 1.0, "group": "low_tax_base"}, ONE_STAFFED, "o2"),
    ],
)
def test_standards_by_area_region_and_group_by_hand(
    standard: dict[str, Any], wanted: float, kept: str
) -> None:
    instance = under({"access_standard": [{**NEAR, **standard}]})
    assert optimum(instance) == pytest.approx(wanted)
    if kept:
        model = solve(instance)
        assert model is not None
        assert [s for s, j in zip(instance.sites, model.states[:, 0], strict=True) if j] == [kept]


def test_groups_are_people_by_the_shares_of_their_municipality() -> None:
    towns = builtin.load("municipalities").set_index("municipality_code")
    every = ZONES.merge(towns.reset_index()[["municipality_code"]], how="right")
    every["population"] = 1_000.0
    for group, column in GROUPS.items():
        shares = towns.loc[every["municipality_code"], column].astype(float).to_numpy()
        assert people(every, group) == pytest.approx(1_000.0 * shares)
        assert 0 < people(every, group).sum() < 1_000.0 * len(every)
    base = towns["tax_base_sek"].astype(float)
    poorest = set(base.sort_values().index[:58])  # a fifth of 290
    found = every["municipality_code"][people(every, LOW_TAX_BASE) > 0]
    assert set(found) == poorest
