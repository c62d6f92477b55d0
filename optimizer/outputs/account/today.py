"""Today's network: where every visit goes now, and what it would cost to change nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.instance import Floats
from optimizer.instance.options import option_minutes
from optimizer.outputs.account.remote_help import got_by_video, price_of_help
from optimizer.outputs.account.room_price import extension_cost
from optimizer.outputs.account.source import CLOSED, Source
from optimizer.outputs.account.staff_costs import staff_costs, staff_rule
from optimizer.outputs.run_tables import GENERAL

WEEKDAYS = 5.0


def todays_choice(source: Source, service: str = GENERAL) -> pd.DataFrame:
    """zone_id, need, office_id: the office of today that each zone's visitors choose.

    Of general service, or of one that only some offices offer.
    """
    return choice_among(source, _network(source), service)


def choice_among(source: Source, network: pd.DataFrame, service: str) -> pd.DataFrame:
    """The same of the open sites of another ``network``.

    It has office_id, tier, services and waiting_minutes, in the order of office_id. The cheapest of
    travel plus waiting among the offices that serve the need; ties to the first
    office_id. A zone and need that no office serves has no row.
    """
    zones = source.travel["zone_id"].to_numpy(dtype=object)
    parts = []
    demand = source.demand_of(service)
    for need in sorted(int(one) for one in demand["need"].unique()):
        serving = network[network["tier"] >= need]
        if service != GENERAL:
            named = serving["services"].astype(str).str.split(";")
            serving = serving[[service in one for one in named]]
        if serving.empty:
            continue
        offices = serving["office_id"].to_numpy(dtype=object)
        minutes = source.travel[list(offices)].to_numpy(dtype=np.float64)
        waiting = serving["waiting_minutes"].to_numpy(dtype=np.float64)
        best = option_minutes(minutes, waiting).argmin(axis=1)
        parts.append(pd.DataFrame({"zone_id": zones, "need": need, "office_id": offices[best]}))
    columns = ["zone_id", "need", "office_id"]
    return pd.concat([pd.DataFrame(columns=columns), *parts], ignore_index=True)


def do_nothing(source: Source, choice: pd.DataFrame) -> pd.DataFrame:
    """The money if every office stays as it is: a row per year, amounts in mnkr.

    Columns: year, central, front_staff, premises, local, staff_travel, extension,
    remote_equipment, redundancy, relocation, hiring, cost,
    appropriation, other_income, means, carry_in, carry_out, paid_back, margin, shortfall (means -
    cost).
    Today has cost alone. Nobody gets a longer way, so no visit and no fee is lost.
    """
    network = _network(source).set_index("office_id")
    config = source.run.config
    carried = float((config.get("budget") or {}).get("carry_in") or 0.0)
    years = (source.base_year, *source.run.years)
    wage_today = float(source.year(source.base_year)["wage_mnkr_per_fte"])
    rule = staff_rule(source, network.index)
    travel = float(network["staff_travel_mnkr"].sum())
    travel_pay = paid_travel(network)
    staffed: Floats | None = None
    raised = 1.0  # compensation of the year before: what is carried over is kronor, not prices
    rows: list[dict[str, float]] = []
    for year in years:
        of_year = source.year(year)
        visits = todays_visits(source, choice, year).reindex(network.index).fillna(0.0)
        per_fte = float(of_year["productivity_visits_per_fte_year"])
        asked: Floats = np.asarray(source.peak(year) * visits / per_fte, dtype=np.float64)
        least: Floats = network["fte_min"].to_numpy(dtype=np.float64)
        got: Floats = np.zeros(least.size)
        if year != source.base_year:
            got = got_by_video(source, network["mode"], least, asked)
        fte: Floats = np.maximum(least, asked) - got
        beyond = (visits - network["room_visits_per_year"]).clip(lower=0.0)
        price = float(of_year["price_index"])
        rents = float(of_year.get("rent_index", price))
        wages = float(of_year["wage_mnkr_per_fte"]) / wage_today if wage_today else 1.0
        items = {
            "central": float(of_year["central_mnkr"]),
            "front_staff": float(of_year["wage_mnkr_per_fte"]) * float(fte.sum()),
            "premises": rents * float(network["premises_mnkr"].sum()),
            "local": price * float(network["local_mnkr"].sum()),
            "staff_travel": price * (travel - travel_pay) + wages * travel_pay,
            "extension": extension_cost(source, beyond, price=price, rents=rents),
            "remote_equipment": price * price_of_help(source) * float(got.sum()),
        }
        items |= staff_costs(rule, staffed, fte, price)
        staffed = fte
        items["cost"] = sum(items.values())
        row: dict[str, float] = {"year": year, **items, "fte": float(fte.sum())}
        if year != source.base_year:
            before, raised = raised, float(of_year.get("compensation_index", 1.0))
            brought = carried * before / raised
            row |= _means(of_year, items["cost"], brought, last=year == years[-1])
            carried = row["carry_out"]
        rows.append(row)
    return pd.DataFrame(rows)


def paid_travel(network: pd.DataFrame) -> float:
    """The part of the travel of staff that is pay, mnkr of the base year; 0 where not told."""
    known = "staff_travel_pay_mnkr" in network
    return float(network["staff_travel_pay_mnkr"].sum()) if known else 0.0


def _means(
    of_year: Mapping[str, float], cost: float, carried: float, *, last: bool
) -> Mapping[str, float]:
    """A year's means, and what is left of them; the last year may leave no debt."""
    appropriation = float(of_year["appropriation_mnkr"])
    other = float(of_year["other_income_mnkr"])
    means = appropriation + other
    result = means + carried - cost
    lowest = 0.0 if last else -float(of_year["credit_limit_mnkr"])
    kept = min(result, float(of_year["saving_limit_mnkr"]))
    return {
        "appropriation": appropriation,
        "other_income": other,
        "means": means,
        "shortfall": means - cost,
        "carry_in": carried,
        "carry_out": kept,
        "paid_back": result - kept,
        "margin": result - lowest,
    }


def _network(source: Source) -> pd.DataFrame:
    """The open sites of today, by office_id, with what their mode is and costs there."""
    sites = source.run.sites[source.run.sites["mode_today"] != CLOSED]
    modes = source.run.site_modes
    joined = sites[
        ["office_id", "mode_today", *(["services"] if "services" in sites else [])]
    ].merge(modes, left_on=["office_id", "mode_today"], right_on=["office_id", "mode"], how="inner")
    joined["room_visits_per_year"] = joined["office_id"].map(source.rooms)
    return with_waiting(source, joined).sort_values("office_id", kind="stable", ignore_index=True)


def with_waiting(source: Source, network: pd.DataFrame) -> pd.DataFrame:
    """A network with the minutes that are waited where offices are closed some weekdays."""
    wait = source.setting("demand", "waiting_minutes", 0.0)
    return network.assign(waiting_minutes=(WEEKDAYS - network["open_days"]) / WEEKDAYS * wait)


def todays_visits(source: Source, choice: pd.DataFrame, year: int) -> pd.Series[float]:
    """Visits wanted at each of today's offices in a year, by office_id."""
    choices = {GENERAL: choice} | {one: todays_choice(source, one) for one in source.services}
    parts = []
    for service, rows in choices.items():
        wanted = source.demand_of(service)
        parts.append(wanted[wanted["year"] == year].merge(rows, on=["zone_id", "need"]))
    return pd.concat(parts).groupby("office_id")["visits"].sum()
