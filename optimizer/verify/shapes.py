"""The tables of a run folder and the columns of each that the audit reads."""

from __future__ import annotations

from dataclasses import dataclass

BANDS = (30, 60, 90)  #: minutes of the shares in regions.csv


@dataclass(frozen=True)
class Shape:
    """Where a table is, and its columns by what must stand in them."""

    file: str
    text: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  #: text that may be left out: then empty
    maybe: tuple[str, ...] = ()  #: numbers that may be left out: then no number
    some: tuple[str, ...] = ()  #: the same, and any cell of them may be empty
    sparse: tuple[str, ...] = ()  #: numbers that must be there, and any cell may be empty


SITES = Shape(
    "inputs/sites.csv",
    text=("office_id", "office", "municipality_code", "mode_today"),
    numbers=("room_visits_per_year", "fte_today"),
    flags=("candidate",),
    optional=("services", "lease_end", "partner"),
    maybe=(
        "improvements_mnkr",
        "extension_mnkr_per_1000_visits",
        "extension_rent_mnkr_per_1000_visits",
    ),
    some=(
        "notice_months",
        "open_days_today",
        "visits_today",
        "premises_today_mnkr",
        "local_today_mnkr",
        "base_km",
        "base_minutes",
    ),
)
SITE_MODES = Shape(
    "inputs/site_modes.csv",
    text=("office_id", "mode", "family"),
    whole=("tier",),
    numbers=("open_days", "fte_min", "premises_mnkr", "local_mnkr", "staff_travel_mnkr"),
    flags=("counts_for_coverage",),
    maybe=("staff_travel_pay_mnkr",),
)
ZONES = Shape(
    "inputs/zones.parquet", text=("zone_id", "municipality_code"), numbers=("population",)
)
DEMAND = Shape(
    "inputs/demand.parquet",
    text=("zone_id",),
    whole=("year", "need"),
    numbers=("visits",),
    optional=("service",),
)
REGION_MEMBERS = Shape(
    "inputs/regions.csv", text=("division", "region_code", "region", "municipality_code")
)
YEARS = Shape(
    "inputs/years.csv",
    whole=("year",),
    numbers=(
        "other_income_mnkr",
        "saving_limit_mnkr",
        "credit_limit_mnkr",
        "central_mnkr",
        "wage_mnkr_per_fte",
        "productivity_visits_per_fte_year",
        "price_index",
    ),
    maybe=("central_pay_mnkr", "rent_index", "compensation_index"),
    sparse=("appropriation_mnkr",),  # of the base year where the config states it by year
)
PLAN = Shape(
    "plan.csv",
    text=("office_id", "office", "municipality_code", "mode", "action", "into_office_id"),
    whole=("year",),
    numbers=("visits", "fte", "cost_mnkr"),
    maybe=("recurring_mnkr",),
    flags=("candidate", "leaves_municipality"),
    optional=("services",),
)
ASSIGNMENTS = Shape(
    "assignments.parquet",
    text=("zone_id", "office_id", "service"),
    whole=("year", "need"),
    numbers=("visits", "lost_visits", "minutes", "waiting_minutes"),
)
ZONE_ACCESS = Shape(
    "zones.parquet",
    text=("zone_id", "municipality_code"),
    whole=("year", "need"),
    numbers=(
        "population",
        "minutes_before",
        "minutes_after",
        "waiting_before",
        "waiting_after",
        "visits_before",
        "visits_after",
    ),
)
REGION_MINUTES = (
    "mean_minutes_before",
    "mean_minutes_after",
    "p90_minutes_before",
    "p90_minutes_after",
)
REGION_SHARES = tuple(
    f"share_within_{band}_{when}" for band in BANDS for when in ("before", "after")
)
REGIONS = Shape(
    "regions.csv",
    text=("division", "region_code", "region"),
    whole=("year", "need", "service_points"),
    numbers=("required", "population", *REGION_MINUTES, *REGION_SHARES),
)
BUDGET = Shape(
    "budget.csv", text=("year", "item"), numbers=("amount_mnkr",), maybe=("year_prices_mnkr",)
)
STAFF = Shape(
    "staff.csv",
    text=("kind", "from_office_id", "to_office_id"),
    whole=("year",),
    numbers=("fte",),
)
REMOTE = Shape(
    "remote.csv",
    text=("from_office_id", "to_office_id"),
    whole=("year",),
    numbers=("fte", "visits"),
)
PLACES = Shape("inputs/sites.csv", text=("office_id",), numbers=("longitude", "latitude"))
WEEKDAYS = Shape(
    "weekdays.csv",
    text=("office_id", "group", "weekdays"),
    whole=("year", "uncovered"),
    numbers=("open_days",),
)
EQUITY = Shape(
    "equity.csv",
    text=("group",),
    whole=("year", "need"),
    numbers=("tail", "people", "mean_added_minutes", "threshold_minutes", "tail_minutes"),
)
REQUIREMENTS = Shape(
    "requirements.csv",
    text=("requirement", "scope", "year", "unit"),
    numbers=("value", "limit", "margin"),
    flags=("holds", "binding"),
)
