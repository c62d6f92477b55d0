"""A plan made by people as states: a table of office_id, year and mode, or today's network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from geodata.schemas import PLAN
from geodata.tables import read_table
from optimizer.case import Case
from optimizer.instance import Ints

TODAY = "today"
_SHOWN = 10


def todays_plan(case: Case) -> Ints:
    """[J, T] today's network in every year."""
    return np.repeat(case.instance.today[:, None], len(case.instance.years), axis=1)


def read_plan(path: Path, case: Case) -> Ints:
    """[J, T] the plan of a table; any run's plan.csv is one.

    A site that is not named stays as it is today, and a year that is not named is as the year
    before. Raises InputError for unknown sites, years and modes, and for modes that a site can not
    be in at all: there is no cost for them.
    """
    instance = case.instance
    modes = {"mode": list(instance.states), "office_id": list(instance.sites)}
    table = read_table(path, PLAN, known=modes)
    states = np.full((len(instance.sites), len(instance.years)), -1, dtype=np.int64)
    site = pd.Index(instance.sites).get_indexer(pd.Index(table["office_id"]))
    year = pd.Index(instance.years).get_indexer(pd.Index(table["year"]))
    state = pd.Index(instance.states).get_indexer(pd.Index(table["mode"]))
    problems = [
        *_wrong_years(path, table, year, case),
        *_wrong_modes(path, site, year, state, case),
    ]
    if problems:
        raise InputError(problems)
    states[site, year] = state
    before = instance.today
    for t in range(states.shape[1]):
        states[:, t] = np.where(states[:, t] < 0, before, states[:, t])
        before = states[:, t]
    return states


def _wrong_years(path: Path, table: pd.DataFrame, year: Ints, case: Case) -> Iterator[Problem]:
    wrong = sorted(set(table["year"][year < 0]))
    if wrong:
        found = ", ".join(str(one) for one in wrong[:_SHOWN])
        known = ", ".join(str(one) for one in case.instance.years)
        advice = "Take the rows away, or add the year to `years`."
        yield Problem(f"{path.name}, column year", found, f"planning years: {known}", advice)


def _wrong_modes(path: Path, site: Ints, year: Ints, state: Ints, case: Case) -> Iterator[Problem]:
    instance = case.instance
    possible = np.asarray(instance.allowed.any(axis=2))
    possible[np.arange(instance.today.size), instance.today] = True
    possible[:, 0] = True
    for j, t, s in zip(site.tolist(), year.tolist(), state.tolist(), strict=True):
        if j >= 0 and t >= 0 and s >= 0 and not possible[j, s]:
            names = [instance.states[k] for k in np.flatnonzero(possible[j])]
            where = f"{path.name}, column mode, {instance.sites[j]} {instance.years[t]}"
            advice = "See requirements.partners and requirements.transition."
            yield Problem(where, repr(instance.states[s]), f"one of {', '.join(names)}", advice)
