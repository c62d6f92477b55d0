"""What may stand in a travel table, and sentences for what may not."""

from collections.abc import Iterator

import numpy as np

from geodata.arrays import Bools, Floats
from geodata.problems import InputError, Problem
from geodata.travel.table import TravelTable

MOST_MINUTES = 1440.0  #: a day; longer one-way trips are taken for mistakes
MOST_KM = 10_000.0
SHOWN = 5


def nonsense(minutes: Floats, km: Floats) -> Bools:
    """Which pairs have numbers that no trip has; NaN minutes are no way, not nonsense."""
    wrong = (minutes < 0) | (minutes > MOST_MINUTES) | np.isinf(minutes)
    return np.asarray(wrong | (km < 0) | (km > MOST_KM) | np.isinf(km))


def no_way(table: TravelTable, lacking: Bools, advice: str) -> InputError:
    """The error for pairs without a way: zones and sites that lack all, then single pairs."""
    where = f"data.travel ({table.origin.provider}), {table.origin.source}".rstrip(", ")
    accepted = "a way from every zone to every site"
    return InputError(
        [Problem(where, found, accepted, advice) for found in _no_way(table, lacking)]
    )


def _no_way(table: TravelTable, lacking: Bools) -> Iterator[str]:
    nothing = "no row for" if table.origin.provider == "matrix" else "no way from"
    zones, sites = np.flatnonzero(lacking.all(axis=1)), np.flatnonzero(lacking.all(axis=0))
    if len(zones):
        yield f"{nothing} {listed([table.zone_ids[i] for i in zones])} to any site"
    if len(sites) and len(zones) < len(lacking):
        yield f"{nothing} any zone to {listed([table.office_ids[j] for j in sites])}"
    rest = lacking.copy()
    rest[zones] = False
    rest[:, sites] = False
    pairs = np.argwhere(rest)
    if len(pairs):
        some = [f"{table.zone_ids[i]} to {table.office_ids[j]}" for i, j in pairs[:SHOWN]]
        yield f"{nothing} {listed(some, len(pairs))}"


def listed(names: list[str], count: int | None = None) -> str:
    """The first few names, and how many more there are."""
    total = len(names) if count is None else count
    more = f" and {total - SHOWN} more" if total > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
