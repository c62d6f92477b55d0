"""From a run's folder to its case: what was read for it, without the tables it was read from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.baseline import holdout
from geodata.baseline.demand import choose, waiting_of, with_services
from geodata.problems import InputError, Problem
from geodata.travel import Origin, TravelTable
from optimizer.building.assembly import Parts, assemble
from optimizer.building.case import BaseYear, Case
from optimizer.building.services import Offers
from optimizer.config import Scenario, load
from optimizer.instance import CLOSED, Bools, Floats, Ints
from optimizer.instance.options import option_minutes
from optimizer.outputs.inputs import (
    BASE_YEAR,
    COSTS,
    MODE_COSTS,
    NUMBERS,
    TRAVEL,
    network_summary,
    read_document,
)
from optimizer.outputs.tables import NAMES, unquoted
from optimizer.outputs.unchanged import refuse_changed

CONFIG = "inputs/config.json"
SUMMARY = "summary.json"
PLAN = "plan.csv"
#: Inputs that every run has.
INPUTS = (
    "sites.csv",
    "regions.csv",
    "zones.parquet",
    "groups.parquet",
    "demand.parquet",
    *(
        "travel_minutes.parquet",
        "site_minutes.parquet",
        "offers.csv",
        TRAVEL,
        BASE_YEAR,
        MODE_COSTS,
    ),
)
#: Columns of csv inputs that are no text: numbers, and true or false.
NUMBER_COLUMNS = frozenset(
    {
        "longitude",
        "latitude",
        "open_days_today",
        "improvements_mnkr",
        "notice_months",
        "visits_today",
        "fte_today",
        "premises_today_mnkr",
        "local_today_mnkr",
        "room_visits_per_year",
        "base_minutes",
        "base_km",
        "own",
        "estimated",
        "extension_mnkr_per_1000_visits",
        "extension_rent_mnkr_per_1000_visits",
    }
)
FLAGS = frozenset({"candidate"})


def case_of_run(run: Path) -> Case:
    """The case of a run, from its folder alone.

    Raises InputError for a folder that lacks what is needed, and for files that are not those that
    the run wrote.
    """
    missing = [name for name in (SUMMARY, PLAN, CONFIG) if not (run / name).is_file()]
    if missing:
        found = f"no {' and '.join(missing)}"
        raise InputError(Problem(str(run), found, "a run folder", "Name one that solve wrote."))
    summary = network_summary(run, str(run))
    refuse_changed(run, (SUMMARY, PLAN))
    scenario, inputs = _scenario(run), run / "inputs"
    older = [name for name in INPUTS if not (inputs / name).is_file()]
    if older:
        found = f"no {', '.join(older)}"
        accepted = "the inputs of a run of this version of servicenet"
        advice = "Solve its question again, and name that run."
        raise InputError(Problem(str(inputs), found, accepted, advice))
    return assemble(_parts(scenario, inputs, summary))


def _scenario(run: Path) -> Scenario:
    """The config of a run; in older ones the peak that was planned for was that on record too."""
    demand = read_document(run / CONFIG).get("demand") or {}
    older = "peak_factor" in demand and "peak_on_record" not in demand
    on_record = {"demand": {"peak_on_record": demand["peak_factor"]}} if older else None
    return load(run / CONFIG, on_record)


def _parts(scenario: Scenario, inputs: Path, summary: dict[str, Any]) -> Parts:
    """What the run was made of."""
    sites, zones = _csv(inputs / "sites.csv"), pd.read_parquet(inputs / "zones.parquet")
    minutes = _matrix(inputs / "travel_minutes.parquet")
    km = inputs / "travel_km.parquet"
    to_zones = TravelTable(
        tuple(zones["zone_id"]),
        tuple(sites["office_id"]),
        minutes,
        _matrix(km) if km.is_file() else np.broadcast_to(np.nan, minutes.shape),
    )
    names = tuple(scenario.services)
    offers = _offers(names, sites, _csv(inputs / "offers.csv"))
    estimates = _if_there(inputs / "estimates.csv")
    demand, flowing = _demand(inputs / "demand.parquet", len(zones), names)
    cost_today = _cost_today(scenario, sites, minutes, offers.today[:, list(flowing)])
    return Parts(
        scenario=scenario,
        sites=sites,
        zones=zones,
        groups=pd.read_parquet(inputs / "groups.parquet"),
        divisions=_csv(inputs / "regions.csv"),
        to_zones=to_zones,
        site_minutes=_matrix(inputs / "site_minutes.parquet"),
        travel={name: Origin(**told) for name, told in read_document(inputs / TRAVEL).items()},
        base_year=_base_year(inputs, demand, cost_today, len(scenario.modes)),
        offers=offers,
        flowing=flowing,
        decided=_if_there(inputs / "decided.csv"),
        estimates=pd.DataFrame(columns=holdout.COLUMNS) if estimates is None else estimates,
        warnings=tuple(summary.get("warnings", ())),
    )


def _offers(names: tuple[str, ...], sites: pd.DataFrame, table: pd.DataFrame) -> Offers:
    today = np.zeros((len(sites), len(names)), dtype=bool)
    site = pd.Index(sites["office_id"]).get_indexer(pd.Index(table["office_id"]))
    today[site, pd.Index(names).get_indexer(pd.Index(table["service"]))] = True
    return Offers(names, today, table)


def _demand(path: Path, n_zones: int, names: tuple[str, ...]) -> tuple[Floats, tuple[int, ...]]:
    """[I, C] visits of the base year, and the services with visits of their own."""
    table = pd.read_parquet(path, filters=[("year", "==", _first_year(path))])
    visits = table["visits"].to_numpy(dtype=np.float64).reshape(-1, n_zones).T
    services = table["service"].iloc[::n_zones]
    flowing = tuple(names.index(service) for service in services if service in names)
    return np.ascontiguousarray(visits), flowing


def _first_year(path: Path) -> int:
    return int(pd.read_parquet(path, columns=["year"])["year"].iloc[0])


def _cost_today(
    scenario: Scenario, sites: pd.DataFrame, minutes: Floats, offering: Bools
) -> Floats:
    """[I, C] travel plus waiting to the office of today that each visit goes to."""
    demand, modes = scenario.demand, scenario.modes
    tier: Ints = np.array([modes[m].tier if m in modes else CLOSED for m in sites["mode_today"]])
    days = sites["open_days_today"].to_numpy(dtype=np.float64)
    waiting = waiting_of(days, demand.waiting_minutes)
    choice = choose(minutes, waiting, tier, len(demand.need_shares))
    if offering.shape[1]:
        is_open = tier != CLOSED
        choice = with_services(choice, minutes, waiting, offering & is_open[:, None])
    return option_minutes(choice.minutes, choice.waiting)


def _base_year(inputs: Path, demand: Floats, cost_today: Floats, n_modes: int) -> BaseYear:
    costs, numbers = pd.read_parquet(inputs / MODE_COSTS), read_document(inputs / BASE_YEAR)
    found: dict[str, Any] = {
        key: costs[name].to_numpy(dtype=np.float64).reshape(-1, n_modes)
        for name, key in COSTS.items()
    }
    found |= {key: float(numbers[name]) for name, key in NUMBERS.items()}
    return BaseYear(demand=demand, cost_today=cost_today, **found)


def _matrix(path: Path) -> Floats:
    """A table with ids in its first column and a column for each site."""
    table = pd.read_parquet(path)
    return np.ascontiguousarray(table.iloc[:, 1:].to_numpy(dtype=np.float64))


def _if_there(path: Path) -> pd.DataFrame | None:
    return _csv(path) if path.is_file() else None


def _csv(path: Path) -> pd.DataFrame:
    """A table as it was written, every digit of its numbers kept."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in table.columns:
        if name in FLAGS:
            table[name] = table[name] == "true"
        elif name in NUMBER_COLUMNS:
            table[name] = [float(text) if text else np.nan for text in table[name]]
        elif name in NAMES:
            table[name] = table[name].map(unquoted)
    return table
