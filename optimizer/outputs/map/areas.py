"""What the municipalities of the map are coloured by: population-weighted travel minutes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.outputs.map.reading import Run

MINUTE_BREAKS = (10, 20, 30, 45, 60, 90)  # fixed, so that years and plans can be compared
ADDED_BREAKS = (5, 10, 20, 40)
UNCHANGED_MINUTES = 0.5
DEFAULT_NEED = 3

Minutes = dict[str, dict[str, dict[str, list[float | None]]]]


def needs(run: Run) -> list[int]:
    """Levels of need in the run, in order."""
    return sorted(int(need) for need in set(run.zones["need"]))


def default_need(run: Run) -> int:
    """The level shown first: 3, or the highest there is."""
    found = needs(run)
    return DEFAULT_NEED if DEFAULT_NEED in found else found[-1]


def minutes(run: Run, codes: Sequence[str]) -> Minutes:
    """Minutes by need, year and layer (before, after), a value per municipality of `codes`.

    The population-weighted mean over the zones that reach a site; None without any. Today's
    year takes both layers from the minutes before of the first year there is.
    """
    table = _means(run.zones)
    first = min(year for _, year in table)
    found: Minutes = {}
    for need in needs(run):
        by_year = found.setdefault(str(need), {})
        for year in run.planning_years:
            rows = table[need, year]
            by_year[str(year)] = {
                "before": _values(rows["before"], codes),
                "after": _values(rows["after"], codes),
            }
        today = _values(table[need, first]["before"], codes)
        by_year[str(run.today)] = {"before": today, "after": today}
    return found


def regions(run: Run, codes: Sequence[str]) -> dict[str, Any] | None:
    """The first division: its name, regions with service points by year, region per code."""
    members = run.membership
    if members.empty or "service_points" not in run.regions:
        return None
    division = str(members["division"].iloc[0])
    members = members[members["division"] == division]
    names = dict(zip(members["region_code"], members["region"], strict=True))
    order = {code: position for position, code in enumerate(names)}
    of = dict(zip(members["municipality_code"], members["region_code"], strict=True))
    rows = run.regions[run.regions["division"] == division]
    points: list[dict[str, int]] = [{} for _ in names]
    for code, year, count in zip(
        rows["region_code"], rows["year"], rows["service_points"], strict=True
    ):
        if code in order and np.isfinite(count):
            points[order[code]][str(int(year))] = int(count)
    return {
        "division": division,
        "names": list(names.values()),
        "points": points,
        "of": [order.get(of.get(code, "")) for code in codes],
    }


def _means(zones: pd.DataFrame) -> dict[tuple[int, int], pd.DataFrame]:
    found: dict[tuple[int, int], pd.DataFrame] = {}
    for (need, year), rows in zones.groupby(["need", "year"]):
        group = rows["municipality_code"].astype(str).to_numpy()
        people = rows["population"].to_numpy(dtype=float)
        means = {
            layer: _mean(group, people, rows[f"minutes_{layer}"].to_numpy(dtype=float))
            for layer in ("before", "after")
        }
        found[int(need), int(year)] = pd.DataFrame(means)
    return found


def _mean(group: Any, people: Any, value: Any) -> "pd.Series[float]":
    reached = np.isfinite(value)
    weight = np.where(reached, people, 0.0)
    table = pd.DataFrame({"weight": weight, "sum": weight * np.where(reached, value, 0.0)})
    sums = table.groupby(group).sum()
    return sums["sum"] / sums["weight"].where(sums["weight"] > 0)


def _values(means: "pd.Series[float]", codes: Sequence[str]) -> list[float | None]:
    numbers = means.reindex(list(codes)).to_numpy(dtype=float)
    return [round(float(number), 1) if np.isfinite(number) else None for number in numbers]
