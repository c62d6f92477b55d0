"""Branch and bound over a program that has grown: what is told holds, and it ends when told to."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from optimizer.engine.evaluate import evaluate
from optimizer.instance import Floats
from optimizer.model.build import build_model
from optimizer.model.variables import states_at
from optimizer.solving.branching import Asked, branch
from optimizer.solving.rounds import Rounds
from optimizer.solving.simplex import Stated
from optimizer.solving.solvers import Highs
from tests.grown_out import MILLION, grown_out
from tests.instances import an_instance
from tests.optimum import best_plan, full


def test_the_search_of_a_relaxation_ends_between_its_bound_and_the_optimum() -> None:
    """At chains of full length it is the optimum, and its solution is the plan."""
    searched = raised = 0
    for seed in range(12):
        instance = an_instance(seed=8000 + seed, sites=4, choices=2, years=1 + seed % 2)
        best = best_plan(instance)
        if best is None or searched == 4:
            continue
        one = Rounds(instance, seed=1, stop=threading.Event())
        bound = grown_out(one)[-1]
        told: list[float | Floats] = []
        asked = one.to_branch(instance.unchanged(), seconds=60.0, gap=0.0)
        branch(asked, stop=threading.Event(), heard=told.append)
        bounds = [found for found in told if isinstance(found, float) and np.isfinite(found)]
        proved = (bounds[-1] + one.program.constant) * MILLION
        assert proved == pytest.approx(best.objective, rel=1e-6, abs=2.0)
        plans = [
            states_at(found, one.program.variables.mode)
            for found in told
            if not isinstance(found, float)
        ]
        assert evaluate(instance, plans[-1]).objective == pytest.approx(best.objective, abs=2.0)
        raised += proved > bound + 10.0
        searched += 1
    assert searched == 4
    assert raised > 0


def hard(n_binary: int = 60) -> Asked:
    """Market splits: nobody proves these."""
    rng = np.random.default_rng(1)
    weight = rng.integers(1, 100, (6, n_binary)).astype(np.float64)
    matrix = sp.csr_array(np.hstack([weight, np.eye(6), -np.eye(6)]))
    rows = np.floor(weight.sum(axis=1) / 2)
    size = n_binary + 12
    cost = np.concatenate([np.zeros(n_binary), np.ones(12)])
    upper = np.concatenate([np.ones(n_binary), np.full(12, np.inf)])
    stated = Stated(cost, np.zeros(size), upper, rows, rows, matrix, 0.0)
    return Asked(stated, np.arange(n_binary), np.zeros(n_binary), 120.0, 0.0, 1)


def test_bounds_are_told_on_the_way_and_it_ends_at_once_when_it_is_told_to() -> None:
    stop, bounds = threading.Event(), list[float]()

    def heard(found: float | Floats) -> None:
        if isinstance(found, float):
            bounds.append(found)
            stop.set()

    began = time.monotonic()
    branch(hard(), stop=stop, heard=heard)
    assert bounds
    assert time.monotonic() - began < 0.9 * hard().seconds


@pytest.mark.parametrize("told_a_start", [False, True])
def test_the_solver_that_pulp_calls_tells_bounds_on_the_way_too(told_a_start: bool) -> None:
    told = 0
    for seed in range(6):
        instance = an_instance(seed=8000 + seed, sites=4, choices=2)
        best = best_plan(instance)
        if best is None:
            continue
        bounds: list[float] = []
        found = Highs(threads=1, seed=1).search(
            build_model(instance, full(instance)),
            start=best.states if told_a_start else None,
            seconds=60.0,
            gap=0.0,
            stop=threading.Event(),
            on_bound=bounds.append,
        )
        assert found.bound is not None
        assert all(bound <= found.bound + 1e-6 for bound in bounds)
        told += len(bounds)
    assert told > 0


def test_what_goes_wrong_where_it_is_heard_is_not_lost() -> None:
    def heard(found: float | Floats) -> None:
        raise KeyError(found if isinstance(found, float) else found.size)

    with pytest.raises(KeyError):
        branch(hard(), stop=threading.Event(), heard=heard)


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false"])
def test_without_a_process_nothing_is_told(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    told: list[float | Floats] = []
    branch(hard(), stop=threading.Event(), heard=told.append)
    assert told == []


ASKING = """
import subprocess, threading
from optimizer.solving import branching
from tests.solving.test_solving_branching import hard

class Told(subprocess.Popen):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        print(self.pid, flush=True)

branching.subprocess.Popen = Told
branching.branch(hard(), stop=threading.Event(), heard=lambda found: print("told", flush=True))
"""


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look at")
def test_nothing_is_left_running_when_the_one_that_asked_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKING], stdout=subprocess.PIPE) as asking:
        assert asking.stdout is not None
        pid = int(asking.stdout.readline())
        assert asking.stdout.readline() == b"told\n"
        assert running(pid)
        asking.kill()
    began = time.monotonic()
    while running(pid):
        assert time.monotonic() - began < 0.5 * hard().seconds
        time.sleep(0.05)
