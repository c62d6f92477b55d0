"""A text table (csv) row by row: compact in memory, and refused as soon as it is too large."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geodata.problems import FEW_SHOWN, InputError, Problem, number_of, refused

HEAD_ADVICE = "Write the names of the columns in the first row."
FEWER = "Remove columns that are not needed."
SEPARATORS = ",;\t"
MOST_ROWS = 1_000_000  #: of a table that is no matrix
MOST_CELLS = 10_000_000
MOST_LINE = 1_000_000  #: characters
_CELLS, _BYTES = 500_000, 1 << 20  #: held as they are read, before they are made compact


@dataclass
class TextTable:
    """The header, the columns by their places, and the number of each row that is not blank."""

    separator: str
    header: list[str]
    numbers: NDArray[np.int64]
    columns: list[pd.Series] = field(default_factory=list)


def text_table(file: Path, most_columns: int) -> TextTable:
    """Read a text table. Raises InputError for one that is broken or beyond bounds."""
    encoding = encoding_of(file)
    try:
        with file.open(encoding=encoding, newline="") as stream:
            return _table(file.name, stream, most_columns)
    except UnicodeDecodeError as error:
        advice = "Save it as 'CSV UTF-8'."
        accepted = "text in UTF-8 or Windows-1252"
        raise refused(file.name, "another encoding", accepted, advice) from error


def encoding_of(file: Path) -> str:
    """UTF-8, UTF-16 where the file has its mark, or else as Windows has it (cp1252)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        stream.seek(0)
        try:
            while piece := stream.read(_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


@dataclass
class Ragged:
    """Rows with another number of values than the header: some by row number, the rest counted."""

    name: str
    width: int
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, row: int, values: int) -> None:
        """A row by its number (0: not known) and how many values it has."""
        if len(self.problems) == FEW_SHOWN:
            self.more += 1
        else:
            self._say(f" row {row}" if row else "", f"{values} values")

    def refuse(self) -> None:
        """Raises InputError if there are any."""
        if self.more:
            self._say("", f"{number_of(self.more, 'more row')} like these")
        if self.problems:
            raise InputError(self.problems)

    def _say(self, row: str, found: str) -> None:
        accepted = f"{self.width} values"
        advice = "Put values that hold the separator, such as 1,5, in quotes."
        self.problems.append(Problem(f"{self.name}{row}", found, accepted, advice))


def separator_of(name: str, header: str) -> str:
    """What stands between the columns of a header line. Raises InputError for a foreign sign."""
    separator = max(SEPARATORS, key=header.count)
    if separator not in header and "|" in header:
        advice = "Save it as csv with one of these between the columns."
        raise refused(name, "columns with | between", "comma, semicolon or tab between", advice)
    return separator


def _table(name: str, stream: TextIO, most_columns: int) -> TextTable:
    lines = _lines(name, stream)
    first = next(lines, "")
    separator = separator_of(name, first)
    rows = csv.reader(chain([first], lines), delimiter=separator)
    header = next(rows, [])
    if not any(title.strip() for title in header):
        raise refused(name, "no header row", "a header row and rows below it", HEAD_ADVICE)
    if len(header) > most_columns:
        raise refused(name, f"{len(header)} columns", f"at most {most_columns} columns", FEWER)
    parts: list[list[pa.Array]] = [[] for _ in header]
    numbers: list[NDArray[np.int64]] = []
    for batch, at in _batches(name, rows, len(header)):
        for part, cells in zip(parts, zip(*batch, strict=True), strict=True):
            part.append(pa.array(cells, pa.string()))
        numbers.append(np.array(at, dtype=np.int64))
    table = TextTable(separator, header, np.concatenate([np.empty(0, np.int64), *numbers]))
    kind = pd.StringDtype("pyarrow", na_value=np.nan)
    for part in parts:
        chunks = pa.chunked_array(part, pa.string())
        table.columns.append(pd.Series(chunks.to_pandas(types_mapper=lambda _: kind)))
    return table


def _lines(name: str, stream: TextIO) -> Iterator[str]:
    while line := stream.readline(MOST_LINE):
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            found = f"a line of more than {MOST_LINE:,} characters"
            raise refused(name, found, "a row on each line", "Save it again as csv.")
        if "\0" in line:
            found = "a file that is no text"
            raise refused(name, found, "a text table", "Save it again as csv.")
        yield line


def _batches(
    name: str, rows: Iterable[list[str]], width: int
) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Rows that are not blank, some thousands at a time, with the file's numbers of them."""
    batch: list[list[str]] = []
    at: list[int] = []
    wrong = Ragged(name, width)
    most = min(MOST_ROWS, MOST_CELLS // width)
    for number, cells in enumerate(rows, start=2):
        if number > most + 1:
            raise refused(name, f"more than {most:,} rows", f"at most {most:,} rows", "Split it.")
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        if len(cells) != width:
            wrong.add(number, len(cells))
            continue
        batch.append(cells)
        at.append(number)
        if len(batch) * width >= _CELLS:
            yield batch, at
            batch, at = [], []
    wrong.refuse()
    if batch:
        yield batch, at
