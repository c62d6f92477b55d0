"""The workbook to fill in: a sheet for each table, with headings, comments, lists and checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geodata import builtin
from geodata.headings import swedish
from geodata.overlay import REMOVE
from geodata.schemas import (
    CANDIDATES,
    DECIDED,
    OFFICES,
    REGIONS,
    TRAVEL,
    VISITS,
    ZONES,
    Column,
    Schema,
)
from optimizer.built_in_sheet import write_built_in
from optimizer.outputs.strings import Strings, load

FACE = "Calibri"
DARK, PALE = "1B3A57", "E9EEF3"
_EDGE = Side(style="thin", color="C9D3DC")
_PAPER_LANDSCAPE = "landscape"
_A4 = 9


@dataclass(frozen=True)
class Sheet:
    """One sheet: its schema, the columns shown, those filled in beforehand, rows for input."""

    title: str
    schema: Schema
    columns: tuple[str, ...]
    given: pd.DataFrame
    spare_rows: int
    colour: str


def sheets(totals: pd.DataFrame) -> tuple[Sheet, ...]:
    """The sheets in order; a table that the config reads, each. ``totals`` names the regions."""
    site = [column.name for column in OFFICES.columns]
    new = [name for name in site if name not in ("mode", "open_days", "visits_per_year", "fte")]
    offices = builtin.load("offices")[["office_id", "office", "municipality_code"]]
    zones = builtin.load("localities")[["zone_id", "zone", "municipality_code"]]
    decided = tuple(column.name for column in DECIDED.columns)
    zone = ["longitude", "latitude", "population", "area_type", "visits_per_year"]
    metres = ["sweref_e", "sweref_n"]
    return (
        Sheet("Kontor", OFFICES, (*site, *metres, REMOVE), offices, 50, "1F6F8B"),
        Sheet("Kandidater", CANDIDATES, (*new, *metres, REMOVE), _none(), 300, "5B8C5A"),
        Sheet("Områden", ZONES, (*zones.columns, *zone, *metres, REMOVE), zones, 500, "A9714B"),
        Sheet(
            "Regioner",
            REGIONS,
            ("municipality_code", "municipality", "region_code", "region"),
            builtin.load("municipalities")[["municipality_code", "municipality"]],
            0,
            "7A5C99",
        ),
        Sheet("Besök", VISITS, ("region_code", "region", "visits"), totals, 0, "B3543A"),
        Sheet("Beslut", DECIDED, decided, _none(), 200, "8A6D3B"),
        Sheet(
            "Restider", TRAVEL, ("zone_id", "office_id", "minutes", "km"), _none(), 2000, "707070"
        ),
    )


def write_workbook(path: Path, modes: Mapping[str, str], built_in: pd.DataFrame) -> None:
    """Write the workbook.

    ``modes`` gives the titles of the ways to run an office by their names; ``built_in`` what is
    known and estimated of each office where nothing is filled in (inputs/sites.csv of the base).
    """
    strings = load("sv")
    book = Workbook()
    first = book.active
    first.title = strings.text("starter.first_sheet")
    _introduction(first, strings)
    regions = builtin.load("regions").query("division == 'ssc'")
    totals = regions[["region_code", "region"]].drop_duplicates().reset_index(drop=True)
    for sheet in sheets(totals):
        _sheet(book.create_sheet(sheet.title), sheet, tuple(modes.values()), strings)
    write_built_in(book.create_sheet(strings.text("starter.built_in")), built_in, modes, strings)
    book.save(path)


def _none() -> pd.DataFrame:
    return pd.DataFrame()


def _introduction(page: Worksheet, strings: Strings) -> None:
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width = 22
    page.column_dimensions["B"].width = 92
    page["A1"] = strings.text("starter.title")
    page["A1"].font = Font(name=FACE, size=18, bold=True, color=DARK)
    page.row_dimensions[1].height = 30
    lines = strings.text("starter.introduction").splitlines()
    for row, line in enumerate(lines, start=3):
        head, _, text = line.partition("|")
        page.cell(row, 1, head.strip()).font = Font(name=FACE, bold=True, color=DARK)
        page.cell(row, 2, text.strip()).font = Font(name=FACE)
        for column in (1, 2):
            page.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[row].height = 15.5 * max(1, -(-len(text) // 95)) + 5
    page.page_setup.orientation = _PAPER_LANDSCAPE
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.sheet_properties.tabColor = DARK


def _sheet(page: Worksheet, sheet: Sheet, modes: Sequence[str], strings: Strings) -> None:
    columns = [_column(sheet.schema, name) for name in sheet.columns]
    last = len(sheet.given) + 1 + sheet.spare_rows
    page.sheet_properties.tabColor = sheet.colour
    page.row_dimensions[1].height = 62
    for at, column in enumerate(columns, start=1):
        given = column.name in sheet.given
        _heading(page, at, column, sheet.colour, strings)
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = _width(column)
        if column.kind == "text":
            page.column_dimensions[letter].number_format = "@"
        check = _check(column, modes, strings)
        if check is not None and not given:
            page.add_data_validation(check)
            check.add(f"{letter}2:{letter}{last}")
        _cells(page, at, column, sheet, last)
    page.freeze_panes = page.cell(2, 1 + max(1, min(2, len(sheet.given.columns))))
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    page.page_setup.orientation = _PAPER_LANDSCAPE
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _column(schema: Schema, name: str) -> Column:
    for column in schema.columns:
        if column.name == name:
            return column
    if name == "municipality":
        return Column(name, "text", "")
    if name == REMOVE:
        return Column(REMOVE, "text", "", one_of=("ja", "nej"))
    low, high = (200_000, 1_000_000) if name == "sweref_e" else (6_000_000, 7_800_000)
    return Column(name, "number", "", "meter", least=low, most=high)


def _heading(page: Worksheet, at: int, column: Column, colour: str, strings: Strings) -> None:
    """Swedish heading, the key and the unit, one line each; a comment that explains them."""
    unit = strings.text_or(f"starter.unit.{column.unit}", column.unit) if column.unit else ""
    parts = [TextBlock(InlineFont(rFont=FACE, b=True, sz=11, color="FFFFFF"), swedish(column.name))]
    small = InlineFont(rFont=FACE, sz=8, color="DDE6EE")
    parts.append(TextBlock(small, f"\n{column.name}" + (f"\n{unit}" if unit else "")))
    cell = page.cell(1, at, CellRichText(*parts))
    cell.fill = PatternFill("solid", fgColor=colour)
    cell.font = Font(name=FACE, bold=True, color="FFFFFF")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    meaning = strings.text(f"starter.column.{column.name}")
    needed = (
        strings.text("starter.required") if column.required else strings.text("starter.optional")
    )
    example = f"\n{strings.text('starter.example')} {column.example}" if column.example else ""
    note = Comment(f"{meaning}\n{needed}{example}", "servicenet", width=300, height=130)
    cell.comment = note


def _width(column: Column) -> float:
    if column.name in ("office", "zone", "region", "partner"):
        return 26.0
    return max(13.0, min(24.0, len(swedish(column.name)) * 1.15 + 5))


def _cells(page: Worksheet, at: int, column: Column, sheet: Sheet, last: int) -> None:
    """Values filled in beforehand on a pale ground; the rest as cells of the right format."""
    edge = Border(bottom=_EDGE, right=_EDGE)
    given = sheet.given[column.name].tolist() if column.name in sheet.given else []
    pale = PatternFill("solid", fgColor=PALE)
    form = {"text": "@", "date": "yyyy-mm-dd", "whole": "0", "number": "General"}[column.kind]
    shown = last if len(sheet.columns) * last < 12_000 else len(sheet.given) + 50
    for row in range(2, shown + 1):
        cell = page.cell(row, at)
        cell.number_format = form
        cell.border = edge
        if row - 2 < len(given):
            cell.value = given[row - 2]
            cell.fill = pale
            cell.font = Font(name=FACE, color="3C4A57")


def _check(column: Column, modes: Sequence[str], strings: Strings) -> DataValidation | None:
    """What Excel itself checks of a column's cells, with a list to choose from where there is."""
    choices = tuple(word for word, _ in column.also) or column.one_of
    if column.name == "mode":
        choices = tuple(modes)
    if choices:
        check = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        told = strings.text("starter.choose")
    elif column.kind == "date":
        check = DataValidation(
            type="date", operator="between", formula1="36526", formula2="73050", allow_blank=True
        )
        told = strings.text("starter.date")
    elif column.kind in ("number", "whole"):
        low = column.least if column.least is not None else -1e12
        high = column.most if column.most is not None else 1e12
        check = DataValidation(
            type="decimal",
            operator="between",
            formula1=f"{low:.10g}",
            formula2=f"{high:.10g}",
            allow_blank=True,
        )
        told = strings.text("starter.number", least=f"{low:.10g}", most=f"{high:.10g}")
        if column.most is None:
            told = strings.text("starter.number_from", least=f"{low:.10g}")
    elif column.pattern:
        check = DataValidation(type="textLength", operator="equal", formula1="4", allow_blank=True)
        told = strings.text("starter.code")
    else:
        return None
    check.error = told
    check.errorTitle = swedish(column.name)
    check.errorStyle = "stop"
    check.showErrorMessage = True
    return check
