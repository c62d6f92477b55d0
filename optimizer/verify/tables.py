"""The checks of the tables: each compares a file of the run with the recount, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd

from optimizer.verify.actions import actions
from optimizer.verify.coverage import region_table
from optimizer.verify.findings import (
    COUNT,
    FTE,
    MINUTES,
    MNKR,
    PEOPLE,
    SHARE,
    TEXT,
    VISITS,
    Checked,
    HalfDigit,
    compare_table,
    finding,
    together,
)
from optimizer.verify.flows import columns_of, needs_of
from optimizer.verify.money import ONE_OFF, RECURRING, REMOTE
from optimizer.verify.offers import catalogue, followed
from optimizer.verify.options import NOBODY
from optimizer.verify.recount import Recount
from optimizer.verify.services import expected_texts
from optimizer.verify.shapes import REGION_MINUTES, REGION_SHARES


def check_plan(count: Recount) -> Checked:
    """plan.csv: a row for every site and planning year, and no mode that the site may not have."""
    settings = count.settings
    sites = count.folder.sites[["office_id", "office", "municipality_code", "candidate"]]
    rows = compare_table(
        "plan",
        "plan.csv",
        count.folder.plan,
        pd.concat([sites.assign(year=year) for year in settings.planning_years]),
        keys=("office_id", "year"),
        columns={"office": TEXT, "municipality_code": TEXT, "candidate": COUNT},
    )
    rows = together([rows, _services(count)])
    strange = []
    for year, network in count.networks.items():
        for office_id in network.index[~network["allowed"]]:
            where = f"plan.csv, office_id {office_id}, year {year}, column mode"
            if year == settings.base_year:
                where = f"inputs/sites.csv, office_id {office_id}, column mode_today"
            wanted = "a mode that inputs/site_modes.csv allows there"
            strange.append(finding("plan", where, network.loc[office_id, "mode"], wanted))
    return together([rows, Checked(len(sites) * len(settings.years), tuple(strange))])


def _services(count: Recount) -> Checked:
    """plan.csv, services: where nothing asks for services they follow from today's and the mode."""
    folder = count.folder
    if not catalogue(folder) or followed(folder):
        return Checked(0, ())
    expected = pd.concat(
        network.reset_index()[["office_id"]].assign(year=year, services=expected_texts(count, year))
        for year, network in count.networks.items()
        if year != count.settings.base_year
    )
    return compare_table(
        "plan",
        "plan.csv",
        _planned(count),
        expected,
        keys=("office_id", "year"),
        columns={"services": TEXT},
    )


def check_actions(count: Recount) -> Checked:
    """plan.csv: action, receiving office and whether the agency leaves the municipality."""
    return compare_table(
        "actions",
        "plan.csv",
        _planned(count),
        actions(count),
        keys=("office_id", "year"),
        columns={"action": TEXT, "into_office_id": TEXT, "leaves_municipality": COUNT},
    )


def check_offices(count: Recount) -> Checked:
    """plan.csv: visits, FTE and cost of every site and year, with one-off costs and without."""
    counted = pd.concat(
        count.staffing[year]
        .assign(
            year=year,
            cost_mnkr=count.costs[year].sum(axis=1),
            recurring_mnkr=count.costs[year][list(RECURRING)].sum(axis=1),
        )
        .reset_index()
        for year in count.settings.planning_years
    )
    columns = {"visits": VISITS, "fte": FTE, "cost_mnkr": MNKR, "recurring_mnkr": MNKR}
    return compare_table(
        "offices",
        "plan.csv",
        _planned(count),
        counted,
        keys=("office_id", "year"),
        columns={name: half for name, half in columns.items() if name in count.folder.plan},
    )


def _planned(count: Recount) -> pd.DataFrame:
    """The rows of plan.csv that check_plan has no remark on."""
    plan = count.folder.plan.drop_duplicates(["office_id", "year"])
    known = plan["office_id"].isin(count.folder.sites["office_id"])
    return plan[known & plan["year"].isin(count.settings.planning_years)]


def check_assignments(count: Recount) -> Checked:
    """assignments.parquet: a row per zone, planning year and need (without demand: optional)."""
    found = count.folder.assignments
    offices = np.array([*count.folder.sites["office_id"], ""], dtype=object)  # the last: NOBODY
    columns = {
        "office_id": TEXT,
        "visits": VISITS,
        "lost_visits": VISITS,
        "minutes": MINUTES,
        "waiting_minutes": MINUTES,
    }
    parts = []
    known = columns_of(count.folder)
    others = np.flatnonzero(~found["service"].isin([service for service, _ in known]))
    if others.size:
        where = f"assignments.parquet, column service, {others.size} rows"
        told = found["service"].iloc[others[0]]
        wanted_words = ", ".join(dict.fromkeys(service for service, _ in known))
        parts.append(Checked(others.size, (finding("assignments", where, told, wanted_words),)))
    years = count.settings.planning_years
    for year, (c, (service, need)) in product(years, enumerate(known)):
        flow = count.flows[year]
        wanted = count.folder.zones.assign(year=year, need=need)
        recomputed = wanted.assign(
            office_id=offices[np.where(flow.too_far[:, c], NOBODY, flow.site[:, c])],
            visits=flow.arriving[:, c],
            lost_visits=flow.lost[:, c],
            minutes=flow.minutes[:, c],
            waiting_minutes=flow.waiting[:, c],
        )
        idle = flow.demand[:, c] == 0.0
        own = found[found["service"] == service]
        parts.append(_compare_zones("assignments", own, recomputed, columns, idle))
    return together([_stray_rows("assignments", found, count), *parts])


def check_zones(count: Recount) -> Checked:
    """zones.parquet: minutes, waiting and visits of every zone before (today) and after."""
    found = count.folder.zone_access
    today = count.flows[count.settings.base_year]
    columns: dict[str, HalfDigit] = {"municipality_code": TEXT, "population": VISITS}
    columns |= dict.fromkeys(("minutes_before", "minutes_after"), MINUTES)
    columns |= dict.fromkeys(("waiting_before", "waiting_after"), MINUTES)
    columns |= dict.fromkeys(("visits_before", "visits_after"), VISITS)
    parts = []
    for year, need, wanted in _years_and_needs(count):
        flow, c = count.flows[year], need - 1
        recomputed = wanted.assign(
            minutes_before=today.minutes[:, c],
            minutes_after=flow.minutes[:, c],
            waiting_before=today.waiting[:, c],
            waiting_after=flow.waiting[:, c],
            visits_before=today.demand[:, c],
            visits_after=flow.arriving[:, c],
        )
        idle = (today.demand[:, c] == 0.0) & (flow.demand[:, c] == 0.0)
        parts.append(_compare_zones("zones", found, recomputed, columns, idle))
    return together([_stray_rows("zones", found, count), *parts])


def _years_and_needs(count: Recount) -> Iterator[tuple[int, int, pd.DataFrame]]:
    """Every planning year and need, with the zones as the beginning of its table."""
    for year in count.settings.planning_years:
        for need in needs_of(count.folder):
            yield year, need, count.folder.zones.assign(year=year, need=need)


def _compare_zones(
    check: str,
    found: pd.DataFrame,
    recomputed: pd.DataFrame,
    columns: Mapping[str, HalfDigit],
    idle: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> Checked:
    """One year and need of a table with a row per zone."""
    year, need = recomputed["year"].iloc[0], recomputed["need"].iloc[0]
    return compare_table(
        check,
        f"{check}.parquet",
        found[(found["year"] == year) & (found["need"] == need)],
        recomputed,
        keys=("zone_id",),
        columns=columns,
        optional=idle,
        fixed=f"year {year}, need {need}",
    )


def _stray_rows(check: str, found: pd.DataFrame, count: Recount) -> Checked:
    """Rows of a year or a need that the run does not have."""
    years, needs = count.settings.planning_years, needs_of(count.folder)
    strays = found[~(found["year"].isin(years) & found["need"].isin(needs))]
    if strays.empty:
        return Checked(0, ())
    one = strays.iloc[0]
    where = f"{check}.parquet, zone_id {one['zone_id']}, year {one['year']}, need {one['need']}"
    return Checked(len(strays), (finding(check, where, f"{len(strays)} such rows", "none"),))


def check_budget(count: Recount) -> Checked:
    """budget.csv, item by item; today has no one-offs, so their zeros may be left out.

    So may those of help by video, where it is switched off.
    """
    today = count.budget["year"] == str(count.settings.base_year)
    unused = today & count.budget["item"].isin(ONE_OFF)
    if count.settings.remote is None:
        unused |= count.budget["item"] == REMOTE
    printed = [name for name in ("amount_mnkr", "year_prices_mnkr") if name in count.folder.budget]
    return compare_table(
        "budget",
        "budget.csv",
        count.folder.budget,
        count.budget,
        keys=("year", "item"),
        columns=dict.fromkeys(printed, MNKR),
        optional=unused.to_numpy(dtype=np.bool_),
    )


def check_regions(count: Recount) -> Checked:
    """regions.csv; an empty `required` says that no rule asks for any."""
    found = count.folder.regions
    columns: dict[str, HalfDigit] = {"region": TEXT, "population": PEOPLE}
    columns |= dict.fromkeys(("service_points", "required"), COUNT)
    columns |= dict.fromkeys(REGION_MINUTES, MINUTES) | dict.fromkeys(REGION_SHARES, SHARE)
    return compare_table(
        "regions",
        "regions.csv",
        found.assign(required=found["required"].fillna(0.0)),
        region_table(count.folder, count.settings, count.flows, count.points),
        keys=("division", "region_code", "year", "need"),
        columns=columns,
    )
