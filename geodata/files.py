"""Reading a table file of any kind as it stands: csv, xlsx#sheet, parquet, gpkg, geojson."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.problems import InputError, Problem

ACCEPTED = "csv, xlsx (file.xlsx#sheet), parquet, gpkg or geojson"
MOST_SHOWN = 20


@dataclass(frozen=True)
class Raw:
    """A table as it stands in the file; `rows` are the numbers by which messages point into it."""

    name: str
    table: pd.DataFrame
    rows: NDArray[np.int64]
    decimal_comma: bool = False


def read_raw(source: str | Path) -> Raw:
    """The table in a file, values unchanged, blank rows left out; InputError if it cannot be."""
    path, _, sheet = str(source).partition("#")
    file = Path(path)
    if not file.is_file():
        raise refused(path, "no such file", "a file that exists", "Check the path.")
    readers = {".csv": _csv, ".parquet": _parquet, ".gpkg": _shapes, ".geojson": _shapes}
    suffix = file.suffix.lower()
    if suffix != ".xlsx" and suffix not in readers:
        raise refused(file.name, repr(file.suffix), ACCEPTED, "Save the table as one of these.")
    try:
        return _xlsx(file, sheet) if suffix == ".xlsx" else readers[suffix](file)
    except InputError:
        raise
    except Exception as error:  # each library has its own errors for a broken file
        found = f"a file that cannot be read ({error})"
        raise refused(file.name, found, f"a sound {suffix[1:]} file", "Save it again.") from error


def as_raw(table: pd.DataFrame, name: str, first_row: int = 1) -> Raw:
    """A table at hand, numbered from `first_row`."""
    numbers = np.arange(first_row, first_row + len(table))
    return Raw(name, table.reset_index(drop=True), numbers)


def refused(where: str, found: str, accepted: str, advice: str = "") -> InputError:
    """The error for one problem."""
    return InputError((Problem(where, found, accepted, advice),))


def _csv(file: Path) -> Raw:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        advice = "Save it as 'CSV UTF-8'."
        raise refused(file.name, "another encoding", "text in UTF-8", advice) from error
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return _from_cells(file.name, lines, decimal_comma=separator == ";")


def _xlsx(file: Path, sheet: str) -> Raw:
    with pd.ExcelFile(file) as book:
        sheets = [str(name) for name in book.sheet_names]
        if sheet and sheet not in sheets:
            raise refused(f"{file.name}#{sheet}", repr(sheet), f"one of {', '.join(sheets)}")
        sheet_read = sheet or sheets[0]
        cells = pd.read_excel(
            book, sheet_name=sheet_read, header=None, dtype=object, keep_default_na=False
        )
    name = f"{file.name}#{sheet}" if sheet else file.name
    return _from_cells(name, cells.to_numpy(dtype=object).tolist())


def _from_cells(
    name: str, lines: Sequence[Sequence[object]], *, decimal_comma: bool = False
) -> Raw:
    """A header and rows below it, without rows and columns that are blank throughout."""
    if not lines or all(is_blank(cell) for cell in lines[0]):
        raise refused(name, "no header row", "a header row and rows below it")
    header = ["" if is_blank(title) else str(title).strip() for title in lines[0]]
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
    return Raw(name, table[used].set_axis(titles, axis=1), rows, decimal_comma)


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
    """Points of a map layer become longitude and latitude; a layer without CRS is refused."""
    layer = gpd.read_file(file)
    if layer.crs is None:
        raise refused(file.name, "no coordinate system", "a layer with its CRS", "Set it.")
    points = layer.to_crs(4326).geometry
    if not (points.geom_type == "Point").all():
        raise refused(file.name, "other shapes than points", "a layer of points")
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    return as_raw(table.assign(longitude=points.x, latitude=points.y), file.name)
