"""The maps: the offices of the plan, minutes before and after, added minutes, and each region."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from optimizer.outputs.figures.drawing import ADDED_MINUTES, AFTER, BEFORE, Drawing
from optimizer.outputs.figures.figure import Figure
from optimizer.outputs.figures.insets import SIZE, any_added, any_office, inset, largest
from optimizer.outputs.figures.maps import (
    ADDED,
    LAND,
    MINUTES,
    NO_DATA,
    Window,
    ground,
    names,
    offices,
    swatches,
)
from optimizer.outputs.figures.marks import PAINT, Mark, drawn
from optimizer.outputs.figures.svg import group, text
from optimizer.outputs.map.offices import STATES
from optimizer.outputs.map.regions import known_towns
from optimizer.outputs.map.shapes import insets_help
from optimizer.outputs.map.signs import SHAPES

INSET_TOP = 420.0  #: beside the map of a region, below the legend
REGION_DIVISION = "ssc"
RIM = 0.06  #: of a part of the map, shown around it
GAP = 6  #: to what stands beside a part of the map


def offices_map(drawing: Drawing) -> Figure:
    """The network with every office, and the three largest municipalities nearer."""
    strings = drawing.strings
    window = _whole(drawing, 245, 0, 395, 800)
    plain = dict.fromkeys(drawing.paths, LAND)
    body = [_land(drawing, window, plain, "offices")]
    body.append(offices(window, drawing.marks, 0.72))
    if drawing.part:
        body.append(names(window, drawing.marks, 0.72))
    body.append(_legend_states(drawing, 0, 14, drawing.marks))
    near = [code for code in largest(drawing) if any_office(drawing, code, drawing.marks)]
    body += _beneath(drawing, near, "offices", plain, drawing.marks)
    counts = _counts(drawing.marks)
    told = ", ".join(
        f"{strings.text(f'state.{key}')} {counts[key]}" for key in STATES if counts[key]
    )
    return Figure(
        name="offices",
        title=strings.text("figures.offices.title", year=drawing.account.source.last_year),
        description=strings.text("figures.offices.description", counts=told),
        width=640,
        height=800,
        body="".join(body),
        note=strings.text("figures.credit"),
    )


def minutes_map(drawing: Drawing) -> Figure:
    """Minutes of travel per municipality today and in the last year, side by side."""
    strings, source = drawing.strings, drawing.account.source
    body = []
    for place, (layer, year) in enumerate(((BEFORE, source.base_year), (AFTER, source.last_year))):
        window = _whole(drawing, 255.0 * place, 24, 255, 560)
        body.append(text(255 * place + 20, 14, str(year), size=12, weight=700))
        body.append(_land(drawing, window, drawing.fills(layer), f"minutes-{layer}"))
    heading = strings.text("figures.minutes.legend")
    fills = [drawing.fills(layer) for layer in (BEFORE, AFTER)]
    grey = any(code not in of for of in fills for code in drawing.paths)
    body.append(_classes(drawing, AFTER, (522, 40), heading=heading, colours=MINUTES, grey=grey))
    everybody = drawing.account.areas[0]
    return Figure(
        name="minutes",
        title=strings.text("figures.minutes.title"),
        description=strings.text(
            "figures.minutes.description",
            before=strings.number(everybody.mean_before, 1),
            after=strings.number(everybody.mean_after, 1),
        ),
        width=640,
        height=590,
        body="".join(body),
        note=strings.text("figures.credit"),
    )


def _whole(drawing: Drawing, x: float, y: float, width: float, height: float) -> Window:
    """A window on the whole country, or on the part of it that a small network lies in."""
    frame, part = drawing.shapes.frame, drawing.part
    if part is None:
        return Window(0, 0, frame.width, frame.height, x, y, width, height)
    rim = RIM * max(part.width, part.height)
    west, north = part.x - rim, part.y - rim
    wide, high = part.width + 2 * rim, part.height + 2 * rim
    return Window(west, north, wide, high, x, y, width - GAP, height)


def _land(drawing: Drawing, window: Window, fills: Mapping[str, str], name: str) -> str:
    """The municipalities in a window on the whole, cut off at its frame where that is a part."""
    clip = f"{name}-part" if drawing.part else ""
    return ground(window, drawing.paths, fills, outline=drawing.outline, clip=clip)


def _beneath(
    drawing: Drawing, codes: Sequence[str], name: str, fills: dict[str, str], marks: Sequence[Mark]
) -> list[str]:
    """Municipalities nearer, one beneath the other at the left of a map that is not so near."""
    if not insets_help(drawing.part):
        return []
    return [
        inset(
            drawing,
            code,
            name=name,
            at=(0, 262 + 182.0 * place),
            paths=drawing.paths,
            fills=fills,
            marks=marks,
        )
        for place, code in enumerate(codes)
    ]


def added_map(drawing: Drawing) -> Figure:
    """Minutes that the plan adds per municipality in the last year."""
    strings = drawing.strings
    window = _whole(drawing, 245, 0, 395, 800)
    fills = drawing.fills(ADDED_MINUTES)
    body = [_land(drawing, window, fills, "added")]
    body.append(_classes_added(drawing, (0, 14), drawing.paths, fills))
    changing = [mark for mark in drawing.marks if mark.changes]
    near = [code for code in largest(drawing) if any_added(drawing, code, fills, changing)]
    body += _beneath(drawing, near, "added", fills, changing)
    body.append(offices(window, changing, 0.72))
    farther = drawing.account.areas[0].farther
    return Figure(
        name="added",
        title=strings.text("figures.added.title", year=drawing.account.source.last_year),
        description=strings.text("figures.added.description", people=strings.number(farther)),
        width=640,
        height=800,
        body="".join(body),
        note=strings.text("figures.credit"),
    )


def region_maps(drawing: Drawing) -> list[tuple[str, Figure]]:
    """A map for each region of the agency (or of the drawn division): (region_code, figure)."""
    members = proposal_regions(drawing.account.source.run.members)
    known = known_towns(drawing.account.source.run)
    found = []
    for number, (code, rows) in enumerate(members.groupby("region_code", sort=True)):
        codes = [one for one in rows["municipality_code"] if one in drawing.paths]
        if known & set(codes):
            region = str(rows["region"].iloc[0])
            found.append((str(code), _region_map(drawing, region, codes, number)))
    return found


def proposal_regions(members: pd.DataFrame) -> pd.DataFrame:
    """The regions that the proposal is told by: the agency's own, else the first division's."""
    if members.empty:
        return pd.DataFrame({"region_code": [], "region": [], "municipality_code": []})
    divisions = list(dict.fromkeys(members["division"]))
    name = REGION_DIVISION if REGION_DIVISION in divisions else divisions[0]
    return members[members["division"] == name]


def _region_map(drawing: Drawing, region: str, codes: list[str], number: int) -> Figure:
    strings = drawing.strings
    at = [drawing.shapes.codes.index(code) for code in codes]
    west, north, east, south = shapely.total_bounds(drawing.shapes.polygons[np.array(at)])
    width, height = float(east - west), float(south - north)
    sheet_height = min(620.0, max(320.0, 470.0 * height / width))
    window = Window(float(west), float(north), width, height, 0, 0, 470, sheet_height)
    inside = set(codes)
    all_fills = drawing.fills(ADDED_MINUTES)
    own = {code: path for code, path in drawing.paths.items() if code in inside}
    marks = [mark for mark in drawing.marks if drawing.town_of[mark.office_id] in inside]
    body = [
        ground(window, own, all_fills),
        offices(window, marks, 0.85),
        names(window, marks, 0.85),
        _classes_added(drawing, (480, 14), own, all_fills),
        _legend_states(drawing, 480, 178, marks),
    ]
    inner = [
        code for code in largest(drawing) if code in inside and any_office(drawing, code, marks)
    ]
    tops = [INSET_TOP + 182.0 * place for place in range(len(inner))]
    body += [
        inset(
            drawing,
            code,
            name=f"region-{number + 1}",
            at=(480, top),
            paths=own,
            fills=all_fills,
            marks=marks,
        )
        for code, top in zip(inner, tops, strict=True)
    ]
    counts = _counts(marks)
    told = ", ".join(
        f"{strings.text(f'state.{key}')} {counts[key]}" for key in STATES if counts[key]
    )
    return Figure(
        name=f"region-{number + 1}",
        title=strings.text("figures.region.title", region=region),
        description=strings.text(
            "figures.region.description" if marks else "figures.region.description_empty",
            region=region,
            counts=told,
        ),
        width=640,
        height=round(max(sheet_height, 330, *(top + SIZE + 2 for top in tops))),
        body="".join(body),
        note=strings.text("figures.credit"),
    )


def _classes_added(
    drawing: Drawing, at: tuple[float, float], shown: Collection[str], fills: Collection[str]
) -> str:
    """The legend of added minutes on a map of the municipalities ``shown``."""
    heading = drawing.strings.text("figures.added.legend")
    grey = any(code not in fills for code in shown)
    return _classes(drawing, ADDED_MINUTES, at, heading=heading, colours=ADDED, grey=grey)


def _classes(
    drawing: Drawing,
    layer: str,
    at: tuple[float, float],
    *,
    heading: str,
    colours: Sequence[str],
    grey: bool,
) -> str:
    """The legend of a layer's classes, with that of no data where some municipality is grey."""
    labels = drawing.class_labels(layer)
    if grey:
        labels = [*labels, drawing.strings.text("map.legend.no_data")]
        colours = [*colours, NO_DATA]
    return swatches(*at, heading, labels, colours)


def _legend_states(drawing: Drawing, x: float, y: float, marks: Sequence[Mark]) -> str:
    """What the marks mean: state by colour and glyph, then mode by form; empty without marks."""
    if not marks:
        return ""
    strings = drawing.strings
    counts = _counts(marks)
    states = [one for one in PAINT if counts[one]]
    parts = [text(x, y, strings.text("figures.legend.state"), size=10.5, weight=700)]
    top = y + 16.0
    for state in states:
        sign = {"shape": SHAPES[0], "dot": False}
        parts.append(drawn(Mark("", "", 0, 0, state, sign), x + 8, top - 3.5, 0.9))
        parts.append(text(x + 22, top, strings.text(f"state.{state}"), size=10.5))
        top += 17
    top += 12
    parts.append(text(x, top, strings.text("figures.legend.mode"), size=10.5, weight=700))
    used = {mark.sign["title"] for mark in drawing.marks}
    top += 16
    for sign in drawing.signs.values():
        if sign["title"] in used:
            parts.append(drawn(Mark("", "", 0, 0, "keep", sign), x + 8, top - 3.5, 0.9))
            parts += [
                text(x + 22, top + 11.5 * row, words, size=9.5)
                for row, words in enumerate(_two_lines(str(sign["title"])))
            ]
            top += 15 if len(str(sign["title"])) <= LINE_LETTERS else 26
    return group(parts)


LINE_LETTERS = 27


def _two_lines(words: str) -> list[str]:
    """A title on one line, or two where it is long."""
    if len(words) <= LINE_LETTERS:
        return [words]
    cut = words.rfind(" ", 0, LINE_LETTERS)
    cut = cut if cut > 0 else LINE_LETTERS
    return [words[:cut], words[cut:].strip()[:LINE_LETTERS]]


def _counts(marks: Sequence[Mark]) -> dict[str, int]:
    return {state: sum(mark.state == state for mark in marks) for state in PAINT}
