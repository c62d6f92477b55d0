"""What leaving an office's premises costs beyond the closing itself, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from optimizer.instance import Floats

_DAYS_PER_YEAR = 365.25


def years_of_lease_left(lease_end: pd.Series[str], years: Sequence[int]) -> Floats:
    """[J, T] years from 1 January of each planning year until a lease has ended; 0 without one.

    ``lease_end`` [J] is its last day, year-month-day, or empty.
    """
    left = np.zeros((len(lease_end), len(years)))
    for j, day in enumerate(lease_end):
        if day:
            last = date.fromisoformat(day).toordinal() + 1
            left[j] = [last - date(year, 1, 1).toordinal() for year in years]
    return np.maximum(0.0, left) / _DAYS_PER_YEAR


def lease_tail(
    sites: pd.DataFrame, premises_today: Floats, rent_index: Floats, years: Sequence[int]
) -> Floats | None:
    """[J, T] rent that is still to be paid for an office that closes in a year, mnkr.

    ``premises_today`` [J] is what its premises cost in the base year, ``rent_index`` [T] the rents
    of each year against it. None where no lease is known.
    """
    if not (sites["lease_end"] != "").any():
        return None
    left = years_of_lease_left(sites["lease_end"], years)
    return np.asarray(left * premises_today[:, None] * rent_index)
