"""The means and prices of every year (inputs/years.csv), from the config and today's offices.

Recomputed is every column, a year at a time. A column is left out where config.json or sites.csv
lack what it follows from, as they may in older runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.findings import MNKR, SHARE, VISITS, Checked
from optimizer.verify.network import CLOSED
from optimizer.verify.recount import Recount
from optimizer.verify.stated import NONE, by_year, compare_stated, number, peak_on_record, stated

FILE = "inputs/years.csv"


@dataclass(frozen=True)
class YearStated:
    """A year, and what its means and prices follow from."""

    config: dict[str, Any]
    sites: pd.DataFrame  #: inputs/sites.csv
    base_year: int
    year: int

    @property
    def planned(self) -> bool:
        """Whether it is no more the base year."""
        return self.year != self.base_year


def check_years(count: Recount) -> Checked:
    """years.csv: a row for the base year and each planning year, and every number in it."""
    folder, settings = count.folder, count.settings
    base_year = int(folder.config.get("base_year") or settings.base_year)
    years = (base_year, *settings.planning_years)
    expected = pd.DataFrame({"year": years})
    for column, (formula, _) in COLUMNS.items():
        expected[column] = [
            formula(YearStated(folder.config, folder.sites, base_year, year)) for year in years
        ]
    found = pd.DataFrame.from_dict(folder.years, orient="index")
    return compare_stated(
        "years",
        FILE,
        found.rename_axis("year").reset_index(),
        expected,
        keys=("year",),
        columns={column: half_digit for column, (_, half_digit) in COLUMNS.items()},
    )


def appropriation(of: YearStated) -> float:
    """As stated for the year, or the base less the cut of the year, mnkr."""
    base = number(of.config, "budget.base_appropriation")
    if not of.planned:
        return base
    given = by_year(of.config, "budget.appropriation")
    if given:
        return given.get(of.year, NONE)
    return base - by_year(of.config, "budget.cut").get(of.year, NONE)


def other_income(of: YearStated) -> float:
    """The same in every year, mnkr."""
    return number(of.config, "budget.other_income")


def saving_limit(of: YearStated) -> float:
    """What may be carried out of a year, mnkr."""
    return _limit(of, "budget.saving_limit")


def credit_limit(of: YearStated) -> float:
    """What may be borrowed of the next year, mnkr."""
    return _limit(of, "budget.credit_limit")


def _limit(of: YearStated, key: str) -> float:
    """A share of the appropriation, or kronor of the year in prices of the base year; 0 today."""
    rule = stated(of.config, key)
    if not isinstance(rule, dict):
        return NONE
    if not of.planned:
        return 0.0
    if rule.get("share") is not None:
        return float(rule["share"]) * appropriation(of)
    return float(rule.get("amount") or 0.0) / compensation(of)


def compensation(of: YearStated) -> float:
    """What the appropriation is raised by since the base year; 1 where not named."""
    return by_year(of.config, "costs.compensation_index").get(of.year, 1.0) if of.planned else 1.0


def price_index(of: YearStated) -> float:
    """Prices against the base year, net of compensation; 1 where not named."""
    return _net(of, "price", 1.0)


def rent_index(of: YearStated) -> float:
    """Rents against the base year, net of compensation; those of prices where not named."""
    return _net(of, "rent", price_index(of))


def wage_index(of: YearStated) -> float:
    """Pay against the base year, net of compensation; that of prices where not named."""
    return _net(of, "wage", price_index(of))


def _net(of: YearStated, kind: str, otherwise: float) -> float:
    gross = by_year(of.config, f"costs.gross_{kind}_index")
    net = by_year(of.config, f"costs.net_{kind}_index")
    if not of.planned:
        return 1.0
    if of.year in gross:
        return gross[of.year] / compensation(of)
    return net.get(of.year, otherwise)


def wage(of: YearStated) -> float:
    """Pay of an FTE, mnkr a year."""
    return number(of.config, "costs.wage_mnkr_per_fte") * wage_index(of)


def central(of: YearStated) -> float:
    """Central cost, mnkr: the pay of its staff follows pay, the rest of today's follows prices."""
    rest = _central_today(of) - _central_pay_today(of)
    return central_pay(of) + (rest if not of.planned else rest * price_index(of))


def central_pay(of: YearStated) -> float:
    """Pay of central staff, mnkr."""
    return _central_pay_today(of) * wage_index(of)


def _central_today(of: YearStated) -> float:
    """What front staff, premises and local cost of today's offices leave of the total, mnkr."""
    columns = ["fte_today", "premises_today_mnkr", "local_today_mnkr"]
    if not set(columns) <= set(of.sites):
        return NONE
    fte, premises, local = (float(of.sites[column].sum()) for column in columns)
    front = number(of.config, "costs.wage_mnkr_per_fte") * fte
    return number(of.config, "costs.total_mnkr") - front - premises - local


def _central_pay_today(of: YearStated) -> float:
    """At most all of central cost."""
    pay = number(of.config, "costs.wage_mnkr_per_fte") * number(of.config, "costs.central_fte")
    return float(np.minimum(pay, _central_today(of)))


def productivity(of: YearStated) -> float:
    """Visits that an FTE takes at the pace of the peak month, a year: today's and its growth."""
    growth = number(of.config, "demand.productivity_growth")
    return _productivity_today(of) * (1.0 + growth) ** (of.year - of.base_year)


def _productivity_today(of: YearStated) -> float:
    """The pace at which the rule of staff gives all offices of today together their staff.

    sum over offices of max(least FTE of the mode, peak on record x visits / pace) = sum of
    fte_today; offices without staff of their own share what the others leave of the same sum.
    """
    today = of.sites[of.sites["mode_today"] != CLOSED]
    modes = stated(of.config, "modes") or {}
    least = np.array([number(modes.get(mode, {}), "fte_min") for mode in today["mode_today"]])
    if "visits_today" not in today or not np.isfinite(least).all():
        return NONE
    peak = peak_on_record(of.config) * today["visits_today"].to_numpy(np.float64)
    return _pace(peak, least, float(today["fte_today"].sum()))


def _pace(peak: NDArray[np.float64], least: NDArray[np.float64], fte: float) -> float:
    """The pace p with sum max(least, peak / p) = fte, or NONE.

    The sum is convex in 1 / p, so that steps along its slope from above end in the answer.
    """
    if not peak.sum() > 0 or not least.sum() < fte:
        return NONE
    inverse = fte / peak.sum()
    for _ in range(peak.size + 1):
        busy = peak * inverse > least
        if not busy.any():
            return NONE
        following = (fte - least[~busy].sum()) / peak[busy].sum()
        if following >= inverse * (1.0 - 1e-15):
            break
        inverse = following
    return float(1.0 / inverse)


#: Each column of years.csv: how it is recomputed, and its half digit.
COLUMNS: dict[str, tuple[Callable[[YearStated], float], float]] = {
    "appropriation_mnkr": (appropriation, MNKR),
    "other_income_mnkr": (other_income, MNKR),
    "saving_limit_mnkr": (saving_limit, MNKR),
    "credit_limit_mnkr": (credit_limit, MNKR),
    "central_mnkr": (central, MNKR),
    "central_pay_mnkr": (central_pay, MNKR),
    "wage_mnkr_per_fte": (wage, MNKR),
    "productivity_visits_per_fte_year": (productivity, VISITS),
    "price_index": (price_index, SHARE),
    "rent_index": (rent_index, SHARE),
    "compensation_index": (compensation, SHARE),
}
