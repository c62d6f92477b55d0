"""The modes of every site (inputs/site_modes.csv), from the catalogue of modes and today's offices.

Recomputed are the service of each mode, its cost at the offices of today, the travel of staff to
it, and that no mode stands at a site that lacks the partner for it. Left out are:

- premises and local cost of candidates: what they are scaled from is in no table of the run;
- whether a mode may be left out: those of no use (dearer twins, upgrades) are, and rules that keep
  a site from a mode in some year are counted in the plan.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from optimizer.verify.findings import COUNT, FTE, MNKR, TEXT, Checked, compare_table, together
from optimizer.verify.folder import RunFolder
from optimizer.verify.network import CLOSED
from optimizer.verify.partners import lacks_partner, partner_rule
from optimizer.verify.recount import Recount
from optimizer.verify.stated import NONE, compare_stated, number

FILE = "inputs/site_modes.csv"
KEYS = ("office_id", "mode")
COLUMNS = {
    "tier": COUNT,
    "open_days": FTE,
    "fte_min": FTE,
    "counts_for_coverage": COUNT,
    "family": TEXT,
    "premises_mnkr": MNKR,
    "local_mnkr": MNKR,
    "staff_travel_mnkr": MNKR,
    "staff_travel_pay_mnkr": MNKR,
}
#: Of sites.csv; a run of before they were told has none.
OF_TODAY = ("open_days_today", "premises_today_mnkr", "local_today_mnkr", "base_km", "base_minutes")


def check_site_modes(count: Recount) -> Checked:
    """site_modes.csv: service and cost of every mode of a site; today's mode; partners."""
    folder = count.folder
    found = folder.site_modes
    values = compare_stated(
        "site_modes", FILE, found, expected_modes(folder), keys=KEYS, columns=COLUMNS
    )
    return together([values, _partners(folder)])


def _partners(folder: RunFolder) -> Checked:
    """No mode at a site that lacks the partner for it."""
    found = folder.site_modes
    lacking = lacks_partner(folder, list(found["office_id"]), list(found["mode"]))
    rules = [partner_rule(folder.config, mode) for mode in found["mode"]]
    return together(
        [Checked(sum(rule != "anywhere" for rule in rules) - int(lacking.sum()), ())]
        + [
            compare_table(
                *("site_modes", FILE, table, table.iloc[:0]),
                keys=KEYS,
                columns={},
                fixed=f"partner {rule}",
            )
            for rule, table in found[lacking].groupby(np.array(rules)[lacking])
        ]
    )


def expected_modes(folder: RunFolder) -> pd.DataFrame:
    """The modes that site_modes.csv has of sites and catalogue, and today's mode of each office."""
    offices = folder.sites[folder.sites["mode_today"] != CLOSED]
    today = offices[["office_id", "mode_today"]].set_axis(list(KEYS), axis=1)
    pairs = pd.concat([folder.site_modes[list(KEYS)], today]).drop_duplicates()
    modes = _facts(folder.config.get("modes") or {})
    sites = folder.sites[["office_id", "mode_today"]].copy()
    for column in OF_TODAY:
        sites[column] = folder.sites.get(column, NONE)
    table = pairs.merge(sites, on="office_id").merge(modes, on="mode")
    before = modes.set_index("mode").reindex(table["mode_today"]).reset_index()
    is_today = table["mode"] == table["mode_today"]
    table["open_days"] = table["open_days_today"].where(is_today, table["catalogue_days"])
    for name in ("premises", "local"):
        # Today's cost by the factor of today's mode; a factor of 0 says nothing of today's cost.
        factor = before[f"{name}_factor"].replace(0.0, 1.0)
        table[f"{name}_mnkr"] = table[f"{name}_today_mnkr"] / factor * table[f"{name}_factor"]
    trips = _trips(folder.config) * table["catalogue_days"]
    no_trip = is_today | (table["placed_staff"] == 1.0)  # today's lies in today's local cost
    paid, driven = (trips * cost for cost in _trip_mnkr(folder.config, table))
    table["staff_travel_pay_mnkr"] = paid.mask(no_trip, 0.0)
    table["staff_travel_mnkr"] = (paid + driven).mask(no_trip, 0.0)
    return table


def _facts(modes: dict[str, Any]) -> pd.DataFrame:
    """The catalogue: a row for each mode; a fact that it lacks is no number."""
    rows = []
    for name, facts in modes.items():
        row = {"mode": name, "family": str(facts.get("variant_of") or name)}
        numbers = {
            "tier": "tier",
            "catalogue_days": "open_days",
            "fte_min": "fte_min",
            "premises_factor": "premises_factor",
            "local_factor": "local_factor",
        }
        values = {column: number(facts, key) for column, key in numbers.items()}
        flags = {key: facts.get(key) for key in ("counts_for_coverage", "placed_staff")}
        values |= {key: NONE if flag is None else float(flag) for key, flag in flags.items()}
        rows.append(row | values)
    return pd.DataFrame(rows)


def _trips(config: dict[str, Any]) -> float:
    """Single trips of staff in a year for each open day of a week."""
    weeks = number(config, "costs.staff_travel.weeks_per_year")
    return 2.0 * weeks * number(config, "costs.staff_travel.trips_per_open_day")


def _trip_mnkr(
    config: dict[str, Any], table: pd.DataFrame
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Pay for the time of a single trip from the base of each site, and its driving, mnkr."""
    wage = number(config, "costs.wage_mnkr_per_fte")
    hour = wage / number(config, "costs.staff_travel.hours_per_year")
    persons = number(config, "costs.staff_travel.staff_per_trip")
    km = number(config, "costs.staff_travel.km_cost_kr")
    return table["base_minutes"] / 60.0 * persons * hour, table["base_km"] * km / 1e6
