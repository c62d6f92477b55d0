"""A plan made by people as states: a table of office_id, year and mode, or today's network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.cells import Known
from geodata.files import Raw, read_raw
from geodata.letters import composed
from geodata.problems import InputError, Problem, in_order
from geodata.schemas import PLAN
from geodata.tables import keyed, read_table
from optimizer.building.case import Case
from optimizer.building.named_sites import find_site
from optimizer.engine.evaluate import evaluate
from optimizer.instance import CLOSED, WITH, Bools, Instance, Ints
from optimizer.outputs.inputs import network_summary
from optimizer.outputs.unchanged import refuse_changed

TODAY = "today"


def todays_plan(case: Case) -> Ints:
    """[J, T] today's network in every year."""
    return case.instance.unchanged()


def plan_of_run(run: Path, case: Case) -> Ints:
    """[J, T] the plan of a run as far as another question has its sites, years and modes.

    The rest is as today; what is not allowed in the question is left in. Raises InputError for what
    is no run, and for a run that has none of the sites and years.
    """
    where, instance = f"--from {run}", case.instance
    network_summary(run, where)
    refuse_changed(run, ("plan.csv",), where)
    table = pd.read_csv(run / "plan.csv", dtype=str, keep_default_na=False)
    site, year = _places(table.astype({"year": "int64"}), case)
    state = _states(case, table)
    there = (site >= 0) & (year >= 0) & (state >= 0)
    if not there.any():
        found, accepted = "a run of other sites or years", "a run of a question much like this one"
        raise InputError(Problem(where, found, accepted, "Leave --from out: it begins anew."))
    states = instance.unchanged()
    states[site[there], year[there]] = state[there]
    return states


def read_plan(path: Path, case: Case) -> Ints:
    """[J, T] the plan of a table; any run's plan.csv is one.

    A site is named by its id, or by its name where no other has the same. A site that is not named
    stays as it is today, and a year that is not named is as the year before. Where services are
    followed, the column `services` says what a site offers; where it is empty or not there, the
    site keeps what its mode can go on with. Raises InputError, with all that is wrong, for unknown
    sites, years, modes and services, and for modes that a site can not be in at all: there is no
    cost for them.
    """
    instance = case.instance
    raw, unknown, problems = _by_id(keyed(read_raw(path), PLAN), case)
    known: Known = {
        "mode": list(dict.fromkeys(instance.modes)),
        "year": list(instance.years),
        "office_id": [*instance.sites, *unknown],
    }
    try:
        table = read_table(raw, PLAN, known=known)
    except InputError as error:
        problems += [*error.problems, *_of_sound_rows(raw, error, known, case)]
        raise InputError(in_order(problems)) from None
    impossible = _impossible(raw, table, case)
    if impossible and not problems:
        problems += _broken_besides(path, table, case)
    problems += impossible
    if problems:
        raise InputError(in_order(problems))
    return _filled(table, case)


def _filled(table: pd.DataFrame, case: Case) -> Ints:
    """[J, T] the states of a sound table; what it does not name is as before."""
    instance = case.instance
    states = np.full((len(instance.sites), len(instance.years)), -1, dtype=np.int64)
    site, year = _places(table, case)
    state = _states(case, table)
    states[site, year] = state
    said = np.zeros(states.shape, dtype=bool)
    said[site, year] = (table["services"] != "").to_numpy()
    before = instance.today
    for t in range(states.shape[1]):
        kept = instance.keeping_services(before, states[:, t])
        states[:, t] = np.where(said[:, t], states[:, t], kept)
        before = states[:, t]
    return states


def _broken_besides(path: Path, table: pd.DataFrame, case: Case) -> Iterator[Problem]:
    """The requirements that a plan breaks beside `partners`, as far as all its states are known."""
    if (_states(case, table) < 0).any():
        return
    instance, states = case.instance, _filled(table, case)
    allowed = instance.allowed.copy()
    strange = ~_possible(instance)[np.arange(len(states))[:, None], states]
    for j, t in np.argwhere(strange).tolist():
        state = states[j, t]
        allowed[j, state, t] = all(one.allowed[state, t] for one in instance.fixed if one.site == j)
    broken = evaluate(replace(instance, allowed=allowed), states).broken
    if broken:
        accepted = "must keep the other requirements too"
        yield Problem(path.name, f"broken: {'; '.join(dict.fromkeys(broken))}", accepted)


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


def _by_id(raw: Raw, case: Case) -> tuple[Raw, list[str], list[Problem]]:
    """The table with ids for the names of offices; words that name none, and a problem for each."""
    if "office_id" not in raw.table:
        return raw, [], []
    ids = {site: site for site in case.instance.sites}
    unknown: list[str] = []
    problems: list[Problem] = []
    for cell, row in zip(raw.table["office_id"], raw.rows, strict=True):
        word = composed(cell).strip() if isinstance(cell, str) else ""
        if not word or word in ids:
            continue
        try:
            at = find_site(case.sites, word, f"{raw.name} row {row}, column office_id")
            ids[word] = str(case.sites["office_id"].iloc[at])
        except InputError as error:
            ids[word] = word
            unknown.append(word)
            place = raw.place([row], "office_id")
            problems += [replace(problem, place=place) for problem in error.problems]
    named = raw.table["office_id"].map(
        lambda cell: ids.get(composed(cell).strip(), cell) if isinstance(cell, str) else cell
    )
    return replace(raw, table=raw.table.assign(office_id=named)), unknown, problems


def _of_sound_rows(raw: Raw, error: InputError, known: Known, case: Case) -> list[Problem]:
    """What is wrong with the rows of which nothing is told yet."""
    places = [problem.place for problem in error.problems if problem.place is not None]
    sound = ~np.isin(raw.rows, [row for place in places for row in place.rows])
    rest = replace(raw, table=raw.table[sound].reset_index(drop=True), rows=raw.rows[sound])
    try:
        table = read_table(rest, PLAN, known=known, may_be_empty=True)
    except InputError:  # a fault of the whole table, which is told
        return []
    return _impossible(rest, table, case)


def _impossible(raw: Raw, table: pd.DataFrame, case: Case) -> list[Problem]:
    """Modes and services that the sites can not have."""
    state = _states(case, table)
    modes = _wrong_modes(raw, *_places(table, case), state, case)
    return [*modes, *_wrong_services(raw, table, state)]


def _places(table: pd.DataFrame, case: Case) -> tuple[Ints, Ints]:
    """Site and year of each row by number; -1 where there is no such."""
    site = pd.Index(case.instance.sites).get_indexer(pd.Index(table["office_id"]))
    return site, pd.Index(case.instance.years).get_indexer(pd.Index(table["year"]))


def _possible(instance: Instance) -> Bools:
    """[J, M+1] the states whose modes the sites can have, whatever is offered."""
    possible = instance.may_have.copy()
    possible[:, CLOSED] = True
    return np.asarray(possible @ (instance.mode_id[:, None] == instance.mode_id))


def _wrong_modes(raw: Raw, site: Ints, year: Ints, state: Ints, case: Case) -> Iterator[Problem]:
    instance = case.instance
    possible = _possible(instance)
    for row, j, t, s in zip(raw.rows, site.tolist(), year.tolist(), state.tolist(), strict=True):
        if j >= 0 and t >= 0 and s >= 0 and not possible[j, s]:
            names = dict.fromkeys(instance.modes[k] for k in np.flatnonzero(possible[j]))
            about = f"{instance.sites[j]} {instance.years[t]}"
            where, place = f"{raw.name} row {row}, column mode, {about}", raw.place([row], "mode")
            accepted = f"one of {', '.join(names)}"
            advice = "See requirements.partners and requirements.transition."
            yield Problem(where, repr(instance.modes[s]), accepted, advice, place)


def _wrong_services(raw: Raw, table: pd.DataFrame, state: Ints) -> Iterator[Problem]:
    """Services that no site can offer in the mode that the row gives."""
    wrong = (state < 0) & (table["services"] != "").to_numpy()
    for number, row in zip(raw.rows[wrong], table[wrong].to_dict("records"), strict=True):
        about = f"{row['office_id']} {row['year']}"
        where = f"{raw.name} row {number}, column services, {about}"
        accepted = f"services that a site may offer in mode {row['mode']}"
        advice = "See services.<name>.need and services.<name>.may_be_added."
        place = raw.place([number], "services")
        yield Problem(where, repr(row["services"]), accepted, advice, place)
