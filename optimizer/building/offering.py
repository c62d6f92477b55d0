"""States that say what a site offers: each mode with each set of services a site may have in it.

An office keeps the services it offers as long as its mode can offer them; others can be added
where the config lets them be (`may_be_added`, `offices.offer`). Each set of services that some
site may have in a mode makes a state of its own, so that every rule, cost and flow that depends on
services reads it from the state. Where nothing asks for services, states are modes alone.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from geodata.travel import TravelTable
from optimizer.building.access_rules import service_access_rules
from optimizer.building.coverage_and_limits import service_points
from optimizer.building.named_sites import find_site
from optimizer.building.services import Offers
from optimizer.config import Scenario
from optimizer.instance import CLOSED, WITH, Bools, FixedDecision, Instance, Ints


def followed(scenario: Scenario, sites: pd.DataFrame, offers: Offers) -> bool:
    """Whether something asks which services a site offers: a rule, a decision, a candidate."""
    candidate = sites["candidate"].to_numpy(dtype=bool)
    rules = scenario.requirements
    asked = rules.service_coverage or scenario.offices.offer or rules.service_flows.on
    return bool(asked) or bool(offers.today[candidate].any())


def with_services(
    instance: Instance,
    scenario: Scenario,
    sites: pd.DataFrame,
    places: pd.DataFrame,
    divisions: pd.DataFrame,
    *,
    offers: Offers,
    travel: TravelTable,
    flowing: tuple[int, ...] = (),
) -> Instance:
    """The instance with services in its states, and with the rules and decisions that ask for them.

    ``places`` are the zones with their people by group; ``flowing`` the services with visits of
    their own, by their place in the config. Raises InputError for decisions on unknown offices, or
    that leave an office no mode.
    """
    if not followed(scenario, sites, offers):
        return instance
    wanted = _wanted(scenario, sites)
    stated = _stated(instance, scenario, offers, _addable(instance, scenario, wanted))
    allowed = stated.allowed.copy()
    decisions = []
    for site, service, first, reason in wanted:
        mask = np.ones((len(stated.states), len(stated.years)), dtype=bool)
        mask[:, first:] = stated.offered[:, [service]]
        allowed[site] &= mask
        name = stated.services[service]
        decisions.append(FixedDecision("offer", site, mask, reason, service=name))
    where = scenario.where(("offices", "offer"))
    _refuse_impossible(where, stated, sites, allowed, [site for site, *_ in wanted])
    digital = [one.digital_share for one in scenario.services.values()]
    return replace(
        stated,
        flowing=flowing,
        flow_digital=np.array([digital[s] for s in flowing]),
        allowed=allowed,
        fixed=(*stated.fixed, *decisions),
        coverage=(
            *stated.coverage,
            *service_points(scenario, sites, divisions, stated.offered),
        ),
        access=(
            *stated.access,
            *service_access_rules(
                scenario, places, divisions, travel, stated.offered, stated.today
            ),
        ),
    )


def _wanted(scenario: Scenario, sites: pd.DataFrame) -> list[tuple[int, int, int, str]]:
    """Decisions to offer: site, service, first year's index, reason."""
    names = list(scenario.services)
    found: list[tuple[int, int, int, str]] = []
    problems: list[Problem] = []
    for number, decision in enumerate(scenario.offices.offer):
        key = scenario.where(("offices", "offer", number))
        try:
            site = find_site(sites, decision.office, f"{key}.office")
        except InputError as error:
            problems.extend(error.problems)
            continue
        first = scenario.years.index(decision.from_year or scenario.years[0])
        found.append((site, names.index(decision.service), first, decision.reason))
    if problems:
        raise InputError(tuple(problems))
    return found


def _addable(
    instance: Instance, scenario: Scenario, wanted: list[tuple[int, int, int, str]]
) -> Bools:
    """[J, S, T] where and when a service may be added."""
    services = list(scenario.services.items())
    addable = np.zeros((instance.today.size, len(services), len(instance.years)), dtype=bool)
    for s, (name, service) in enumerate(services):
        first = _first_asked(scenario, name)
        if service.may_be_added == "anywhere":
            addable[:, s, first:] = True
        elif service.may_be_added == "offices":
            addable[~instance.candidate, s, first:] = True
    for site, s, first, _ in wanted:
        addable[site, s, first:] = True
    return addable


def _first_asked(scenario: Scenario, name: str) -> int:
    """Index of the first year from which a rule or visits ask for a service: none adds it before.

    The number of years where nothing does.
    """
    rules, years = scenario.requirements, scenario.years
    if rules.service_flows.on:
        return 0
    asked = [rule.from_year or years[0] for rule in rules.service_coverage if rule.service == name]
    return int(np.searchsorted(years, min(asked, default=years[-1] + 1)))


def _stated(instance: Instance, scenario: Scenario, offers: Offers, addable: Bools) -> Instance:
    """The instance over modes turned into one over modes with services."""
    needs = np.array([service.need for service in scenario.services.values()], dtype=np.int64)
    can: Bools = np.asarray(instance.tier[:, None] >= needs)  # [M+1, S]
    base, offered = _states(instance, offers.today, np.asarray(addable.any(axis=2)), can)
    kept = offers.today[:, None, :] & can[base]  # [J, M'+1, S]
    lacking = np.asarray((kept & ~offered).any(axis=2))
    added = offered & ~kept
    beyond = np.asarray((added[:, :, :, None] & ~addable[:, None]).any(axis=2))  # [J, M'+1, T]
    holds = ~lacking[:, :, None] & ~beyond
    names = tuple(scenario.services)
    return replace(
        instance,
        states=tuple(
            _name(instance.states[b], names, o) for b, o in zip(base, offered, strict=True)
        ),
        waiting=instance.waiting[:, base],
        tier=instance.tier[base],
        rank=instance.rank[:, base],
        today=_today(instance, offers.today & can[instance.today], base, offered),
        allowed=instance.allowed[:, base] & holds,
        fixed_cost=instance.fixed_cost[:, base],
        fte_min=instance.fte_min[base],
        money=replace(instance.money, conversion=instance.money.conversion[base]),
        coverage=tuple(replace(rule, states=rule.states[base]) for rule in instance.coverage),
        limits=tuple(
            replace(
                rule,
                states=rule.states[base],
                cells=None if rule.cells is None else rule.cells[:, base],
            )
            for rule in instance.limits
        ),
        fixed=tuple(replace(one, allowed=one.allowed[base]) for one in instance.fixed),
        access=tuple(replace(rule, states=rule.states[base]) for rule in instance.access),
        possible=None if instance.possible is None else instance.possible[:, base] & holds,
        premises=None if instance.premises is None else instance.premises[base],
        lease_tail=None if instance.lease_tail is None else instance.lease_tail[:, base],
        remote=None
        if instance.remote is None
        else replace(instance.remote, states=instance.remote.states[base]),
        services=names,
        offers=offered,
        equipment=np.array([one.equipment_mnkr for one in scenario.services.values()]),
    )


def _states(instance: Instance, today: Bools, addable: Bools, can: Bools) -> tuple[Ints, Bools]:
    """The mode and the services of each state: closed, then mode by mode, few services first."""
    possible = np.asarray(instance.allowed.any(axis=2))
    possible[np.arange(instance.today.size), instance.today] = True
    base, offered = [CLOSED], [(False,) * can.shape[1]]
    for mode in range(1, len(instance.states)):
        found: set[tuple[bool, ...]] = set()
        for j in np.flatnonzero(possible[:, mode]):
            kept, more = today[j] & can[mode], addable[j] & can[mode]
            choices = [
                (True,) if k else ((False, True) if m else (False,))
                for k, m in zip(kept, more, strict=True)
            ]
            found |= set(product(*choices))
        for one in sorted(found, key=lambda bundle: (sum(bundle), [not has for has in bundle])):
            base.append(mode)
            offered.append(one)
    return np.array(base, dtype=np.int64), np.array(offered, dtype=bool)


def _today(instance: Instance, today: Bools, base: Ints, offered: Bools) -> Ints:
    """[J] today's state of each site."""
    is_open = (instance.today != CLOSED)[:, None]
    bundle = today & is_open
    same = (base == instance.today[:, None]) & (offered == bundle[:, None]).all(axis=2)
    return np.asarray(same.argmax(axis=1), dtype=np.int64)


def _name(mode: str, services: tuple[str, ...], offered: Bools) -> str:
    return WITH.join((mode, *(name for name, has in zip(services, offered, strict=True) if has)))


def _refuse_impossible(
    where: str, instance: Instance, sites: pd.DataFrame, allowed: Bools, decided: list[int]
) -> None:
    """Decisions to offer that other decisions or the modes of the office rule out."""
    problems = [
        Problem(
            f"{where}: {sites['office'].iloc[site]}",
            f"no mode that could offer it is left for it in {instance.years[t]}",
            "an office that may be open then in a mode that serves the need of the service",
            "Take one of the decisions on it away, or let it begin later.",
        )
        for site in dict.fromkeys(decided)
        for t in np.flatnonzero(~allowed[site].any(axis=0))[:1]
    ]
    if problems:
        raise InputError(tuple(problems))
