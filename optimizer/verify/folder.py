"""Reading a run folder: the tables that are audited and the inputs they are recomputed from.

Nothing is interpreted here. A missing file, a missing column or a cell that is no number is
refused, with all problems at once; what the numbers say is for the checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.problems import InputError, Problem
from optimizer.verify import shapes
from optimizer.verify.reading import read_document, read_frame, read_table

TABLES = (
    shapes.SITES,
    shapes.SITE_MODES,
    shapes.ZONES,
    shapes.DEMAND,
    shapes.REGION_MEMBERS,
    shapes.YEARS,
    shapes.PLAN,
    shapes.ASSIGNMENTS,
    shapes.ZONE_ACCESS,
    shapes.REGIONS,
    shapes.BUDGET,
    shapes.STAFF,
    shapes.REQUIREMENTS,
)
#: tables that a run may not have
OPTIONAL = (shapes.REMOTE, shapes.WEEKDAYS, shapes.EQUITY)
TRAVEL = "inputs/travel_minutes.parquet"
SITE_MINUTES = "inputs/site_minutes.parquet"
CONFIG = "inputs/config.json"
HASHES = "inputs/sha256.json"
SUMMARY = "summary.json"
MANIFEST = "manifest.json"
NEEDED = (*(shape.file for shape in TABLES), TRAVEL, CONFIG, HASHES, SUMMARY)


@dataclass(frozen=True)
class RunFolder:
    """Everything that is read from a run folder; zones and sites are sorted by id."""

    path: Path
    config: dict[str, Any]
    summary: dict[str, Any]
    hashes: dict[str, Any]
    manifest: dict[str, Any] | None
    sites: pd.DataFrame
    site_modes: pd.DataFrame
    zones: pd.DataFrame
    demand: pd.DataFrame
    region_members: pd.DataFrame
    years: dict[int, dict[str, float]]  #: by year: the other columns of years.csv
    minutes: NDArray[np.float64]  #: travel minutes, zones x sites
    site_minutes: dict[str, dict[str, float]]  #: from, to: minutes; empty if the run has none
    plan: pd.DataFrame
    assignments: pd.DataFrame
    zone_access: pd.DataFrame
    regions: pd.DataFrame
    budget: pd.DataFrame
    staff: pd.DataFrame
    remote: pd.DataFrame  #: empty where the run has no such file
    weekdays: pd.DataFrame  #: the same
    equity: pd.DataFrame  #: the same
    places: dict[str, tuple[float, float]]  #: longitude, latitude by office where they matter
    requirements: pd.DataFrame


def read(path: Path, *, finished: bool = True) -> RunFolder:
    """Read a run folder, or raise InputError with everything that is missing or unreadable.

    One that is not ``finished`` has no manifest yet.
    """
    needed = (*NEEDED, MANIFEST) if finished else NEEDED
    missing = [name for name in needed if not (path / name).is_file()]
    if len(missing) == len(needed):
        raise InputError(_no_run(path))
    if missing:
        raise InputError(tuple(_missing(path, name) for name in missing))
    problems: list[Problem] = []
    tables = {shape.file: read_table(path, shape, problems) for shape in TABLES}
    tables |= {shape.file: _if_there(path, shape, problems) for shape in OPTIONAL}
    documents = {
        name: read_document(path / name, name, problems)
        for name in (CONFIG, SUMMARY, HASHES, MANIFEST)
        if (path / name).is_file()
    }
    if problems:
        raise InputError(tuple(problems))
    sites = _by_id(tables[shapes.SITES.file], "office_id", shapes.SITES.file, problems)
    zones = _by_id(tables[shapes.ZONES.file], "zone_id", shapes.ZONES.file, problems)
    years = _by_id(tables[shapes.YEARS.file], "year", shapes.YEARS.file, problems)
    minutes = _travel(path, zones["zone_id"], sites["office_id"], problems)
    site_minutes = _site_minutes(path, sites["office_id"], problems)
    _check_keys(tables, documents[CONFIG], problems)
    places = _places(path, documents[CONFIG], problems)
    if problems:
        raise InputError(tuple(problems))
    return RunFolder(
        path=path,
        config=documents[CONFIG],
        summary=documents[SUMMARY],
        hashes=documents[HASHES],
        manifest=documents.get(MANIFEST),
        sites=sites,
        site_modes=tables[shapes.SITE_MODES.file],
        zones=zones,
        demand=tables[shapes.DEMAND.file],
        region_members=tables[shapes.REGION_MEMBERS.file],
        years={
            int(row["year"]): {str(name): float(row[name]) for name in row if name != "year"}
            for row in years.to_dict("records")
        },
        minutes=minutes,
        site_minutes=site_minutes,
        plan=tables[shapes.PLAN.file],
        assignments=tables[shapes.ASSIGNMENTS.file],
        zone_access=tables[shapes.ZONE_ACCESS.file],
        regions=tables[shapes.REGIONS.file],
        budget=tables[shapes.BUDGET.file],
        staff=tables[shapes.STAFF.file],
        remote=tables[shapes.REMOTE.file],
        weekdays=tables[shapes.WEEKDAYS.file],
        equity=tables[shapes.EQUITY.file],
        places=places,
        requirements=tables[shapes.REQUIREMENTS.file],
    )


def _if_there(path: Path, shape: shapes.Shape, problems: list[Problem]) -> pd.DataFrame:
    if (path / shape.file).is_file():
        return read_table(path, shape, problems)
    return pd.DataFrame(columns=[*shape.text, *shape.whole, *shape.numbers, *shape.flags])


def _places(
    path: Path, config: dict[str, Any], problems: list[Problem]
) -> dict[str, tuple[float, float]]:
    """Where the sites are, if a requirement asks how far apart they are in a straight line."""
    rule = (config.get("requirements") or {}).get("staggered_days")
    if not isinstance(rule, dict) or rule.get("on") is not True:
        return {}
    table = read_table(path, shapes.PLACES, problems)
    return {
        str(row["office_id"]): (float(row["longitude"]), float(row["latitude"]))
        for row in table.to_dict("records")
    }


def _no_run(path: Path) -> Problem:
    found = "a folder without any file of a run" if path.is_dir() else "a file"
    return Problem(
        where=str(path),
        found=found if path.exists() else "no such folder",
        accepted="a run folder",
        advice="Name the folder that `servicenet solve` wrote.",
    )


def _missing(path: Path, name: str) -> Problem:
    return Problem(
        where=f"{path.resolve().name}/{name}",
        found="no such file",
        accepted="a run folder with this file",
        advice="Name the folder that `servicenet solve` wrote, or run it again.",
    )


def _check_keys(
    tables: dict[str, pd.DataFrame], config: dict[str, Any], problems: list[Problem]
) -> None:
    """The inputs name each mode of a site once, and demand only of zones and needs there are."""
    modes = tables[shapes.SITE_MODES.file]
    twice = modes[modes.duplicated(["office_id", "mode"])]
    if len(twice):
        found = f"{twice['office_id'].iloc[0]} {twice['mode'].iloc[0]} more than once"
        problems.append(Problem(shapes.SITE_MODES.file, found, "each mode of a site once"))
    demand = tables[shapes.DEMAND.file]
    nowhere = demand[~demand["zone_id"].isin(tables[shapes.ZONES.file]["zone_id"])]
    if len(nowhere):
        where, found = f"{shapes.DEMAND.file}, column zone_id", str(nowhere["zone_id"].iloc[0])
        problems.append(Problem(where, found, f"a zone of {shapes.ZONES.file}"))
    other = set(demand["service"]) - {"", "general"}
    strange = other - set(config.get("services") or {})
    if strange:
        found = ", ".join(sorted(strange))
        problems.append(Problem(f"{shapes.DEMAND.file}, column service", found, "a service"))
    if demand.empty or (demand["need"] < 1).any():
        problems.append(Problem(f"{shapes.DEMAND.file}, column need", "none or below 1", "1, 2, 3"))


def _by_id(table: pd.DataFrame, column: str, file: str, problems: list[Problem]) -> pd.DataFrame:
    twice = table[column][table[column].duplicated()]
    if len(twice):
        problems.append(
            Problem(f"{file}, column {column}", ", ".join(map(str, twice.head(5))), "each id once")
        )
    return table.sort_values(column, ignore_index=True)


def _travel(
    path: Path, zone_ids: Iterable[str], office_ids: Iterable[str], problems: list[Problem]
) -> NDArray[np.float64]:
    """The travel minutes as an array, zones x sites, in the order of the ids given."""
    wide = read_frame(path, TRAVEL, problems)
    if wide is None:
        return np.empty((0, 0))
    columns = list(office_ids)
    absent = [column for column in ("zone_id", *columns) if column not in wide.columns]
    if absent:
        problems.append(Problem(TRAVEL, "no such column", f"a column {', '.join(absent[:5])}"))
        return np.empty((0, 0))
    rows = pd.Index(wide["zone_id"].astype("str"))
    ids = pd.Index(list(zone_ids))
    at = rows.get_indexer(ids) if rows.is_unique else np.full(len(ids), -1)
    if (at < 0).any():
        problems.append(Problem(TRAVEL, f"{len(rows)} rows", "exactly one row for every zone"))
        return np.empty((0, 0))
    minutes = np.empty((len(ids), len(columns)))
    for j, column in enumerate(columns):
        minutes[:, j] = wide[column].to_numpy(dtype=np.float64)[at]
    if not np.isfinite(minutes).all():
        problems.append(Problem(TRAVEL, "empty or infinite minutes", "minutes of every pair"))
    return minutes


def _site_minutes(
    path: Path, office_ids: Iterable[str], problems: list[Problem]
) -> dict[str, dict[str, float]]:
    """Minutes from site to site, if the run has them."""
    if not (path / SITE_MINUTES).is_file():
        return {}
    wide = read_frame(path, SITE_MINUTES, problems)
    ids = list(office_ids)
    if wide is None:
        return {}
    absent = [column for column in ("office_id", *ids) if column not in wide.columns]
    if absent or set(wide["office_id"]) != set(ids):
        problems.append(
            Problem(SITE_MINUTES, f"{len(wide)} rows", "a row and a column for every site")
        )
        return {}
    return {
        str(row["office_id"]): {to: float(row[to]) for to in ids} for row in wide.to_dict("records")
    }
