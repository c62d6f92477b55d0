"""Staff that is followed: proofs end with the best plan there is, though the model is looser."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.instance import Instance
from optimizer.solving.incumbent import Limits
from optimizer.solving.proof import NoPlan, Outcome, prove
from tests.instances import an_instance, staffed
from tests.optimum import best_plan
from tests.sweep.small_sweep import write_small

SECONDS = 120.0


def proved(instance: Instance) -> Outcome:
    limits = Limits("highs", 0.0, time.monotonic() + SECONDS, 1, 1)
    return prove(instance, limits, report=lambda *_: None, stop=threading.Event())


def test_a_proof_with_staff_ends_with_the_best_plan() -> None:
    with_plan = 0
    for seed in range(4):
        instance = staffed(an_instance(sites=4, seed=seed), seed)
        best = best_plan(instance)
        if best is None:
            with pytest.raises(NoPlan) as nothing:
                proved(instance)
            assert nothing.value.proved
            continue
        found = proved(instance)
        assert found.evaluation.objective == pytest.approx(best.objective, rel=1e-9)
        assert found.certificate.status == "optimal"
        with_plan += 1
    assert with_plan == 4


def test_plans_that_only_the_model_holds_for_sound_do_not_end_the_proof(tmp_path: Path) -> None:
    """The model lets staff move in chains, the exact count does not: its best plan breaks the
    budget, and the proof goes on behind that plan instead of stopping long before its limit."""
    instance = read_case(
        load(write_small(tmp_path, requirements={"region_coverage": {"on": False}}))
    ).instance
    assert instance.staff is not None
    found = proved(instance)
    assert found.certificate.status == "optimal"
    assert found.certificate.bound == pytest.approx(found.evaluation.objective)
