"""A travel table as it stands in a file, in batches of rows, so that a large one stays small."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geodata.blank import is_blank
from geodata.files import ONCE, as_on_disk, read_raw
from geodata.headings import keys_of, twice
from geodata.numerals import DECIMAL_COMMA
from geodata.problems import InputError, Place, refused
from geodata.text_table import HEAD_ADVICE, Ragged, separator_of

SUFFIXES = (".csv", ".parquet", ".xlsx")
ZONE, OFFICE = "zone_id", "office_id"
COLUMNS = (ZONE, OFFICE, "minutes", "km")  #: keys; other columns are ids of offices
_ROWS = 1 << 18
_BYTES = 1 << 24


@dataclass(frozen=True)
class Header:
    """The columns of a file by their keys, the number of each from 1, and where they are."""

    names: list[str]
    numbers: list[int]
    file: str
    sheet: str = ""

    @classmethod
    def of(cls, file: Path, names: list[str]) -> Header:
        """Of a file whose columns stand one after another."""
        return cls(names, list(range(1, len(names) + 1)), str(file))

    def place(self, rows: Sequence[int] = (), column: str = "") -> Place:
        """The cells of rows and a column."""
        at = self.names.index(column) if column in self.names else None
        return Place(self.file, self.sheet, tuple(rows), 0 if at is None else self.numbers[at])


@dataclass(frozen=True)
class Batch:
    """Some rows: the file's number of the first, the cells of each column, and where those are.

    `rows` are the numbers of all rows where blank ones have been left out between them.
    """

    first_row: int
    cells: Mapping[str, pa.Array]
    rows: NDArray[np.int64] | None = None

    def row(self, at: int) -> int:
        """The file's number of a row."""
        return self.first_row + at if self.rows is None else int(self.rows[at])

    def text(self, column: str) -> pa.Array:
        """A column as trimmed text; null where it is blank."""
        values = self.cells[column]
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        text = pc.utf8_trim_whitespace(values.cast(pa.string()))
        return pc.if_else(pc.equal(text, ""), None, text)

    def blank_rows(self) -> NDArray[np.bool_]:
        """Which rows have nothing in any cell."""
        cells = [np.asarray(pc.is_null(self.text(name))) for name in self.cells]
        return np.asarray(np.all(cells, axis=0), dtype=bool)

    def places(self, column: str, known: pa.Array) -> NDArray[np.int64]:
        """Where each value of a column stands among known texts; -1 where it does not."""
        found = pc.index_in(self.cells[column].cast(pa.string()), value_set=known)
        if found.null_count:  # spaces around an id are no part of it
            found = pc.index_in(self.text(column), value_set=known)
        return np.asarray(pc.fill_null(found, -1)).astype(np.int64)

    def numbers(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """A column as numbers (NaN where blank), and which cells are not blank and no number."""
        values = self.cells[column]
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            blank = np.asarray(pc.is_null(values))
            found = np.asarray(pc.fill_null(values.cast(pa.float64()), np.nan))
            return found, np.isnan(found) & ~blank
        try:  # the quick way, where every cell is a plain number
            found = np.array(pc.fill_null(values.cast(pa.float64()), np.nan))
            return found, np.isnan(found) & ~np.asarray(pc.is_null(values))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            text = self.text(column)
        blank = np.asarray(pc.is_null(text))
        try:
            found = np.array(pc.fill_null(text.cast(pa.float64()), np.nan))
        except pa.ArrowInvalid:
            cells = pd.Series(text.to_pylist(), dtype=object)
            found = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
        return found, np.isnan(found) & ~blank


def header(source: str | Path) -> Header:
    """The columns of a file, however their headings are written. Raises InputError if the file can
    not be read.
    """
    file = _file(source)
    if file.suffix.lower() == ".csv":
        return Header.of(file, _known(file, _dialect(file)[0]))
    if file.suffix.lower() == ".parquet":
        try:
            return Header.of(file, _known(file, pq.read_schema(file).names))
        except (pa.ArrowException, OSError) as error:
            raise _broken(file, error) from None
    raw = read_raw(source)
    titles = [str(title) for title in raw.table.columns]
    numbers = [raw.columns.get(title, 0) for title in titles]
    return Header(_known(file, titles), numbers, str(file), raw.sheet)


def _known(file: Path, titles: list[str]) -> list[str]:
    """The columns by their keys. Raises InputError where two mean the same."""
    keys = _keys(titles)
    for one, other in twice(titles, keys):
        found = f"columns {one} and {other}, which mean the same"
        raise refused(file.name, found, ONCE, "Remove or rename one.")
    return keys


def _keys(titles: Iterable[object]) -> list[str]:
    return keys_of([str(title) for title in titles], COLUMNS)


def batches(source: str | Path) -> Iterator[Batch]:
    """The rows of the file in order. Raises InputError if it can not be read to its end."""
    file = _file(source)
    readers = {".csv": _csv, ".parquet": _parquet}
    if file.suffix.lower() == ".xlsx":
        yield _xlsx(source)
        return
    try:
        yield from readers[file.suffix.lower()](file)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _broken(file, error) from None


def _file(source: str | Path) -> Path:
    file = as_on_disk(str(source).partition("#")[0])
    if file.suffix.lower() not in SUFFIXES:
        accepted = "csv, parquet or xlsx (file.xlsx#sheet)"
        raise refused(file.name, repr(file.suffix), accepted, "Save the table as one of these.")
    return file


def _broken(file: Path, error: Exception) -> InputError:
    found = f"a file that cannot be read ({' '.join(str(error).split())[:200]})"
    return refused(file.name, found, f"a sound {file.suffix[1:].lower()} file", "Save it again.")


def _dialect(file: Path) -> tuple[list[str], str, str]:
    """Names of the columns, separator, and encoding: UTF-8, or cp1252 where it is not that."""
    encoding = _encoding(file)
    named = "utf-8-sig" if encoding == "utf8" else encoding
    try:
        with file.open(encoding=named, newline="") as stream:
            first = stream.readline(_BYTES)
    except UnicodeDecodeError:
        advice = "Save it as 'CSV UTF-8'."
        raise refused(file.name, "another encoding", "text in UTF-8", advice) from None
    separator = separator_of(file.name, first)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    if not any(names):
        raise refused(file.name, "no header row", "a header row and rows below it", HEAD_ADVICE)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled or "" in names:
        found = f"column {', '.join(doubled)} twice" if doubled else "a column without a name"
        raise refused(file.name, found, ONCE, "Remove or name one.")
    return names, separator, encoding


def _encoding(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while piece := stream.read(_BYTES):
                decoder.decode(piece)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf8"


def _csv(file: Path) -> Iterator[Batch]:
    names, separator, encoding = _dialect(file)
    uneven = Ragged(file.name, len(names))

    def invalid(row: pacsv.InvalidRow) -> str:
        if row.text.strip(f"{separator} \r\n"):
            uneven.add(row.number or 0, row.actual_columns)
        return "skip"

    reader = pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(
            column_names=names, skip_rows=1, block_size=_BYTES, encoding=encoding, use_threads=False
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=separator, ignore_empty_lines=False, invalid_row_handler=invalid
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    row, keys = 2, _keys(names)
    try:
        for part in reader:
            cells = {key: part.column(name) for key, name in zip(keys, names, strict=True)}
            clear = separator != ","
            yield Batch(row, {key: _with_points(key, cells[key], clear=clear) for key in keys})
            row += part.num_rows
    except pa.ArrowInvalid:
        if not uneven.problems:
            raise
    uneven.refuse()


def _with_points(key: str, values: pa.Array, *, clear: bool) -> pa.Array:
    """Minutes and km with a decimal point; ``clear``: a comma is always a decimal one."""
    if key in (ZONE, OFFICE):
        return values
    if clear:
        return pc.replace_substring(values, ",", ".")
    commas = pc.match_substring_regex(values, DECIMAL_COMMA)
    if not pc.any(commas).as_py():
        return values
    return pc.if_else(commas, pc.replace_substring(values, ",", "."), values)


def _parquet(file: Path) -> Iterator[Batch]:
    row = 1
    with pq.ParquetFile(file) as parquet:
        names = parquet.schema_arrow.names
        keys = _keys(names)
        for one in parquet.schema_arrow:
            if pa.types.is_nested(one.type):
                where, advice = (
                    f"{file.name}, column {one.name}",
                    "Give each value a row of its own.",
                )
                raise refused(where, "several values in one cell", "one value in each cell", advice)
        for part in parquet.iter_batches(batch_size=_ROWS):
            columns = zip(keys, names, strict=True)
            yield Batch(row, {key: _in_utf_8(part.column(name)) for key, name in columns})
            row += part.num_rows


def _in_utf_8(cells: pa.Array) -> pa.Array:
    """Bytes as the text they are. Raises ArrowInvalid for what is no UTF-8."""
    if pa.types.is_binary(cells.type) or pa.types.is_large_binary(cells.type):
        cells = cells.cast(pa.string())
    cells.validate(full=True)
    return cells


def _xlsx(source: str | Path) -> Batch:
    raw = read_raw(source)
    columns = zip(_keys(raw.table.columns), raw.table.columns, strict=True)
    texts = {key: _as_text(raw.table[name].tolist()) for key, name in columns}
    cells = {key: _with_points(key, text, clear=True) for key, text in texts.items()}
    return Batch(2, cells, raw.rows)


def _as_text(cells: Sequence[object]) -> pa.Array:
    return pa.array([None if is_blank(cell) else _told(cell) for cell in cells], pa.string())


def _told(cell: object) -> str:
    """Whole numbers that a workbook keeps as 12.0 are ids such as 12."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
