"""Every textbook problem reaches the optimum that enumeration finds, and proves it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from optimizer.solving.direct import Effort
from optimizer.textbook.interchange import interchange
from optimizer.textbook.location import solve_location
from optimizer.textbook.pooling import prefix_sets
from optimizer.textbook.problem import Answer, Clock, NoAnswer, TextbookProblem, service_cost
from optimizer.textbook.solve import SOLVERS, relative_gap, solve_problem
from tests.textbook.problems import KINDS, a_problem, optimum


def clock(solver: str = "highs") -> Clock:
    return Clock(Effort(solver), time.monotonic() + 300)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", range(0, 36, 12))
def test_the_optimum_of_enumeration(kind: str, first: int) -> None:
    for seed in range(first, first + 12):
        problem = a_problem(kind, seed)
        answer, certificate = solve_problem(problem, clock())
        assert answer.objective == pytest.approx(optimum(problem), rel=1e-6, abs=1e-6)
        assert certificate["status"] == "optimal"
        if problem.exactly is not None:
            assert answer.open_sites.sum() == problem.exactly


@pytest.mark.parametrize("kind", ["p-median", "mclp", "cflp"])
def test_cbc_finds_the_same(kind: str) -> None:
    problem = a_problem(kind, 4)
    answer, certificate = solve_problem(problem, clock("cbc"))
    assert answer.objective == pytest.approx(optimum(problem), rel=1e-6)
    assert certificate["status"] == "optimal"


@pytest.mark.parametrize("kind", ["ufl", "p-median"])
@pytest.mark.parametrize("solver", ["cbc", "highs"])
def test_an_objective_far_below_one_is_proved_as_well(kind: str, solver: str) -> None:
    for seed in range(6):
        problem = a_problem(kind, seed, zones=10, sites=7)
        small = replace(problem, weight=problem.weight * 1e-9, fixed=problem.fixed * 1e-9)
        answer, certificate = solve_problem(small, clock(solver))
        assert certificate["status"] == "optimal"
        assert answer.objective == pytest.approx(optimum(small), rel=1e-9, abs=0)


def test_an_optimum_of_nought_is_proved() -> None:
    """All six sites may be open, each zone has one at no cost; CBC's bound is a hair below nought.

    The costs are numbers of which sums are rounded.
    """
    cost = [
        [50, 20, 40, 50, 0, 50],
        [30, 50, 0, 0, 50, 0],
        [40, 10, 50, 50, 30, 0],
        [0, 10, 0, 20, 10, 30],
        [20, 10, 50, 40, 0, 20],
        [10, 50, 30, 40, 0, 10],
        [50, 0, 10, 30, 0, 0],
        [50, 30, 30, 0, 40, 40],
    ]
    weight = np.array([40.52, 48.25, 66.6, 98.72, 63.68, 65.92, 30.63, 85.7])
    problem = TextbookProblem(
        "p-median",
        tuple(f"z{i}" for i in range(8)),
        tuple(f"s{j}" for j in range(6)),
        weight,
        np.array(cost, dtype=np.float64),
        np.zeros(6),
        np.full(6, np.inf),
        at_most=6,
    )
    for solver in ("cbc", "highs"):
        answer, certificate = solve_problem(problem, clock(solver))
        assert (answer.objective, certificate["bound"]) == (0.0, 0.0)
        assert (certificate["status"], certificate["gap"]) == ("optimal", 0.0)


def test_a_gap_is_of_the_numbers_it_is_made_of() -> None:
    """Half an objective away is half, however small the numbers; dust beside them is nothing."""
    problem = a_problem("ufl", 1)
    small = replace(problem, weight=problem.weight * 1e-15, fixed=problem.fixed * 1e-15)
    assert relative_gap(small, 1e-15, 0.5e-15) == pytest.approx(0.5)
    assert relative_gap(problem, 0.0, 0.0) == 0.0
    dust = 1e-17 * problem.largest
    assert relative_gap(problem, 0.0, dust) <= 1e-6


def test_a_solver_that_ends_by_itself_met_no_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = a_problem("ufl", 1)

    def near(problem: TextbookProblem, clock: Clock) -> Answer:
        answer = solve_location(problem, clock)
        return replace(answer, bound=answer.objective * 0.99)

    monkeypatch.setitem(SOLVERS, "ufl", near)
    certificate = solve_problem(problem, clock())[1]
    assert (certificate["status"], certificate["gap"]) == ("gap_reached", pytest.approx(0.01))
    late = replace(clock(), deadline=time.monotonic() - 1.0)
    assert solve_problem(problem, late)[1]["status"] == "time_limit"


def test_a_line_of_five_by_hand() -> None:
    """Zones and sites at 0, 1, 2, 9 and 10; two sites: one of the first three, one of the last."""
    at = np.array([0.0, 1.0, 2.0, 9.0, 10.0])
    ids = tuple("abcde")
    problem = TextbookProblem(
        "p-median",
        ids,
        ids,
        np.ones(5),
        np.abs(at[:, None] - at[None, :]),
        np.zeros(5),
        np.full(5, np.inf),
        exactly=2,
    )
    answer, _ = solve_problem(problem, clock())
    assert answer.objective == 3.0
    assert answer.open_sites[1]
    assert solve_problem(replace(problem, kind="p-center"), clock())[0].objective == 1.0
    covering = replace(problem, kind="lscp", exactly=None, minutes=1.0)
    assert solve_problem(covering, clock())[0].objective == 2.0


@pytest.mark.parametrize("seed", range(12))
def test_chains_cut_at_one_site_grow_until_exact(seed: int) -> None:
    problem = a_problem("ufl", seed, zones=12, sites=9)
    answer = solve_location(problem, clock())
    assert answer.objective == pytest.approx(optimum(problem), rel=1e-9)
    assert answer.bound is not None
    assert answer.bound <= answer.objective * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_prefix_sets_count_a_plan_exactly(seed: int) -> None:
    """Constant plus the weights of the empty sets is the cost of a plan, at full depth."""
    problem = a_problem("p-median", seed)
    sets = prefix_sets(problem.weight, problem.cost, np.full(7, 5))
    rng = np.random.default_rng(seed)
    chosen = rng.random(5) < 0.5
    chosen[int(rng.integers(5))] = True

    def members(s: int) -> list[int]:
        above = [] if sets.parent[s] < 0 else members(int(sets.parent[s]))
        return [*above, *sets.added[s].tolist()]

    empty = [not chosen[members(s)].any() for s in range(sets.parent.size)]
    counted = sets.constant + float(sets.weight[np.array(empty)].sum())
    assert counted == pytest.approx(service_cost(problem.weight, problem.cost, chosen))


@pytest.mark.parametrize("seed", range(10))
def test_interchange_gives_as_many_sites_as_asked(seed: int) -> None:
    problem = replace(a_problem("p-median", seed, zones=15, sites=8), exactly=3, at_most=None)
    chosen = interchange(problem, until=lambda: False)
    assert chosen.sum() == 3
    assert service_cost(problem.weight, problem.cost, chosen) >= optimum(problem) - 1e-9


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("lscp", {"minutes": 0.001}, "no site within"),
        ("p-median", {"exactly": 6, "at_most": None}, "6 sites are to be open of 5"),
        ("cflp", {"capacity": np.ones(5)}, "room for 5"),
    ],
)
def test_what_no_sites_can_meet(kind: str, change: dict[str, object], words: str) -> None:
    problem = replace(a_problem(kind, 2), **change)
    with pytest.raises(NoAnswer, match=words) as caught:
        solve_problem(problem, clock())
    assert caught.value.proved
