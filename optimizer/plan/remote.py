"""remote.csv: which office helps which by video, how much, and how many visits that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.remote import who_helps_whom
from optimizer.plan.counted import CountedYear

COLUMNS = ("year", "from_office_id", "to_office_id", "fte", "visits")


def remote_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each pair and planning year: FTE, and the visits a year that it serves."""
    ids = np.array(case.instance.sites, dtype=object)
    parts = [
        pd.DataFrame(columns=list(COLUMNS)).astype({"year": int, "fte": float, "visits": float})
    ]
    before: list[tuple[int, int]] = []
    for t, now in enumerate(years[1:]):
        if now.help is None:
            continue
        origin, target, fte = who_helps_whom(now.help.give, now.help.get, before)
        before = list(zip(origin.tolist(), target.tolist(), strict=True))
        table = pd.DataFrame(
            {
                "year": now.year,
                "from_office_id": ids[origin],
                "to_office_id": ids[target],
                "fte": fte,
                "visits": fte * case.instance.visits_per_fte[t],
            }
        )
        parts.append(table.sort_values(["from_office_id", "to_office_id"], kind="stable"))
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
