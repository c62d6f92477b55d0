"""The planners' decisions on sites, what they leave each site, and what they may not ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.building.named_sites import find_site
from optimizer.building.possible_states import without_dearer_twins
from optimizer.building.transitions import housed
from optimizer.config import Scenario
from optimizer.instance import CLOSED, Bools, FixedDecision, Floats, Instance


def allowed_states(
    scenario: Scenario,
    sites: pd.DataFrame,
    states: Sequence[str],
    possible: Bools,
    early: Bools | None = None,
) -> tuple[tuple[FixedDecision, ...], Bools]:
    """The planners' decisions, and [J, M+1, T] the ``possible`` states they leave a plan to use.

    ``early`` [J, T] is where an office can not leave its premises yet. Raises InputError for
    unknown or ambiguous offices and for decisions that can not stand together.
    """
    allowed = without_dearer_twins(scenario, sites, states, possible, early)
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
