"""Staff by year: the flows where the run has them, otherwise the change at each office."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from optimizer.outputs.report.blocks import Block, Paragraph, Section, Table, table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.staffing import gathered

FLOWS = ("move", "hire", "redundant", "attrition")
MOVES_SHOWN = 25


def staff(writer: Writer) -> Section:
    """Full-time equivalents by year, who moves, and where staff becomes too many or too few."""
    flows = writer.source.run.staff
    blocks: list[Block] = [Paragraph(staff_sentence(writer)), need_table(writer)]
    if flows.empty:
        blocks.append(Paragraph(writer.say("staff.no_flows"), "note"))
    else:
        blocks.append(flows_table(writer))
        if (flows["kind"] == "move").any():
            blocks.append(moves_table(writer))
    if not writer.source.run.remote.empty:
        blocks += [Paragraph(remote_sentence(writer)), remote_table(writer)]
    return Section("staff", writer.say("staff.heading"), tuple(blocks))


def staff_sentence(writer: Writer) -> str:
    """How many full-time equivalents the service needs today and in the last year."""
    today, last = _fte(writer)[0], _fte(writer)[-1]
    before, after = writer.number(today), writer.number(last)
    year, apart = writer.source.last_year, writer.number(abs(today - last))
    if before == after:
        return writer.say("staff.text_same", before=before, year=year)
    if last > today:
        return writer.say("staff.text_more", before=before, after=after, more=apart, year=year)
    return writer.say("staff.text", before=before, after=after, fewer=apart, year=year)


def need_table(writer: Writer) -> Table:
    """The need by year, and how much falls away at offices that close, convert, or stay."""
    run = writer.source.run
    years = (run.base_year, *run.years)
    today = run.sites.set_index("office_id")["fte_today"].astype(float)
    by_year = {run.base_year: today} | {
        year: run.plan[run.plan["year"] == year].set_index("office_id")["fte"].astype(float)
        for year in run.years
    }
    states = {one.office_id: one.state for one in writer.account.changes}
    gone = {one for one, state in states.items() if state in ("close", "merge")}
    changed = {one for one, state in states.items() if state == "convert"}
    opened = {one for one, state in states.items() if state == "open"}
    every = set(today.index)
    rows = []
    for key, offices in (
        ("closed", gone),
        ("converted", changed),
        ("opened", opened),
        ("others", every - gone - changed - opened),
        ("all", every),
    ):
        amounts = [
            float(by_year[year].reindex(sorted(offices)).fillna(0.0).sum()) for year in years
        ]
        rows.append((writer.say(f"staff.{key}"), *(writer.number(one, 1) for one in amounts)))
    totals = _fte(writer)
    change = [None, *(after - before for before, after in pairwise(totals))]
    rows.append((writer.say("staff.change"), *(writer.change(one, 1) for one in change)))
    heads = (writer.say("column.fte"), *map(str, years))
    return table(writer.say("staff.table"), heads, rows, strong=(4,), note=writer.say("staff.note"))


def flows_table(writer: Writer) -> Table:
    """Moves, hires, redundancies and attrition by year."""
    run = writer.source.run
    sums = run.staff.groupby(["kind", "year"])["fte"].sum()
    rows = [
        (
            writer.say(f"staff.{kind}"),
            *(writer.number(float(sums.get((kind, year), 0.0)), 1) for year in run.years),
        )
        for kind in FLOWS
    ]
    heads = (writer.say("column.fte"), *map(str, run.years))
    return table(writer.say("staff.flows"), heads, rows)


def moves_table(writer: Writer) -> Table:
    """The largest moves between offices, the pieces of all years together."""
    flows = gathered(writer.source.run.staff)
    moves = flows[flows["kind"] == "move"]
    rows = [
        (
            writer.office(str(row["from_office_id"])),
            writer.office(str(row["to_office_id"])),
            _span(int(row["first_year"]), int(row["last_year"])),
            writer.number(float(row["fte"]), 1),
        )
        for row in moves.head(MOVES_SHOWN).to_dict("records")
    ]
    heads = tuple(writer.say(f"column.{one}") for one in ("from", "to", "year", "fte"))
    left = max(0, len(moves) - MOVES_SHOWN)
    note = writer.say("staff.more_moves", left=left) if left else ""
    return table(writer.say("staff.moves"), heads, rows, words=(0, 1, 2), note=note)


def remote_sentence(writer: Writer) -> str:
    """How much help offices give each other by video in the last year."""
    pairs = _last_pairs(writer)
    return writer.say(
        "staff.remote_text",
        year=writer.source.last_year,
        fte=writer.number(float(pairs["fte"].sum()), 1),
        givers=_offices(writer, pairs["from_office_id"]),
        takers=_offices(writer, pairs["to_office_id"]),
        visits=writer.number(float(pairs["visits"].sum()), 0),
    )


def _offices(writer: Writer, ids: pd.Series[str]) -> str:
    return writer.strings.counted("places.offices", int(ids.nunique()))


def remote_table(writer: Writer) -> Table:
    """Which office helps which by video in the last year, the most first."""
    pairs = _last_pairs(writer).sort_values("fte", ascending=False, kind="stable")
    rows = [
        (
            writer.office(str(row["from_office_id"])),
            writer.office(str(row["to_office_id"])),
            writer.number(float(row["fte"]), 1),
            writer.number(float(row["visits"]), 0),
        )
        for row in writer.source.run.shown(pairs).head(MOVES_SHOWN).to_dict("records")
    ]
    heads = tuple(writer.say(f"column.{one}") for one in ("from", "to", "fte", "visits"))
    left = max(0, len(pairs) - MOVES_SHOWN)
    note = writer.say("staff.more_remote", left=left) if left else ""
    title = writer.say("staff.remote", year=writer.source.last_year)
    return table(title, heads, rows, words=(0, 1), note=note)


def _last_pairs(writer: Writer) -> pd.DataFrame:
    pairs = writer.source.run.remote
    return pairs[pairs["year"] == writer.source.last_year]


def _span(first: int, last: int) -> str:
    """`2025`, or `2025–2027`."""
    return str(first) if first == last else f"{first}–{last}"


def _fte(writer: Writer) -> list[float]:
    run = writer.source.run
    return [
        float(run.sites["fte_today"].fillna(0.0).sum()),
        *(float(run.plan.loc[run.plan["year"] == year, "fte"].sum()) for year in run.years),
    ]
