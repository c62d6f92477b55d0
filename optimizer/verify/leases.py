"""When offices leave the premises of today, and what is then unpaid of lease and improvements."""

from __future__ import annotations

from datetime import date

import pandas as pd

from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks

DAYS_PER_YEAR = 365.25


def premises_left(folder: RunFolder, networks: Networks) -> dict[int, pd.Series[bool]]:
    """By year, today first: the offices that leave the premises of today in it, for the first time.

    They close, or come to a mode whose premises (own, colocated, partner) are of another kind.
    """
    modes = folder.config.get("modes") or {}
    kinds = {name: str(mode.get("premises") or "") for name, mode in modes.items()}
    years = sorted(networks)
    today = networks[years[0]]
    kind, had = today["mode"].map(kinds), today["open"]
    found = {}
    for year in years:
        now = networks[year]
        inside = had & now["open"] & (now["mode"].map(kinds) == kind)
        found[year] = had & ~inside
        had = inside
    return found


def lease_tail(folder: RunFolder, year: int, premises: pd.Series[float]) -> pd.Series[float]:
    """By office, what leaving in a year leaves of its rent, in the rents of the base year, mnkr.

    The days from 1 January of the year through the last day of the lease, as years of what the
    ``premises`` cost in the mode of the year before.
    """
    ends = folder.sites.set_index("office_id")["lease_end"]
    first = date(year, 1, 1)
    days = [(date.fromisoformat(day) - first).days + 1 if day else 0 for day in ends]
    left = pd.Series(days, index=ends.index).clip(lower=0) / DAYS_PER_YEAR
    return left * premises


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
