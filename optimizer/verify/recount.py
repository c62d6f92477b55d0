"""Everything recomputed from a run folder, in the order in which one thing follows from another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.verify.coverage import service_points
from optimizer.verify.flows import Flows, flows_by_year
from optimizer.verify.folder import RunFolder
from optimizer.verify.money import SiteCosts, budget, site_costs
from optimizer.verify.network import Networks, networks
from optimizer.verify.settings import Settings, read_settings
from optimizer.verify.staff_flows import staff_flows
from optimizer.verify.staffing import Staffing, staffing_by_year


@dataclass(frozen=True)
class Recount:
    """The run, counted again; every table by year holds today (the base year) too."""

    folder: RunFolder
    settings: Settings
    networks: Networks  #: the mode of every site
    flows: dict[int, Flows]  #: where every visit goes
    staffing: Staffing  #: visits, FTE and extension of every site
    costs: SiteCosts  #: cost of every site by item
    staff: dict[int, pd.DataFrame]  #: flows of staff by planning year, a row per site
    budget: pd.DataFrame  #: year, item, amount_mnkr
    points: pd.DataFrame  #: service points by region and year


def recount(folder: RunFolder) -> Recount:
    """Count the run again from its inputs and the modes of its plan."""
    settings = read_settings(folder)
    network = networks(folder, settings.base_year, settings.planning_years)
    flows = flows_by_year(folder, settings, network)
    staffing = staffing_by_year(folder, settings, network, flows)
    costs = site_costs(folder, settings, network, staffing)
    return Recount(
        folder=folder,
        settings=settings,
        networks=network,
        flows=flows,
        staffing=staffing,
        costs=costs,
        staff={year: staff_flows(folder, year) for year in settings.planning_years},
        budget=budget(folder, settings, flows, costs),
        points=service_points(folder, network),
    )
