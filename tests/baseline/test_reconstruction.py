"""The base year: public totals exactly, small cases by hand, the distance to observations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from geodata.baseline import Assumptions, ModeFacts, demand, premises, reconstruct, staffing
from geodata.baseline.observations import compare
from geodata.problems import InputError
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.config import load

ROOT = Path(__file__).parents[2]
GIVEN = Assumptions(
    need_shares=(1.0,),
    propensity_scale_minutes=60.0,
    waiting_minutes=20.0,
    peak_on_record=1.2,
    front_fte=10.0,
    central_fte=4.0,
    wage_mnkr_per_fte=0.5,
    total_mnkr=20.0,
    premises_total_mnkr=6.0,
    premises_base_mnkr=0.3,
    premises_per_fte_mnkr=0.1,
    city_premises_factors={},
    local_total_mnkr=2.0,
    local_per_office_mnkr=0.6,
    room_slack=0.15,
    weeks_per_year=46.0,
    trips_per_open_day=1.0,
    staff_per_trip=2.0,
    km_cost_kr=2.5,
    hours_per_year=1700.0,
)
MODES = {
    "staffed": ModeFacts(3, 5.0, 3.0, 1.0, 1.0, True),
    "flexible": ModeFacts(2, 2.0, 0.8, 0.6, 0.6, False),
}


@pytest.fixture(scope="module")
def national() -> Case:
    return read_case(load(ROOT / "configs" / "base.yaml"))


def test_tabell_25_is_met_by_region(national: Case) -> None:
    towns = builtin.load("municipalities").set_index("municipality_code")
    region = national.sites["municipality_code"].map(towns["ssc_region"])
    received = national.sites.groupby(region)["visits_today"].sum()
    table = builtin.load("visits_by_region")
    wanted = table[table["year"] == 2024].set_index("ssc_region")["visits"]
    for name, visits in wanted.items():
        assert received[name] == pytest.approx(visits, abs=1e-5), name


def test_national_totals(national: Case) -> None:
    sites, year = national.sites, national.years.iloc[0]
    visits = sites["visits_today"].sum()
    assert visits == pytest.approx(2_758_758, abs=1e-5)
    front = sites["fte_today"].sum()
    assert front == pytest.approx(656.0, abs=1e-9)
    assert round(front + national.scenario.costs.central_fte) == 772
    assert sites["premises_today_mnkr"].sum() == pytest.approx(183.0)
    assert sites["local_today_mnkr"].sum() == pytest.approx(88.8)
    assert year["central_mnkr"] == pytest.approx(1003.1 - 656 * 0.769 - 183 - 88.8)
    cost = year["central_mnkr"] + front * 0.769 + 183 + 88.8
    assert cost == pytest.approx(1003.1)
    assert round(cost * 1e6 / visits) == 364
    cases = builtin.load("cases_by_agency")
    assert round(cost * 1e6 / cases.loc[cases["year"] == 2024, "cases"].sum()) == 306


def test_needs_are_shared_as_stated(national: Case) -> None:
    shares = national.demand_today.sum(axis=0) / national.demand_today.sum()
    assert shares == pytest.approx([0.25, 0.30, 0.45])


def test_peak_factor_is_april_over_the_mean_month() -> None:
    assert round(304_155 / (2_758_758 / 12), 2) == 1.32


def test_own_visits_at_two_offices_by_hand() -> None:
    # Zone a 0 minutes from A, zone b 30 minutes from B; regions N and S receive 1000 and 500.
    # Nobody crosses, so the zones' visits are the regions' totals.
    sites = pd.DataFrame(
        {
            "office_id": ["A", "B"],
            "municipality_code": ["0001", "0002"],
            "mode": ["staffed", "staffed"],
            "open_days": [5.0, 5.0],
        }
    )
    zones = pd.DataFrame({"municipality_code": ["0001", "0002"], "population": [100, 100]})
    built = reconstruct(
        sites=sites,
        zones=zones,
        minutes=np.array([[0.0, 90.0], [90.0, 30.0]]),
        site_minutes=np.array([[0.0, 60.0], [60.0, 0.0]]),
        site_km=np.array([[0.0, 50.0], [50.0, 0.0]]),
        region_of_municipality={"0001": "N", "0002": "S"},
        visits_by_region={"N": 1000.0, "S": 500.0},
        modes=MODES,
        given=GIVEN,
    )
    assert built.visits_by_zone == pytest.approx([1000.0, 500.0])
    # Staff: 10 FTE = max(3, 1.2*1000/p) + max(3, 1.2*500/p). Above the floor both: 1800/p = 10,
    # p = 180 gives 6.67 and 3.33.
    assert built.productivity == pytest.approx(180.0)
    assert built.fte == pytest.approx([20 / 3, 10 / 3])
    # Premises before scaling: 0.3 + 0.1 FTE = 0.9667 and 0.6333, together 1.6; scaled to 6.
    assert built.costs.premises_today == pytest.approx([6 * 0.96667 / 1.6, 6 * 0.63333 / 1.6], 1e-4)
    assert built.costs.local_today == pytest.approx([1.0, 1.0])
    assert built.central_mnkr == pytest.approx(20 - 10 * 0.5 - 6 - 2)
    assert built.central_pay_mnkr == pytest.approx(4 * 0.5)  # of the 7
    # In flexible mode A costs 0.6 of its premises; staff travels from B: 2 days x 46 weeks x 2
    # ways x (50 km x 2.5 kr + 1 h x 2 persons x 0.5e6/1700 kr).
    assert built.costs.premises[0, 1] == pytest.approx(0.6 * built.costs.premises_today[0])
    way = 50 * 2.5 + 1.0 * 2 * 0.5e6 / 1700
    assert built.staff_travel.total[0, 1] == pytest.approx(2 * 46 * 2 * way / 1e6)
    assert built.staff_travel.pay[0, 1] == pytest.approx(2 * 46 * 2 * 2 * 0.5 / 1700)
    assert built.room == pytest.approx([1150.0, 575.0])


def test_a_towns_rent_is_that_of_the_same_room_whatever_its_size_or_mode() -> None:
    """Town 1 pays 2.0 + 0.72 for rooms of 0.3 + 0.1 x 7 = 1.0 and 0.6 x (0.3 + 0.1 x 3) = 0.36:
    2 for the same room. Town 2 pays 0.8 for one of 0.8: 1. Over the visits the mean is 1.5 (600 and
    600). Town 3 has no office: 1.2 by its factor, where all pay 3.52 for 1.36 x 1.6 + 0.8."""
    levels = premises.rent_levels(
        np.array([2.0, 0.72, 0.8, 0.0]),
        today=["staffed", "flexible", "staffed", "closed"],
        codes=["0001", "0001", "0002", "0003"],
        fte=np.array([7.0, 3.0, 5.0, 0.0]),
        visits=np.array([500.0, 100.0, 600.0, 0.0]),
        modes=MODES,
        given=replace(GIVEN, city_premises_factors={"0001": 1.6, "0003": 1.2}),
    )
    empty = 1.2 * 3.52 / (1.36 * 1.6 + 0.8)
    assert levels == pytest.approx(np.array([2.0, 2.0, 1.0, empty]) / 1.5)


def test_visits_that_cross_a_region_border() -> None:
    # Zone a (region N) goes to B in S; zone b in N goes to A in N; zone c in S goes to B.
    choice = demand.Choice(np.array([[1], [0], [1]]), np.zeros((3, 1)), np.zeros((3, 1)))
    factors = demand.region_factors(
        np.array([10.0, 20.0, 30.0]),
        choice,
        (1.0,),
        zone_region=["N", "N", "S"],
        site_region=["N", "S"],
        received={"N": 40.0, "S": 80.0},
    )
    # N: 20 f = 40, f_N = 2; S: 10*2 + 30 f_S = 80, f_S = 2.
    assert factors == pytest.approx({"N": 2.0, "S": 2.0})


def test_productivity_with_a_floor_that_binds() -> None:
    # Floors 3 and 3, peaks 120 and 1080: 12 FTE = 3 + 1080/p, p = 120; 120/120 = 1 < 3.
    found = staffing.productivity_for(np.array([100.0, 900.0]), np.array([3.0, 3.0]), 1.2, 12.0)
    assert found == pytest.approx(120.0)


def test_staff_at_its_floor_has_no_pace_and_is_told_as_no_more() -> None:
    with pytest.raises(InputError) as told:
        staffing.productivity_for(np.array([100.0, 900.0]), np.array([3.0, 3.0]), 1.2, 6.0)
    assert "6 FTE, no more than the 6 FTE that the modes' minimum asks" in str(told.value)


def test_the_document_tells_the_error_as_it_is(national: Case) -> None:
    table = compare(builtin.load("observations"), national.sites)
    document = (ROOT / "docs" / "baseline.md").read_text(encoding="utf-8")
    visits = table[table["metric"].str.startswith("visits_per_day")]
    staff = table[table["metric"].str.startswith("staff")]
    assert f"{visits['error'].abs().median():.0%}".replace("%", " %") in document
    assert f"{staff['error'].abs().median():.0%}".replace("%", " %") in document
    for row in table.itertuples():
        assert f"| {row.office} | {row.metric} | {row.period} | {row.observed:g} |" in document
        assert f"| {row.reconstructed:.0f} |" in document or f"{row.reconstructed:.1f}" in document
