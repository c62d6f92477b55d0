"""Runs side by side, from their folders alone: what was asked, what differs, and by how much."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.problems import InputError, Problem

QUOTE = r"^'(?=[=+@-])"  #: what makes a name text to a spreadsheet
FILES = ("summary.json", "plan.csv", "budget.csv", "regions.csv", "zones.parquet")
INPUTS = ("config.json", "sha256.json", "zones.parquet")
BANDS = (30, 60)
ALL = "all"


@dataclass(frozen=True)
class Run:
    """What is read of one run folder."""

    name: str
    summary: dict[str, Any]
    config: dict[str, Any]
    hashes: dict[str, Any]
    plan: pd.DataFrame
    budget: pd.DataFrame
    regions: pd.DataFrame
    access: pd.DataFrame  #: zones.parquet with area_type


@dataclass(frozen=True)
class Comparison:
    """Tables with one column for each run, named by the runs."""

    names: tuple[str, ...]
    differences: tuple[str, ...]  #: of the questions: config keys and inputs that are not the same
    offices: pd.DataFrame  #: sites whose mode differs in some year
    figures: pd.DataFrame  #: key figures by year
    budget: pd.DataFrame  #: items by year
    regions: pd.DataFrame  #: mean minutes by division, region and year, highest need
    area_types: pd.DataFrame  #: access by area type and year, highest need


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare two or more runs. Raises InputError for folders that are no planner's run."""
    if len(folders) < 2:
        raise InputError(Problem("compare", f"{len(folders)} run", "two run folders or more"))
    runs = _named([_read(folder) for folder in folders], folders)
    return Comparison(
        tuple(run.name for run in runs),
        tuple(_differences(runs)),
        _offices(runs),
        _figures(runs),
        _side_by_side({run.name: run.budget for run in runs}, ["year", "item"], "amount_mnkr"),
        _regions(runs),
        _area_types(runs),
    )


def _read(folder: Path) -> Run:
    absent = [name for name in FILES if not (folder / name).is_file()]
    absent += [f"inputs/{name}" for name in INPUTS if not (folder / "inputs" / name).is_file()]
    if absent:
        accepted = "a run folder of the planner's problem with csv and parquet tables"
        raise InputError(Problem(str(folder), f"no {', '.join(absent)}", accepted))
    words = {"office_id": str, "municipality_code": str, "region_code": str, "year": str}
    try:
        zones = pd.read_parquet(folder / "inputs" / "zones.parquet")
        access = pd.read_parquet(folder / "zones.parquet")
        access["area_type"] = access["zone_id"].map(zones.set_index("zone_id")["area_type"])
        summary, config, hashes = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("summary.json", "inputs/config.json", "inputs/sha256.json")
        )
        plan, budget, regions = (
            pd.read_csv(folder / name, dtype=words)
            for name in ("plan.csv", "budget.csv", "regions.csv")
        )
        for table, column in ((plan, "office"), (regions, "region")):
            table[column] = table[column].str.replace(QUOTE, "", regex=True)
    except (ValueError, KeyError, OSError) as error:
        found = f"a file that cannot be read ({error})"
        raise InputError(Problem(str(folder), found, "a sound run folder")) from error
    name = str(summary.get("name", folder.name))
    return Run(name, summary, config, hashes, plan, budget, regions, access)


def _named(runs: list[Run], folders: Sequence[Path]) -> list[Run]:
    """The runs under names of their own: where two share one, the folder's name is added."""
    named, seen = [], set()
    for run, folder in zip(runs, folders, strict=True):
        shared = sum(other.name == run.name for other in runs) > 1
        name = f"{run.name} ({folder.name})" if shared else run.name
        while name in seen:
            name += "'"
        seen.add(name)
        named.append(replace(run, name=name))
    return named


def _differences(runs: list[Run]) -> Iterator[str]:
    """Config keys whose values differ, and inputs that are other tables."""
    flat = [dict(_flat(run.config)) for run in runs]
    for key in sorted(set().union(*flat)):
        if key.split(".")[0] in ("name", "title", "question", "output"):
            continue
        values = [one.get(key) for one in flat]
        if any(value != values[0] for value in values):
            told = "; ".join(
                f"{run.name}: {_word(value)}" for run, value in zip(runs, values, strict=True)
            )
            yield f"{key} ({told})"
    for name in sorted(set().union(*(run.hashes for run in runs)) - {"config.json"}):
        hashes = [run.hashes.get(name) for run in runs]
        if any(value != hashes[0] for value in hashes):
            yield f"inputs/{name} is not the same table"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _word(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _side_by_side(tables: Mapping[str, pd.DataFrame], keys: list[str], column: str) -> pd.DataFrame:
    """One column of several tables side by side, rows in the order of the first."""
    parts = [table.set_index(keys)[column].rename(name) for name, table in tables.items()]
    order = parts[0].index
    for part in parts[1:]:
        order = order.append(part.index.difference(order, sort=False))
    wide = pd.concat([part.reindex(order) for part in parts], axis=1)
    return wide.reset_index()


def _offices(runs: list[Run]) -> pd.DataFrame:
    """A row for each site and year in which the runs give it different modes."""
    wide = _side_by_side({run.name: run.plan for run in runs}, ["office_id", "year"], "mode")
    names = [run.name for run in runs]
    modes = wide[names].fillna("")
    wide = wide[modes.ne(modes.iloc[:, 0], axis=0).any(axis=1)]
    office = pd.concat([run.plan for run in runs]).drop_duplicates("office_id")
    wide.insert(1, "office", wide["office_id"].map(office.set_index("office_id")["office"]))
    return wide.reset_index(drop=True)


def _figures(runs: list[Run]) -> pd.DataFrame:
    parts = {}
    for run in runs:
        rows = [
            {"year": str(year["year"]), "figure": key, "value": value}
            for year in run.summary.get("years", ())
            for key, value in year.items()
            if key != "year"
        ]
        rows += [
            {"year": "", "figure": key, "value": run.summary.get(key)}
            for key in ("objective", "bound", "gap", "visit_minutes")
        ]
        parts[run.name] = pd.DataFrame(rows)
    return _side_by_side(parts, ["year", "figure"], "value")


def _regions(runs: list[Run]) -> pd.DataFrame:
    highest = {
        run.name: run.regions[run.regions["need"] == run.regions["need"].max()] for run in runs
    }
    keys = ["division", "region_code", "region", "year"]
    return _side_by_side(highest, keys, "mean_minutes_after")


def _area_types(runs: list[Run]) -> pd.DataFrame:
    parts = {}
    for run in runs:
        table = run.access[run.access["need"] == run.access["need"].max()]
        rows = []
        for year, of_year in table.groupby("year", sort=True):
            kinds = [(ALL, of_year), *of_year.groupby("area_type", sort=True)]
            for kind, some in kinds:
                people = some["population"].to_numpy(dtype=np.float64)
                minutes = some["minutes_after"].to_numpy(dtype=np.float64)
                total = max(float(people.sum()), 1e-9)
                measures = {"mean_minutes": float(people @ minutes) / total}
                for band in BANDS:
                    measures[f"share_within_{band}"] = float(people[minutes <= band].sum()) / total
                rows += [
                    {"area_type": str(kind), "year": str(year), "measure": key, "value": value}
                    for key, value in measures.items()
                ]
        parts[run.name] = pd.DataFrame(rows)
    return _side_by_side(parts, ["area_type", "year", "measure"], "value")
