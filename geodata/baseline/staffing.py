"""Staff of today: what the peak month asks for, never below the minimum of the mode."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Floats
from geodata.problems import InputError, Problem


def staff(visits: Floats, fte_min: Floats, peak_factor: float, productivity: float) -> Floats:
    """FTE of each office: max(minimum, peak factor x visits / productivity).

    Visits a year; productivity in visits a year per FTE at the pace of the peak month.
    """
    return np.maximum(fte_min, peak_factor * visits / productivity)


def of_today(
    own: Floats,
    visits: Floats,
    *,
    fte_min: Floats,
    is_open: Bools,
    peak_factor: float,
    total_fte: float,
) -> Floats:
    """FTE of each office today: its own where given (not NaN), the others' by their visits.

    The others share what own staff leaves of ``total_fte``, by the same rule at a pace of their
    own. Raises InputError where that is less than the minimum of their modes.
    """
    known = np.isfinite(own) & is_open
    others = is_open & ~known
    found = np.where(known, own, 0.0)
    if others.any():
        left, least = total_fte - float(own[known].sum()), float(fte_min[others].sum())
        if known.any() and left < least - 1e-6:
            raise InputError(_too_little_left(int(known.sum()), total_fte - left, total_fte))
        if known.any() and left <= least + 1e-6:
            found[others] = fte_min[others]
        else:
            pace = productivity_for(visits[others], fte_min[others], peak_factor, left)
            found[others] = staff(visits, fte_min, peak_factor, pace)[others]
    return found


def _too_little_left(offices: int, amount: float, total_fte: float) -> Problem:
    return Problem(
        "offices, column fte",
        f"{amount:g} FTE at {offices} offices, of {total_fte:g} at all of them",
        "own staff that leaves the other offices the minimum of their modes",
        "Give the staff of every office, or raise costs.front_fte.",
    )


def productivity_for(
    visits: Floats, fte_min: Floats, peak_factor: float, total_fte: float
) -> float:
    """The productivity at which the offices' staff sums to ``total_fte`` exactly.

    The sum falls piecewise in 1 / productivity: offices are sorted by the point where their
    minimum stops to bind, and the piece that holds the total is solved in closed form.
    """
    if fte_min.sum() >= total_fte:
        raise InputError(
            Problem(
                "costs.front_fte",
                f"{total_fte:g} FTE, no more than the {fte_min.sum():g} FTE that the modes' "
                "minimum asks",
                "more front staff than the sum of the offices' minimum staff",
                "Raise costs.front_fte (or the offices' own fte), or lower modes.<mode>.fte_min.",
            )
        )
    peak = peak_factor * visits
    busy = peak > 0
    if not busy.any():
        accepted = "visits at some office"
        raise InputError(Problem("zones", "no visits at any office of today", accepted))
    ratio = np.where(busy, fte_min / np.where(busy, peak, 1.0), np.inf)
    order = np.argsort(ratio, kind="stable")
    beyond = peak[order].cumsum()  # peak visits of the offices above their minimum
    held = fte_min.sum() - fte_min[order].cumsum()  # minimum of the others
    for k in range(order.size):
        inverse = (total_fte - held[k]) / beyond[k] if beyond[k] > 0 else np.inf
        following = ratio[order[k + 1]] if k + 1 < order.size else np.inf
        if ratio[order[k]] <= inverse <= following:
            return float(1.0 / inverse)
    raise AssertionError("the sum of staff is continuous and must meet the total")
