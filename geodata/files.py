"""Reading a table file of any kind as it stands: csv, xlsx#sheet, parquet, gpkg, geojson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geodata.blank import is_blank
from geodata.layers import SHAPES, Shapes, layer_of
from geodata.letters import composed, on_disk
from geodata.problems import InputError, Place, refused
from geodata.text_table import FEWER, HEAD_ADVICE, MOST_CELLS, MOST_ROWS, text_table
from geodata.workbooks import MOST_COLUMNS, MOST_UNPACKED_MB, sheet_of

ACCEPTED = "csv, xlsx (file.xlsx#sheet), parquet, gpkg (file.gpkg#layer) or geojson"
MOST_MB = 200  #: of a file
NO_FILE = "no such file"
ONCE = "each column once and with a name"


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
            raw = replace(_of_single_values(as_raw(layer, file.name)), areas=areas)
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
    raise refused(path, NO_FILE, "a file that exists", "Check the path.")


def as_raw(table: pd.DataFrame, name: str, first_row: int = 1) -> Raw:
    """A table at hand, numbered from `first_row`."""
    numbers = np.arange(first_row, first_row + len(table))
    return Raw(name, table.reset_index(drop=True), numbers)


def _csv(file: Path) -> Raw:
    found = text_table(file, MOST_COLUMNS)
    titles, used = _titles(file.name, found.header, found.columns)
    table = pd.DataFrame({title: found.columns[at] for title, at in zip(titles, used, strict=True)})
    columns = {title: at + 1 for title, at in zip(titles, used, strict=True)}
    comma = found.separator != ","
    return Raw(file.name, table, found.numbers, decimal_comma=comma, columns=columns)


def _xlsx(file: Path, sheet: str) -> Raw:
    title, lines = sheet_of(file, sheet)
    name = f"{file.name}#{sheet}" if sheet else file.name
    return replace(_from_cells(name, lines), sheet=title)


def _from_cells(name: str, lines: Sequence[Sequence[object]]) -> Raw:
    """A header and rows below it, without rows and columns that are blank throughout."""
    if not lines or all(is_blank(cell) for cell in lines[0]):
        raise refused(name, "no header row", "a header row and rows below it", HEAD_ADVICE)
    if len(lines[0]) > MOST_COLUMNS:
        raise refused(name, f"{len(lines[0])} columns", f"at most {MOST_COLUMNS} columns", FEWER)
    numbered = [
        (number, cells)
        for number, cells in enumerate(lines[1:], start=2)
        if not all(is_blank(cell) for cell in cells)
    ]
    cells = [cells for _, cells in numbered]
    table = pd.DataFrame(cells, columns=range(len(lines[0])), dtype=object)
    titles, used = _titles(name, lines[0], [table[at] for at in table.columns])
    rows = np.array([number for number, _ in numbered], dtype=np.int64)
    columns = {title: at + 1 for title, at in zip(titles, used, strict=True)}
    table = table[used].set_axis(titles, axis=1)
    return Raw(name, table, rows, decimal_comma=True, columns=columns)


def _titles(
    name: str, cells: Sequence[object], columns: Sequence[pd.Series]
) -> tuple[list[str], list[int]]:
    """The titles of the columns and their places, without columns that are blank throughout."""
    header = ["" if is_blank(title) else composed(str(title)).strip() for title in cells]
    used = [at for at, title in enumerate(header) if title or not _blank_column(columns[at])]
    titles = [header[at] for at in used]
    doubled = sorted({title for title in titles if titles.count(title) > 1})
    if doubled or "" in titles:
        found = f"column {', '.join(doubled)} twice" if doubled else "a column without a name"
        raise refused(name, found, ONCE, "Remove or name one.")
    return titles, used


def _blank_column(cells: pd.Series) -> bool:
    return all(is_blank(cell) for cell in cells)


def _parquet(file: Path) -> Raw:
    told = pq.read_metadata(file)
    most_rows = min(MOST_ROWS, MOST_CELLS // max(1, told.num_columns))
    if told.num_rows > most_rows or told.num_columns > MOST_COLUMNS:
        found = f"{told.num_rows:,} rows of {told.num_columns} columns"
        accepted = f"at most {most_rows:,} rows of at most {MOST_COLUMNS} columns"
        raise refused(file.name, found, accepted, "Split it, or remove what is not needed.")
    groups = [told.row_group(at).total_byte_size for at in range(told.num_row_groups)]
    _refuse_swollen(file, sum(groups))
    texts = [one.name for one in pq.read_schema(file) if _is_text(one.type)]
    table = pq.read_table(file, read_dictionary=texts)
    table.validate(full=True)  # text that is no UTF-8, lengths that lie
    _refuse_swollen(file, sum(map(_length, table.columns)))
    for at, one in enumerate(table.schema):
        if pa.types.is_dictionary(one.type):
            table = table.set_column(at, one.name, table.column(at).cast(one.type.value_type))
    return _of_single_values(as_raw(table.to_pandas(), file.name))


def _of_single_values(raw: Raw) -> Raw:
    """The table with bytes as the text they are; InputError for cells that hold several values."""
    table = raw.table.copy()
    for place, name in enumerate(table.columns):
        if not pd.api.types.is_object_dtype(table.dtypes.iloc[place]):
            continue
        cells = table.iloc[:, place].to_list()
        for at, cell in enumerate(cells):
            where = f"{raw.name} row {raw.rows[at]}, column {name}"
            if isinstance(cell, list | tuple | dict | set | np.ndarray):
                advice = "Give each value a row or a column of its own."
                raise refused(where, "several values in one cell", "one value in each cell", advice)
            if isinstance(cell, bytes):
                try:
                    cells[at] = cell.decode("utf-8")
                except UnicodeDecodeError:
                    advice = "Save the column as text."
                    raise refused(where, repr(cell[:60]), "text in UTF-8", advice) from None
        table.isetitem(place, np.array(cells, dtype=object))
    return replace(raw, table=table)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _length(column: pa.ChunkedArray) -> int:
    """Bytes of a column of texts, each of which the file may hold once for very many rows."""
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return 0
    lengths = (pc.take(pc.binary_length(c.dictionary), c.indices) for c in column.chunks)
    return sum(pc.sum(part).as_py() or 0 for part in lengths)


def _refuse_swollen(file: Path, size: int) -> None:
    if size > MOST_UNPACKED_MB * 1e6:
        found = f"{size / 1e6:,.0f} MB when unpacked"
        raise refused(file.name, found, f"at most {MOST_UNPACKED_MB} MB", "Split it.")
