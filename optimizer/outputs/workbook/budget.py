"""Budget: every item of cost and income by year, and a chart of costs against means."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from optimizer.instance import ONE_OFFS, RECURRING_ITEMS
from optimizer.outputs.side_by_side import Run
from optimizer.outputs.workbook.charts import budget_chart
from optimizer.outputs.workbook.page import HEADING_ROW, Column, Page
from optimizer.outputs.year_prices import in_year_prices

AFTER = "after"
COSTS = (
    "central",
    *RECURRING_ITEMS,
    *ONE_OFFS,
)
#: Items in the order they are read, after those of cost; any other item follows.
MEANS = ("appropriation", "other_income", "fees_lost", "means")
RESULT = ("carry_in", "carry_out", "paid_back", "margin")
STRONG = frozenset({"cost", "means", "margin"})


def write_budget(page: Page, run: Run) -> None:
    """The sheet of money, and its chart below."""
    page.head(page.text("budget.title"), page.text("budget.note"))
    if run.tables.budget.empty:
        return
    rows, years = budget_rows(run)
    columns = [Column("title", page.column_text("item"), width=44)]
    columns += [Column(year, _heading(page, run, year), "mnkr", 13) for year in years]
    first, last = run.tables.base_year, run.tables.years[-1]
    heading = page.column_text("change_mnkr", first=first, last=last)
    columns.append(Column("change", heading, "change", 14))
    page.widths(column.width for column in columns)
    end = page.table(HEADING_ROW, columns, rows)
    page.sheet.freeze_panes(HEADING_ROW + 1, 1)
    page.print_setup(pages_high=1)
    chart = budget_chart(page, rows, years)
    page.sheet.insert_chart(end + 1, 0, chart, _alternative(page))


def budget_rows(run: Run) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A row per item in reading order with a column per year, and the years (and `after`)."""
    table = run.tables.budget
    table = pd.concat([table, in_year_prices(table)])
    table = table.assign(year=[_year(value) for value in table["year"]])
    years = tuple(dict.fromkeys(table["year"]))
    wide = table.pivot(index="item", columns="year", values="amount_mnkr")
    items = _ordered(wide.index)
    rows = wide.reindex(items).reset_index()
    rows["title"] = [run.titles.of("tables.item", item) for item in rows["item"]]
    rows["strong"] = [item in STRONG for item in rows["item"]]
    base, last = str(run.tables.base_year), str(run.tables.years[-1])
    known = base in wide and last in wide
    rows["change"] = rows[last] - rows[base] if known else float("nan")
    return rows, years


def _year(value: float) -> str:
    """The year as text; the reader of the tables makes `after`, which is no number, of nothing."""
    return AFTER if pd.isna(value) else str(int(value))


def _ordered(items: Iterable[str]) -> list[str]:
    order = (*COSTS, "cost", *MEANS, *RESULT)
    found = list(items)
    return [item for item in order if item in found] + [one for one in found if one not in order]


def _heading(page: Page, run: Run, year: str) -> str:
    if year == AFTER:
        return page.column_text("amount_after")
    return page.text("budget.today", year=year) if year == str(run.tables.base_year) else year


def _alternative(page: Page) -> dict[str, object]:
    return {"description": page.text("chart.budget_text"), "y_offset": 6}
