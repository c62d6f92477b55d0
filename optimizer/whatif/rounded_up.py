"""Amounts that are needed, rounded up as they are told: no less is enough."""

from __future__ import annotations

import math

_NOISE = 1e-6  #: of the last decimal, that nothing is rounded up for


def rounded_up(value: float, decimals: int = 0) -> float:
    """The least number of so many decimals that is no less than the value, but for noise.

    Infinity and what is no number are given back.
    """
    step: int = 10**decimals
    return math.ceil(value * step - _NOISE) / step if math.isfinite(value) else value
