"""The page of the map: template, style and script put together into one closed file."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from optimizer.outputs.map import areas
from optimizer.outputs.map.figures import certificate, figures
from optimizer.outputs.map.modes import CLOSED, SHAPES, SIGNS, STATES, in_language, mode_views
from optimizer.outputs.map.offices import Office, offices
from optimizer.outputs.map.outlines import borders, frame, outlines, places
from optimizer.outputs.map.payload import TOWNS, Shown, need_title, payload
from optimizer.outputs.map.reading import Run
from optimizer.outputs.strings import Strings


def page(run: Run, strings: Strings) -> str:
    """The whole html text of a run's map in the language of `strings`."""
    style, script = _part("map.css"), _part("map.js")
    shown = Shown(
        offices=offices(run),
        outlines=outlines(),
        modes=mode_views(run.config, strings),
        figures=figures(run, strings),
        towns=_towns(),
    )
    return _template().render(
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(payload(run, shown, strings)),
        t=strings.text,
        s=strings,
        shown=shown,
        offices=shown.offices,
        names={outline.municipality_code: outline.municipality for outline in shown.outlines},
        office_names={office.office_id: office.name for office in shown.offices},
        modes=_mode_titles(shown, strings),
        used_modes=_used_modes(shown),
        frame=frame(),
        borders=borders(_region_of(run)),
        division=_division(run, strings),
        shapes=SHAPES,
        signs=SIGNS,
        states=STATES,
        title=in_language(run.summary.get("title"), strings.language)
        or in_language(run.config.get("title"), strings.language)
        or str(run.summary.get("name") or run.config.get("name") or ""),
        kicker=_kicker(run, strings),
        today=run.today,
        years=(run.today, *run.planning_years),
        last=run.planning_years[-1],
        needs={need: need_title(need, strings) for need in areas.needs(run)},
        default_need=areas.default_need(run),
        certificate=certificate(run, strings),
        notes=_notes(shown.offices, strings),
        warnings=[
            in_language(warning, strings.language) for warning in run.summary.get("warnings") or []
        ],
    )


def _policy(style: str, script: str) -> str:
    """The page may use its own style and script, by hash, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


@cache
def _part(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_part("map.html.j2"))


def _towns() -> dict[str, list[int]]:
    points = places([town[0] for town in TOWNS.values()], [town[1] for town in TOWNS.values()])
    return {
        name: [*point, width]
        for (name, (_, _, width)), point in zip(TOWNS.items(), points, strict=True)
        if point is not None
    }


def _mode_titles(shown: Shown, strings: Strings) -> dict[str, str]:
    titles = {name: view.title for name, view in shown.modes.items()}
    return {**titles, CLOSED: strings.text("mode.closed")}


def _used_modes(shown: Shown) -> list[str]:
    used = {one.mode for office in shown.offices for one in office.years.values()}
    return [name for name in shown.modes if name in used]


def _region_of(run: Run) -> dict[str, str]:
    members = run.membership
    if members.empty:
        return {outline.municipality_code: outline.fa15_code for outline in outlines()}
    members = members[members["division"] == members["division"].iloc[0]]
    return dict(zip(members["municipality_code"], members["region_code"], strict=True))


def _division(run: Run, strings: Strings) -> str:
    division = "fa" if run.membership.empty else str(run.membership["division"].iloc[0])
    if division.lower().startswith("fa"):
        return strings.text("map.legend.fa")
    return strings.text("map.legend.division", division=division)


def _kicker(run: Run, strings: Strings) -> str:
    first, last = run.planning_years[0], run.planning_years[-1]
    if first == last:
        return strings.text("map.kicker_one_year", first=first)
    return strings.text("map.kicker", first=first, last=last)


def _notes(shown: Sequence[Office], strings: Strings) -> list[str]:
    estimated = sum(office.estimated for office in shown)
    provisional = sum(office.evidence == "provisional" for office in shown)
    nowhere = sum(office.place is None for office in shown)
    keys = [("travel", 0), ("average", 0), ("cost", 0), ("proposal", 0)]
    counted = [("estimated", estimated), ("provisional", provisional)]
    after = [("no_place", nowhere)] if nowhere else []
    return [
        strings.text(f"map.note.{key}", count=strings.number(count), total=len(shown))
        for key, count in [*(pair for pair in counted if pair[1]), *keys, *after]
    ]
