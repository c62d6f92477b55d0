"""The money: what every site costs in a year, and the budget with what is carried over."""

from __future__ import annotations

import pandas as pd

from optimizer.verify.flows import Flows
from optimizer.verify.folder import RunFolder
from optimizer.verify.leases import lease_tail, premises_left, write_off
from optimizer.verify.network import PAID, Networks
from optimizer.verify.offers import equipment
from optimizer.verify.settings import Settings
from optimizer.verify.staffing import Staffing

REMOTE = "remote_equipment"
RECURRING = ("front_staff", "premises", "local", "staff_travel", "extension", REMOTE)
CHANGES = ("closure", "conversion", "opening")
STAFF = ("redundancy", "relocation", "hiring")
LEFT = ("lease_tail", "write_off")  #: of premises that are left
ONE_OFF = (*CHANGES, *LEFT, *STAFF, "equipment")
AFTER = "after"  #: the year after the last: its recurring cost must fit the last year's means

SiteCosts = dict[int, pd.DataFrame]  #: year -> a row per site, a column per item, mnkr


def site_costs(
    folder: RunFolder, settings: Settings, networks: Networks, staffing: Staffing
) -> SiteCosts:
    """What each site costs by item. Pay and rents follow their own index, all else prices.

    Of the travel of staff the time on the way is pay, of added room a part is rent.
    """
    found, left = {}, premises_left(folder, networks)
    for year, network in networks.items():
        staff = staffing[year]
        price = folder.years[year]["price_index"]
        wage = folder.years[year]["wage_mnkr_per_fte"]
        costs = pd.DataFrame(index=network.index)
        costs["front_staff"] = wage * staff["fte"]
        costs["premises"] = settings.rent_index.get(year, price) * network["premises_mnkr"]
        costs["local"] = price * network["local_mnkr"]
        pay = network[PAID]
        costs["staff_travel"] = price * (network["staff_travel_mnkr"] - pay)
        costs["staff_travel"] += wage_index(folder, settings, year) * pay
        costs["extension"] = room_prices(folder, settings, year) * staff["extension_visits"]
        per_fte = settings.remote.mnkr_per_fte if settings.remote else 0.0
        costs[REMOTE] = price * per_fte * staff["got"]
        before = network if year == settings.base_year else networks[settings.year_before(year)]
        one_off = _one_offs(folder, settings, before, network)
        costs[list(CHANGES)] = price * one_off
        rents = settings.rent_index.get(year, price)
        costs["lease_tail"] = left[year] * rents * lease_tail(folder, year, before["premises_mnkr"])
        value = write_off(folder, year, settings.base_year, settings.write_off_years)
        costs["write_off"] = left[year] * value  # improvements have no index
        costs["equipment"] = price * equipment(folder, before, network)
        costs[list(STAFF)] = price * _changes_of_staff(folder, settings, year)
        found[year] = costs
    return found


def room_prices(folder: RunFolder, settings: Settings, year: int) -> pd.Series[float]:
    """What room for a visit more costs at each site in a year, mnkr: rent and refurbishing.

    As sites.csv has it; where it does not, the price of the config at the prices of the year.
    """
    sites, price = folder.sites.set_index("office_id"), folder.years[year]["price_index"]
    rents = settings.rent_index.get(year, price)
    nothing = pd.Series(0.0, index=sites.index)
    every = nothing + settings.extension_mnkr_per_1000_visits
    every = sites.get("extension_mnkr_per_1000_visits", every)
    rent = sites.get("extension_rent_mnkr_per_1000_visits", nothing)
    return ((every - rent) * price + rent * rents) / 1000.0


def wage_index(folder: RunFolder, settings: Settings, year: int) -> float:
    """Pay of a year against the base year; 1 where nobody is paid."""
    today = folder.years[settings.base_year]["wage_mnkr_per_fte"]
    return folder.years[year]["wage_mnkr_per_fte"] / today if today else 1.0


def central(folder: RunFolder, settings: Settings, year: int) -> float:
    """Central cost of a year, mnkr: of today's the pay of its staff follows pay, the rest prices.

    Its pay is at most all of it. As years.csv has it where the config does not say its staff.
    """
    if settings.central_fte is None:
        return folder.years[year]["central_mnkr"]
    today, of_year = folder.years[settings.base_year], folder.years[year]
    pay = min(today["central_mnkr"], settings.central_fte * today["wage_mnkr_per_fte"])
    rest = today["central_mnkr"] - pay
    return wage_index(folder, settings, year) * pay + of_year["price_index"] * rest


def _one_offs(
    folder: RunFolder, settings: Settings, before: pd.DataFrame, now: pd.DataFrame
) -> pd.DataFrame:
    """Closing, entering another mode and opening, at the prices of the base year.

    Where a lease is known its rent is counted as lease_tail, and left out of what closing costs.
    """
    leased = folder.sites.set_index("office_id")["lease_end"] != ""
    part = 1.0 - settings.closure_lease_share * leased
    closed = before["open"] & ~now["open"]
    opened = ~before["open"] & now["open"]
    converted = before["open"] & now["open"] & (before["mode"] != now["mode"])
    entering = now["mode"].map(settings.conversion_cost_mnkr).astype("float64").fillna(0.0)
    return pd.DataFrame(
        {
            "closure": settings.closure_mnkr * part * closed,
            "conversion": entering * converted,
            "opening": settings.opening_mnkr * opened,
        }
    )


def _changes_of_staff(folder: RunFolder, settings: Settings, year: int) -> pd.DataFrame:
    """Redundancies and moves where staff comes from, hires where it goes; prices of the base year.

    The flows are those that staff.csv tells; that they balance is checked elsewhere.
    """
    ids, rule = pd.Index(folder.sites["office_id"]), settings.staff
    if rule is None or year == settings.base_year:
        return pd.DataFrame(0.0, index=ids, columns=list(STAFF))
    flows = folder.staff[folder.staff["year"] == year]
    priced = {
        "redundancy": ("redundant", "from_office_id", rule.redundancy_mnkr),
        "relocation": ("move", "from_office_id", rule.move_mnkr),
        "hiring": ("hire", "to_office_id", rule.hire_mnkr),
    }
    found = {}
    for item, (kind, column, price) in priced.items():
        fte = flows[flows["kind"] == kind].groupby(column)["fte"].sum()
        found[item] = price * fte.reindex(ids).fillna(0.0).astype("float64")
    return pd.DataFrame(found)


def budget(
    folder: RunFolder, settings: Settings, flows: dict[int, Flows], costs: SiteCosts
) -> pd.DataFrame:
    """The budget table: year (text), item, amount_mnkr.

    result = means + carry_in - cost; carry_out = min(result, saving limit); margin = result less
    the lowest result allowed: minus the credit limit, 0 in the last year. What is carried over is
    a sum of kronor: amounts are in prices of the base year, so that carry_in = carry_out of the
    year before x its compensation / that of the year.
    """
    base, last = settings.base_year, settings.planning_years[-1]
    visits_today = float(flows[base].demand.sum())
    fee_per_visit = settings.fee_income_mnkr / visits_today if visits_today else 0.0
    raised = {str(year): settings.compensation.get(year, 1.0) for year in settings.planning_years}
    raised |= {str(base): 1.0, AFTER: raised[str(last)]}
    amounts: dict[tuple[str, str], float] = {}
    carried = settings.carry_in_mnkr
    for year in settings.years:
        of_year = folder.years[year]
        items = {"central": central(folder, settings, year)}
        items |= {item: float(costs[year][item].sum()) for item in (*RECURRING, *ONE_OFF)}
        items["cost"] = sum(items.values())
        if year != base:
            items["appropriation"] = of_year["appropriation_mnkr"]
            items["other_income"] = of_year["other_income_mnkr"]
            items["fees_lost"] = fee_per_visit * float(flows[year].lost.sum())
            means = items["appropriation"] + items["other_income"] - items["fees_lost"]
            lowest = 0.0 if year == last else -of_year["credit_limit_mnkr"]
            carried *= raised[str(settings.year_before(year))] / raised[str(year)]
            result = means + carried - items["cost"]
            items |= {"means": means, "carry_in": carried, "margin": result - lowest}
            carried = min(result, of_year["saving_limit_mnkr"])
            items |= {"carry_out": carried, "paid_back": result - carried}
        amounts |= {(str(year), item): amount for item, amount in items.items()}
    means = amounts[str(last), "means"]
    recurring = amounts[str(last), "cost"] - sum(amounts[str(last), item] for item in ONE_OFF)
    amounts |= {(AFTER, "cost"): recurring, (AFTER, "means"): means}
    amounts |= {(AFTER, "margin"): means - recurring}
    rows = [(*key, amount, amount * raised[key[0]]) for key, amount in amounts.items()]
    return pd.DataFrame(rows, columns=["year", "item", "amount_mnkr", "year_prices_mnkr"])
