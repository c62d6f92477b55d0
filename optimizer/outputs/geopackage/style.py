"""Styles for QGIS, stored in the file by layer so that it opens styled: templates filled in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from itertools import pairwise

from optimizer.outputs.geopackage.layer import Layer
from optimizer.outputs.map.access import ADDED_BREAKS
from optimizer.outputs.map.offices import STATES
from optimizer.outputs.map.regions import drawn_division
from optimizer.outputs.page_shell import environment
from optimizer.outputs.side_by_side import Run
from optimizer.outputs.strings import Strings

#: As on the map: keep, convert, merge, close, open; and added minutes from less to much more.
STATE_COLOURS = {
    "keep": "#1f2b36",
    "convert": "#f2b705",
    "merge": "#8d2f86",
    "close": "#b92d16",
    "open": "#0a62c0",
}
STATE_SHAPES = {
    "keep": "circle",
    "convert": "diamond",
    "merge": "triangle",
    "close": "cross2",
    "open": "square",
}
LINE_COLOURS = STATE_COLOURS | {"convert": "#8a6a00"}  # thin lines of the yellow would not show
PAPER = "#ffffff"
ADDED_COLOURS = ("#a9cfdd", "#f0efea", "#fbe5b6", "#f5c374", "#e2913f", "#b65c22", "#763013")
FAR = 100_000  # minutes: beyond any
TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP, type TEXT
)
"""
GRADUATED = ("zones", "municipalities")
GEOMETRIES = {"Point": 0, "LineString": 1, "MultiPolygon": 2}
FARTHEST = {"zones": 1_000_000}  # the scale beyond which a layer is not drawn
SIZE_KEPT, SIZE_CHANGED = 2.0, 3.4  # millimetres
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def add_styles(base: sqlite3.Connection, layers: Sequence[Layer], run: Run, *, moment: str) -> None:
    """Store a default style for each layer, where QGIS looks for it."""
    base.execute(TABLE)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        (moment,),
    )
    kinds = {"Point": "Point", "LineString": "Line", "MultiPolygon": "Polygon"}
    for layer in layers:
        base.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "update_time, type) VALUES ('', '', ?, 'geometry', ?, ?, '', 1, ?, '', ?, ?)",
            (layer.name, layer.name, qml(layer, run), layer.title, moment, kinds[layer.kind]),
        )


def qml(layer: Layer, run: Run) -> str:
    """The style of a layer as QGIS reads it: an XML document."""
    last = run.tables.years[-1]
    style = environment(__package__, "styles").get_template("layer.qml.j2")
    text = style.render(
        template="graduated.qml.j2" if layer.name in GRADUATED else f"{layer.name}.qml.j2",
        layer=layer,
        geometry=GEOMETRIES[layer.kind],
        farthest=FARTHEST.get(layer.name, 0),
        states=_states(run),
        classes=_classes(run.titles.strings),
        added=f"added_minutes_need{run.tables.needs[-1]}_{last}",
        visits=f"visits_{last}",
        division=drawn_division(run.tables).name,
    )
    return _UNWRITABLE.sub("\ufffd", text)


def _states(run: Run) -> list[dict[str, object]]:
    """What becomes of offices: closing ones hollow, as on the map, and larger than those kept."""
    signs = []
    for key in STATES:
        colour = _rgba(STATE_COLOURS[key])
        hollow = key in ("close", "merge")
        signs.append(
            {
                "key": key,
                "words": run.titles.state(key),
                "line": _rgba(LINE_COLOURS[key]),
                "colour": _rgba(PAPER) if hollow else colour,
                "edge": colour if hollow else _rgba(PAPER),
                "shape": STATE_SHAPES[key],
                "size": SIZE_KEPT if key == "keep" else SIZE_CHANGED,
            }
        )
    return signs


def _classes(strings: Strings) -> list[dict[str, object]]:
    """The classes of added minutes, those of the map."""
    edges = (-FAR, *ADDED_BREAKS, FAR)
    words = [strings.text("map.legend.shorter"), strings.text("map.legend.unchanged")]
    words += [
        strings.text("map.legend.between", **{"from": low, "to": high})
        for low, high in pairwise(ADDED_BREAKS[1:])
    ]
    words.append(strings.text("map.legend.over", **{"from": ADDED_BREAKS[-1]}))
    return [
        {"low": low, "high": high, "colour": _rgba(colour), "words": text}
        for (low, high), colour, text in zip(pairwise(edges), ADDED_COLOURS, words, strict=True)
    ]


def _rgba(colour: str) -> str:
    """`#0a62c0` as QGIS writes it: `10,98,192,255`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},255"
