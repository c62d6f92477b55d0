"""One row per site: what it is today, in each year, what becomes of it, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.outputs.map.offices import CLOSED, STATES, costs_today, state_of
from optimizer.outputs.run_tables import RunTables

FIGURES = ("visits", "fte", "cost_mnkr")
CHANGES = STATES[1:]  # every action but keep
ENDS = ("close", "merge")
ORIGINS = {
    "visits": ("origin_visits",),
    "fte": ("origin_fte",),
    "cost_mnkr": ("origin_fte", "origin_premises", "origin_local"),
}
WEAKEST_FIRST = ("assumed", "default", "estimated", "observed")


def office_rows(tables: RunTables) -> pd.DataFrame:
    """A row for each site, by municipality code and id.

    `office_id, office, municipality_code, candidate, evidence`, `region_<division>` for each;
    `state` (what has become of it by the last year), `changed` (the year of its last change,
    else missing), `mode_today` and `mode_<year>`, `action_<year>`, `into_office_id`;
    `visits_`, `fte_` and `cost_mnkr_`, each with `today` and every year;
    `leaves_municipality`, `decided_by` (`board`, `director`, or empty: nothing changes), `motive`;
    `origin_visits, origin_fte, origin_cost_mnkr`: the weakest origin of today's figures.
    """
    sites = tables.sites.sort_values(["municipality_code", "office_id"], kind="stable")
    costs = costs_today(tables)
    plans: dict[str, list[dict[Any, Any]]] = defaultdict(list)
    for row in tables.plan.sort_values("year", kind="stable").to_dict("records"):
        plans[str(row["office_id"])].append(row)
    region_of = _regions(tables)
    rows = []
    for site in sites.to_dict("records"):
        plan = plans[str(site["office_id"])]
        rows.append(
            {
                **{key: site[key] for key in ("office_id", "office", "municipality_code")},
                "candidate": bool(site["candidate"]),
                "evidence": str(site.get("evidence") or "unknown"),
                **{key: of.get(site["municipality_code"], "") for key, of in region_of.items()},
                **_decision(site, plan),
                **_today(site, costs),
                **{f"mode_{row['year']}": row["mode"] for row in plan},
                **{f"action_{row['year']}": row["action"] for row in plan},
                **{f"{key}_{row['year']}": row[key] for row in plan for key in FIGURES},
                **{f"origin_{key}": _weakest(site, names) for key, names in ORIGINS.items()},
            }
        )
    return pd.DataFrame(rows)


def divisions_of(tables: RunTables) -> tuple[str, ...]:
    """The divisions of the run, as its table lists them."""
    return () if tables.members.empty else tuple(dict.fromkeys(tables.members["division"]))


def region_column(division: str) -> str:
    """The column with a site's region; a division may have any name, so not that alone."""
    return f"region_{division}"


def _regions(tables: RunTables) -> dict[str, dict[str, str]]:
    """For the column of each division, the name of a municipality's region."""
    return {
        region_column(division): dict(zip(rows["municipality_code"], rows["region"], strict=True))
        for division in divisions_of(tables)
        for rows in [tables.members[tables.members["division"] == division]]
    }


def _decision(site: Mapping[Any, Any], plan: list[dict[Any, Any]]) -> dict[str, Any]:
    """The last change of a site, which still holds at the end; its last year if none."""
    changes = [row for row in plan if row["action"] in CHANGES]
    last = plan[-1] if plan else {}
    decided = changes[-1] if changes else last
    mode = str(last.get("mode", site["mode_today"]))
    merged = decided.get("action") == "merge"
    state = state_of(str(site["mode_today"]), mode, merged=merged)
    ends = decided.get("action") in ENDS
    leaves = ends and bool(decided["leaves_municipality"])
    return {
        "state": state,
        "changed": int(decided["year"]) if changes else None,
        "into_office_id": str(decided["into_office_id"]) if ends else "",
        "leaves_municipality": leaves,
        "decided_by": ("board" if leaves else "director") if changes else "",
        "motive": str(decided.get("motive", "")),
    }


def _today(site: Mapping[Any, Any], costs: Mapping[str, float]) -> dict[str, Any]:
    is_open = site["mode_today"] != CLOSED
    return {
        "mode_today": site["mode_today"],
        "visits_today": site.get("visits_today"),
        "fte_today": site.get("fte_today"),
        "cost_mnkr_today": costs.get(str(site["office_id"])) if is_open else 0.0,
    }


def _weakest(site: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    """The weakest origin among the columns; empty where the table does not say."""
    found = {str(site.get(name) or "") for name in names}
    return next((origin for origin in WEAKEST_FIRST if origin in found), "")
