"""Personal: staff of each office by year; and, where the run has them, who goes where."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.side_by_side import Run, office_rows
from optimizer.outputs.staffing import ENDS
from optimizer.outputs.workbook.page import Column, Page


def write_staff(page: Page, run: Run) -> None:
    """The sheet of staff: offices that have any, today or in some year."""
    page.head(page.text("staff.title"), page.text(_note(run)))
    endings = [ending for ending, _ in run.moments]
    rows = office_rows(run.tables)
    rows = rows[(rows[[f"fte_{ending}" for ending in endings]].fillna(0) > 0).any(axis=1)]
    rows = rows.assign(
        municipality=[page.titles.municipality(code) for code in rows["municipality_code"]],
        state=[page.titles.state(key) for key in rows["state"]],
        change=rows[f"fte_{endings[-1]}"].fillna(0) - rows["fte_today"].fillna(0),
    )
    text = page.column_text
    columns = [
        Column("office_id", text("office_id"), width=10),
        Column("office", text("office"), width=28),
        Column("municipality", text("municipality"), width=20),
        Column("state", text("state"), width=16),
    ]
    for ending, name in run.moments:
        origin = "origin_fte" if ending == "today" else ""
        heading = text("fte", when=name)
        columns.append(Column(f"fte_{ending}", heading, "one", 12, total=True, origin=origin))
    heading = text("change_fte", first=run.tables.base_year, last=run.tables.years[-1])
    columns.append(Column("change", heading, "change", 13, total=True))
    if not run.tables.staff.empty:
        sums = _sums(run.tables.staff, rows["office_id"])
        rows = rows.merge(sums, on="office_id", how="left")
        columns += [Column(key, text(key), "one", 11, total=True) for key, _, _ in ENDS]
    page.main_table(columns, rows, fixed=2)


def write_staff_flows(page: Page, run: Run) -> None:
    """The sheet of flows: each year's moves, hires, redundancies and natural departures."""
    page.head(page.text("staff_flows.title"), page.text("staff_flows.note"))
    titles, flows = page.titles, run.tables.staff
    rows = flows.assign(
        kind_title=[titles.of("tables.staff", kind) for kind in flows["kind"]],
        from_office=[titles.office(key) if key else "" for key in flows["from_office_id"]],
        to_office=[titles.office(key) if key else "" for key in flows["to_office_id"]],
    )
    text = page.column_text
    columns = (
        Column("year", text("year"), "year", 10),
        Column("kind_title", text("staff_kind"), width=24),
        Column("from_office_id", text("from_office_id"), width=12),
        Column("from_office", text("from_office"), width=28),
        Column("to_office_id", text("to_office_id"), width=12),
        Column("to_office", text("to_office"), width=28),
        Column("fte", text("fte_moved"), "one", 14, total=True),
    )
    page.main_table(columns, rows, fixed=2)


def write_remote(page: Page, run: Run) -> None:
    """The sheet of help by video: which office helps which, each year."""
    page.head(page.text("remote.title"), page.text("remote.note"))
    titles, pairs = page.titles, run.tables.shown(run.tables.remote)
    rows = pairs.assign(
        from_office=[titles.office(key) for key in pairs["from_office_id"]],
        to_office=[titles.office(key) for key in pairs["to_office_id"]],
    )
    text = page.column_text
    columns = (
        Column("year", text("year"), "year", 10),
        Column("from_office_id", text("from_office_id"), width=12),
        Column("from_office", text("from_office"), width=28),
        Column("to_office_id", text("to_office_id"), width=12),
        Column("to_office", text("to_office"), width=28),
        Column("fte", text("fte_moved"), "one", 14, total=True),
        Column("visits", text("visits_helped"), "whole", 14, total=True),
    )
    page.main_table(columns, rows, fixed=1)


def _note(run: Run) -> str:
    return "staff.note_without_flows" if run.tables.staff.empty else "staff.note"


def _sums(flows: pd.DataFrame, office_ids: pd.Series) -> pd.DataFrame:
    """For each office, the FTE of each kind over all years."""
    sums = pd.DataFrame({"office_id": office_ids})
    for key, kind, end in ENDS:
        total = flows[flows["kind"] == kind].groupby(end)["fte"].sum()
        sums[key] = sums["office_id"].map(total).fillna(0.0)
    return sums
