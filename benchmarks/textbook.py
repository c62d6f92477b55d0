"""Textbook problems against PySAL's spopt, on identical instances, and alone where it can not go.

    python -m benchmarks.textbook [--zones 2000 6000 20000 100000 1000000] [--peer 6000]

148 sites, of which 113 stay: the network of the national case. Sites lie at random on a square
of 1,000 minutes, zones about towns of unequal size; minutes are straight, with 5 % noise for each
pair. Seconds are from the matrix in memory to the proven answer; memory is the peak of the
process above the matrix and what was loaded before. Each row is a process of its own; the peer
runs up to ``--peer`` zones. Needs the extra `benchmark`.
"""

from __future__ import annotations

import argparse
import json
import resource
import threading
import time
from collections.abc import Callable

import numpy as np

from benchmarks.measured import Row, needed

SITES, KEEP = 148, 113
PROBLEMS = ("p-median", "mclp", "lscp")


def instance(n_zones: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights [I] and minutes [I, J]; the same for the same number of zones."""
    rng = np.random.default_rng(7)
    sites = rng.uniform(0, 1000, (SITES, 2))
    towns = sites[rng.integers(0, SITES, n_zones)] + rng.normal(0, 40, (n_zones, 2))
    weight = rng.lognormal(3.0, 1.2, n_zones)
    minutes = np.empty((n_zones, SITES))
    for j, site in enumerate(sites):
        minutes[:, j] = np.hypot(*(towns - site).T) * rng.uniform(0.95, 1.05, n_zones)
    return weight, minutes


def ours(problem: str, weight: np.ndarray, minutes: np.ndarray, reach: float) -> tuple[float, str]:
    """Objective and status of servicenet."""
    from optimizer.solving.direct import Effort
    from optimizer.textbook.problem import Clock, TextbookProblem
    from optimizer.textbook.solve import solve_problem

    stated = TextbookProblem(
        problem,
        tuple(map(str, range(weight.size))),
        tuple(map(str, range(SITES))),
        weight,
        minutes,
        np.zeros(SITES),
        np.full(SITES, np.inf),
        exactly=None if problem == "lscp" else KEEP,
        minutes=None if problem == "p-median" else reach,
    )
    clock = Clock(Effort(), time.monotonic() + 1200, threading.Event())
    answer, certificate = solve_problem(stated, clock)
    return answer.objective, str(certificate["status"])


def spopt(problem: str, weight: np.ndarray, minutes: np.ndarray, reach: float) -> tuple[float, str]:
    """Objective and status of spopt with HiGHS through PuLP."""
    import pulp
    from spopt.locate import LSCP, MCLP, PMedian

    solver = pulp.HiGHS(msg=False, threads=1, timeLimit=1200)
    if problem == "p-median":
        model = PMedian.from_cost_matrix(minutes, weight, p_facilities=KEEP)
    elif problem == "mclp":
        model = MCLP.from_cost_matrix(minutes, weight, reach, p_facilities=KEEP)
    else:
        model = LSCP.from_cost_matrix(minutes, reach)
    model = model.solve(solver, results=False)
    return float(pulp.value(model.problem.objective)), pulp.LpStatus[model.problem.status]


def measure(who: str, problem: str, n_zones: int) -> dict[str, object]:
    """One row, in this process."""
    weight, minutes = instance(n_zones)
    reach = float(minutes.min(axis=1).max()) + 1.0 if problem == "lscp" else 40.0
    run: Callable[..., tuple[float, str]] = {"servicenet": ours, "spopt": spopt}[who]
    run(problem, weight[:200], minutes[:200], float(minutes[:200].min(axis=1).max()) + 1.0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    objective, status = run(problem, weight, minutes, reach)
    seconds = time.perf_counter() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"seconds": seconds, "gb": grown / 1e6, "objective": objective, "status": status}


def main() -> None:
    """Run every row and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--zones", type=int, nargs="+", default=[2000, 6000, 20000, 100000, 1000000]
    )
    parser.add_argument("--peer", type=int, default=6000)
    parser.add_argument("--problems", nargs="+", default=PROBLEMS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(measure(given.one[0], given.one[1], int(given.one[2]))))
        return
    print("| problem | zones | servicenet s | GB | spopt s | GB | ratio | same optimum |")
    print("|---|---|---|---|---|---|---|---|")
    for problem in given.problems:
        for n_zones in given.zones:
            asked = problem, str(n_zones)
            own = needed("textbook", "--one", "servicenet", *asked)
            peer = needed("textbook", "--one", "spopt", *asked) if n_zones <= given.peer else None
            print(_line(problem, n_zones, own, peer), flush=True)


def _line(problem: str, n_zones: int, own: Row, peer: Row | None) -> str:
    cells = [problem, f"{n_zones:,}", f"{own['seconds']:.3f}", f"{own['gb']:.2f}"]
    if peer is None:
        return "| " + " | ".join([*cells, "", "", "", str(own["status"])]) + " |"
    apart = abs(own["objective"] - peer["objective"]) / max(abs(peer["objective"]), 1e-9)
    same = "yes" if apart < 1e-6 else f"{apart:.2g} apart"
    ratio = peer["seconds"] / own["seconds"]
    cells += [f"{peer['seconds']:.1f}", f"{peer['gb']:.2f}", f"{ratio:,.0f}", same]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
