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
from openpyxl.worksheet.worksheet import Worksheet

from geodata import builtin
from geodata.headings import swedish
from geodata.overlay import REMOVE
from geodata.places import EASTINGS, NORTHINGS
from geodata.schema import Column, Schema
from geodata.schemas import CANDIDATES, DECIDED, OFFICES, PEOPLE, REGIONS, TRAVEL, VISITS, ZONES
from geodata.zones import SHARES
from optimizer.outputs.strings import Strings, load
from optimizer.starter.built_in_sheet import write_built_in
from optimizer.starter.cell_checks import Choices, Lists, check, mark_repeated, once, service_words

FACE = "Calibri"
DARK, PALE = "1B3A57", "E9EEF3"
_EDGE = Side(style="thin", color="C9D3DC")
_PAPER_LANDSCAPE = "landscape"
_A4 = 9
LISTS = "Listor"
#: What an office may not be among besides its own sheet.
_OTHER_IDS = {"Kandidater": "Kontor", "Kontor": "Kandidater"}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its schema, the columns shown, those filled in beforehand, rows for input."""

    title: str
    schema: Schema
    columns: tuple[str, ...]
    given: pd.DataFrame
    spare_rows: int
    colour: str

    @property
    def last(self) -> int:
        """The last row for input."""
        return len(self.given) + 1 + self.spare_rows


def sheets(totals: pd.DataFrame) -> tuple[Sheet, ...]:
    """The sheets in order; a table that the config reads, each. ``totals`` names the regions."""
    site = [column.name for column in OFFICES.columns]
    new = [name for name in site if name not in ("mode", "open_days", "visits_per_year", "fte")]
    offices = builtin.load("offices")[["office_id", "office", "municipality_code"]]
    zones = builtin.load("localities")[["zone_id", "zone", "municipality_code"]]
    decided = tuple(column.name for column in DECIDED.columns)
    zone = ["longitude", "latitude", "population", "area_type", "visits_per_year", *SHARES]
    people = [column.name for column in PEOPLE.columns]
    metres = ["sweref_e", "sweref_n"]
    return (
        Sheet("Kontor", OFFICES, (*site, *metres, REMOVE), offices, 50, "1F6F8B"),
        Sheet("Kandidater", CANDIDATES, (*new, *metres, REMOVE), _none(), 300, "5B8C5A"),
        Sheet("Områden", ZONES, (*zones.columns, *zone, *metres, REMOVE), zones, 500, "A9714B"),
        Sheet("Befolkning", PEOPLE, (*people, *metres), _none(), 1000, "C2884A"),
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


def write_workbook(
    path: Path, modes: Mapping[str, str], services: Sequence[str], built_in: pd.DataFrame
) -> None:
    """Write the workbook.

    ``modes`` gives the titles of the ways to run an office by their names, ``services`` the keys of
    what some offices offer, and ``built_in`` what is known and estimated of each office where
    nothing is filled in (inputs/sites.csv of the base).
    """
    strings = load("sv")
    book = Workbook()
    first = book.active
    first.title = strings.text("starter.first_sheet")
    _introduction(first, strings)
    regions = builtin.load("regions").query("division == 'ssc'")
    totals = regions[["region_code", "region"]].drop_duplicates().reset_index(drop=True)
    all_sheets = sheets(totals)
    lists = _lists(all_sheets, tuple(modes.values()), services)
    for sheet in all_sheets:
        _sheet(book.create_sheet(sheet.title), sheet, lists, strings)
    write_built_in(book.create_sheet(strings.text("starter.built_in")), built_in, modes, strings)
    _write_lists(book.create_sheet(LISTS))
    book.save(path)


def _lists(all_sheets: Sequence[Sheet], modes: tuple[str, ...], services: Sequence[str]) -> Lists:
    """The choices of the columns: words, and the cells that ids and codes stand in."""
    last = {sheet.title: sheet.last for sheet in all_sheets}
    offices = Choices(cells=f"Kontor!$A$2:$A${last['Kontor']}", open=True)
    zones = Choices(cells=f"Områden!$A$2:$A${last['Områden']}")
    regions = len(_regions()) + 1
    return Lists(
        {
            ("", "mode"): Choices(modes),
            ("", "services"): Choices(service_words(services), open=True),
            ("", "municipality_code"): Choices(cells=f"Regioner!$A$2:$A${last['Regioner']}"),
            ("Beslut", "office_id"): offices,
            ("Beslut", "into_office_id"): offices,
            ("Restider", "office_id"): offices,
            ("Restider", "zone_id"): zones,
            ("Regioner", "region_code"): Choices(cells=f"{LISTS}!$A$2:$A${regions}", open=True),
            ("Regioner", "region"): Choices(cells=f"{LISTS}!$B$2:$B${regions}", open=True),
        }
    )


def _regions() -> pd.DataFrame:
    """The built-in FA regions, by code."""
    table = builtin.load("regions").query("division == 'fa15'")
    return table[["region_code", "region"]].drop_duplicates().sort_values("region_code")


def _write_lists(page: Worksheet) -> None:
    """The hidden sheet that lists are chosen from."""
    page.append([swedish("region_code"), swedish("region")])
    for row in _regions().itertuples(index=False):
        page.append(list(row))
    page.sheet_state = "hidden"


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


def _sheet(page: Worksheet, sheet: Sheet, lists: Lists, strings: Strings) -> None:
    columns = [_column(sheet.schema, name) for name in sheet.columns]
    last = sheet.last
    page.sheet_properties.tabColor = sheet.colour
    page.row_dimensions[1].height = 62
    for at, column in enumerate(columns, start=1):
        choices = lists.choices(sheet.title, column)
        _heading(page, at, column, sheet.colour, _example(column, choices), strings)
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = _width(column)
        if column.kind == "text":
            page.column_dimensions[letter].number_format = "@"
        _checks(page, sheet, at, column, choices, strings)
        _cells(page, at, column, sheet, last)
    keys = [sheet.columns.index(key) + 1 for key in sheet.schema.unique if key in sheet.columns]
    if keys and sheet.spare_rows:
        mark_repeated(page, keys, last)
    page.freeze_panes = page.cell(2, 1 + max(1, min(2, len(sheet.given.columns))))
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    page.page_setup.orientation = _PAPER_LANDSCAPE
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _checks(
    page: Worksheet,
    sheet: Sheet,
    at: int,
    column: Column,
    choices: Choices | None,
    strings: Strings,
) -> None:
    """What Excel checks in the column: an id of its own once, other cells by what may stand there.

    Cells filled in beforehand are checked by nothing but that.
    """
    letter, last = get_column_letter(at), sheet.last
    if sheet.schema.unique == (column.name,) and choices is None:
        formula = f"COUNTIF(${letter}$2:${letter}${last},{letter}2)=1"
        other = _OTHER_IDS.get(sheet.title)
        if other:
            formula = f"AND({formula},COUNTIF({other}!$A$2:$A$1000,{letter}2)=0)"
        made, first = once(column, formula, strings), 2
    else:
        found = check(column, choices, strings)
        first = len(sheet.given) + 2 if column.name in sheet.given else 2
        if found is None or first > last:
            return
        made = found
    page.add_data_validation(made)
    made.add(f"{letter}{first}:{letter}{last}")


def _example(column: Column, choices: Choices | None) -> str:
    """An example as one writes it in the sheet: a word of the list, a decimal comma."""
    if choices is not None and choices.words and not choices.open:
        return choices.words[0]
    return column.example.replace(".", ",") if column.kind == "number" else column.example


def _column(schema: Schema, name: str) -> Column:
    for column in schema.columns:
        if column.name == name:
            return column
    if name == "municipality":
        return Column(name, "text", "", example="Upplands Väsby")
    if name == REMOVE:
        return Column(REMOVE, "text", "", one_of=("ja", "nej"))
    low, high = EASTINGS if name == "sweref_e" else NORTHINGS
    example = "667210" if name == "sweref_e" else "6588340"
    return Column(name, "number", "", "meter", least=low, most=high, example=example)


def _heading(
    page: Worksheet, at: int, column: Column, colour: str, example: str, strings: Strings
) -> None:
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
    shown = f"\n{strings.text('starter.example')} {example}"
    note = Comment(f"{meaning}\n{needed}{shown}", "servicenet", width=300, height=130)
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
