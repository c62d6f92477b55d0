"""The states each site may have before the planners' decisions, as masks over the modes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.building.transitions import bound_by_lease, housed
from optimizer.config import Scenario
from optimizer.instance import CLOSED, Bools, Floats, Ints

_WEEK = 8.0  #: more than the days of a week: no number of open days outweighs a tier


def states_of_today(sites: pd.DataFrame, states: Sequence[str]) -> Ints:
    """[J] the state of each site today, by its mode."""
    return np.array([states.index(mode) for mode in sites["mode"]], dtype=np.int64)


def open_days(scenario: Scenario, sites: pd.DataFrame, states: Sequence[str]) -> Floats:
    """[J, M+1] days a week by state: of the catalogue, or an office's own in today's mode."""
    days = np.tile(
        [0.0, *(float(mode.open_days) for mode in scenario.modes.values())], (len(sites), 1)
    )
    today = states_of_today(sites, states)
    offices = np.flatnonzero(today != CLOSED)
    days[offices, today[offices]] = sites["open_days"].to_numpy(dtype=np.float64)[offices]
    return days


def ranks(scenario: Scenario, sites: pd.DataFrame, states: Sequence[str]) -> Ints:
    """[J, M+1] order of service of each site's states: by tier, then open days; equal, equal rank.

    An office's own open days count in the mode that it has today. Closed is 0.
    """
    tier = np.array([0.0, *(mode.tier for mode in scenario.modes.values())])
    level = np.where(tier > 0, _WEEK * tier + open_days(scenario, sites, states), 0.0)
    order = [np.unique(np.append(own, 0.0)) for own in level]
    return np.array([np.searchsorted(*each) for each in zip(order, level, strict=True)])


def possible_states(
    scenario: Scenario, sites: pd.DataFrame, states: Sequence[str], early: Bools | None = None
) -> Bools:
    """[J, M+1, T] the states each site may have before the planners' decisions.

    Partners on record and transitions from today are in it, and ``early`` [J, T], where an office
    can not leave its premises of today yet.
    """
    at_home = housed(scenario, sites)
    possible = by_partner(scenario, sites, states)
    today = states_of_today(sites, states)
    candidate = sites["candidate"].to_numpy(dtype=bool)
    if scenario.requirements.transition.on and not scenario.requirements.transition.upgrades:
        rank = ranks(scenario, sites, states)
        lower = rank <= rank[np.arange(today.size), today][:, None]
        possible &= lower | candidate[:, None]
    if scenario.requirements.transition.on and not scenario.requirements.transition.conversions:
        possible[:, 1:] &= candidate[:, None]  # an office keeps today's mode, below, or closes
    possible[np.arange(today.size), today] = True
    by_year = np.repeat(possible[:, :, None], len(scenario.years), axis=2)
    if early is not None:
        by_year &= at_home[:, :, None] | ~early[:, None, :]
    return by_year


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


def without_dearer_twins(
    scenario: Scenario,
    sites: pd.DataFrame,
    states: Sequence[str],
    possible: Bools,
    early: Bools | None = None,
) -> Bools:
    """[J, M+1, T] the possible states without own premises where a site can share premises.

    They cost more and serve the same, so no plan needs them; unless a rule or a decision tells the
    two apart by name. The premises an office has today stay where it matters when they are left.
    """
    bound = bound_by_lease(sites, early)[:, None] & housed(scenario, sites)
    today = states_of_today(sites, states)
    left = possible.copy()
    for s, name in enumerate(states):
        for twin, other in enumerate(states):
            if twin == CLOSED or scenario.modes[other].variant_of != name:
                continue
            if _told_apart(scenario, name, other) or not _no_dearer(scenario, other, name):
                continue
            needless = (~bound[:, s] | bound[:, twin]) & (today != s)
            left[:, s] &= ~(needless[:, None] & possible[:, twin])
    return left


def _told_apart(scenario: Scenario, name: str, twin: str) -> bool:
    """Whether a rule or a decision names one of two modes and not the other.

    A limit on a mode counts its variants too, so that only a limit on the variant is of one alone.
    """
    rules = scenario.requirements
    named = [rule.modes for rule in rules.region_coverage if rule.modes is not None]
    return (
        any(pin.mode == name for pin in scenario.offices.mode)
        or any(limit.mode == twin for limit in rules.mode_limits)
        or any((name in modes) != (twin in modes) for modes in named)
    )


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
