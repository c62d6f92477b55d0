"""Cells of a sheet in which something stands that is no value: errors, formulas never counted.

The readers of workbooks take such cells for empty, and an estimate would stand in for them.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

from openpyxl.utils import coordinate_to_tuple

from geodata.problems import refused

MOST_FAULTS = 100_000  #: of a sheet
_CHUNK, _MOST_HELD = 1 << 22, 1 << 24  #: bytes of a sheet at a time, and of one cell at most
_MOST_SHOWN = 60  #: characters of a formula

_PREFIX = rb"(?:\w{1,20}:)?"
_CELL = re.compile(
    rb"<" + _PREFIX + rb"c\b([^>]*?)(?:/>|>(.*?)</" + _PREFIX + rb"c\s*>)", re.DOTALL
)
_SIGNS = (b'"e"', b"'e'", b"<f", b":f")  #: one of them is where there is a fault
_IS_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3}[0-9]{1,7})["']""")
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f\b[^>]*?(?:/>|>([^<]*))", re.DOTALL)
_VALUE = re.compile(rb"<" + _PREFIX + rb"v\b[^>]*>([^<]+)")


class Fault(str):
    """What stands in a cell that has no value: `#N/A`, or `=A1*2` where no result is stored."""

    __slots__ = ()


Faults = dict[int, dict[int, Fault]]  #: by row and column, from 1


def faults_of(archive: zipfile.ZipFile, title: str) -> Faults:
    """The faults of a sheet, by the title that the file has. Raises InputError for too many."""
    part = _part_of(archive, title)
    found: Faults = {}
    if part is None:
        return found
    for count, (place, fault) in enumerate(_faults(archive, part)):
        row, column = coordinate_to_tuple(place)
        found.setdefault(row, {})[column] = fault
        if count == MOST_FAULTS:
            what = f"more than {MOST_FAULTS:,} cells with errors, or formulas never counted"
            advice = "Open the workbook in a spreadsheet program, mend the formulas and save it."
            raise refused(f"{Path(archive.filename or '').name}#{title}", what, "values", advice)
    return found


def _faults(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[str, Fault]]:
    """Each cell with a fault, as B12, without holding the sheet in memory."""
    for content in _pieces(archive, part):
        if not any(sign in content for sign in _SIGNS):
            continue
        for cell in _CELL.finditer(content):
            at = _PLACE.search(cell[1])
            fault = _fault(cell[1], cell[2] or b"")
            if at and fault is not None:
                yield at[1].decode(), fault


def _fault(attributes: bytes, inside: bytes) -> Fault | None:
    value = _VALUE.search(inside)
    if _IS_ERROR.search(attributes):
        return Fault(_text(value[1]) if value else "#VALUE!")
    formula = _FORMULA.search(inside)
    if formula is None or value is not None or _IS_TEXT.search(attributes):
        return None
    return Fault(f"={_text(formula[1] or b'')}")


def _text(content: bytes) -> str:
    text = html.unescape(content.decode("utf-8", "replace")).strip()
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces that end before a cell begins; no more than it says that it holds."""
    held, left = b"", part.file_size
    with archive.open(part) as packed:
        while left > 0 and (piece := packed.read(min(_CHUNK, left))):
            left -= len(piece)
            held += piece
            cut = max(held.rfind(b"<c "), held.rfind(b"<", 0, max(0, held.rfind(b":c "))))
            if cut > 0:
                yield held[:cut]
                held = held[cut:]
            elif len(held) > _MOST_HELD:
                held = b""
    yield held


def _part_of(archive: zipfile.ZipFile, title: str) -> zipfile.ZipInfo | None:
    """The part that holds a sheet; None where the workbook does not tell."""
    parts = {one.filename.lower(): one for one in archive.infolist()}
    book, links = (parts.get(f"xl/{name}") for name in ("workbook.xml", "_rels/workbook.xml.rels"))
    if book is None or links is None:
        return None
    for sheet in _tree(archive, book).iterfind(".//{*}sheet"):
        if sheet.get("name") != title:
            continue
        ids = {value for key, value in sheet.attrib.items() if key.endswith("}id")}
        for link in _tree(archive, links).iterfind(".//{*}Relationship"):
            if link.get("Id") in ids:
                target = normpath(join("/xl", link.get("Target", "")))
                return parts.get(target.lstrip("/").lower())
    return None


def _tree(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> ElementTree.Element:
    with archive.open(part) as packed:
        return ElementTree.fromstring(packed.read(part.file_size))
