"""The proposal: the whole country, and region by region with its map and what changes there."""

from __future__ import annotations

from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.figures.atlas import (
    offices_map,
    proposal_regions,
    region_maps,
)
from optimizer.outputs.figures.charts import modes_chart
from optimizer.outputs.map.regions import known_towns
from optimizer.outputs.partner_places import open_text
from optimizer.outputs.report.blocks import Block, Paragraph, Picture, Section, Table, table
from optimizer.outputs.report.services import services
from optimizer.outputs.report.weekdays import weekdays
from optimizer.outputs.report.writer import Writer


def proposal(writer: Writer) -> Section:
    """The national map, then a part for each region."""
    drawing = writer.drawing
    blocks = (
        Paragraph(writer.say("proposal.text", year=writer.source.last_year)),
        Picture(modes_chart(drawing)),
        Picture(offices_map(drawing)),
    )
    parts = [*_regions(writer), weekdays(writer), services(writer)]
    sections = tuple(one for one in parts if one is not None)
    return Section("proposal", writer.say_of_plan("proposal.heading"), blocks, sections, page=True)


def _regions(writer: Writer) -> list[Section]:
    members = proposal_regions(writer.source.run.members)
    maps = dict(region_maps(writer.drawing))
    sections: list[Section] = []
    known = known_towns(writer.source.run)
    for code, rows in members.groupby("region_code", sort=True):
        region = str(rows["region"].iloc[0])
        towns = set(rows["municipality_code"])
        if not towns & known:
            continue
        inside = [one for one in writer.account.changes if one.municipality_code in towns]
        blocks: list[Block] = [Paragraph(region_sentence(writer, inside, towns))]
        if str(code) in maps:
            blocks.append(Picture(maps[str(code)]))
        if inside:
            blocks.append(changes_table(writer, inside, region))
        heading = writer.say("proposal.region", region=region)
        sections.append(Section(f"region-{len(sections) + 1}", heading, tuple(blocks), page=True))
    return sections


def region_sentence(writer: Writer, changes: list[OfficeChange], towns: set[str]) -> str:
    """What is open in a region today and in the last year, and how many will do what."""
    run, last = writer.source.run, writer.source.last_year
    states = [one.state for one in changes if not one.as_today_again]
    return writer.say(
        "proposal.region_text" if states else "proposal.region_same",
        today=open_text(run, writer.strings, run.base_year, towns),
        after=open_text(run, writer.strings, last, towns),
        year=last,
        parts=writer.counted(states),
    )


def changes_table(writer: Writer, changes: list[OfficeChange], region: str) -> Table:
    """What changes in a region, an office a row."""
    lines = [
        (
            writer.place(one.office, one.municipality_code),
            f"{action(writer, one)} {', '.join(str(event.year) for event in one.events)}",
            receiver_or_mode(writer, one),
            writer.count(one.visits_today),
            writer.number(one.users.minutes_before),
            writer.number(one.users.minutes_after),
            writer.say(f"decider.{one.decided_by}_short"),
        )
        for one in changes
    ]
    keys = ("office", "action", "into_or_mode", "visits_today", "before", "after", "decider")
    heads = tuple(writer.say(f"column.{one}") for one in keys)
    return table(
        writer.say("proposal.table", region=region),
        heads,
        lines,
        words=(0, 1, 2, 6),
        note=writer.say("proposal.table_note"),
        small=True,
    )


def action(writer: Writer, change: OfficeChange) -> str:
    """What has become of an office, or that it is as today again."""
    return writer.say("proposal.again") if change.as_today_again else writer.state(change.state)


def receiver_or_mode(writer: Writer, change: OfficeChange) -> str:
    """Where the visits of a closed office go most, or the form an office gets."""
    if not change.closes:
        return writer.mode(change.mode_last)
    into = next((one for one, _ in change.users.receivers), change.into)
    return writer.office(into) if into else writer.say("nobody")
