"""The requirements, one function each: what the plan reaches, what is asked for, what is left.

Every row of requirements.csv is recomputed. Those on staff and room are in `capacity`.
"""

from __future__ import annotations

from optimizer.verify.access import left_behind_rows, standard_rows
from optimizer.verify.aims import ceiling_rows
from optimizer.verify.capacity import (
    remote_balance,
    room,
    staff_balance,
    staffing,
    staggered_days,
)
from optimizer.verify.changes import change_rows
from optimizer.verify.equity import tail_rows
from optimizer.verify.money import AFTER
from optimizer.verify.network import CLOSED
from optimizer.verify.offers import offers
from optimizer.verify.partners import partnerless
from optimizer.verify.recount import Recount
from optimizer.verify.rows import NATION, Rows, at_most, row, rows_of
from optimizer.verify.services import coverage_rows, offer_rows
from optimizer.verify.settings import CoverageRule, FixedDecision, ModeLimit


def one_mode(count: Recount) -> Rows:
    """Every site is in exactly one mode: sites with one row in the plan, of all sites."""
    sites = len(count.folder.sites)
    for year in count.settings.planning_years:
        rows = count.folder.plan.loc[count.folder.plan["year"] == year, "office_id"]
        once = rows[~rows.duplicated(keep=False)].isin(count.folder.sites["office_id"]).sum()
        yield row(
            "one_mode",
            NATION,
            year,
            value=once,
            limit=sites,
            unit="sites",
            margin=once - sites,
        )


def region_coverage(count: Recount) -> Rows:
    """Every region of a division has enough service points, in the years in force.

    Where two rules speak of one region and year, the larger number of points stands.
    """
    asked: dict[tuple[str, int], tuple[int, int]] = {}
    members = count.folder.region_members
    for rule in count.settings.coverage:
        of_division = members[members["division"] == rule.division]
        for code, towns in of_division.groupby("region_code", sort=True):
            for year in count.settings.planning_years:
                key = (f"{rule.division}:{code}", year)
                if year >= rule.from_year and asked.get(key, (0, 0))[1] < rule.min_points:
                    points = _points(count, rule, year, set(towns["municipality_code"]))
                    asked[key] = (points, rule.min_points)
    for (scope, year), (points, least) in asked.items():
        yield row(
            "region_coverage",
            scope,
            year,
            value=points,
            limit=least,
            unit="sites",
            margin=points - least,
        )


def _points(count: Recount, rule: CoverageRule, year: int, towns: set[str]) -> int:
    network = count.networks[year]
    counts = network["counts_for_coverage"]
    if rule.modes is not None:
        counts = network["mode"].isin(rule.modes)
    sites = count.folder.sites.set_index("office_id")
    inside = sites["municipality_code"].isin(towns)
    return int((network["open"] & counts & inside).sum())


def budget_by_year(count: Recount) -> Rows:
    """The cost of a year fits its means, what is carried in and the credit it may leave behind.

    limit = means + carry_in + credit limit (0 in the last year). After the last year the recurring
    cost must fit the means of the last year.
    """
    if not count.settings.budget_holds:
        return
    amounts = count.budget.set_index(["year", "item"])["amount_mnkr"]
    for year in [*map(str, count.settings.planning_years), AFTER]:
        cost, margin = amounts[year, "cost"], amounts[year, "margin"]
        yield row(
            "budget_by_year",
            NATION,
            year,
            value=cost,
            limit=cost + margin,
            unit="mnkr",
            margin=margin,
        )


def assignment(count: Recount) -> Rows:
    """Every visit arrives or is counted as lost."""
    for year in count.settings.planning_years:
        flow = count.flows[year]
        value, demand = flow.counted, float(flow.demand.sum())
        yield row(
            "assignment",
            NATION,
            year,
            value=value,
            limit=demand,
            unit="visits",
            margin=-abs(value - demand),
        )


def open_sites(count: Recount) -> Rows:
    """The open sites of the whole country, against the number asked for."""
    rule = count.settings.open_sites
    for year in count.settings.planning_years if rule else ():
        if rule and year >= rule.from_year:
            open_now = int(count.networks[year]["open"].sum())
            left = rule.number - open_now
            yield row(
                "open_sites",
                "exactly" if rule.exactly else "at most",
                year,
                value=open_now,
                limit=rule.number,
                unit="sites",
                margin=-abs(left) if rule.exactly else left,
            )


def equity(count: Recount) -> Rows:
    """Added minutes of the worst off as the objective counts them, against their definition."""
    for scope, year, value, limit in tail_rows(count):
        yield row(
            "equity",
            scope,
            year,
            value=value,
            limit=limit,
            unit="minutes",
            margin=value - limit,
        )


def transition(count: Recount) -> Rows:
    """What follows what from year to year, when offices close and how many."""
    return rows_of("transition", change_rows(count))


def mode_limits(count: Recount) -> Rows:
    """At most so many sites in a mode or its variants, in the nation or in each region."""
    for limit in count.settings.limits:
        for scope, towns in _areas(count, limit):
            for year in count.settings.planning_years:
                used = _in_mode(count, limit, year, towns)
                yield at_most("mode_limits", scope, year, used, limit.at_most, "sites")


def _areas(count: Recount, limit: ModeLimit) -> list[tuple[str, set[str] | None]]:
    """Where a limit holds: its scope in words, and the municipalities (None: all)."""
    scope = f"{limit.mode}:{limit.sites}"
    if not limit.each:
        return [(scope, None)]
    members = count.folder.region_members
    members = members[members["division"] == limit.each]
    return [
        (f"{scope}:{limit.each}:{code}", set(towns["municipality_code"]))
        for code, towns in members.groupby("region_code", sort=True)
    ]


def _in_mode(count: Recount, limit: ModeLimit, year: int, towns: set[str] | None) -> int:
    sites = count.folder.sites.set_index("office_id")
    candidate = sites["candidate"]
    group = {"offices": ~candidate, "candidates": candidate}.get(limit.sites, candidate | True)
    if towns is not None:
        group &= sites["municipality_code"].isin(towns)
    network = count.networks[year]
    of_mode = (network["mode"] == limit.mode) | (network["family"] == limit.mode)
    return int((network["open"] & of_mode & group).sum())


def fixed_decisions(count: Recount) -> Rows:
    """The planner's decisions, one by one: 1 if it holds in the year."""
    for decision in count.settings.fixed:
        for year in count.settings.planning_years:
            if decision.in_force(year):
                holds = int(_holds(count, decision, year))
                yield row(
                    "fixed_decisions",
                    ":".join(filter(None, (decision.kind, decision.office_id, decision.service))),
                    year,
                    value=holds,
                    limit=1,
                    unit="decision",
                    margin=holds - 1,
                )


def _holds(count: Recount, decision: FixedDecision, year: int) -> bool:
    now = count.networks[year]
    site = now.loc[decision.office_id]
    match decision.kind:
        case "keep":
            return _kept(count, decision.office_id, year)
        case "close":
            return not site["open"]
        case "offer":
            at = now.index.get_loc(decision.office_id)
            return bool(offers(now, decision.service)[at])
        case "mode":
            return bool(site["mode"] == decision.mode)
        case _:  # merge
            return not site["open"] and _kept(count, decision.into_office_id, year)


def _kept(count: Recount, office_id: str, year: int) -> bool:
    """Whether an office is open and serves no lesser need than today."""
    today = count.networks[count.settings.base_year].loc[office_id]
    now = count.networks[year].loc[office_id]
    return bool(now["open"] and now["tier"] >= today["tier"])


def partners(count: Recount) -> Rows:
    """Modes used at sites that may not have them, for want of a partner."""
    if not count.settings.partners_checked:
        return
    for year in count.settings.planning_years:
        network = count.networks[year]
        unknown = (~network["allowed"] & (network["mode"] != CLOSED)).to_numpy()
        used = int((unknown | partnerless(count.folder, network)).sum())
        yield row(
            "partners",
            NATION,
            year,
            value=used,
            limit=0,
            unit="sites",
            margin=-used,
        )


def access_standard(count: Recount) -> Rows:
    """A share of the people is within reach of an open site."""
    return rows_of("access_standard", standard_rows(count))


def no_one_left_behind(count: Recount) -> Rows:
    """No zone gets farther to go than the rule allows."""
    return rows_of("no_one_left_behind", left_behind_rows(count))


def service_coverage(count: Recount) -> Rows:
    """Every service is at enough offices of a region, or near enough people."""
    return rows_of("service_coverage", coverage_rows(count))


def offer(count: Recount) -> Rows:
    """No site offers a service it may not, or ends one that its mode could offer."""
    return rows_of("offer", offer_rows(count))


def objective(count: Recount) -> Rows:
    """What earlier aims of an order have won is not given up for the later ones."""
    return rows_of("objective", ceiling_rows(count))


REQUIREMENTS = (
    one_mode,
    region_coverage,
    service_coverage,
    offer,
    access_standard,
    no_one_left_behind,
    budget_by_year,
    assignment,
    staffing,
    staff_balance,
    remote_balance,
    open_sites,
    staggered_days,
    room,
    equity,
    transition,
    mode_limits,
    fixed_decisions,
    partners,
    objective,
)
