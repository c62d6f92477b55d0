"""The offices of the map: what each is today and in every year of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from optimizer.outputs.map.modes import CLOSED
from optimizer.outputs.map.outlines import places
from optimizer.outputs.map.reading import Run

ORIGINS = ("origin_visits", "origin_fte", "origin_premises", "origin_local")
CHANGES = ("convert", "merge", "close", "open")
SWEDISH_ORDER = str.maketrans("åäöÅÄÖ", "{|}{|}")


@dataclass(frozen=True)
class OfficeYear:
    """An office in one year; a number is None where there is nothing to tell."""

    mode: str
    state: str  # since today: keep, convert, merge, close, open; none for a town without office
    action: str  # of this very year
    into: str
    visits: float | None
    fte: float | None
    cost_mnkr: float | None
    leaves: bool | None
    motive: str


@dataclass(frozen=True)
class Office:
    """A site that is open at some time, today or in the plan."""

    office_id: str
    name: str
    municipality_code: str
    place: tuple[int, int] | None
    candidate: bool
    evidence: str
    estimated: bool
    years: Mapping[int, OfficeYear]


def offices(run: Run) -> list[Office]:
    """The sites that are ever open, by name in Swedish order."""
    points = places(run.sites["longitude"].astype(float), run.sites["latitude"].astype(float))
    plan = {
        str(office_id): rows.sort_values("year") for office_id, rows in run.plan.groupby("office_id")
    }
    found = [
        _office(site, point, plan[str(site["office_id"])], run)
        for site, point in zip(run.sites.to_dict("records"), points, strict=True)
        if str(site["office_id"]) in plan
    ]
    seen = [one for one in found if any(year.mode != CLOSED for year in one.years.values())]
    return sorted(seen, key=lambda one: (one.name.translate(SWEDISH_ORDER).lower(), one.office_id))


def _office(
    site: Mapping[Any, Any], point: tuple[int, int] | None, rows: pd.DataFrame, run: Run
) -> Office:
    today = _today(site)
    years = {run.today: today}
    before = today
    for row in rows.to_dict("records"):
        if int(row["year"]) > run.today:
            before = _year(row, today.mode, before)
            years[int(row["year"])] = before
    return Office(
        office_id=str(site["office_id"]),
        name=str(site["office"]),
        municipality_code=str(site["municipality_code"]),
        place=point,
        candidate=_truth(site.get("candidate")) or False,
        evidence=str(site.get("evidence") or "unknown"),
        estimated=any(site.get(origin) != "observed" for origin in ORIGINS),
        years=years,
    )


def _today(site: Mapping[Any, Any]) -> OfficeYear:
    mode = str(site["mode_today"])
    return OfficeYear(
        mode=mode,
        state="none" if mode == CLOSED else "keep",
        action="",
        into="",
        visits=_number(site.get("visits_today")),
        fte=_number(site.get("fte_today")),
        cost_mnkr=None,  # today's cost is known without its staff only
        leaves=None,
        motive="",
    )


def _year(row: Mapping[Any, Any], mode_today: str, before: OfficeYear) -> OfficeYear:
    mode, action = str(row["mode"]), str(row["action"])
    state = _state(mode, action, mode_today, before)
    acts, stays_shut = action in CHANGES, mode == CLOSED and before.mode == CLOSED
    return OfficeYear(
        mode=mode,
        state=state,
        action=action,
        into=str(row.get("into_office_id") or "") or (before.into if stays_shut else ""),
        visits=None if mode == CLOSED else _number(row.get("visits")),
        fte=None if mode == CLOSED else _number(row.get("fte")),
        cost_mnkr=_number(row.get("cost_mnkr")) if mode != CLOSED or acts else None,
        leaves=_truth(row.get("leaves_municipality")) if not stays_shut else before.leaves,
        motive=(before.motive if stays_shut else "") or str(row.get("motive") or ""),
    )


def _state(mode: str, action: str, mode_today: str, before: OfficeYear) -> str:
    if mode == CLOSED:
        if mode_today == CLOSED and before.mode == CLOSED:
            return "none"
        if action in ("close", "merge"):
            return action
        return before.state if before.state in ("close", "merge") else "close"
    if mode_today == CLOSED:
        return "open"
    return "keep" if mode == mode_today else "convert"


def _number(value: object) -> float | None:
    number = pd.to_numeric(value, errors="coerce")  # type: ignore[call-overload]
    return None if pd.isna(number) else float(number)


def _truth(value: object) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
