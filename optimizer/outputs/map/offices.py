"""The offices of the map: where they are, and their state, figures and reasons year by year."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.outputs.flows import concerned_people, concerned_zones, people_of_75
from optimizer.outputs.map.shapes import Frame
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.services import office_services
from optimizer.rounding import rounded

CLOSED = "closed"
STATES = ("keep", "convert", "merge", "close", "open")  # as the legend lists them
ORIGINS = ("visits", "fte", "premises", "local")
ESTIMATES = tuple(f"origin_{name}" for name in ORIGINS)
PLACES = 4  # the largest places of an office that its card names
ALPHABET = str.maketrans({"å": "zå", "ä": "zä", "ö": "zö"})


def office_records(
    tables: RunTables, frame: Frame, municipalities: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every site that is open today or in some planning year, in the order of the alphabet."""
    sites = tables.sites.sort_values("office_id", kind="stable").reset_index(drop=True)
    spots = frame.place(sites["longitude"].tolist(), sites["latitude"].tolist())
    costs = costs_today(tables)
    plans = {str(key): rows.sort_values("year") for key, rows in tables.plan.groupby("office_id")}
    names = dict(zip(sites["office_id"], sites["office"], strict=True))
    places, people = _concerned(tables)
    services = office_services(tables)
    records = []
    for site, (x, y) in zip(sites.to_dict("records"), spots, strict=True):
        rows = plans.get(str(site["office_id"]))
        years = [_today(site, costs), *_years(site, rows, names)]
        own = services.get(str(site["office_id"]))
        offered = () if own is None else (own.today, *own.by_year)
        years = [
            year | {"services": list(offered[at]) if at < len(offered) else []}
            for at, year in enumerate(years)
        ]
        if all(year["state"] == "absent" for year in years):
            continue
        code = str(site["municipality_code"])
        records.append(
            {
                "id": site["office_id"],
                "name": site["office"],
                "municipality": municipalities.get(code, code),
                "code": code,
                "x": int(x) if math.isfinite(x) else None,
                "y": int(y) if math.isfinite(y) else None,
                "candidate": bool(site["candidate"]),
                "evidence": str(site.get("evidence") or "unknown"),
                "estimated": any(site.get(column, "") != "observed" for column in ESTIMATES),
                "origins": {name: str(site.get(f"origin_{name}") or "default") for name in ORIGINS},
                "assumed_services": sorted(own.assumed) if own else [],
                "announced_services": sorted(own.announced) if own else [],
                "places": places.get(str(site["office_id"]), []),
                "years": [
                    year | {"people": people.get((str(site["office_id"]), when))}
                    for year, when in zip(years, (tables.years[0], *tables.years), strict=False)
                ],
            }
        )
    return sorted(records, key=lambda one: (alphabetical(one["name"]), one["id"]))


def state_of(mode_today: str, mode: str, *, merged: bool) -> str:
    """What has become of a site since today; `absent` while a candidate has not opened."""
    if mode == CLOSED:
        if mode_today == CLOSED:
            return "absent"
        return "merge" if merged else "close"
    if mode_today == CLOSED:
        return "open"
    return "keep" if mode == mode_today else "convert"


def costs_today(tables: RunTables) -> dict[str, float]:
    """What each open site costs today, mnkr: premises, local, staff travel, and staff's wages."""
    if tables.site_modes.empty or tables.money.empty:
        return {}
    today = tables.money[tables.money["year"] == tables.base_year]
    if today.empty:
        return {}
    wage = float(today["wage_mnkr_per_fte"].iloc[0])
    sites = tables.sites[["office_id", "mode_today", "fte_today"]]
    priced = sites.merge(
        tables.site_modes, left_on=["office_id", "mode_today"], right_on=["office_id", "mode"]
    )
    fixed = priced[["premises_mnkr", "local_mnkr", "staff_travel_mnkr"]].sum(axis=1)
    total = fixed + wage * priced["fte_today"]
    return dict(zip(priced["office_id"], total.astype(float), strict=True))


def alphabetical(name: str) -> str:
    """A key that puts å, ä and ö last, in that order."""
    return name.casefold().translate(ALPHABET).replace("zå", "z{").replace("zä", "z|")


def _concerned(
    tables: RunTables,
) -> tuple[dict[str, list[str]], dict[tuple[str, int], dict[str, Any]]]:
    """The largest places that each office serves, and its people by office and year."""
    zones = concerned_zones(tables)
    if zones.empty:
        return {}, {}
    names: Mapping[str, str] = {}
    if "zone" in tables.places:
        names = dict(zip(tables.places["zone_id"], tables.places["zone"], strict=True))
    once = zones[zones["year"] == zones.groupby("office_id")["year"].transform("max")]
    once = once.sort_values(["population", "zone_id"], ascending=[False, True], kind="stable")
    places = {
        str(office): [str(names[zone]) for zone in part if zone in names][:PLACES]
        for office, part in once.groupby("office_id")["zone_id"]
    }
    counted = concerned_people(zones, people_of_75(tables)).reset_index()
    people = {
        (str(row["office_id"]), int(row["year"])): {
            "need": tables.needs.index(int(row["need"])),
            "count": _count(row["people"], tables),
            "before": _number(row["minutes_before"], 1),
            "after": _number(row["minutes_after"], 1),
            "longer": _count(row["longer"], tables),
            "far": _count(row["far"], tables),
            "elderly": _count(row["elderly"], tables),
        }
        for row in counted.to_dict("records")
    }
    return places, people


def _today(site: Mapping[Any, Any], costs: Mapping[str, float]) -> dict[str, Any]:
    is_open = site["mode_today"] != CLOSED
    return {
        "mode": site["mode_today"],
        "state": "today" if is_open else "absent",
        "action": "",
        "visits": _number(site.get("visits_today"), 0),
        "fte": _number(site.get("fte_today"), 1),
        "cost": _number(costs.get(site["office_id"]), 2) if is_open else None,
        "into": "",
        "motive": "",
        "leaves": False,
    }


def _years(
    site: Mapping[Any, Any], rows: pd.DataFrame | None, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The planning years; what earlier ones decided still holds, and is told with its year."""
    years: list[dict[str, Any]] = []
    decided: Mapping[Any, Any] = {}
    motives: list[tuple[int, str]] = []  #: of all that was decided so far
    for row in [] if rows is None else rows.to_dict("records"):
        if row["action"] in STATES[1:]:
            decided = row
            motives.append((int(row["year"]), str(row["motive"])))
        closed = row["mode"] == CLOSED
        source = decided if closed and decided else row
        into = str(source["into_office_id"])
        merged = decided.get("action") == "merge"
        years.append(
            {
                "mode": row["mode"],
                "state": state_of(str(site["mode_today"]), str(row["mode"]), merged=merged),
                "action": row["action"],
                "visits": _number(row["visits"], 0),
                "fte": _number(row["fte"], 1),
                "cost": _number(row["cost_mnkr"], 2),
                "into": str(names.get(into, into)) if closed else "",
                "into_id": into if closed else "",
                "motive": _told(motives, int(row["year"])) or str(row["motive"]),
                "leaves": bool(source["leaves_municipality"]) if closed else False,
            }
        )
    return years


def _told(motives: Sequence[tuple[int, str]], year: int) -> str:
    """Motives up to a year: with their years, but for one of the year itself alone."""
    if [one for one, _ in motives] == [year]:
        return motives[0][1]
    return " ".join(f"{one}: {text}" for one, text in motives)


def _count(value: float, tables: RunTables) -> int | None:
    """People counted; None where it is less than what the run asks to show."""
    return None if 0 < value < tables.suppress_below else int(rounded(value))


def _number(value: Any, decimals: int) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return rounded(float(value), decimals)
