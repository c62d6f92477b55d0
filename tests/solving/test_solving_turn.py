"""Which round comes next, by what the last ones gained and took."""

from __future__ import annotations

from itertools import pairwise

import pytest

from optimizer.solving.turn import FEW, LITTLE, LITTLE_KNOWN, NEAR, SLOW, SPENT, WHOLE, Turn


def at_prices(*bounds: float, seconds: float = 1.0) -> Turn:
    """After the first bound, rounds at prices that come to these."""
    turn = Turn()
    turn.at_prices(-1.0, bounds[0], seconds)
    for before, bound in pairwise(bounds):
        turn.at_prices(before, bound, seconds)
    return turn


def test_rounds_at_prices_go_on_while_the_last_ones_gain_a_part_of_all() -> None:
    step = LITTLE / FEW
    enough = at_prices(0.0, 1.0, *(1.0 + 1.2 * step * k for k in range(1, FEW + 1)))
    little = at_prices(0.0, 1.0, *(1.0 + 0.8 * step * k for k in range(1, FEW + 1)))
    assert enough.gains(1.0 + 1.2 * step * FEW)
    assert not little.gains(1.0 + 0.8 * step * FEW)
    assert at_prices(0.0, 0.0).gains(0.0)  # too few to tell


def test_prices_of_the_whole_ask_for_more_and_disjunctions_for_no_more_than_a_few() -> None:
    turn = at_prices(0.0, 1.0)
    turn.whole(1.0)
    part = (LITTLE + LITTLE_KNOWN) / 2.0
    bounds = [1.0, 2.0, *(2.0 + part / FEW * k for k in range(1, FEW + 1))]
    for before, bound in pairwise(bounds):
        turn.at_prices(before, bound, 1.0)
    assert not turn.gains(bounds[-1])
    turn.at_prices(bounds[-1], bounds[-1] + 1.0, 1.0)
    assert turn.gains(bounds[-1] + 1.0)
    turn.any_cuts = True
    assert not turn.gains(bounds[-1] + 1.0)


@pytest.mark.parametrize(("part", "near", "slow"), [(1.5, 0, 0), (0.9, 1, 0), (0.4, 1, 1)])
def test_what_is_added_hangs_on_what_the_whole_gained(part: float, near: bool, slow: bool) -> None:
    gained = part * NEAR
    turn = Turn()
    turn.whole(0.0)
    turn.whole(1.0 - gained)
    turn.whole(1.0)
    assert turn.near(1.0) == near
    assert turn.slow(1.0) == slow
    assert (gained <= SLOW) == slow


def test_disjunctions_follow_each_other_until_they_gain_little() -> None:
    turn = Turn()
    turn.whole(0.0)
    turn.whole(1.0)
    turn.cut = True
    turn.whole(1.0 + 2.0 * SPENT)
    assert turn.slow(1.0 + 2.0 * SPENT)
    turn.whole(1.0 + 2.5 * SPENT)
    assert not turn.slow(1.0 + 2.5 * SPENT)


def test_there_is_no_time_for_the_whole_where_it_takes_longer_than_is_left() -> None:
    turn = at_prices(0.0, 1.0, 2.0, 3.0, seconds=2.0)
    assert turn.short(2.0 * WHOLE - 0.1, last=0.0)
    assert not turn.short(2.0 * WHOLE + 0.1, last=0.0)
    assert turn.short(2.0 * WHOLE + 0.1, last=3.0 * WHOLE)
