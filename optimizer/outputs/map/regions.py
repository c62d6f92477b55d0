"""The division whose regions the map outlines, and what of it the runs have anything in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimizer.outputs.run_tables import RunTables


@dataclass(frozen=True)
class Division:
    """One way to divide the country; empty if the run has none."""

    name: str
    region_of: Mapping[str, str]
    titles: Mapping[str, str]
    points: Mapping[str, list[int | None]]


def drawn_division(tables: RunTables) -> Division:
    """The division of the first region_coverage rule, otherwise the first in the table."""
    members = tables.members
    if members.empty:
        return division_of(tables, "")
    rules: list[dict[str, Any]] = tables.config.get("requirements", {}).get("region_coverage") or []
    known = list(dict.fromkeys(members["division"]))
    wanted = [rule.get("division") for rule in rules if rule.get("division") in known]
    return division_of(tables, str((wanted or known)[0]))


def division_of(tables: RunTables, name: str) -> Division:
    """The division of a name; empty if the run does not have it."""
    members = tables.members
    if members.empty or not (members["division"] == name).any():
        return Division(name, {}, {}, {})
    own = members[members["division"] == name]
    region_of = dict(zip(own["municipality_code"], own["region_code"], strict=True))
    titles = dict(zip(own["region_code"], own["region"], strict=True))
    return Division(name, region_of, titles, _points(tables, name, titles))


def known_towns(tables: RunTables) -> set[str]:
    """The municipalities that the run has anything in: people, or a site that is ever open."""
    ever = tables.plan[tables.plan["mode"] != "closed"]
    today = tables.sites[tables.sites["mode_today"] != "closed"]
    return {
        str(code) for table in (tables.zones, today, ever) for code in table["municipality_code"]
    }


def narrowed(division: Division, runs: Sequence[RunTables]) -> Division:
    """The division with the names of those regions alone that a run knows or requires service in.

    Every municipality keeps its region, so that the borders are drawn all over the country.
    """
    towns = set[str]().union(*(known_towns(run) for run in runs))
    kept = {division.region_of[town] for town in towns if town in division.region_of}
    kept = kept.union(*(_required(run, division.name) for run in runs))
    titles = {code: title for code, title in division.titles.items() if code in kept}
    return replace(division, titles=titles)


def _required(tables: RunTables, division: str) -> set[str]:
    """The regions that a rule asks for service points in."""
    table = tables.regions[tables.regions["division"] == division]
    if "required" not in table:
        return set()
    return set(table.loc[table["required"] > 0, "region_code"].astype(str))


def _points(
    tables: RunTables, division: str, titles: Mapping[str, str]
) -> dict[str, list[int | None]]:
    """Service points of each region, today and in each planning year."""
    table = tables.regions[tables.regions["division"] == division]
    cells = zip(table["region_code"], table["year"], table["service_points"], strict=True)
    found = {(str(code), int(year)): int(points) for code, year, points in cells}
    years = (tables.base_year, *tables.years)
    return {code: [found.get((code, year)) for year in years] for code in titles}
