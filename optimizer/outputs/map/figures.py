"""The key figures at the top of the map, written out for each year."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from optimizer.outputs.strings import Strings

DECIMALS = {
    "cost": 1,
    "margin": 1,
    "visits": 0,
    "lost_visits": 0,
    "open_offices": 0,
    "mean_minutes": 1,
}
KEYS = {"cost": "cost_mnkr", "margin": "margin_mnkr"}
SMALL_GAP = 0.01


class Proof(NamedTuple):
    """How good a plan is known to be: its status, how far from the best it can be, if proved."""

    status: str
    distance: str
    proved: bool


def figure_tiles(
    summary: Mapping[str, Any], years: tuple[int, ...], base_year: int, strings: Strings
) -> list[dict[str, Any]]:
    """One tile per figure: its label, and for today and each year the value and today's value."""
    rows = {int(row["year"]): row for row in summary.get("years", ())}
    today = rows.get(base_year, {})
    tiles = []
    for name, decimals in DECIMALS.items():
        key = KEYS.get(name, name)
        if all(row.get(key) is None for row in rows.values()):
            continue
        then = today.get(key)
        values = [strings.number(rows.get(year, {}).get(key), decimals) for year in years]
        known = strings.text("map.figure.then", value=strings.number(then, decimals))
        compared = name not in ("margin", "lost_visits") and then is not None
        under = [known if compared and year != base_year else "" for year in years]
        if name == "margin" and then is None:
            kinds = ("budget_year" if year == base_year else "margin_with" for year in years)
            under = [strings.text(f"map.figure.{kind}") for kind in kinds]
        label = strings.text(f"map.figure.{name}")
        tiles.append({"name": name, "label": label, "values": values, "under": under})
    return tiles


def certificate(summary: Mapping[str, Any], strings: Strings) -> Proof | None:
    """How good the plan is known to be; None where the run says nothing of it.

    A gap of 1 or more says that the bound lies below today's burden: then nothing is proved of
    what the plan adds.
    """
    status = str(summary.get("status") or "")
    if not status:
        return None
    said = strings.text_or(f"status.{status}", status)
    gap = summary.get("gap")
    if not isinstance(gap, int | float) or not math.isfinite(gap):
        return Proof(said, strings.text("map.figure.no_gap"), False)
    if gap >= 1:
        return Proof(said, strings.text("map.figure.far"), False)
    decimals = 2 if gap < SMALL_GAP else 1
    step = 10 ** (decimals + 2)
    shown = strings.percent(math.ceil(max(gap, 0) * step - 1e-6) / step, decimals)  # "at most"
    return Proof(said, strings.text("map.figure.gap", gap=shown), True)
