"""The rules of services, counted again: who offers what, and who is near it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verify.access import people_of, scopes_of, within_reach
from optimizer.verify.folder import RunFolder
from optimizer.verify.offers import GENERAL, can_offer, catalogue, followed, from_the_start, offers
from optimizer.verify.recount import Recount

Bools = NDArray[np.bool_]
#: scope, year, value, limit, unit, margin
ServiceRow = tuple[str, int, float, float, str, float]


def expected_texts(count: Recount, year: int) -> list[str]:
    """What plan.csv says where services are not followed: those of today that the mode can give."""
    folder, network = count.folder, count.networks[year]
    kept = {
        name: from_the_start(folder, name) & can_offer(folder, network, name)
        for name in catalogue(folder)
    }
    texts = []
    for j, is_open in enumerate(network["open"]):
        own = [name for name, has in kept.items() if has[j]]
        texts.append(";".join((GENERAL, *own)) if is_open else "")
    return texts


def offer_rows(count: Recount) -> Iterator[ServiceRow]:
    """offer: sites that offer what they may not, or no longer offer what their mode could.

    A service of today stays as long as the mode can offer it, and so does one that was added; one
    is added only where `may_be_added` or a decision of `offices.offer` lets it be.
    """
    folder, settings = count.folder, count.settings
    if not followed(folder):
        return
    for year in settings.planning_years:
        before, now = count.networks[settings.year_before(year)], count.networks[year]
        wrong = np.zeros(len(folder.sites), dtype=bool)
        for name in catalogue(folder):
            can, has, had = can_offer(folder, now, name), offers(now, name), offers(before, name)
            first = from_the_start(folder, name)
            wrong |= has & (~can | ~(first | _addable(folder, name)))
            wrong |= can & ~has & (first | had)
        value = float(wrong.sum())
        yield "nation", year, value, 0.0, "sites", -value


def coverage_rows(count: Recount) -> Iterator[ServiceRow]:
    """service_coverage: offices with the service by region, and people within reach of one."""
    folder, settings = count.folder, count.settings
    asked: dict[tuple[str, int], tuple[float, float]] = {}
    rules = (folder.config.get("requirements") or {}).get("service_coverage") or ()
    towns = folder.sites["municipality_code"]
    for rule in rules:
        if not rule.get("division"):
            continue
        members = folder.region_members[folder.region_members["division"] == rule["division"]]
        least = float(rule.get("min_points") or 1)
        for code, inside in members.groupby("region_code", sort=True):
            there = towns.isin(inside["municipality_code"]).to_numpy(dtype=bool)
            for year in _years(settings.planning_years, rule):
                key = (f"{rule['service']}:{rule['division']}:{code}", year)
                if asked.get(key, (0.0, 0.0))[1] < least:
                    has = offers(count.networks[year], rule["service"])
                    asked[key] = float((there & has).sum()), least
    for (scope, year), (points, least) in asked.items():
        yield scope, year, points, least, "sites", points - least
    for number, rule in enumerate(rules):
        if rule.get("share") is not None:
            yield from _share_rows(count, number, rule)


def _share_rows(count: Recount, number: int, rule: dict[str, Any]) -> Iterator[ServiceRow]:
    folder, settings = count.folder, count.settings
    weight, within = people_of(folder, rule), within_reach(folder, rule)

    def near(year: int) -> Bools:
        has = offers(count.networks[year], rule["service"])
        return np.asarray(within[:, has].any(axis=1), dtype=bool)

    for scope, inside in scopes_of(folder, number, rule.get("each")):
        people = weight * inside
        if rule.get("relative"):  # of those within reach today
            people = people * near(settings.base_year)
        total, limit = float(people.sum()), float(rule["share"])
        if total <= 0:
            continue
        for year in _years(settings.planning_years, rule):
            value = float(people[near(year)].sum()) / total
            yield f"{rule['service']}:{scope}", year, value, limit, "share", value - limit


def _addable(folder: RunFolder, name: str) -> Bools:
    where = catalogue(folder)[name].get("may_be_added") or "nowhere"
    office = ~folder.sites["candidate"].to_numpy(dtype=bool)
    addable = {"anywhere": np.ones_like(office), "offices": office}.get(
        where, np.zeros_like(office)
    )
    for decision in (folder.config.get("offices") or {}).get("offer") or ():
        if decision["service"] == name:
            word = str(decision["office"])
            ids = folder.sites["office_id"] == word
            named = ids if ids.any() else folder.sites["office"].str.casefold() == word.casefold()
            addable = addable | named.to_numpy(dtype=bool)
    return addable


def _years(years: tuple[int, ...], rule: dict[str, Any]) -> list[int]:
    return [year for year in years if year >= int(rule.get("from") or years[0])]
