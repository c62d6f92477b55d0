"""Small random textbook problems, their optimum by enumeration, and files of a problem."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pulp

from optimizer.textbook.problem import TextbookProblem

KINDS = ("p-median", "lscp", "mclp", "p-center", "ufl", "cflp")


def a_problem(kind: str, seed: int, *, zones: int = 7, sites: int = 5) -> TextbookProblem:
    """A random problem; every second one has whole costs, so that many tie."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    cost = rng.uniform(0, 20, (zones, sites))
    if seed % 2:
        cost = np.round(cost / 4) * 4
    weight = rng.uniform(1, 9, zones) * (rng.random(zones) > 0.1)
    p = int(rng.integers(1, sites + 1))
    counted = kind in ("p-median", "mclp", "p-center")
    room = np.full(sites, np.inf)
    if kind == "cflp":
        room = rng.uniform(0.3, 0.9, sites) * weight.sum()
        room[0] = weight.sum()
    reach = {"lscp": float(cost.min(axis=1).max()) + 2.0, "mclp": 6.0}
    return TextbookProblem(
        kind,
        tuple(f"z{i}" for i in range(zones)),
        tuple(f"s{j}" for j in range(sites)),
        weight,
        cost,
        rng.uniform(5, 60, sites) if kind in ("ufl", "cflp") else np.zeros(sites),
        room,
        exactly=p if counted and seed % 3 else None,
        at_most=p if counted and not seed % 3 else None,
        minutes=reach.get(kind),
    )


def optimum(problem: TextbookProblem) -> float:
    """The best objective over all sets of sites."""
    n_sites = len(problem.sites)
    sizes = range(1, n_sites + 1) if problem.exactly is None else [problem.exactly]
    if problem.at_most is not None:
        sizes = range(1, problem.at_most + 1)
    values = [
        value
        for size in sizes
        for chosen in combinations(range(n_sites), size)
        if (value := _value(problem, np.array(chosen))) is not None
    ]
    return max(values) if problem.kind == "mclp" else min(values)


def _value(problem: TextbookProblem, chosen: np.ndarray) -> float | None:
    nearest = problem.cost[:, chosen].min(axis=1)
    fixed = float(problem.fixed[chosen].sum())
    if problem.kind in ("p-median", "ufl"):
        return fixed + float(problem.weight @ nearest)
    if problem.kind == "lscp":
        return float(chosen.size) if (nearest <= problem.minutes).all() else None
    if problem.kind == "mclp":
        return float(problem.weight[nearest <= problem.minutes].sum())
    if problem.kind == "p-center":
        return float(nearest.max())
    transport = _transport(problem, chosen)
    return None if transport is None else fixed + transport


def _transport(problem: TextbookProblem, chosen: np.ndarray) -> float | None:
    """The cheapest way to serve all from the chosen sites within their room, as a plain LP."""
    stated = pulp.LpProblem("transport", pulp.LpMinimize)
    cells = [(i, j) for i in range(len(problem.zones)) for j in chosen]
    x = {cell: pulp.LpVariable(f"x_{cell[0]}_{cell[1]}", 0) for cell in cells}
    stated += pulp.lpSum(problem.cost[i, j] * x[i, j] for i, j in cells)
    for i in range(len(problem.zones)):
        stated += pulp.lpSum(x[i, j] for j in chosen) == problem.weight[i]
    for j in chosen:
        stated += pulp.lpSum(x[i, j] for i in range(len(problem.zones))) <= problem.capacity[j]
    status = stated.solve(pulp.HiGHS(msg=False))
    return float(pulp.value(stated.objective)) if status == pulp.LpStatusOptimal else None


def write_problem(folder: Path, problem: TextbookProblem, *, shuffle: bool = False) -> Path:
    """The three tables and a config that extends the problem's; gives the config."""
    folder.mkdir(parents=True, exist_ok=True)
    sites = pd.DataFrame({"office_id": problem.sites})
    if problem.kind in ("ufl", "cflp"):
        sites["local_cost_mnkr"] = problem.fixed
    if problem.kind == "cflp":
        sites["room_visits_per_year"] = problem.capacity
    zones = pd.DataFrame({"zone_id": problem.zones, "visits_per_year": problem.weight})
    n_zones, n_sites = problem.cost.shape
    matrix = pd.DataFrame(
        {
            "zone_id": np.repeat(problem.zones, n_sites),
            "office_id": np.tile(problem.sites, n_zones),
            "minutes": problem.cost.ravel(),
        }
    )
    for name, table in (("sites", sites), ("zones", zones), ("matrix", matrix)):
        rows = table.sample(frac=1.0, random_state=5) if shuffle else table
        rows.to_csv(folder / f"{name}.csv", index=False)
    lines = [
        f"extends: textbook/{problem.kind}.yaml",
        "name: small",
        "data: {offices: sites.csv, zones: zones.csv, travel: {path: matrix.csv}}",
    ]
    if problem.exactly is not None:
        lines.append(f"requirements: {{open_sites: {{exactly: {problem.exactly}}}}}")
    if problem.at_most is not None:
        lines.append(f"requirements: {{open_sites: {{at_most: {problem.at_most}}}}}")
    if problem.minutes is not None:
        lines.append(f"objective: {{minutes: {problem.minutes!r}}}")
    path = folder / "small.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
