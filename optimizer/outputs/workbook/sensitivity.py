"""Känslighet: what holds the plan back, and what it rests on; no claims beyond the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.outputs.account.account import read_account
from optimizer.outputs.map.signs import title
from optimizer.outputs.measure import MILLION
from optimizer.outputs.side_by_side import Run
from optimizer.outputs.workbook.assumptions import Assumption, assumptions
from optimizer.outputs.workbook.cells import put
from optimizer.outputs.workbook.page import HEADING_ROW, Column, Page
from optimizer.outputs.workbook.requirements import requirement_rows

WIDTHS = (46, 22, 22, 16, 30, 24, 58)


def write_sensitivity(page: Page, run: Run) -> None:
    """Four parts: what binds, what follows from it, the assumptions, and the modes."""
    page.head(page.text("sensitivity.title"), page.text("sensitivity.note"))
    page.widths(WIDTHS)
    row = _part(page, HEADING_ROW, "binds")
    row = page.table(row, _binding_columns(page), binding_rows(run)) + 1
    row = _part(page, row, "follows")
    for sentence in facts(run):
        put(page.sheet, row, 0, sentence, page.looks.note())
        row += 1
    row = _part(page, row + 1, "assumptions")
    found = [_assumption_row(page, one) for one in assumptions(run.tables.config)]
    end = page.table(row, _assumption_columns(page), pd.DataFrame(found))
    page.sheet.autofilter(row, 0, end - 1, len(WIDTHS) - 1)
    row = _part(page, end + 1, "modes")
    page.table(row, _mode_columns(page), pd.DataFrame(_mode_rows(page, run)))
    page.print_setup(pages_high=1)


def binding_rows(run: Run) -> pd.DataFrame:
    """For each requirement of policy: its rows, how many bind, and where least is left."""
    table = requirement_rows(run)
    if table.empty:
        return pd.DataFrame()
    rows = []
    for (name, unit), group in table[~table["structure"]].groupby(
        ["requirement", "unit"], sort=False
    ):
        least = group.iloc[int(group["margin"].argmin())]
        rows.append(
            {
                "title": run.titles.of("requirement", name),
                "rows": len(group),
                "binding": int(group["binding"].sum()),
                "margin": least["margin"],
                "kind": least["kind"],
                "where": f"{least['where']} {least['when']}",
                "unit": run.titles.of("tables.unit", unit),
            }
        )
    return pd.DataFrame(rows)


def facts(run: Run) -> list[str]:
    """What can be said of the plan's margins from the run alone, each only where it is known."""
    tables, strings = run.tables, run.titles.strings
    said = []
    budget = tables.requirements
    if not budget.empty:
        budget = budget[budget["requirement"] == "budget_by_year"]
    if not budget.empty:
        least = budget.iloc[int(budget["margin"].argmin())]
        when = strings.text("tables.after") if pd.isna(least["year"]) else int(least["year"])
        margin = float(least["margin"])
        key = "workbook.fact.margin" if margin >= 0 else "workbook.fact.deficit"
        said.append(strings.text(key, when=when, amount=strings.number(abs(margin), 2)))
    if not tables.money.empty:
        wage = float(tables.money["wage_mnkr_per_fte"].iloc[-1])
        if wage > 0:
            said.append(strings.text("workbook.fact.wage", fte=strings.number(1 / wage, 2)))
    price = _minutes_per_krona(run)
    if price is not None:
        said.append(strings.text("workbook.fact.price", minutes=strings.number(price * 1000)))
    regions = tables.requirements
    if not regions.empty:
        regions = regions[regions["requirement"] == "region_coverage"]
        if not regions.empty:
            last = regions[regions["year"] == regions["year"].max()]
            exact = int((last["margin"] <= 0).sum())
            said.append(strings.text("workbook.fact.regions", count=exact, total=len(last)))
    return said


def _minutes_per_krona(run: Run) -> float | None:
    """Minutes added for each krona that the plan costs less than today's network would.

    Over the planning years, in each of which today's network costs what that year's prices, wages
    and productivity make it. None where that is not known or nothing is saved.
    """
    summary = run.tables.summary
    costs = {int(row["year"]): row.get("cost_mnkr") for row in summary.get("years", ())}
    costs.pop(run.tables.base_year, None)
    objective, before = summary.get("visit_minutes"), summary.get("visit_minutes_today")
    if not costs or None in (*costs.values(), objective, before):
        return None
    try:
        unchanged = read_account(run.folder).unchanged.set_index("year")["cost"]
    except OSError:  # a folder without the inputs of travel or demand
        return None
    saved = sum(float(unchanged[year]) - float(cost) for year, cost in costs.items()) * MILLION
    return (float(objective) - float(before)) / saved if saved > 0 else None  # type: ignore[arg-type]


def _part(page: Page, row: int, name: str) -> int:
    put(page.sheet, row, 0, page.text(f"sensitivity.{name}"), page.looks.section())
    return row + 1


def _binding_columns(page: Page) -> tuple[Column, ...]:
    text = page.column_text
    return (
        Column("title", text("requirement"), width=WIDTHS[0]),
        Column("rows", text("rows"), "count", WIDTHS[1]),
        Column("binding", text("binding_rows"), "count", WIDTHS[2]),
        Column("margin", text("least_margin"), "any", WIDTHS[3], kind_key="kind"),
        Column("unit", text("unit"), width=WIDTHS[4]),
        Column("where", text("least_where"), "words", WIDTHS[5]),
    )


def _assumption_row(page: Page, one: Assumption) -> dict[str, object]:
    """The assumption in the language of the book; as the schema has it where that lacks words."""

    def words(part: str, otherwise: str) -> str:
        return page.titles.strings.text_or(f"tables.assumption.{one.key}.{part}", otherwise)

    value, default = (_shown(page, value) for value in (one.value, one.default))
    return {
        "name": words("name", one.meaning),
        "value": value,
        "default": default,
        "changed": one.changed,
        "unit": words("unit", one.unit),
        "range": words("range", one.vary),
        "reason": words("reason", one.reason),
        "kind": "words" if isinstance(value, str) else "any",
    }


def _shown(page: Page, value: object) -> str | float:
    """A number as such; what is given by need, place or mode as text."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_written(page, item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_limit(page, one) for one in value)
    return str(value)


def _limit(page: Page, one: Mapping[str, Any]) -> str:
    """A limit of `mode_limits`: the mode and the most sites in it."""
    return f"{page.titles.mode(one.get('mode'))}: {one.get('at_most')}"


def _written(page: Page, value: object) -> str:
    if not isinstance(value, int | float):
        return str(value)
    text = page.titles.strings.number(float(value), 3).rstrip("0")
    return text.rstrip(",.") or "0"


def _assumption_columns(page: Page) -> tuple[Column, ...]:
    text = page.column_text
    yes = page.titles.strings.text("tables.yes")
    return (
        Column("name", text("assumption"), "words", WIDTHS[0]),
        Column("value", text("value_run"), "any", WIDTHS[1], kind_key="kind"),
        Column("default", text("value_default"), "any", WIDTHS[2], kind_key="kind"),
        Column("changed", text("value_changed"), width=WIDTHS[3], signs=((yes, "tight"),)),
        Column("unit", text("unit"), "words", WIDTHS[4]),
        Column("range", text("range"), "words", WIDTHS[5]),
        Column("reason", text("reason"), "words", WIDTHS[6]),
    )


def _mode_rows(page: Page, run: Run) -> list[dict[str, object]]:
    modes: Mapping[str, Mapping[str, Any]] = run.tables.config.get("modes") or {}
    return [
        {
            "title": title(one.get("title"), page.titles.strings.language) or name,
            **{key: one.get(key) for key, _ in MODE_FIGURES},
        }
        for name, one in modes.items()
    ]


MODE_FIGURES = (
    ("open_days", "count"),
    ("fte_min", "one"),
    ("tier", "count"),
    ("premises_factor", "three"),
    ("local_factor", "three"),
    ("conversion_cost_mnkr", "two"),
)


def _mode_columns(page: Page) -> tuple[Column, ...]:
    head = Column("title", page.column_text("mode_title"), width=WIDTHS[0])
    figures = zip(MODE_FIGURES, WIDTHS[1:], strict=True)
    columns = (Column(key, page.column_text(key), kind, wide) for (key, kind), wide in figures)
    return (head, *columns)
