"""`plan.xlsx` put together: its sheets in order, and what makes the same tables the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook

from optimizer.outputs.side_by_side import Run, read_run
from optimizer.outputs.workbook.access import write_regions
from optimizer.outputs.workbook.budget import write_budget
from optimizer.outputs.workbook.cells import plain
from optimizer.outputs.workbook.looks import Looks
from optimizer.outputs.workbook.offices import write_offices
from optimizer.outputs.workbook.page import Page
from optimizer.outputs.workbook.requirements import write_requirements
from optimizer.outputs.workbook.sensitivity import write_sensitivity
from optimizer.outputs.workbook.sources import write_sources
from optimizer.outputs.workbook.staff import write_remote, write_staff, write_staff_flows
from optimizer.outputs.workbook.summary import write_summary
from optimizer.outputs.workbook.weekdays import write_weekdays

#: Every sheet in order: its name in the catalogue, its function, and a table it cannot do without.
SHEETS: tuple[tuple[str, Callable[[Page, Run], None], str], ...] = (
    ("summary", write_summary, ""),
    ("offices", write_offices, ""),
    ("regions", write_regions, ""),
    ("budget", write_budget, ""),
    ("staff", write_staff, ""),
    ("staff_flows", write_staff_flows, "staff"),
    ("remote", write_remote, "remote"),
    ("weekdays", write_weekdays, "weekdays"),
    ("requirements", write_requirements, ""),
    ("sensitivity", write_sensitivity, ""),
    ("sources", write_sources, ""),
)
WHOLE_SHEET = "A1:XFD1048576"
CREATED = datetime(2025, 1, 1)  # a clock would make equal plans unequal files
LITERAL = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def write_workbook(folder: Path, *, language: str) -> Path:
    """Write `plan.xlsx` into a run folder from its tables; same tables, same bytes."""
    run = read_run(folder, language)
    titles = run.titles
    path = folder / "plan.xlsx"
    with Workbook(str(path), LITERAL) as book:
        book.set_properties(
            {
                "title": plain(run.title),
                "subject": titles.strings.text("workbook.subject"),
                "created": CREATED,
            }
        )
        book.set_size(2400, 1400)
        looks = Looks(book)
        sheets = [one for one in SHEETS if not one[2] or not getattr(run.tables, one[2]).empty]
        names = [titles.strings.text(f"workbook.sheet.{key}") for key, _, _ in sheets]
        pages = [Page(book.add_worksheet(name), name, book, looks, titles) for name in names]
        for page, (_, write, _) in zip(pages, sheets, strict=True):
            page.sheet.hide_gridlines(2)
            page.sheet.ignore_errors({"number_stored_as_text": WHOLE_SHEET})  # codes are text
            write(page, run)
    return path
