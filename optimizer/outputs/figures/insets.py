"""Insets: what lies around a large municipality, where offices overlap, drawn nearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely

from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.figures.maps import ADDED, NO_DATA, Window, ground, offices
from optimizer.outputs.figures.marks import Mark
from optimizer.outputs.figures.svg import text
from optimizer.outputs.map.access import largest_municipalities
from optimizer.outputs.map.shapes import INSET_UNITS

SIZE = 158.0  #: on the sheet
COUNT = 3


def largest(drawing: Drawing) -> tuple[str, ...]:
    """The codes of the largest municipalities."""
    return largest_municipalities(drawing.account.source.run, drawing.shapes.codes, COUNT)


def _around(drawing: Drawing, code: str) -> shapely.Geometry:
    """The square of the map that an inset shows."""
    x, y = drawing.shapes.centre(code)
    half = INSET_UNITS / 2
    return shapely.box(x - half, y - half, x + half, y + half)


def _near(drawing: Drawing, code: str) -> list[str]:
    """The municipalities in view around one."""
    square = _around(drawing, code)
    return [
        one
        for one, shape in zip(drawing.shapes.codes, drawing.shapes.polygons, strict=True)
        if shape.distance(square) == 0
    ]


def any_office(drawing: Drawing, code: str, marks: Sequence[Mark]) -> bool:
    """Whether there is an office to see in an inset."""
    square = _around(drawing, code)
    return any(square.contains(shapely.Point(mark.x, mark.y)) for mark in marks)


def any_added(drawing: Drawing, code: str, fills: dict[str, str], changing: Sequence[Mark]) -> bool:
    """Whether there is anything to see in an inset of added minutes."""
    quiet = {ADDED[1], NO_DATA}  # unchanged, and nothing known
    return any(fills.get(one, NO_DATA) not in quiet for one in _near(drawing, code)) or any_office(
        drawing, code, changing
    )


def inset(
    drawing: Drawing,
    code: str,
    *,
    name: str,
    at: tuple[float, float],
    paths: Mapping[str, str],
    fills: Mapping[str, str],
    marks: Sequence[Mark],
) -> str:
    """What lies around a large municipality, nearer, in a frame with its name above.

    ``name`` is that of the figure, since ids are one of a kind on a page.
    """
    west, north, _, _ = _around(drawing, code).bounds
    left, top = at
    window = Window(west, north, INSET_UNITS, INSET_UNITS, left, top, SIZE, SIZE)
    near = {one: paths[one] for one in _near(drawing, code) if one in paths}
    heading = drawing.shapes.names[drawing.shapes.codes.index(code)]
    return (
        ground(window, near, fills, clip=f"{name}-inset-{code}")
        + offices(window, marks, 0.85)
        + text(left, top - 5, heading, size=10.5, weight=700)
    )
