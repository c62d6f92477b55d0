"""The key figures at the top of the map, written out for each year."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from optimizer.outputs.measure import at_most
from optimizer.outputs.partner_places import Places
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


class Proof(NamedTuple):
    """How good a plan is known to be: its status, how far from the best it can be, if proved."""

    status: str
    distance: str
    proved: bool


def figure_tiles(
    summary: Mapping[str, Any],
    years: tuple[int, ...],
    base_year: int,
    strings: Strings,
    places: Places | None = None,
) -> list[dict[str, Any]]:
    """One tile per figure: its label, and for today and each year the value and today's value.

    ``places``: how many of the open offices of a year are places at a partner.
    """
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
        label = strings.text(f"map.figure.{name}", base_year=base_year)
        if name == "margin" and then is None:
            kinds = {base_year: "budget_year", max(years): "margin_last"}
            under = [strings.text(f"map.figure.{kinds.get(year, 'margin_with')}") for year in years]
        if name == "open_offices" and places and any(places.counts.values()):
            label = strings.text("map.figure.with_places", mode=places.mode)
            values = [
                _apart(rows.get(year, {}).get(key), places.of(year), strings) for year in years
            ]
            known = strings.text("map.figure.then", value=values[0])
            under = [known if told else "" for told in under]
        tiles.append({"name": name, "label": label, "values": values, "under": under})
    return tiles


def _apart(count: float | None, places: int, strings: Strings) -> str:
    """`110 + 16`: offices, and places at a partner."""
    if count is None or not places:
        return strings.number(count)
    return f"{strings.number(count - places)} + {strings.number(places)}"


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
    shown = at_most(gap, strings)
    return Proof(said, strings.text("map.figure.gap", gap=shown), True)
