"""The rules of `transition`: what may follow what, and how many offices close in a year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from optimizer.verify.leases import premises_left
from optimizer.verify.recount import Recount

NATION = "nation"
ENDING = ("close", "merge")  #: actions of inputs/decided.csv after which an office is no more
LEAVING = ("close", "merge", "convert")  #: of inputs/decided.csv: notice was given of the premises

ChangeRow = tuple[str, int, float, float, str, float]  #: scope, year, value, limit, unit, margin


def change_rows(count: Recount) -> Iterator[ChangeRow]:
    """Every rule of `transition` in every planning year; nothing where it is switched off."""
    if not count.settings.transition_checked:
        return
    rule = (count.folder.config.get("requirements") or {}).get("transition") or {}
    yield from _broken_moves(count)
    closes, opens = _closing(count), _opening(count)
    yield from _closures(count, rule.get("closures") or [], closes)
    yield from _notice(count, rule)
    yield from _consulted(count, rule)
    yield from _replaced(count, rule, closes, opens)


def _closing(count: Recount) -> dict[int, pd.Series[bool]]:
    """By planning year, which sites close in it."""
    networks, settings = count.networks, count.settings
    return {
        year: networks[settings.year_before(year)]["open"] & ~networks[year]["open"]
        for year in settings.planning_years
    }


def _opening(count: Recount) -> dict[int, pd.Series[bool]]:
    networks, settings = count.networks, count.settings
    return {
        year: ~networks[settings.year_before(year)]["open"] & networks[year]["open"]
        for year in settings.planning_years
    }


def _broken_moves(count: Recount) -> Iterator[ChangeRow]:
    """No office reopens, no opened candidate closes, no site is raised unless that is allowed.

    Raised is a site whose (tier, open days) are higher than the year before, its own open days
    counted while it keeps today's mode. Where nothing may be converted, no open site changes mode.
    """
    candidate = count.folder.sites.set_index("office_id")["candidate"]
    for year in count.settings.planning_years:
        before = count.networks[count.settings.year_before(year)]
        now = count.networks[year]
        reopened = (~before["open"] & now["open"] & ~candidate).sum()
        closed_again = (before["open"] & ~now["open"] & candidate).sum()
        more_days = (now["tier"] == before["tier"]) & (now["open_days"] > before["open_days"])
        higher = (now["tier"] > before["tier"]) | more_days
        raised = (before["open"] & now["open"] & higher).sum()
        other = before["open"] & now["open"] & (before["mode"] != now["mode"])
        wrong = raised if not count.settings.upgrades_allowed else 0
        if not count.settings.conversions_allowed:
            wrong = other.sum()
        broken = reopened + closed_again + wrong
        yield NATION, year, broken, 0, "changes", -broken


def _closures(
    count: Recount, limits: list[dict[str, Any]], closes: dict[int, pd.Series[bool]]
) -> Iterator[ChangeRow]:
    """Offices that close in a year, in the nation or in each region, against the most."""
    sites = count.folder.sites.set_index("office_id")
    office = ~sites["candidate"]
    for limit in limits:
        areas = {f"closures:{NATION}": office}
        if limit.get("each"):
            members = count.folder.region_members
            members = members[members["division"] == limit["each"]]
            areas = {
                f"closures:{limit['each']}:{code}": office
                & sites["municipality_code"].isin(towns["municipality_code"])
                for code, towns in members.groupby("region_code", sort=True)
            }
        for scope, group in areas.items():
            for year, closed in closes.items():
                number, most = int((closed & group).sum()), int(limit["at_most"])
                yield scope, year, number, most, "sites", most - number


def _notice(count: Recount, rule: dict[str, Any]) -> Iterator[ChangeRow]:
    """Offices that leave the premises of today in a year that begins before they can."""
    months = _months_of_notice(count, rule)
    decided = _decided_before(count, LEAVING)
    if not int(rule.get("notice_months") or 0) and not (_own_notice(count).fillna(0.0) > 0).any():
        return
    first = count.settings.planning_years[0]
    for year, left in premises_left(count.folder, count.networks).items():
        if year < first:
            continue
        free = _free(left.index, decided, year)
        early = int((left & ~free & (months > 12 * (year - first))).sum())
        yield f"notice:{NATION}", year, early, 0, "sites", -early


def _own_notice(count: Recount) -> pd.Series[float]:
    """By site, the months of notice that its own row names; no number where it names none."""
    sites = count.folder.sites.set_index("office_id")
    if "notice_months" not in sites:
        return pd.Series(float("nan"), index=sites.index)
    return sites["notice_months"].astype("float64")


def _months_of_notice(count: Recount, rule: dict[str, Any]) -> pd.Series[float]:
    """By site, its own notice or that of the config; none for candidates."""
    sites = count.folder.sites.set_index("office_id")
    months = _own_notice(count).fillna(float(rule.get("notice_months") or 0))
    months[sites["candidate"]] = 0.0
    return months


def _consulted(count: Recount, rule: dict[str, Any]) -> Iterator[ChangeRow]:
    """Municipalities without a site in a year that begins before they can be left.

    They can when consultation, and after it the longest notice of an office there, is over. From
    the year in which an office has ended by a decision before the plan it does not count: where
    all have, nothing is held.
    """
    consultation = int(rule.get("consultation_months") or 0)
    if not consultation:
        return
    sites = count.folder.sites.set_index("office_id")
    towns, decided = sites["municipality_code"], _decided_before(count, ENDING)
    lead = consultation + _months_of_notice(count, rule)
    first = count.settings.planning_years[0]
    for year in count.settings.planning_years:
        holds = ~sites["candidate"] & ~_free(sites.index, decided, year)
        left = count.networks[year]["open"].groupby(towns).sum()
        longest = lead[holds].groupby(towns[holds]).max().reindex(left.index, fill_value=0.0)
        empty = int(((left == 0) & (longest > 12 * (year - first))).sum())
        yield f"consultation:{NATION}", year, empty, 0, "municipalities", -empty


def _decided_before(count: Recount, actions: tuple[str, ...]) -> dict[str, str]:
    """Offices with one of some actions in inputs/decided.csv, and their last day as they were.

    The day of the decision where no last day is given; empty where neither is.
    """
    file = count.folder.path / "inputs" / "decided.csv"
    if not file.is_file():
        return {}
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = table[table["action"].isin(actions)]
    days = table["last_day"].where(table["last_day"] != "", table["decided_on"])
    return dict(zip(table["office_id"], days, strict=True))


def _free(offices: pd.Index[str], decided: dict[str, str], year: int) -> pd.Series[bool]:
    """By office, whether what was decided before the plan is in force: its day is before a year."""
    begins = f"{year}-01-01"
    free = [office in decided and decided[office] < begins for office in offices]
    return pd.Series(free, index=offices, dtype=bool)


def _replaced(
    count: Recount,
    rule: dict[str, Any],
    closes: dict[int, pd.Series[bool]],
    opens: dict[int, pd.Series[bool]],
) -> Iterator[ChangeRow]:
    """Pairs of a closing office and a site of its municipality that opens in another year."""
    sites = count.folder.sites.set_index("office_id")
    towns, candidate = sites["municipality_code"], sites["candidate"]
    shared = set(towns[candidate]) & set(towns[~candidate])
    if rule.get("replacement", "same_year") != "same_year" or not shared:
        return
    for year, closed in closes.items():
        pairs = 0
        for other, opened in opens.items():
            if other != year:
                number = towns[opened].value_counts()
                pairs += sum(int(number.get(town, 0)) for town in towns[closed])
        yield f"replaced:{NATION}", year, pairs, 0, "changes", -pairs
