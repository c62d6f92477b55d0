"""A plan made by people as states: a table of office_id, year and mode, or today's network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.cells import Ids
from geodata.problems import InputError, Problem
from geodata.schemas import PLAN
from geodata.tables import read_table
from optimizer.building.case import Case
from optimizer.instance import WITH, Ints

TODAY = "today"
_SHOWN = 10


def todays_plan(case: Case) -> Ints:
    """[J, T] today's network in every year."""
    return case.instance.unchanged()


def read_plan(path: Path, case: Case) -> Ints:
    """[J, T] the plan of a table; any run's plan.csv is one.

    A site that is not named stays as it is today, and a year that is not named is as the year
    before. Where services are followed, the column `services` says what a site offers; where it is
    empty or not there, the site keeps what its mode can go on with. Raises InputError for unknown
    sites, years, modes and services, and for modes that a site can not be in at all: there is no
    cost for them.
    """
    instance = case.instance
    ids = Ids.of(instance.sites, case.scenario.data.tables_of_sites)
    known = {"mode": list(dict.fromkeys(instance.modes)), "office_id": ids}
    table = read_table(path, PLAN, known=known)
    states = np.full((len(instance.sites), len(instance.years)), -1, dtype=np.int64)
    site = pd.Index(instance.sites).get_indexer(pd.Index(table["office_id"]))
    year = pd.Index(instance.years).get_indexer(pd.Index(table["year"]))
    state = _states(case, table)
    problems = [
        *_wrong_years(path, table, year, case),
        *_wrong_modes(path, site, year, state, case),
        *_wrong_services(path, table, state),
    ]
    if problems:
        raise InputError(problems)
    states[site, year] = state
    said = np.zeros(states.shape, dtype=bool)
    said[site, year] = (table["services"] != "").to_numpy()
    before = instance.today
    for t in range(states.shape[1]):
        kept = instance.keeping_services(before, states[:, t])
        states[:, t] = np.where(said[:, t], states[:, t], kept)
        before = states[:, t]
    return states


def _states(case: Case, table: pd.DataFrame) -> Ints:
    """The state of each row: its mode, with the services it names; -1 where there is no such."""
    instance = case.instance
    number = {state: k for k, state in enumerate(instance.states)}
    first = {mode: k for k, mode in reversed(list(enumerate(instance.modes)))}
    found = []
    for mode, text in zip(table["mode"], table["services"], strict=True):
        named = set(text.split(";"))
        bundle = [name for name in instance.services if name in named]
        if not text or not instance.services:
            found.append(first.get(mode, -1))
        else:
            found.append(number.get(WITH.join((mode, *bundle)), -1))
    return np.array(found, dtype=np.int64)


def _wrong_years(path: Path, table: pd.DataFrame, year: Ints, case: Case) -> Iterator[Problem]:
    wrong = sorted(set(table["year"][year < 0]))
    if wrong:
        found = ", ".join(str(one) for one in wrong[:_SHOWN])
        known = ", ".join(str(one) for one in case.instance.years)
        advice = "Take the rows away, or add the year to `years`."
        yield Problem(f"{path.name}, column year", found, f"planning years: {known}", advice)


def _wrong_modes(path: Path, site: Ints, year: Ints, state: Ints, case: Case) -> Iterator[Problem]:
    instance = case.instance
    before_decisions = instance.allowed if instance.possible is None else instance.possible
    possible = np.asarray(before_decisions.any(axis=2))
    possible[np.arange(instance.today.size), instance.today] = True
    possible[:, 0] = True
    possible = possible @ (instance.mode_id[:, None] == instance.mode_id)  # whatever is offered
    for j, t, s in zip(site.tolist(), year.tolist(), state.tolist(), strict=True):
        if j >= 0 and t >= 0 and s >= 0 and not possible[j, s]:
            names = dict.fromkeys(instance.modes[k] for k in np.flatnonzero(possible[j]))
            where = f"{path.name}, column mode, {instance.sites[j]} {instance.years[t]}"
            advice = "See requirements.partners and requirements.transition."
            yield Problem(where, repr(instance.modes[s]), f"one of {', '.join(names)}", advice)


def _wrong_services(path: Path, table: pd.DataFrame, state: Ints) -> Iterator[Problem]:
    """Services that no site can offer in the mode that the row gives."""
    for row in table[(state < 0) & (table["services"] != "").to_numpy()].to_dict("records"):
        where = f"{path.name}, column services, {row['office_id']} {row['year']}"
        accepted = f"services that a site may offer in mode {row['mode']}"
        advice = "See services.<name>.need and services.<name>.may_be_added."
        yield Problem(where, repr(row["services"]), accepted, advice)
