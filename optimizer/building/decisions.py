"""The planners' decisions on sites, what they leave each site, and what they may not ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.building.named_sites import find_site
from optimizer.building.possible_states import without_dearer_twins
from optimizer.building.transitions import housed
from optimizer.config import Scenario
from optimizer.config.offices import Close, Keep, Merge, Pin
from optimizer.instance import CLOSED, Bools, FixedDecision, Floats, Instance


@dataclass(frozen=True)
class _Stated:
    """A decision, and where it is stated: `whatif.yaml: offices.merge`."""

    decision: FixedDecision
    where: str


def allowed_states(
    scenario: Scenario,
    sites: pd.DataFrame,
    states: Sequence[str],
    possible: Bools,
    apart: Floats,
    early: Bools | None = None,
) -> tuple[tuple[FixedDecision, ...], Bools]:
    """The planners' decisions, and [J, M+1, T] the ``possible`` states they leave a plan to use.

    ``apart`` [J, J] are the minutes between sites; ``early`` [J, T] is where an office can not
    leave its premises yet. Raises InputError with all unknown or ambiguous offices and all
    decisions that can not stand, alone or together, but mergers that are no more than too far.
    """
    allowed = without_dearer_twins(scenario, sites, states, possible, early)
    if not scenario.requirements.fixed_decisions.on:
        return (), allowed
    stated, problems = _decisions(scenario, sites, states)
    problems += _strange_mergers(stated, sites)
    too_soon = _before_notice(scenario, stated, sites, early)
    problems += too_soon.values()
    tiers = np.array([0, *(mode.tier for mode in scenario.modes.values())])
    for one in stated:
        decision = one.decision
        allowed[decision.site] &= decision.allowed
        if decision.into >= 0:  # the receiving office is kept in the years in force
            in_force = ~decision.allowed.all(axis=0)
            today = states.index(sites["mode"].iloc[decision.into])
            lesser = tiers < max(1, tiers[today])
            allowed[decision.into] &= ~(lesser[:, None] & in_force)
        touched = {decision.site, decision.into} - {-1, *too_soon}
        problems += _no_mode_left(scenario, one.where, sorted(touched), sites, allowed)
    if problems:
        raise InputError([*_too_far(scenario, stated, sites, apart), *problems])
    return tuple(one.decision for one in stated), allowed


def too_far_to_merge(
    scenario: Scenario, sites: pd.DataFrame, states: Sequence[str], apart: Floats
) -> list[Problem]:
    """Demanded mergers of offices farther apart than staff may commute; ``apart`` is [J, J].

    They are told with what else is wrong: allowed_states does so where it finds anything.
    """
    if not scenario.requirements.fixed_decisions.on:
        return []
    return _too_far(scenario, _decisions(scenario, sites, states)[0], sites, apart)


def _no_mode_left(
    scenario: Scenario, where: str, touched: Sequence[int], sites: pd.DataFrame, allowed: Bools
) -> list[Problem]:
    """Sites that a decision touches and leaves without any state in some year."""
    return [
        Problem(
            f"{where}: {sites['office'].iloc[site]}",
            f"no mode is left for it in {scenario.years[int(empty[0])]}",
            "decisions on an office that can hold together and a mode it may have",
            "Take one of the decisions on it away, or name another mode.",
        )
        for site in touched
        for empty in [np.flatnonzero(~allowed[site].any(axis=0))]
        if empty.size
    ]


def _too_far(
    scenario: Scenario, stated: Sequence[_Stated], sites: pd.DataFrame, apart: Floats
) -> list[Problem]:
    most = scenario.demand.commuting_minutes
    problems = []
    for one in stated:
        decision = one.decision
        if decision.into >= 0 and apart[decision.site, decision.into] > most:
            problems.append(
                Problem(
                    _merger(one, sites),
                    f"{apart[decision.site, decision.into]:.0f} minutes between them",
                    f"offices at most {most:g} minutes apart (demand.commuting_minutes)",
                    "Name a nearer office, or close it under offices.close.",
                )
            )
    return problems


def _merger(one: _Stated, sites: pd.DataFrame) -> str:
    names = [sites["office"].iloc[site] for site in (one.decision.site, one.decision.into)]
    return f"{one.where}: {names[0]} into {names[1]}"


def left_too_soon(scenario: Scenario, instance: Instance, sites: pd.DataFrame) -> list[Problem]:
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
        first = [scenario.where(("offices", one.kind)) for one in closed[:1]]
        keys = [*first, *(f"offices.{one.kind}" for one in closed[1:])]
        names = [sites["office"].iloc[one.site] for one in closed]
        where = ", ".join(f"{key}: {name}" for key, name in zip(keys, names, strict=True))
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
    scenario: Scenario, stated: Sequence[_Stated], sites: pd.DataFrame, early: Bools | None
) -> dict[int, Problem]:
    """Demands on an office out of premises that can not be left yet: closed, or in another mode.

    By site, the last demand on each.
    """
    problems, at_home = {}, housed(scenario, sites)
    for one in stated:
        site, allowed = one.decision.site, one.decision.allowed
        ends = ~allowed[at_home[site]].any(axis=0)
        if early is None or not (ends & early[site]).any():
            continue
        first = scenario.years[int(np.flatnonzero(ends)[0])]
        can = np.flatnonzero(~early[site])
        accepted = f"{scenario.years[int(can[0])]} or later" if can.size else "no planning year"
        problems[site] = Problem(
            f"{one.where}: {sites['office'].iloc[site]}",
            f"{_wanted(one.decision)} from {first}, before its premises can be left",
            f"{accepted} (requirements.transition: notice_months, consultation_months)",
            "Let it begin later, or put what is decided already into offices.decided.",
        )
    return problems


def _wanted(decision: FixedDecision) -> str:
    return "in other premises" if decision.kind == "mode" else "closed"


def _strange_mergers(stated: Sequence[_Stated], sites: pd.DataFrame) -> list[Problem]:
    """Mergers of what is no office of today, and offices that merge twice under two names."""
    problems: list[Problem] = []
    merged: set[int] = set()
    for one in stated:
        decision = one.decision
        if decision.into < 0:
            continue
        office, where = sites["office"].iloc[decision.site], _merger(one, sites)
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
) -> tuple[list[_Stated], list[Problem]]:
    """The decisions on offices that can be found, and what is wrong with the names of others."""
    found: list[_Stated] = []
    problems: list[Problem] = []
    for kind in ("keep", "close", "mode", "merge"):
        for number, decision in enumerate(getattr(scenario.offices, kind)):
            into, key = -1, scenario.where(("offices", kind, number))
            try:
                word = "from" if kind == "merge" else "office"
                site = find_site(sites, decision.office, f"{key}.{word}")
                if kind == "merge":
                    into = find_site(sites, decision.into, f"{key}.into")
            except InputError as error:
                problems.extend(error.problems)
                continue
            mask = _mask(scenario, kind, decision, sites["mode"].iloc[site], states)
            fixed = FixedDecision(kind, site, mask, decision.reason, into)
            found.append(_Stated(fixed, _where(scenario, kind, number)))
    return _each_until_the_next(found), problems


def _each_until_the_next(stated: Sequence[_Stated]) -> list[_Stated]:
    """The same where a mode holds until a later mode, closure or merger of the same office."""
    starts: dict[int, list[int]] = {}
    for one in stated:
        if one.decision.kind in ("mode", "close", "merge"):
            starts.setdefault(one.decision.site, []).append(_start(one.decision))
    found = []
    for one in stated:
        decision = one.decision
        later = [t for t in starts.get(decision.site, ()) if t > _start(decision)]
        if decision.kind == "mode" and later:
            mask = decision.allowed.copy()
            mask[:, min(later) :] = True
            one = replace(one, decision=replace(decision, allowed=mask))
        found.append(one)
    return found


def _start(decision: FixedDecision) -> int:
    """The index of the first year in force."""
    return int(np.argmax(~decision.allowed.all(axis=0)))


def _where(scenario: Scenario, kind: str, number: int) -> str:
    """The file and key of a decision; the table of those taken already where it stands there."""
    decided = scenario.offices.decided
    if decided is not None and not scenario.gives(("offices", kind, number)):
        return Path(decided.partition("#")[0]).name
    return scenario.where(("offices", kind))


def _mask(
    scenario: Scenario,
    kind: str,
    decision: Keep | Close | Pin | Merge,
    mode_today: str,
    states: Sequence[str],
) -> Bools:
    """[M+1, T] the states that a decision leaves its site; all before its first year."""
    tier = np.array([0, *(mode.tier for mode in scenario.modes.values())])
    years = np.array(scenario.years)
    mask = np.ones((len(states), years.size), dtype=bool)
    force = years >= (getattr(decision, "from_year", None) or years[0])
    if kind == "keep":
        mask[:, force] = (tier >= max(1, tier[states.index(mode_today)]))[:, None]
    elif kind in ("close", "merge"):
        mask[1:, force] = False
    elif isinstance(decision, Pin):
        mask[:, force] = (np.array(states) == decision.mode)[:, None]
    return mask
