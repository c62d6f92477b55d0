"""The regions: service points, and how far people are before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.flows import Flows, needs_of
from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks
from optimizer.verify.settings import Settings
from optimizer.verify.shapes import BANDS

Floats = NDArray[np.float64]


def service_points(folder: RunFolder, networks: Networks) -> pd.DataFrame:
    """Open sites in modes that count, by division, region and year.

    Columns: division, region_code, region, year, service_points. A site belongs to the region of
    its municipality.
    """
    members = folder.region_members
    regions = members[["division", "region_code", "region"]].drop_duplicates()
    sites = folder.sites[["office_id", "municipality_code"]].merge(members, on="municipality_code")
    parts = []
    for year, network in networks.items():
        counts = (network["open"] & network["counts_for_coverage"]).rename("counts")
        points = (
            sites.merge(counts, left_on="office_id", right_index=True)
            .groupby(["division", "region_code"])["counts"]
            .sum()
            .rename("service_points")
            .reset_index()
        )
        of_year = regions.merge(points, on=["division", "region_code"], how="left")
        parts.append(of_year.assign(year=year))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(service_points=table["service_points"].fillna(0).astype("int64"))


def region_table(
    folder: RunFolder,
    settings: Settings,
    flows: dict[int, Flows],
    points: pd.DataFrame,
) -> pd.DataFrame:
    """regions.csv recomputed: a row per division, region, year (today too) and need."""
    points_of = points.set_index(["division", "region_code", "year"])["service_points"].to_dict()
    needs = needs_of(folder)
    today = flows[settings.base_year]
    population = folder.zones["population"].to_numpy(dtype=np.float64)
    rows = []
    for division, code, region, zones in _zones_by_region(folder):
        people = population[zones]
        for need in needs:
            before = access(people, today.minutes[zones, need - 1], "before")
            for year in settings.years:
                row = {
                    "division": division,
                    "region_code": code,
                    "region": region,
                    "year": year,
                    "service_points": int(points_of[division, code, year]),
                    "required": settings.points_required(division, year),
                    "population": float(people.sum()),
                    "need": need,
                }
                after = access(people, flows[year].minutes[zones, need - 1], "after")
                rows.append(row | before | after)
    return pd.DataFrame(rows)


def access(people: Floats, minutes: Floats, when: str) -> dict[str, float]:
    """Mean and p90 of the minutes over the population, and the shares within 30, 60 and 90."""
    total = float(people.sum())
    names = [f"mean_minutes_{when}", f"p90_minutes_{when}"]
    names += [f"share_within_{band}_{when}" for band in BANDS]
    if total <= 0.0:
        return dict.fromkeys(names, np.nan)
    near = [float(people[minutes <= band].sum()) / total for band in BANDS]
    return dict(
        zip(names, [float(people @ minutes) / total, p90(people, minutes), *near], strict=True)
    )


def p90(people: Floats, minutes: Floats) -> float:
    """The smallest minutes m such that at least 90 % of the population is within m."""
    order = np.argsort(minutes, kind="stable")
    within = np.cumsum(people[order])
    # A hair less than 90 %, so that rounding in the sum does not push an exact 90 % further out.
    enough = int(np.searchsorted(within, 0.9 * within[-1] * (1 - 1e-12)))
    return float(minutes[order][enough])


def _zones_by_region(
    folder: RunFolder,
) -> list[tuple[str, str, str, NDArray[np.int64]]]:
    """Division, region code, region and the rows of its zones, for every region."""
    found = []
    municipality = folder.zones["municipality_code"]
    for division, members in folder.region_members.groupby("division", sort=False):
        region_of = members.drop_duplicates("municipality_code").set_index("municipality_code")
        code = municipality.map(region_of["region_code"])
        rows = {key: np.asarray(at) for key, at in code.groupby(code).indices.items()}
        for one in members.drop_duplicates("region_code").itertuples():
            zones = rows.get(str(one.region_code), np.empty(0, dtype=np.int64))
            found.append((str(division), str(one.region_code), str(one.region), zones))
    return found
