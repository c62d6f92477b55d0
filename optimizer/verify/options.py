"""Where a visitor goes: the cheapest available option by travel plus waiting, ties by office_id."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ZONES_AT_ONCE = 4_000  #: so that a hundred thousand zones need little memory
DIGITS = 6  #: options whose minutes agree to a millionth are tied

NOBODY = -1  #: no site serves the need


def waiting_minutes(network: pd.DataFrame, wait_minutes: float) -> NDArray[np.float64]:
    """Minutes of waiting that a site's open days cause: (5 - open days) / 5 * wait_minutes."""
    days = network["open_days"].to_numpy(dtype=np.float64)
    return (5.0 - days) / 5.0 * wait_minutes


def nearest(
    minutes: NDArray[np.float64], waiting: NDArray[np.float64], serves: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The site of least minutes + waiting for every zone, among the sites that serve the need.

    ``minutes`` is zones x sites with the sites sorted by office_id, so that the first of several
    equally good ones is the one that the tie rule asks for. NOBODY where no site serves.
    """
    site = np.full(minutes.shape[0], NOBODY, dtype=np.int64)
    serving = np.flatnonzero(serves)
    if serving.size == 0:
        return site
    for start in range(0, minutes.shape[0], ZONES_AT_ONCE):
        block = slice(start, start + ZONES_AT_ONCE)
        option_minutes = np.round(minutes[block][:, serving] + waiting[serving], DIGITS)
        site[block] = serving[option_minutes.argmin(axis=1)]
    return site
