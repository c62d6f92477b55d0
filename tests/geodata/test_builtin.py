"""The built-in tables: totals on record, keys, places, and that the scripts give them again."""

import geopandas as gpd
import numpy as np
import pytest

from geodata import boundaries, builtin
from geodata.build.__main__ import main as build
from geodata.build.derived import COLOCATED
from geodata.build.localities import settled, whole
from geodata.sites import load_offices


def test_totals_on_record() -> None:
    offices, zones = builtin.load("offices"), builtin.load("localities")
    assert len(offices) == 148
    assert offices["municipality_code"].nunique() == 126
    assert zones["population"].sum() == 10_551_707
    visits = builtin.load("visits_by_region").query("year == 2024")
    assert visits["visits"].sum() == 2_758_758
    cases = builtin.load("cases_by_agency").query("year == 2024")
    assert cases["cases"].sum() == 3_280_775


def test_zones_add_up_to_every_municipality() -> None:
    municipalities = builtin.load("municipalities").set_index("municipality_code")
    zones = builtin.load("localities").groupby("municipality_code")["population"].sum()
    assert len(municipalities) == 290
    assert zones.equals(municipalities["population"].rename_axis("municipality_code"))


def test_regions_hold_every_municipality_once() -> None:
    regions = builtin.load("regions")
    assert not regions.duplicated(["division", "municipality_code"]).any()
    held = regions.groupby("division").agg({"region_code": "nunique", "municipality_code": "count"})
    assert held["region_code"].to_dict() == {"county": 21, "fa15": 60, "ssc": 6}
    assert set(held["municipality_code"]) == {290}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("offices", ["office_id"]),
        ("localities", ["zone_id"]),
        ("municipalities", ["municipality_code"]),
        ("figures", ["key", "year"]),
    ],
)
def test_keys_are_unique(table: str, key: list[str]) -> None:
    assert not builtin.load(table).duplicated(key).any()


@pytest.mark.parametrize("table", builtin.names())
def test_a_column_is_described_once(table: str) -> None:
    assert builtin.columns(table)["column"].is_unique


def test_codes_are_text() -> None:
    assert builtin.load("offices")["municipality_code"].iloc[0] == "0123"
    assert builtin.load("municipalities")["county_code"].iloc[0] == "01"


def test_load_gives_a_fresh_copy() -> None:
    table = builtin.load("offices")
    table["office"] = "changed"
    assert builtin.load("offices")["office"].iloc[0] == "Järfälla"
    with pytest.raises(KeyError, match="localities"):
        builtin.load("nowhere")


def test_catalogue_and_columns_describe_every_table() -> None:
    for row in builtin.catalogue().itertuples():
        table = builtin.load(row.table)
        assert row.rows == len(table)
        assert row.licence and row.source and row.kind
        assert list(builtin.columns(row.table)["column"]) == list(table.columns)


def test_a_table_is_observed_only_if_all_of_it_is() -> None:
    for row in builtin.catalogue().itertuples():
        kinds = set(builtin.columns(row.table)["kind"])
        assert (row.kind == "observed") == (kinds == {"observed"}), row.table


def test_what_was_planned_is_not_told_as_observed() -> None:
    table = builtin.load("observations")
    planned = table["note"].str.contains("(planned)", regex=False)
    assert planned.sum() == 14
    assert table.loc[planned, "metric"].str.endswith("_planned").all()
    assert set(table["confidence"]) == {"high"}


def test_offices_lie_where_a_run_says_that_it_assumes_them() -> None:
    kinds = builtin.columns("offices").set_index("column")["kind"]
    offices = load_offices("builtin")
    for place in ("longitude", "latitude"):
        assert set(offices[f"origin_{place}"]) == {kinds[place]}


def test_an_office_with_a_partner_is_colocated() -> None:
    offices = builtin.load("offices").set_index("office_id")
    assert offices.loc[offices["partner"] == "", "mode"].isin(COLOCATED).sum() == 119
    assert not offices.loc[offices["partner"] != "", "mode"].isin(COLOCATED).any()
    assert offices.loc["o003", "mode"] == "reduced_colocated"
    assert offices.loc["o102", "mode"] == "mobile"


def test_every_office_in_a_shared_town_has_a_district() -> None:
    offices, zones = builtin.load("offices"), builtin.load("localities")
    districts = zones[zones["kind"] == "district"].set_index("office_id")
    shared = offices[offices["municipality_code"].duplicated(keep=False)].set_index("office_id")
    assert sorted(districts.index) == sorted(shared.index)
    joined = districts.merge(shared, on="office_id", suffixes=("", "_office"))
    assert (joined["longitude"] == joined["longitude_office"]).all()
    spread = districts.groupby("municipality_code")["population"].agg(["min", "max"])
    assert (spread["max"] - spread["min"]).max() <= 1
    stockholm = zones[zones["municipality_code"] == "0180"]
    assert set(stockholm["kind"]) == {"district"}


def test_zones_lie_in_their_municipality() -> None:
    zones = builtin.load("localities")
    points = gpd.GeoSeries.from_xy(zones["longitude"], zones["latitude"], crs=4326).to_crs(3006)
    outlines = boundaries.municipalities().to_crs(3006).set_index("municipality_code").geometry
    own = outlines.reindex(zones["municipality_code"]).set_axis(zones.index)
    away_km = points.distance(own) / 1000
    assert away_km.max() < 8  # islands off Göteborg and Karlskrona that the coarse outlines lack
    assert (away_km > 3).sum() <= 6
    assert away_km[zones["kind"] == "rural"].max() < 0.2


def test_rural_share_of_the_country_is_plausible() -> None:
    zones = builtin.load("localities")
    people = zones.groupby("kind")["population"].sum() / zones["population"].sum()
    assert 0.12 < people["rural"] < 0.16


def test_boundaries() -> None:
    assert len(boundaries.municipalities()) == 290
    assert len(boundaries.counties()) == 21
    regions = boundaries.fa_regions()
    assert len(regions) == 60 and regions.geometry.is_valid.all()


def test_scripts_give_the_tables_byte_for_byte(capsys: pytest.CaptureFixture[str]) -> None:
    assert build(["--check"]) == 0, capsys.readouterr().out


def test_largest_remainder() -> None:
    assert whole(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert whole(np.array([2.6, 1.2, 1.2]), 5).tolist() == [3, 1, 1]


def test_the_largest_place_gives_way_first() -> None:
    seat = np.array([True, False])
    # 150 counted where at most 90 live in localities: 60 too many, all from the largest.
    assert settled(np.array([120, 30]), seat, 100, 0.1, 0.3).tolist() == [60.0, 30.0]
    # 70 of 100 is the least in localities: all grow in proportion, or the uncounted seat fills.
    assert settled(np.array([20, 15]), seat, 100, 0.1, 0.3).tolist() == [40.0, 30.0]
    assert settled(np.array([0, 30]), seat, 100, 0.1, 0.3).tolist() == [40.0, 30.0]
    assert settled(np.array([50, 30]), seat, 100, 0.1, 0.3).tolist() == [50.0, 30.0]
