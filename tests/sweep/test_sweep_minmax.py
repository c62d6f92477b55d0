"""The plan of least greatest regret over futures of tiny instances, against every plan there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from optimizer.whatif.sweep.minmax import Futures, Worth, least_greatest_regret
from tests.instances import an_instance
from tests.optimum import all_plans, best_plan


def futures_of(seed: int) -> Futures | None:
    """Three futures in which each zone comes more or less often; each with its best plan."""
    years = 2 if seed % 4 == 3 else 1
    instance = an_instance(seed=seed, zones=5, sites=3, years=years, choices=3 - years)
    rng = np.random.default_rng(seed)
    shape = (1, len(instance.zones), 1)
    demands = [0.9 * instance.demand * rng.uniform(0.1, 1.9, shape) for _ in range(3)]
    instances = [replace(instance, demand=demand) for demand in demands]
    best = [best_plan(one) for one in instances]
    if any(one is None for one in best):
        return None
    return Futures(instances, np.array([one.objective for one in best if one is not None]))


def plans_of(futures: Futures) -> list[np.ndarray]:
    found = [best_plan(one) for one in futures.instances]
    return [one.states for one in found if one is not None]


def truth(futures: Futures) -> Worth:
    worths = (futures.worth(futures.counted(s)) for s in all_plans(futures.instances[0]))
    return min(worths, key=lambda one: one.key)


@pytest.mark.soak
def test_it_is_the_least_there_is() -> None:
    compared = better_than_own = 0
    for seed in range(16):
        futures = futures_of(seed)
        if futures is None:
            continue
        own = plans_of(futures)
        states, worth = least_greatest_regret(futures, own, out_of_time=lambda: False)
        expected = truth(futures)
        assert worth == futures.worth(futures.counted(states))
        assert worth.missed == expected.missed
        assert worth.regret == pytest.approx(expected.regret, rel=1e-9, abs=1e-3)
        first = min((futures.worth(futures.counted(one)) for one in own), key=lambda one: one.key)
        better_than_own += worth.key < first.key
        compared += 1
    assert compared >= 6
    assert better_than_own >= 1  # the plan of no single future is the best over all


def test_without_time_the_best_of_the_plans_at_hand_is_given() -> None:
    futures = next(one for one in map(futures_of, range(24)) if one is not None)
    own = plans_of(futures)
    states, worth = least_greatest_regret(futures, own, out_of_time=lambda: True)
    assert any(np.array_equal(states, one) for one in own)
    assert worth.key == min(futures.worth(futures.counted(one)).key for one in own)


def test_a_plan_that_holds_in_more_futures_comes_first() -> None:
    worths: Sequence[Worth] = (Worth(1, 0.1, 5.0), Worth(0, 0.0, 90.0), Worth(1, 0.05, 50.0))
    ordered = sorted(worths, key=lambda one: one.key)
    assert [one.regret for one in ordered] == [90.0, 50.0, 5.0]
