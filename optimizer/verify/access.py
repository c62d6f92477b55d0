"""Standards of access, counted again: who is within reach of an open site, and who is left behind.

Travel counts, waiting does not. Minutes and kilometres given side by side must both hold; under
`any` one of them is enough. Groups and area types are those of inputs/groups.parquet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.problems import InputError, Problem
from optimizer.verify.flows import needs_of
from optimizer.verify.folder import RunFolder
from optimizer.verify.reading import read_frame
from optimizer.verify.recount import Recount

GROUPS, KM = "inputs/groups.parquet", "inputs/travel_km.parquet"
NATION = "nation"
#: scope, year, value, limit, unit, margin
AccessRow = tuple[str, int, float, float, str, float]


def standard_rows(count: Recount) -> Iterator[AccessRow]:
    """access_standard: the share of the people within reach, and the share asked for."""
    config, folder = count.folder.config, count.folder
    for number, rule in enumerate((config.get("requirements") or {}).get("access_standard") or ()):
        serving = _serving(count, rule)
        weight, within = people_of(folder, rule), within_reach(folder, rule)
        for scope, inside in scopes_of(folder, number, rule.get("each")):
            people = weight * inside
            if rule.get("relative"):  # of those within reach today
                today = serving[count.settings.base_year]
                people = people * within[:, today].any(axis=1)
            total = float(people.sum())
            if total <= 0:
                continue
            limit = float(rule["share"])
            for year in _years(count, rule):
                reached = float(people[within[:, serving[year]].any(axis=1)].sum()) / total
                yield scope, year, reached, limit, "share", reached - limit


def people_of(folder: RunFolder, rule: dict[str, Any]) -> NDArray[np.float64]:
    """The people in each zone that a standard speaks of: its group, in its area types."""
    table = _frame(folder, GROUPS, folder.zones["zone_id"])
    weight = np.asarray(table[rule.get("group") or "all"].to_numpy(dtype=np.float64))
    if not rule.get("area_type"):
        return weight
    told = rule["area_type"]
    counted = [told] if isinstance(told, str) else list(told)
    return np.where(table["area_type"].isin(counted), weight, 0.0)


def left_behind_rows(count: Recount) -> Iterator[AccessRow]:
    """no_one_left_behind: the zones whose way is longer than the longest that is allowed."""
    rule = (count.folder.config.get("requirements") or {}).get("no_one_left_behind")
    if not rule or not rule.get("on", True):
        return
    serving = _serving(count, rule)
    minutes = count.folder.minutes
    if not serving[count.settings.base_year].any():
        return
    before = minutes[:, serving[count.settings.base_year]].min(axis=1)
    most = np.full(before.size, np.inf)
    if rule.get("added_minutes") is not None:
        most = before + float(rule["added_minutes"])
    if rule.get("within_minutes") is not None:
        limit = float(rule["within_minutes"])
        most = np.where(before <= limit, np.minimum(most, limit), most)
    if not np.isfinite(most).any():
        return
    for year in _years(count, rule):
        now = np.full(before.size, np.inf)
        if serving[year].any():
            now = minutes[:, serving[year]].min(axis=1)
        beyond = float((now > most + 1e-9).sum())
        yield NATION, year, beyond, 0.0, "zones", -beyond


def _serving(count: Recount, rule: dict[str, Any]) -> dict[int, NDArray[np.bool_]]:
    """By year: the open sites that serve the need of a rule."""
    tiers = [float(mode["tier"]) for mode in count.folder.config["modes"].values()]
    need = rule.get("need") or min(int(max(tiers)), max(needs_of(count.folder)))
    return {
        year: np.asarray(network["open"] & (network["tier"] >= need), dtype=bool)
        for year, network in count.networks.items()
    }


def _years(count: Recount, rule: dict[str, Any]) -> list[int]:
    years = count.settings.planning_years
    return [year for year in years if year >= int(rule.get("from") or years[0])]


def within_reach(folder: RunFolder, rule: dict[str, Any]) -> NDArray[np.bool_]:
    """Zones x sites: within what a standard says."""
    either = rule.get("any") or {}
    both = [rule.get("minutes") is not None, rule.get("km") is not None]
    within = np.ones(folder.minutes.shape, dtype=bool)
    if rule.get("minutes") is not None:
        within &= folder.minutes <= float(rule["minutes"])
    if rule.get("km") is not None:
        within &= _km(folder) <= float(rule["km"])
    if either:
        one = np.zeros(folder.minutes.shape, dtype=bool)
        if either.get("minutes") is not None:
            one |= folder.minutes <= float(either["minutes"])
        if either.get("km") is not None:
            one |= _km(folder) <= float(either["km"])
        within = within & one if any(both) else one
    return within


def _km(folder: RunFolder) -> NDArray[np.float64]:
    table = _frame(folder, KM, folder.zones["zone_id"])
    return np.asarray(table[list(folder.sites["office_id"])].to_numpy(dtype=np.float64))


def _frame(folder: RunFolder, name: str, zone_ids: pd.Series[str]) -> pd.DataFrame:
    """An input table with a row for each zone, in the order of the zones."""
    problems: list[Problem] = []
    table = read_frame(folder.path, name, problems)
    if table is None or "zone_id" not in table or set(table["zone_id"]) != set(zone_ids):
        told = Problem(name, "no row for some zone", "exactly one row for every zone")
        raise InputError(problems or told)
    return table.set_index("zone_id").loc[list(zone_ids)].reset_index()


def scopes_of(
    folder: RunFolder, number: int, each: str | None
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The scope of a numbered rule and the zones in it: the nation, or each region."""
    if not each:
        yield f"{number + 1}:{NATION}", np.ones(len(folder.zones), dtype=bool)
        return
    members = folder.region_members[folder.region_members["division"] == each]
    for code, towns in members.groupby("region_code", sort=True):
        inside = folder.zones["municipality_code"].isin(towns["municipality_code"])
        yield f"{number + 1}:{each}:{code}", inside.to_numpy(dtype=bool)
