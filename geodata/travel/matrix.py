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


def load(path: str | Path, zone_ids: Sequence[str], office_ids: Sequence[str]) -> TravelTable:
    """The table of a csv or parquet file, for exactly the given zones and sites.

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
    return TravelTable(zones, offices, np.round(minutes, 2), np.round(km, 2))


def _infinite(name: str, table: pd.DataFrame) -> Iterator[Problem]:
    for column in ("minutes", "km"):
        wrong = table[np.isinf(table[column].to_numpy(dtype=np.float64))]
        for row in wrong.head(MOST_SHOWN).itertuples():
            where = f"{name}, column {column}, {row.zone_id} to {row.office_id}"
            yield Problem(where, "an infinite number", "a finite number of at least 0")


def _missing(
    name: str, table: pd.DataFrame, zones: tuple[str, ...], offices: tuple[str, ...]
) -> Iterator[Problem]:
    found = set(zip(table["zone_id"], table["office_id"], strict=True))
    lacking = [
        (zone, office) for zone in zones for office in offices if (zone, office) not in found
    ]
    if lacking:
        shown = ", ".join(f"{zone} to {office}" for zone, office in lacking[:MOST_SHOWN])
        more = f" and {len(lacking) - MOST_SHOWN} more" if len(lacking) > MOST_SHOWN else ""
        accepted = "one row for every zone and office"
        yield Problem(name, f"no row for {shown}{more}", accepted, "Add the rows.")
