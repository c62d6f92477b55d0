"""The config's rules over the sites, as the masks the model works with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.letters import composed
from geodata.problems import InputError, Problem
from optimizer.config import Scenario
from optimizer.instance import (
    CLOSED,
    Bools,
    CoverageRule,
    FixedDecision,
    Floats,
    Instance,
    Ints,
    LimitRule,
    OpenSites,
)
from optimizer.transitions import bound_by_lease, housed


def ranks(scenario: Scenario) -> Ints:
    """Order of service of the states: by tier, then open days; equal service, equal rank."""
    service = [(mode.tier, mode.open_days) for mode in scenario.modes.values()]
    order = sorted(set(service))
    return np.array([0, *(order.index(each) + 1 for each in service)], dtype=np.int64)


def possible_states(
    scenario: Scenario, sites: pd.DataFrame, states: Sequence[str], early: Bools | None = None
) -> Bools:
    """[J, M+1, T] the states each site may have before the planners' decisions.

    Partners on record and transitions from today are in it, and ``early`` [J, T], where an office
    can not leave its premises of today yet. Own premises are left out where they can be shared:
    they cost more and serve the same. Not so the premises an office has today, where it matters
    when they are left.
    """
    at_home = housed(scenario, sites)
    bound = bound_by_lease(sites, early)[:, None] & at_home
    possible = _no_dearer_twin(scenario, by_partner(scenario, sites, states), states, bound)
    today = np.array([states.index(mode) for mode in sites["mode"]])
    candidate = sites["candidate"].to_numpy(dtype=bool)
    if scenario.requirements.transition.on and not scenario.requirements.transition.upgrades:
        rank = ranks(scenario)
        lower = rank[None, :] <= rank[today][:, None]
        possible &= lower | candidate[:, None]
    if scenario.requirements.transition.on and not scenario.requirements.transition.conversions:
        possible[:, 1:] &= candidate[:, None]  # an office keeps today's mode, below, or closes
    possible[np.arange(today.size), today] = True
    by_year = np.repeat(possible[:, :, None], len(scenario.years), axis=2)
    if early is not None:
        by_year &= at_home[:, :, None] | ~early[:, None, :]
    return by_year


def allowed_states(
    scenario: Scenario, sites: pd.DataFrame, states: Sequence[str], early: Bools | None = None
) -> tuple[tuple[FixedDecision, ...], Bools]:
    """The planners' decisions, and [J, M+1, T] the possible states that they leave each site.

    ``early`` [J, T] is where an office can not leave its premises yet. Raises InputError for
    unknown or ambiguous offices and for decisions that can not stand together.
    """
    allowed = possible_states(scenario, sites, states, early)
    if not scenario.requirements.fixed_decisions.on:
        return (), allowed
    decisions = _decisions(scenario, sites, states)
    tiers = np.array([0, *(mode.tier for mode in scenario.modes.values())])
    problems = _strange_mergers(decisions, sites)
    problems += _before_notice(scenario, decisions, sites, early)
    if problems:
        raise InputError(problems)
    for decision in decisions:
        allowed[decision.site] &= decision.allowed
        if decision.into >= 0:  # the receiving office is kept in the years in force
            in_force = ~decision.allowed.all(axis=0)
            today = states.index(sites["mode"].iloc[decision.into])
            lesser = tiers < max(1, tiers[today])
            allowed[decision.into] &= ~(lesser[:, None] & in_force)
        touched = {decision.site, decision.into} - {-1}
        problems += [
            Problem(
                f"offices.{decision.kind}: {sites['office'].iloc[site]}",
                f"no mode is left for it in {scenario.years[int(empty[0])]}",
                "decisions on an office that can hold together and a mode it may have",
                "Take one of the decisions on it away, or name another mode.",
            )
            for site in sorted(touched)
            for empty in [np.flatnonzero(~allowed[site].any(axis=0))]
            if empty.size
        ]
    if problems:
        raise InputError(problems)
    return decisions, allowed


def _before_notice(
    scenario: Scenario, decisions: Sequence[FixedDecision], sites: pd.DataFrame, early: Bools | None
) -> list[Problem]:
    """Demands on an office out of premises that can not be left yet: closed, or in another mode."""
    problems, at_home = [], housed(scenario, sites)
    for decision in decisions:
        ends = ~decision.allowed[at_home[decision.site]].any(axis=0)
        if early is None or not (ends & early[decision.site]).any():
            continue
        first = scenario.years[int(np.flatnonzero(ends)[0])]
        can = np.flatnonzero(~early[decision.site])
        accepted = f"{scenario.years[int(can[0])]} or later" if can.size else "no planning year"
        problems.append(
            Problem(
                f"offices.{decision.kind}: {sites['office'].iloc[decision.site]}",
                f"{_wanted(decision)} from {first}, before its premises can be left",
                f"{accepted} (requirements.transition: notice_months, consultation_months)",
                "Let it begin later, or put what is decided already into offices.decided.",
            )
        )
    return problems


def _wanted(decision: FixedDecision) -> str:
    return "in other premises" if decision.kind == "mode" else "closed"


def _strange_mergers(decisions: Sequence[FixedDecision], sites: pd.DataFrame) -> list[Problem]:
    """Mergers of what is no office of today, and offices that merge twice under two names."""
    problems: list[Problem] = []
    merged: set[int] = set()
    for decision in decisions:
        if decision.into < 0:
            continue
        office = sites["office"].iloc[decision.site]
        where = f"offices.merge: {office} into {sites['office'].iloc[decision.into]}"
        for site in (decision.site, decision.into):
            if sites["candidate"].iloc[site]:
                found = f"{sites['office'].iloc[site]}, which is not an office of today"
                advice = "Open it under offices.mode, and close the other under offices.close."
                problems.append(Problem(where, found, "two offices of today", advice))
        if decision.site in merged:
            found, accepted = f"{office} again", "each office merged once"
            problems.append(Problem(where, found, accepted, "Take one of the mergers away."))
        merged.add(decision.site)
    return problems


def too_far_to_merge(
    scenario: Scenario, decisions: Sequence[FixedDecision], sites: pd.DataFrame, minutes: Floats
) -> list[Problem]:
    """Demanded mergers of offices farther apart than staff may commute; ``minutes`` is [J, J]."""
    most = scenario.demand.commuting_minutes
    problems = []
    for decision in decisions:
        if decision.into >= 0 and minutes[decision.site, decision.into] > most:
            names = [sites["office"].iloc[site] for site in (decision.site, decision.into)]
            apart = float(minutes[decision.site, decision.into])
            problems.append(
                Problem(
                    f"offices.merge: {names[0]} into {names[1]}",
                    f"{apart:.0f} minutes between them",
                    f"offices at most {most:g} minutes apart (demand.commuting_minutes)",
                    "Name a nearer office, or close it under offices.close.",
                )
            )
    return problems


def left_too_soon(instance: Instance, sites: pd.DataFrame) -> list[Problem]:
    """Decisions that leave a municipality without a site before consultation is over."""
    rule = instance.consulted
    if rule is None:
        return []
    problems: list[Problem] = []
    is_open = np.arange(len(instance.states)) != CLOSED
    could: Bools = np.asarray(instance.allowed[:, is_open].any(axis=1))  # [J, T]
    for k, t in np.argwhere(rule.held).tolist():
        here = rule.town == k
        if could[here, t].any() or (t and not could[here, t - 1].any()):  # told for one year
            continue
        closed = [
            one
            for one in instance.fixed
            if here[one.site] and not one.allowed[1:, t].any() and not instance.candidate[one.site]
        ]
        free = np.flatnonzero(~rule.held[k])
        accepted = f"{instance.years[free[0]]} or later" if free.size else "no planning year"
        where = ", ".join(f"offices.{one.kind}: {sites['office'].iloc[one.site]}" for one in closed)
        problems.append(
            Problem(
                where or "offices",
                f"no site left in the municipality from {instance.years[t]}, before consultation "
                "is over",
                f"{accepted} (requirements.transition: notice_months, consultation_months)",
                "Let it begin later, or put what is decided already into offices.decided.",
            )
        )
    return problems


def by_partner(scenario: Scenario, sites: pd.DataFrame, states: Sequence[str]) -> Bools:
    """[J, M+1] the modes that partners allow."""
    partners = scenario.requirements.partners
    on_record = (sites["partner"] != "").to_numpy(dtype=bool)
    towns = sites["municipality_code"]
    in_town = towns.isin(towns[on_record]).to_numpy(dtype=bool)
    possible = np.ones((len(sites), len(states)), dtype=bool)
    for s, name in enumerate(states):
        if s == CLOSED:
            continue
        mode = scenario.modes[name]
        rule = partners.colocated if mode.premises == "colocated" else partners.mobile
        if mode.partner_required and partners.on and rule != "anywhere":
            possible[:, s] = on_record if rule == "on_record" else in_town
    return possible


def _no_dearer_twin(
    scenario: Scenario, possible: Bools, states: Sequence[str], bound: Bools
) -> Bools:
    """The same without own premises where there is a shared twin that costs no more.

    What is ``bound`` [J, M+1] stays, unless its twin has the premises of today as well.
    """
    pinned = {pin.mode for pin in scenario.offices.mode}
    for s, name in enumerate(states):
        twins = [
            twin
            for twin, other in enumerate(states)
            if twin != CLOSED and scenario.modes[other].variant_of == name
        ]
        for twin in twins:
            if name not in pinned and _no_dearer(scenario, states[twin], name):
                possible[possible[:, twin] & (~bound[:, s] | bound[:, twin]), s] = False
    return possible


def _no_dearer(scenario: Scenario, twin: str, name: str) -> bool:
    a, b = scenario.modes[twin], scenario.modes[name]
    same = (a.tier, a.open_days, a.counts_for_coverage) == (
        b.tier,
        b.open_days,
        b.counts_for_coverage,
    )
    cheaper = (
        a.fte_min <= b.fte_min
        and a.premises_factor <= b.premises_factor
        and a.local_factor <= b.local_factor
        and a.conversion_cost_mnkr <= b.conversion_cost_mnkr
        and a.placed_staff == b.placed_staff
    )
    return same and cheaper


def _decisions(
    scenario: Scenario, sites: pd.DataFrame, states: Sequence[str]
) -> tuple[FixedDecision, ...]:
    found: list[FixedDecision] = []
    problems: list[Problem] = []
    tier = np.array([0, *(mode.tier for mode in scenario.modes.values())])
    years = np.array(scenario.years)
    for kind in ("keep", "close", "mode", "merge"):
        for number, decision in enumerate(getattr(scenario.offices, kind)):
            into = -1
            try:
                key = "from" if kind == "merge" else "office"
                site = find_site(sites, decision.office, f"offices.{kind}[{number}].{key}")
                if kind == "merge":
                    into = find_site(sites, decision.into, f"offices.merge[{number}].into")
            except InputError as error:
                problems.extend(error.problems)
                continue
            first = getattr(decision, "from_year", None) or years[0]
            mask = np.ones((len(states), years.size), dtype=bool)
            force = years >= first
            if kind == "keep":
                today = states.index(sites["mode"].iloc[site])
                mask[:, force] = (tier >= max(1, tier[today]))[:, None]
            elif kind in ("close", "merge"):
                mask[1:, force] = False
            else:
                mask[:, force] = (np.array(states) == decision.mode)[:, None]
            found.append(FixedDecision(kind, site, mask, decision.reason, into))
    if problems:
        raise InputError(problems)
    return tuple(found)


def find_site(sites: pd.DataFrame, word: str, key: str) -> int:
    """The row of a site named by id, or by name where that is unique. Raises InputError."""
    plain = composed(word)
    rows = np.flatnonzero((sites["office_id"] == plain).to_numpy())
    if rows.size == 0:
        names = sites["office"].map(composed).str.casefold()
        rows = np.flatnonzero((names == plain.casefold()).to_numpy())
    if rows.size == 1:
        return int(rows[0])
    if rows.size > 1:
        ids = ", ".join(sites["office_id"].iloc[rows])
        raise InputError(
            Problem(key, f"'{word}', which names {ids}", "one office", "Use the office_id.")
        )
    start = plain.casefold()[:3]
    near = [name for name in sites["office"] if composed(name).casefold().startswith(start)][:5]
    advice = f"Did you mean {', '.join(near)}?" if near else "`servicenet data show offices`"
    raise InputError(Problem(key, f"'{word}'", "an office_id or the name of an office", advice))


def coverage_rules(
    scenario: Scenario, sites: pd.DataFrame, divisions: pd.DataFrame, states: Sequence[str]
) -> tuple[CoverageRule, ...]:
    """One rule for each region of each division that must be covered."""
    rules: list[CoverageRule] = []
    for rule in scenario.requirements.region_coverage:
        counts = np.array(
            [
                s != CLOSED
                and (
                    name in rule.modes
                    if rule.modes is not None
                    else scenario.modes[name].counts_for_coverage
                )
                for s, name in enumerate(states)
            ]
        )
        first = rule.from_year or scenario.years[0]
        if first > scenario.years[-1]:
            continue
        table = divisions[divisions["division"] == rule.division]
        for code, members in table.groupby("region_code", sort=True):
            inside = sites["municipality_code"].isin(members["municipality_code"])
            rules.append(
                CoverageRule(
                    rule.division,
                    str(code),
                    inside.to_numpy(dtype=bool),
                    counts,
                    rule.min_points,
                    max(0, scenario.years.index(max(first, scenario.years[0]))),
                )
            )
    return tuple(rules)


def service_points(
    scenario: Scenario, sites: pd.DataFrame, divisions: pd.DataFrame, offered: Bools
) -> tuple[CoverageRule, ...]:
    """The rules of `service_coverage` that count offices; ``offered`` [M+1, S] by state."""
    rules: list[CoverageRule] = []
    names, years = list(scenario.services), scenario.years
    for rule in scenario.requirements.service_coverage:
        first = max(rule.from_year or years[0], years[0])
        if rule.division is None or first > years[-1]:
            continue
        table = divisions[divisions["division"] == rule.division]
        states = offered[:, names.index(rule.service)]
        for code, members in table.groupby("region_code", sort=True):
            inside = sites["municipality_code"].isin(members["municipality_code"])
            rules.append(
                CoverageRule(
                    rule.division,
                    str(code),
                    inside.to_numpy(dtype=bool),
                    states,
                    rule.min_points or 1,
                    years.index(first),
                    rule.service,
                )
            )
    return tuple(rules)


def limit_rules(
    scenario: Scenario, sites: pd.DataFrame, divisions: pd.DataFrame, states: Sequence[str]
) -> tuple[LimitRule, ...]:
    """Limits on modes and their variants, in the nation or in each region of a division."""
    candidate = sites["candidate"].to_numpy(dtype=bool)
    groups = {"offices": ~candidate, "candidates": candidate, "all": np.ones_like(candidate)}
    rules: list[LimitRule] = []
    for rule in scenario.requirements.mode_limits:
        family = np.array(
            [
                s != CLOSED and (name == rule.mode or scenario.modes[name].variant_of == rule.mode)
                for s, name in enumerate(states)
            ]
        )
        scope = f"{rule.mode}:{rule.sites}"
        if rule.each is None:
            rules.append(LimitRule(scope, groups[rule.sites], family, rule.at_most))
            continue
        table = divisions[divisions["division"] == rule.each]
        for code, members in table.groupby("region_code", sort=True):
            inside = sites["municipality_code"].isin(members["municipality_code"]).to_numpy()
            rules.append(
                LimitRule(
                    f"{scope}:{rule.each}:{code}",
                    groups[rule.sites] & inside,
                    family,
                    rule.at_most,
                )
            )
    return tuple(rules)


def open_sites_rule(scenario: Scenario) -> OpenSites | None:
    """The number of open sites that is asked for, if any."""
    rule = scenario.requirements.open_sites
    if rule is None:
        return None
    most = rule.exactly if rule.exactly is not None else int(rule.at_most or 0)
    first = scenario.years.index(rule.from_year or scenario.years[0])
    return OpenSites(rule.exactly or 0, most, first)
