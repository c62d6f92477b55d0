"""Reading a table file of any kind as it stands: csv, xlsx#sheet, parquet, gpkg, geojson."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
from numpy.typing import NDArray

from geodata.headings import composed
from geodata.problems import InputError, Place, Problem

ACCEPTED = "csv, xlsx (file.xlsx#sheet), parquet, gpkg or geojson"
MOST_SHOWN = 20
MOST_MB = 1000  #: of a file
MOST_UNPACKED_MB = 400  #: of a workbook without its compression
MOST_COLUMNS = 300
MOST_ROWS = 1_048_576  #: of a sheet, as Excel has it; of a text table ten times as many
BLANK_ROWS = 10_000  #: in a row, after which a sheet has ended


@dataclass(frozen=True)
class Raw:
    """A table as it stands in the file; `rows` are the numbers by which messages point into it.

    `columns` gives the number, from 1, of each column in the file or sheet.
    """

    name: str
    table: pd.DataFrame
    rows: NDArray[np.int64]
    decimal_comma: bool = False
    file: str = ""
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)

    def place(self, rows: Sequence[int] = (), column: str = "") -> Place | None:
        """The cells of rows (numbers as in the file) and a column; None for a table at hand."""
        if not self.file:
            return None
        numbers = tuple(int(row) for row in rows)
        return Place(self.file, self.sheet, numbers, self.columns.get(column, 0))


def read_raw(source: str | Path) -> Raw:
    """The table in a file, values unchanged, blank rows left out; InputError if it cannot be."""
    path, _, sheet = str(source).partition("#")
    file = _as_on_disk(path)
    readers = {".csv": _csv, ".parquet": _parquet, ".gpkg": _shapes, ".geojson": _shapes}
    suffix = file.suffix.lower()
    if suffix != ".xlsx" and suffix not in readers:
        raise refused(file.name, repr(file.suffix), ACCEPTED, "Save the table as one of these.")
    try:
        size_mb = file.stat().st_size / 1e6
        if size_mb > MOST_MB:
            raise refused(file.name, f"{size_mb:,.0f} MB", f"at most {MOST_MB:,} MB", "Split it.")
        raw = _xlsx(file, sheet) if suffix == ".xlsx" else readers[suffix](file)
    except InputError:
        raise
    except Exception as error:  # each library has its own errors for a broken file
        reason = " ".join(str(error).split())[:200]
        found = f"a file that cannot be read ({reason})"
        raise refused(file.name, found, f"a sound {suffix[1:]} file", "Save it again.") from error
    return replace(raw, file=str(file))


def _as_on_disk(path: str) -> Path:
    """The file of that name, whichever way å, ä, ö are put together in it on the disk."""
    try:
        for form in (path, *(unicodedata.normalize(kind, path) for kind in ("NFC", "NFD"))):
            if Path(form).is_file():
                return Path(form)
    except (OSError, ValueError):
        pass
    raise refused(path, "no such file", "a file that exists", "Check the path.")


def as_raw(table: pd.DataFrame, name: str, first_row: int = 1) -> Raw:
    """A table at hand, numbered from `first_row`."""
    numbers = np.arange(first_row, first_row + len(table))
    return Raw(name, table.reset_index(drop=True), numbers)


def refused(where: str, found: str, accepted: str, advice: str = "") -> InputError:
    """The error for one problem."""
    return InputError((Problem(where, found, accepted, advice),))


def _csv(file: Path) -> Raw:
    text = _text(file)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    if len(lines) > 10 * MOST_ROWS:
        raise refused(file.name, f"{len(lines):,} rows", f"at most {10 * MOST_ROWS:,} rows")
    return _from_cells(file.name, lines, decimal_comma=separator != ",")


def _text(file: Path) -> str:
    """A text file in UTF-8, in UTF-16 with its mark, or else as Windows has it (cp1252)."""
    content = file.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("cp1252")
            except UnicodeDecodeError as error:
                accepted = "text in UTF-8 or Windows-1252"
                advice = "Save it as 'CSV UTF-8'."
                raise refused(file.name, "another encoding", accepted, advice) from error
    if "\0" in text:
        raise refused(file.name, "a file that is no text", "a text table", "Save it again as csv.")
    return text


def _xlsx(file: Path, sheet: str) -> Raw:
    _refuse_bomb(file)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {composed(name): book[name] for name in book.sheetnames}
        wanted = composed(sheet)
        if wanted and wanted not in sheets:
            raise refused(f"{file.name}#{sheet}", repr(sheet), f"one of {', '.join(sheets)}")
        title = wanted or next(iter(sheets))
        lines = _lines(sheets[title], f"{file.name}#{title}")
    finally:
        book.close()
    name = f"{file.name}#{sheet}" if sheet else file.name
    return replace(_from_cells(name, lines, decimal_comma=True), sheet=title)


def _lines(sheet: object, name: str) -> list[list[object]]:
    """The rows of a sheet up to a long blank stretch; each as long as the longest."""
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    lines: list[list[object]] = []
    blank = 0
    for cells in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):  # type: ignore[attr-defined]
        values = list(cells)
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


def _refuse_bomb(file: Path) -> None:
    """Refuse a workbook that grows beyond bounds when it is unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    unpacked_mb = sum(part.file_size for part in parts) / 1e6
    if unpacked_mb > MOST_UNPACKED_MB or len(parts) > 10_000:
        found = f"{unpacked_mb:,.0f} MB in {len(parts):,} parts when unpacked"
        advice = "Save the table as csv or parquet instead."
        raise refused(file.name, found, f"at most {MOST_UNPACKED_MB} MB", advice)


def _from_cells(
    name: str, lines: Sequence[Sequence[object]], *, decimal_comma: bool = False
) -> Raw:
    """A header and rows below it, without rows and columns that are blank throughout."""
    if not lines or all(is_blank(cell) for cell in lines[0]):
        raise refused(name, "no header row", "a header row and rows below it")
    if len(lines[0]) > MOST_COLUMNS:
        raise refused(name, f"{len(lines[0])} columns", f"at most {MOST_COLUMNS} columns")
    header = ["" if is_blank(title) else composed(str(title)).strip() for title in lines[0]]
    numbered = [
        (number, cells)
        for number, cells in enumerate(lines[1:], start=2)
        if not all(is_blank(cell) for cell in cells)
    ]
    _refuse_ragged(name, len(header), numbered)
    table = pd.DataFrame([cells for _, cells in numbered], columns=range(len(header)), dtype=object)
    used = [at for at, title in enumerate(header) if title or not _blank_column(table[at])]
    titles = [header[at] for at in used]
    doubled = sorted({title for title in titles if titles.count(title) > 1})
    if doubled or "" in titles:
        found = f"column {', '.join(doubled)} twice" if doubled else "a column without a name"
        raise refused(name, found, "each column once and with a name", "Remove or name one.")
    rows = np.array([number for number, _ in numbered], dtype=np.int64)
    columns = {title: at + 1 for title, at in zip(titles, used, strict=True)}
    table = table[used].set_axis(titles, axis=1)
    return Raw(name, table, rows, decimal_comma, columns=columns)


def _refuse_ragged(name: str, width: int, numbered: Sequence[tuple[int, Sequence[object]]]) -> None:
    ragged = [(number, len(cells)) for number, cells in numbered if len(cells) != width]
    if ragged:
        advice = "Put values that hold the separator, such as 1,5, in quotes."
        raise InputError(
            tuple(
                Problem(f"{name} row {number}", f"{found} values", f"{width} values", advice)
                for number, found in ragged[:MOST_SHOWN]
            )
        )


def _blank_column(cells: pd.Series) -> bool:
    return all(is_blank(cell) for cell in cells)


def is_blank(cell: object) -> bool:
    """Nothing in the cell: missing, or text of spaces."""
    return cell is None or cell is pd.NaT or cell != cell or str(cell).strip() == ""


def _parquet(file: Path) -> Raw:
    return as_raw(pd.read_parquet(file), file.name)


def _shapes(file: Path) -> Raw:
    """Points of a map layer become longitude and latitude; a layer without CRS is refused.

    Areas become a point inside them, found in metres (SWEREF 99 TM).
    """
    layer = gpd.read_file(file)
    if layer.crs is None:
        raise refused(file.name, "no coordinate system", "a layer with its CRS", "Set it.")
    shapes = layer.geometry
    if shapes.isna().any() or shapes.is_empty.any():
        count = int((shapes.isna() | shapes.is_empty).sum())
        raise refused(file.name, f"{count} rows without a shape", "a shape in every row")
    kinds = set(shapes.geom_type)
    if kinds <= {"Polygon", "MultiPolygon"}:
        shapes = shapes.to_crs(3006).representative_point()
    elif kinds != {"Point"}:
        accepted = "a layer of points or a layer of areas"
        raise refused(file.name, f"shapes of kind {', '.join(sorted(kinds))}", accepted)
    points = shapes.to_crs(4326)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    return as_raw(table.assign(longitude=points.x, latitude=points.y), file.name)
