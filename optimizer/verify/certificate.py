"""The certificate: objective, bound and gaps of summary.json, and its key figures by year."""

from __future__ import annotations

from typing import Any

from optimizer.verify.aims import change, kind_of, kr_per_minute, of_the_plan, of_today, order_of
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

#: The status of a run whose plan was sought, and meets every requirement.
SOLVED = ("optimal", "gap_reached", "time_limit", "interrupted")
EVALUATED = "evaluated"  #: of a plan that was counted, not sought
GAP = 1e-6  #: of a gap, which is a share
BURDEN = 1e-6  #: of an objective, printed in full
BOUND_ROOM = 1e-9  #: by which rounding may put the bound above the objective
OPTIMAL = 1e-6  #: the largest gap of a plan that is called optimal

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


def gaps(
    objective: float, objective_today: float, bound: float, kind: str = "access"
) -> tuple[float, float]:
    """The gap of the added burden (where money counts, of the change) and the gap of the total."""
    distance = objective - bound
    added = change(kind, objective, objective_today)
    of_added = distance / added if added else 0.0
    of_total = distance / abs(objective) if objective else 0.0
    return of_added, of_total


def check_certificate(count: Recount) -> Checked:
    """Objective and bound; the gaps follow from the printed objective, bound and today.

    The kind of the objective is one that the config asks for, the last of an order in a solved run,
    and the earlier ones are told in their order.
    """
    summary, kind = count.folder.summary, kind_of(count)
    price, plan, today = kr_per_minute(count), of_the_plan(count), of_today(count, kind)
    counted = {
        "objective": plan.value(kind, price),
        "objective_today": today.value(kind, price),
    }
    told = {"visit_minutes": plan.visit_minutes, "visit_minutes_today": today.visit_minutes}
    counted |= {key: value for key, value in told.items() if key in summary}
    burdens = [
        compare_value("certificate", f"summary.json, {key}", summary.get(key), value, BURDEN)
        for key, value in counted.items()
    ]
    return together(
        [*burdens, _check_kinds(count, kind), _check_bound(summary, kind), _check_status(count)]
    )


def _check_status(count: Recount) -> Checked:
    """The status is what the gap allows: a limit is never called optimal."""
    summary = count.folder.summary
    status, gap = summary.get("status"), summary.get("gap")
    if status == EVALUATED:
        return Checked(1, ())
    where = "summary.json, status"
    if status not in SOLVED:
        expected = f"one of {', '.join((*SOLVED, EVALUATED))}"
        return Checked(1, (finding("certificate", where, status, expected),))
    if not isinstance(gap, int | float):
        return Checked(1, (finding("certificate", "summary.json, gap", gap, "a number"),))
    asked = float(count.folder.config["solver"]["gap"])
    most = {"optimal": OPTIMAL, "gap_reached": max(OPTIMAL, asked)}.get(str(status), gap)
    if gap > most + GAP:
        expected = f"not {status}, at a gap of {gap:.6g}"
        return Checked(1, (finding("certificate", where, status, expected),))
    return Checked(1, ())


def _check_kinds(count: Recount, kind: str) -> Checked:
    """The aims that the summary tells are those of the config, in their order."""
    asked = order_of(count.folder.config)
    earlier = [one.get("objective_kind") for one in count.folder.summary.get("earlier") or []]
    told = (*earlier, kind)
    solved = count.folder.summary.get("status") in SOLVED
    expected = asked if solved else asked[: len(told)]
    if told == expected:
        return Checked(1, ())
    words = [", ".join(map(str, kinds)) for kinds in (told, expected)]
    return Checked(1, (finding("certificate", "summary.json, objective_kind", *words),))


def _check_bound(summary: dict[str, Any], kind: str) -> Checked:
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
    counted = gaps(value, today, bound, kind)
    recomputed = dict(zip(("gap", "gap_total"), counted, strict=True))
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
    """summary.json, years: each year of the run, with the figures that are there."""
    recomputed = key_figures(count)
    years = [one.get("year") for one in count.folder.summary.get("years") or []]
    parts = [
        Checked(1, (finding("key_figures", "summary.json, years", "no such year", year),))
        for year in recomputed
        if year not in years
    ]
    for told in count.folder.summary.get("years") or []:
        year = told.get("year")
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
