"""A page for each municipality that loses or changes an office: what to answer in consultation."""

from __future__ import annotations

from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.account.journeys import mean, receivers, share
from optimizer.outputs.report.blocks import Answer, Block, Bullets, Paragraph, Section, Table, table
from optimizer.outputs.report.context import municipality_sentence
from optimizer.outputs.report.dossiers import action_sentence
from optimizer.outputs.report.writer import Writer

RECEIVERS_SHOWN = 5
QUESTIONS = ("correct", "premises", "groups", "time")


def consultation(writer: Writer) -> Section:
    """Every sheet, in the order of the municipalities' names."""
    touched: dict[str, list[OfficeChange]] = {}
    for change in writer.account.changes:
        if change.state != "open":
            touched.setdefault(change.municipality_code, []).append(change)
    sheets = tuple(sheet(writer, code, changes) for code, changes in touched.items())
    text = (Paragraph(writer.say("sheet.text", count=len(sheets))),)
    return Section("consultation", writer.say("sheet.heading"), text, sheets, page=True)


def sheet(writer: Writer, code: str, changes: list[OfficeChange]) -> Section:
    """One municipality's page."""
    bullets = tuple(
        writer.say("sheet.change", office=one.office, action=action_sentence(writer, one))
        for one in changes
    )
    leaves = any(one.leaves_municipality for one in changes)
    decider = writer.say("decider.board" if leaves else "decider.director")
    blocks: list[Block] = [
        Bullets(bullets),
        Paragraph(writer.say("sheet.leaves" if leaves else "sheet.stays", decider=decider)),
        Paragraph(municipality_sentence(writer, code)),
        minutes_table(writer, code),
        Paragraph(visits_sentence(writer, code)),
        Paragraph(writer.say("sheet.questions")),
        Bullets(tuple(writer.say(f"sheet.{one}") for one in QUESTIONS)),
        Answer(writer.say("sheet.answer")),
        Paragraph(writer.say("sheet.data"), "note"),
    ]
    heading = writer.say("sheet.municipality", municipality=writer.town(code))
    return Section(f"municipality-{code}", heading, tuple(blocks), page=True, style="sheet")


def minutes_table(writer: Writer, code: str) -> Table:
    """The inhabitants' minutes for each level of need, before and after."""
    last = writer.account.zones_of(code)
    lines = []
    for need in writer.source.run.needs:
        rows = last[last["need"] == need]
        people = rows["population"].astype(float)
        lines.append(
            (
                writer.need(need),
                writer.number(mean(rows["minutes_before"], people)),
                writer.number(mean(rows["minutes_after"], people)),
                writer.percent(share(rows["minutes_before"] <= 30, people)),
                writer.percent(share(rows["minutes_after"] <= 30, people)),
            )
        )
    heads = (
        writer.say("column.need"),
        writer.say("column.before"),
        writer.say("column.after"),
        writer.say("column.within_before", limit=30),
        writer.say("column.within_after", limit=30),
    )
    return table(writer.say("sheet.table", municipality=writer.town(code)), heads, lines)


def visits_sentence(writer: Writer, code: str) -> str:
    """How many visits the inhabitants make, how many are lost, and where the others go."""
    own = writer.account.ways_of(code)
    goes = [
        writer.say("dossier.receiver", office=writer.office(one), visits=writer.number(visits))
        for one, visits in receivers(own)[:RECEIVERS_SHOWN]
    ]
    return writer.say(
        "sheet.visits",
        visits=writer.number(float(own["wanted"].sum())),
        lost=writer.number(float(own["lost"].sum())),
        year=writer.source.last_year,
        receivers=writer.joined(goes) if goes else writer.say("nobody"),
    )
