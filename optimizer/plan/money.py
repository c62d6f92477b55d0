"""budget.csv and the key figures of each year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.instance import ONE_OFFS, RECURRING_ITEMS
from optimizer.plan.counted import CountedYear, counting_states

AFTER = "after"


def budget_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """Year, item, amount_mnkr, year_prices_mnkr: every item of cost and income, and what is left.

    Amounts are in prices of the base year; the last column has them in those of the year, as the
    appropriation is compensated. What is carried over stays the same there, and so loses worth in
    prices of the base year. Today has cost items only. `after` is a year after the last,
    without one-offs. `paid_back` is what is left beyond the saving that may be kept.
    """
    money = case.instance.money
    fee = money.fee_per_visit
    rows: list[tuple[str, str, float]] = []
    carried = money.carry_in
    central = case.years["central_mnkr"].to_numpy(dtype=np.float64)
    means = cost = 0.0
    for number, now in enumerate(years):
        items = {"central": float(central[number])}
        items |= {name: float(now.costs[name].sum()) for name in (*RECURRING_ITEMS, *ONE_OFFS)}
        cost = items["cost"] = sum(items.values())
        if number:
            t = number - 1
            items["appropriation"] = float(money.appropriation[t])
            items["other_income"] = float(money.other_income[t])
            items["fees_lost"] = fee * float(now.lost.sum())
            means = items["appropriation"] + items["other_income"] - items["fees_lost"]
            lowest = 0.0 if now is years[-1] else -float(money.credit_limit[t])
            carried = carried * float(money.carry_worth[t])
            result = means + carried - cost
            items |= {"means": means, "carry_in": carried}
            carried = min(result, float(money.saving_limit[t]))
            items |= {"carry_out": carried, "paid_back": result - carried}
            items |= {"margin": result - lowest}
        rows += [(str(now.year), name, amount) for name, amount in items.items()]
    recurring = cost - sum(float(years[-1].costs[name].sum()) for name in ONE_OFFS)
    rows += [
        (AFTER, "cost", recurring),
        (AFTER, "means", means),
        (AFTER, "margin", means - recurring),
    ]
    table = pd.DataFrame(rows, columns=["year", "item", "amount_mnkr"])
    return table.assign(year_prices_mnkr=table["amount_mnkr"] * _compensation(case, table["year"]))


def _compensation(case: Case, years: pd.Series[str]) -> pd.Series[float]:
    """What the appropriation of each row's year is raised by; after the last as in the last."""
    costs, base = case.scenario.costs, case.scenario.base_year
    last = case.instance.years[-1]
    known = {str(year): costs.compensation(year) for year in case.instance.years}
    return years.map(known | {str(base): 1.0, AFTER: costs.compensation(last)}).astype(float)


def key_figures(
    case: Case, years: list[CountedYear], budget: pd.DataFrame
) -> list[dict[str, float | int | None]]:
    """Figures of each year, today first; minutes are travel over the demand of all needs."""
    amount = budget.set_index(["year", "item"])["amount_mnkr"].to_dict()
    counting = counting_states(case)
    figures: list[dict[str, float | int | None]] = []
    for now in years:
        visits = float(now.demand.sum() - now.lost.sum())
        cost = amount[str(now.year), "cost"]
        figures.append(
            {
                "year": now.year,
                "cost_mnkr": cost,
                "means_mnkr": amount.get((str(now.year), "means")),
                "margin_mnkr": amount.get((str(now.year), "margin")),
                "cost_per_visit_kr": cost * 1e6 / visits if visits else None,
                "visits": visits,
                "lost_visits": float(now.lost.sum()),
                "open_offices": int(now.is_open.sum()),
                "service_points": int(counting[now.states].sum()),
                "mean_minutes": float((now.demand * now.minutes).sum() / now.demand.sum()),
                "fte": float(now.fte.sum()),
                "moved_fte": 0.0 if now.staff is None else float(now.staff.moved.sum()),
                "helped_fte": 0.0 if now.help is None else float(now.help.get.sum()),
                "redundant_fte": 0.0 if now.staff is None else float(now.staff.redundant.sum()),
            }
        )
    return figures
