"""The network of each year: which mode every site is in, and what that mode is and costs there."""

from __future__ import annotations

import pandas as pd

from optimizer.verify.folder import RunFolder

CLOSED = "closed"
PAID = "staff_travel_pay_mnkr"

Networks = dict[int, pd.DataFrame]  #: year -> a row per site, in the order of the sites


def networks(folder: RunFolder, base_year: int, planning_years: tuple[int, ...]) -> Networks:
    """Today's network under the base year, and the plan's network of every planning year.

    Columns: office_id (index), mode, services (`general;id_check`), open, allowed (site_modes.csv
    has the mode for the site), tier, open_days, fte_min, counts_for_coverage, family,
    premises_mnkr, local_mnkr, staff_travel_mnkr, staff_travel_pay_mnkr (the part of it that is
    pay). A site that the plan leaves out counts as closed, and so does a mode that is not allowed
    at the site: nothing says what it would be or cost there.
    """
    sites = folder.sites.set_index("office_id")
    today = sites["services"].where(sites["mode_today"] != CLOSED, "")
    found = {base_year: _network(folder, sites["mode_today"], today)}
    for year in planning_years:
        rows = folder.plan[folder.plan["year"] == year].drop_duplicates("office_id")
        modes = rows.set_index("office_id")["mode"].reindex(sites.index).fillna(CLOSED)
        services = rows.set_index("office_id")["services"].reindex(sites.index).fillna("")
        found[year] = _network(folder, modes, services)
    return found


def _network(folder: RunFolder, modes: pd.Series[str], services: pd.Series[str]) -> pd.DataFrame:
    catalogue = folder.site_modes.set_index(["office_id", "mode"])
    rows = pd.MultiIndex.from_arrays([modes.index, modes])
    network = catalogue.reindex(rows).reset_index(drop=True)
    network.index = pd.Index(modes.index, name="office_id")
    known = rows.isin(catalogue.index)
    network["mode"] = modes
    network["services"] = services
    network["open"] = known
    network["allowed"] = known | (modes == CLOSED).to_numpy()
    network["family"] = network["family"].fillna("")
    network["counts_for_coverage"] = network["counts_for_coverage"].eq(True)
    numbers = ["tier", "open_days", "fte_min", "premises_mnkr", "local_mnkr", "staff_travel_mnkr"]
    if PAID not in network:  # a run from before pay was told apart
        network[PAID] = 0.0
    numbers += [PAID]
    network[numbers] = network[numbers].astype("float64").fillna(0.0)
    return network
