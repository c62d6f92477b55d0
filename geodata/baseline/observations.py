"""The few public observations of single offices against the reconstruction; never fitted to."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

OPEN_DAYS = 250.0  #: weekdays of a year that are no holidays (251 in 2024)
WEEKDAYS = 5.0
NUMBERS = ("visits_per_day", "visits_per_day_planned", "staff", "staff_planned", "rank_visits")


def compare(observations: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Observed against reconstructed: office, metric, period, observed, reconstructed, error.

    ``sites``: office_id, office, open_days_today, visits_today, fte_today. Visits a day are a
    year's over 250 weekdays, or the part of them that the office is open; a range counts at its
    middle; staff on record are persons, reconstructed are FTE. The error is a share of the observed
    value.
    """
    site = sites.set_index("office_id")
    rank = sites.set_index("office_id")["visits_today"].rank(ascending=False)
    rows = []
    for seen in observations.to_dict("records"):
        office_id, metric = str(seen["office_id"]), str(seen["metric"])
        if metric not in NUMBERS or office_id not in site.index:
            continue
        office = site.loc[office_id]
        observed = _middle(str(seen["value"]))
        if metric.startswith("visits_per_day"):
            found = office["visits_today"] / (OPEN_DAYS / WEEKDAYS * office["open_days_today"])
        elif metric == "rank_visits":
            found = rank.loc[office_id]
        else:
            found = office["fte_today"]
        number = float(np.asarray(found, dtype=np.float64))
        rows.append(
            {
                "office": office["office"],
                "metric": metric,
                "period": seen["period"],
                "observed": observed,
                "reconstructed": number,
                "error": number / observed - 1.0 if observed else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _middle(text: str) -> float:
    numbers = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", text)]
    return sum(numbers) / len(numbers)
