"""A synthetic run folder with the real offices and a made-up plan, for looking at the map.

Zones are the municipalities (one zone each, at the seat); minutes are straight lines at 55 km/h.
Of the offices, in the order of their ids: every 9th closes in 2025, every 13th merges into its
nearest neighbour in 2026, every 17th becomes flexible in 2027; three candidates open in 2026.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata import builtin

YEARS = (2025, 2026, 2027)
NEEDS = (1, 2, 3)
CANDIDATES = ("2417", "2321", "1766", "0138")
TITLE = {"sv": "Prov: 150 miljoner kronor lägre anslag 2027", "en": "Trial: 150 million less"}
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror='window.hit=1'>&\"'"
MODES: dict[str, dict[str, Any]] = {
    "staffed": {"title": {"sv": "Bemannat kontor", "en": "Staffed office"}, "tier": 3},
    "staffed_colocated": {
        "title": {"sv": "Samlokaliserat kontor", "en": "Co-located office"},
        "variant_of": "staffed",
        "tier": 3,
    },
    "reduced": {
        "title": {"sv": "Kontor med färre öppetdagar", "en": "Office with fewer open days"},
        "tier": 3,
    },
    "reduced_colocated": {
        "title": {
            "sv": "Samlokaliserat kontor med färre öppetdagar",
            "en": "Co-located with fewer open days",
        },
        "variant_of": "reduced",
        "tier": 3,
    },
    "flexible": {"title": {"sv": "Flexibelt kontor", "en": "Flexible office"}, "tier": 2},
    "mobile": {"title": {"sv": "Mobil service", "en": "Mobile service"}, "tier": 1},
}


def write(folder: Path, *, hostile: bool = False) -> Path:
    """Write the tables the map reads."""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    sites = _sites()
    if hostile:
        sites.loc[sites["office_id"] == "o001", "office"] = HOSTILE
    modes = _modes(sites)
    zones = _zones(sites, modes)
    plan = _plan(sites, modes)
    if hostile:
        plan["motive"] = HOSTILE
    plan.to_csv(folder / "plan.csv", index=False)
    zones.to_parquet(folder / "zones.parquet", index=False)
    sites.to_csv(inputs / "sites.csv", index=False)
    regions = builtin.load("regions")
    members = regions[regions["division"] == "fa15"].assign(division="fa")
    members.to_csv(inputs / "regions.csv", index=False)
    _regions(members, sites, modes).to_csv(folder / "regions.csv", index=False)
    config = {
        "name": "trial",
        "base_year": 2024,
        "years": list(YEARS),
        "data": {"travel": {"provider": "estimate"}},
        "modes": MODES,
        "requirements": {"region_coverage": [{"division": "fa", "min_points": 1, "from": 2027}]},
    }
    _json(inputs / "config.json", config)
    summary = _summary(plan, zones, hostile=hostile)
    _json(folder / "summary.json", summary)
    return folder


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _sites() -> pd.DataFrame:
    offices = builtin.load("offices")
    towns = builtin.load("municipalities").set_index("municipality_code")
    people = offices["municipality_code"].map(towns["population"]).astype(float)
    visits = people / offices.groupby("municipality_code")["office_id"].transform("count") * 0.27
    real = pd.DataFrame(
        {
            "office_id": offices["office_id"],
            "office": offices["office"],
            "municipality_code": offices["municipality_code"],
            "longitude": offices["longitude"],
            "latitude": offices["latitude"],
            "candidate": False,
            "mode_today": offices["mode"],
            "visits_today": visits.round(),
            "fte_today": (visits / 3400).clip(lower=1.8).round(2),
            "evidence": offices["evidence"],
        }
    )
    chosen = towns.loc[list(CANDIDATES)]
    possible = pd.DataFrame(
        {
            "office_id": [f"c{code}" for code in CANDIDATES],
            "office": chosen["seat"].to_numpy(),
            "municipality_code": list(CANDIDATES),
            "longitude": chosen["seat_longitude"].to_numpy(),
            "latitude": chosen["seat_latitude"].to_numpy(),
            "candidate": True,
            "mode_today": "closed",
            "visits_today": 0.0,
            "fte_today": 0.0,
            "evidence": "",
        }
    )
    sites = pd.concat([real, possible], ignore_index=True)
    for origin in ("visits", "fte", "premises", "local"):
        sites[f"origin_{origin}"] = "estimated"
    return sites


def _modes(sites: pd.DataFrame) -> dict[tuple[str, int], str]:
    modes = {}
    for number, site in enumerate(sites.to_dict("records"), start=1):
        today = site["mode_today"]
        for year in (2024, *YEARS):
            mode = today
            if site["candidate"]:
                mode = "mobile" if year >= 2026 and site["office_id"] != "c0138" else "closed"
            elif (number % 9 == 0 and year >= 2025) or (number % 13 == 0 and year >= 2026):
                mode = "closed"
            elif number % 17 == 0 and year >= 2027:
                mode = "flexible"
            modes[str(site["office_id"]), year] = str(mode)
    return modes


def _km(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    east = (one["longitude"].to_numpy()[:, None] - other["longitude"].to_numpy()) * 56.0
    north = (one["latitude"].to_numpy()[:, None] - other["latitude"].to_numpy()) * 111.2
    return np.hypot(east, north) * 1.25


def _zones(sites: pd.DataFrame, modes: dict[tuple[str, int], str]) -> pd.DataFrame:
    towns = builtin.load("municipalities").rename(
        columns={"seat_longitude": "longitude", "seat_latitude": "latitude"}
    )
    minutes = 4 + _km(towns, sites) / 65 * 60
    ids = sites["office_id"].tolist()

    def best(year: int, need: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        tiers = [MODES.get(modes[one, year], {"tier": 0})["tier"] for one in ids]
        return minutes[:, np.array(tiers) >= need].min(axis=1).round(2)

    return pd.concat(
        [
            pd.DataFrame(
                {
                    "zone_id": "z" + towns["municipality_code"],
                    "municipality_code": towns["municipality_code"],
                    "population": towns["population"],
                    "year": year,
                    "need": need,
                    "minutes_before": best(2024, need),
                    "minutes_after": best(year, need),
                }
            )
            for year in YEARS
            for need in NEEDS
        ],
        ignore_index=True,
    )


def _plan(sites: pd.DataFrame, modes: dict[tuple[str, int], str]) -> pd.DataFrame:
    between = _km(sites, sites)
    rows = []
    for number, site in enumerate(sites.to_dict("records"), start=1):
        office_id = str(site["office_id"])
        before = str(site["mode_today"])
        for year in YEARS:
            mode = modes[office_id, year]
            still = [modes[str(one), year] != "closed" for one in sites["office_id"]]
            distances = np.where(still, between[number - 1], np.inf)
            distances[number - 1] = np.inf
            near = str(sites["office_id"].iloc[int(distances.argmin())])
            action = "keep"
            if mode == "closed":
                action = "not_opened" if site["candidate"] else "stays_closed"
                if before != "closed":
                    action = "close" if number % 9 == 0 else "merge"
            elif before == "closed":
                action = "open"
            elif mode != before:
                action = "convert"
            changed = action in ("close", "merge", "convert", "open")
            is_open = mode != "closed"
            rows.append(
                {
                    "office_id": office_id,
                    "office": site["office"],
                    "municipality_code": site["municipality_code"],
                    "candidate": str(site["candidate"]).lower(),
                    "year": year,
                    "mode": mode,
                    "action": action,
                    "into_office_id": near if action == "merge" else "",
                    "visits": site["visits_today"] if is_open else 0.0,
                    "fte": site["fte_today"] if is_open else 0.0,
                    "cost_mnkr": round(site["fte_today"] * 0.77 + 1.8, 3) if is_open else 0.0,
                    "leaves_municipality": "true" if action == "merge" else "false",
                    "motive": "Kortast tillkommande restid per sparad krona." if changed else "",
                }
            )
            before = mode
    return pd.DataFrame(rows)


def _regions(
    members: pd.DataFrame, sites: pd.DataFrame, modes: dict[tuple[str, int], str]
) -> pd.DataFrame:
    region_of = dict(zip(members["municipality_code"], members["region_code"], strict=True))
    rows = []
    for code, region in members.groupby("region_code")["region"].first().items():
        for year in (2024, *YEARS):
            points = sum(
                region_of[town] == code and modes[str(one), year] != "closed"
                for one, town in zip(sites["office_id"], sites["municipality_code"], strict=True)
            )
            rows += [("fa", code, region, year, points, need) for need in NEEDS]
    columns = ["division", "region_code", "region", "year", "service_points", "need"]
    return pd.DataFrame(rows, columns=columns)


def _summary(plan: pd.DataFrame, zones: pd.DataFrame, *, hostile: bool) -> dict[str, Any]:
    years = []
    for year in (2024, *YEARS):
        column = "minutes_before" if year == 2024 else "minutes_after"
        part = zones[(zones["year"] == max(year, YEARS[0])) & (zones["need"] == 3)]
        step = year - 2024
        years.append(
            {
                "year": year,
                "cost_mnkr": 1003.1 - 52.1 * step if step else 1003.1,
                "means_mnkr": None if not step else 998.2 - 50 * (step - 1),
                "margin_mnkr": None if not step else 24.31 - 9.05 * step,
                "visits": 2758758 - 18211 * step,
                "lost_visits": 18211 * step,
                "open_offices": 148
                if not step
                else int(((plan["year"] == year) & (plan["mode"] != "closed")).sum()),
                "mean_minutes": float(np.average(part[column], weights=part["population"])),
                "fte": 656 - 30 * step,
            }
        )
    title = {"sv": HOSTILE, "en": HOSTILE} if hostile else TITLE
    warnings = [HOSTILE] if hostile else ["region_coverage: FA25 är inte angiven; FA15 används."]
    return {
        "name": "trial",
        "title": title,
        "status": "gap_reached",
        "gap": 0.0043,
        "gap_total": 0.0004,
        "years": years,
        "warnings": warnings,
    }
