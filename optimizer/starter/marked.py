"""Copies of tables in which every wrong cell is coloured and says what is wrong."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from geodata.blank import is_blank
from geodata.files import read_raw
from geodata.headings import swedish
from geodata.letters import composed
from geodata.problems import InputError, Problem
from optimizer.outputs.strings import load
from optimizer.outputs.warnings import told

_RED = PatternFill("solid", fgColor="F7B7A8")
_HEAD = PatternFill("solid", fgColor="1B3A57")
_FACE = "Calibri"
_MOST_LISTED = 5000
_MOST_COPIES = 1000
_MOST_ROWS = 2000  #: of a file that is no workbook
_WIDTHS = (22, 14, 8, 26, 44, 36, 44)


@contextmanager
def marking(target: Path | None, tell: Callable[[Path], None]) -> Iterator[None]:
    """If the input is wrong inside, write the marked workbook and tell of it; the error goes on."""
    if target is not None:
        _refuse(target)
    try:
        yield
    except InputError as error:
        if target is not None:
            for path in write_marked(target, error.problems):
                tell(path)
        raise


def write_marked(target: Path, problems: Sequence[Problem]) -> tuple[Path, ...]:
    """Write the copies: of each workbook with wrong cells one, and one at least.

    The first has a list of all problems, is of the workbook with most of them, and has a sheet with
    the wrong rows of each other file. Copies of further workbooks are called NAME-WORKBOOK.xlsx.
    Never writes over a file, which may hold what somebody has put right: where there is one of the
    name, the copy is called NAME-2.xlsx and so on. Gives their paths. Raises InputError if they
    can not be written.
    """
    _refuse(target)
    sources = _workbooks(problems)
    main = sources[0] if sources else None
    book = openpyxl.load_workbook(main, rich_text=True) if main else openpyxl.Workbook()
    if main:
        _mark(book, main, problems)
    for file in _other_files(problems):
        _wrong_rows(book, file, problems)
    _list(book, problems)
    written = [_saved(book, target)]
    for source in sources[1:]:
        other = openpyxl.load_workbook(source, rich_text=True)
        _mark(other, source, problems)
        _list(other, [one for one in problems if one.place and one.place.file == str(source)])
        written.append(_saved(other, target.with_name(f"{target.stem}-{source.stem}.xlsx")))
    return tuple(written)


def _saved(book: openpyxl.Workbook, target: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".xlsx", dir=_in(target))
        os.close(handle)
        try:
            book.save(name)
            return _linked(Path(name), target)
        finally:
            os.unlink(name)
    except OSError as error:
        raise _cannot(target, error.strerror or str(error)) from error


def _linked(made: Path, target: Path) -> Path:
    """The file under the name, or the first numbered one that is free."""
    for number in range(1, _MOST_COPIES):
        name = target if number == 1 else target.with_name(f"{target.stem}-{number}.xlsx")
        with suppress(FileExistsError):
            os.link(made, name)
            return name
    raise _cannot(target, f"{_MOST_COPIES} copies already there")


def _in(target: Path) -> Path:
    return target.absolute().parent


def _refuse(target: Path) -> None:
    if target.suffix.lower() != ".xlsx":
        raise InputError(Problem("--marked", repr(target.name), "a file name ending in .xlsx"))
    if not _in(target).is_dir():
        raise _cannot(target, "no such folder")


def _cannot(target: Path, found: str) -> InputError:
    return InputError(Problem("--marked", f"{target}: {found}", "a file that can be written"))


def _workbooks(problems: Sequence[Problem]) -> list[Path]:
    """The workbooks with problems, the one with most first."""
    files = Counter(one.place.file for one in problems if one.place and one.place.sheet)
    return [Path(file) for file, _ in files.most_common()]


def _other_files(problems: Sequence[Problem]) -> list[str]:
    """The other files with wrong rows."""
    found = [p.place.file for p in problems if p.place and p.place.rows and not p.place.sheet]
    return list(dict.fromkeys(found))


def _wrong_rows(book: openpyxl.Workbook, file: str, problems: Sequence[Problem]) -> None:
    """A sheet with the rows of a file that something is wrong with, their numbers first."""
    try:
        raw = read_raw(file)
    except InputError:  # a matrix may be too large to be shown; the list tells of it
        return
    told = _told(file, "", problems)
    rows = sorted({row for row, _ in told})[:_MOST_ROWS]
    page: Worksheet = book.create_sheet(_free_title(book, Path(file).name))
    heads = [load("sv").text("starter.row"), *map(str, raw.table.columns)]
    places = {int(row): at for at, row in enumerate(raw.rows)}
    columns = {raw.columns.get(head, 0): at for at, head in enumerate(heads[1:], start=2)}
    for at, head in enumerate(heads, start=1):
        cell = page.cell(1, at, _as_text(head))
        cell.font, cell.fill = Font(name=_FACE, bold=True, color="FFFFFF"), _HEAD
        page.column_dimensions[get_column_letter(at)].width = max(12, min(40, len(head) + 4))
    for below, row in enumerate((row for row in rows if row in places), start=2):
        page.cell(below, 1, row)
        for at, value in enumerate(raw.table.iloc[places[row]], start=2):
            cell = page.cell(below, at, "" if is_blank(value) else _as_text(str(value)))
            cell.data_type = "s"  # as it stands in the file, and never a formula
        for (_, column), texts in ((key, told[key]) for key in told if key[0] == row):
            _say(page.cell(below, columns.get(column, 1)), texts)
    page.freeze_panes = "B2"


def _free_title(book: openpyxl.Workbook, name: str) -> str:
    """A title of a sheet that Excel takes and that none has yet."""
    title = re.sub(r"[\[\]:*?/\\']", "_", name)[:28]
    taken = {page.title.casefold() for page in book.worksheets}
    while title.casefold() in taken:
        title += "_"
    return title


def _mark(book: openpyxl.Workbook, source: Path, problems: Sequence[Problem]) -> None:
    for page in book.worksheets:
        for (row, column), texts in _told(str(source), composed(page.title), problems).items():
            _say(page.cell(row, column), texts)


def _told(file: str, sheet: str, problems: Sequence[Problem]) -> dict[tuple[int, int], list[str]]:
    """What is told of the cells of a sheet, by row and column."""
    told: dict[tuple[int, int], list[str]] = defaultdict(list)
    for problem in problems:
        place = problem.place
        if place is not None and (place.file, place.sheet) == (file, sheet):
            for row in place.rows or (1,):
                told[row, max(place.column, 1)].append(_short(problem))
    return told


def _say(cell: Cell | MergedCell, texts: Sequence[str]) -> None:
    cell.fill = _RED
    cell.comment = Comment("\n\n".join(texts), "servicenet", width=320, height=140)


def _short(problem: Problem) -> str:
    accepted, found, advice = (
        _swedish(text) for text in (problem.accepted, problem.found, problem.advice)
    )
    head = load("sv").text("starter.wanted", accepted=accepted, found=found)
    return f"{head} {advice}".strip()[:1000]


def _swedish(text: str) -> str:
    """A phrase of a problem in Swedish, with units and headings; as it stands if not known."""
    strings = load("sv")
    said, _ = told(text, strings, "problem")
    if said == text:
        return text
    for unit, word in strings.section("starter.unit").items():
        if said.endswith(f", {unit}"):
            said = f"{said.removesuffix(unit)}{word}"
    return re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", lambda key: swedish(key.group()), said)


def _list(book: openpyxl.Workbook, problems: Sequence[Problem]) -> None:
    """The first sheet: every problem in a row, with a link to its cell."""
    strings = load("sv")
    title = strings.text("starter.errors_sheet")
    names = {page.title for page in book.worksheets}
    while title in names:
        title += "_"
    empty = [page for page in book.worksheets if page.title == "Sheet" and page["A1"].value is None]
    page: Worksheet = book.create_sheet(title, 0)
    for one in empty:  # of a book made here
        book.remove(one)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    page.append(strings.text("starter.errors_head").split("|"))
    for at, width in enumerate(_WIDTHS, start=1):
        page.column_dimensions[chr(64 + at)].width = width
        page.cell(1, at).font = Font(name=_FACE, bold=True, color="FFFFFF")
        page.cell(1, at).fill = _HEAD
    for problem in problems[:_MOST_LISTED]:
        place = problem.place
        row = min(place.rows, default=None) if place else None
        file = Path(place.file).name if place else problem.where
        sheet = place.sheet if place else ""
        said = (_swedish(text) for text in (problem.accepted, problem.found, problem.advice))
        texts = (file, sheet, row, _heading(problem), *said)
        below = page.max_row + 1
        for at, text in enumerate(texts, start=1):
            cell = page.cell(below, at, _as_text(text))
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
            if isinstance(text, str):
                cell.data_type = "s"  # never a formula
        if place and place.sheet in book.sheetnames and row:
            column = openpyxl.utils.get_column_letter(max(place.column, 1))
            link = page.cell(page.max_row, 3)
            link.hyperlink = f"#'{place.sheet}'!{column}{row}"
            link.font = Font(name=_FACE, color="1F5FA8", underline="single")
    page.freeze_panes = "A2"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _heading(problem: Problem) -> str:
    """The heading of the column that is wrong, as the workbook has it."""
    named = re.search(r"columns? (\w+(?: and \w+)?)", problem.where)
    return " ".join(swedish(word) for word in named.group(1).split(" and ")) if named else ""


def _as_text(value: str | int | None) -> str | int | None:
    """Text without control characters, which a workbook can not hold."""
    if not isinstance(value, str):
        return value
    return "".join(sign for sign in value if sign.isprintable() or sign == "\n")
