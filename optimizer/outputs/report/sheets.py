"""A page for each municipality that loses or changes an office: what to answer in consultation."""

from __future__ import annotations

from collections.abc import Set

from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.account.journeys import NEAR_MINUTES, mean, receivers, share
from optimizer.outputs.report.blocks import (
    Answer,
    Block,
    Bullets,
    Links,
    Paragraph,
    Section,
    Table,
    table,
)
from optimizer.outputs.report.context import municipality_sentence
from optimizer.outputs.report.dossiers import action_sentence, operational
from optimizer.outputs.report.writer import Writer

RECEIVERS_SHOWN = 5
FARTHER_MINUTES = 10.0  #: in the mean of the inhabitants, from which neighbours are named too
QUESTIONS = ("correct", "premises", "groups", "time")


def consultation(writer: Writer) -> Section:
    """Every sheet, in the order of the municipalities' names."""
    touched: dict[str, list[OfficeChange]] = {}
    for change in writer.account.changes:
        if change.state != "open":
            touched.setdefault(change.municipality_code, []).append(change)
    sheets = tuple(sheet(writer, code, changes) for code, changes in touched.items())
    said = writer.say("sheet.text" if sheets else "sheet.none", count=len(sheets))
    text: tuple[Block, ...] = (Paragraph(said),)
    if touched:
        ways = tuple((writer.town(code), f"municipality-{code}") for code in touched)
        text = (*text, Links(writer.say("sheet.links"), ways), index_table(writer, touched))
    if beside := neighbours_table(writer, set(touched)):
        text = (*text, Paragraph(beside_sentence(writer, beside)), beside)
    return Section("consultation", writer.say("sheet.heading"), text, sheets, page=True)


def sheet(writer: Writer, code: str, changes: list[OfficeChange]) -> Section:
    """One municipality's page."""
    bullets = tuple(
        writer.say("sheet.change", office=one.office, action=action_sentence(writer, one))
        for one in changes
    )
    deciding_body = deciding(changes)
    decider = writer.say(f"decider.{deciding_body}")
    outcome = "sheet.leaves" if deciding_body == "board" else "sheet.stays"
    blocks: list[Block] = [
        Bullets(bullets),
        Paragraph(writer.say(outcome, decider=decider)),
        *(Paragraph(text) for text in motives(writer, changes)),
        *(Paragraph(numbers_sentence(writer, one)) for one in changes),
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


def motives(writer: Writer, changes: list[OfficeChange]) -> list[str]:
    """Why each change is proposed, by year; with the office's name where there are several."""
    return [
        writer.say(
            "sheet.motive" if len(changes) == 1 else "sheet.motive_of",
            office=one.office,
            year=event.year,
            motive=event.motive,
        )
        for one in changes
        for event in one.events
    ]


def numbers_sentence(writer: Writer, change: OfficeChange) -> str:
    """An office's own numbers: its visits, their minutes before and after, where they go."""
    told = operational(writer, change)
    return writer.say("sheet.numbers", office=change.office, numbers=told)


def index_table(writer: Writer, touched: dict[str, list[OfficeChange]]) -> Table:
    """The municipalities, what happens there, and who decides."""
    lines = [
        (
            writer.town(code),
            " ".join(
                writer.say("sheet.change", office=one.office, action=action_sentence(writer, one))
                for one in changes
            ),
            writer.say(f"decider.{deciding(changes)}"),
        )
        for code, changes in touched.items()
    ]
    heads = tuple(writer.say(f"column.{one}") for one in ("municipality", "action", "decider"))
    return table(writer.say("sheet.index"), heads, lines, words=(0, 1, 2), small=True)


def neighbours_table(writer: Writer, touched: Set[str]) -> Table | None:
    """Municipalities without a sheet whose inhabitants get farther to full service."""
    lines = []
    need = max(writer.source.run.needs)
    for code in sorted(set(writer.source.zones["municipality_code"]) - touched, key=writer.town):
        own = writer.account.zones_of(code)
        own = own[own["need"] == need]
        people = own["population"].astype(float)
        before, after = mean(own["minutes_before"], people), mean(own["minutes_after"], people)
        if before is not None and after is not None and after - before >= FARTHER_MINUTES:
            numbers = (writer.number(before), writer.number(after))
            lines.append((writer.town(code), writer.count(float(people.sum())), *numbers))
    if not lines:
        return None
    keys = ("municipality", "people", "before", "after")
    heads = tuple(writer.say(f"column.{one}") for one in keys)
    return table(writer.say("sheet.beside"), heads, lines, small=True)


def beside_sentence(writer: Writer, beside: Table) -> str:
    """What the municipalities without a sheet have in common, and in which of them one opens."""
    listed = {row[0] for row in beside.rows}
    opening = {
        writer.town(one.municipality_code) for one in writer.account.changes if one.state == "open"
    }
    told = writer.say("sheet.beside_text")
    if towns := sorted(opening & listed):
        told = f"{told} {writer.say('sheet.beside_opened', towns=writer.joined(towns))}"
    return told


def deciding(changes: list[OfficeChange]) -> str:
    """`board` if the agency leaves the municipality by one of the changes, else `director`."""
    return "board" if any(one.leaves_municipality for one in changes) else "director"


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
                writer.percent(share(rows["minutes_before"] <= NEAR_MINUTES, people)),
                writer.percent(share(rows["minutes_after"] <= NEAR_MINUTES, people)),
            )
        )
    heads = (
        writer.say("column.need"),
        writer.say("column.before"),
        writer.say("column.after"),
        writer.say("column.within_before", limit=NEAR_MINUTES),
        writer.say("column.within_after", limit=NEAR_MINUTES),
    )
    return table(writer.say("sheet.table", municipality=writer.town(code)), heads, lines)


def visits_sentence(writer: Writer, code: str) -> str:
    """How many visits the inhabitants make, how many are lost, and where the others go."""
    own = writer.account.ways_of(code)
    goes = [
        writer.say("dossier.receiver", office=writer.office(one), visits=writer.count(visits))
        for one, visits in receivers(own)[:RECEIVERS_SHOWN]
    ]
    return writer.say(
        "sheet.visits",
        visits=writer.count(float(own["wanted"].sum())),
        lost=writer.count(float(own["lost"].sum())),
        year=writer.source.last_year,
        receivers=writer.joined(goes) if goes else writer.say("nobody"),
    )
