"""The rooms of today, in visits a year: what an office's own table says, or visits and a slack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from geodata.arrays import Bools, Floats

_PART = 0.5  #: of a visit: what rounding in a table may leave out
_SHOWN = 5


def of_today(own: Floats, visits: Floats, *, is_open: Bools, new: float, slack: float) -> Floats:
    """[sites] room in visits a year.

    An office has its own room (``own``, NaN: not known), but no less than the visits of today,
    which were made there; else today's visits and the slack, a share of them. A candidate has its
    own, else the room of a ``new`` office and the slack.
    """
    estimated = (1.0 + slack) * np.where(is_open, visits, new)
    return np.where(np.isfinite(own), np.maximum(own, visits), estimated)


def too_small(own: Floats, visits: Floats) -> Bools:
    """[sites] whose own room is below the visits of today, which are 0 at a candidate."""
    return np.asarray(np.isfinite(own) & (own < visits - _PART))


def told_of_small(names: Sequence[str], own: Floats, visits: Floats) -> Iterator[str]:
    """A sentence on offices whose own room is below the visits that were made there."""
    small = np.flatnonzero(too_small(own, visits))
    if small.size:
        worst = small[np.argsort(-(visits - own)[small], kind="stable")][:_SHOWN]
        shown = "; ".join(f"{names[j]} {visits[j]:,.0f} ({own[j]:,.0f})" for j in worst)
        yield (
            f"Own room of {small.size} offices is below the visits that were made there, and the "
            f"plan counts with room for those visits (own room in brackets): {shown}."
        )
