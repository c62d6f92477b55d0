"""A copy of a workbook in which the bad cells are coloured and say what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from geodata.files import as_raw
from geodata.headings import with_names
from geodata.problems import InputError, Problem
from geodata.workbook import SHEETS

_PLACE = re.compile(
    r"^(?P<file>[^#]+)#(?P<sheet>[^,]+?)(?: row (?P<row>\d+))?(?:, columns? (?P<column>\w+).*)?$"
)
_FILL = PatternFill("solid", fgColor="FFC7CE")


def write_marked(workbook: Path, out: Path, problems: Iterable[Problem]) -> int:
    """Write the copy; gives how many cells are marked. Problems of no cell mark the heading.

    Raises InputError if ``out`` exists already.
    """
    if out.exists() or out.suffix.lower() != ".xlsx":
        accepted = "a new file with the ending .xlsx"
        raise InputError(Problem(f"--marked {out}", "another one", accepted, "Name another file."))
    book = openpyxl.load_workbook(workbook)
    told: dict[tuple[str, int, int], list[str]] = {}
    for problem in problems:
        place = _PLACE.match(problem.where)
        if place is None or Path(place["file"]).name != workbook.name:
            continue
        if place["sheet"] not in book.sheetnames:
            continue
        column = _columns(book[place["sheet"]]).get(place["column"] or "", 1)
        row = int(place["row"] or 1)
        told.setdefault((place["sheet"], row, column), []).append(problem.sentence())
    for (sheet, row, column), sentences in told.items():
        cell = book[sheet].cell(row, column)
        cell.fill = _FILL
        cell.comment = Comment("\n".join(sentences), "servicenet", height=160, width=320)
    book.save(out)
    return len(told)


def _columns(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, int]:
    """The column number of each key, from the headings of the sheet."""
    schema = next((one.schema for one in SHEETS if one.title == sheet.title), None)
    titles = ["" if cell.value is None else str(cell.value) for cell in sheet[1]]
    if schema is None:
        return {}
    used = [at for at, title in enumerate(titles) if title]
    frame = pd.DataFrame(columns=[titles[at] for at in used])
    names = with_names(as_raw(frame, sheet.title), schema).table.columns
    return {str(name): at + 1 for name, at in zip(names, used, strict=True)}
