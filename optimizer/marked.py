"""A copy of a workbook in which every wrong cell is coloured and says what is wrong."""

from __future__ import annotations

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

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
            tell(write_marked(target, error.problems))
        raise


def write_marked(target: Path, problems: Sequence[Problem]) -> Path:
    """Write the copy: of the workbook with most wrong cells, or a list alone where there is none.

    Never writes over a file, which may hold what somebody has put right: where there is one of the
    name, the copy is called NAME-2.xlsx and so on. Gives its path. Raises InputError if it cannot
    be written.
    """
    _refuse(target)
    source = _workbook(problems)
    book = openpyxl.load_workbook(source, rich_text=True) if source else openpyxl.Workbook()
    if source:
        _mark(book, source, problems)
    _list(book, problems)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".xlsx", dir=_in(target))
        os.close(handle)
        try:
            book.save(name)
            written = _linked(Path(name), target)
        finally:
            os.unlink(name)
    except OSError as error:
        raise _cannot(target, error.strerror or str(error)) from error
    return written


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


def _workbook(problems: Sequence[Problem]) -> Path | None:
    """The workbook with most problems."""
    counted: dict[str, int] = defaultdict(int)
    for problem in problems:
        if problem.place is not None and problem.place.sheet:
            counted[problem.place.file] += 1
    return Path(max(counted, key=lambda file: counted[file])) if counted else None


def _mark(book: openpyxl.Workbook, source: Path, problems: Sequence[Problem]) -> None:
    sheets = {composed(page.title): page for page in book.worksheets}
    told: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for problem in problems:
        place = problem.place
        if place is None or place.file != str(source) or place.sheet not in sheets:
            continue
        for row in place.rows or (1,):
            told[place.sheet, row, max(place.column, 1)].append(_short(problem))
    for (sheet, row, column), texts in told.items():
        cell = sheets[sheet].cell(row, column)
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
    if names == {"Sheet"}:
        book.remove(book.worksheets[0])
    page: Worksheet = book.create_sheet(title, 0)
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
