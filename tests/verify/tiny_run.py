"""A tiny run folder, written by hand: three zones, three sites, two years.

The network. Today (2024) o1 is staffed (5 days) and o2 reduced (its own 4 days). In 2025 o2 merges
into o1, 30 minutes away. In 2026 o1 becomes reduced (3 days) and the candidate c3 opens as mobile.
A closed day of five costs 4 minutes of waiting.

    travel   c3   o1   o2        people   visits of need 1, need 2 (each year)
    z1       40    5   30          1000       1000          500
    z2       50   30    4           600        600          300
    z3        6   35   45           400        400          200

Where people go, travel + waiting, and what that adds to today:

            today        2025              2026, need 1      2026, need 2 (c3 serves need 1 only)
    z1   o1  5 + 0    o1  5 + 0   0     o1  5 + 8   8     o1  5 + 8   8
    z2   o2  4 + 4    o1 30 + 0  22     o1 30 + 8  30     o1 30 + 8  30
    z3   o1 35 + 0    o1 35 + 0   0     c3  6 + 16  0     o1 35 + 8   8

A tenth of the staff leaves each year, and staff moves between sites at most 35 minutes apart: from
o2 to o1, not from o1 to c3.

Everything else follows by plain arithmetic below.
"""

from __future__ import annotations

import hashlib
import json
from math import exp
from pathlib import Path
from typing import Any

import pandas as pd

YEARS = (2025, 2026)
PEOPLE = {"z1": 1000, "z2": 600, "z3": 400}
TOWN = {"z1": "0001", "z2": "0002", "z3": "0003"}
VISITS = {(zone, need): people / need for zone, people in PEOPLE.items() for need in (1, 2)}
TRAVEL = {
    "z1": {"c3": 40.0, "o1": 5.0, "o2": 30.0},
    "z2": {"c3": 50.0, "o1": 30.0, "o2": 4.0},
    "z3": {"c3": 6.0, "o1": 35.0, "o2": 45.0},
}
GOES = {  # (zone, need): site, waiting, minutes added to today
    2024: {
        **{("z1", need): ("o1", 0, 0) for need in (1, 2)},
        **{("z2", need): ("o2", 4, 0) for need in (1, 2)},
        **{("z3", need): ("o1", 0, 0) for need in (1, 2)},
    },
    2025: {
        **{("z1", need): ("o1", 0, 0) for need in (1, 2)},
        **{("z2", need): ("o1", 0, 22) for need in (1, 2)},
        **{("z3", need): ("o1", 0, 0) for need in (1, 2)},
    },
    2026: {
        **{("z1", need): ("o1", 8, 8) for need in (1, 2)},
        **{("z2", need): ("o1", 8, 30) for need in (1, 2)},
        ("z3", 1): ("c3", 16, 0),
        ("z3", 2): ("o1", 8, 8),
    },
}
CONFIG: dict[str, Any] = {
    "solver": {"gap": 0.5},
    "name": "tiny",
    "years": list(YEARS),
    "budget": {
        "carry_in": 0.5,
        "base_appropriation": 8.5,
        "cut": {"2025": 0.5, "2026": 0.5},
        "other_income": 1.0,
        "saving_limit": {"share": 0.025},
        "credit_limit": {"amount": 0.3},
    },
    "modes": {
        "staffed": {"conversion_cost_mnkr": 0.4},
        "reduced": {"conversion_cost_mnkr": 0.3},
        "mobile": {"conversion_cost_mnkr": 0.1},
    },
    "costs": {
        "central_fte": 1.25,  # their pay is 1.0 of the 2.0 that central cost is
        "closure_mnkr": 0.8,
        "opening_mnkr": 0.2,
        "extension_mnkr_per_1000_visits": 0.15,
        "extension_rent_share": 0.0,
        "premises_base_mnkr": 0.3,
        "premises_per_fte_mnkr": 0.11,
        "fee_income_mnkr": {"pensions": 2.0, "id_cards": 1.0},
        "redundancy_mnkr_per_fte": 0.4,
        "move_mnkr_per_fte": 0.05,
        "hire_mnkr_per_fte": 0.02,
        "attrition_per_year": 0.1,
        # today 3.972 FTE at 0.8, premises 1.9, local 1.1; 2.0 of central cost is left
        "total_mnkr": 8.1776,
        "wage_mnkr_per_fte": 0.8,
        "net_price_index": {"2026": 1.02},
        "net_wage_index": {"2026": 1.025},
        # a mobile site: 2 x 50 trips of 80 km and an hour; 0.02 of driving and 0.03 of pay
        "staff_travel": {
            "weeks_per_year": 50,
            "trips_per_open_day": 1,
            "staff_per_trip": 0.6,
            "km_cost_kr": 2.5,
            "hours_per_year": 1600,
        },
    },
    "demand": {
        "waiting_minutes": 20,
        "digital_share": 0.6,
        "decay_scale_minutes": 120,
        "peak_factor": 1.32,
        "productivity_growth": 0.01,
        "merger_minutes": 45,
        "commuting_minutes": 35,
    },
    "objective": {"kind": "access", "lost_visit_minutes": 60},
    "offices": {
        "keep": [{"office": "o1", "reason": "largest"}],
        "mode": [{"office": "Office c3", "mode": "mobile", "from": 2026}],
    },
    "requirements": {
        "region_coverage": [{"division": "fa", "min_points": 1, "from": 2026}],
        "mode_limits": [{"mode": "reduced", "at_most": 2, "sites": "offices"}],
        "transition": {"upgrades": False},
        "partners": {"mobile": "anywhere"},
    },
}
SITES = pd.DataFrame(
    [
        ("c3", "Office c3", "0003", True, "closed", 1000.0, 0.0),
        ("o1", "Office o1", "0001", False, "staffed", 2500.0, 2.772),
        ("o2", "Office o2", "0002", False, "reduced", 1000.0, 1.2),
    ],
    columns=[
        *("office_id", "office", "municipality_code", "candidate", "mode_today"),
        *("room_visits_per_year", "fte_today"),
    ],
)
SITES = SITES.assign(
    open_days_today=[0, 5, 4],
    partner="",
    visits_today=[0.0, 2100.0, 900.0],
    premises_today_mnkr=[0.0, 1.0, 0.9],
    local_today_mnkr=[0.0, 0.6, 0.5],
    base_km=80.0,
    base_minutes=60.0,
    extension_mnkr_per_1000_visits=0.15,
    extension_rent_mnkr_per_1000_visits=0.0,
)
_ANY = [("staffed", 2, 5, 2.0, 1.0, 0.6, 0.0, 0.0), ("reduced", 2, 3, 1.2, 0.9, 0.5, 0.0, 0.0)]
_ANY += [("mobile", 1, 1, 0.4, 0.2, 0.15, 0.05, 0.03)]
SITE_MODES = pd.DataFrame(
    [(site, *mode) for site in ("c3", "o1", "o2") for mode in _ANY],
    columns=[
        *("office_id", "mode", "tier", "open_days", "fte_min"),
        *("premises_mnkr", "local_mnkr", "staff_travel_mnkr", "staff_travel_pay_mnkr"),
    ],
).assign(counts_for_coverage=True, family=lambda table: table["mode"])
SITE_MODES.loc[(SITE_MODES.office_id == "o2") & (SITE_MODES["mode"] == "reduced"), "open_days"] = 4
# The catalogue says the same; premises and local cost are ratios to those of a staffed office.
_RATIOS = {"staffed": (1.0, 1.0), "reduced": (0.9, 0.5 / 0.6), "mobile": (0.2, 0.25)}
for _mode, _tier, _days, _least, *_ in _ANY:
    CONFIG["modes"][_mode] |= {
        "tier": _tier,
        "open_days": _days,
        "fte_min": _least,
        "premises_factor": _RATIOS[_mode][0],
        "local_factor": _RATIOS[_mode][1],
        "premises": "partner" if _mode == "mobile" else "own",
        "partner_required": _mode == "mobile",
        "placed_staff": _mode != "mobile",
        "counts_for_coverage": True,
    }
MONEY = {  # appropriation, other income, saving, credit, central, wage, productivity, price index
    2024: (8.5, 1.0, 0.0, 0.0, 2.0, 0.8, 1000.0, 1.0),
    2025: (8.0, 1.0, 0.2, 0.3, 2.0, 0.8, 1010.0, 1.0),
    2026: (8.0, 1.0, 0.2, 0.3, 2.045, 0.82, 1020.1, 1.02),  # pay 0.82 / 0.8 = 1.025
}
STATE = {  # site: mode by year
    "c3": {2024: "closed", 2025: "closed", 2026: "mobile"},
    "o1": {2024: "staffed", 2025: "staffed", 2026: "reduced"},
    "o2": {2024: "reduced", 2025: "closed", 2026: "closed"},
}
ACTIONS = {  # action, into_office_id, leaves_municipality
    ("c3", 2025): ("not_opened", "", False),
    ("o1", 2025): ("keep", "", False),
    ("o2", 2025): ("merge", "o1", True),
    ("c3", 2026): ("open", "", False),
    ("o1", 2026): ("convert", "", False),
    ("o2", 2026): ("stays_closed", "", False),
}
# Visits planned for (before decay): 2024 o1 z1 + z3 = 1500 + 600, o2 z2 = 900; 2025 o1 all 3000;
# 2026 c3 z3 need 1 = 400, o1 the other 2600.
PLANNED = {
    2024: {"c3": 0, "o1": 2100, "o2": 900},
    2025: {"c3": 0, "o1": 3000, "o2": 0},
    2026: {"c3": 400, "o1": 2600, "o2": 0},
}
# FTE = max(least, 1.32 * planned / productivity): 2024 o1 2.772, o2 max(1.2, 1.188) = 1.2;
# 2025 o1 3.96 / 1.01; 2026 o1 3.432 / 1.0201, c3 0.528 / 1.0201.
FTE: dict[int, dict[str, float]] = {
    2024: {"c3": 0.0, "o1": 2.772, "o2": 1.2},
    2025: {"c3": 0.0, "o1": 3.96 / 1.01, "o2": 0.0},
    2026: {"c3": 0.528 / 1.0201, "o1": 3.432 / 1.0201, "o2": 0.0},
}
# Staff from one year to the next. 2025: 2.4948 of o1 and 1.08 of o2 stay; o1 asks for 3.96 / 1.01,
# gets the 1.08 and hires the rest. 2026: 3.564 / 1.01 of o1 stay, more than it asks for; c3 is too
# far, so they are redundant and c3 hires.
STAFF: dict[int, list[tuple[str, str, str, float]]] = {
    2025: [
        ("attrition", "o1", "", 0.2772),
        ("attrition", "o2", "", 0.12),
        ("hire", "", "o1", 3.96 / 1.01 - 2.4948 - 1.08),
        ("move", "o2", "o1", 1.08),
    ],
    2026: [
        ("attrition", "o1", "", 0.396 / 1.01),
        ("hire", "", "c3", 0.528 / 1.0201),
        ("redundant", "o1", "", 3.564 / 1.01 - 3.432 / 1.0201),
    ],
}
STAFF_PRICES = {"attrition": 0.0, "hire": 0.02, "move": 0.05, "redundant": 0.4}
BEYOND = {2024: 0, 2025: 500, 2026: 100}  # o1's visits beyond its room of 2500
_ON_THE_WAY = 0.02 + 0.03 * 1.025 / 1.02  # the time of 2026 is paid 1.025, the driving costs 1.02
FIXED: dict[
    int, dict[str, tuple[float, float, float]]
] = {  # premises, local, staff travel at the prices of 2024
    2024: {"c3": (0, 0, 0), "o1": (1.0, 0.6, 0), "o2": (0.9, 0.5, 0)},
    2025: {"c3": (0, 0, 0), "o1": (1.0, 0.6, 0), "o2": (0, 0, 0)},
    2026: {"c3": (0.2, 0.15, _ON_THE_WAY), "o1": (0.9, 0.5, 0), "o2": (0, 0, 0)},
}
ONE_OFF: dict[int, dict[str, float]] = {2024: {}, 2025: {"o2": 0.8}, 2026: {"o1": 0.3, "c3": 0.2}}


def loss(year: int, zone: str, need: int) -> float:
    return 0.6 * (1 - exp(-GOES[year][zone, need][2] / 120))


def arriving(year: int, zone: str, need: int) -> float:
    return VISITS[zone, need] * (1 - loss(year, zone, need))


def lost(year: int) -> float:
    return sum(VISITS[zone, need] * loss(year, zone, need) for zone, need in VISITS)


def recurring(year: int, site: str) -> float:
    wage, price = MONEY[year][5], MONEY[year][7]
    extension = 0.15 * BEYOND[year] / 1000 if site == "o1" else 0.0
    return wage * FTE[year][site] + price * (sum(FIXED[year][site]) + extension)


def site_cost(year: int, site: str) -> float:
    once = ONE_OFF[year].get(site, 0.0)
    once += sum(
        STAFF_PRICES[kind] * fte
        for kind, start, end, fte in STAFF.get(year, [])
        if (end if kind == "hire" else start) == site
    )
    return recurring(year, site) + MONEY[year][7] * once


def cost(year: int) -> float:
    return MONEY[year][4] + sum(site_cost(year, site) for site in STATE)


def staff_cost(year: int, kind: str) -> float:
    return sum(STAFF_PRICES[kind] * fte for of, _, _, fte in STAFF.get(year, []) if of == kind)


def staff() -> pd.DataFrame:
    rows = [(year, kind, a, b, round(x, 9)) for year in YEARS for kind, a, b, x in STAFF[year]]
    return pd.DataFrame(rows, columns=["year", "kind", "from_office_id", "to_office_id", "fte"])


def plan() -> pd.DataFrame:
    rows = []
    for site in SITES.to_dict("records"):
        office_id = str(site["office_id"])
        for year in YEARS:
            here = [pair for pair, (to, _, _) in GOES[year].items() if to == office_id]
            action, into, leaves = ACTIONS[office_id, year]
            rows.append(
                {
                    "office_id": office_id,
                    "office": site["office"],
                    "municipality_code": site["municipality_code"],
                    "candidate": site["candidate"],
                    "year": year,
                    "mode": STATE[office_id][year],
                    "action": action,
                    "into_office_id": into,
                    "visits": round(sum(arriving(year, *pair) for pair in here), 3),
                    "fte": round(FTE[year][office_id], 6),
                    "cost_mnkr": round(site_cost(year, office_id), 6),
                    "recurring_mnkr": round(recurring(year, office_id), 6),
                    "leaves_municipality": leaves,
                    "motive": "",
                }
            )
    return pd.DataFrame(rows)


def assignments() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone_id": zone,
            "office_id": site,
            "year": year,
            "service": "general",
            "need": need,
            "visits": arriving(year, zone, need),
            "lost_visits": VISITS[zone, need] * loss(year, zone, need),
            "minutes": TRAVEL[zone][site],
            "waiting_minutes": float(waiting),
        }
        for year in YEARS
        for (zone, need), (site, waiting, _) in GOES[year].items()
    )


def zones() -> pd.DataFrame:
    rows = []
    for year in YEARS:
        for (zone, need), (site, waiting, _) in GOES[year].items():
            site_before, waiting_before, _ = GOES[2024][zone, need]
            rows.append(
                {
                    "zone_id": zone,
                    "municipality_code": TOWN[zone],
                    "population": PEOPLE[zone],
                    "year": year,
                    "need": need,
                    "minutes_before": TRAVEL[zone][site_before],
                    "minutes_after": TRAVEL[zone][site],
                    "waiting_before": float(waiting_before),
                    "waiting_after": float(waiting),
                    "visits_before": VISITS[zone, need],
                    "visits_after": arriving(year, zone, need),
                }
            )
    return pd.DataFrame(rows)


# Region A is z1 (1000 people) and z2 (600), region B is z3 (400). Travel minutes:
# A today 5 and 4: mean (5000 + 2400) / 1600 = 4.625, p90 5 (4 alone is 37.5 %).
# A after 5 and 30: mean (5000 + 18000) / 1600 = 14.375, p90 30. All within 30 minutes.
# B 35 (nobody within 30, all within 60), but 6 in 2026 for need 1.
_A_TODAY, _A_AFTER = (4.625, 5.0, 1.0), (14.375, 30.0, 1.0)
_B_FAR, _B_NEAR = (35.0, 35.0, 0.0), (6.0, 6.0, 1.0)


def regions() -> pd.DataFrame:
    points = {"A": {2024: 2, 2025: 1, 2026: 1}, "B": {2024: 0, 2025: 0, 2026: 1}}
    rows = []
    for region in ("A", "B"):
        for year in (2024, *YEARS):
            for need in (1, 2):
                before = _A_TODAY if region == "A" else _B_FAR
                after = before if year == 2024 else _A_AFTER if region == "A" else _B_FAR
                if (region, year, need) == ("B", 2026, 1):
                    after = _B_NEAR
                row: dict[str, Any] = {
                    "division": "fa",
                    "region_code": region,
                    "region": f"Region {region}",
                    "year": year,
                    "service_points": points[region][year],
                    "required": 1 if year == 2026 else 0,
                    "population": 1600 if region == "A" else 400,
                    "need": need,
                }
                for when, (mean, p90, within_30) in (("before", before), ("after", after)):
                    row |= {f"mean_minutes_{when}": round(mean, 2), f"p90_minutes_{when}": p90}
                    row |= {f"share_within_30_{when}": within_30}
                    row |= {f"share_within_60_{when}": 1.0, f"share_within_90_{when}": 1.0}
                rows.append(row)
    return pd.DataFrame(rows)


def money() -> dict[tuple[str, str], float]:
    """The budget: 3 mnkr of fees for 3000 visits are 0.001 a visit; 0.5 comes in from 2024."""
    table: dict[tuple[str, str], float] = {}
    carried = 0.5
    for year in (2024, *YEARS):
        price = MONEY[year][7]
        items = {
            "central": MONEY[year][4],
            "front_staff": MONEY[year][5] * sum(FTE[year].values()),
            "premises": price * sum(fixed[0] for fixed in FIXED[year].values()),
            "local": price * sum(fixed[1] for fixed in FIXED[year].values()),
            "staff_travel": price * sum(fixed[2] for fixed in FIXED[year].values()),
            "extension": price * 0.15 * BEYOND[year] / 1000,
            "closure": price * ONE_OFF[year].get("o2", 0.0),
            "lease_tail": 0.0,
            "write_off": 0.0,
            "conversion": price * ONE_OFF[year].get("o1", 0.0),
            "opening": price * ONE_OFF[year].get("c3", 0.0),
            "redundancy": price * staff_cost(year, "redundant"),
            "relocation": price * staff_cost(year, "move"),
            "hiring": price * staff_cost(year, "hire"),
            "equipment": 0.0,
            "cost": cost(year),
        }
        if year != 2024:
            means = 9.0 - 0.001 * lost(year)
            items |= {"appropriation": 8.0, "other_income": 1.0, "fees_lost": 0.001 * lost(year)}
            items |= {"means": means, "carry_in": carried}
            result = means + carried - cost(year)
            items |= {"margin": result + (0.3 if year == 2025 else 0.0)}
            carried = min(result, 0.2)
            items |= {"carry_out": carried, "paid_back": result - carried}
        table |= {(str(year), item): amount for item, amount in items.items()}
    # without the conversion of o1, the opening of c3 and the changes of staff
    recurring = cost(2026) - 1.02 * (0.5 + sum(staff_cost(2026, kind) for kind in STAFF_PRICES))
    means = table["2026", "means"]
    return table | {
        ("after", "cost"): recurring,
        ("after", "means"): means,
        ("after", "margin"): means - recurring,
    }


# For need 2, z2 gets 22 minutes more in 2025; in 2026 z2 gets 30, z1 and z3 8. A tenth of all 2000
# people, 200, fit in z2. A tenth of the 200 old are 20: the 10 of z2, and 10 of z1 and z3.
OLD = {"z1": 100.0, "z2": 10.0, "z3": 90.0}
EQUITY = [  # year, group, people, mean of all, least and mean of the tail
    (2025, "all", 2000, 6.6, 22.0, 22.0),
    (2025, "age_75plus", 200, 1.1, 0.0, 11.0),
    (2026, "all", 2000, 14.6, 30.0, 30.0),
    (2026, "age_75plus", 200, 9.1, 8.0, 19.0),
]


def equity() -> pd.DataFrame:
    columns = ["year", "group", "people", "mean_added_minutes", "threshold_minutes", "tail_minutes"]
    return pd.DataFrame(EQUITY, columns=columns).assign(need=2, tail=0.1)


def budget() -> pd.DataFrame:
    rows = [(year, item, round(amount, 6)) for (year, item), amount in money().items()]
    return pd.DataFrame(rows, columns=["year", "item", "amount_mnkr"])


def requirements() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for year in YEARS:
        fte = round(sum(FTE[year].values()), 6)
        reduced = 0 if year == 2025 else 1  # o1 of 2026
        rooms = 3000 if year == 2025 else 3600  # o1 with what is added; c3 of 2026 has 600 to spare
        rows += [
            ("one_mode", "nation", year, 3, 3, "sites", 0, True, False),
            ("assignment", "nation", year, 3000, 3000, "visits", 0, True, False),
            ("staffing", "nation", year, fte, fte, "fte", 0, True, True),  # no office idles
            ("staff_balance", "balance:nation", year, fte, fte, "fte", 0, True, False),
            ("room", "nation", year, 3000, rooms, "visits", rooms - 3000, True, rooms == 3000),
            ("transition", "nation", year, 0, 0, "changes", 0, True, False),
            ("mode_limits", "reduced:offices", year, reduced, 2, "sites", 2 - reduced, True, False),
            ("fixed_decisions", "keep:o1", year, 1, 1, "decision", 0, True, False),
            ("partners", "nation", year, 0, 0, "sites", 0, True, False),
        ]
    rows += [
        ("region_coverage", "fa:A", 2026, 1, 1, "sites", 0, True, True),
        ("region_coverage", "fa:B", 2026, 1, 1, "sites", 0, True, True),
        ("fixed_decisions", "mode:c3", 2026, 1, 1, "decision", 0, True, False),
    ]
    amounts = money()
    for when in ("2025", "2026", "after"):
        value, margin = amounts[when, "cost"], amounts[when, "margin"]
        printed = [round(number, 6) for number in (value, value + margin)]
        near = margin <= 0.001 * (value + margin)
        rows.append(
            ("budget_by_year", "nation", when, *printed, "mnkr", round(margin, 6), True, near)
        )
    columns = ["requirement", "scope", "year", "value", "limit", "unit", "margin", "holds"]
    return pd.DataFrame(rows, columns=[*columns, "binding"])


def summary() -> dict[str, Any]:
    # Today's burden a year: z1 1500 * 5 + z2 900 * 8 + z3 600 * 35 = 35,700; twice 71,400.
    objective = 0.0
    for year in YEARS:
        for (zone, need), (site, waiting, _) in GOES[year].items():
            minutes = TRAVEL[zone][site] + waiting + 60 * loss(year, zone, need)
            objective += VISITS[zone, need] * minutes
    bound = objective - 100.0
    figures = []
    for year in (2024, *YEARS):
        travel = sum(VISITS[pair] * TRAVEL[pair[0]][GOES[year][pair][0]] for pair in VISITS)
        figures.append(
            {
                "year": year,
                "cost_mnkr": cost(year),
                "cost_per_visit_kr": 1e6 * cost(year) / (3000 - lost(year)),
                "visits": 3000 - lost(year),
                "lost_visits": lost(year),
                "open_offices": {2024: 2, 2025: 1, 2026: 2}[year],
                "mean_minutes": travel / 3000,
                "fte": sum(FTE[year].values()),
                "moved_fte": 1.08 if year == 2025 else 0.0,
                "redundant_fte": 3.564 / 1.01 - 3.432 / 1.0201 if year == 2026 else 0.0,
            }
        )
    return {
        "name": "tiny",
        "status": "gap_reached",
        "objective": objective,
        "objective_today": 71400.0,
        "bound": bound,
        "gap": 100.0 / (objective - 71400.0),
        "gap_total": 100.0 / objective,
        "years": figures,
    }


def write(folder: Path) -> Path:
    """Write the run into a folder, with the hashes of its files."""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    (inputs / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    SITES.to_csv(inputs / "sites.csv", index=False)
    SITE_MODES.to_csv(inputs / "site_modes.csv", index=False)
    people = pd.DataFrame({"zone_id": list(PEOPLE), "population": list(PEOPLE.values())})
    people["municipality_code"] = people["zone_id"].map(TOWN)
    people.to_parquet(inputs / "zones.parquet")
    groups = people[["zone_id"]].assign(area_type="", all=people["population"])
    groups["age_75plus"] = groups["zone_id"].map(OLD)
    groups.to_parquet(inputs / "groups.parquet")
    demand = [(zone, year, need, VISITS[zone, need]) for year in MONEY for zone, need in VISITS]
    columns = ["zone_id", "year", "need", "visits"]
    pd.DataFrame(demand, columns=columns).to_parquet(inputs / "demand.parquet")
    travel = pd.DataFrame(TRAVEL).T.rename_axis("zone_id").reset_index()
    travel.to_parquet(inputs / "travel_minutes.parquet")
    between = pd.DataFrame(
        {"office_id": ["c3", "o1", "o2"], "c3": [0, 36, 47], "o1": [36, 0, 30], "o2": [47, 30, 0]}
    )
    between.to_parquet(inputs / "site_minutes.parquet")
    members = [("fa", "A", "Region A", "0001"), ("fa", "A", "Region A", "0002")]
    members += [("fa", "B", "Region B", "0003")]
    columns = ["division", "region_code", "region", "municipality_code"]
    pd.DataFrame(members, columns=columns).to_csv(inputs / "regions.csv", index=False)
    columns = ["appropriation_mnkr", "other_income_mnkr", "saving_limit_mnkr", "credit_limit_mnkr"]
    columns += ["central_mnkr", "wage_mnkr_per_fte", "productivity_visits_per_fte_year"]
    years = pd.DataFrame.from_dict(MONEY, orient="index", columns=[*columns, "price_index"])
    years.rename_axis("year").to_csv(inputs / "years.csv")
    hashes = {file.name: sha256(file) for file in inputs.iterdir()}
    (inputs / "sha256.json").write_text(json.dumps(hashes), encoding="utf-8")
    plan().to_csv(folder / "plan.csv", index=False)
    assignments().to_parquet(folder / "assignments.parquet")
    zones().to_parquet(folder / "zones.parquet")
    regions().to_csv(folder / "regions.csv", index=False)
    budget().to_csv(folder / "budget.csv", index=False)
    staff().to_csv(folder / "staff.csv", index=False)
    equity().to_csv(folder / "equity.csv", index=False)
    requirements().to_csv(folder / "requirements.csv", index=False)
    (folder / "summary.json").write_text(json.dumps(summary()), encoding="utf-8")
    outputs = {file.name: sha256(file) for file in folder.iterdir() if file.is_file()}
    manifest = {"inputs": {**hashes, "/elsewhere/base.yaml": "0" * 64}, "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
