"""The audit of a textbook run: objective, assignment, rules and certificate from its folder alone.

Each zone's weight is sent whole, to its cheapest open site (ties to the first office_id), except
where the planner directs (cflp): there it only has to add up, at open sites, within their room.
Where no site is open (mclp with nothing to cover), every zone stands without an office and visits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.problems import InputError, Problem
from optimizer.verify.findings import Checked, Finding, compare_value, finding, together
from optimizer.verify.hashes import sha256
from optimizer.verify.reading import read_document

_RELATIVE = 1e-6
_ROUNDING = 1e-9  #: of the largest objective that the numbers allow; smaller ones are like it
_FILES = ("plan.csv", "assignments.parquet", "requirements.csv")
_INPUTS = ("config.json", "sites.csv", "zones.parquet", "travel_minutes.parquet", "sha256.json")


@dataclass(frozen=True)
class TextbookRun:
    """What is read from the folder; sites and zones in the order of the inputs."""

    path: Path
    summary: dict[str, Any]
    config: dict[str, Any]
    hashes: dict[str, Any]
    sites: pd.DataFrame
    zones: pd.DataFrame
    cost: NDArray[np.float64]  #: zones x sites
    plan: pd.DataFrame
    flows: pd.DataFrame
    requirements: pd.DataFrame

    @property
    def open_sites(self) -> NDArray[np.bool_]:
        """Sites that plan.csv calls open, in the order of the inputs."""
        mode = self.plan.set_index("office_id")["mode"]
        return np.asarray(mode.reindex(self.sites["office_id"]) == "open", dtype=bool)

    @property
    def weight(self) -> NDArray[np.float64]:
        """Weight of each zone."""
        return self.zones["visits_per_year"].to_numpy(dtype=np.float64)


def read_run(folder: Path) -> TextbookRun:
    """Read the folder of a textbook run. Raises InputError."""
    absent = [name for name in _FILES if not (folder / name).is_file()]
    absent += [f"inputs/{name}" for name in _INPUTS if not (folder / "inputs" / name).is_file()]
    if absent:
        found = f"no {', '.join(absent)}"
        raise InputError(Problem(str(folder), found, "a whole run folder", "Solve it again."))
    inputs = folder / "inputs"
    problems: list[Problem] = []
    names = ("summary.json", "inputs/config.json", "inputs/sha256.json")
    summary, config, hashes = (read_document(folder / name, name, problems) for name in names)
    if problems:
        raise InputError(problems)
    try:
        sites = pd.read_csv(inputs / "sites.csv", dtype={"office_id": str})
        zones = pd.read_parquet(inputs / "zones.parquet")
        travel = pd.read_parquet(inputs / "travel_minutes.parquet").set_index("zone_id")
        cost = travel.loc[zones["zone_id"], list(sites["office_id"])].to_numpy(dtype=np.float64)
        return TextbookRun(
            folder,
            summary,
            config,
            hashes,
            sites,
            zones,
            cost,
            pd.read_csv(folder / "plan.csv", dtype={"office_id": str}),
            pd.read_parquet(folder / "assignments.parquet"),
            pd.read_csv(folder / "requirements.csv", dtype={"scope": str}),
        )
    except (ValueError, KeyError, OSError) as error:
        found = f"a table that cannot be read ({error})"
        raise InputError(Problem(str(folder), found, "a sound run folder")) from error


def check_hashes(run: TextbookRun) -> Checked:
    """The inputs are those the run was made of."""
    parts = []
    for name, told in sorted(run.hashes.items()):
        path = run.path / "inputs" / name
        now = sha256(path) if path.is_file() else None
        parts.append(compare_value("hashes", f"inputs/{name}", told, now, None))
    return together(parts)


def check_plan(run: TextbookRun) -> Checked:
    """Every site once, open or closed, with the weight it serves and its fixed cost."""
    wrong: list[Finding] = []
    ids = list(run.sites["office_id"])
    if sorted(run.plan["office_id"]) != sorted(ids):
        wrong.append(finding("plan", "plan.csv, office_id", len(run.plan), len(ids)))
        return Checked(1, tuple(wrong))
    plan = run.plan.set_index("office_id").loc[ids]
    served = run.flows.groupby("office_id")["visits"].sum().reindex(ids).fillna(0.0)
    fixed = run.sites["local_cost_mnkr"].to_numpy() * run.open_sites
    parts = [
        compare_value("plan", f"plan.csv, {site}, visits", float(a), float(b), _half(b))
        for site, a, b in zip(ids, plan["visits"], served, strict=True)
    ]
    parts += [
        compare_value("plan", f"plan.csv, {site}, cost_mnkr", float(a), float(b), 1e-9)
        for site, a, b in zip(ids, plan["cost_mnkr"], fixed, strict=True)
    ]
    return together(parts)


def check_assignments(run: TextbookRun) -> Checked:
    """Weights add up, go to open sites at the cost of the matrix; the cheapest unless directed."""
    if not run.open_sites.any():
        return _check_unserved(run)
    wrong: list[Finding] = []
    where = "assignments.parquet"
    zone = pd.Index(run.zones["zone_id"]).get_indexer(run.flows["zone_id"])
    site = pd.Index(run.sites["office_id"]).get_indexer(run.flows["office_id"])
    if (zone < 0).any() or (site < 0).any():
        return Checked(1, (finding("assignments", where, "unknown ids", "ids of the inputs"),))
    visits = run.flows["visits"].to_numpy(dtype=np.float64)
    sent = np.bincount(zone, weights=visits, minlength=len(run.zones))
    for i in np.flatnonzero(np.abs(sent - run.weight) > _half(run.weight))[:10]:
        name = run.zones["zone_id"].iloc[i]
        wrong.append(finding("assignments", f"{where}, {name}, visits", sent[i], run.weight[i]))
    minutes = run.flows["minutes"].to_numpy(dtype=np.float64)
    right = run.cost[zone, site]
    for k in np.flatnonzero(np.abs(minutes - right) > _half(right))[:10]:
        name = run.flows["zone_id"].iloc[k]
        wrong.append(finding("assignments", f"{where}, {name}, minutes", minutes[k], right[k]))
    shut = ~run.open_sites[site]
    if shut.any():
        name = run.flows["office_id"].iloc[int(shut.argmax())]
        wrong.append(finding("assignments", f"{where}, {name}", "a closed site", "open sites"))
    if run.summary["problem"] != "cflp":
        sites = np.flatnonzero(run.open_sites)
        nearest = sites[run.cost[:, sites].argmin(axis=1)]
        for k in np.flatnonzero(nearest[zone] != site)[:10]:
            ids, name = run.sites["office_id"], run.flows["zone_id"].iloc[k]
            found, cheapest = ids.iloc[int(site[k])], ids.iloc[int(nearest[zone[k]])]
            wrong.append(finding("assignments", f"{where}, {name}, office_id", found, cheapest))
    return Checked(3 * len(run.flows), tuple(wrong))


def _check_unserved(run: TextbookRun) -> Checked:
    """Every zone has one row, with no office, no visits and no minutes."""
    where, flows = "assignments.parquet", run.flows
    wrong: list[Finding] = []
    if sorted(flows["zone_id"]) != sorted(run.zones["zone_id"]):
        wrong.append(finding("assignments", f"{where}, zone_id", len(flows), len(run.zones)))
    given = flows["office_id"].notna() | flows["minutes"].notna() | (flows["visits"] != 0.0)
    for name in flows["zone_id"][given].head(10):
        wrong.append(finding("assignments", f"{where}, {name}", "a way to go", "no open site"))
    return Checked(2 * len(flows), tuple(wrong))


def check_objective(run: TextbookRun) -> Checked:
    """The objective of summary.json, counted from the flows and the plan."""
    counted = _objective(run)
    told = run.summary.get("objective")
    return compare_value("objective", "summary.json, objective", told, counted, _half(counted))


def check_requirements(run: TextbookRun) -> Checked:
    """The rules of the config hold, and requirements.csv says so."""
    wrong: list[Finding] = []
    config, count = run.config, float(run.open_sites.sum())
    rules = (config.get("requirements") or {}).get("open_sites") or {}
    exactly, at_most = rules.get("exactly"), rules.get("at_most")
    if exactly is not None and count != exactly:
        wrong.append(finding("requirements", "plan.csv, open sites", count, exactly))
    if at_most is not None and count > at_most:
        wrong.append(finding("requirements", "plan.csv, open sites", count, f"at most {at_most}"))
    minutes = (config.get("objective") or {}).get("minutes")
    longest = float(run.flows["minutes"].max())
    if run.summary["problem"] == "lscp" and longest > minutes + _half(minutes):
        wrong.append(finding("requirements", "the longest way", longest, f"at most {minutes}"))
    if run.summary["problem"] == "cflp":
        served = run.flows.groupby("office_id")["visits"].sum()
        room = run.sites.set_index("office_id")["room_visits_per_year"].reindex(served.index)
        for site in served.index[served > room * (1 + _RELATIVE) + 1e-9]:
            limit = f"at most {room[site]}"
            wrong.append(finding("requirements", f"plan.csv, {site}, visits", served[site], limit))
    for row in run.requirements.to_dict("records"):
        where = f"requirements.csv, {row['requirement']} {row['scope']}"
        right = 0.0 if row["scope"] == "exactly" else float(row["limit"]) - float(row["value"])
        if abs(right - float(row["margin"])) > _half(float(row["limit"])):
            wrong.append(finding("requirements", f"{where}, margin", row["margin"], right))
        if not bool(row["holds"]):
            wrong.append(finding("requirements", f"{where}, holds", row["holds"], "true"))
    return Checked(3 + len(run.requirements), tuple(wrong))


def check_certificate(run: TextbookRun) -> Checked:
    """The bound is on its side of the objective, gap and status follow from them."""
    objective, bound = run.summary.get("objective"), run.summary.get("bound")
    gap, status = run.summary.get("gap"), run.summary.get("status")
    if bound is None or objective is None:
        return compare_value("certificate", "summary.json, gap", gap, None, None)
    wrong: list[Finding] = []
    above = (bound - objective) * (-1.0 if run.summary["problem"] == "mclp" else 1.0)
    if above > _half(objective):
        wrong.append(finding("certificate", "summary.json, bound", bound, f"beyond {objective}"))
    distance = abs(objective - bound)
    right = distance / max(abs(objective), _ROUNDING * _largest(run)) if distance else 0.0
    same = compare_value("certificate", "summary.json, gap", gap, right, 1e-12)
    if status == "optimal" and right > _RELATIVE:
        wrong.append(finding("certificate", "summary.json, status", status, "not optimal"))
    return together([same, Checked(2, tuple(wrong))])


CHECKS: tuple[tuple[str, Callable[[TextbookRun], Checked]], ...] = (
    ("hashes", check_hashes),
    ("plan", check_plan),
    ("assignments", check_assignments),
    ("objective", check_objective),
    ("requirements", check_requirements),
    ("certificate", check_certificate),
)


def _objective(run: TextbookRun) -> float:
    problem = run.summary["problem"]
    fixed = float((run.sites["local_cost_mnkr"].to_numpy() * run.open_sites).sum())
    minutes = run.flows["minutes"].to_numpy(dtype=np.float64)
    visits = run.flows["visits"].to_numpy(dtype=np.float64)
    if problem == "lscp":
        return float(run.open_sites.sum())
    if problem == "mclp":
        return float(visits[minutes <= run.config["objective"]["minutes"]].sum())
    if problem == "p-center":
        return float(minutes.max())
    return fixed + float((visits * minutes).sum())


def _largest(run: TextbookRun) -> float:
    """The objective with every site paid for and every zone at its worst."""
    problem, worst = run.summary["problem"], run.cost.max(axis=1)
    if problem == "lscp":
        return float(len(run.sites))
    if problem == "mclp":
        return float(run.weight.sum())
    if problem == "p-center":
        return float(worst.max())
    return float(run.sites["local_cost_mnkr"].sum()) + float((run.weight * worst).sum())


def _half(value: Any) -> Any:
    """What may differ by rounding."""
    return _RELATIVE * np.maximum(np.abs(value), 1e-6)
