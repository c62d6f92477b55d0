"""Services beyond the general one: how many offices offer each, and what changes where."""

from __future__ import annotations

from optimizer.outputs.report.blocks import Block, Paragraph, Section, Table, table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.services import OfficeServices, in_words, office_services, service_titles


def services(writer: Writer) -> Section | None:
    """A table of the services, one of the offices that have any; None where a run tells none."""
    found = office_services(writer.source.run)
    some = {key: one for key, one in found.items() if one.today or any(one.by_year)}
    if not some:
        return None
    assumed = sum(len(one.assumed & set(one.today)) for one in some.values())
    total = sum(len(one.today) for one in some.values())
    blocks: list[Block] = [Paragraph(writer.say("services.text"))]
    if assumed:
        told = writer.say(
            "services.assumed", count=writer.number(assumed), total=writer.number(total)
        )
        blocks.append(Paragraph(told, "note"))
    blocks.append(by_service(writer, some))
    changing = {key: one for key, one in some.items() if one.changes}
    if changing:
        blocks.append(by_office(writer, changing, "services.changes"))
    blocks.append(by_office(writer, some, "services.offices"))
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


def by_office(writer: Writer, found: dict[str, OfficeServices], caption: str) -> Table:
    """The services of each office before and after."""
    titles = service_titles(writer.source.run, writer.strings)
    ordered = sorted(found.values(), key=lambda one: (writer.office(one.office_id), one.office_id))
    lines = [
        (
            writer.office(one.office_id),
            in_words(one.today, one, titles, writer.strings),
            in_words(one.last, one, titles, writer.strings),
        )
        for one in ordered
    ]
    heads = (writer.say("column.office"), *(writer.say(f"column.{k}") for k in ("before", "after")))
    return table(
        writer.say(caption, year=writer.source.last_year), heads, lines, words=(0, 1, 2), small=True
    )


def services_of(writer: Writer, office_id: str) -> str:
    """What an office offers, before and after where that differs; empty if never any."""
    one = office_services(writer.source.run).get(office_id)
    if one is None or not (one.today or one.last):
        return ""
    titles = service_titles(writer.source.run, writer.strings)
    before, after = (in_words(own, one, titles, writer.strings) for own in (one.today, one.last))
    return before if not one.changes else writer.say("services.change", before=before, after=after)
