"""Regions, zones and sites: the built-in ones, the user's own, and the candidate rule."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import builtin, regions, sites, zones
from geodata.problems import InputError

FA = {"fa": "builtin:fa15"}


def test_candidates_are_the_seats_of_regions_without_office() -> None:
    table = sites.load("builtin", "builtin", regions.load(FA))
    new = table[table["candidate"]]
    assert len(table) == 156
    assert sorted(new["municipality_code"]) == [
        "0765", "1273", "2023", "2422", "2505", "2506", "2510", "2513",
    ]  # fmt: skip
    assert set(new["mode"]) == {"closed"} and "c2506" in set(new["office_id"])
    assert table["office_id"].is_monotonic_increasing
    assert not table[["partner", "evidence", "source"]].isna().any(axis=None)


def test_no_candidates() -> None:
    assert len(sites.load("builtin", "none", regions.load(FA))) == 148
    assert len(sites.load("builtin", "builtin", regions.load({"ssc": "builtin:ssc"}))) == 148


def test_origin_of_opening_days() -> None:
    table = sites.load_offices().set_index("office_id")
    assert table.loc["o124", ["open_days", "origin_open_days"]].tolist() == [3.0, "observed"]
    assert table.loc["o001", "origin_open_days"] == "assumed"


def test_id_in_both_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text(
        "office_id,office,municipality_code,longitude,latitude\no001,Ed,1438,11.9,58.9\n"
    )
    with pytest.raises(InputError, match="o001"):
        sites.load("builtin", path, regions.load(FA))


def test_several_divisions_by_name() -> None:
    table = regions.load({**FA, "county": "builtin:county"})
    assert table.groupby("division")["region_code"].nunique().to_dict() == {"county": 21, "fa": 60}


def test_own_division_with_gaps_is_refused(tmp_path: Path) -> None:
    own = builtin.load("regions").query("division == 'fa15'").drop(columns="division")
    own.to_csv(tmp_path / "all.csv", index=False)
    assert len(regions.load({"mine": tmp_path / "all.csv"})) == 290
    own.iloc[1:].to_csv(tmp_path / "gap.csv", index=False)
    with pytest.raises(InputError, match="1 municipality without region: 1214 Svalöv"):
        regions.load({"mine": tmp_path / "gap.csv"})
    with pytest.raises(InputError, match="FA25 is not public"):
        regions.load({"fa": "builtin:fa25"})
    twice = pd.concat([own.iloc[1:], own.iloc[[5]]])
    twice.to_csv(tmp_path / "gap.csv", index=False)
    with pytest.raises(InputError, match=r"(?s)a second time.*1 municipality without region: 1214"):
        regions.load({"mine": tmp_path / "gap.csv"})


def test_zones_of_both_built_in_kinds() -> None:
    fine, coarse = zones.load(), zones.load("builtin:municipalities")
    assert len(fine) > 1400 and len(coarse) == 290
    assert fine["population"].sum() == coarse["population"].sum()
    assert list(fine.columns) == list(coarse.columns)
    assert set(fine["area_type"]) == {"dense", "mixed", "rural", "remote"}


def test_area_types_follow_the_size_of_the_place_and_the_region_around_it() -> None:
    """10,000 people make a town, 3,000 a smaller one; the rest is remote in regions of class 5."""
    table = zones.load().merge(
        builtin.load("municipalities")[["municipality_code", "fa_urban_rural_6"]]
    )
    small = (table["population"] < 3000) & (table["kind"] != "district")
    small |= table["kind"] == "rural"
    far = table["fa_urban_rural_6"] >= 5
    expected = np.where(far, "remote", "rural")
    expected = np.where(small, expected, np.where(table["population"] >= 10000, "dense", "mixed"))
    expected = np.where(table["kind"] == "district", "dense", expected)
    assert table["area_type"].tolist() == expected.tolist()
    by_name = table.drop_duplicates("zone").set_index("zone")["area_type"]
    assert by_name["Åsele"] == "remote"
    assert by_name["Borlänge"] == "dense"
    people = table.groupby("area_type")["population"].sum()
    assert people["dense"] > people["rural"] > people["mixed"] > people["remote"] > 200_000


def test_own_zones(tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text(
        "zone_id,municipality_code,longitude,latitude,population,area_type,visits_per_year\n"
        "b,0180,18.0,59.3,10,exclusion,5\na,0180,18.0,59.3,20,,\n"
    )
    table = zones.load(path).set_index("zone_id")
    assert table.index.tolist() == ["a", "b"]
    assert table["area_type"].tolist() == ["dense", "exclusion"]
    assert table["origin_area_type"].tolist() == ["estimated", "observed"]
    assert table["origin_visits_per_year"].tolist() == ["", "observed"]


def test_split_conserves_people_and_is_seeded() -> None:
    whole = zones.load()
    fine = zones.split(whole, 5000, seed=7)
    assert len(fine) == 5000
    assert fine["zone_id"].is_unique
    parents = fine["zone_id"].str.rsplit(".", n=1).str[0]
    people = fine.groupby(parents)["population"].sum()
    assert people.tolist() == whole.sort_values("zone_id")["population"].tolist()
    assert fine.equals(zones.split(whole, 5000, seed=7))
    assert not fine["longitude"].equals(zones.split(whole, 5000, seed=8)["longitude"])
    with pytest.raises(ValueError, match="cannot split"):
        zones.split(whole, 10, seed=1)


def test_a_region_of_the_built_in_division_keeps_its_code(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("municipality_code,region_code,region\n0305,1,Stockholm\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"row 2, column region_code: '\d+', its code .*found.* '1' for"
    ):
        regions.load({"fa": f"builtin:fa15 + {own}"})
    own.write_text("municipality_code,region_code,region\n0305,99,Egen\n", encoding="utf-8")
    assert "Egen" in set(regions.load({"fa": f"builtin:fa15 + {own}"})["region"])


def test_every_municipality_is_a_region_of_its_own() -> None:
    table = regions.load({"town": "builtin:municipality"})
    assert len(table) == table["region_code"].nunique() == 290
    assert (table["region_code"] == table["municipality_code"]).all()
    assert table.set_index("region_code").loc["2480", "region"] == "Umeå"
