"""`map.html`: the page put together from the tables of run folders, in one self-contained file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from optimizer.outputs.broken_rules import broken_sentence
from optimizer.outputs.map.access import largest_municipalities
from optimizer.outputs.map.charts import access_chart, budget_chart
from optimizer.outputs.map.data import (
    default_need,
    embedded,
    mode_titles,
    need_titles,
    page_data,
)
from optimizer.outputs.map.figures import certificate, figure_tiles
from optimizer.outputs.map.legend import LAYERS, class_texts
from optimizer.outputs.map.notes import reading_notes
from optimizer.outputs.map.offices import STATES, alphabetical
from optimizer.outputs.map.regions import division_of, known_towns, narrowed
from optimizer.outputs.map.runs import MappedRun, comparable, mapped
from optimizer.outputs.map.shapes import INSET_UNITS, Shapes, insets_help, national_shapes
from optimizer.outputs.map.signs import GLYPHS, mode_signs, title
from optimizer.outputs.motives import NONE, Motives, in_language
from optimizer.outputs.page_shell import asset, environment, policy, write_page
from optimizer.outputs.partner_places import partner_places
from optimizer.outputs.run_names import told_apart
from optimizer.outputs.run_tables import RunTables, read_tables
from optimizer.outputs.strings import Strings, load
from optimizer.outputs.warnings import told

SCRIPTS = (  # in this order, one script
    "state.js",
    "areas.js",
    "offices.js",
    "card.js",
    "tables.js",
    "view.js",
    "names.js",
    "keys.js",
    "choices.js",
    "link.js",
)
INSETS = 3


@dataclass(frozen=True)
class Apart:
    """In what questions and inputs of runs on one map differ, in the language of the map."""

    questions: Sequence[str] = ()
    inputs: Sequence[str] = ()
    gaps: Sequence[str] = ()  # pairs of runs of which either may be the better


def write_map(folder: Path, *, language: str, report: str = "") -> Path:
    """Write `map.html` into a run folder from its tables; the same tables give the same bytes.

    ``report``: the file beside it that the page leads to, if any.
    """
    return _written(folder, [folder], language, report=report)


def write_comparison_map(
    folders: Sequence[Path],
    out: Path,
    *,
    language: str,
    apart: Apart | None = None,
    motives: Mapping[Path, Motives] | None = None,
) -> Path:
    """Write `map.html` into a folder `out`: one map of several runs, with a switch between them.

    ``apart``: in what the runs' questions and inputs differ. ``motives``: of runs in another
    language, by folder. InputError if the runs have no
    planning year in common.
    """
    return _written(out, folders, language, apart, motives)


def render(
    runs: Sequence[RunTables],
    language: str,
    folders: Sequence[Path],
    apart: Apart | None = None,
    *,
    report: str = "",
) -> str:
    """The page of one run or several as text; their folders tell apart what is called alike.

    ``report``: the file beside the page that it leads to, if any.
    InputError if the runs have no planning year in common.
    """
    strings = load(language)
    shapes = national_shapes()
    sites, shown = mapped(comparable(runs), shapes)
    first = shown[0]
    tables = [run.tables for run in shown]
    counties = narrowed(division_of(first.tables, "county"), tables)
    home = shapes.part_around(set[str]().union(*(known_towns(one) for one in tables)))
    signs = _signs(shown, language)
    names = [str(run.tables.summary.get("name", "")) for run in shown]
    titles = [
        title(run.tables.summary.get("title"), language) or name
        for run, name in zip(shown, names, strict=True)
    ]
    names, titles = told_apart(names, folders), told_apart(titles, folders)
    data = page_data(shown, sites, shapes, counties, signs, strings)
    data |= {"names": names, "home": home and home._asdict()}
    style = asset(__package__, "map.css")
    script = "".join(asset(__package__, name) for name in SCRIPTS)
    page = environment(__package__).get_template("map.html.j2")
    return page.render(
        language=language,
        text=strings.text,
        number=strings.number,
        policy=policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(embedded(data)),
        runs=[
            _run_page(run, strings) | {"title": one} for run, one in zip(shown, titles, strict=True)
        ],
        years=(first.tables.base_year, *first.tables.years),
        need_titles=need_titles(first.tables, strings),
        default_need=default_need(first.tables),
        layers=LAYERS,
        frame=shapes.frame,
        paths=list(zip(shapes.codes, shapes.paths(), strict=True)),
        outlines=shapes.outlines(first.division.region_of),
        division=first.division.name,
        regions=_by_name(first.division.titles),
        counties=_by_name(counties.titles),
        insets=_insets(first.tables, shapes) if insets_help(home) else [],
        sites=sites,
        first=first.offices,
        evidence={
            one["evidence"]: strings.text_or(f"evidence.{one['evidence']}", one["evidence"])
            for one in sites
        },
        mode_titles=mode_titles(signs, strings),
        signs=_used(signs, shown),
        states=[key for key in STATES if any(_has(run, key) for run in shown)],
        glyphs=GLYPHS,
        classes=class_texts(strings),
        apart=apart or Apart(),
        report=report,
        state=lambda key: strings.text(f"state.{key}"),
    )


def _signs(shown: Sequence[MappedRun], language: str) -> dict[str, dict[str, Any]]:
    """The sign of each mode that some run has; the first run's, where they differ."""
    modes: dict[str, Any] = {}
    for run in reversed(shown):
        modes |= run.tables.config.get("modes") or {}
    return mode_signs(modes, language)


def _written(
    out: Path,
    folders: Sequence[Path],
    language: str,
    apart: Apart | None = None,
    motives: Mapping[Path, Motives] | None = None,
    *,
    report: str = "",
) -> Path:
    told = motives or {}
    runs = [
        in_language(read_tables(folder), language, told.get(folder, NONE)) for folder in folders
    ]
    page = render(runs, language, folders, apart, report=report)
    return write_page(out / "map.html", page)


def _run_page(run: MappedRun, strings: Strings) -> dict[str, Any]:
    """What the page says of one run in words, figures and charts."""
    tables = run.tables
    summary, years = tables.summary, (tables.base_year, *tables.years)
    budget = budget_chart(tables, strings)
    return {
        "tiles": figure_tiles(
            summary, years, tables.base_year, strings, partner_places(tables, strings)
        ),
        "certificate": certificate(summary, strings),
        "broken": broken_sentence(tables.requirements, strings),
        "budget": budget,
        "access": [access_chart(tables, need, strings) for need in tables.needs],
        "notes": reading_notes(tables, run.records, strings),
        "warnings": [told(str(one), strings) for one in summary.get("warnings", ())],
    }


def _by_name(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Regions as (code, name) in the order of the alphabet."""
    return sorted(titles.items(), key=lambda one: alphabetical(one[1]))


def _used(signs: dict[str, dict[str, Any]], runs: Sequence[MappedRun]) -> list[dict[str, Any]]:
    """The signs of modes that some office has in some year, in the order of the catalogue."""
    years = (year for run in runs for one in run.records for year in one["years"])
    used = {year["mode"] for year in years}
    return [sign for name, sign in signs.items() if name in used]


def _has(run: MappedRun, state: str) -> bool:
    return any(year["state"] == state for one in run.records for year in one["years"])


def _insets(tables: RunTables, shapes: Shapes) -> list[dict[str, Any]]:
    """The largest cities, each as a name and the part of the map around it."""
    half = INSET_UNITS / 2
    insets = []
    for code in largest_municipalities(tables, shapes.codes, INSETS):
        x, y = shapes.centre(code)
        box = f"{x - half:.0f} {y - half:.0f} {INSET_UNITS} {INSET_UNITS}"
        insets.append({"name": shapes.names[shapes.codes.index(code)], "box": box})
    return insets
