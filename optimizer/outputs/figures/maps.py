"""Maps: municipalities filled by a class of minutes, with borders, offices and their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.outputs.figures.marks import Mark, drawn
from optimizer.outputs.figures.svg import (
    LINE,
    group,
    number,
    rectangle,
    shortened,
    text,
    text_width,
)

NO_DATA = "#dedede"
SEA = "#e8eef1"
LAND = "#f4f3ee"
MINUTES = ("#eef5ee", "#d3e7dc", "#aed3cc", "#82b8bd", "#5797a9", "#35728f", "#1f4a6b")
ADDED = ("#a9cfdd", "#f0efea", "#fbe5b6", "#f5c374", "#e2913f", "#b65c22", "#763013")
NAME_SIZE = 10.0
NAME_LETTERS = 24


@dataclass(frozen=True)
class Window:
    """A part of the map (in map units) and where on the sheet it is drawn."""

    west: float
    north: float
    units_wide: float
    units_high: float
    x: float
    y: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Sheet units for a map unit; the whole part fits."""
        return min(self.width / self.units_wide, self.height / self.units_high)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the map lies on the sheet, the part being centred."""
        left = self.x + (self.width - self.units_wide * self.scale) / 2
        top = self.y + (self.height - self.units_high * self.scale) / 2
        return left + (x - self.west) * self.scale, top + (y - self.north) * self.scale

    def shows(self, x: float, y: float) -> bool:
        """Whether a point of the map lies within the frame on the sheet."""
        across, down = self.place(x, y)
        return self.x <= across <= self.x + self.width and self.y <= down <= self.y + self.height


def class_of(value: float | None, breaks: Sequence[float]) -> int | None:
    """The class of a value: how many breaks it has reached; None for nothing."""
    return None if value is None else sum(value >= one for one in breaks)


def ground(
    window: Window,
    paths: Mapping[str, str],
    fills: Mapping[str, str],
    *,
    outline: str = "",
    clip: str = "",
) -> str:
    """Municipalities with their fills, and borders of regions over them.

    With ``clip``, an id unique on the page, what lies outside the window's frame is cut away.
    """
    by_fill: dict[str, list[str]] = {}
    for code, path in paths.items():
        by_fill.setdefault(fills.get(code, NO_DATA), []).append(f'<path d="{path}"/>')
    x, y = window.place(0, 0)
    thin, thick = number(0.5 / window.scale), number(1 / window.scale)
    parts = [group(shapes, fill=fill) for fill, shapes in sorted(by_fill.items())]
    land = group(parts, stroke="#8b979f", stroke_width=thin)
    border = (
        f'<path d="{outline}" fill="none" stroke="#44525e" stroke-width="{thick}"/>'
        if outline
        else ""
    )
    transform = f"translate({number(x)} {number(y)}) scale({window.scale:.6g})"
    placed = group((land, border), transform=transform)
    if not clip:
        return placed
    frame = rectangle(window.x, window.y, window.width, window.height, fill="#000")
    sea = rectangle(window.x, window.y, window.width, window.height, fill=SEA)
    edge = rectangle(window.x, window.y, window.width, window.height, fill="none", stroke="#75808a")
    inside = f'<g clip-path="url(#{clip})">{placed}</g>'
    return f'<clipPath id="{clip}">{frame}</clipPath>{sea}{inside}{edge}'


def offices(window: Window, marks: Sequence[Mark], scale: float) -> str:
    """The offices within the window."""
    shown = [mark for mark in marks if window.shows(mark.x, mark.y)]
    return "".join(drawn(mark, *window.place(mark.x, mark.y), scale) for mark in shown)


def names(window: Window, marks: Sequence[Mark], scale: float) -> str:
    """The names of offices that change, where there is room beside the marks for them."""
    shown = [mark for mark in marks if window.shows(mark.x, mark.y)]
    half = 7 * scale
    taken = []
    for mark in shown:
        x, y = window.place(mark.x, mark.y)
        taken.append((x - half, y - half, x + half, y + half))
    labels = []
    for mark in sorted((one for one in shown if one.changes), key=lambda one: one.office_id):
        words = shortened(mark.name, NAME_LETTERS)
        x, y = window.place(mark.x, mark.y)
        width = text_width(words, NAME_SIZE)
        gap = half + 2
        for left, base, anchor, at in (
            (x + gap, y + 3.5, "start", x + gap),
            (x - gap - width, y + 3.5, "end", x - gap),
            (x - width / 2, y - gap, "middle", x),
            (x - width / 2, y + gap + NAME_SIZE - 1, "middle", x),
        ):
            box = (left, base - NAME_SIZE + 1, left + width, base + 2)
            if _free(box, taken, window):
                taken.append(box)
                labels.append(text(at, base, words, size=NAME_SIZE, anchor=anchor, halo=True))
                break
    return "".join(labels)


Box = tuple[float, float, float, float]


def _free(box: Box, taken: Sequence[Box], window: Window) -> bool:
    left, top, right, bottom = box
    if left < window.x or right > window.x + window.width:
        return False
    if top < window.y or bottom > window.y + window.height:
        return False
    return all(right < a or c < left or bottom < b or d < top for a, b, c, d in taken)


def swatches(
    x: float, y: float, heading: str, labels: Sequence[str], colours: Sequence[str]
) -> str:
    """A legend of classes, one below the other, 17 units each below the heading."""
    parts = [text(x, y, heading, size=10.5, weight=700)]
    for place, (label, colour) in enumerate(zip(labels, colours, strict=True)):
        top = y + 8 + 17 * place
        parts.append(rectangle(x, top, 20, 12, fill=colour, stroke=LINE))
        parts.append(text(x + 27, top + 10, label, size=10.5))
    return "".join(parts)
