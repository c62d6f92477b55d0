"""Many zones searched as few: what a coarse instance keeps, and plans counted on all zones."""

import numpy as np
import pytest

from optimizer.engine import coarse
from optimizer.engine.evaluate import evaluate
from tests.instances import an_instance


@pytest.mark.parametrize("seed", range(10))
def test_coarse_zones_keep_visits_and_minutes(seed: int) -> None:
    """Total visits are kept, and so are visit-minutes to any one site."""
    instance = an_instance(zones=8, sites=4, years=2, seed=seed)
    small = coarse.coarsen(instance, nearest=1)
    assert len(small.zones) <= len(instance.zones)
    assert small.demand.sum() == pytest.approx(instance.demand.sum())
    weight, small_weight = instance.demand.sum(axis=(0, 2)), small.demand.sum(axis=(0, 2))
    assert small_weight @ small.minutes == pytest.approx(weight @ instance.minutes)


@pytest.mark.parametrize("seed", range(10))
def test_plans_of_coarse_zones_are_counted_on_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the coarse search proposes, the planner's best is feasible and counted exactly."""
    monkeypatch.setattr(coarse, "MOST_ZONES", 1)
    instance = an_instance(zones=8, sites=4, years=2, seed=seed)
    planner = coarse.Planner(instance, out_of_time=lambda: False)
    planner.construct()
    found = planner.improve()
    if found is not None:
        again = evaluate(instance, found.states)
        assert again.feasible
        assert found.objective == pytest.approx(again.objective)
        assert np.array_equal(found.states, again.states)
