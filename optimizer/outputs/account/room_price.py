"""What room beyond the premises costs, at each office's own price."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.account.source import Source


def extension_cost(
    source: Source, beyond: pd.Series[float], *, price: float, rents: float
) -> float:
    """Cost of visits ``beyond`` the room by office_id, mnkr at these indices of prices and rents.

    At the prices in inputs/sites.csv; where it has none, at the one of the config.
    """
    sites = source.run.sites.set_index("office_id")
    every = source.setting("costs", "extension_mnkr_per_1000_visits", 0.0)
    whole = _column(sites, "extension_mnkr_per_1000_visits", every).reindex(beyond.index)
    rent = _column(sites, "extension_rent_mnkr_per_1000_visits", 0.0).reindex(beyond.index)
    per_visit = ((whole - rent) * price + rent * rents) / 1000.0
    return float((per_visit * beyond).sum())


def _column(sites: pd.DataFrame, name: str, otherwise: float) -> pd.Series[float]:
    told = sites[name] if name in sites else pd.Series(otherwise, index=sites.index)
    return pd.to_numeric(told).fillna(otherwise)
