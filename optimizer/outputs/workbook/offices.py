"""Kontor: one row per site, today and each year side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from optimizer.outputs.map.offices import STATES
from optimizer.outputs.map.regions import drawn_division
from optimizer.outputs.services import in_words, office_services, service_titles
from optimizer.outputs.side_by_side import Run, office_rows
from optimizer.outputs.side_by_side.offices import ENDS, divisions_of, region_column
from optimizer.outputs.workbook.looks import STATES as LOOKS
from optimizer.outputs.workbook.page import A3, Column, Page

#: figure, its kind, the width of its columns
FIGURES = (("visits", "whole", 10), ("fte", "one", 8), ("cost_mnkr", "two", 9))


def write_offices(page: Page, run: Run) -> None:
    """The sheet of offices, by municipality."""
    page.head(page.text("offices.title"), page.text("offices.note"))
    rows = _words(office_rows(run.tables), page, run)
    page.main_table(tuple(_columns(page, run)), rows, fixed=2, paper=A3, pages_wide=2)


def _columns(page: Page, run: Run) -> Iterator[Column]:
    today, *years = run.moments
    text = page.column_text
    strings = page.titles.strings
    yield Column("office_id", text("office_id"), width=8)
    yield Column("office", text("office"), "words", 19)
    yield Column("municipality_code", text("municipality_code"), width=13)
    yield Column("municipality", text("municipality"), "words", 14)
    wanted = (drawn_division(run.tables).name, "county")
    for division in (one for one in divisions_of(run.tables) if one in wanted):
        yield Column(region_column(division), page.titles.division(division), "words", 15)
    signs = tuple((strings.text(f"state.{key}"), key) for key in STATES if key in LOOKS)
    yield Column("state", text("state"), width=14, signs=signs)
    yield Column("changed", text("changed"), "year", 8)
    for ending, name in run.moments:
        yield Column(f"mode_{ending}", text("mode", when=name), "words", 16)
    acts = tuple((strings.text(f"action.{key}"), key) for key in STATES if key in LOOKS)
    for ending, name in years:
        yield Column(f"action_{ending}", text("action", when=name), width=14, signs=acts)
    yield Column("into", text("into"), "words", 15)
    yield Column("leaves_municipality", text("leaves_municipality"), width=11)
    yield Column("decided_by", text("decided_by"), "words", 16)
    for figure, kind, width in FIGURES:
        for ending, name in (today, *years):
            origin = f"origin_{figure}" if ending == "today" else ""
            heading = text(figure, when=name)
            yield Column(f"{figure}_{ending}", heading, kind, width, total=True, origin=origin)
    yield Column("services", text("services"), "words", 34)
    yield Column("motive", text("motive"), "words", 72)
    yield Column("evidence", text("evidence"), width=15)


def _words(rows: pd.DataFrame, page: Page, run: Run) -> pd.DataFrame:
    """The rows with titles in place of keys."""
    titles = page.titles
    out = rows.copy()
    out["municipality"] = [titles.municipality(code) for code in rows["municipality_code"]]
    out["state"] = [titles.state(key) for key in rows["state"]]
    for ending, _ in run.moments:
        out[f"mode_{ending}"] = [titles.mode(key) for key in rows[f"mode_{ending}"]]
    for year in run.tables.years:
        out[f"action_{year}"] = [titles.action(key) for key in rows[f"action_{year}"]]
    out["into"] = [titles.office(key) if key else "" for key in rows["into_office_id"]]
    ends = rows["state"].isin(ENDS)
    out["leaves_municipality"] = rows["leaves_municipality"].astype(object).where(ends, "")
    out["decided_by"] = [titles.of("tables.decided_by", key) for key in rows["decided_by"]]
    services, named = office_services(run.tables), service_titles(run.tables, titles.strings)
    out["services"] = [
        in_words(services[one], named, titles.strings) if one in services else ""
        for one in rows["office_id"]
    ]
    out["evidence"] = [titles.of("evidence", key) for key in rows["evidence"]]
    return out
