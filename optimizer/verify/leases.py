"""The rent that is still due when an office closes before its lease has ended."""

from __future__ import annotations

from datetime import date

import pandas as pd

from optimizer.verify.folder import RunFolder

DAYS_PER_YEAR = 365.25


def lease_tail(folder: RunFolder, year: int, premises_today: pd.Series[float]) -> pd.Series[float]:
    """By office, what closing it in a year leaves of its rent, in the rents of the base year, mnkr.

    The days from 1 January of the year through the last day of the lease, as years of what its
    premises cost today.
    """
    ends = folder.sites.set_index("office_id")["lease_end"]
    first = date(year, 1, 1)
    days = [(date.fromisoformat(day) - first).days + 1 if day else 0 for day in ends]
    left = pd.Series(days, index=ends.index).clip(lower=0) / DAYS_PER_YEAR
    return left * premises_today
