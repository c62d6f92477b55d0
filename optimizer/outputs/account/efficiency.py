"""Measures of cost efficiency, year by year: what a krona gives, and what it costs in access."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata import builtin
from optimizer.outputs.account.access import highest_need
from optimizer.outputs.account.journeys import NEAR_MINUTES
from optimizer.outputs.account.source import Source
from optimizer.outputs.measure import MILLION


@dataclass(frozen=True)
class Efficiency:
    """One year; None where a measure has no meaning."""

    year: int
    per_visit_kr: float | None
    per_case_kr: float | None
    per_inhabitant_within_30_kr: float | None
    saved_per_added_minute_kr: float | None
    visits_per_fte: float | None


def efficiency_by_year(
    source: Source, unchanged: pd.DataFrame, ways: pd.DataFrame
) -> list[Efficiency]:
    """Today and every planning year.

    Kronor saved per added minute: what the year costs less than an unchanged network would, over
    the minutes of travel and waiting that the plan adds to the visits of the year.
    """
    cost_unchanged = unchanged.set_index("year")["cost"]
    cases = cases_per_visit(source)
    found = []
    for row in source.run.summary.get("years", ()):
        year, visits = int(row["year"]), float(row["visits"])
        cost = float(row["cost_mnkr"]) * MILLION
        is_today = year == source.base_year
        zones = highest_need(source, source.run.years[0] if is_today else year)
        minutes = zones["minutes_before" if is_today else "minutes_after"]
        near = float(zones["population"][minutes <= NEAR_MINUTES].sum())
        added = 0.0 if is_today else added_minutes(ways[ways["year"] == year])
        saved = 0.0 if is_today else float(cost_unchanged[year]) * MILLION - cost
        found.append(
            Efficiency(
                year=year,
                per_visit_kr=_over(cost, visits),
                per_case_kr=None if cases is None else _over(cost, visits * cases),
                per_inhabitant_within_30_kr=_over(cost, near),
                saved_per_added_minute_kr=_over(saved, added),
                visits_per_fte=_over(visits, float(row["fte"])),
            )
        )
    return found


def added_minutes(ways: pd.DataFrame) -> float:
    """Minutes of travel and waiting more than with today's offices, over all visits wanted."""
    after = ways["minutes_after"] + ways["waiting_after"]
    added = after - ways["minutes_before"] - ways["waiting_before"]
    return float((ways["wanted"] * added).sum())


def cases_per_visit(source: Source) -> float | None:
    """Cases for each visit on record for the base year; None for tables of the user's own."""
    if not source.builtin_country:
        return None
    cases = builtin.load("cases_by_agency")
    visits = builtin.load("visits_by_region")
    of_year = (
        float(cases.loc[cases["year"] == source.base_year, "cases"].astype(float).sum()),
        float(visits.loc[visits["year"] == source.base_year, "visits"].astype(float).sum()),
    )
    return _over(*of_year)


def _over(one: float, other: float) -> float | None:
    return one / other if other > 0 else None
