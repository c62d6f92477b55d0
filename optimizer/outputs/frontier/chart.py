"""A frontier drawn: minutes added, or cost, against cost, the cut, closures or the longest way.

A mark opens its plan. Where there are three aims the third is written beside each mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from optimizer.outputs.measure import MILLION
from optimizer.outputs.page_shell import environment, write_page
from optimizer.outputs.strings import Strings, load

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 28, 64
_TICKS = 6
_TOLD = 3  #: questions that were proved to have no plan
#: Aims beside access and their columns, in the order in which they take the axis.
_COLUMNS = {
    "cost": "cost_mnkr",
    "cut": "cut_last_year_mnkr",
    "closures": "closures",
    "equity": "equity_minutes",
}
_SHOWN = {"closures": "closures", "equity_minutes": "equity"}


@dataclass(frozen=True)
class _Axis:
    """From values to pixels, with round numbers to mark."""

    least: float
    most: float
    start: float
    end: float
    finest: float = 0.0  #: least distance of two marks

    def at(self, value: float) -> float:
        share = (value - self.least) / (self.most - self.least)
        return round(self.start + share * (self.end - self.start), 2)

    def ticks(self) -> list[float]:
        step = max(_step(self.most - self.least), self.finest)
        first = math.ceil(self.least / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.most / step + 1e-9) + 1)]


def write_chart(
    path: Path,
    *,
    form: Literal["html", "svg"],
    table: pd.DataFrame,
    aims: Sequence[str],
    best: str | None,
    title: str,
    language: str,
    open_at: Mapping[str, Any],
    away: Sequence[Mapping[str, Any]] = (),
) -> None:
    """A page with the chart and its table (html; needs no network), or the chart alone (svg).

    ``best``: the aim that each plan is best at, which stands upright; the last one where there is
    none. ``open_at``: where the frontier was not followed to its end, as
    ``whatif.sweep.frontier.Ends``. ``away``: the questions proved to have no plan, as
    ``whatif.sweep.proved.Nothing``, those to be told first.
    """
    templates = environment(__package__)
    templates.globals["picture"] = templates.get_template("frontier.svg.j2")
    strings = load(language)
    page = templates.get_template(f"frontier.{form}.j2")
    content = _content(table, aims, best, strings) | {"title": title, "language": language}
    content["notes"] = list(_notes(open_at, strings))
    content["proved"] = [_away(one, strings) for one in away[:_TOLD]]
    write_page(path, page.render(content))


def _content(
    table: pd.DataFrame, aims: Sequence[str], best: str | None, strings: Strings
) -> dict[str, Any]:
    limited = [column for aim, column in _COLUMNS.items() if aim in aims and aim != best]
    upright = {"access": "added_minutes", "cost": "cost_mnkr"}[best] if best else limited.pop()
    across, *third = limited
    table = table.assign(added_minutes=table["added_minutes"] / MILLION)
    x = _axis(table[across].tolist(), LEFT, WIDTH - RIGHT)
    x = replace(x, finest=1.0) if across == "closures" else x
    y = _axis(table[upright].tolist(), HEIGHT - BOTTOM, TOP)
    rows = list(_rows(table, across, upright, (x, y), strings))
    for row in rows:
        row["beside"] = row[_SHOWN[third[0]]] if third else ""
    return {
        "t": strings.section("frontier"),
        "width": WIDTH,
        "height": HEIGHT,
        "box": {"left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM},
        "across": strings.text(f"frontier.axis_{across}"),
        "upright": strings.text(f"frontier.axis_{upright}"),
        "x_ticks": [(x.at(value), _short(strings, value)) for value in x.ticks()],
        "y_ticks": [(y.at(value), _short(strings, value)) for value in y.ticks()],
        "rows": rows,
        "bars": best is not None,
        "opens": any(row["link"] for row in rows),
        "third": strings.text(f"frontier.axis_{third[0]}") if third else "",
        "line": [] if len(aims) > 2 else list(_stairs(rows, "cut" in aims)),
    }


def _notes(open_at: Mapping[str, Any], strings: Strings) -> Iterator[str]:
    """A sentence for each reason why the frontier may go on."""
    if open_at["most_points"]:
        yield strings.counted("frontier.ends_most_points", open_at["most_points"])
    for why in ("by_time", "failed"):
        if open_at[why]:
            yield strings.counted(f"frontier.ends_{why}", len(open_at[why]))
    if open_at["interrupted"]:
        yield strings.text("frontier.ends_interrupted")


def _away(one: Mapping[str, Any], strings: Strings) -> str:
    """What no plan does, in a sentence."""
    parts = [
        strings.text(f"frontier.away_{limit}", amount=strings.number(one[limit], 2))
        for limit in ("cost_mnkr", "cut_mnkr", "minutes")
        if one[limit] is not None
    ]
    if one["closures"] is not None:
        parts.append(strings.counted("frontier.away_closures", one["closures"]))
    both = f" {strings.text('frontier.away_and')} ".join(parts)
    return strings.text("frontier.away", limits=both)


def _stairs(
    rows: Sequence[dict[str, Any]], tighter_rightwards: bool
) -> Iterator[tuple[float, float]]:
    """The frontier as stairs: between two plans, the one that keeps to the tighter limit holds."""
    before: dict[str, Any] | None = None
    for row in rows:
        if row["on"]:
            if before is not None:
                yield (before["x"], row["y"]) if tighter_rightwards else (row["x"], before["y"])
            yield row["x"], row["y"]
            before = row


def _rows(
    table: pd.DataFrame, across: str, upright: str, axes: tuple[_Axis, _Axis], strings: Strings
) -> Iterator[dict[str, Any]]:
    x, y = axes
    for number, row in enumerate(table.sort_values([across, "point"]).to_dict("records"), start=1):
        value, gap = row[upright], row["gap"]
        status, proved = str(row["status"]), not math.isnan(gap)
        yield {
            "x": x.at(row[across]),
            "y": y.at(value),
            "floor": min(y.at(_floor(row, upright, y)), y.start),
            "on": bool(row["on_frontier"]),
            "link": row["run"],
            "number": number,
            "point": row["point"],
            "cut": strings.number(row["cut_last_year_mnkr"], 1),
            "cost": strings.number(row["cost_mnkr"], 1),
            "closures": strings.number(row["closures"]),
            "equity": strings.number(row["equity_minutes"], 0),
            "added": strings.number(row["added_minutes"], 2),
            "gap": strings.percent(gap, 1) if proved else "–",
            "status": strings.text_or(f"status.{status}", status) if proved else "–",
        }


def _floor(row: Mapping[Any, Any], upright: str, y: _Axis) -> float:
    """The least that a plan could reach at best, by the bound; the value itself without one."""
    if math.isnan(row["gap"]):
        return float(row[upright])
    if not math.isfinite(row["bound"]):
        return y.least
    if upright == "cost_mnkr":
        return float(row["bound"])
    return float(row[upright] * (1.0 - row["gap"]))


def _axis(values: list[float], start: float, end: float) -> _Axis:
    """An axis over the values with a little room, in whole steps."""
    least, most = min(values, default=0.0), max(values, default=1.0)
    step = _step(max(most - least, 1e-6 * max(abs(most), 1.0)))
    low, high = step * math.floor(least / step), step * math.ceil(most / step)
    return _Axis(low, high if high > low else low + step, start, end)


def _step(width: float) -> float:
    """1, 2 or 5 times a power of ten that divides a width into about six."""
    rough = width / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))


def _short(strings: Strings, value: float) -> str:
    """A tick with the decimals it needs."""
    decimals = next((n for n in range(5) if abs(value - round(value, n)) < 1e-9), 5)
    return strings.number(value, decimals)
