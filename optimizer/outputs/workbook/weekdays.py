"""Öppetdagar: the weekdays proposed for offices that are near each other."""

from __future__ import annotations

from optimizer.outputs.side_by_side import Run
from optimizer.outputs.weekdays import in_words
from optimizer.outputs.workbook.page import Column, Page


def write_weekdays(page: Page, run: Run) -> None:
    """The sheet of open days: a row for each office and planning year, groups together."""
    page.head(page.text("weekdays.title"), page.text("weekdays.note"))
    titles, table = page.titles, run.tables.weekdays
    rows = table.sort_values(["year", "group", "office_id"], kind="stable", ignore_index=True)
    rows = rows.assign(
        office=[titles.office(key) for key in rows["office_id"]],
        group_office=[titles.office(key) for key in rows["group"]],
        days=[in_words(days, titles.strings) for days in rows["weekdays"]],
    )
    text = page.column_text
    columns = (
        Column("year", text("year"), "year", 10),
        Column("group_office", text("open_group"), width=28),
        Column("office_id", text("office_id"), width=10),
        Column("office", text("office"), width=28),
        Column("days", text("weekdays"), width=44),
        Column("uncovered", text("uncovered"), "whole", 16),
    )
    page.main_table(columns, rows, fixed=1)
