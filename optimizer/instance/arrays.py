"""The arrays that an instance is made of, and what their numbers mean."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Floats, Ints

__all__ = ["CLOSED", "Bools", "Floats", "Ints", "distinct_rows"]

CLOSED = 0  #: the first state of all


def distinct_rows(within: Bools) -> tuple[Bools, Ints]:
    """The distinct rows of [I, J] sites in reach, and the row of each zone."""
    packed = np.packbits(within, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, of_zone = np.unique(rows, return_index=True, return_inverse=True)
    return within[first], of_zone
