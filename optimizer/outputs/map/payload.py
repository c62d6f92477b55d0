"""What the map's script works on, as json that is safe inside a script block."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.outputs.map import areas
from optimizer.outputs.map.figures import Figure
from optimizer.outputs.map.modes import ModeView
from optimizer.outputs.map.offices import Office, OfficeYear
from optimizer.outputs.map.outlines import Outline
from optimizer.outputs.map.reading import Run
from optimizer.outputs.strings import Strings

TOWNS = {  # quick zoom: place, and the corner and width of the view in units of the map
    "Stockholm": (18.06, 59.33, 900),
    "Göteborg": (11.97, 57.71, 900),
    "Malmö": (13.10, 55.62, 900),
}
TEXTS = ("action", "evidence", "map.areas", "map.caption", "map.card", "map.legend", "map.table", "map.tip")
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True)
class Shown:
    """Everything the page shows, worked out once."""

    offices: Sequence[Office]
    outlines: Sequence[Outline]
    modes: dict[str, ModeView]
    figures: Sequence[Figure]
    towns: dict[str, list[int]]


def payload(run: Run, shown: Shown, strings: Strings) -> str:
    """The data of the script, as text for a script block of type application/json."""
    codes = [outline.municipality_code for outline in shown.outlines]
    position = {office.office_id: place for place, office in enumerate(shown.offices)}
    data: dict[str, Any] = {
        "locale": strings.language,
        "today": run.today,
        "needs": {str(need): need_title(need, strings) for need in areas.needs(run)},
        "minutes": areas.minutes(run, codes),
        "breaks": {
            "minutes": areas.MINUTE_BREAKS,
            "added": areas.ADDED_BREAKS,
            "unchanged": areas.UNCHANGED_MINUTES,
        },
        "municipalities": [outline.municipality for outline in shown.outlines],
        "regions": areas.regions(run, codes),
        "modes": {
            name: {"title": view.title, "shape": view.shape, "dot": view.dot}
            for name, view in shown.modes.items()
        },
        "offices": [_office(office, codes, position) for office in shown.offices],
        "figures": {figure.key: figure.by_year for figure in shown.figures},
        "towns": shown.towns,
        "states": strings.section("state"),
        "closed": strings.text("mode.closed"),
        "texts": {name: strings.section(name) for name in TEXTS},
    }
    return safe_json(data)


def safe_json(data: object) -> str:
    """Json that no name in the data can break out of: neither a tag nor a line end of scripts."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escaped in UNSAFE.items():
        text = text.replace(character, escaped)
    return text


def need_title(need: int, strings: Strings) -> str:
    """The name of a level of need."""
    return strings.text_or(f"need.{need}", strings.text("need.other", need=need))


def _office(office: Office, codes: list[str], position: dict[str, int]) -> dict[str, Any]:
    code = office.municipality_code
    return {
        "id": office.office_id,
        "name": office.name,
        "area": codes.index(code) if code in codes else None,
        "at": office.place,
        "candidate": office.candidate,
        "evidence": office.evidence,
        "estimated": office.estimated,
        "years": {str(year): _year(one, position) for year, one in office.years.items()},
    }


def _year(one: OfficeYear, position: dict[str, int]) -> dict[str, Any]:
    return {
        "mode": one.mode,
        "state": one.state,
        "action": one.action,
        "into": position.get(one.into),
        "visits": None if one.visits is None else round(one.visits),
        "fte": None if one.fte is None else round(one.fte, 1),
        "cost": None if one.cost_mnkr is None else round(one.cost_mnkr, 2),
        "leaves": one.leaves,
        "motive": one.motive,
    }
