"""The certificate: objective, bound and gaps of summary.json, and its key figures by year."""

from __future__ import annotations

from typing import Any

from optimizer.verify.findings import (
    COUNT,
    FTE,
    MINUTES,
    MNKR,
    VISITS,
    Checked,
    compare_value,
    finding,
    together,
)
from optimizer.verify.recount import Recount

GAP = 1e-6  #: of a gap, which is a share
BURDEN = 1e-6  #: of an objective, printed in full
BOUND_ROOM = 1e-9  #: by which rounding may put the bound above the objective

#: Half of the last digit of each key figure; other keys of a year are not audited.
KEY_FIGURES = {
    "cost_mnkr": MNKR,
    "cost_per_visit_kr": 0.5e-2,
    "visits": VISITS,
    "lost_visits": VISITS,
    "open_offices": COUNT,
    "mean_minutes": MINUTES,
    "fte": FTE,
    "moved_fte": FTE,
    "redundant_fte": FTE,
    "helped_fte": FTE,
}


def objective(count: Recount) -> float:
    """Visit-minutes: demand * (travel + waiting + penalty * loss) over the planning years."""
    penalty = count.settings.lost_visit_minutes
    flows = [count.flows[year] for year in count.settings.planning_years]
    return sum(
        float((flow.demand * (flow.option_minutes + penalty * flow.loss)).sum()) for flow in flows
    )


def objective_today(count: Recount) -> float:
    """The same with today's network in every planning year, which loses nobody."""
    today = count.flows[count.settings.base_year].option_minutes
    return sum(
        float((count.flows[year].demand * today).sum()) for year in count.settings.planning_years
    )


def gaps(objective: float, objective_today: float, bound: float) -> tuple[float, float]:
    """The gap of the added burden and the gap of the total."""
    distance = objective - bound
    added = max(objective - objective_today, 1e-9 * abs(objective_today))
    of_added = distance / added if added else 0.0
    of_total = distance / abs(objective) if objective else 0.0
    return of_added, of_total


def check_certificate(count: Recount) -> Checked:
    """Objective and bound; the gaps follow from the printed objective, bound and today."""
    summary = count.folder.summary
    counted = {"objective": objective(count), "objective_today": objective_today(count)}
    burdens = [
        compare_value("certificate", f"summary.json, {key}", summary.get(key), value, BURDEN)
        for key, value in counted.items()
    ]
    return together([*burdens, _check_bound(summary)])


def _check_bound(summary: dict[str, Any]) -> Checked:
    told = [summary.get(key) for key in ("objective", "objective_today", "bound")]
    if not all(isinstance(value, int | float) for value in told):
        # A plan evaluated without a bound has no gap either.
        return together(
            compare_value("certificate", f"summary.json, {key}", summary.get(key), None, GAP)
            for key in ("gap", "gap_total")
        )
    value, today, bound = (float(number) for number in told if number is not None)
    parts = []
    if bound > value + BOUND_ROOM * abs(value):
        parts.append(finding("certificate", "summary.json, bound", bound, f"at most {value:.9g}"))
    recomputed = dict(zip(("gap", "gap_total"), gaps(value, today, bound), strict=True))
    return together(
        [
            Checked(1, tuple(parts)),
            *(
                compare_value(
                    "certificate", f"summary.json, {key}", summary.get(key), max(0.0, gap), GAP
                )
                for key, gap in recomputed.items()
            ),
        ]
    )


def key_figures(count: Recount) -> dict[int, dict[str, float | None]]:
    """The key figures of today and every planning year.

    visits are those that arrive; mean_minutes is travel to the assigned option, averaged over the
    demand of all needs.
    """
    cost_of = count.budget[count.budget["item"] == "cost"].set_index("year")["amount_mnkr"]
    figures: dict[int, dict[str, float | None]] = {}
    for year in count.settings.years:
        flow, cost = count.flows[year], float(cost_of[str(year)])
        arriving, demand = float(flow.arriving.sum()), float(flow.demand.sum())
        figures[year] = {
            "cost_mnkr": cost,
            "cost_per_visit_kr": 1e6 * cost / arriving if arriving else None,
            "visits": arriving,
            "lost_visits": float(flow.lost.sum()),
            "open_offices": int(count.networks[year]["open"].sum()),
            "mean_minutes": float((flow.demand * flow.minutes).sum()) / demand if demand else None,
            "fte": float(count.staffing[year]["fte"].sum()),
            "moved_fte": _flowing(count, year, "move"),
            "redundant_fte": _flowing(count, year, "redundant"),
            "helped_fte": float(count.staffing[year]["got"].sum()),
        }
    return figures


def _flowing(count: Recount, year: int, kind: str) -> float:
    flows = count.folder.staff
    return float(flows.loc[(flows["year"] == year) & (flows["kind"] == kind), "fte"].sum())


def check_key_figures(count: Recount) -> Checked:
    """summary.json, years: the figures that are there."""
    recomputed = key_figures(count)
    parts = []
    for told in count.folder.summary.get("years") or []:
        year = told.get("year") if isinstance(told, dict) else told
        if year not in recomputed:
            strange = finding("key_figures", "summary.json, years", year, "a year of the run")
            parts.append(Checked(1, (strange,)))
            continue
        parts += [
            compare_value(
                "key_figures",
                f"summary.json, years, {year}, {key}",
                told[key],
                recomputed[year][key],
                half_digit,
            )
            for key, half_digit in KEY_FIGURES.items()
            if key in told
        ]
    return together(parts)
