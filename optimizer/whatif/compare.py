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
from optimizer.outputs.inputs import read_document
from optimizer.outputs.run_names import told_apart
from optimizer.outputs.strings import Strings
from optimizer.outputs.unchanged import MANIFEST, refuse_changed, tables_there
from optimizer.whatif.inputs_apart import TableApart, table_apart
from optimizer.whatif.standing import Standing, standing

QUOTE = r"^'(?=[=+@-])"  #: what makes a name text to a spreadsheet
FILES = ("summary.json", "plan.csv", "budget.csv", "regions.csv", "zones.parquet")
INPUTS = ("config.json", "sha256.json", "zones.parquet")
BANDS = (30, 60)
ALL = "all"


@dataclass(frozen=True)
class Run:
    """What is read of one run folder."""

    name: str
    folder: Path
    summary: dict[str, Any]
    config: dict[str, Any]
    hashes: dict[str, Any]
    plan: pd.DataFrame
    budget: pd.DataFrame
    regions: pd.DataFrame
    access: pd.DataFrame  #: zones.parquet with area_type, and people of groups where they are told
    groups: tuple[str, ...]  #: columns of ``access`` with the people of each group
    version: str  #: of the program that made it


@dataclass(frozen=True)
class KeyApart:
    """A key of the config whose value is not the same in all runs."""

    key: str
    values: tuple[tuple[str, Any], ...]  #: the name of a run, and its value

    def sentence(self, strings: Strings) -> str:
        """`budget.saving (base: 29.2; cut: 28.0)`, numbers as the language writes them."""
        told = "; ".join(f"{run}: {_word(value, strings)}" for run, value in self.values)
        return f"{self.key} ({told})"


@dataclass(frozen=True)
class VersionApart:
    """The version of the program, where it is not the same for all runs."""

    values: tuple[tuple[str, str], ...]  #: the name of a run, and its version

    def sentence(self, strings: Strings) -> str:
        """`the version of servicenet (base: 0.1.0; cut: 0.2.0): they may count otherwise`."""
        told = "; ".join(f"{run}: {version}" for run, version in self.values)
        return strings.text("apart.version", versions=told)


InputsApart = TableApart | VersionApart  #: what is not the same in what runs were made of


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Tables with one column for each run, named by the runs."""

    names: tuple[str, ...]
    differences: tuple[KeyApart, ...]  #: of the questions: config keys that are not the same
    inputs: tuple[InputsApart, ...]  #: what differs in the input tables, and in the program
    standings: tuple[Standing, ...]  #: how sure each plan is
    years: tuple[str, ...]  #: that all the runs plan for
    offices: pd.DataFrame  #: sites whose mode differs in some of these years
    figures: pd.DataFrame  #: key figures by year
    budget: pd.DataFrame  #: items by year
    regions: pd.DataFrame  #: mean_minutes by division, region and year, highest need
    area_types: pd.DataFrame  #: access by area type and year, highest need
    groups: pd.DataFrame  #: access by group of people and year, highest need


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare two or more runs. Raises InputError for other folders, and for changed ones."""
    if len(folders) < 2:
        raise InputError(Problem("compare", f"{len(folders)} run", "two run folders or more"))
    runs = _named([_read(folder) for folder in folders], folders)
    return Comparison(
        names=tuple(run.name for run in runs),
        differences=tuple(_differences(runs)),
        inputs=tuple(_inputs(runs)),
        standings=tuple(standing(run.name, run.summary) for run in runs),
        years=tuple(sorted(_shared_years(runs))),
        offices=_offices(runs),
        figures=_figures(runs),
        budget=_side_by_side(
            {run.name: run.budget for run in runs}, ["year", "item"], "amount_mnkr"
        ),
        regions=_regions(runs),
        area_types=_area_types(runs),
        groups=_groups(runs),
    )


def _read(folder: Path) -> Run:
    absent = [name for name in FILES if not (folder / name).is_file()]
    absent += [f"inputs/{name}" for name in INPUTS if not (folder / "inputs" / name).is_file()]
    if absent:
        accepted = "a run folder of the planner's problem with csv and parquet tables"
        raise InputError(Problem(str(folder), f"no {', '.join(absent)}", accepted))
    refuse_changed(folder, {*FILES, *tables_there(folder)})
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
    name = str(summary.get("name", folder.resolve().name))
    access, groups = _with_groups(access, folder / "inputs" / "groups.parquet")
    versions = read_document(folder / MANIFEST, str(folder)).get("versions") or {}
    return Run(
        name=name,
        folder=folder,
        summary=summary,
        config=config,
        hashes=hashes,
        plan=plan,
        budget=budget,
        regions=regions,
        access=access,
        groups=groups,
        version=str(versions.get("servicenet", "unknown")),
    )


def _with_groups(access: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The zones with the people of each group, as the run's inputs tell them."""
    if not path.is_file():
        return access, ()
    people = pd.read_parquet(path).drop(columns="area_type").set_index("zone_id")
    return access.join(people, on="zone_id"), tuple(map(str, people.columns))


def _named(runs: list[Run], folders: Sequence[Path]) -> list[Run]:
    """The runs under names of their own: where two share one, the folder tells them apart."""
    names = told_apart([run.name for run in runs], folders)
    return [replace(run, name=name) for run, name in zip(runs, names, strict=True)]


def _differences(runs: list[Run]) -> Iterator[KeyApart]:
    """Config keys whose values differ."""
    flat = [dict(_flat(run.config)) for run in runs]
    for key in sorted(set().union(*flat)):
        if key.split(".")[0] in ("name", "title", "question", "output"):
            continue
        values = [one.get(key) for one in flat]
        if any(value != values[0] for value in values):
            names = [run.name for run in runs]
            yield KeyApart(key, tuple(zip(names, values, strict=True)))


def _inputs(runs: list[Run]) -> Iterator[InputsApart]:
    """The program and the input tables that are not the same, and what differs in them."""
    if len({run.version for run in runs}) > 1:
        yield VersionApart(tuple((run.name, run.version) for run in runs))
    folders = {run.name: run.folder for run in runs}
    for name in sorted(set().union(*(run.hashes for run in runs)) - {"config.json"}):
        hashes = [run.hashes.get(name) for run in runs]
        if any(value != hashes[0] for value in hashes):
            yield table_apart(folders, name)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _word(value: Any, strings: Strings) -> str:
    """A value as JSON, cut where it is long; a number with the language's decimal sign."""
    if isinstance(value, float):
        return strings.written(value)
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


def _shared_years(runs: list[Run]) -> set[str]:
    return set[str].intersection(*(set(run.plan["year"]) for run in runs))


def _offices(runs: list[Run]) -> pd.DataFrame:
    """A row for each site and shared year in which the runs give it different modes."""
    wide = _side_by_side({run.name: run.plan for run in runs}, ["office_id", "year"], "mode")
    wide = wide[wide["year"].isin(_shared_years(runs))]
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
    """The mean minutes of each region; the measure and the need stand in columns of their own."""
    highest = {
        run.name: run.regions[run.regions["need"] == run.regions["need"].max()].assign(
            measure="mean_minutes"
        )
        for run in runs
    }
    keys = ["division", "region_code", "region", "need", "year", "measure"]
    return _side_by_side(highest, keys, "mean_minutes_after")


def _area_types(runs: list[Run]) -> pd.DataFrame:
    """Access of the people of each area type, and of all."""
    parts = {}
    for run in runs:
        table = run.access[run.access["need"] == run.access["need"].max()]
        rows = []
        for year, of_year in table.groupby("year", sort=True):
            kinds = [(ALL, of_year), *of_year.groupby("area_type", sort=True)]
            for kind, some in kinds:
                rows += [
                    {"area_type": str(kind), "year": str(year), **measure}
                    for measure in _measures(some, "population")
                ]
        parts[run.name] = pd.DataFrame(rows)
    return _side_by_side(parts, ["area_type", "year", "measure"], "value")


def _groups(runs: list[Run]) -> pd.DataFrame:
    """Access of each group of people that all the runs tell of; empty if there is none.

    A group that nobody belongs to in any run is left out.
    """
    shared = [
        group
        for group in runs[0].groups
        if all(group in run.groups for run in runs)
        and any(run.access[group].sum() > 0 for run in runs)
    ]
    parts = {}
    for run in runs:
        table = run.access[run.access["need"] == run.access["need"].max()]
        parts[run.name] = pd.DataFrame(
            [
                {"group": group, "year": str(year), **measure}
                for year, of_year in table.groupby("year", sort=True)
                for group in shared
                for measure in _measures(of_year, group)
            ],
            columns=["group", "year", "measure", "value"],
        )
    return _side_by_side(parts, ["group", "year", "measure"], "value")


def _measures(zones: pd.DataFrame, people: str) -> Iterator[dict[str, Any]]:
    """Mean minutes, and the share within some, weighted by a column of people; NaN if nobody."""
    weight = zones[people].to_numpy(dtype=np.float64)
    minutes = zones["minutes_after"].to_numpy(dtype=np.float64)
    total = float(weight.sum()) or float("nan")
    yield {"measure": "mean_minutes", "value": float(weight @ minutes) / total}
    for band in BANDS:
        within = float(weight[minutes <= band].sum()) / total
        yield {"measure": f"share_within_{band}", "value": within}
