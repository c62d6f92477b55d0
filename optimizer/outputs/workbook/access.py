"""Regioner: service points and access of every region, today and each year side by side."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.outputs.side_by_side import Run, region_rows
from optimizer.outputs.workbook.looks import PAPER
from optimizer.outputs.workbook.page import A3, HEADING_ROW, Column, Page

WORSE = "#F5C374"
WITHIN = ("share_within_30", "share_within_60", "share_within_90")


def write_regions(page: Page, run: Run) -> None:
    """The sheet of regions: each division in turn, the highest need first."""
    note = page.with_standards(page.text("regions.note"), run.tables)
    page.head(page.text("regions.title"), note)
    rows = region_rows(run.tables)
    if rows.empty:
        return
    titles = page.titles
    rows["division_title"] = [titles.division(key) for key in rows["division"]]
    rows["need_title"] = [titles.need(need) for need in rows["need"]]
    columns = tuple(_columns(page, run))
    end = page.main_table(columns, rows, fixed=3, paper=A3)
    added = [column.key for column in columns].index("added_minutes")
    scale = {"type": "2_color_scale", "min_color": PAPER, "max_color": WORSE}
    page.sheet.conditional_format(HEADING_ROW + 1, added, end - 1, added, scale)


def _columns(page: Page, run: Run) -> Iterator[Column]:
    text = page.column_text
    last = run.tables.years[-1]
    today, final = run.moments[0], run.moments[-1]
    yield Column("division_title", text("division"), "words", 13)
    yield Column("region_code", text("region_code"), width=7)
    yield Column("region", text("region"), width=22)
    yield Column("need_title", text("need"), width=34)
    yield Column("population", text("population"), "count", 11)
    yield Column("required", text("required", when=last), "whole", 10)
    for ending, name in run.moments:
        key = f"service_points_{ending}"
        yield Column(key, text("service_points", when=name), "count", 15)
    for ending, name in run.moments:
        yield Column(f"mean_minutes_{ending}", text("mean_minutes", when=name), "minutes", 12)
    yield Column("added_minutes", text("added_minutes", when=last), "change", 12)
    for ending, name in (today, final):
        yield Column(f"p90_minutes_{ending}", text("p90_minutes", when=name), "minutes", 10)
    for share in WITHIN:
        for ending, name in (today, final):
            yield Column(f"{share}_{ending}", text(share, when=name), "share", 10)
