"""Travel from the user's own table: zone_id, office_id, minutes and, if known, km."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.files import MOST_SHOWN
from geodata.problems import InputError, Problem
from geodata.schemas import TRAVEL
from geodata.tables import read_table
from geodata.travel.table import TravelTable


def load(
    path: str | Path,
    zone_ids: Sequence[str],
    office_ids: Sequence[str],
    *,
    decimals: int | None = 2,
) -> TravelTable:
    """The table of a csv or parquet file, for exactly the given zones and sites.

    Minutes and km are rounded to ``decimals``; None keeps them as they stand.

    Raises InputError with every unknown id, repeated or missing pair, and every time that is
    missing, no number, infinite or negative.
    """
    zones, offices = tuple(zone_ids), tuple(office_ids)
    table = read_table(path, TRAVEL, known={"zone_id": set(zones), "office_id": set(offices)})
    problems = [*_infinite(str(path), table), *_missing(str(path), table, zones, offices)]
    if problems:
        raise InputError(problems)
    keyed = table.set_index(["zone_id", "office_id"])
    pairs = pd.MultiIndex.from_product([zones, offices], names=["zone_id", "office_id"])
    shape = (len(zones), len(offices))
    minutes = keyed["minutes"].reindex(pairs).to_numpy(dtype=np.float64).reshape(shape)
    km = keyed["km"].reindex(pairs).to_numpy(dtype=np.float64).reshape(shape)
    if decimals is not None:
        minutes, km = np.round(minutes, decimals), np.round(km, decimals)
    return TravelTable(zones, offices, minutes, km)


def _infinite(name: str, table: pd.DataFrame) -> Iterator[Problem]:
    for column in ("minutes", "km"):
        wrong = table[np.isinf(table[column].to_numpy(dtype=np.float64))]
        for row in wrong.head(MOST_SHOWN).itertuples():
            where = f"{name}, column {column}, {row.zone_id} to {row.office_id}"
            yield Problem(where, "an infinite number", "a finite number of at least 0")


def _missing(
    name: str, table: pd.DataFrame, zones: tuple[str, ...], offices: tuple[str, ...]
) -> Iterator[Problem]:
    there = np.zeros((len(zones), len(offices)), dtype=bool)
    zone = pd.Index(zones).get_indexer(pd.Index(table["zone_id"]))
    office = pd.Index(offices).get_indexer(pd.Index(table["office_id"]))
    known = (zone >= 0) & (office >= 0)
    there[zone[known], office[known]] = True
    lacking = np.argwhere(~there)
    if len(lacking):
        shown = ", ".join(f"{zones[i]} to {offices[j]}" for i, j in lacking[:MOST_SHOWN])
        more = f" and {len(lacking) - MOST_SHOWN} more" if len(lacking) > MOST_SHOWN else ""
        accepted = "one row for every zone and office"
        yield Problem(name, f"no row for {shown}{more}", accepted, "Add the rows.")
