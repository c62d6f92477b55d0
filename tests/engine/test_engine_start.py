"""A search that is given a plan to start from: repaired, improved, and never the worse for it."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.engine.search import Search
from optimizer.solving.incumbent import Limits
from optimizer.solving.proof import NoPlan, prove
from tests.instances import an_instance
from tests.optimum import best_plan, paths


@pytest.mark.parametrize("seed", range(4))
def test_any_start_ends_in_the_same_proved_optimum(seed: int) -> None:
    instance = an_instance(seed=seed, years=2)
    best = best_plan(instance)
    rng = np.random.default_rng(seed)
    starts = [None if best is None else best.states]
    starts += [rng.integers(0, len(instance.states), (len(instance.sites), 2)) for _ in range(2)]
    for start in starts:
        limits = Limits("highs", 0.0, time.monotonic() + 120, 1, 1)
        try:
            found = prove(
                instance, limits, report=lambda *_: None, stop=threading.Event(), start=start
            )
        except NoPlan:
            assert best is None
            continue
        assert best is not None
        assert found.certificate.status == "optimal"
        assert found.certificate.objective == pytest.approx(best.objective)


def test_a_fitted_plan_has_only_paths_that_are_allowed_and_keeps_those_that_are() -> None:
    instance = an_instance(seed=3, years=2, sites=4)
    allowed = [paths(instance, j) for j in range(4)]
    states = np.array([allowed[0][-1], allowed[1][0], (0, 1), allowed[3][-1]], dtype=np.int64)
    states[2] = next(
        (a, b)
        for a in range(len(instance.states))
        for b in range(len(instance.states))
        if (a, b) not in allowed[2]
    )
    fitted = Search(instance).fitted(states)
    assert all(tuple(fitted[j].tolist()) in allowed[j] for j in range(4))
    for j in (0, 1, 3):
        assert (fitted[j] == states[j]).all()
    assert "transition" not in " ".join(evaluate(instance, fitted).broken)
