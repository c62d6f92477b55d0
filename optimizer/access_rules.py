"""The config's standards of access as sets of sites: a set of people is reached if one is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem
from geodata.travel import TravelTable
from optimizer.config import Scenario
from optimizer.config.access import AccessStandard
from optimizer.instance import CLOSED, AccessRule, Bools, Floats, Ints, distinct_rows

#: The column of the municipalities that gives the share of each group.
GROUPS = {
    "age_75plus": "share_75plus",
    "low_education": "share_primary_edu",
    "exclusion_areas": "share_area_type_1_2",
}
LOW_TAX_BASE, POOREST = "low_tax_base", 0.2  #: of the municipalities, those of least tax base
NATION = "nation"


def people(zones: pd.DataFrame, group: str) -> Floats:
    """[I] people of a group: the zone's population times its share, or its municipality's."""
    population = zones["population"].to_numpy(dtype=np.float64)
    if group == "all":
        return population
    towns = builtin.load("municipalities").set_index("municipality_code")
    if group == LOW_TAX_BASE:
        base = towns["tax_base_sek"].astype(float)
        poorest = zones["municipality_code"].map(base) <= base.quantile(POOREST)
        return np.asarray(population * poorest.to_numpy(dtype=np.float64))
    column = GROUPS[group]
    shares = towns[column]
    share = zones["municipality_code"].map(shares)
    if column in zones:
        share = pd.to_numeric(zones[column], errors="coerce").fillna(share)
    return np.asarray(population * share.to_numpy(np.float64))


def group_table(zones: pd.DataFrame) -> pd.DataFrame:
    """zone_id, area_type, and the people of each group; what standards are counted from."""
    table = zones[["zone_id", "area_type"]].assign(all=people(zones, "all"))
    return table.assign(**{group: people(zones, group) for group in (*GROUPS, LOW_TAX_BASE)})


def asks_for_km(scenario: Scenario) -> bool:
    """Whether a standard is in kilometres."""
    return any(_km_asked(rule) for rule in scenario.requirements.access_standard)


def _km_asked(rule: AccessStandard) -> bool:
    return rule.km is not None or (rule.either is not None and rule.either.km is not None)


def access_rules(
    scenario: Scenario,
    zones: pd.DataFrame,
    divisions: pd.DataFrame,
    travel: TravelTable,
    tier: Ints,
    today: Ints,
) -> tuple[AccessRule, ...]:
    """One rule for each standard and region, and one for no_one_left_behind.

    Raises InputError for area types and divisions that no zone has, and for kilometres where the
    travel table has none.
    """
    rules: list[AccessRule] = []
    problems: list[Problem] = []
    years, highest = scenario.years, int(max(tier))
    for number, rule in enumerate(scenario.requirements.access_standard):
        key = f"requirements.access_standard[{number}]"
        first = rule.from_year or years[0]
        need = rule.need or min(highest, len(scenario.demand.need_shares))
        problems += _unknown(key, rule.area_types, zones, need, highest)
        if _km_asked(rule) and np.isnan(travel.km).any():
            advice = "Add the column km, or ask for minutes."
            problems.append(Problem(f"{key}.km", "a travel table without km", "km", advice))
        if problems or first > years[-1]:
            continue
        weight = people(zones, rule.group)
        if rule.area_types is not None:
            weight = np.where(zones["area_type"].isin(rule.area_types), weight, 0.0)
        within = _within(travel, rule.minutes, rule.km)
        if rule.either is not None:
            either = _either(travel, rule.either.minutes, rule.either.km)
            within = either if rule.minutes is None and rule.km is None else within & either
        states = tier >= need
        for scope, inside in _scopes(number, rule.each, zones, divisions):
            some = weight * inside
            total = float(some.sum())
            if total <= 0:
                continue
            least = rule.share * total
            if rule.relative:
                reached = (within & states[today]).any(axis=1)
                least = rule.share * float(some[reached].sum())
            start = years.index(max(first, years[0]))
            rules.append(
                _pooled("access_standard", scope, within, some, least, total, states, start)
            )
    left = scenario.requirements.no_one_left_behind
    if left is not None and left.on and not problems:
        rules += _left_behind(scenario, travel, tier, today, highest)
    if problems:
        raise InputError(problems)
    return tuple(rules)


def _unknown(
    key: str, area_types: Sequence[str] | None, zones: pd.DataFrame, need: int, highest: int
) -> Iterator[Problem]:
    known = sorted(set(zones["area_type"]) - {""})
    for one in area_types or ():
        if one not in known:
            yield Problem(f"{key}.area_type", repr(one), f"one of {', '.join(known)}")
    if need > highest:
        yield Problem(f"{key}.need", str(need), f"a need that a mode serves, 1 to {highest}")


def _within(travel: TravelTable, minutes: float | None, km: float | None) -> Bools:
    """[I, J] sites within the minutes and the kilometres that are given."""
    within = np.ones(travel.minutes.shape, dtype=bool)
    if minutes is not None:
        within &= travel.minutes <= minutes
    if km is not None:
        within &= travel.km <= km
    return within


def _either(travel: TravelTable, minutes: float | None, km: float | None) -> Bools:
    """[I, J] sites within the minutes or the kilometres that are given."""
    within = np.zeros(travel.minutes.shape, dtype=bool)
    if minutes is not None:
        within |= travel.minutes <= minutes
    if km is not None:
        within |= travel.km <= km
    return within


def _scopes(
    number: int, each: str | None, zones: pd.DataFrame, divisions: pd.DataFrame
) -> Iterator[tuple[str, Bools]]:
    """The rule's number and region, and [I] the zones in it."""
    if each is None:
        yield f"{number + 1}:{NATION}", np.ones(len(zones), dtype=bool)
        return
    table = divisions[divisions["division"] == each]
    for code, members in table.groupby("region_code", sort=True):
        inside = zones["municipality_code"].isin(members["municipality_code"])
        yield f"{number + 1}:{each}:{code}", inside.to_numpy(dtype=bool)


def _left_behind(
    scenario: Scenario, travel: TravelTable, tier: Ints, today: Ints, highest: int
) -> Iterator[AccessRule]:
    left, years = scenario.requirements.no_one_left_behind, scenario.years
    assert left is not None
    need = left.need or min(highest, len(scenario.demand.need_shares))
    first = left.from_year or years[0]
    if first > years[-1]:
        return
    states = tier >= need
    open_today = states[today] & (today != CLOSED)
    if not open_today.any():
        return
    before = travel.minutes[:, open_today].min(axis=1)
    most = np.full(before.size, np.inf)
    if left.added_minutes is not None:
        most = before + left.added_minutes
    if left.within_minutes is not None:
        kept = before <= left.within_minutes
        most = np.where(kept, np.minimum(most, left.within_minutes), most)
    some = np.isfinite(most)
    if not some.any():
        return
    within = travel.minutes[some] <= most[some, None] + 1e-9
    ones = np.ones(int(some.sum()))
    start = years.index(max(first, years[0]))
    total = float(ones.sum())
    yield _pooled("no_one_left_behind", NATION, within, ones, total, total, states, start)


def _pooled(
    kind: str,
    scope: str,
    within: Bools,
    weight: Floats,
    least: float,
    total: float,
    states: Bools,
    first: int,
) -> AccessRule:
    """Zones with the same sites in reach as one."""
    some = np.flatnonzero(weight > 0)
    sets, group = distinct_rows(within[some])
    people_of: Floats = np.zeros(sets.shape[0])
    np.add.at(people_of, group, weight[some])
    open_states = states & (np.arange(states.size) != CLOSED)
    return AccessRule(kind, scope, sets, people_of, least, total, open_states, first)


def service_access_rules(
    scenario: Scenario,
    zones: pd.DataFrame,
    divisions: pd.DataFrame,
    travel: TravelTable,
    offered: Bools,
    today: Ints,
) -> tuple[AccessRule, ...]:
    """The rules of `service_coverage` that speak of people: one for each rule and region.

    ``offered`` [M+1, S] says which services a state offers, in the config's order; ``today`` [J].
    """
    rules: list[AccessRule] = []
    names, years = list(scenario.services), scenario.years
    for number, rule in enumerate(scenario.requirements.service_coverage):
        first = rule.from_year or years[0]
        if rule.share is None or first > years[-1]:
            continue
        states = offered[:, names.index(rule.service)]
        weight, within = people(zones, rule.group), _within(travel, rule.minutes, None)
        for scope, inside in _scopes(number, rule.each, zones, divisions):
            some = weight * inside
            total = float(some.sum())
            if total <= 0:
                continue
            least = rule.share * total
            if rule.relative:
                reached = (within & states[today]).any(axis=1)
                least = rule.share * float(some[reached].sum())
            name = f"{rule.service}:{scope}"
            start = years.index(max(first, years[0]))
            rules.append(
                _pooled("service_coverage", name, within, some, least, total, states, start)
            )
    return tuple(rules)
