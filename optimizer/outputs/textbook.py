"""The run folder of a textbook problem: summary, plan, assignments, requirements, inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.config import TextbookScenario
from optimizer.outputs.folder import Step, write_whole
from optimizer.outputs.inputs import write_hashes
from optimizer.outputs.manifest import write_manifest
from optimizer.outputs.tables import write_csv, write_parquet
from optimizer.textbook.problem import Answer, Flow, TextbookProblem

_UNIT = {
    "p-median": "weight x minutes",
    "lscp": "sites",
    "mclp": "weight",
    "p-center": "minutes",
    "ufl": "cost",
    "cflp": "cost",
}


def write_textbook_run(
    folder: Path,
    scenario: TextbookScenario,
    problem: TextbookProblem,
    answer: Answer,
    summary: Mapping[str, object],
    *,
    command: str,
    check: Step,
) -> Path:
    """Write the run whole or not at all; ``check`` may refuse it by an exception."""
    flow = answer.flow or nearest_flow(problem, answer)

    def write(unfinished: Path) -> None:
        _inputs(unfinished / "inputs", scenario, problem)
        write_csv(_plan(problem, answer, flow), unfinished / "plan.csv")
        sent = _assignments(problem, flow) if answer.open_sites.any() else _unserved(problem)
        write_parquet(sent, unfinished / "assignments.parquet")
        write_csv(_requirements(problem, answer, flow), unfinished / "requirements.csv")
        head = {"name": scenario.name, "title": scenario.title.model_dump(mode="json")}
        document = {**head, **summary, "unit": _UNIT[scenario.problem]}
        _json(unfinished / "summary.json", document)
        write_manifest(unfinished, scenario.solver.seed, summary.get("status"), command)

    return write_whole(folder, write, check)


def nearest_flow(problem: TextbookProblem, answer: Answer) -> Flow:
    """Every zone's weight to its cheapest open site; ties go to the first id. Empty if none is."""
    sites = np.flatnonzero(answer.open_sites)
    if not sites.size:
        return Flow(sites, sites, np.empty(0))
    nearest = sites[problem.cost[:, sites].argmin(axis=1)]
    return Flow(np.arange(len(problem.zones)), nearest, problem.weight)


def _inputs(folder: Path, scenario: TextbookScenario, problem: TextbookProblem) -> None:
    folder.mkdir()
    _json(folder / "config.json", scenario.model_dump(mode="json", by_alias=True))
    room = np.where(np.isfinite(problem.capacity), problem.capacity, np.nan)
    sites = {
        "office_id": problem.sites,
        "local_cost_mnkr": problem.fixed,
        "room_visits_per_year": room,
    }
    write_csv(pd.DataFrame(sites), folder / "sites.csv")
    zones = pd.DataFrame({"zone_id": problem.zones, "visits_per_year": problem.weight})
    write_parquet(zones, folder / "zones.parquet")
    travel = pd.DataFrame(problem.cost, columns=list(problem.sites))
    travel.insert(0, "zone_id", np.array(problem.zones, dtype=object))
    write_parquet(travel, folder / "travel_minutes.parquet")
    write_hashes(folder)


def _plan(problem: TextbookProblem, answer: Answer, flow: Flow) -> pd.DataFrame:
    visits = np.bincount(flow.site, weights=flow.weight, minlength=len(problem.sites))
    return pd.DataFrame(
        {
            "office_id": problem.sites,
            "mode": np.where(answer.open_sites, "open", "closed"),
            "visits": visits,
            "cost_mnkr": np.where(answer.open_sites, problem.fixed, 0.0),
        }
    )


def _assignments(problem: TextbookProblem, flow: Flow) -> pd.DataFrame:
    zones, sites = np.array(problem.zones, dtype=object), np.array(problem.sites, dtype=object)
    return pd.DataFrame(
        {
            "zone_id": zones[flow.zone],
            "office_id": sites[flow.site],
            "visits": flow.weight,
            "minutes": problem.cost[flow.zone, flow.site],
        }
    )


def _unserved(problem: TextbookProblem) -> pd.DataFrame:
    """The assignments where no site is open: no office, no visits, no way."""
    return pd.DataFrame(
        {
            "zone_id": np.array(problem.zones, dtype=object),
            "office_id": pd.array([None] * len(problem.zones), dtype="string"),
            "visits": 0.0,
            "minutes": np.nan,
        }
    )


def _requirements(problem: TextbookProblem, answer: Answer, flow: Flow) -> pd.DataFrame:
    """One row for each rule of the problem, in the columns of every run folder."""
    rows: list[tuple[str, str, float, float, str, float]] = []
    count = float(answer.open_sites.sum())
    if problem.exactly is not None:
        rows.append(("open_sites", "exactly", count, problem.exactly, "sites", 0.0))
    elif problem.at_most is not None:
        margin = problem.at_most - count
        rows.append(("open_sites", "at most", count, problem.at_most, "sites", margin))
    if problem.kind == "lscp" and problem.minutes is not None:
        longest = float(problem.cost[flow.zone, flow.site].max())
        margin = problem.minutes - longest
        rows.append(("reach", "longest way", longest, problem.minutes, "minutes", margin))
    if problem.kind == "cflp":
        visits = np.bincount(flow.site, weights=flow.weight, minlength=len(problem.sites))
        for j in np.flatnonzero(answer.open_sites):
            room = float(problem.capacity[j])
            rows.append(("room", problem.sites[j], visits[j], room, "weight", room - visits[j]))
    names = ["requirement", "scope", "value", "limit", "unit", "margin"]
    table = pd.DataFrame(rows, columns=names)
    slack = 1e-6 * table["limit"].abs().clip(lower=1.0)
    table.insert(2, "year", "")
    return table.assign(holds=table["margin"] >= -slack, binding=table["margin"].abs() <= slack)


def _json(path: Path, document: Mapping[str, object]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    path.write_text(text, encoding="utf-8")
