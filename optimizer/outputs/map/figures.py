"""The key figures above the map, as texts by year, and the proof of the plan."""

import math
from dataclasses import dataclass

from optimizer.outputs.map.reading import Run
from optimizer.outputs.strings import Strings

FIGURES = {  # key of the texts: (key of summary.json, decimals)
    "cost": ("cost_mnkr", 1),
    "margin": ("margin_mnkr", 1),
    "visits": ("visits", 0),
    "lost_visits": ("lost_visits", 0),
    "open_offices": ("open_offices", 0),
    "mean_minutes": ("mean_minutes", 1),
}
BUDGET_ITEMS = {"cost_mnkr": "cost", "margin_mnkr": "margin"}


@dataclass(frozen=True)
class Figure:
    """One figure: its label, and (value, note) as texts by year."""

    key: str
    label: str
    by_year: dict[str, tuple[str, str]]


def figures(run: Run, strings: Strings) -> list[Figure]:
    """The figures that the run has a value of, in the order to show."""
    years = (run.today, *run.planning_years)
    found = []
    for key, (name, decimals) in FIGURES.items():
        values = {year: _value(run, name, year) for year in years}
        if all(value is None for value in values.values()):
            continue
        now = values[run.today]
        texts = {
            str(year): (
                strings.number(value, decimals),
                _note(key, now, decimals, strings, today=year == run.today),
            )
            for year, value in values.items()
        }
        found.append(Figure(key, strings.text(f"map.figure.{key}"), texts))
    return found


def certificate(run: Run, strings: Strings) -> tuple[str, str] | None:
    """The status of the plan in words and how far it may be from the best; None without one."""
    status = run.summary.get("status")
    if not isinstance(status, str):
        return None
    gap = _finite(run.summary.get("gap"))
    limit = (
        strings.text("map.figure.no_gap")
        if gap is None
        else strings.text("map.figure.gap", gap=strings.percent(_rounded_up(gap), 2))
    )
    return strings.text_or(f"status.{status}", status), limit


def _note(key: str, now: float | None, decimals: int, strings: Strings, *, today: bool) -> str:
    if now is not None:
        value = strings.number(now, decimals)
        return "" if today else strings.text("map.figure.then", value=value)
    return strings.text("map.figure.budget_year") if today and key == "margin" else ""


def _value(run: Run, name: str, year: int) -> float | None:
    for row in run.summary.get("years") or []:
        if row.get("year") == year and _finite(row.get(name)) is not None:
            return _finite(row.get(name))
    item = BUDGET_ITEMS.get(name)
    if item is None or run.budget.empty:
        return None
    rows = run.budget[(run.budget["year"].astype(str) == str(year)) & (run.budget["item"] == item)]
    return None if rows.empty else _finite(rows["amount_mnkr"].iloc[0])


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _rounded_up(gap: float) -> float:
    return math.ceil(max(gap, 0.0) * 10_000 - 1e-9) / 10_000  # "at most" must stay true


