"""An agency's workbook, made by `servicenet init`: a sheet for each table it may fill in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl

from geodata.files import is_blank, refused
from geodata.schemas import CANDIDATES, OFFICES, REGIONS, TRAVEL, ZONES, Schema, in_swedish


@dataclass(frozen=True)
class Sheet:
    """One table of the workbook."""

    table: str  #: its key under `data` in a config
    title: str
    schema: Schema


SHEETS = (
    Sheet("offices", "Kontor", in_swedish(OFFICES)),
    Sheet("candidates", "Kandidater", in_swedish(CANDIDATES)),
    Sheet("zones", "Områden", in_swedish(ZONES)),
    Sheet("regions", "Regioner", in_swedish(REGIONS)),
    Sheet("travel", "Restider", in_swedish(TRAVEL)),
)


def filled(path: str | Path) -> dict[str, str]:
    """The sheets with rows below their heading, as `table: path#sheet`. Raises InputError."""
    file = Path(path)
    if not file.is_file():
        advice = "Check the path, or make one with `servicenet init`."
        raise refused(str(path), "no such file", "a workbook (xlsx)", advice)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # whatever the library makes of a broken file
        found = f"a file that cannot be read ({error})"
        raise refused(file.name, found, "a sound xlsx file", "Save it again.") from error
    try:
        return {
            sheet.table: f"{file}#{sheet.title}"
            for sheet in SHEETS
            if sheet.title in book.sheetnames and _has_rows(book[sheet.title])
        }
    finally:
        book.close()


def divisions(source: str) -> tuple[str, ...]:
    """The divisions that the sheet of regions names."""
    from geodata.tables import read_table

    return tuple(sorted(set(read_table(source, REGIONS)["division"])))


def _has_rows(sheet: object) -> bool:
    rows = sheet.iter_rows(min_row=2, values_only=True)  # type: ignore[attr-defined]
    return any(not all(is_blank(cell) for cell in row) for row in rows)
