"""Services beyond the general one: how many offices offer each, and what changes where."""

from __future__ import annotations

from optimizer.outputs.map.offices import alphabetical
from optimizer.outputs.report.blocks import Block, Paragraph, Section, Table, table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.services import OfficeServices, fate, in_words, service_titles


def services(writer: Writer) -> Section | None:
    """A table of the services, one of the offices that have any; None where a run tells none."""
    some = {key: one for key, one in writer.services.items() if one.today or any(one.by_year)}
    if not some:
        return None
    total = writer.number(sum(len(one.today) for one in some.values()))
    doubts = {
        "assumed": sum(len(one.assumed & set(one.today)) for one in some.values()),
        "announced": sum(len(one.announced & set(one.today)) for one in some.values()),
    }
    blocks: list[Block] = [Paragraph(writer.say("services.text"))]
    for doubt, count in doubts.items():
        if count:
            told = writer.say(f"services.{doubt}", count=writer.number(count), total=total)
            blocks.append(Paragraph(told, "note"))
    blocks += [by_service(writer, some), by_office(writer, some)]
    return Section("services", writer.say("services.heading"), tuple(blocks))


def by_service(writer: Writer, found: dict[str, OfficeServices]) -> Table:
    """Offices with each service, today and in every year."""
    run = writer.source.run
    titles = service_titles(run, writer.strings)
    lines = []
    for name, title in titles.items():
        moments = [[one.today for one in found.values()]]
        moments += [[one.by_year[t] for one in found.values()] for t in range(len(run.years))]
        counts = [sum(name in own for own in moment) for moment in moments]
        if any(counts):
            lines.append((title, *(writer.number(count) for count in counts)))
    heads = (writer.say("column.service"), *map(str, (run.base_year, *run.years)))
    return table(writer.say("services.table"), heads, lines, words=(0,))


def by_office(writer: Writer, found: dict[str, OfficeServices]) -> Table:
    """What becomes of each service at each office that has any, in the order of the alphabet."""
    titles = service_titles(writer.source.run, writer.strings)
    some = [name for name in titles if any(fate(name, one) for one in found.values())]
    ordered = sorted(found.values(), key=lambda one: alphabetical(writer.office(one.office_id)))
    lines = []
    for one in ordered:
        lines.append((writer.office(one.office_id), *(_cell(writer, one, name) for name in some)))
    heads = (writer.say("column.office"), *(titles[name] for name in some))
    return table(
        writer.say("services.offices", year=writer.source.last_year),
        heads,
        lines,
        words=tuple(range(len(heads))),
        small=True,
    )


def _cell(writer: Writer, one: OfficeServices, name: str) -> str:
    became = fate(name, one)
    if not became:
        return ""
    text = writer.say(f"services.cell_{became}")
    return one.with_doubt(name, text, writer.strings)


def services_of(writer: Writer, office_id: str) -> str:
    """What an office offers today, and what begins or ends by the last year; empty if nothing."""
    one = writer.services.get(office_id)
    if one is None:
        return ""
    return in_words(one, service_titles(writer.source.run, writer.strings), writer.strings)
