"""The config's rules on regions, services, modes and the number of sites, over sets of sites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.building.by_region import places_by_region
from optimizer.config import Scenario
from optimizer.instance import CLOSED, Bools, CoverageRule, LimitRule, OpenSites


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
        for code, inside in places_by_region(sites, divisions, rule.division):
            rules.append(
                CoverageRule(
                    rule.division,
                    code,
                    inside,
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
        states = offered[:, names.index(rule.service)]
        for code, inside in places_by_region(sites, divisions, rule.division):
            rules.append(
                CoverageRule(
                    rule.division,
                    code,
                    inside,
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
    groups = {"offices": ~candidate, "candidates": candidate, "both": np.ones_like(candidate)}
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
        for code, inside in places_by_region(sites, divisions, rule.each):
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
