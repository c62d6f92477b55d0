"""Visits of today by zone and by office, from population, minutes and the regions' totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Bools, Floats, Ints
from geodata.problems import InputError, Problem
from geodata.ties import TIE_DECIMALS

#: part of the visits with each need: one number for all zones, or [zones, needs and services]
Shares = Sequence[float] | Floats


@dataclass(frozen=True)
class Choice:
    """Where the visits of today go, by zone and need."""

    site: Ints  #: [zones, needs]
    minutes: Floats  #: [zones, needs] travel
    waiting: Floats  #: [zones, needs]


@dataclass(frozen=True)
class ServiceVisits:
    """Visits of services that only some offices offer; they are taken from those of a need."""

    offering: Bools  #: [sites, services] offices of today that offer each
    need: tuple[int, ...]  #: [services] 1, 2, ...
    shares: Floats  #: [zones, services] part of the zone's visits


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


def with_services(choice: Choice, minutes: Floats, waiting: Floats, offering: Bools) -> Choice:
    """The choice with a column for each service behind the needs: the cheapest office with it.

    ``offering`` [sites, services] are the offices of today that offer each.
    """
    rows = np.arange(minutes.shape[0])
    found = [(choice.site, choice.minutes, choice.waiting)]
    for offers in offering.T:
        serving = np.flatnonzero(offers)
        cost = np.round(minutes[:, serving] + waiting[serving], TIE_DECIMALS)
        best = serving[cost.argmin(axis=1)]
        found.append((best[:, None], minutes[rows, best][:, None], waiting[best][:, None]))
    site, travel, wait = (np.concatenate(part, axis=1) for part in zip(*found, strict=True))
    return Choice(site, travel, wait)


def shares_with_services(need_shares: Sequence[float], services: ServiceVisits) -> Floats:
    """[zones, needs and services] part of each zone's visits; they add up to 1 as the needs do.

    Raises InputError where a zone's services would take more than all visits of their need.
    """
    general = np.tile(np.asarray(need_shares, dtype=np.float64), (services.shares.shape[0], 1))
    for k, need in enumerate(services.need):
        general[:, need - 1] -= services.shares[:, k]
    if (general < 0).any():
        raise InputError(
            Problem(
                "services",
                f"visits_share that take {-general.min():.3f} more than a need has in some zone",
                "less than demand.need_shares of the need, also where most foreign born live",
                "Lower services.<name>.visits_share.",
            )
        )
    return np.concatenate([general, services.shares], axis=1)


def propensity(choice: Choice, shares: Shares, scale_minutes: float) -> Floats:
    """Visits per inhabitant before scaling: sum over needs of share x exp(-minutes / scale)."""
    near = np.exp(-choice.minutes / scale_minutes)
    if np.ndim(shares) == 1:
        return np.asarray(near @ np.asarray(shares))
    return np.asarray((near * shares).sum(axis=1))


def by_column(shares: Shares) -> list[Floats]:
    """The share of each need and service: one number, or one for each zone."""
    return list(np.asarray(shares, dtype=np.float64).T)


class Unfittable(InputError):  # noqa: N818 - what is said of the totals
    """Visits on record by region that no positive factors of the regions meet."""


def region_factors(
    base: Floats,
    choice: Choice,
    shares: Shares,
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
    for need, share in enumerate(by_column(shares)):
        np.add.at(flow, (home, there[choice.site[:, need]]), base * share)
    wanted = np.array([received[name] for name in regions])
    used = flow.sum(axis=1) > 0
    if np.any(wanted[~used] > 0) or np.linalg.matrix_rank(flow[np.ix_(used, used)]) < used.sum():
        raise Unfittable(_unfittable("an office in every region with visits on record"))
    factors = np.zeros(len(regions))
    factors[used] = np.linalg.solve(flow[np.ix_(used, used)].T, wanted[used])
    if (factors < 0).any():
        raise Unfittable(_unfittable("visits by region that population and distance can give"))
    return dict(zip(regions, factors.tolist(), strict=True))


def _unfittable(accepted: str) -> Problem:
    return Problem(
        "visits by region",
        "totals that no positive factor by region meets",
        accepted,
        "Check the offices' regions, or give visits_per_year by zone.",
    )


def office_visits(visits: Floats, choice: Choice, shares: Shares, n_sites: int) -> Floats:
    """Visits a year that each office receives."""
    total = np.zeros(n_sites)
    for need, share in enumerate(by_column(shares)):
        total += np.bincount(choice.site[:, need], weights=visits * share, minlength=n_sites)
    return total


def region_of(codes: pd.Series, regions: Mapping[str, str]) -> list[str]:
    """The region of each municipality code."""
    return [regions[code] for code in codes]
