"""From one year to the next: when offices can close, how many may, and the rent then left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pandas as pd

from optimizer.config import Scenario
from optimizer.instance import Bools, ClosureRule, Floats, Ints

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


def too_early(scenario: Scenario, sites: pd.DataFrame, decided: Collection[str]) -> Bools:
    """[J, T] where an office can not be closed yet: notice, and consultation on the only office.

    ``decided`` are offices whose end was decided before the plan, and given notice of then.
    """
    rule, years = scenario.requirements.transition, np.arange(len(scenario.years))
    office = ~sites["candidate"].to_numpy(dtype=bool)
    towns = sites["municipality_code"].where(office)
    alone = office & (towns.map(towns.value_counts()) == 1).to_numpy(dtype=bool)
    months = rule.notice_months + rule.consultation_months * alone
    free = ~office | sites["office_id"].isin(list(decided)).to_numpy(dtype=bool)
    months = np.where(free | (not rule.on), 0, months)
    return np.asarray(months[:, None] > 12 * years)


def closure_rules(
    scenario: Scenario, sites: pd.DataFrame, divisions: pd.DataFrame
) -> tuple[ClosureRule, ...]:
    """Limits on the closures of a year, in the nation or in each region of a division."""
    rule, offices = scenario.requirements.transition, ~sites["candidate"].to_numpy(dtype=bool)
    found: list[ClosureRule] = []
    for limit in rule.closures if rule.on else ():
        if limit.each is None:
            found.append(ClosureRule("closures:nation", offices, limit.at_most))
            continue
        table = divisions[divisions["division"] == limit.each]
        for code, members in table.groupby("region_code", sort=True):
            inside = sites["municipality_code"].isin(members["municipality_code"]).to_numpy()
            scope = f"closures:{limit.each}:{code}"
            found.append(ClosureRule(scope, offices & inside, limit.at_most))
    return tuple(found)


def towns_in_step(scenario: Scenario, sites: pd.DataFrame) -> Ints | None:
    """[J] a number for each municipality where sites replace each other within a year, if asked.

    None where no office shares its municipality with a candidate: then the rule says nothing.
    """
    rule = scenario.requirements.transition
    towns, candidate = sites["municipality_code"], sites["candidate"]
    shared = set(towns[candidate]) & set(towns[~candidate])
    if not rule.on or rule.replacement == "any_year" or not shared:
        return None
    return np.asarray(pd.factorize(towns)[0], dtype=np.int64)
