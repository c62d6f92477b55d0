"""The travel estimate: water, ferries, symmetry, and that a pair depends on its ends alone."""

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from geodata.projection import to_metres
from geodata.travel import EstimateSettings, TravelTable, between, estimate
from geodata.travel.land import plain_m

TOWNS = [
    "Hjo",
    "Ödeshög",
    "Lidköping",
    "Säffle",
    "Västerås",
    "Eskilstuna",
    "Visby",
    "Stockholm",
    "Borgholm",
    "Kalmar",
    "Jönköping",
    "Linköping",
    "Malmö",
    "Kiruna",
    "Öckerö",
    "Göteborg",
]


def places(*names: str) -> pd.DataFrame:
    seats = builtin.load("municipalities").set_index("seat").loc[list(names)]
    return pd.DataFrame(
        {
            "office_id": list(names),
            "zone_id": list(names),
            "longitude": seats["seat_longitude"].to_numpy(),
            "latitude": seats["seat_latitude"].to_numpy(),
            "municipality_code": seats["municipality_code"].to_numpy(),
        }
    )


@pytest.fixture(scope="module")
def table() -> TravelTable:
    return between(places(*TOWNS))


def km(table: TravelTable, start: str, goal: str) -> float:
    return float(table.km[TOWNS.index(start), TOWNS.index(goal)])


def minutes(table: TravelTable, start: str, goal: str) -> float:
    return float(table.minutes[TOWNS.index(start), TOWNS.index(goal)])


def straight_km(start: str, goal: str) -> float:
    ends = places(start, goal)
    apart = np.diff(to_metres(ends["longitude"].to_numpy(), ends["latitude"].to_numpy()), axis=0)
    return float(np.hypot(*apart[0])) / 1000


@pytest.mark.parametrize(("start", "goal"), [("Hjo", "Ödeshög"), ("Lidköping", "Säffle")])
def test_nobody_drives_across_a_lake(table: TravelTable, start: str, goal: str) -> None:
    assert km(table, start, goal) > 2.2 * straight_km(start, goal)


@pytest.mark.parametrize(("start", "goal"), [("Västerås", "Eskilstuna"), ("Borgholm", "Kalmar")])
def test_bridges_lead_across(table: TravelTable, start: str, goal: str) -> None:
    assert km(table, start, goal) < 1.8 * straight_km(start, goal)
    assert minutes(table, start, goal) < 50


def test_gotland_is_reached_by_ferry(table: TravelTable) -> None:
    # 195 minutes at sea, 45 for check-in, 5 of access, and the road from Nynäshamn (58 km).
    assert 280 < minutes(table, "Visby", "Stockholm") < 320
    assert 45 < km(table, "Visby", "Stockholm") < 75
    # By Oskarshamn rather than by Nynäshamn.
    assert minutes(table, "Visby", "Kalmar") < 330


def test_an_island_off_goteborg_has_a_ferry(table: TravelTable) -> None:
    assert 40 < minutes(table, "Öckerö", "Göteborg") < 75


def test_two_ferries_in_a_row(table: TravelTable) -> None:
    by_one = minutes(table, "Visby", "Göteborg")
    assert by_one < minutes(table, "Visby", "Öckerö") < by_one + 60


def test_every_pair_is_finite_and_symmetric() -> None:
    offices = builtin.load("offices")
    table = between(offices)
    assert np.isfinite(table.minutes).all() and np.isfinite(table.km).all()
    assert np.array_equal(table.minutes, table.minutes.T)
    assert np.array_equal(table.km, table.km.T)
    # At the door only access remains.
    assert (table.minutes.diagonal() == 5).all() and (table.km.diagonal() == 0).all()


def test_the_built_in_zones_are_finite_and_rounded() -> None:
    table = estimate(builtin.load("localities"), builtin.load("offices"))
    assert table.minutes.shape == (len(table.zone_ids), len(table.office_ids))
    assert np.isfinite(table.minutes).all() and table.minutes.min() >= 5
    assert np.array_equal(table.minutes, np.round(table.minutes, 2))
    assert np.array_equal(table.km, np.round(table.km, 2))


def test_farther_along_open_land_takes_longer() -> None:
    site = places("Växjö")
    east = [0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0]
    zones = pd.concat([places("Växjö")] * len(east), ignore_index=True)
    zones["longitude"] += east
    table = estimate(zones, site)
    assert (np.diff(table.minutes[:, 0]) > 0).all()
    assert (np.diff(table.km[:, 0]) > 0).all()


def test_other_zones_and_sites_change_nothing(table: TravelTable) -> None:
    few = ("Malmö", "Visby", "Kiruna")
    alone = estimate(places(*few), places("Kalmar", "Visby"))
    rows = [TOWNS.index(name) for name in few]
    columns = [TOWNS.index("Kalmar"), TOWNS.index("Visby")]
    assert np.array_equal(alone.minutes, table.minutes[np.ix_(rows, columns)])
    assert np.array_equal(alone.km, table.km[np.ix_(rows, columns)])


def test_time_factor_multiplies_minutes_only() -> None:
    ends = places("Malmö", "Visby")
    plain, slow = between(ends), between(ends, EstimateSettings(time_factor=1.2))
    assert np.allclose(slow.minutes, 1.2 * plain.minutes, atol=0.011)
    assert np.array_equal(slow.km, plain.km)


def test_bands_and_built_up_ends_by_hand() -> None:
    settings = EstimateSettings(
        detour_factor=1.0,
        band_ends_km=(1.0,),
        band_speeds_km_h=(30.0, 60.0),
        built_up_minutes_per_km=0.0,
        access_minutes=3.0,
    )
    ends = places("Växjö", "Växjö")
    ends["zone_id"] = ends["office_id"] = ["a", "b"]
    ends.loc[1, "latitude"] += 0.09
    table = between(ends, settings)
    # The first km takes 2 minutes, each further km one.
    assert 9.5 < table.km[0, 1] < 10.5
    assert table.minutes[0, 1] == pytest.approx(3 + 2 + (table.km[0, 1] - 1), abs=0.011)
    # Växjö has 50-3000 inhabitants per km2: slower, by at most 2 ends x 5 km x 1 minute.
    slower = between(ends, EstimateSettings(built_up_minutes_per_km=1.0))
    added = slower.minutes[0, 1] - between(ends, EstimateSettings()).minutes[0, 1]
    assert 0 < added < 4


def test_the_grid_measures_its_own_directions_exactly() -> None:
    assert plain_m(np.array([5000, 0, 5000, 10000]), np.array([0, 5000, 5000, 5000])).tolist() == [
        5000,
        5000,
        7072,  # 5000 sqrt(2), up to a whole metre
        11181,  # 5000 sqrt(5)
    ]
