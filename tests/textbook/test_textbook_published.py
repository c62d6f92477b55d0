"""Public instances with published optima (OR-Library), where their folder is at hand.

The folder, with pmed1.txt, cap41.txt and so on in it, is the one that the environment variable
ORLIB names, or `shared/bench` beside the repository.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from optimizer.solving.direct import Effort
from optimizer.textbook.problem import Clock, TextbookProblem
from optimizer.textbook.solve import solve_problem

FOLDER = Path(os.environ.get("ORLIB") or Path(__file__).parents[3] / "shared" / "bench")
pytestmark = pytest.mark.skipif(
    not (FOLDER / "pmed1.txt").exists() and not os.environ.get("ORLIB"),
    reason="no folder with the instances of the OR-Library (pmed1.txt, ...): set ORLIB to one",
)

#: pmed6 takes a quarter of a minute and stands apart
MEDIANS = {1: 5819, 2: 4093, 3: 4250, 4: 3034, 5: 1355, 6: 7824, 7: 5631, 8: 4445, 9: 2734}
MEDIANS |= {10: 1255}
UNCAPACITATED = {71: 932615.750, 72: 977799.400, 73: 1010641.450, 74: 1034976.975}
CAPACITATED = {
    41: 1040444.375,
    42: 1098000.450,
    43: 1153000.450,
    44: 1235500.450,
    51: 1025208.225,
    61: 932615.750,
    62: 977799.400,
    63: 1014062.050,
    64: 1045650.250,
}


def solved(problem: TextbookProblem) -> float:
    answer, certificate = solve_problem(problem, Clock(Effort(), time.monotonic() + 300))
    assert certificate["status"] == "optimal"
    return answer.objective


@pytest.mark.parametrize("number", MEDIANS)
def test_p_median(number: int) -> None:
    words = (FOLDER / f"pmed{number}.txt").read_text().split()
    n, edges, p = map(int, words[:3])
    graph = np.zeros((n, n))
    for k in range(edges):
        i, j, cost = (int(word) for word in words[3 + 3 * k : 6 + 3 * k])
        graph[i - 1, j - 1] = graph[j - 1, i - 1] = cost  # a repeated edge: the last cost counts
    ids = tuple(f"{k:04d}" for k in range(n))
    cost = shortest_path(graph, directed=False)
    one, none = np.ones(n), np.zeros(n)
    problem = TextbookProblem("p-median", ids, ids, one, cost, none, one * np.inf, exactly=p)
    assert solved(problem) == MEDIANS[number]


def warehouses(number: int, kind: str) -> TextbookProblem:
    numbers = [float(word) for word in (FOLDER / f"cap{number}.txt").read_text().split()]
    m, n = int(numbers[0]), int(numbers[1])
    room, fixed = np.array(numbers[2 : 2 + 2 * m]).reshape(m, 2).T
    rows = np.array(numbers[2 + 2 * m :]).reshape(n, 1 + m)
    if kind == "ufl":
        room = np.full(m, np.inf)
    sites, zones = tuple(f"{j:02d}" for j in range(m)), tuple(f"{i:02d}" for i in range(n))
    return TextbookProblem(kind, zones, sites, rows[:, 0], rows[:, 1:] / rows[:, :1], fixed, room)


@pytest.mark.parametrize("number", UNCAPACITATED)
def test_fixed_charge(number: int) -> None:
    assert solved(warehouses(number, "ufl")) == pytest.approx(UNCAPACITATED[number], abs=1e-3)


@pytest.mark.parametrize("number", CAPACITATED)
def test_capacitated(number: int) -> None:
    assert solved(warehouses(number, "cflp")) == pytest.approx(CAPACITATED[number], abs=1e-3)
