"""The staff from year to year: the flows of staff.csv against the FTE that the recount asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog

from optimizer.verify.findings import Checked, Finding, finding, together
from optimizer.verify.recount import Recount
from optimizer.verify.settings import StaffRule

FILE = "staff.csv"
KINDS = ("attrition", "move", "hire", "redundant")
ENDS = {  # whether a flow of the kind has an office it comes from, and one it goes to
    "attrition": (True, False),
    "move": (True, True),
    "hire": (False, True),
    "redundant": (True, False),
}
ROOM_FTE = 1e-6  #: of a balance: what the rounding of its flows may add up to
KEPT_ROOM = 6  #: of those: redundancies stay below their limit by so many for each office


def check_staff(count: Recount) -> Checked:
    """staff.csv: known flows, the balance of every site and year, moves no farther than allowed.

    FTE of the year before, less attrition, moves away and redundancies, plus moves to it and hires,
    is the FTE of the year. All staff of a demanded merger, less attrition, moves to its receiver,
    nobody is redundant who could move, and nobody is kept without work who may be made redundant.
    """
    rule, flows = count.settings.staff, count.folder.staff
    if rule is None:
        stray = len(flows)
        found = (finding("staff", FILE, f"{stray} rows", "none: staff_balance is off"),)
        return Checked(1, found if stray else ())
    shapes = tuple(_strange(count, flows))
    if shapes:
        return Checked(len(flows), shapes)
    return together(
        [
            Checked(len(flows), tuple(_too_far(count, rule, flows))),
            _balances(count, rule),
            _mergers(count, rule),
            _most_moves(count, rule),
            _kept_by_limit(count, rule),
        ]
    )


def _strange(count: Recount, flows: pd.DataFrame) -> Iterator[Finding]:
    """Rows that are no flow: another kind or year, an office too many or unknown, a wrong FTE."""
    known = set(count.folder.sites["office_id"])
    for number, flow in enumerate(flows.to_dict("records"), start=2):
        where = f"{FILE} row {number}"
        if flow["kind"] not in ENDS:
            yield finding("staff", f"{where}, column kind", flow["kind"], ", ".join(KINDS))
            continue
        if flow["year"] not in count.settings.planning_years:
            yield finding("staff", f"{where}, column year", flow["year"], "a planning year")
        if not flow["fte"] >= 0:
            yield finding("staff", f"{where}, column fte", flow["fte"], "a number from 0 up")
        for column, asked in zip(
            ("from_office_id", "to_office_id"), ENDS[flow["kind"]], strict=True
        ):
            if (flow[column] in known) != asked or bool(flow[column]) != asked:
                wanted = "an office of the run" if asked else "nothing"
                yield finding("staff", f"{where}, column {column}", flow[column], wanted)


def _too_far(count: Recount, rule: StaffRule, flows: pd.DataFrame) -> Iterator[Finding]:
    minutes = count.folder.site_minutes
    for flow in flows[flows["kind"] == "move"].to_dict("records"):
        start, end = str(flow["from_office_id"]), str(flow["to_office_id"])
        if minutes and (start == end or minutes[start][end] > rule.commuting_minutes):
            where = f"{FILE}, year {flow['year']}, move from {start} to {end}"
            told = f"{minutes[start][end]:g} minutes"
            wanted = f"two offices at most {rule.commuting_minutes:g} minutes apart"
            yield finding("staff", where, told, wanted)


def _before(count: Recount, year: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """FTE of every site in the year before; today's are those of inputs/sites.csv."""
    before = count.settings.year_before(year)
    if before == count.settings.base_year:
        return count.folder.sites["fte_today"].to_numpy(dtype=np.float64)
    return count.staffing[before]["fte"].to_numpy(dtype=np.float64)


def _balances(count: Recount, rule: StaffRule) -> Checked:
    found = []
    ids = count.folder.sites["office_id"].to_numpy()
    for year in count.settings.planning_years:
        flows = count.staff[year]
        before = _before(count, year)
        leaving = rule.attrition_per_year * before
        counted = count.staffing[year]["fte"].to_numpy()
        told = before - flows["attrition"] - flows["move_out"] - flows["redundant"]
        told = (told + flows["move_in"] + flows["hire"]).to_numpy()
        for name, is_told, is_counted in (
            ("attrition", flows["attrition"].to_numpy(), leaving),
            ("balance", told, counted),
        ):
            for j in np.flatnonzero(np.abs(is_told - is_counted) > ROOM_FTE):
                where = f"{FILE}, year {year}, office_id {ids[j]}, {name}"
                found.append(finding("staff", where, is_told[j], is_counted[j]))
    return Checked(2 * len(ids) * len(count.settings.planning_years), tuple(found))


def _most_moves(count: Recount, rule: StaffRule) -> Checked:
    """As many move as can: redundancies are the fewest that moves within the limit leave.

    A transport problem for each year: staff too much after attrition and demanded mergers goes to
    sites that have too little. Where a move costs more than it saves nobody has to move.
    """
    minutes, found = count.folder.site_minutes, []
    if not minutes or rule.redundancy_mnkr + rule.hire_mnkr <= rule.move_mnkr:
        return Checked(0, ())
    ids = count.folder.sites["office_id"].to_list()
    apart = np.array([[minutes[a][b] for b in ids] for a in ids])
    for year in count.settings.planning_years:
        surplus = _surplus(count, rule, year)
        givers, takers = np.flatnonzero(surplus > 0), np.flatnonzero(surplus < 0)
        near = (apart <= rule.commuting_minutes)[np.ix_(givers, takers)]
        fewest = float(surplus[givers].sum()) - _transported(
            surplus[givers], -surplus[takers], near
        )
        told = float(count.staff[year]["redundant"].sum())
        if told > fewest + len(ids) * ROOM_FTE:
            where = f"{FILE}, year {year}, redundant in all"
            found.append(finding("staff", where, told, f"{fewest:.9g}"))
    return Checked(len(count.settings.planning_years), tuple(found))


def _kept_by_limit(count: Recount, rule: StaffRule) -> Checked:
    """Staff beyond what is asked for is there only as far as no more may be made redundant."""
    most, found = rule.most_redundant_fte, []
    if most is None:
        return Checked(0, ())
    ids = count.folder.sites["office_id"].to_list()
    for year in count.settings.planning_years:
        kept = float(count.staffing[year]["kept"].sum())
        redundant = float(count.staff[year]["redundant"].sum())
        if kept and redundant < most - KEPT_ROOM * len(ids) * ROOM_FTE:
            where = f"{FILE}, year {year}, redundant in all, with {kept:g} FTE kept without work"
            found.append(finding("staff", where, redundant, f"{most:.9g}"))
    return Checked(len(count.settings.planning_years), tuple(found))


def _surplus(
    count: Recount, rule: StaffRule, year: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """FTE that each site has too much (or too little) before anybody chooses to move."""
    ids = count.folder.sites["office_id"].to_list()
    before = count.networks[count.settings.year_before(year)]["open"].to_numpy(dtype=np.bool_)
    now = count.networks[year]["open"].to_numpy(dtype=np.bool_)
    stays = (1.0 - rule.attrition_per_year) * _before(count, year)
    surplus = stays - count.staffing[year]["fte"].to_numpy(dtype=np.float64)
    for j in np.flatnonzero(before & ~now):
        into = count.settings.merger_into(ids[j])
        if into:
            surplus[j] -= stays[j]
            surplus[ids.index(into)] += stays[j]
    return np.asarray(surplus)


def _transported(
    give: NDArray[np.float64], take: NDArray[np.float64], near: NDArray[np.bool_]
) -> float:
    """The most FTE that can go from givers to takers over the pairs that are near."""
    giver, taker = np.nonzero(near)
    if giver.size == 0:
        return 0.0
    pairs = np.arange(giver.size)
    rows = np.concatenate([giver, give.size + taker])
    at = (rows, np.concatenate([pairs, pairs]))
    limits = np.concatenate([give, take])
    balance = sp.csr_array((np.ones(rows.size), at), shape=(limits.size, pairs.size))
    found = linprog(-np.ones(pairs.size), A_ub=balance, b_ub=limits, bounds=(0.0, None))
    return -float(found.fun)


def _mergers(count: Recount, rule: StaffRule) -> Checked:
    found, checked = [], 0
    ids = count.folder.sites["office_id"].to_list()
    for year in count.settings.planning_years:
        before = count.networks[count.settings.year_before(year)]["open"]
        now = count.networks[year]["open"]
        staff = dict(zip(ids, _before(count, year), strict=True))
        flows = count.folder.staff
        moves = flows[(flows["year"] == year) & (flows["kind"] == "move")]
        for office in ids:
            into = count.settings.merger_into(office)
            if not into or not before[office] or now[office]:
                continue
            checked += 1
            stays = (1.0 - rule.attrition_per_year) * staff[office]
            pair = (moves["from_office_id"] == office) & (moves["to_office_id"] == into)
            moved = float(moves.loc[pair, "fte"].sum())
            if moved < stays - ROOM_FTE:
                where = f"{FILE}, year {year}, merger of {office} into {into}"
                found.append(finding("staff", where, moved, f"{stays:.9g}"))
    return Checked(checked, tuple(found))
