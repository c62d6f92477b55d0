"""The charts beside the map as inline SVG, each with its numbers in words as text alternative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from optimizer.instance import ONE_OFFS
from optimizer.outputs.map.access import LIMITS
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.strings import Strings

WIDTH, LABEL, VALUE = 320, 44, 52  # units: the whole, the year to the left, the number to the right
ROW, BAR, LETTER = 34, 20, 7
COSTS = {  # the parts of a year's cost, as they are stacked
    "staff": ("front_staff", "staff_travel"),
    "premises": ("premises", "extension", "remote_equipment"),
    "local": ("local",),
    "central": ("central",),
    "once": ONE_OFFS,
}


@dataclass(frozen=True)
class Chart:
    """A drawing and what stands around it; `keys` are (class of the swatch, text)."""

    name: str
    title: str
    svg: Markup
    keys: tuple[tuple[str, str], ...]


def budget_chart(tables: RunTables, strings: Strings) -> Chart | None:
    """The cost of each year in its parts, mnkr, against the means; None without a budget."""
    if tables.budget.empty:
        return None
    amounts: Mapping[tuple[int, str], float] = {
        (int(year), str(item)): float(amount)
        for year, item, amount in zip(
            *(tables.budget[key] for key in ("year", "item", "amount_mnkr")), strict=True
        )
        if pd.notna(year)
    }
    years = [y for y in (tables.base_year, *tables.years) if (y, "cost") in amounts]
    if not years:
        return None
    parts = {
        year: [sum(amounts.get((year, item), 0.0) for item in items) for items in COSTS.values()]
        for year in years
    }
    means = {year: amounts.get((year, "means")) for year in years}
    most = max([sum(one) for one in parts.values()] + [one or 0.0 for one in means.values()])
    scale = (WIDTH - LABEL - VALUE) / (most or 1.0)
    decimals = _decimals(most)
    spoken = max(decimals, 1)
    rows, words = [], []
    for at, year in enumerate(years):
        total, limit = sum(parts[year]), means[year]
        label = strings.number(total, decimals)
        bars = _stack([part * scale for part in parts[year]], at)
        rows.append(_row(at, _year(year, tables, strings), label, bars + _tick(limit, scale, at)))
        key = "budget_year" if limit is None else "budget_year_means"
        words.append(
            strings.text(
                f"map.chart.{key}",
                year=year,
                cost=strings.number(total, spoken),
                means=strings.number(limit, spoken),
                margin=strings.number(amounts.get((year, "margin")), spoken),
            )
        )
    keys = [(f"p{at}", strings.text(f"map.chart.{name}")) for at, name in enumerate(COSTS)]
    keys.append(("tick", strings.text("map.chart.means")))
    title = strings.text("map.chart.budget")
    return Chart("budget", title, _svg("budget", f"{title}. {' '.join(words)}", rows), tuple(keys))


def _decimals(most: float) -> int:
    """So many decimals that the largest amount of a chart has four figures or more."""
    return sum(most < bound for bound in (100, 1000))


def access_chart(tables: RunTables, need: int, strings: Strings) -> Chart:
    """The share of all people with more than 30 and 60 minutes, today and each year, at a need."""
    shares = [_shares(tables, None, need), *(_shares(tables, year, need) for year in tables.years)]
    years = (tables.base_year, *tables.years)
    most = max(max(one) for one in shares)
    texts = [tuple(strings.percent(share, 1) for share in one) for one in shares]
    room = max(2 * VALUE, LETTER * max(len(f"{wide} · {far} ") for wide, far in texts))
    scale = (WIDTH - LABEL - room) / (most or 1.0)
    rows, words = [], []
    for at, (year, (wide, far)) in enumerate(zip(years, shares, strict=True)):
        wide_text, far_text = texts[at]
        bars = _bar("a0", LABEL, wide * scale, at) + _bar("a1", LABEL, far * scale, at)
        rows.append(_row(at, _year(year, tables, strings), f"{wide_text} · {far_text}", bars))
        words.append(strings.text("map.chart.access_year", year=year, wide=wide_text, far=far_text))
    keys = [
        (f"a{at}", strings.text("map.chart.beyond", limit=limit)) for at, limit in enumerate(LIMITS)
    ]
    title = strings.text("map.chart.access")
    return Chart("access", title, _svg("access", f"{title}. {' '.join(words)}", rows), tuple(keys))


def _shares(tables: RunTables, year: int | None, need: int) -> tuple[float, ...]:
    zones = tables.zones
    part = zones[(zones["year"] == (year or tables.years[0])) & (zones["need"] == need)]
    minutes = part["minutes_after" if year else "minutes_before"]
    people = part["population"].astype(float)
    total = people.sum() or 1.0
    return tuple(float(people[~(minutes <= limit)].sum() / total) for limit in LIMITS)


def _year(year: int, tables: RunTables, strings: Strings) -> str:
    return strings.text("map.today") if year == tables.base_year else str(year)


def _svg(name: str, told: str, rows: Sequence[str]) -> Markup:
    height = ROW * len(rows)
    return Markup(
        f'<svg class="chart {name}" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(told)}">{"".join(rows)}</svg>'
    )


def _row(at: int, label: str, value: str, inside: str) -> str:
    y = at * ROW + ROW / 2 + 4
    return (
        f'<g class="row" data-year="{at}">'
        f'<text class="label" x="0" y="{y:g}">{escape(label)}</text>{inside}'
        f'<text class="value" x="{WIDTH}" y="{y:g}">{escape(value)}</text></g>'
    )


def _stack(widths: Sequence[float], at: int) -> str:
    bars, x = "", float(LABEL)
    for number, width in enumerate(widths):
        bars += _bar(f"p{number}", x, width, at)
        x += width
    return bars


def _bar(name: str, x: float, width: float, at: int) -> str:
    y = at * ROW + (ROW - BAR) / 2
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{y:g}" width="{max(width, 0):.1f}" height="{BAR}"/>'
    )


def _tick(value: Any, scale: float, at: int) -> str:
    if value is None:
        return ""
    x, y = LABEL + value * scale, at * ROW + 3
    return f'<path class="tick" d="M{x:.1f} {y:g}v{ROW - 6}"/>'
