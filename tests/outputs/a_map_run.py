"""A run folder for tests of the map: the built-in offices with a plan made up by rule."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata import builtin

YEARS = (2025, 2026, 2027)
MODES = {
    "staffed": {"title": {"sv": "Bemannat kontor", "en": "Staffed office"}},
    "staffed_colocated": {
        "title": {"sv": "Samlokaliserat kontor", "en": "Co-located office"},
        "variant_of": "staffed",
    },
    "reduced": {"title": {"sv": "Färre öppetdagar", "en": "Fewer open days"}},
    "reduced_colocated": {
        "title": {"sv": "Samlokaliserat, färre öppetdagar", "en": "Co-located, fewer days"},
        "variant_of": "reduced",
    },
    "flexible": {"title": {"sv": "Flexibelt kontor", "en": "Flexible office"}},
    "mobile": {"title": {"sv": "Mobil service", "en": "Mobile service"}},
}
OPENED = "c2425"  # the seat of Dorotea
KM_PER_MINUTE = 0.9


def write_run(folder: Path, **names: str) -> Path:
    """Write the run folder; `names` replaces names of offices by id."""
    sites = _sites(names)
    plan = _plan(sites)
    (folder / "inputs").mkdir(parents=True, exist_ok=True)
    sites.to_csv(folder / "inputs" / "sites.csv", index=False)
    plan.to_csv(folder / "plan.csv", index=False)
    zones = _zones(sites, plan)
    zones.to_parquet(folder / "zones.parquet", index=False)
    members = builtin.load("regions").query("division == 'fa15'").assign(division="fa")
    members.to_csv(folder / "inputs" / "regions.csv", index=False)
    _regions(members, sites, plan).to_csv(folder / "regions.csv", index=False)
    pd.DataFrame(
        [(2024, "cost", 1003.1), *[(y, "cost", 990.0) for y in YEARS]],
        columns=["year", "item", "amount_mnkr"],
    ).to_csv(folder / "budget.csv", index=False)
    config = {"name": "test", "base_year": 2024, "modes": MODES}
    (folder / "inputs" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    summary = json.dumps(_summary(zones, plan, sites), ensure_ascii=False)
    (folder / "summary.json").write_text(summary, encoding="utf-8")
    return folder


def _sites(names: dict[str, str]) -> pd.DataFrame:
    offices = builtin.load("offices")
    municipalities = builtin.load("municipalities").set_index("municipality_code")
    dorotea = municipalities.loc[OPENED[1:]]
    size = offices["municipality_code"].map(municipalities["population"]).astype(float)
    size /= offices.groupby("municipality_code")["office_id"].transform("size")
    sites = pd.DataFrame(
        {
            "office_id": offices["office_id"],
            "office": offices["office"],
            "municipality_code": offices["municipality_code"],
            "longitude": offices["longitude"],
            "latitude": offices["latitude"],
            "candidate": "false",
            "mode_today": offices["mode"],
            "visits_today": (size * 0.3).round(),
            "fte_today": (size * 0.3 / 4200).clip(lower=1.8).round(2),
            "evidence": offices["evidence"],
        }
    )
    sites.loc[len(sites)] = [OPENED, "Dorotea", OPENED[1:], dorotea["seat_longitude"],
                             dorotea["seat_latitude"], "true", "closed", 0, 0, "documented"]  # fmt: skip
    for name in ("visits", "fte", "premises", "local"):
        sites[f"origin_{name}"] = "estimated"
    sites["office"] = sites["office_id"].map(names).fillna(sites["office"])
    return sites.sort_values("office_id", ignore_index=True)


def _plan(sites: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [row for i, site in sites.iterrows() for row in _office_plan(int(str(i)), site, sites)]
    )


def _office_plan(i: int, site: pd.Series, sites: pd.DataFrame) -> list[dict[str, Any]]:
    rows, before, today = [], site["mode_today"], site["mode_today"]
    others = sites[(sites["municipality_code"] == site["municipality_code"]) & (sites.index > i)]
    for year in YEARS:
        mode, action, into, motive = before, "keep", "", "Behålls: många besök och lång väg."
        if today == "closed":
            mode = "mobile" if year >= 2026 else "closed"
            action = {2025: "not_opened", 2026: "open"}.get(year, "keep")
        elif before == "closed":
            action = "stays_closed"
        elif i % 9 == 4 and year == YEARS[i % 3]:
            mode, action = "closed", "close"
            into = str(sites.loc[(i + 1) % len(sites), "office_id"])
            motive = "Avvecklas: nästa kontor ligger 24 minuter bort och har plats."
            if len(others):
                action, into = "merge", str(others["office_id"].iloc[0])
            else:
                into = ""
        elif i % 11 == 7 and year >= 2026 and before != "flexible":
            mode, action, motive = "flexible", "convert", "Får annan form: få besök per dag."
        rows.append(
            {
                "office_id": site["office_id"], "office": site["office"],
                "municipality_code": site["municipality_code"], "candidate": site["candidate"],
                "year": year, "mode": mode, "action": action, "into_office_id": into,
                "visits": 0 if mode == "closed" else site["visits_today"] + 120,
                "fte": 0 if mode == "closed" else site["fte_today"],
                "cost_mnkr": 0.8 if action == "close" else 0 if mode == "closed" else 5.25,
                "leaves_municipality": str(mode == "closed" and not len(others)).lower(),
                "motive": motive,
            }
        )  # fmt: skip
        before = mode
    return rows


def _zones(sites: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    zones = builtin.load("localities")
    parts = []
    for year in YEARS:
        modes = plan[plan["year"] == year].set_index("office_id")["mode"]
        now = sites["office_id"].map(modes).to_numpy()
        for need in (1, 2, 3):
            refused = {3: ["flexible", "mobile", "closed"], 2: ["mobile", "closed"]}
            shut = refused.get(need, ["closed"])
            before = _minutes(zones, sites[~sites["mode_today"].isin(shut)])
            after = _minutes(zones, sites[~pd.Series(now).isin(shut)])
            part = zones[["zone_id", "municipality_code", "population"]].copy()
            parts.append(
                part.assign(year=year, need=need, minutes_before=before, minutes_after=after)
            )
    return pd.concat(parts, ignore_index=True)


def _minutes(zones: pd.DataFrame, sites: pd.DataFrame) -> np.ndarray[Any, Any]:
    latitude = zones["latitude"].to_numpy(float)[:, None]
    north = (latitude - sites["latitude"].to_numpy(float)) * 111.2
    east = zones["longitude"].to_numpy(float)[:, None] - sites["longitude"].to_numpy(float)
    km = np.hypot(north, east * 111.2 * np.cos(np.radians(latitude)))
    return np.round(4 + km.min(axis=1) * 1.2 / KM_PER_MINUTE, 2)


def _regions(members: pd.DataFrame, sites: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    region_of = members.set_index("municipality_code")["region_code"]
    today = sites.assign(year=2024, mode=sites["mode_today"])
    both = pd.concat([today, plan], ignore_index=True)
    both["region_code"] = both["municipality_code"].map(region_of)
    both["points"] = (both["mode"] != "closed").astype(int)
    points = both.groupby(["region_code", "year"])["points"].sum().rename("service_points")
    return points.reset_index().assign(division="fa", required=1, need=3)


def _summary(zones: pd.DataFrame, plan: pd.DataFrame, sites: pd.DataFrame) -> dict[str, Any]:
    def mean(rows: pd.DataFrame, column: str) -> float:
        return float(np.average(rows[column], weights=rows["population"]))

    third = zones[zones["need"] == 3]
    first = third[third["year"] == 2025]
    years: list[dict[str, Any]] = [
        {"year": 2024, "cost_mnkr": 1003.1, "visits": 2_758_758, "lost_visits": 0,
         "open_offices": int((sites["mode_today"] != "closed").sum()),
         "mean_minutes": mean(first, "minutes_before")}
    ]  # fmt: skip
    for t, year in enumerate(YEARS, start=1):
        open_sites = (plan["year"] == year) & (plan["mode"] != "closed")
        years.append(
            {"year": year, "cost_mnkr": 1003.1 - 35.2 * t, "margin_mnkr": 2.34 * t,
             "visits": 2_758_758 - 9_000 * t, "lost_visits": 9_000 * t,
             "open_offices": int(open_sites.sum()),
             "mean_minutes": mean(third[third["year"] == year], "minutes_after")}
        )  # fmt: skip
    return {
        "name": "test", "title": {"sv": "Nätet inom ramen", "en": "The network within the budget"},
        "status": "gap_reached", "gap": 0.0043, "years": years,
        "warnings": ["3 ortspunkter ligger utanför sin kommuns gräns och har flyttats till den."],
    }  # fmt: skip
