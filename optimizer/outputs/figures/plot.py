"""A chart's frame: scales, gridlines and lines with their names beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.outputs.figures.svg import INK, LINE, SOFT, circle, line, text

SIZE = 11.0


@dataclass(frozen=True)
class Series:
    """A line of a chart; None where it has no value."""

    name: str
    values: tuple[float | None, ...]
    colour: str
    dash: str = ""
    dots: bool = True


@dataclass(frozen=True)
class Plot:
    """Where the chart's area lies on the sheet, and what its edges stand for."""

    left: float
    top: float
    width: float
    height: float
    low: float
    high: float
    columns: int  #: evenly spaced places from left to right

    def x(self, column: float) -> float:
        """Where a column lies."""
        return self.left + self.width * column / max(1, self.columns - 1)

    def y(self, value: float) -> float:
        """How far down a value lies."""
        return self.top + self.height * (self.high - value) / (self.high - self.low)


def nice_step(span: float, parts: int = 5) -> float:
    """A round step (1, 2 or 5 times a power of ten) that cuts a span into about so many parts."""
    rough = span / parts if span > 0 else 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.999)


def nice_range(values: Sequence[float]) -> tuple[float, float, float]:
    """(low, high, step) of an axis that holds the values with room at both ends."""
    low, high = min(values), max(values)
    step = nice_step(max(high - low, abs(high) * 0.01, 1e-9))
    return math.floor(low / step - 0.25) * step, math.ceil(high / step + 0.25) * step, step


def axes(
    plot: Plot, labels: Sequence[str], step: float, write: Callable[[float], str], unit: str
) -> str:
    """Horizontal gridlines with their values, labels below, and the unit above the axis."""
    parts = [text(plot.left - 6, plot.top - 12, unit, size=SIZE, fill=SOFT, anchor="start")]
    value = plot.low
    while value <= plot.high + step / 1000:
        y = plot.y(value)
        parts.append(line([(plot.left, y), (plot.left + plot.width, y)], stroke=LINE, width=0.8))
        parts.append(text(plot.left - 8, y + 4, write(value), size=SIZE, fill=SOFT, anchor="end"))
        value += step
    for column, label in enumerate(labels):
        if label:
            below = plot.top + plot.height + 18
            parts.append(text(plot.x(column), below, label, size=SIZE, anchor="middle"))
    return "".join(parts)


def lines(plot: Plot, series: Sequence[Series]) -> str:
    """The lines, each with its name at its right end, spread so that no two names overlap."""
    parts: list[str] = []
    ends: list[tuple[float, Series]] = []
    for one in series:
        points = [
            (plot.x(column), plot.y(value))
            for column, value in enumerate(one.values)
            if value is not None
        ]
        parts.append(line(points, stroke=one.colour, width=2.4, dash=one.dash))
        if one.dots:
            parts += [circle(x, y, 4, fill=one.colour) for x, y in points]
        ends.append((points[-1][1], one))
    right = plot.left + plot.width + 12
    for y, one in _spread(ends):
        for row, words in enumerate(one.name.split("\n")):
            place = y + 4 + 13 * row
            weight = 700 if row == 0 else 400
            colour = one.colour if row == 0 else INK
            parts.append(text(right, place, words, size=SIZE, fill=colour, weight=weight))
    return "".join(parts)


def _spread(ends: list[tuple[float, Series]]) -> list[tuple[float, Series]]:
    """Names pushed down until each is clear of the one above."""
    placed: list[tuple[float, Series]] = []
    for y, one in sorted(ends, key=lambda pair: pair[0]):
        if placed:
            above, other = placed[-1]
            y = max(y, above + 13 * len(other.name.split("\n")) + 5)
        placed.append((y, one))
    return placed
