"""Staggered days by hand and against every arrangement there is."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from optimizer.engine.weekdays import Schedule, kilometres, staggered

NEAR = np.ones((2, 2), dtype=bool)


def names(schedule: Schedule) -> list[str]:
    return ["".join("MTWtF"[d] for d in np.flatnonzero(row)) for row in schedule.open]


def test_two_offices_with_three_days_are_never_closed_together() -> None:
    found = staggered(np.array([3.0, 3.0]), np.array([3, 3]), NEAR)
    assert (found.open.sum(axis=1) == 3).all()
    assert found.open.any(axis=0).all()
    assert found.uncovered.sum() == 0


def test_too_few_days_leave_as_few_uncovered_as_can_be() -> None:
    """Two days and one: three weekdays on which one of them opens, two on which none does."""
    found = staggered(np.array([2.0, 1.0]), np.array([2, 2]), NEAR)
    assert found.open.sum(axis=0).max() == 1
    assert found.uncovered.sum() == 4  # two weekdays for each of the two


def test_a_lesser_office_does_not_stand_in_for_a_better_one() -> None:
    """o1 serves need 1 only: o0 is uncovered on its own two closed days whatever o1 does."""
    found = staggered(np.array([3.0, 2.0]), np.array([3, 1]), NEAR)
    assert found.uncovered.sum(axis=1).tolist() == [2, 0]
    assert not (found.open[0] & found.open[1]).any()  # o0's days help o1


def test_an_office_that_is_open_all_week_is_no_part_of_it() -> None:
    """The offices with fewer days share the week between them, whoever else is near."""
    found = staggered(np.array([3.0, 3.0, 5.0]), np.array([3, 3, 3]), np.ones((3, 3), dtype=bool))
    assert found.site.tolist() == [0, 1]
    assert found.open.any(axis=0).all()


def test_four_offices_with_four_days_close_on_a_day_each() -> None:
    found = staggered(np.full(4, 4.0), np.full(4, 3), np.ones((4, 4), dtype=bool))
    assert (~found.open).sum(axis=0).max() == 1


def test_offices_alone_or_closed_have_no_schedule() -> None:
    near = np.eye(3, dtype=bool)
    assert staggered(np.array([3.0, 3.0, 2.0]), np.array([3, 3, 2]), near).site.size == 0
    assert staggered(np.array([3.0, 3.0]), np.array([3, 0]), NEAR).site.size == 0


def test_the_days_stay_from_year_to_year() -> None:
    first = staggered(np.array([3.0, 3.0]), np.array([3, 3]), NEAR)
    three = np.ones((3, 3), dtype=bool)
    later = staggered(np.array([3.0, 3.0, 2.0]), np.array([3, 3, 3]), three, first)
    assert (later.open[:2] == first.open).all()


def fewest(days: np.ndarray, tier: np.ndarray, near: np.ndarray) -> int:
    """The fewest uncovered days over every arrangement, told plainly."""
    n, best = days.size, 5 * days.size
    sharing = [
        j
        for j in range(n)
        if days[j] < 5 and any(near[j, k] and days[k] < 5 for k in range(n) if k != j)
    ]
    for chosen in product(*(list(combinations(range(5), int(days[j]))) for j in range(n))):
        missing = 0
        for j in sharing:
            there = {
                d
                for k in range(n)
                if (k == j or (near[j, k] and days[k] < 5)) and tier[k] >= tier[j]
                for d in chosen[k]
            }
            missing += 5 - len(there)
        best = min(best, missing)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_arrangement_leaves_fewer_days_uncovered(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, tier = rng.choice([1.0, 2.0, 3.0, 5.0], 4), rng.choice([1, 2, 3, 3], 4)
    near = rng.random((4, 4)) < 0.6
    near |= near.T
    found = staggered(days, tier, near)
    assert (found.open.sum(axis=1) == days[found.site]).all()
    assert found.uncovered.sum() == fewest(days, tier, near)


def test_kilometres_along_the_ground() -> None:
    """A degree of latitude is 111.2 km; of longitude at 60 degrees north half of that."""
    apart = kilometres(np.array([15.0, 15.0, 16.0]), np.array([60.0, 61.0, 60.0]))
    assert apart[0, 1] == pytest.approx(111.19, abs=0.01)
    assert apart[0, 2] == pytest.approx(55.6, abs=0.1)
    assert apart[0, 0] == 0.0
