"""Own zones without a municipality: joined to one by where they lie."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.files import MOST_SHOWN, Raw, read_raw
from geodata.places import in_degrees, municipality_at
from geodata.problems import InputError, Problem
from geodata.schemas import ZONES
from geodata.tables import keyed


def joined(source: str | Path) -> Raw:
    """The zones of a file, with municipality_code from their points if they have no such column.

    Raises InputError with the zones that lie in no municipality.
    """
    raw = in_degrees(keyed(read_raw(source), ZONES))
    there = {"longitude", "latitude", "zone_id"} <= set(raw.table.columns)
    if not there or "municipality_code" in raw.table.columns or raw.table.empty:
        return raw
    x, y = (pd.to_numeric(raw.table[name], errors="coerce") for name in ("longitude", "latitude"))
    codes = municipality_at(x.to_numpy(np.float64), y.to_numpy(np.float64))
    lost = (codes == "") & x.between(-180, 180).to_numpy() & y.between(-90, 90).to_numpy()
    if lost.any():
        shown = ", ".join(str(name) for name in raw.table.loc[lost, "zone_id"].iloc[:MOST_SHOWN])
        found = f"{int(lost.sum())} of {len(lost)} zones in no municipality: {shown}"
        advice = "Correct their points, or give municipality_code."
        place = raw.place(raw.rows[lost].tolist(), "longitude")
        accepted = "zones in Sweden, or within 10 km of it"
        raise InputError(Problem(raw.name, found, accepted, advice, place))
    return replace(raw, table=raw.table.assign(municipality_code=codes))
