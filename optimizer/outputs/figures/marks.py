"""The offices as marks: a shape for each mode, a colour and glyph for each state, as in the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.outputs.figures.svg import number
from optimizer.outputs.map.signs import GLYPHS

CLOSE, MERGE, CONVERT, OPEN, KEEP = "#b92d16", "#8d2f86", "#f2b705", "#0a62c0", "#1f2b36"
DARK = "#3d2f00"
#: state -> (fill, stroke, glyph, glyph's width)
PAINT = {
    "today": (KEEP, KEEP, "#fff", 1.6),
    "keep": (KEEP, KEEP, "#fff", 1.6),
    "convert": (CONVERT, DARK, DARK, 1.2),
    "close": ("#fff", CLOSE, CLOSE, 1.8),
    "merge": ("#fff", MERGE, MERGE, 1.6),
    "open": (OPEN, OPEN, "#fff", 1.6),
}


@dataclass(frozen=True)
class Mark:
    """An office to draw: its place in map units, its state and the sign of its mode."""

    office_id: str
    name: str
    x: float
    y: float
    state: str
    sign: Mapping[str, Any]  #: shape and dot, of optimizer.outputs.map.signs

    @property
    def changes(self) -> bool:
        """Whether the plan does something to it."""
        return self.state not in ("keep", "today")


def drawn(mark: Mark, x: float, y: float, scale: float) -> str:
    """The mark at a place on the sheet; 1 is a mark of about 12 units."""
    fill, stroke, glyph, width = PAINT[mark.state]
    shape = mark.sign["shape"]
    parts = [
        f'<path d="{shape}" fill="#fff" stroke="#fff" stroke-width="3.4" stroke-linejoin="round"/>',
        f'<path d="{shape}" fill="{fill}" stroke="{stroke}" stroke-width="1.4" '
        'stroke-linejoin="round"/>',
    ]
    if mark.sign["dot"] and mark.state in ("keep", "today", "convert"):
        parts.append(f'<circle r="1.7" fill="{glyph}"/>')
    if GLYPHS[mark.state]:
        parts.append(
            f'<path d="{GLYPHS[mark.state]}" fill="none" stroke="{glyph}" stroke-width="{width}" '
            'stroke-linecap="round"/>'
        )
    place = f"translate({number(x)} {number(y)}) scale({number(scale)})"
    return f'<g transform="{place}">{"".join(parts)}</g>'


def office_marks(
    offices: list[dict[str, Any]], signs: Mapping[str, Mapping[str, Any]]
) -> tuple[Mark, ...]:
    """The offices that have a place, as they stand in the last year; those that change on top."""
    marks = []
    for one in offices:
        last, first = one["years"][-1], one["years"][0]
        if one["x"] is None or last["state"] == "absent":
            continue
        mode = last["mode"] if last["mode"] in signs else _latest_mode(one, signs) or first["mode"]
        sign = signs.get(mode) or next(iter(signs.values()))
        mark = Mark(one["id"], one["name"], one["x"], one["y"], last["state"], sign)
        marks.append(mark)
    return tuple(sorted(marks, key=lambda mark: (mark.changes, mark.office_id)))


def _latest_mode(office: Mapping[str, Any], signs: Mapping[str, object]) -> str | None:
    """The mode that a closed office had last."""
    return next((year["mode"] for year in reversed(office["years"]) if year["mode"] in signs), None)
