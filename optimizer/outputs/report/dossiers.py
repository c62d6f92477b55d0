"""Each closing, merging and converting office: what happens, why, and what it means to whom."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.map.offices import alphabetical
from optimizer.outputs.measure import MILLION
from optimizer.outputs.report.blocks import Block, Facts, Links, Paragraph, Section, Table, table
from optimizer.outputs.report.context import municipality_sentence, other_modes_sentence
from optimizer.outputs.report.services import services_of
from optimizer.outputs.report.studied import regret_sentence
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.staffing import LEAST_FTE, partners

RECEIVERS_SHOWN = 3
COMES = (("hire", "hire"), ("move", "moved_in"))  #: flows to an office, and how they are told
GOES = ("move", "redundant", "attrition")  #: flows from it


def dossiers(writer: Writer) -> Section:
    """First the offices that leave their municipality, under the ordinance's headings."""
    leaving = [one for one in writer.account.changes if one.leaves_municipality]
    staying = [one for one in writer.account.changes if not one.leaves_municipality]
    parts = []
    if leaving:
        sections = tuple(dossier(writer, one) for one in leaving)
        text = (Paragraph(writer.say("dossier.leaving_text")),)
        parts.append(Section("leaving", writer.say("dossier.leaving"), text, sections))
    if staying:
        sections = tuple(dossier(writer, one) for one in staying)
        text = (Paragraph(writer.say("dossier.staying_text")),)
        parts.append(Section("staying", writer.say("dossier.staying"), text, sections, page=True))
    said = writer.say("dossier.text" if parts else "dossier.none")
    blocks: tuple[Block, ...] = (Paragraph(said),)
    ways = [
        (writer.place(one.office, one.municipality_code), f"office-{one.office_id}")
        for one in writer.account.changes
    ]
    if ways:
        ordered = sorted(ways, key=lambda way: alphabetical(way[0]))
        blocks = (*blocks, Links(writer.say("dossier.links"), tuple(ordered)))
    return Section("offices", writer.say("dossier.heading"), blocks, tuple(parts), page=True)


def dossier(writer: Writer, change: OfficeChange) -> Section:
    """One office."""
    heading = writer.place(change.office, change.municipality_code)
    blocks: list[Block] = [Facts(facts(writer, change)), figures(writer, change)]
    if change.leaves_municipality:
        texts = {
            "operational": operational(writer, change),
            "economic": economic(writer, change),
            "staff": staff_sentence(writer, change),
            "regional": municipality_sentence(writer, change.municipality_code),
            "alternatives": alternatives(writer, change),
        }
        parts = tuple(
            Section("", writer.say(f"dossier.{key}"), (Paragraph(text),), style="run-in")
            for key, text in texts.items()
        )
        return Section(f"office-{change.office_id}", heading, tuple(blocks), parts, style="dossier")
    if change.state != "open":
        blocks.append(Paragraph(operational(writer, change)))
        if not change.as_today_again:
            blocks.append(Paragraph(alternatives(writer, change)))
    return Section(f"office-{change.office_id}", heading, tuple(blocks), style="dossier")


def facts(writer: Writer, change: OfficeChange) -> tuple[tuple[str, str], ...]:
    """Action, year, receiver, decision-maker, motive and what the data is worth."""
    rows = [
        (writer.say("column.action"), action_sentence(writer, change)),
        (writer.say("column.decider"), writer.say(f"decider.{change.decided_by}")),
    ]
    rows += [(writer.say("dossier.motive", year=one.year), one.motive) for one in change.events]
    offered = services_of(writer, change.office_id)
    if offered:
        rows.append((writer.say("column.services"), offered))
    notes = []
    if change.estimated:
        notes.append(writer.say("dossier.estimated"))
    if change.provisional:
        notes.append(writer.say("dossier.provisional"))
    if notes:
        rows.append((writer.say("column.evidence"), " ".join(notes)))
    return tuple(rows)


def action_sentence(writer: Writer, change: OfficeChange) -> str:
    """`Slås samman med Motala 2025`, with the form before and after; every step if more."""
    if change.state == "convert" and len(change.events) > 1:
        steps = [f"{one.year} {writer.mode(one.mode).lower()}" for one in change.events]
        return writer.say(
            "dossier.convert_steps",
            steps=writer.joined(steps),
            before=writer.mode(change.mode_today).lower(),
        )
    years = writer.joined([str(event.year) for event in change.events])
    return writer.say(
        f"dossier.{change.state}",
        years=years,
        into=writer.office(change.into) if change.into else writer.say("nobody"),
        before=writer.mode(change.mode_today).lower(),
        after=writer.mode(change.mode_last).lower(),
    )


def figures(writer: Writer, change: OfficeChange) -> Table:
    """The office's visits, staff and cost, today and by year."""
    run = writer.source.run
    rows = run.plan[run.plan["office_id"] == change.office_id].sort_values("year")
    years = (run.base_year, *run.years)
    lines = [
        (
            writer.say("column.visits"),
            writer.count(change.visits_today),
            *(writer.count(float(one)) for one in rows["visits"]),
        ),
        (
            writer.say("column.fte"),
            writer.number(change.fte_today, 1),
            *(writer.number(float(one), 1) for one in rows["fte"]),
        ),
        (
            writer.say("column.own_cost"),
            writer.number(change.cost_today_mnkr, 2),
            *(writer.number(one, 2) for one in change.cost_by_year),
        ),
    ]
    caption = writer.say("dossier.table", office=change.office)
    return table(caption, (writer.say("column.figure"), *map(str, years)), lines, small=True)


def operational(writer: Writer, change: OfficeChange) -> str:
    """Where the visits go, and how much longer the way gets for those who use the office today."""
    users = change.users
    if users.wanted <= 0:
        return writer.say("dossier.no_visits")
    shown = [
        writer.say("dossier.receiver", office=writer.office(one), visits=writer.count(visits))
        for one, visits in users.receivers[:RECEIVERS_SHOWN]
    ]
    return writer.say(
        "dossier.operational_text",
        visits=writer.count(users.wanted),
        people=writer.count(users.population),
        before=writer.number(users.minutes_before),
        after=writer.number(users.minutes_after),
        added=writer.change(users.added),
        big=writer.percent(users.share_big_step),
        beyond=writer.percent(users.share_beyond),
        lost=writer.count(users.lost),
        receivers=writer.joined(shown) if shown else writer.say("nobody"),
        year=writer.source.last_year,
    )


def economic(writer: Writer, change: OfficeChange) -> str:
    """What the office costs today, what ends, and the one-off cost of the year it closes."""
    first = change.events[0].year
    closing = change.cost_by_year[writer.source.run.years.index(change.events[-1].year)]
    return writer.say(
        "dossier.economic_text",
        today=writer.number(change.cost_today_mnkr, 2),
        year=first,
        closing=writer.number(closing, 2),
        closing_year=change.events[-1].year,
        last=writer.number(change.recurring_last_mnkr, 2),
        last_year=writer.source.last_year,
    )


def staff_sentence(writer: Writer, change: OfficeChange) -> str:
    """What happens to the staff of an office that closes: today's, who comes, and who goes."""
    flows = writer.source.run.staff
    base = writer.say("dossier.staff_text", fte=writer.number(change.fte_today, 1))
    if flows.empty:
        return f"{base} {writer.say('dossier.staff_unknown')}"
    told = [base]
    for key, parts in (
        ("comes", coming(writer, flows[flows["to_office_id"] == change.office_id])),
        ("flows", going(writer, flows[flows["from_office_id"] == change.office_id])),
    ):
        if parts:
            told.append(writer.say(f"dossier.staff_{key}", flows=writer.joined(parts)))
    return " ".join(told)


def coming(writer: Writer, flows: pd.DataFrame) -> list[str]:
    """Who is hired at an office and moves to it; sums that would read as 0.0 are not told."""
    told = []
    for kind, key in COMES:
        fte = float(flows.loc[flows["kind"] == kind, "fte"].sum())
        if fte >= LEAST_FTE:
            told.append(writer.say(f"dossier.staff_{key}", fte=writer.number(fte, 1)))
    return told


def going(writer: Writer, flows: pd.DataFrame) -> list[str]:
    """Who moves from an office, is redundant or leaves; the same sums are not told."""
    told = []
    for kind in GOES:
        rows = flows[flows["kind"] == kind]
        fte = float(rows["fte"].sum())
        if fte < LEAST_FTE:
            continue
        if kind == "move":
            told.append(moved_sentence(writer, rows))
        else:
            told.append(writer.say(f"dossier.staff_{kind}", fte=writer.number(fte, 1)))
    return told


def moved_sentence(writer: Writer, moves: pd.DataFrame) -> str:
    """`2,1 som flyttar, till Motala (1,6) och 3 andra kontor (0,5)`."""
    named, others, rest = partners(moves, "to_office_id")
    ends = [
        writer.say("dossier.staff_end", office=writer.office(one), fte=writer.number(fte, 1))
        for one, fte in named
    ]
    if others:
        key = "dossier.staff_other" if others == 1 else "dossier.staff_others"
        ends.append(writer.say(key, count=others, fte=writer.number(rest, 1)))
    total = writer.number(float(moves["fte"].sum()), 1)
    return writer.say("dossier.staff_move", fte=total, ends=writer.joined(ends))


def alternatives(writer: Writer, change: OfficeChange) -> str:
    """What keeping the office would cost for each minute spared, and what other forms cost."""
    saved = change.saved_mnkr * MILLION
    minutes = change.users.wanted * (change.users.added or 0.0)
    texts = []
    if saved > 0 and minutes > 0:
        texts.append(
            writer.say(
                "dossier.keeping",
                saved=writer.number(saved / MILLION, 2),
                price=writer.number(saved / minutes, 1),
                mode=writer.mode(change.mode_today).lower(),
            )
        )
    other = other_modes_sentence(writer, change)
    if other:
        texts.append(other)
    texts.append(regret_sentence(writer, change.office_id))
    return " ".join(texts)
