"""Krav: every requirement with what the plan reaches, its limit and what is left."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.side_by_side import Run
from optimizer.outputs.workbook.page import Column, Page

#: How a value is written, by its unit.
KINDS = {
    "mnkr": "mnkr",
    "share": "share",
    "fte": "plain_one",
    "minutes": "plain_one",
    "visits": "count",
    "sites": "count",
    "changes": "count",
    "municipalities": "count",
    "decision": "count",
}
#: Requirements of a plan's own structure: they hold by the way it is counted, and come last.
STRUCTURE = frozenset({"one_mode", "assignment", "transition", "partners", "equity"})


def write_requirements(page: Page, run: Run) -> None:
    """The sheet of requirements; broken ones first, those that cannot break last."""
    note = page.with_standards(page.text("requirements.note"), run.tables)
    page.head(page.text("requirements.title"), note)
    rows = requirement_rows(run)
    if rows.empty:
        return
    rows = rows.sort_values(["holds", "structure"], kind="stable")
    text, strings = page.column_text, page.titles.strings
    yes, no = strings.text("tables.yes"), strings.text("tables.no")
    columns = (
        Column("title", text("requirement"), width=40),
        Column("where", text("scope"), width=44),
        Column("when", text("year"), width=11),
        Column("value", text("value"), "any", 13, kind_key="kind"),
        Column("limit", text("limit"), "any", 13, kind_key="kind"),
        Column("margin", text("margin"), "any", 13, kind_key="kind"),
        Column("unit_title", text("unit"), width=12),
        Column("holds", text("holds"), width=11, signs=((no, "broken"), (yes, "good"))),
        Column("binds", text("binding"), width=11, signs=((yes, "tight"),)),
        Column("requirement", text("requirement_key"), width=20),
        Column("scope", text("scope_key"), width=20),
    )
    page.main_table(columns, rows, fixed=2)


def requirement_rows(run: Run) -> pd.DataFrame:
    """requirements.csv with words beside its keys, and `structure` for rows that say nothing."""
    table, titles = run.tables.requirements, run.titles
    if table.empty:
        return table
    after = titles.strings.text("tables.after")
    named = zip(table["requirement"], table["scope"], strict=True)
    closures = table["scope"].str.startswith("closures:")
    structure = table["requirement"].isin(STRUCTURE) & ~closures
    structure |= table["scope"].str.startswith("balance:")
    return table.assign(
        title=[titles.of("requirement", key) for key in table["requirement"]],
        where=[titles.scope(requirement, scope) for requirement, scope in named],
        when=[after if pd.isna(year) else str(int(year)) for year in table["year"]],
        unit_title=[titles.of("tables.unit", unit) for unit in table["unit"]],
        kind=[KINDS.get(unit, "any") for unit in table["unit"]],
        structure=structure,
        binds=table["binding"],
    )
