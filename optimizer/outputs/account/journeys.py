"""Every visit's way: from which zone, to which office today and in each planning year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.outputs.account.source import Source

NEAR_MINUTES = 30  #: a way that counts as near, in tables and sentences
BIG_STEP_MINUTES = 15  #: a way so much longer is told as a big step
KEYS = ["zone_id", "year", "need"]


def journeys(source: Source, choice: pd.DataFrame) -> pd.DataFrame:
    """A row per zone, need and planning year (and service, where a run has several).

    Columns: zone_id, municipality_code, population, year, need, from_office (today's, empty if
    none), to_office, wanted (visits before any stays away), lost, minutes_before, minutes_after
    (travel), waiting_before, waiting_after.
    """
    ways = source.run.assignments[[*KEYS, "office_id", "visits", "lost_visits"]]
    ways = ways.rename(columns={"office_id": "to_office", "lost_visits": "lost"})
    zones = source.run.zones.drop(columns=["visits_before", "visits_after"], errors="ignore")
    table = ways.merge(zones, on=KEYS, how="left")
    today = choice.rename(columns={"office_id": "from_office"})
    table = table.merge(today, on=["zone_id", "need"], how="left")
    table["wanted"] = table["visits"] + table["lost"]
    for column in ("waiting_before", "waiting_after"):
        if column not in table:
            table[column] = 0.0
    table["from_office"] = table["from_office"].fillna("")
    table["to_office"] = table["to_office"].fillna("")
    return table


def mean(values: pd.Series[float], weights: pd.Series[float]) -> float | None:
    """The weighted mean over finite values; None where nothing weighs."""
    known = np.isfinite(values.to_numpy(dtype=float)) & (weights.to_numpy(dtype=float) > 0)
    if not known.any():
        return None
    return float(np.average(values[known], weights=weights[known]))


def share(within: pd.Series[bool], weights: pd.Series[float]) -> float | None:
    """The part of the weights where something holds; None where nothing weighs."""
    total = float(weights.sum())
    return float(weights[within].sum()) / total if total > 0 else None


def receivers(ways: pd.DataFrame) -> list[tuple[str, float]]:
    """(office_id, visits that arrive) of the offices that these visits go to, the most first."""
    arriving = (ways["wanted"] - ways["lost"]).groupby(ways["to_office"]).sum()
    found = [(str(one), float(visits)) for one, visits in arriving.items() if one and visits >= 0.5]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
