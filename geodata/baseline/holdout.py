"""How far the estimate lies from own values: each part of them hidden from it in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from geodata.baseline.reconstruct import OWN_COLUMNS, Baseline
from geodata.problems import InputError

FOLDS = 5
COLUMNS = ["office_id", "figure", "own", "estimated"]


def held_out(sites: pd.DataFrame, rebuilt: Callable[[pd.DataFrame], Baseline]) -> pd.DataFrame:
    """Own values of offices beside what is estimated when they are hidden: COLUMNS.

    Offices with own values are dealt into five parts in the order of their ids; for each part the
    base year is rebuilt without the values of its offices, from those of the others and from the
    totals. A part without which the totals can not be met is left out, and so is a value that a
    total and the values of the others leave no choice in: it says nothing of the estimate.
    """
    own = _observed(sites)
    given = np.flatnonzero(own.notna().any(axis=1))
    rows: list[pd.DataFrame] = []
    for part in range(min(FOLDS, given.size)):
        hidden = given[part::FOLDS]
        rows.extend(_without(hidden, own, sites, rebuilt))
    found = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)
    return found.sort_values(["figure", "office_id"]).reset_index(drop=True)


def _observed(sites: pd.DataFrame) -> pd.DataFrame:
    """What the offices' table says itself, NaN elsewhere; an estimate handed in is none of it."""
    own = pd.DataFrame(index=sites.index)
    for name in OWN_COLUMNS:
        if name in sites:
            values = pd.to_numeric(sites[name], errors="coerce").astype("float64")
            values = values.where(~sites["candidate"].astype(bool))
            if f"origin_{name}" in sites:
                values = values.where(sites[f"origin_{name}"] == "observed")
            own[name] = values
    return own


def _without(
    hidden: np.ndarray[tuple[int], np.dtype[np.int64]],
    own: pd.DataFrame,
    sites: pd.DataFrame,
    rebuilt: Callable[[pd.DataFrame], Baseline],
) -> Iterator[pd.DataFrame]:
    """The own values of some offices and what is estimated without them."""
    blind = sites.copy()
    rows = sites.index[hidden]
    for name in own:  # an earlier estimate handed in may know what is hidden: it goes too
        blind[name] = own[name].where(~sites.index.isin(rows))
    try:
        base = rebuilt(blind)
    except InputError:
        return
    estimated = {
        "visits_per_year": base.visits,
        "fte": base.fte,
        "premises_cost_mnkr": base.costs.premises_today,
        "local_cost_mnkr": base.costs.local_today,
        "room_visits_per_year": base.room,
    }
    for name in own:
        told = own[name].to_numpy(dtype=np.float64)[hidden]
        known = np.isfinite(told)
        if name in base.following:
            known &= ~base.following[str(name)][hidden]
        if known.any():
            yield pd.DataFrame(
                {
                    "office_id": sites["office_id"].to_numpy()[hidden[known]],
                    "figure": name,
                    "own": told[known],
                    "estimated": estimated[str(name)][hidden[known]],
                }
            )


def errors(found: pd.DataFrame) -> pd.DataFrame:
    """By figure: offices, own and estimated sum, median and 90th percentile of the error.

    The error of an office is |estimated - own| as a share of its own value; of those above 0.
    """
    rows = []
    for figure in (name for name in OWN_COLUMNS if name in set(found["figure"])):
        some = found[(found["figure"] == figure) & (found["own"] > 0)]
        if some.empty:
            continue
        error = (some["estimated"] / some["own"] - 1.0).abs().to_numpy(dtype=np.float64)
        rows.append(
            {
                "figure": figure,
                "offices": len(some),
                "own_sum": float(some["own"].sum()),
                "estimated_sum": float(some["estimated"].sum()),
                "median_error": float(np.median(error)),
                "p90_error": float(np.quantile(error, 0.9)),
            }
        )
    names = ["figure", "offices", "own_sum", "estimated_sum", "median_error", "p90_error"]
    return pd.DataFrame(rows, columns=names)
