"""Sammanfattning: the question, how good the answer is known to be, key figures and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from optimizer.outputs.map.figures import certificate
from optimizer.outputs.map.offices import STATES
from optimizer.outputs.map.signs import title
from optimizer.outputs.measure import measure_of
from optimizer.outputs.side_by_side import Run, nation_access, office_rows
from optimizer.outputs.workbook.cells import put
from optimizer.outputs.workbook.charts import line_chart
from optimizer.outputs.workbook.looks import STATES as LOOKS
from optimizer.outputs.workbook.page import Column, Page
from optimizer.outputs.workbook.requirements import requirement_rows

#: key of a year in summary.json and its kind, in reading order
FIGURES = (
    ("cost_mnkr", "mnkr"),
    ("means_mnkr", "mnkr"),
    ("margin_mnkr", "mnkr"),
    ("cost_per_visit_kr", "count"),
    ("visits", "count"),
    ("lost_visits", "whole"),
    ("open_offices", "count"),
    ("service_points", "count"),
    ("fte", "plain_one"),
    ("mean_minutes", "minutes"),
)
MEASURES = (("mean_minutes", "minutes"), ("share_within_30", "share"), ("share_within_60", "share"))
LABEL_WIDTH, YEAR_WIDTH = 50, 13
CHART_COLUMN = 6


def write_summary(page: Page, run: Run) -> None:
    """The first sheet: what a board reads."""
    page.head(run.title, _question(run))
    years = (run.tables.base_year, *run.tables.years)
    page.widths((LABEL_WIDTH, *(YEAR_WIDTH for _ in years), YEAR_WIDTH))
    row = _proof(page, run, 2)
    row = _figures(page, run, row, years)
    row = _states(page, run, row)
    row = _access(page, run, row, years)
    for sentence in (page.text("summary.estimated"), page.text("summary.proposal")):
        put(page.sheet, row, 0, sentence, page.looks.note())
        row += 1
    page.print_setup(pages_high=1)


def _question(run: Run) -> str:
    return title(run.tables.config.get("question"), run.titles.strings.language)


def _proof(page: Page, run: Run, row: int) -> int:
    said = certificate(run.tables.summary, page.titles.strings)
    if said is None:
        return row
    key = "summary.proof" if said.proved else "summary.proof_without_bound"
    text = page.text(key, status=said.status, gap=said.distance)
    put(page.sheet, row, 0, text, page.looks.strong())
    if said.proved:
        row += 1
        help_text = measure_of(run.tables.summary).text("gap_help", page.titles.strings)
        put(page.sheet, row, 0, help_text, page.looks.note())
    broken = _broken(run)
    if broken:
        row += 1
        sentence = page.text("summary.broken", count=len(broken), which="; ".join(broken))
        put(page.sheet, row, 0, sentence, page.looks.sign("broken"))
    return row + 2


def _broken(run: Run) -> list[str]:
    """The requirements that the plan does not meet, each with its place and year."""
    rows = requirement_rows(run)
    if rows.empty:
        return []
    broken = rows[~rows["holds"]]
    return [f"{one['title']}, {one['where']} {one['when']}" for one in broken.to_dict("records")]


def _figures(page: Page, run: Run, row: int, years: Sequence[int]) -> int:
    found = {int(one["year"]): one for one in run.tables.summary.get("years", ())}
    rows: list[dict[str, object]] = []
    for key, kind in FIGURES:
        values = {str(year): found.get(year, {}).get(key) for year in years}
        if all(value is None for value in values.values()):
            continue
        if key == "service_points" and _same(rows[-1], values):
            continue  # every open office counts, so the number is there already
        rows.append({"title": page.column_text(f"figure.{key}"), "kind": kind, **values})
    return _years_table(page, row, page.text("summary.figures"), rows, years)


def _same(row: Mapping[str, object], values: Mapping[str, object]) -> bool:
    return all(row[year] == value for year, value in values.items())


def _states(page: Page, run: Run, row: int) -> int:
    """How many offices each decision concerns, and the visits they have today."""
    put(page.sheet, row, 0, page.text("summary.states"), page.looks.section())
    table = office_rows(run.tables)
    groups = table.groupby("state")
    rows = pd.DataFrame(
        [
            {
                "title": page.titles.state(state),
                "count": len(group),
                "visits": group["visits_today"].fillna(0).sum(),
                "leaves": int(group["leaves_municipality"].sum()),
            }
            for state in STATES
            if state in groups.groups
            for group in [groups.get_group(state)]
        ]
    )
    signs = tuple((page.titles.state(key), key) for key in STATES if key in LOOKS)
    today = page.titles.strings.text("tables.today")
    columns = (
        Column("title", page.column_text("state"), width=LABEL_WIDTH, signs=signs),
        Column("count", page.column_text("count"), "count", YEAR_WIDTH),
        Column("visits", page.column_text("visits", when=today), "whole", YEAR_WIDTH),
        Column("leaves", page.column_text("leaves_count"), "whole", YEAR_WIDTH),
    )
    return page.table(row + 1, columns, rows) + 1


def _access(page: Page, run: Run, row: int, years: Sequence[int]) -> int:
    """Access by need and year, with its charts below."""
    table = nation_access(run.tables)
    table["year"] = table["year"].astype(str)
    names = [page.titles.need(need) for need in sorted(table["need"].unique())]
    rows = []
    for measure, kind in MEASURES:
        for name, (_, group) in zip(names, table.groupby("need"), strict=True):
            words = page.column_text(f"nation.{measure}", need=name)
            values = dict(zip(group["year"], group[measure], strict=True))
            rows.append({"title": words, "kind": kind, **values})
    end = _years_table(page, row, page.text("summary.access"), rows, years)
    if run.tables.has_standards:
        put(page.sheet, end - 1, 0, page.text("standards"), page.looks.note())
        end += 1
    heading = row + 1
    for at, (measure, axis, form) in enumerate(
        (("mean_minutes", "minutes", "0"), ("share_within_30", "people", "0%"))
    ):
        chart = line_chart(
            page,
            names,
            heading=heading,
            first=heading + 1 + at * len(names),
            years=len(years),
            title=page.text(f"chart.{measure}"),
            axis=page.text(f"chart.{axis}"),
            form=form,
        )
        chart.set_size({"width": 560, "height": 315})
        page.sheet.insert_chart(
            xl_rowcol_to_cell(4 + at * 16, CHART_COLUMN),
            chart,
            {"description": page.text(f"chart.{measure}_text")},
        )
    return end


def _years_table(
    page: Page, row: int, heading: str, rows: list[dict[str, object]], years: Sequence[int]
) -> int:
    """A table with a column per year, below its heading; gives the next free row but one."""
    put(page.sheet, row, 0, heading, page.looks.section())
    columns = [Column("title", page.column_text("figure.title"), width=LABEL_WIDTH)]
    for year in years:
        first = year == years[0]
        name = page.text("budget.today", year=year) if first else str(year)
        columns.append(Column(str(year), name, "any", YEAR_WIDTH, kind_key="kind"))
    return page.table(row + 1, columns, pd.DataFrame(rows)) + 1
