"""Visits of today by zone and by office, from population, minutes and the regions' totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.baseline.facts import Floats, Ints
from geodata.problems import InputError, Problem

#: Option minutes are compared on this grid, so that ties go to the lower office_id everywhere.
TIE_DECIMALS = 6
_FIT_ROUNDS = 60


@dataclass(frozen=True)
class Choice:
    """Where the visits of today go, by zone and need."""

    site: Ints  #: [zones, needs]
    minutes: Floats  #: [zones, needs] travel
    waiting: Floats  #: [zones, needs]


def waiting_of(open_days: Floats, waiting_minutes: float) -> Floats:
    """Minutes that a visit waits because the office is closed some weekdays.

    (5 - open days) / 5 x waiting minutes.
    """
    return np.asarray((5.0 - open_days) / 5.0 * waiting_minutes, dtype=np.float64)


def choose(minutes: Floats, waiting: Floats, tier: Ints, n_needs: int) -> Choice:
    """The cheapest office of today for each zone and need; ties to the first (lowest id).

    Cost is travel plus waiting. ``tier`` is 0 for sites that are closed. A zone without any
    office that serves a need gets site -1.
    """
    rows = np.arange(minutes.shape[0])
    sites, travels, waits = [], [], []
    for need in range(1, n_needs + 1):
        serving = np.flatnonzero(tier >= need)
        if serving.size == 0:
            raise InputError(
                Problem(
                    "offices",
                    f"no office of today serves need {need}",
                    "at least one office whose mode serves every need",
                    "Give an office a mode of a higher tier.",
                )
            )
        cost = np.round(minutes[:, serving] + waiting[serving], TIE_DECIMALS)
        best = serving[cost.argmin(axis=1)]
        sites.append(best)
        travels.append(minutes[rows, best])
        waits.append(waiting[best])
    return Choice(np.column_stack(sites), np.column_stack(travels), np.column_stack(waits))


def propensity(choice: Choice, shares: Sequence[float], scale_minutes: float) -> Floats:
    """Visits per inhabitant before scaling: sum over needs of share x exp(-minutes / scale)."""
    return np.asarray(np.exp(-choice.minutes / scale_minutes) @ np.asarray(shares))


def region_factors(
    base: Floats,
    choice: Choice,
    shares: Sequence[float],
    *,
    zone_region: Sequence[str],
    site_region: Sequence[str],
    received: Mapping[str, float],
) -> dict[str, float]:
    """One factor for each region of zones, so that each region's offices receive their total.

    Visits cross region borders, so the factors solve the linear system
    sum_q s[q] x visits from q to offices of r = total[r]; as many equations as regions.
    """
    regions = sorted(received)
    number = {name: k for k, name in enumerate(regions)}
    home = np.array([number[name] for name in zone_region])
    there = np.array([number[name] for name in site_region])
    flow = np.zeros((len(regions), len(regions)))
    for need, share in enumerate(shares):
        np.add.at(flow, (home, there[choice.site[:, need]]), base * share)
    wanted = np.array([received[name] for name in regions])
    used = flow.sum(axis=1) > 0
    if np.any(wanted[~used] > 0) or np.linalg.matrix_rank(flow[np.ix_(used, used)]) < used.sum():
        raise InputError(_unfittable("an office in every region with visits on record"))
    factors = np.zeros(len(regions))
    factors[used] = np.linalg.solve(flow[np.ix_(used, used)].T, wanted[used])
    if (factors < 0).any():
        raise InputError(_unfittable("visits by region that population and distance can give"))
    return dict(zip(regions, factors.tolist(), strict=True))


def _unfittable(accepted: str) -> Problem:
    return Problem(
        "visits by region",
        "totals that no positive factor by region meets",
        accepted,
        "Check the offices' regions, or give visits_per_year by zone.",
    )


def fit_to_offices(visits: Floats, choice: Choice, shares: Sequence[float], own: Floats) -> Floats:
    """Scale zones so that offices with visits of their own (not NaN) receive them.

    Iterative proportional scaling: a zone takes the mean factor of the offices it goes to,
    weighted by its visits there. Offices that share zones are met as closely as that allows.
    """
    known = np.isfinite(own)
    if not known.any():
        return visits
    fitted = visits.copy()
    weights = np.asarray(shares)
    for _ in range(_FIT_ROUNDS):
        got = office_visits(fitted, choice, shares, own.size)
        factor = np.where(known & (got > 0), own / np.where(got > 0, got, 1.0), 1.0)
        fitted = fitted * (factor[choice.site] @ weights)
    return fitted


def office_visits(visits: Floats, choice: Choice, shares: Sequence[float], n_sites: int) -> Floats:
    """Visits a year that each office receives."""
    total = np.zeros(n_sites)
    for need, share in enumerate(shares):
        total += np.bincount(choice.site[:, need], weights=visits * share, minlength=n_sites)
    return total


def region_of(codes: pd.Series, regions: Mapping[str, str]) -> list[str]:
    """The region of each municipality code."""
    return [regions[code] for code in codes]
