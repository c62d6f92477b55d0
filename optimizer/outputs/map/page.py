"""`map.html`: the page put together from the tables of a run folder, in one self-contained file."""

import base64
import hashlib
import json
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from optimizer.outputs.map.access import (
    ADDED_BREAKS,
    MINUTE_BREAKS,
    largest_municipalities,
    minutes_by_municipality,
)
from optimizer.outputs.map.figures import certificate, figure_tiles
from optimizer.outputs.map.notes import reading_notes
from optimizer.outputs.map.offices import CLOSED, STATES, office_records
from optimizer.outputs.map.regions import Division, drawn_division
from optimizer.outputs.map.shapes import Shapes, national_shapes
from optimizer.outputs.map.signs import GLYPHS, mode_signs, title
from optimizer.outputs.run_tables import RunTables, read_tables
from optimizer.outputs.strings import Strings, load

SCRIPTS = ("map.js", "card.js", "view.js")  # in this order, one script
SCRIPT_TEXTS = (
    *("state", "action", "evidence", "map.tip", "map.caption", "map.card", "map.legend"),
    *("map.table", "map.short"),
)
COLUMNS = (
    *("office", "municipality", "mode_today", "mode", "action", "into"),
    *("visits", "fte", "cost", "evidence", "motive"),
)
INSETS = 3
INSET_SIZE = 560  # map units of 100 metres: 56 km across


def write_map(folder: Path, *, language: str) -> Path:
    """Write `map.html` into a run folder from its tables; the same tables give the same bytes."""
    path = folder / "map.html"
    path.write_text(render(read_tables(folder), language), encoding="utf-8", newline="\n")
    return path


def render(tables: RunTables, language: str) -> str:
    """The page as text."""
    strings = load(language)
    shapes = national_shapes()
    division = drawn_division(tables)
    names = dict(zip(shapes.codes, shapes.names, strict=True))
    offices = office_records(tables, shapes.frame, names)
    signs = mode_signs(tables.config.get("modes") or {}, language)
    data = _data(tables, shapes, division, offices, signs, strings)
    style, script = _asset("map.css"), "".join(map(_asset, SCRIPTS))
    years = (tables.base_year, *tables.years)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("map.html.j2")).render(
        language=language,
        text=strings.text,
        number=strings.number,
        state=lambda key: strings.text(f"state.{key}"),
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(embedded(data)),
        title=title(tables.summary.get("title"), language) or str(tables.summary.get("name", "")),
        years=years,
        needs=tables.needs,
        need_titles=_need_titles(tables, strings),
        default_need=_default_need(tables),
        frame=shapes.frame,
        paths=list(zip(shapes.codes, shapes.paths(), strict=True)),
        outlines=shapes.outlines(division.region_of),
        division=division.name,
        insets=_insets(tables, shapes, names),
        offices=offices,
        columns=COLUMNS,
        evidence={
            one["evidence"]: strings.text_or(f"evidence.{one['evidence']}", one["evidence"])
            for one in offices
        },
        mode_titles=_mode_titles(signs, strings),
        signs=_used(signs, offices),
        states=[key for key in STATES if any(_has(one, key) for one in offices)],
        glyphs=GLYPHS,
        tiles=figure_tiles(tables.summary, years, tables.base_year, strings),
        certificate=certificate(tables.summary, strings),
        classes={"minutes": _minute_classes(strings), "added": _added_classes(strings)},
        notes=reading_notes(tables, offices, strings),
        warnings=[str(warning) for warning in tables.summary.get("warnings", ())],
    )


def embedded(value: object) -> str:
    """JSON that can stand inside a script element whatever it holds: no `<`, `>` or `&` in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _data(
    tables: RunTables,
    shapes: Shapes,
    division: Division,
    offices: list[dict[str, Any]],
    signs: dict[str, dict[str, Any]],
    strings: Strings,
) -> dict[str, Any]:
    """What the script works with."""
    regions = {
        code: {"name": name, "points": division.points[code]}
        for code, name in division.titles.items()
    }
    minutes = minutes_by_municipality(tables, shapes.codes)
    texts = {
        f"{section}.{key}".removeprefix("map."): text
        for section in SCRIPT_TEXTS
        for key, text in strings.section(section).items()
    }
    return {
        "language": strings.language,
        "years": [tables.base_year, *tables.years],
        "needs": _need_titles(tables, strings),
        "default_need": _default_need(tables),
        "breaks": {"minutes": MINUTE_BREAKS, "added": ADDED_BREAKS},
        "modes": signs,
        "mode_titles": _mode_titles(signs, strings),
        "glyphs": GLYPHS,
        "frame": [shapes.frame.width, shapes.frame.height],
        "municipalities": [
            {"name": name, "region": division.region_of.get(code, ""), "minutes": known}
            for code, name, known in zip(shapes.codes, shapes.names, minutes, strict=True)
        ],
        "regions": regions,
        "offices": offices,
        "texts": texts | {"today": strings.text("map.today")},
    }


def _policy(style: str, script: str) -> str:
    """A content security policy that allows this style and this script, and no request at all."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _asset(name: str) -> str:
    source = resources.files(__package__) / name
    return source.read_text(encoding="utf-8").replace("\r\n", "\n")


def _default_need(tables: RunTables) -> int:
    """Where the need shown first stands: level 3, or the highest there is."""
    return tables.needs.index(3) if 3 in tables.needs else len(tables.needs) - 1


def _need_titles(tables: RunTables, strings: Strings) -> list[str]:
    other = strings.texts["need.other"]
    return [strings.text_or(f"need.{need}", other.format(need=need)) for need in tables.needs]


def _mode_titles(signs: dict[str, dict[str, Any]], strings: Strings) -> dict[str, str]:
    titles = {name: str(sign["title"]) for name, sign in signs.items()}
    return titles | {CLOSED: strings.text("mode.closed")}


def _used(signs: dict[str, dict[str, Any]], offices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The signs of modes that some office has in some year, in the order of the catalogue."""
    used = {year["mode"] for one in offices for year in one["years"]}
    return [sign for name, sign in signs.items() if name in used]


def _has(office: dict[str, Any], state: str) -> bool:
    return any(year["state"] == state for year in office["years"])


def _insets(tables: RunTables, shapes: Shapes, names: dict[str, str]) -> list[dict[str, Any]]:
    """The largest cities, each as a name and the part of the map around it."""
    half = INSET_SIZE / 2
    insets = []
    for code in largest_municipalities(tables, shapes.codes, INSETS):
        x, y = shapes.centre(code)
        box = f"{x - half:.0f} {y - half:.0f} {INSET_SIZE} {INSET_SIZE}"
        insets.append({"name": names[code], "box": box})
    return insets


def _minute_classes(strings: Strings) -> list[str]:
    return [
        strings.text("map.legend.under", to=MINUTE_BREAKS[0]),
        *_between(MINUTE_BREAKS, strings),
        strings.text("map.legend.over", **{"from": MINUTE_BREAKS[-1]}),
    ]


def _added_classes(strings: Strings) -> list[str]:
    return [
        strings.text("map.legend.shorter"),
        strings.text("map.legend.unchanged"),
        *_between(ADDED_BREAKS[1:], strings),
        strings.text("map.legend.over", **{"from": ADDED_BREAKS[-1]}),
    ]


def _between(breaks: tuple[int, ...], strings: Strings) -> list[str]:
    return [
        strings.text("map.legend.between", **{"from": low, "to": high})
        for low, high in pairwise(breaks)
    ]
