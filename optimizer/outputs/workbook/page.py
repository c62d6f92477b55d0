"""One sheet: its title, its tables with headings, filter and totals, and how it prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.side_by_side import Titles
from optimizer.outputs.workbook.cells import put
from optimizer.outputs.workbook.looks import WORDS, Looks

TITLE_ROW, NOTE_ROW, TOTAL_ROW, HEADING_ROW = 0, 1, 2, 3
A4, A3 = 9, 8
LINE_HEIGHT = 15.0  # points
LETTERS = 1.1  # of a text for each digit that a column is wide
INDENT = 1.5  # digits
MOST_LINES = 20  # a row holds 409 points
VISIBLE_SUM = 109  # SUBTOTAL's sum of the rows that a filter shows


@dataclass(frozen=True)
class Column:
    """A column of a table: the key in its rows, its heading with unit, its kind and width.

    ``kind_key`` names a key that holds the kind of each cell instead, ``origin`` one that holds
    the origin of its value. ``signs`` gives the look of cells with a certain text.
    """

    key: str
    heading: str
    kind: str = "text"
    width: float = 11
    total: bool = False
    kind_key: str = ""
    origin: str = ""
    signs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """A sheet being written, with the words and looks of its workbook."""

    sheet: Worksheet
    name: str
    book: Workbook
    looks: Looks
    titles: Titles

    def text(self, key: str, **values: object) -> str:
        """A text of the workbook's section of the catalogue."""
        return self.titles.strings.text(f"workbook.{key}", **values)

    def with_standards(self, note: str, tables: RunTables) -> str:
        """A note, and where the run has standards of access that they count people otherwise."""
        return f"{note} {self.text('standards')}" if tables.has_standards else note

    def column_text(self, key: str, **values: object) -> str:
        """A heading, unit included."""
        return self.titles.heading(key, **values)

    def head(self, title: str, note: str) -> None:
        """The title of the sheet and a line on how to read it."""
        self.sheet.set_row(TITLE_ROW, 26)
        put(self.sheet, TITLE_ROW, 0, title, self.looks.title())
        put(self.sheet, NOTE_ROW, 0, note, self.looks.note())

    def widths(self, widths: Iterable[float]) -> None:
        """The widths of the columns from the first, in characters."""
        for number, width in enumerate(widths):
            self.sheet.set_column(number, number, width)

    def table(self, row: int, columns: Sequence[Column], rows: pd.DataFrame) -> int:
        """A table with its headings in ``row``; gives the first row below it."""
        tall = max((lines(one.heading, one.width - 1) for one in columns), default=1)
        self.sheet.set_row(row, LINE_HEIGHT * tall + 3)
        for number, column in enumerate(columns):
            right = column.kind not in WORDS
            put(self.sheet, row, number, column.heading, self.looks.heading(right=right))
        records = rows.to_dict("records")
        for below, record in enumerate(records, start=row + 1):
            kinds = [str(record[one.kind_key]) if one.kind_key else one.kind for one in columns]
            values = [self._value(column, record) for column in columns]
            # Set, since not every program fits the height of a row to wrapped text.
            self.sheet.set_row(below, LINE_HEIGHT * _height(columns, kinds, values))
            strong = bool(record.get("strong", False))
            for number, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
                mark = str(record[column.origin]) if column.origin else ""
                look = self.looks.cell(kind, mark=mark, strong=strong)
                put(self.sheet, below, number, values[number], look)
        for number, column in enumerate(columns):
            self._signs(row + 1, row + len(records), number, column)
        return row + 1 + len(records)

    def main_table(
        self,
        columns: Sequence[Column],
        rows: pd.DataFrame,
        *,
        fixed: int = 1,
        paper: int = A4,
        pages_wide: int = 1,
    ) -> int:
        """The one table of a sheet: widths, filter, frozen headings, totals of what is shown.

        On paper the fixed columns stand on every page that the table is wide.
        """
        self.widths(column.width for column in columns)
        end = self.table(HEADING_ROW, columns, rows)
        last = max(end - 1, HEADING_ROW + 1)
        for number, column in enumerate(columns):
            if column.total and len(rows):
                cells = xl_range(HEADING_ROW + 1, number, last, number)
                self.sheet.write_formula(
                    TOTAL_ROW,
                    number,
                    f"=SUBTOTAL({VISIBLE_SUM},{cells})",
                    self.looks.cell(column.kind, strong=True),
                    float(rows[column.key].astype(float).sum()),
                )
        if any(column.total for column in columns):
            put(self.sheet, TOTAL_ROW, 0, self.text("total"), self.looks.cell("text", strong=True))
            for number in range(1, len(columns)):
                if not columns[number].total:
                    put(self.sheet, TOTAL_ROW, number, "", self.looks.cell("text", strong=True))
        self.sheet.autofilter(HEADING_ROW, 0, last, len(columns) - 1)
        self.sheet.freeze_panes(HEADING_ROW + 1, fixed)
        self.print_setup(repeat=HEADING_ROW, paper=paper, pages_wide=pages_wide)
        if pages_wide > 1:
            self.sheet.repeat_columns(0, fixed - 1)
        return end

    def print_setup(
        self,
        *,
        repeat: int | None = None,
        paper: int = A4,
        pages_high: int = 0,
        pages_wide: int = 1,
    ) -> None:
        """Landscape, as wide as the paper, headings on each page, page numbers below.

        ``pages_high`` 0: as many pages as it takes.
        """
        self.sheet.set_landscape()
        self.sheet.set_paper(paper)
        self.sheet.fit_to_pages(pages_wide, pages_high)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer(f"&L&8&F · &A&R&8{self.text('page')} &P/&N")
        if repeat is not None:
            self.sheet.repeat_rows(repeat)

    def _value(self, column: Column, record: Mapping[Any, Any]) -> Any:
        """The value of a cell: yes and no in words."""
        value = record[column.key]
        if isinstance(value, bool):
            return self.titles.strings.text("tables.yes" if value else "tables.no")
        return value

    def _signs(self, first: int, last: int, number: int, column: Column) -> None:
        for text, name in column.signs:
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"'}
            look = {"format": self.looks.sign(name)}
            if last >= first:
                self.sheet.conditional_format(first, number, last, number, rule | look)


def _height(columns: Sequence[Column], kinds: Sequence[str], values: Sequence[Any]) -> int:
    """The lines of the tallest wrapped cell of a row, within what a row can show."""
    wrapped = [
        lines(str(value or ""), (column.width - INDENT) * LETTERS)
        for column, kind, value in zip(columns, kinds, values, strict=True)
        if kind == "words"
    ]
    return min(max(wrapped, default=1), MOST_LINES)


def lines(text: str, width: float) -> int:
    """About how many lines a text takes where a line holds so many characters."""
    count, used = 1, 0.0
    for word in text.split():
        if used and used + 1 + len(word) > width:
            count, used = count + 1, 0.0
        used += len(word) + (1 if used else 0)
        while used > width:  # a word longer than the line is broken
            count, used = count + 1, used - width
    return count
