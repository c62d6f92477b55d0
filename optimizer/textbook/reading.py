"""From the config of a textbook problem and its three tables to arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem
from geodata.schemas import TEXTBOOK_OFFICES, TEXTBOOK_ZONES
from geodata.tables import read_table
from geodata.travel import matrix
from optimizer.config import TextbookScenario
from optimizer.textbook.problem import TextbookProblem

_SHOWN = 5
FIXED, ROOM, WEIGHT = "local_cost_mnkr", "room_visits_per_year", "visits_per_year"
#: The columns of the sites that a problem uses beside the id.
USED = {"ufl": (FIXED,), "cflp": (FIXED, ROOM)}


def read_problem(scenario: TextbookScenario) -> TextbookProblem:
    """The problem of a config; sites and zones sorted by id. Raises InputError."""
    kind, data = scenario.problem, scenario.data
    problems: list[Problem] = []
    tables = {}
    for name, source, schema in (
        ("offices", data.offices, TEXTBOOK_OFFICES),
        ("zones", data.zones, TEXTBOOK_ZONES),
    ):
        try:
            tables[name] = read_table(source, schema)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    sites = tables["offices"].sort_values("office_id", kind="stable")
    zones = tables["zones"].sort_values("zone_id", kind="stable")
    used = USED.get(kind, ())
    for column in used:
        problems += _missing(data.offices, sites, column, "office_id", kind)
    problems += _missing(data.zones, zones, WEIGHT, "zone_id", kind)
    if problems:
        raise InputError(problems)
    zone_ids, site_ids = tuple(zones["zone_id"]), tuple(sites["office_id"])
    travel = matrix.load(data.travel.path, zone_ids, site_ids, decimals=None)
    n_sites = len(site_ids)
    open_sites = scenario.requirements.open_sites
    return TextbookProblem(
        kind,
        zone_ids,
        site_ids,
        zones[WEIGHT].to_numpy(dtype=np.float64),
        travel.minutes,
        sites[FIXED].to_numpy(dtype=np.float64) if FIXED in used else np.zeros(n_sites),
        sites[ROOM].to_numpy(dtype=np.float64) if ROOM in used else np.full(n_sites, np.inf),
        None if open_sites is None else open_sites.exactly,
        None if open_sites is None else open_sites.at_most,
        scenario.objective.minutes,
    )


def _missing(
    source: str, table: pd.DataFrame, column: str, key: str, kind: str
) -> Iterator[Problem]:
    absent = table[column].isna().to_numpy()
    if absent.any():
        ids = ", ".join(str(one) for one in table[key][absent].head(_SHOWN))
        more = f" and {absent.sum() - _SHOWN} more" if absent.sum() > _SHOWN else ""
        where = f"{source}, column {column}, {key} {ids}{more}"
        yield Problem(where, "nothing", f"a number of at least 0, which {kind} uses")
