"""The price of added room at every site (inputs/sites.csv), from the config and today's offices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.findings import MNKR, Checked
from optimizer.verify.folder import RunFolder
from optimizer.verify.network import CLOSED
from optimizer.verify.recount import Recount
from optimizer.verify.stated import NONE, compare_stated, number, stated

FILE = "inputs/sites.csv"
EVERY, RENT = "extension_mnkr_per_1000_visits", "extension_rent_mnkr_per_1000_visits"
NEEDED = {"visits_today", "premises_today_mnkr"}  #: of sites.csv; older runs may lack them


def check_room_prices(count: Recount) -> Checked:
    """sites.csv: what room for 1,000 visits more costs at each site, and the part that is rent."""
    folder = count.folder
    price = number(folder.config, "costs.extension_mnkr_per_1000_visits")
    share = number(folder.config, "costs.extension_rent_share")
    expected = folder.sites[["office_id"]].copy()
    expected[RENT] = price * share * rent_levels(folder)
    expected[EVERY] = price * (1.0 - share) + expected[RENT]
    return compare_stated(
        "room_prices",
        FILE,
        folder.sites,
        expected,
        keys=("office_id",),
        columns={EVERY: MNKR, RENT: MNKR},
    )


def rent_levels(folder: RunFolder) -> NDArray[np.float64]:
    """The rent of each site's town against its mean over the visits of today; sites in order.

    A town's rent is what its offices cost, against offices of their size and mode anywhere; where
    it has no office, its city factor on the scale of all offices.
    """
    sites, config = folder.sites, folder.config
    if not set(sites) >= NEEDED:
        return np.full(len(sites), NONE)
    is_open = (sites["mode_today"] != CLOSED).to_numpy(dtype=np.bool_)
    size = np.where(is_open, _size(folder), 0.0)
    paid = np.where(is_open, sites["premises_today_mnkr"].to_numpy(np.float64), 0.0)
    visits = np.where(is_open, sites["visits_today"].to_numpy(np.float64), 0.0)
    factors = stated(config, "costs.city_premises_factors") or {}
    city = np.array([float(factors.get(town, 1.0)) for town in sites["municipality_code"]])
    whole = (size * city).sum()
    level = city * (paid.sum() / whole if whole != 0.0 else 1.0)
    of_town = pd.DataFrame({"paid": paid, "size": size}).groupby(sites["municipality_code"])
    sums = of_town.transform("sum").to_numpy(dtype=np.float64)
    level = np.divide(sums[:, 0], sums[:, 1], out=level, where=sums[:, 1] != 0.0)
    mean = (visits * level).sum() / visits.sum() if visits.sum() else 0.0
    return level / mean if mean != 0.0 else np.ones(len(sites))


def _size(folder: RunFolder) -> NDArray[np.float64]:
    """Premises of each office by its staff and mode, before the town: (base + per FTE) x factor."""
    base = number(folder.config, "costs.premises_base_mnkr")
    per_fte = number(folder.config, "costs.premises_per_fte_mnkr")
    modes = folder.config.get("modes") or {}
    today = [modes.get(mode, {}) for mode in folder.sites["mode_today"]]
    factor = np.array([number(facts, "premises_factor") for facts in today])
    factor[factor == 0.0] = 1.0  # says nothing of today's cost
    fte = folder.sites["fte_today"].to_numpy(dtype=np.float64)
    return np.asarray((base + per_fte * fte) * factor)
