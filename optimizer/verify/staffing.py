"""The staff and the room: visits that every site is planned for, its FTE, and what exceeds it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.verify.flows import Flows
from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks
from optimizer.verify.settings import Settings

Staffing = dict[int, pd.DataFrame]  #: year -> a row per site


def staffing_by_year(
    folder: RunFolder, settings: Settings, networks: Networks, flows: dict[int, Flows]
) -> Staffing:
    """Columns: visits (arriving), planned_visits, fte, extension_visits; index: office_id.

    fte = max(least FTE of the mode, peak factor * planned visits / visits that one FTE takes), and
    extension = the planned visits beyond the room. Both are 0 at a closed site.
    """
    room = folder.sites["room_visits_per_year"].to_numpy()
    found = {}
    for year, flow in flows.items():
        network = networks[year]
        is_open = network["open"].to_numpy(dtype=np.bool_)
        basis = flow.arriving if settings.staffing_after_decay else flow.demand
        planned = flow.by_site(basis, len(network))
        productivity = folder.years[year]["productivity_visits_per_fte_year"]
        asked = settings.peak_factor * planned / productivity
        least = network["fte_min"].to_numpy()
        found[year] = pd.DataFrame(
            {
                "visits": flow.by_site(flow.arriving, len(network)),
                "planned_visits": planned,
                "fte": np.where(is_open, np.maximum(least, asked), 0.0),
                "extension_visits": np.where(is_open, np.maximum(0.0, planned - room), 0.0),
            },
            index=network.index,
        )
    return found
