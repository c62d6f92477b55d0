"""Amounts that are needed are rounded up, so that what is told is enough."""

import math

import pytest

from optimizer.whatif.rounded_up import rounded_up


@pytest.mark.parametrize(
    ("value", "decimals", "enough"),
    [
        (2.31, 1, 2.4),
        (2.3 + 1e-9, 1, 2.3),
        (0.012, 2, 0.02),
        (2.0, 0, 2.0),
        (2.1, 0, 3.0),
        (-2.31, 1, -2.3),
        (-math.inf, 1, -math.inf),
    ],
)
def test_no_less_is_enough_but_for_noise(value: float, decimals: int, enough: float) -> None:
    assert rounded_up(value, decimals) == enough
