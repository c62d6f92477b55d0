"""The flows of staff.csv, site by site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.verify.folder import RunFolder

#: What is summed: the kind of a flow, and the end of it that the site is.
SUMS = {
    "attrition": ("attrition", "from_office_id"),
    "move_out": ("move", "from_office_id"),
    "move_in": ("move", "to_office_id"),
    "hire": ("hire", "to_office_id"),
    "redundant": ("redundant", "from_office_id"),
}


def staff_flows(folder: RunFolder, year: int) -> pd.DataFrame:
    """A row per site: attrition, move_out, move_in, hire and redundant FTE of a year."""
    flows, ids = folder.staff, pd.Index(folder.sites["office_id"])
    of_year = (flows["year"] == year).to_numpy()
    kinds, fte = flows["kind"].to_numpy(), flows["fte"].to_numpy(dtype=np.float64)
    site = {end: ids.get_indexer(flows[end]) for end in ("from_office_id", "to_office_id")}
    sums = {}
    for name, (kind, end) in SUMS.items():
        counted = of_year & (kinds == kind) & (site[end] >= 0)
        sums[name] = np.bincount(site[end][counted], weights=fte[counted], minlength=ids.size)
    return pd.DataFrame(sums, index=ids)
