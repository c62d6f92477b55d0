"""What the script of the page works with, as JSON that can stand inside it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shapely import point_on_surface

from optimizer.outputs.map.access import people_by_municipality
from optimizer.outputs.map.legend import BREAKS, LAYERS
from optimizer.outputs.map.offices import CLOSED
from optimizer.outputs.map.regions import Division
from optimizer.outputs.map.runs import MappedRun, run_data
from optimizer.outputs.map.shapes import Shapes
from optimizer.outputs.map.signs import GLYPHS
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.services import service_titles
from optimizer.outputs.strings import Strings

TEXTS = (  # sections of the catalogue that the script speaks from
    "state",
    "action",
    "evidence",
    "origin",
    "map.tip",
    "map.caption",
    "map.card",
    "map.legend",
    "map.table",
    "map.short",
    "map.selection",
    "map.areas",
)


def page_data(
    runs: Sequence[MappedRun],
    sites: list[dict[str, Any]],
    shapes: Shapes,
    counties: Division,
    signs: Mapping[str, Mapping[str, Any]],
    strings: Strings,
) -> dict[str, Any]:
    """Everything that changes with a choice on the page; places in lists stand for names."""
    tables, division = runs[0].tables, runs[0].division
    people = people_by_municipality(tables, shapes.codes)
    texts = {
        f"{section}.{key}".removeprefix("map."): text
        for section in TEXTS
        for key, text in strings.section(section).items()
    }
    return {
        "language": strings.language,
        "years": [tables.base_year, *tables.years],
        "needs": need_titles(tables, strings),
        "levels": tables.needs,
        "default_need": default_need(tables),
        "breaks": BREAKS,
        "layers": LAYERS,
        "modes": signs,
        "mode_titles": mode_titles(signs, strings),
        "glyphs": GLYPHS,
        "frame": [shapes.frame.width, shapes.frame.height],
        "municipalities": [
            {
                "code": code,
                "name": name,
                "region": division.region_of.get(code, ""),
                "county": counties.region_of.get(code, ""),
                "people": count,
            }
            for code, name, count in zip(shapes.codes, shapes.names, people, strict=True)
        ],
        "regions": _regions(division, shapes),
        "counties": dict(counties.titles),
        "sites": sites,
        "runs": [run_data(run, shapes, sites) for run in runs],
        "services": {
            name: title
            for run in reversed(runs)
            for name, title in service_titles(run.tables, strings).items()
        },
        "texts": texts | {"today": strings.text("map.today")},
    }


def _regions(division: Division, shapes: Shapes) -> dict[str, dict[str, Any]]:
    """The name of each region, and a place inside it on the map where it has one."""
    inside = {
        code: point_on_surface(shape) for code, shape in shapes.merged(division.region_of).items()
    }
    places = {code: {"x": round(point.x), "y": round(point.y)} for code, point in inside.items()}
    return {code: {"name": name} | places.get(code, {}) for code, name in division.titles.items()}


def embedded(value: object) -> str:
    """JSON that can stand inside a script element whatever it holds: no `<`, `>` or `&` in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def default_need(tables: RunTables) -> int:
    """Where the need shown first stands: level 3, or the highest there is."""
    return tables.needs.index(3) if 3 in tables.needs else len(tables.needs) - 1


def need_titles(tables: RunTables, strings: Strings) -> list[str]:
    """What each level of need is called."""
    other = strings.texts["need.other"]
    return [strings.text_or(f"need.{need}", other.format(need=need)) for need in tables.needs]


def mode_titles(signs: Mapping[str, Mapping[str, Any]], strings: Strings) -> dict[str, str]:
    """What each mode is called, and what a site without one."""
    titles = {name: str(sign["title"]) for name, sign in signs.items()}
    return titles | {CLOSED: strings.text("mode.closed")}
