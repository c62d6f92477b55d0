"""The workbook to fill in: a sheet per table, with headings, comments, lists and checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from geodata import builtin
from geodata.schemas import Column
from geodata.sites import load_offices
from geodata.workbook import SHEETS, Sheet

_CREATED = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # equal forms are equal files
_ROWS = 5_000  #: rows that lists and checks reach
_LISTS = "Listor"
_WIDTHS = {"text": 22, "number": 16, "whole": 10, "date": 16}
_GIVEN = ("office_id", "office", "municipality_code", "longitude", "latitude", "mode", "open_days")
_TOLD = (*_GIVEN, "partner")  #: columns of the offices that the form has filled in


def write_form(path: Path, modes: Sequence[str]) -> Path:
    """Write the workbook; ``modes`` are the names that a mode of today may have."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "servicenet", "created": _CREATED})
    looks = {
        "required": book.add_format(
            {"bold": True, "bg_color": "#1f4e5f", "font_color": "#ffffff", "text_wrap": True}
        ),
        "optional": book.add_format({"bold": True, "bg_color": "#dce9ee", "text_wrap": True}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "number": book.add_format({}),
        "whole": book.add_format({"num_format": "0"}),
    }
    lists = {"mode": list(modes), "municipality_code": _codes()}
    pages = [(sheet, book.add_worksheet(sheet.title)) for sheet in SHEETS]
    ranges = _write_lists(book, lists)
    for sheet, page in pages:
        _head(page, sheet, looks)
        for at, column in enumerate(sheet.schema.columns):
            _check(page, at, column, ranges)
        if sheet.table == "offices":
            _fill(page, sheet, load_offices("builtin"), looks)
    book.close()
    return path


def _codes() -> list[str]:
    return sorted(builtin.load("municipalities")["municipality_code"])


def _write_lists(book: Any, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The hidden sheet of what lists offer; gives the range of each."""
    page = book.add_worksheet(_LISTS)
    page.hide()
    ranges = {}
    for at, (name, values) in enumerate(lists.items()):
        page.write_string(0, at, name)
        for row, value in enumerate(values, start=1):
            page.write_string(row, at, value)
        letter = chr(ord("A") + at)
        ranges[name] = f"={_LISTS}!${letter}$2:${letter}${len(values) + 1}"
    return ranges


def _head(page: Any, sheet: Sheet, looks: Mapping[str, Any]) -> None:
    """Headings with comments, wide enough, frozen; the columns in their formats."""
    page.set_row(0, 48)
    page.freeze_panes(1, 2 if sheet.table in ("offices", "candidates") else 1)
    for at, column in enumerate(sheet.schema.columns):
        look = looks["required" if column.required else "optional"]
        page.set_column(at, at, _WIDTHS[column.kind], looks[column.kind])
        page.write_string(0, at, column.heading, look)
        page.write_comment(0, at, _explained(column), {"x_scale": 2, "y_scale": 1.2})


def _explained(column: Column) -> str:
    """What a column means, in the comment of its heading."""
    must = "Måste fyllas i." if column.required else "Får vara tom: beräknas eller antas då."
    unit = f" Enhet: {column.unit}." if column.unit else ""
    example = f" Exempel: {column.example}." if column.example else ""
    return f"{column.meaning}.{unit}{example} {must}"


def _check(page: Any, at: int, column: Column, ranges: Mapping[str, str]) -> None:
    """The check that Excel itself makes of a column."""
    told = {"error_title": column.heading[:32], "ignore_blank": True}
    if column.known in ranges:
        rule: dict[str, Any] = {"validate": "list", "source": ranges[column.known]}
        rule["error_message"] = "Välj ett värde i listan."
    elif column.kind in ("number", "whole"):
        low = -1e9 if column.least is None else column.least
        high = 1e12 if column.most is None else column.most
        rule = {"validate": "integer" if column.kind == "whole" else "decimal"}
        rule |= {"criteria": "between", "minimum": low, "maximum": high}
        rule["error_message"] = f"Ange ett tal: {column.meaning}."
    elif column.kind == "date":
        first, last = datetime(2000, 1, 1), datetime(2100, 1, 1)
        rule = {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        rule["error_message"] = "Ange ett datum: år-månad-dag."
    else:
        return
    page.data_validation(1, at, _ROWS, at, told | rule)


def _fill(page: Any, sheet: Sheet, offices: pd.DataFrame, looks: Mapping[str, Any]) -> None:
    """The offices of today: who they are; what they cost and do is left for the agency."""
    for at, column in enumerate(sheet.schema.columns):
        if column.name not in _TOLD:
            continue
        for row, value in enumerate(offices[column.name], start=1):
            if column.kind == "text":
                page.write_string(row, at, str(value), looks["text"])
            else:
                page.write_number(row, at, float(value), looks[column.kind])
    page.autofilter(0, 0, len(offices), len(sheet.schema.columns) - 1)
