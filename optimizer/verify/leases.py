"""What an office that closes leaves unpaid: the rest of its lease, and of its improvements."""

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


def write_off(folder: RunFolder, year: int, base_year: int, years: int) -> pd.Series[float]:
    """By office, what of its improvements is not yet written off on 1 January of a year, mnkr.

    They lose value evenly from the end of the base year: over so many ``years``, or until the lease
    ends if that comes sooner.
    """
    sites = folder.sites.set_index("office_id")
    value = sites["improvements_mnkr"].fillna(0.0) if "improvements_mnkr" in sites else 0.0
    start, now = date(base_year + 1, 1, 1), date(year, 1, 1)
    end = date(base_year + years, 12, 31)
    parts = []
    for day in sites["lease_end"]:
        last = min(date.fromisoformat(day), end) if day else end
        whole = (last - start).days + 1
        parts.append(max(0, (last - now).days + 1) / whole if whole > 0 else 0.0)
    return pd.Series(parts, index=sites.index) * value
