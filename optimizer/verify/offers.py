"""Who offers which service beyond the general one, by the tables of the run folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.folder import RunFolder

Bools = NDArray[np.bool_]
GENERAL = "general"


def catalogue(folder: RunFolder) -> dict[str, dict[str, Any]]:
    """The services of the config by name."""
    return dict(folder.config.get("services") or {})


def followed(folder: RunFolder) -> bool:
    """Whether a rule, a decision, visits of their own or a candidate ask for services."""
    rules, decisions = (folder.config.get(key) or {} for key in ("requirements", "offices"))
    candidates = folder.sites[folder.sites["candidate"]]
    named = any(set(services_of(text)) & set(catalogue(folder)) for text in candidates["services"])
    flows = bool((rules.get("service_flows") or {}).get("on"))
    return flows or bool(rules.get("service_coverage")) or bool(decisions.get("offer")) or named


def offers(network: pd.DataFrame, name: str) -> Bools:
    """The open sites whose row names a service."""
    has = np.array([name in services_of(text) for text in network["services"]], dtype=bool)
    return np.asarray(has & network["open"].to_numpy(dtype=bool))


def can_offer(folder: RunFolder, network: pd.DataFrame, name: str) -> Bools:
    """The open sites whose mode serves the need of a service."""
    need = float(catalogue(folder)[name].get("need") or 3)
    return np.asarray(network["open"] & (network["tier"] >= need), dtype=bool)


def equipment(folder: RunFolder, before: pd.DataFrame, now: pd.DataFrame) -> pd.Series[float]:
    """One-off cost of the services that each site begins to offer, mnkr of the base year."""
    cost = pd.Series(0.0, index=now.index)
    for name, service in catalogue(folder).items() if followed(folder) else ():
        added = offers(now, name) & ~offers(before, name)
        cost += float(service.get("equipment_mnkr") or 0.0) * added
    return cost


def from_the_start(folder: RunFolder, name: str) -> Bools:
    """The sites that offer a service from the start: today, or when a candidate opens."""
    return np.array([name in services_of(text) for text in folder.sites["services"]], dtype=bool)


def services_of(text: str) -> tuple[str, ...]:
    """The services that a cell of the tables names."""
    return tuple(filter(None, str(text).split(";")))
