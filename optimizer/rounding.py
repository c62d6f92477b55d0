"""How numbers are rounded for people: one rule, the one that spreadsheets and browsers follow."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_EXACT = 1e15  #: a number as large has no decimals
_KNOWN = 9  #: decimals that the tables of a run keep at most; what is beyond is noise of sums


def rounded(value: float, decimals: int = 0) -> float:
    """The value to some decimals, halves away from zero as they are written: 1.05 is 1.1.

    Never minus zero; infinity and what is no number are given back.
    """
    if not abs(value) < _EXACT:
        return value
    written = Decimal(repr(round(float(value), _KNOWN)))
    step = Decimal(1).scaleb(-decimals)
    return float(written.quantize(step, rounding=ROUND_HALF_UP)) + 0.0
