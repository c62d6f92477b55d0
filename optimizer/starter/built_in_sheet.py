"""The sheet of the workbook that shows what is counted with where nothing is filled in."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geodata.headings import swedish
from optimizer.outputs.strings import Strings

FACE = "Calibri"
_HEAD = PatternFill("solid", fgColor="5A6570")
_ESTIMATED = PatternFill("solid", fgColor="FBF3DC")
_EDGE = Border(bottom=Side(style="thin", color="C9D3DC"))
_PLACES = 4  #: rows above the table

#: Column of inputs/sites.csv, key of its heading, column of its origin, form of a number, width.
COLUMNS = (
    ("office_id", "office_id", "", "@", 12),
    ("office", "office", "", "@", 28),
    ("municipality_code", "municipality_code", "", "@", 13),
    ("mode_today", "mode", "", "@", 40),
    ("open_days_today", "open_days", "origin_open_days", "0.#", 14),
    ("visits_today", "visits_per_year", "origin_visits", "#,##0", 14),
    ("fte_today", "fte", "origin_fte", "0.0", 18),
    ("premises_today_mnkr", "premises_cost_mnkr", "origin_premises", "0.00", 16),
    ("local_today_mnkr", "local_cost_mnkr", "origin_local", "0.00", 18),
    ("room_visits_per_year", "room_visits_per_year", "origin_room", "#,##0", 20),
    ("services", "services", "origin_services", "@", 26),
    ("partner", "partner", "", "@", 26),
    ("longitude", "longitude", "", "0.000", 12),
    ("latitude", "latitude", "", "0.000", 12),
)


def write_built_in(
    page: Worksheet, sites: pd.DataFrame, modes: Mapping[str, str], strings: Strings
) -> None:
    """A row for each office of today: the built-in values, those estimated or assumed marked."""
    offices = sites[~sites["candidate"].astype(bool)]
    page.sheet_properties.tabColor = "5A6570"
    page["A1"] = strings.text("starter.built_in_title")
    page["A1"].font = Font(name=FACE, size=14, bold=True)
    page["A2"] = strings.text("starter.built_in_note")
    page["A2"].font = Font(name=FACE)
    page["A3"] = strings.text("starter.built_in_marks")
    page["A3"].font = Font(name=FACE, italic=True)
    for at in range(1, 6):
        page.cell(3, at).fill = _ESTIMATED
    page.row_dimensions[_PLACES].height = 32
    for at, (name, key, origin, form, width) in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(at)].width = width
        head = page.cell(_PLACES, at, swedish(key))
        head.font = Font(name=FACE, bold=True, color="FFFFFF")
        head.fill = _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="top")
        told = offices[origin].tolist() if origin else ["observed"] * len(offices)
        for row, (value, kind) in enumerate(zip(offices[name], told, strict=True), _PLACES + 1):
            cell = page.cell(row, at, modes.get(value, value) if name == "mode_today" else value)
            cell.number_format = form
            cell.border = _EDGE
            cell.font = Font(name=FACE, italic=kind != "observed")
            if kind != "observed":
                cell.fill = _ESTIMATED
    last = f"{get_column_letter(len(COLUMNS))}{_PLACES + len(offices)}"
    page.freeze_panes = page.cell(_PLACES + 1, 3)
    page.auto_filter.ref = f"A{_PLACES}:{last}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{_PLACES}:{_PLACES}"
