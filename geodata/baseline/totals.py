"""Own values against the totals that the base year is held to: where they do not add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.arrays import Bools, Floats
from geodata.baseline.facts import Assumptions
from geodata.problems import InputError, Problem

_AGREE = 0.01  #: share of a total by which own values may differ from it without a word
_SHOWN = 5
_PRINTED_FTE = 0.05  #: staff that is printed as nothing


def following(
    own: Mapping[str, Floats], is_open: Bools, *, site_region: Sequence[str], by_region: bool
) -> dict[str, Bools]:
    """[sites] by column: values that a total less the own values of all others leaves no choice in.

    Visits have a total in each region, unless ``by_region`` is off (zones have all visits); staff,
    premises and local cost have one each. Room has none.
    """
    land = np.zeros(is_open.size, dtype=np.int64)
    scopes = dict.fromkeys(("fte", "premises_cost_mnkr", "local_cost_mnkr"), land)
    if by_region:
        scopes["visits_per_year"] = np.unique(np.array(site_region), return_inverse=True)[1]
    found = {}
    for column, scope in scopes.items():
        lacking = is_open & ~np.isfinite(own[column])
        found[column] = lacking & (np.bincount(scope, weights=lacking)[scope] == 1)
    return found


def told_of_visits(
    own: Floats, is_open: Bools, *, site_region: Sequence[str], received: Mapping[str, float]
) -> Iterator[str]:
    """Regions all of whose offices have own visits that add up to another number than on record."""
    region, known = np.array(site_region), np.isfinite(own)
    for name, total in received.items():
        here = is_open & (region == name)
        given = float(own[here & known].sum())
        if here.any() and known[here].all() and abs(given - total) > _AGREE * total:
            yield (
                f"Own visits of all {int(here.sum())} offices of {name} add up to {given:,.0f}, "
                f"and the total on record is {total:,.0f}: the own visits hold."
            )


def told_of_costs(own: Mapping[str, Floats], is_open: Bools, given: Assumptions) -> Iterator[str]:
    """Own premises and local costs that are more than their total, or all and not the total."""
    totals = {
        "premises_cost_mnkr": ("costs.premises_total_mnkr", given.premises_total_mnkr),
        "local_cost_mnkr": ("costs.local_total_mnkr", given.local_total_mnkr),
    }
    for column, (key, total) in totals.items():
        values = own[column][is_open]
        known = np.isfinite(values)
        amount = float(values[known].sum())
        off = abs(amount - total) > _AGREE * total if known.all() else amount >= total
        if known.any() and off:
            yield (
                f"Own {column} of {int(known.sum())} of {known.size} offices adds up to "
                f"{amount:,.1f} mnkr, and {key} says {total:,.1f} for all: the own values hold, "
                "and central cost takes the difference."
            )


def of_the_user(sites: pd.DataFrame, name: str, values: Floats) -> Floats:
    """The values that are no estimate by what the table itself says; NaN elsewhere."""
    origin = f"origin_{name}"
    if origin not in sites:
        return values
    estimated = sites[origin].isin(["estimated", "assumed", "default"]).to_numpy(dtype=bool)
    return np.where(estimated, np.nan, values)


def told_of_staff(
    own: Floats,
    need: Floats,
    *,
    least: Floats,
    is_open: Bools,
    names: Sequence[str],
    total: float,
) -> Iterator[str]:
    """Own staff beside what visits and modes ask for, by which the planning years are staffed."""
    known = np.isfinite(own) & is_open
    if not known.any():
        return
    amount = float(own[known].sum())
    if known[is_open].all() and abs(amount - total) > _AGREE * total:
        yield (
            f"Own staff of all offices adds up to {amount:,.1f} FTE, and costs.front_fte says "
            f"{total:,.1f}: the own staff holds."
        )
    below = np.flatnonzero(known & (own < least))
    if below.size:
        shown = "; ".join(f"{names[j]} {own[j]:.1f}" for j in below[:_SHOWN])
        yield (
            f"Own staff of {below.size} offices is below the least that their mode asks for, and "
            f"the planning years count with that least: {shown}."
        )
    more = float(np.maximum(own - need, 0.0)[known].sum())
    less = float(np.maximum(need - own, 0.0)[known].sum())
    if max(more, less) < _PRINTED_FTE:
        return
    yield (
        f"Own staff of {int(known.sum())} offices is today's; by their visits they would have "
        f"{more:,.1f} FTE less at some and {less:,.1f} more at others, which the first planning "
        "year evens out."
    )


def refuse_negative_central(central_mnkr: float, given: Assumptions) -> None:
    """Raise InputError where front staff, premises and local cost exceed the total cost."""
    if central_mnkr < 0:
        raise InputError(
            Problem(
                "costs.total_mnkr",
                f"{given.total_mnkr:g} mnkr, {-central_mnkr:,.1f} less than the front staff, "
                "premises and local cost of the offices",
                "a total of at least what the offices cost",
                "Raise it, or correct the own costs and staff.",
            )
        )
