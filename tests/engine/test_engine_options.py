"""Options in order against a look at every site."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.instance.options import (
    NOWHERE,
    Bools,
    Floats,
    Ints,
    Options,
    all_options,
    option_minutes,
    shared_options,
)

N_ZONES, N_SITES = 40, 9
SERVING = np.array([False, True, True, False])


def _drawn(seed: int, kept: int) -> tuple[Floats, Floats, Options]:
    """Ways on a coarse grid, so that many options cost the same."""
    rng = np.random.default_rng(seed)
    travel = rng.integers(0, 12, (N_ZONES, N_SITES)) / 2.0
    waiting = rng.integers(0, 3, (N_SITES, SERVING.size)) * 2.0
    usable = np.array([False, True, True, True])
    return travel, waiting, all_options(travel, waiting, usable, kept=kept)


def _by_hand(travel: Floats, waiting: Floats, states: Ints) -> list[list[tuple[float, int]]]:
    """The available options of each zone, cheapest first: minutes and site."""
    serving = np.flatnonzero(SERVING[states])
    return [
        sorted((float(travel[i, j] + waiting[j, states[j]]), int(j)) for j in serving)
        for i in range(travel.shape[0])
    ]


@pytest.mark.parametrize("kept", [1, 4, 64])
@pytest.mark.parametrize("seed", range(12))
def test_first_and_second_are_those_of_a_look_at_every_site(seed: int, kept: int) -> None:
    travel, waiting, options = _drawn(seed, kept)
    states = np.random.default_rng(seed + 100).integers(0, SERVING.size, N_SITES)
    able = options.available(states, SERVING)
    expected = _by_hand(travel, waiting, states)
    none = (np.inf, NOWHERE)
    site, cost = options.first(able)
    two = options.two(able)
    for i, row in enumerate(expected):
        best, second = (*row, none, none)[:2]
        assert (cost[i], site[i]) == best
        assert (two.cost[i], two.site[i]) == best
        assert (two.second_cost[i], two.second_site[i]) == second


@pytest.mark.parametrize("kept", [1, 4, 64])
@pytest.mark.parametrize("seed", range(12))
def test_better_options_are_all_that_come_before_the_best(seed: int, kept: int) -> None:
    travel, waiting, options = _drawn(seed, kept)
    states = np.random.default_rng(seed + 100).integers(0, SERVING.size, N_SITES)
    two = options.two(options.available(states, SERVING))
    wanted: Bools = np.zeros(options.site.size, dtype=bool)
    wanted[options.number[:, 1]] = True
    zones, sites, minutes = options.better(wanted, two)
    expected = {
        (i, j, float(option))
        for i in range(N_ZONES)
        for j, option in enumerate(option_minutes(travel[i], waiting[:, 1]))
        if (option, j) < (two.cost[i], two.site[i]) and j != two.site[i]
    }
    others = sites != two.site[zones]  # the best site itself, with less waiting, may be among them
    found = zip(zones[others], sites[others], minutes[others], strict=True)
    assert {(int(i), int(j), float(m)) for i, j, m in found} == expected


def test_far_options_are_in_order_of_their_minutes() -> None:
    travel = np.array([[5e6, 4e6, 3e6, 1.0]])
    options = all_options(travel, np.zeros((4, 2)), np.array([False, True]), kept=3)
    assert options.site[options.order[0]].tolist() == [3, 2, 1]


def test_options_are_made_once_for_the_same_arrays() -> None:
    travel, waiting, _ = _drawn(1, 4)
    usable = np.array([False, True, True, True])
    one = shared_options(travel, waiting, usable)
    assert shared_options(travel, waiting, usable) is one
    assert shared_options(travel, waiting.copy(), usable) is not one
    assert shared_options(travel, waiting, np.array([False, True, True, False])) is not one
