"""The charts, drawn by the spreadsheet itself from the cells of the sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from xlsxwriter.chart import Chart

from optimizer.instance import ONE_OFFS, RECURRING_ITEMS
from optimizer.outputs.workbook.looks import CHART_COLOURS, INK, LINE, SOFT
from optimizer.outputs.workbook.page import HEADING_ROW, Page

#: Items of cost as they are stacked from the ground.
STACKED = (
    "central",
    *RECURRING_ITEMS,
    *ONE_OFFS,
)
FONT = {"name": "Calibri", "size": 9, "color": SOFT}


def budget_chart(page: Page, rows: pd.DataFrame, years: Sequence[str]) -> Chart:
    """Costs of each year stacked by item, and the means as a line."""
    items = rows["item"].tolist()
    shown = [year for year in years if year.isdecimal()]
    first, last = 1 + years.index(shown[0]), 1 + years.index(shown[-1])

    def cells(item: str) -> list[Any]:
        row = HEADING_ROW + 1 + items.index(item)
        return [page.name, row, first, row, last]

    chart = page.book.add_chart({"type": "column", "subtype": "stacked"})
    drawn = [item for item in STACKED if item in items]
    colours = [CHART_COLOURS[at % len(CHART_COLOURS)] for at in range(len(drawn))]
    for item, colour in zip(drawn, colours, strict=True):
        chart.add_series(
            {
                "name": [page.name, HEADING_ROW + 1 + items.index(item), 0],
                "categories": [page.name, HEADING_ROW, first, HEADING_ROW, last],
                "values": cells(item),
                "fill": {"color": colour},
                "gap": 70,
            }
        )
    if "means" in items:
        line = page.book.add_chart({"type": "line"})
        line.add_series(
            {
                "name": [page.name, HEADING_ROW + 1 + items.index("means"), 0],
                "categories": [page.name, HEADING_ROW, first, HEADING_ROW, last],
                "values": cells("means"),
                "line": {"color": INK, "width": 2.25},
                "marker": {"type": "diamond", "size": 8, "fill": {"color": INK}},
            }
        )
        chart.combine(line)
    _dress(chart, page.text("chart.budget"), page.text("chart.mnkr"), "#,##0")
    return chart


def line_chart(
    page: Page,
    names: Sequence[str],
    *,
    heading: int,
    first: int,
    years: int,
    title: str,
    axis: str,
    form: str,
) -> Chart:
    """A line for each row of a table from ``first``; its years stand from the second column."""
    chart = page.book.add_chart({"type": "line"})
    for at, name in enumerate(names):
        row = first + at
        colour = (CHART_COLOURS[0], CHART_COLOURS[4], CHART_COLOURS[5])[at % 3]
        kinds = ("circle", "square", "triangle")
        chart.add_series(
            {
                "name": name,
                "categories": [page.name, heading, 1, heading, years],
                "values": [page.name, row, 1, row, years],
                "line": {"color": colour, "width": 2.25},
                "marker": {
                    "type": kinds[at % 3],
                    "size": 7,
                    "fill": {"color": colour},
                    "border": {"color": colour},
                },
            }
        )
    _dress(chart, title, axis, form)
    return chart


def _dress(chart: Chart, title: str, axis: str, form: str) -> None:
    """Title, axes and legend, alike in every chart."""
    chart.set_title({"name": title, "name_font": {**FONT, "size": 12, "color": INK}})
    chart.set_x_axis({"num_font": FONT, "line": {"color": SOFT}})
    chart.set_y_axis(
        {
            "name": axis,
            "name_font": FONT,
            "num_font": FONT,
            "num_format": form,
            "major_gridlines": {"visible": True, "line": {"color": LINE}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"position": "bottom", "font": FONT})
    chart.set_size({"width": 760, "height": 360})
