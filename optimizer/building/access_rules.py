"""The config's standards of access as sets of sites: a set of people is reached if one is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem, refused, shortened
from geodata.travel import TravelTable
from geodata.zones import AREA_TYPES
from optimizer.building.by_region import places_by_region
from optimizer.config import Scenario
from optimizer.config.access import LeftBehind, Reach, Standard
from optimizer.instance import CLOSED, AccessRule, Bools, Floats, Ints, distinct_rows

#: The column that gives the share of each group, of zones and of the built-in municipalities.
GROUPS = {
    "age_75plus": "share_75plus",
    "low_education": "share_primary_edu",
    "exclusion_areas": "share_area_type_1_2",
}
LOW_TAX_BASE, POOREST = "low_tax_base", 0.2  #: of the municipalities, those of least tax base
SHARE_OF_LOW_TAX_BASE = "share_low_tax_base"
NATION = "nation"


def people(zones: pd.DataFrame, group: str) -> Floats:
    """[I] people of a group: the zone's population times its share, or its municipality's."""
    population = zones["population"].to_numpy(dtype=np.float64)
    if group == "all":
        return population
    towns = builtin.load("municipalities").set_index("municipality_code")
    if group == LOW_TAX_BASE:
        base, column = towns["tax_base_sek"].astype(float), SHARE_OF_LOW_TAX_BASE
        shares = (base <= base.quantile(POOREST)).astype(float)
    else:
        column = GROUPS[group]
        shares = towns[column].astype(float)
    share = zones["municipality_code"].map(shares)
    if column in zones:
        share = pd.to_numeric(zones[column], errors="coerce").fillna(share)
    return np.asarray(population * share.to_numpy(np.float64))


def group_table(zones: pd.DataFrame) -> pd.DataFrame:
    """zone_id, area_type, and the people of each group; what standards are counted from."""
    table = zones[["zone_id", "area_type"]].assign(all=people(zones, "all"))
    return table.assign(**{group: people(zones, group) for group in (*GROUPS, LOW_TAX_BASE)})


def people_by_place(zones: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """What the rules read of the zones: their municipality, area type and people by group."""
    return groups.assign(municipality_code=zones["municipality_code"].to_numpy())


def access_rules(
    scenario: Scenario,
    places: pd.DataFrame,
    divisions: pd.DataFrame,
    travel: TravelTable,
    tier: Ints,
    today: Ints,
) -> tuple[AccessRule, ...]:
    """One rule for each standard and region, and one for no_one_left_behind.

    Raises InputError for area types that no zone has, for standards that speak of nobody, and for
    kilometres where the travel table has none.
    """
    problems: list[Problem] = []
    highest = int(max(tier))
    rules: list[AccessRule] = []
    for number, rule in enumerate(scenario.requirements.access_standard):
        key = f"requirements.access_standard[{number}]"
        need = rule.need or min(highest, len(scenario.demand.need_shares))
        wrong = list(_wrong(key, rule, places, divisions, travel))
        if need > highest:
            accepted = f"a need that a mode serves, 1 to {highest}"
            wrong.append(Problem(f"{key}.need", str(need), accepted))
        problems += wrong
        for scope, some in () if wrong else _peopled(number, rule, places, divisions):
            measured = _Measured("access_standard", scope, rule, rule.share, some, tier >= need)
            rules += _standard(scenario, measured, travel, today)
    left = scenario.requirements.no_one_left_behind
    if left is not None and left.on:
        try:
            rules.append(_left_behind(scenario, left, travel, tier, today))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(rules)


def service_access_rules(
    scenario: Scenario,
    places: pd.DataFrame,
    divisions: pd.DataFrame,
    travel: TravelTable,
    offered: Bools,
    today: Ints,
) -> tuple[AccessRule, ...]:
    """The rules of `service_coverage` that speak of people: one for each rule and region.

    ``offered`` [M+1, S] says which services a state offers, in the config's order; ``today`` [J].
    Raises InputError as access_rules.
    """
    problems: list[Problem] = []
    rules: list[AccessRule] = []
    names = list(scenario.services)
    for number, rule in enumerate(scenario.requirements.service_coverage):
        if rule.share is None:
            continue
        key = f"requirements.service_coverage[{number}]"
        wrong = list(_wrong(key, rule, places, divisions, travel))
        problems += wrong
        states = offered[:, names.index(rule.service)]
        for scope, some in () if wrong else _peopled(number, rule, places, divisions):
            name = f"{rule.service}:{scope}"
            measured = _Measured("service_coverage", name, rule, rule.share, some, states)
            rules += _standard(scenario, measured, travel, today)
    if problems:
        raise InputError(problems)
    return tuple(rules)


def told_of_nobody(
    scenario: Scenario, places: pd.DataFrame, divisions: pd.DataFrame
) -> Iterator[str]:
    """Regions in which a standard for each of them speaks of nobody, and so does not hold."""
    for name in ("access_standard", "service_coverage"):
        for number, rule in enumerate(getattr(scenario.requirements, name)):
            if rule.each is None or rule.share is None:
                continue
            every = [code for code, _ in _scopes(number, rule.each, places, divisions)]
            some = {code for code, _ in _peopled(number, rule, places, divisions)}
            without = [code.rpartition(":")[2] for code in every if code not in some]
            if without:
                yield (
                    f"requirements.{name}[{number}] does not hold in {len(without)} of the "
                    f"{len(every)} regions of {rule.each}, where none of its people live: "
                    f"{shortened(without)}."
                )


def told_of_nobody_near(
    scenario: Scenario,
    places: pd.DataFrame,
    divisions: pd.DataFrame,
    rules: Sequence[AccessRule],
) -> Iterator[str]:
    """Standards relative to today that ask for nothing, as nobody is within reach; and where."""
    stated = {(rule.kind, rule.scope) for rule in rules}
    for name in ("access_standard", "service_coverage"):
        for number, rule in enumerate(getattr(scenario.requirements, name)):
            if rule.share is None or not rule.relative:
                continue
            service = "" if name == "access_standard" else f"{rule.service}:"
            some = [scope for scope, _ in _peopled(number, rule, places, divisions)]
            without = [one for one in some if (name, f"{service}{one}") not in stated]
            where = f"requirements.{name}[{number}]"
            if without and rule.each is None:
                yield f"{where} asks for nothing: none of its people are within reach today."
            elif without:
                yield (
                    f"{where} does not hold in {len(without)} of the {len(some)} regions of "
                    f"{rule.each}, where none of its people are within reach today: "
                    f"{shortened([one.rpartition(':')[2] for one in without])}."
                )


@dataclass(frozen=True)
class _Measured:
    """A standard in one region."""

    kind: str
    scope: str
    rule: Standard
    share: float
    people: Floats  #: [I]
    states: Bools  #: [M+1] that count


def _standard(
    scenario: Scenario, measured: _Measured, travel: TravelTable, today: Ints
) -> Iterator[AccessRule]:
    """The rule of a standard in a region: of its people there, or of those within reach today.

    None where nobody is, of whom it could ask anything.
    """
    rule, people_there = measured.rule, measured.people
    within = _within(travel, rule)
    if rule.relative:
        reached = (within & measured.states[today]).any(axis=1)
        people_there = np.where(reached, people_there, 0.0)
    total = float(people_there.sum())
    if total > 0:
        yield _of_sets(
            measured.kind,
            measured.scope,
            within=within,
            weight=people_there,
            least=measured.share * total,
            total=total,
            states=measured.states,
            first=_start(scenario, rule.from_year),
        )


def _start(scenario: Scenario, first: int | None) -> int:
    """The index of the first year in force."""
    years = scenario.years
    return years.index(max(first or years[0], years[0]))


def _counted(rule: Standard, places: pd.DataFrame) -> Floats:
    """[I] the people a standard speaks of."""
    weight = places[rule.group].to_numpy(dtype=np.float64)
    if rule.area_types is None:
        return weight
    return np.where(places["area_type"].isin(rule.area_types), weight, 0.0)


def _peopled(
    number: int, rule: Standard, places: pd.DataFrame, divisions: pd.DataFrame
) -> Iterator[tuple[str, Floats]]:
    """The scopes in which some of a standard's people live, and [I] those people."""
    weight = _counted(rule, places)
    for scope, inside in _scopes(number, rule.each, places, divisions):
        if float((weight * inside).sum()) > 0:
            yield scope, weight * inside


def _wrong(
    key: str, rule: Standard, places: pd.DataFrame, divisions: pd.DataFrame, travel: TravelTable
) -> Iterator[Problem]:
    """Area types that no zone has, a standard that speaks of nobody, kilometres not to be had."""
    known = sorted(set(places["area_type"]) - {""})
    unknown = [one for one in rule.area_types or () if one not in known and one not in AREA_TYPES]
    for one in unknown:
        yield Problem(f"{key}.area_type", repr(one), f"one of {', '.join(known)}")
    if not unknown and not any(True for _ in _peopled(0, rule, places, divisions)):
        said = {"group": rule.group, "area_type": rule.area_type, "each": rule.each}
        asked = ", ".join(f"{name} {one}" for name, one in said.items() if one)
        advice = "Name other people, or give the zones people of that kind."
        yield Problem(key, f"nobody at all ({asked})", "people that live in some zone", advice)
    if rule.asks_for_km and np.isnan(travel.km).any():
        advice = "Add the column km, or ask for minutes."
        yield Problem(f"{key}.km", "a travel table without km", "km", advice)


def _within(travel: TravelTable, rule: Standard) -> Bools:
    """[I, J] sites within the minutes and the kilometres that are given, and within one of any."""
    within = np.ones(travel.minutes.shape, dtype=bool)
    if rule.minutes is not None:
        within &= travel.minutes <= rule.minutes
    if rule.km is not None:
        within &= travel.km <= rule.km
    if rule.either is not None:
        within &= _either(travel, rule.either)
    return within


def _either(travel: TravelTable, either: Reach) -> Bools:
    """[I, J] sites within the minutes or the kilometres that are given."""
    within = np.zeros(travel.minutes.shape, dtype=bool)
    if either.minutes is not None:
        within |= travel.minutes <= either.minutes
    if either.km is not None:
        within |= travel.km <= either.km
    return within


def _scopes(
    number: int, each: str | None, places: pd.DataFrame, divisions: pd.DataFrame
) -> Iterator[tuple[str, Bools]]:
    """The rule's number and region, and [I] the zones in it."""
    if each is None:
        yield f"{number + 1}:{NATION}", np.ones(len(places), dtype=bool)
        return
    for code, inside in places_by_region(places, divisions, each):
        yield f"{number + 1}:{each}:{code}", inside


def _left_behind(
    scenario: Scenario, left: LeftBehind, travel: TravelTable, tier: Ints, today: Ints
) -> AccessRule:
    """The rule that every zone keeps a site within its own limit. Raises
    InputError where it would speak of no zone."""
    highest, key = int(max(tier)), "requirements.no_one_left_behind"
    need = left.need or min(highest, len(scenario.demand.need_shares))
    states = tier >= need
    open_today = states[today] & (today != CLOSED)
    if not open_today.any():
        found = f"need {need}, which no office of today serves"
        raise refused(f"{key}.need", found, "a need that some office serves today")
    before = travel.minutes[:, open_today].min(axis=1)
    most = np.full(before.size, np.inf)
    if left.added_minutes is not None:
        most = before + left.added_minutes
    if left.within_minutes is not None:
        kept = before <= left.within_minutes
        most = np.where(kept, np.minimum(most, left.within_minutes), most)
    some = np.isfinite(most)
    if not some.any():
        accepted = f"at least {before.min():.1f}, the shortest way of a zone today"
        raise refused(f"{key}.within_minutes", f"{left.within_minutes:g}", accepted)
    within = travel.minutes[some] <= most[some, None] + 1e-9
    ones = np.ones(int(some.sum()))
    start, total = _start(scenario, left.from_year), float(ones.sum())
    return _of_sets(
        "no_one_left_behind",
        NATION,
        within=within,
        weight=ones,
        least=total,
        total=total,
        states=states,
        first=start,
    )


def _of_sets(
    kind: str,
    scope: str,
    *,
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
