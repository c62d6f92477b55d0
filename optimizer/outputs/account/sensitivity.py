"""The plan held fast while one assumption moves: what a year after the last then costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from optimizer.instance import Floats
from optimizer.outputs.account.least_staff import with_least_staff
from optimizer.outputs.account.planned import network_of_last_year, planned_visits
from optimizer.outputs.account.remote_help import got_by_video, price_of_help
from optimizer.outputs.account.room_price import extension_cost
from optimizer.outputs.account.source import Source
from optimizer.outputs.account.today import paid_travel


@dataclass(frozen=True)
class Factors:
    """What each quantity is multiplied by; 1 is as in the run."""

    visits: float = 1.0
    productivity: float = 1.0
    wage: float = 1.0
    premises: float = 1.0
    local: float = 1.0


LEAST_STAFF = "least_staff"
#: each quantity moved down and up, one at a time
STEPS = {
    "visits": (0.9, 1.1),
    "productivity": (0.97, 1.03),
    LEAST_STAFF: (0.7, 1.3),
    "wage": (0.97, 1.03),
    "premises": (0.9, 1.1),
    "local": (0.9, 1.1),
}


@dataclass(frozen=True)
class Step:
    """One quantity moved: what the recurring cost is then, and what remains of the means, mnkr.

    No numbers (NaN) where the base year can not be as it was with the quantity moved.
    """

    quantity: str
    factor: float
    cost_mnkr: float
    margin_mnkr: float


def sensitivity(source: Source, choice: pd.DataFrame, ways: pd.DataFrame) -> list[Step]:
    """The plan of the last year with each quantity moved down and up; unmoved first.

    Nothing is planned anew: visitors go where they went, and offices stay as proposed. Least staff
    is an assumption about the base year, whose staff is on record: visits per FTE are found again.
    """
    planned = planned_visits(source, ways)
    cases = [("unmoved", 1.0), *((name, one) for name, two in STEPS.items() for one in two)]
    known = {field.name for field in fields(Factors)}
    found = []
    for name, factor in cases:
        factors = Factors(**{name: factor}) if name in known else Factors()
        run = with_least_staff(source, choice, factor) if name == LEAST_STAFF else source
        cost = np.nan if run is None else _cost(run, planned, factors)
        means = _means(source, ways, factors)
        found.append(Step(name, factor, cost, means - cost))
    return found


def _cost(source: Source, visits: pd.Series[float], factors: Factors) -> float:
    network = network_of_last_year(source).set_index("office_id")
    of_year = source.year(source.last_year)
    planned = visits.reindex(network.index).fillna(0.0) * factors.visits
    productivity = float(of_year["productivity_visits_per_fte_year"]) * factors.productivity
    peak = source.peak(source.last_year)
    asked: Floats = np.asarray(peak * planned / productivity, dtype=np.float64)
    least = network["fte_min"].to_numpy(dtype=np.float64)
    got = float(got_by_video(source, network["mode"], least, asked).sum())
    fte = float(np.maximum(least, asked).sum()) - got
    beyond = (planned - network["room_visits_per_year"]).clip(lower=0.0)
    price = float(of_year["price_index"])
    rents = float(of_year.get("rent_index", price)) * factors.premises
    travel_pay = paid_travel(network)
    fixed = (
        float(network["local_mnkr"].sum()) * factors.local
        + float(network["staff_travel_mnkr"].sum())
        - travel_pay
        + price_of_help(source) * got
    )
    per_fte = float(of_year["wage_mnkr_per_fte"])
    today = float(source.year(source.base_year)["wage_mnkr_per_fte"])
    on_the_way = travel_pay * per_fte / today if today else 0.0
    central_pay = float(of_year.get("central_pay_mnkr", 0.0))
    wages = factors.wage * (per_fte * fte + on_the_way + central_pay)
    premises = rents * float(network["premises_mnkr"].sum())
    premises += extension_cost(source, beyond, price=price, rents=rents)
    return float(of_year["central_mnkr"]) - central_pay + wages + premises + price * fixed


def _means(source: Source, ways: pd.DataFrame, factors: Factors) -> float:
    of_year = source.year(source.last_year)
    fees = sum(((source.run.config.get("costs") or {}).get("fee_income_mnkr") or {}).values())
    today = float(source.demand.loc[source.demand["year"] == source.base_year, "visits"].sum())
    other = source.run.service_ways
    lost = float(ways.loc[ways["year"] == source.last_year, "lost"].sum())
    lost += float(other.loc[other["year"] == source.last_year, "lost_visits"].sum())
    fees_lost = fees * lost * factors.visits / today if today else 0.0
    return float(of_year["appropriation_mnkr"]) + float(of_year["other_income_mnkr"]) - fees_lost
