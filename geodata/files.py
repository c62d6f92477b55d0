"""Reading a table file of any kind as it stands: csv, xlsx#sheet, parquet, gpkg, geojson."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geodata.blank import is_blank
from geodata.layers import SHAPES, Shapes, layer_of
from geodata.letters import composed, on_disk
from geodata.problems import InputError, Place, Problem, refused
from geodata.workbooks import MOST_COLUMNS, MOST_ROWS, sheet_of

ACCEPTED = "csv, xlsx (file.xlsx#sheet), parquet, gpkg (file.gpkg#layer) or geojson"
MOST_SHOWN = 20
MOST_MB = 1000  #: of a file


@dataclass(frozen=True)
class Raw:
    """A table as it stands in the file; `rows` are the numbers by which messages point into it.

    `columns` gives the number, from 1, of each column in the file or sheet; `areas` the shape of
    each row of a layer of areas, in SWEREF 99 TM.
    """

    name: str
    table: pd.DataFrame
    rows: NDArray[np.int64]
    decimal_comma: bool = False
    file: str = ""
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    areas: Shapes | None = None

    def place(self, rows: Sequence[int] = (), column: str = "") -> Place | None:
        """The cells of rows (numbers as in the file) and a column; None for a table at hand."""
        if not self.file:
            return None
        numbers = tuple(int(row) for row in rows)
        return Place(self.file, self.sheet, numbers, self.columns.get(column, 0))


def read_raw(source: str | Path) -> Raw:
    """The table in a file, values unchanged, blank rows left out; InputError if it cannot be."""
    path, _, sheet = str(source).partition("#")
    file = as_on_disk(path)
    readers = {".csv": _csv, ".parquet": _parquet}
    suffix = file.suffix.lower()
    if suffix not in (".xlsx", *SHAPES, *readers):
        raise refused(file.name, repr(file.suffix), ACCEPTED, "Save the table as one of these.")
    try:
        size_mb = file.stat().st_size / 1e6
        if size_mb > MOST_MB:
            raise refused(file.name, f"{size_mb:,.0f} MB", f"at most {MOST_MB:,} MB", "Split it.")
        if suffix in SHAPES:
            _, layer, areas = layer_of(file, sheet)
            raw = replace(as_raw(layer, file.name), areas=areas)
        else:
            raw = _xlsx(file, sheet) if suffix == ".xlsx" else readers[suffix](file)
    except InputError:
        raise
    except Exception as error:  # each library has its own errors for a broken file
        reason = " ".join(str(error).split())[:200]
        found = f"a file that cannot be read ({reason})"
        raise refused(file.name, found, f"a sound {suffix[1:]} file", "Save it again.") from error
    return replace(raw, file=str(file))


def as_on_disk(path: str) -> Path:
    """The file of that name, whichever way å, ä, ö are put together in it on the disk."""
    try:
        found = on_disk(Path(path))
        if found is not None and found.is_file():
            return found
    except (OSError, ValueError):
        pass
    raise refused(path, "no such file", "a file that exists", "Check the path.")


def as_raw(table: pd.DataFrame, name: str, first_row: int = 1) -> Raw:
    """A table at hand, numbered from `first_row`."""
    numbers = np.arange(first_row, first_row + len(table))
    return Raw(name, table.reset_index(drop=True), numbers)


def _csv(file: Path) -> Raw:
    text = _text(file)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    if len(lines) > 10 * MOST_ROWS:  # ten times what a sheet holds
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
    title, lines = sheet_of(file, sheet)
    name = f"{file.name}#{sheet}" if sheet else file.name
    return replace(_from_cells(name, lines, decimal_comma=True), sheet=title)


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


def _parquet(file: Path) -> Raw:
    told = pq.read_metadata(file)
    if told.num_rows > 10 * MOST_ROWS or told.num_columns > MOST_COLUMNS:
        found = f"{told.num_rows:,} rows of {told.num_columns} columns"
        accepted = f"at most {10 * MOST_ROWS:,} rows of {MOST_COLUMNS} columns"
        raise refused(file.name, found, accepted)
    table = pq.read_table(file)
    table.validate(full=True)  # text that is no UTF-8, lengths that lie
    return as_raw(table.to_pandas(), file.name)
