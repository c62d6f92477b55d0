"""From one year to the next: when offices can close, how many may, and the rent then left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from optimizer.building.by_region import places_by_region
from optimizer.config import Scenario
from optimizer.instance import Bools, ClosureRule, Consultation, Floats, Ints, same_premises

_DAYS_PER_YEAR = 365.25


def years_left(last_day: pd.Series[str], years: Sequence[int]) -> Floats:
    """[J, T] years from 1 January of each planning year until a last day is over; 0 without one.

    ``last_day`` [J] is year-month-day, or empty.
    """
    left = np.zeros((len(last_day), len(years)))
    for j, day in enumerate(last_day):
        if day:
            last = date.fromisoformat(day).toordinal() + 1
            left[j] = [last - date(year, 1, 1).toordinal() for year in years]
    return np.maximum(0.0, left) / _DAYS_PER_YEAR


def premises_kinds(scenario: Scenario) -> Ints:
    """[M+1] a number for the kind of premises of each state: own, co-located, a partner's."""
    kinds = ("own", "colocated", "partner")
    return np.array([0, *(1 + kinds.index(mode.premises) for mode in scenario.modes.values())])


def housed(scenario: Scenario, sites: pd.DataFrame) -> Bools:
    """[J, M+1] the states in which an office has the premises of today; closed is none of them."""
    names = ("closed", *scenario.modes)
    today = np.array([names.index(mode) for mode in sites["mode"]])
    return same_premises(premises_kinds(scenario), today)


def bound_by_lease(sites: pd.DataFrame, early: Bools | None) -> Bools:
    """[J] offices for which it matters when they leave the premises of today."""
    known = (sites["lease_end"] != "") | (sites["improvements_mnkr"].fillna(0.0) > 0)
    bound = known.to_numpy(dtype=bool)
    return bound if early is None else np.asarray(bound | early.any(axis=1))


def lease_tail(
    sites: pd.DataFrame, premises: Floats, rent_index: Floats, years: Sequence[int]
) -> Floats | None:
    """[J, M+1, T] rent still to be paid for premises that an office leaves in a year, mnkr.

    By the mode it had the year before: what it has given up of them before is leased no more.
    ``premises`` [J, M] is what they cost in the base year by mode, ``rent_index`` [T] the rents of
    each year against it. None where no lease is known.
    """
    if not (sites["lease_end"] != "").any():
        return None
    left = years_left(sites["lease_end"], years)
    rent = np.column_stack([np.zeros(len(sites)), premises])
    return np.asarray(rent[:, :, None] * (left * rent_index)[:, None, :])


def write_off(scenario: Scenario, sites: pd.DataFrame) -> Floats | None:
    """[J, T] improvements written off at once if an office leaves its premises in a year, mnkr.

        value at the end of the base year x days left on 1 January of the year / days left then

    Straight-line over costs.write_off_years from the end of the base year, or until the lease ends
    if that comes sooner; what is left when they are left falls on that year. None without any.
    """
    value = sites["improvements_mnkr"].to_numpy(dtype=np.float64, na_value=0.0)
    if not (value > 0).any():
        return None
    first = scenario.base_year + 1
    whole = years_left(_written_off(scenario, sites), (first, *scenario.years))
    start, left = whole[:, [0]], whole[:, 1:]
    part = np.divide(left, start, out=np.zeros_like(left), where=start > 0)
    return np.asarray(value[:, None] * part)


def _written_off(scenario: Scenario, sites: pd.DataFrame) -> pd.Series[str]:
    """[J] the day by which improvements are written off."""
    last = date(scenario.base_year + scenario.costs.write_off_years, 12, 31).isoformat()
    ends = sites["lease_end"]
    return ends.where((ends != "") & (ends < last), last)


def too_early(scenario: Scenario, sites: pd.DataFrame, decided: Mapping[str, int]) -> Bools:
    """[J, T] where an office can not leave its premises yet.

    ``decided`` are offices whose end or new mode was decided before the plan, and the planning year
    from which it is in force: notice was given for then, and for no change before.
    """
    return _within(_notice(scenario, sites), scenario) & ~_in_force(sites, decided, scenario)


def _notice(scenario: Scenario, sites: pd.DataFrame) -> Floats:
    """[J] months of notice: an office's own, or that of the config."""
    rule = scenario.requirements.transition
    own = sites["notice_months"].to_numpy(dtype=np.float64, na_value=np.nan)
    months = np.where(np.isnan(own), rule.notice_months, own)
    return np.where(sites["candidate"].to_numpy(dtype=bool) | (not rule.on), 0.0, months)


def consultation(
    scenario: Scenario, sites: pd.DataFrame, decided: Mapping[str, int]
) -> Consultation | None:
    """Municipalities that must have a site still: until consultation, and notice after it, is over.

    The notice is the longest of its offices. ``decided`` are offices whose end was decided before
    the plan, and the planning year from which they are closed: then they hold nothing, and a
    municipality all of whose offices are is left as decided. None where no time is asked for.
    """
    rule = scenario.requirements.transition
    if not rule.on or not rule.consultation_months:
        return None
    office = ~sites["candidate"].to_numpy(dtype=bool)
    town, codes = pd.factorize(sites["municipality_code"])
    ahead = _within(rule.consultation_months + _notice(scenario, sites), scenario)
    ahead &= office[:, None] & ~_in_force(sites, decided, scenario)
    held = np.zeros((len(codes), len(scenario.years)), dtype=bool)
    np.logical_or.at(held, town, ahead)
    return Consultation(np.asarray(town, dtype=np.int64), held) if held.any() else None


def _within(months: Floats, scenario: Scenario) -> Bools:
    """[J, T] years that begin before so many months [J] from the first of them are over."""
    return np.asarray(months[:, None] > 12 * np.arange(len(scenario.years)))


def _in_force(sites: pd.DataFrame, decided: Mapping[str, int], scenario: Scenario) -> Bools:
    """[J, T] where a decision taken before the plan is in force: an office and its first year."""
    first = np.array([decided.get(office, np.inf) for office in sites["office_id"]])
    return np.asarray(np.array(scenario.years) >= first[:, None])


def closure_part(scenario: Scenario, sites: pd.DataFrame) -> Floats | None:
    """[J] part of costs.closure_mnkr that an office pays: less its lease where that is known.

    None where no lease is.
    """
    known = (sites["lease_end"] != "").to_numpy(dtype=bool)
    if not known.any():
        return None
    return np.asarray(1.0 - scenario.costs.closure_lease_share * known, dtype=np.float64)


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
        for code, inside in places_by_region(sites, divisions, limit.each):
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
