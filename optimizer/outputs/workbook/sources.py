"""Källor: how good the plan is known to be, what it was counted from, and how to check it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.outputs.built_in import built_in_tables, tables_used, without_folders
from optimizer.outputs.map.figures import certificate
from optimizer.outputs.measure import at_most, measure_of
from optimizer.outputs.side_by_side import Run
from optimizer.outputs.warnings import told
from optimizer.outputs.workbook.cells import put
from optimizer.outputs.workbook.page import Column, Page

WIDTHS = (52, 58, 8, 34, 14, 9, 60)
MARKS = ("observed", "estimated", "assumed")
CERTIFICATE = (
    ("objective", "count"),
    ("bound", "count"),
    ("objective_today", "count"),
    ("gap", "share"),
    ("gap_total", "share"),
    ("seconds_solve", "one"),
    ("solver", "text"),
)

_EFFORT = ("seconds_solve", "solver")


def write_sources(page: Page, run: Run) -> None:
    """Certificate, verification, marks, data, built-in tables used and the hashes of the inputs."""
    page.head(page.text("sources.title"), page.text("sources.note"))
    page.widths(WIDTHS)
    row = _certificate(page, run, 3)
    row = _sentences(page, row, "verification", [page.text("sources.verification_text")])
    row = _marks(page, row)
    row = _sentences(page, row, "warnings", _warnings(page, run))
    row = _pairs(page, row, "data", _data(run.tables.config))
    row = _tables(page, run, row)
    _pairs(page, row, "hashes", _hashes(run))
    page.print_setup()


def _certificate(page: Page, run: Run, row: int) -> int:
    summary = run.tables.summary
    row = _heading(page, row, "certificate")
    said = certificate(summary, page.titles.strings)
    if said is not None:
        status = page.column_text("status")
        put(page.sheet, row, 0, status, page.looks.cell("text"))
        put(page.sheet, row, 1, said.status, page.looks.cell("text"))
        row += 1
    for key, kind in CERTIFICATE:
        value = summary.get(key)
        if value is None:
            continue
        label = page.column_text(key) if key in _EFFORT else _in_its_unit(page, summary, key)
        put(page.sheet, row, 0, label, page.looks.cell("text"))
        if kind == "share":  # as it is told elsewhere, an upper limit
            value, kind = at_most(float(value), page.titles.strings), "text"
        put(page.sheet, row, 1, value, page.looks.cell(kind, left=True))
        row += 1
    return row + 1


def _in_its_unit(page: Page, summary: Mapping[str, Any], key: str) -> str:
    """What a value or gap is of, in the unit of what the plan is best at."""
    strings, measure = page.titles.strings, measure_of(summary)
    unit, of = (measure.text(word, strings) for word in ("unit", "of"))
    return strings.text(f"report.proof.{key}", unit=unit, of=of)


def _marks(page: Page, row: int) -> int:
    """What the looks of a cell say about its number."""
    row = _heading(page, row, "marks")
    for origin in MARKS:
        look = page.looks.cell("text", mark=origin)
        put(page.sheet, row, 0, page.titles.of("tables.origin", origin), look)
        put(page.sheet, row, 1, page.text(f"sources.mark.{origin}"), page.looks.note())
        row += 1
    return row + 1


def _tables(page: Page, run: Run, row: int) -> int:
    """The built-in tables that the run was counted from; nothing if there are none."""
    used = tables_used(run.tables.config)
    if not used:
        return row
    row = _heading(page, row, "tables")
    rows = built_in_tables(page.titles.strings).loc[list(used)]
    rows["kind"] = [page.titles.of("tables.origin", kind) for kind in rows["kind"]]
    rows["year"] = pd.to_numeric(rows["year"], errors="coerce")
    text = page.column_text
    columns = (
        Column("title", text("table"), "words", WIDTHS[0]),
        Column("source", text("source"), "words", WIDTHS[1]),
        Column("year", text("year"), "year", WIDTHS[2]),
        Column("licence", text("licence"), "words", WIDTHS[3]),
        Column("kind", text("kind"), "words", WIDTHS[4]),
        Column("rows", text("table_rows"), "count", WIDTHS[5]),
        Column("note", text("note"), "words", WIDTHS[6]),
    )
    return page.table(row, columns, rows) + 1


def _pairs(page: Page, row: int, name: str, pairs: Mapping[str, str]) -> int:
    """A heading and lines of a name and what it stands for; nothing if there are none."""
    if not pairs:
        return row
    row = _heading(page, row, name)
    for key, value in pairs.items():
        put(page.sheet, row, 0, key, page.looks.cell("text"))
        put(page.sheet, row, 1, value, page.looks.cell("text"))
        row += 1
    return row + 1


def _sentences(page: Page, row: int, name: str, sentences: list[str]) -> int:
    if not sentences:
        return row
    row = _heading(page, row, name)
    for sentence in sentences:
        put(page.sheet, row, 0, sentence, page.looks.note())
        row += 1
    return row + 1


def _heading(page: Page, row: int, name: str) -> int:
    put(page.sheet, row, 0, page.text(f"sources.{name}"), page.looks.section())
    return row + 1


def _warnings(page: Page, run: Run) -> list[str]:
    warnings = run.tables.summary.get("warnings", ())
    return [told(str(warning), page.titles.strings)[0] for warning in warnings]


def _data(config: Mapping[str, Any]) -> dict[str, str]:
    """Where each table of the run came from, by its key in the config; files by their names."""
    pairs: dict[str, str] = {}
    for key, value in (config.get("data") or {}).items():
        inner = value if isinstance(value, Mapping) else {"": value}
        for name, item in inner.items():
            if item is not None:
                pairs[f"data.{key}.{name}".rstrip(".")] = without_folders(str(item))
    return pairs


def _hashes(run: Run) -> dict[str, str]:
    """SHA-256 of the files in inputs/."""
    path = run.folder / "inputs" / "sha256.json"
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return {f"inputs/{name}": str(digest) for name, digest in found.items()}
