"""Own visits of offices: catchments scaled to them, and what is left to the offices without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Bools, Floats
from geodata.baseline.demand import Choice, Shares, office_visits
from geodata.problems import InputError, Problem

_ROUNDS = 500
_STEADY = 1e-10  #: largest change of a factor at which the scaling has ended
_LEAST_FACTOR = 1e-6  #: of one round
_MET = 0.005  #: share of its own visits by which an office may be missed


@dataclass(frozen=True)
class Own:
    """What the tables say themselves; NaN or False where they say nothing."""

    offices: Floats  #: [sites] visits of offices of today
    measured: Bools  #: [zones] zones with visits of their own, which nothing scales


def fit_to_offices(
    visits: Floats,
    choice: Choice,
    shares: Shares,
    *,
    own: Own,
    rest: Mapping[str, float],
    site_region: Sequence[str],
) -> Floats:
    """Scale zones so that offices with visits of their own receive them.

    The other offices of a region share what is ``rest`` of its total, in the proportions that were
    estimated. Generalised iterative scaling (Darroch and Ratcliff 1972): a zone takes the geometric
    mean of the factors of the offices it goes to, weighted by its visits there. Where zones can
    meet all offices it ends in the ones that differ least (by entropy) from what was estimated.
    """
    known = np.isfinite(own.offices)
    if not known.any():
        return visits
    fitted, weights = visits.copy(), np.asarray(shares)
    region = np.array(site_region)
    groups = [(~known & (region == name), left) for name, left in rest.items()]
    for _ in range(_ROUNDS):
        got = office_visits(fitted, choice, shares, own.offices.size)
        wanted = np.where(known, own.offices, got)
        for others, left in groups:
            total = got[others].sum()
            wanted[others] = got[others] * (left / total if total > 0 else 1.0)
        factor = np.where(got > 0, wanted / np.where(got > 0, got, 1.0), 1.0)
        taken = np.log(np.maximum(factor, _LEAST_FACTOR))[choice.site]
        scale = np.exp(taken @ weights if weights.ndim == 1 else (taken * weights).sum(axis=1))
        scale[own.measured] = 1.0
        fitted = fitted * scale
        if np.abs(scale - 1.0).max() < _STEADY:
            break
    return fitted


def left_to_others(
    own: Floats,
    is_open: Bools,
    *,
    site_region: Sequence[str],
    received: Mapping[str, float],
) -> dict[str, float]:
    """What the own visits leave of a region's total, where offices of it have none of their own.

    Raises InputError where they leave nothing.
    """
    region, known = np.array(site_region), np.isfinite(own)
    left, problems = {}, []
    for name, total in received.items():
        here = is_open & (region == name)
        if (here & known).any() and (here & ~known).any():
            given = float(own[here & known].sum())
            left[name] = total - given
            if given >= total:
                problems.append(_nothing_left(name, int((here & known).sum()), given, total))
    if problems:
        raise InputError(problems)
    return left


def _nothing_left(region: str, offices: int, given: float, total: float) -> Problem:
    return Problem(
        "offices, column visits_per_year",
        f"{given:,.0f} visits at {offices} offices of {region}, whose total is {total:,.0f}",
        "own visits below the region's total where other offices of it have none of their own",
        "Give the visits of all its offices, or the totals of your own year (data.visits).",
    )


def unmet(own: Floats, got: Floats) -> Bools:
    """Which offices receive other visits than their own table says."""
    known = np.isfinite(own)
    return np.asarray(known & (np.abs(got - own) > np.maximum(1.0, _MET * np.abs(own))))


def told_of_unmet(names: Sequence[str], own: Floats, got: Floats) -> Iterator[str]:
    """A sentence on offices whose catchments can not give them their own visits."""
    missed = np.flatnonzero(unmet(own, got))
    if missed.size:
        worst = missed[np.argsort(-np.abs(got - own)[missed])][:5]
        shown = "; ".join(f"{names[j]} {got[j]:,.0f} ({own[j]:,.0f})" for j in worst)
        yield (
            f"Own visits of {missed.size} offices are not met by their catchments, and the plan "
            f"counts with what it finds (own visits in brackets): {shown}."
        )
