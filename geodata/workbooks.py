"""The rows of a sheet of a workbook (xlsx): quickly where it is small enough, else row by row.

A workbook is a zip file of XML parts. The quick reader holds a whole sheet in memory, from the
first cell to the last, so it is only given workbooks whose parts and last cell were looked at.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import numpy as np
import openpyxl
import python_calamine
from openpyxl.utils import column_index_from_string

from geodata.blank import is_blank
from geodata.faults import faults_of
from geodata.letters import composed
from geodata.problems import InputError, refused

MOST_UNPACKED_MB = 400  #: of a workbook without its compression
MOST_COLUMNS = 300
MOST_ROWS = 1_048_576  #: of a sheet, as Excel has it
BLANK_ROWS = 10_000  #: in a row, after which a sheet has ended
QUICK_MB, QUICK_CELLS = 150, 4_000_000  #: unpacked, and from the first cell to the last
MOST_TEXT_MB = 200  #: of all cells of a sheet; the file holds a text once that many share

_TEXT = (".xml", ".rels")  #: the parts that tables are made of
#: The place of a cell or row, as the attribute r of its element: B12 or 12.
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3}[0-9]{1,9})["']""")
#: The beginning of a text that cells share, and a cell that has one.
_SHARED = re.compile(rb"<(?:\w{1,20}:)?si\b")
_SHARING = re.compile(rb"""\bt\s*=\s*["']s["']""")
#: One beyond Z149999.
_FAR = re.compile(
    rb"""\br\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?(?:[2-9][0-9]{5}|1[5-9][0-9]{4}|[0-9]{7}))"""
)


def sheet_of(file: Path, sheet: str) -> tuple[str, list[list[object]]]:
    """The title of a sheet (the first one where none is named) and its rows, of equal length.

    Raises InputError for a sheet that is not there and a workbook beyond bounds.
    """
    _refuse_bomb(file)
    found = _quickly(file, sheet)
    return _row_by_row(file, sheet) if found is None else found


def _refuse_bomb(file: Path) -> None:
    """Refuse a workbook that grows beyond bounds when it is unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    unpacked_mb = sum(part.file_size for part in parts) / 1e6
    if unpacked_mb > MOST_UNPACKED_MB or len(parts) > 10_000:
        found = f"{unpacked_mb:,.0f} MB in {len(parts):,} parts when unpacked"
        advice = "Save the table as csv or parquet instead."
        raise refused(file.name, found, f"at most {MOST_UNPACKED_MB} MB", advice)


def _quickly(file: Path, sheet: str) -> tuple[str, list[list[object]]] | None:
    """The same by the quick reader; None where it is not to be used or does not manage."""
    try:
        unpacked = _unpacked(file)
        if unpacked is None:
            return None
        book = python_calamine.CalamineWorkbook.from_filelike(unpacked)
        title, name = _title(book.sheet_names, sheet, file)
        found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (InputError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception; the other reader tells of it
        return None
    rows = _with_faults(map(_with_whole_numbers, found), file, name)
    return title, _even(rows, file.name)


def _with_faults(rows: Iterable[list[object]], file: Path, name: str) -> Iterator[list[object]]:
    """The rows with what stands in cells that have no value, which the readers leave out."""
    with zipfile.ZipFile(file) as archive:
        faults = faults_of(archive, name)
    given = iter(rows)
    for number in count(1):
        cells = next(given, None)
        if cells is None and not faults:
            return
        cells = cells or []
        for column, fault in faults.pop(number, {}).items():
            at = min(column - 1, MOST_COLUMNS)
            cells += [None] * (at + 1 - len(cells))
            cells[at] = fault
        yield cells


def _with_whole_numbers(cells: Sequence[object]) -> list[object]:
    """Whole numbers as such: a workbook keeps an id such as 12 as 12.0."""
    return [int(c) if type(c) is float and c.is_integer() else c for c in cells]


def _unpacked(file: Path) -> io.BytesIO | None:
    """The XML parts without compression; None where they or the sheets are too large.

    No more is unpacked than the parts say that they hold.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(made, "w") as copy:
        parts = {one.filename: one for one in archive.infolist() if one.filename.endswith(_TEXT)}
        if sum(part.file_size for part in parts.values()) > QUICK_MB * 1e6:
            return None
        longest = cells = 0
        for name, part in parts.items():
            content = _read(archive, part)
            found = _cells(content)
            if found > QUICK_CELLS:
                return None
            cells += found
            longest = max(longest, _longest_shared(content))
            copy.writestr(name, content)
        if longest * cells > MOST_TEXT_MB * 1e6:  # it would copy the text for each cell
            sharing = sum(len(_SHARING.findall(_read(archive, part))) for part in parts.values())
            if longest * sharing > MOST_TEXT_MB * 1e6:
                return None
    made.seek(0)
    return made


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """As much of a part as it says that it holds: ``ZipFile.read`` unpacks whatever there is."""
    with archive.open(part) as packed:
        return packed.read(part.file_size)


def _longest_shared(content: bytes) -> int:
    """Bytes of the longest of the texts that cells share, at most."""
    if b"sst" not in content:
        return 0
    starts = [one.start() for one in _SHARED.finditer(content)]
    return max((b - a for a, b in pairwise([*starts, len(content)])), default=0)


def _cells(content: bytes) -> int:
    """How many cells there are, at most, from the first to the last that a part may name."""
    if not _FAR.search(content):
        return 26 * 149_999
    places = b" ".join(_PLACE.findall(content)).upper()
    columns = set(places.translate(None, b"0123456789").split())
    rows = np.array(places.translate(None, ascii_uppercase.encode()).split(), dtype=np.int64)
    widest = max((column_index_from_string(one.decode()) for one in columns), default=1)
    return widest * int(rows.max(initial=1))


def _row_by_row(file: Path, sheet: str) -> tuple[str, list[list[object]]]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        title, name = _title(book.sheetnames, sheet, file)
        rows = _with_faults(_rows(book[name]), file, name)
        return title, _even(rows, f"{file.name}#{title}")
    finally:
        book.close()


def _title(names: Sequence[str], sheet: str, file: Path) -> tuple[str, str]:
    """The title of the sheet that is meant, å, ä, ö as one letter each, and as the file has it."""
    titles = {composed(name): name for name in names}
    wanted = composed(sheet)
    if wanted and wanted not in titles:
        near = difflib.get_close_matches(wanted.casefold(), {one.casefold() for one in titles}, n=1)
        meant = [one for one in titles if one.casefold() in near]
        advice = f"Did you mean {meant[0]}?" if meant else "Name a sheet that the workbook has."
        accepted = f"one of the sheets {', '.join(titles)}"
        raise refused(f"{file.name}#{sheet}", repr(sheet), accepted, advice)
    title = wanted or next(iter(titles))
    return title, titles[title]


def _rows(sheet: Any) -> Iterator[list[object]]:
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
        yield list(cells)


def _even(rows: Iterable[list[object]], name: str) -> list[list[object]]:
    """The rows up to a long blank stretch; each as long as the longest."""
    lines: list[list[object]] = []
    blank = text = 0
    for values in rows:
        text += sum([len(value) for value in values if isinstance(value, str)])
        if text > MOST_TEXT_MB * 1e6:
            found, accepted = f"more than {MOST_TEXT_MB} MB of text", f"at most {MOST_TEXT_MB} MB"
            raise refused(name, found, accepted, "Remove columns that are not needed.")
        if len(values) > MOST_COLUMNS and not is_blank(values[MOST_COLUMNS]):
            found = f"more than {MOST_COLUMNS} columns"
            raise refused(name, found, f"at most {MOST_COLUMNS} columns", "Remove the others.")
        while values and is_blank(values[-1]):
            values.pop()
        blank = 0 if values else blank + 1
        if blank > BLANK_ROWS:
            break
        lines.append(values)
    width = max(map(len, lines), default=0)
    return [line + [None] * (width - len(line)) for line in lines]
