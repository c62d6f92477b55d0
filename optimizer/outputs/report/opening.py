"""The first chapters: summary with the decisions asked for, the assignment, and the method."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.outputs.broken_rules import broken_sentence, span
from optimizer.outputs.measure import at_most, measure_of
from optimizer.outputs.partner_places import open_text, partner_places, today_text
from optimizer.outputs.report.blocks import (
    Block,
    Bullets,
    Facts,
    Paragraph,
    Section,
    Signature,
    Table,
    table,
)
from optimizer.outputs.report.writer import PARTS, Writer

KEY_FIGURES = (
    ("cost_mnkr", 1),
    ("means_mnkr", 1),
    ("margin_mnkr", 2),
    ("open_offices", 0),
    ("service_points", 0),
    ("fte", 0),
    ("visits", 0),
    ("lost_visits", 0),
    ("mean_minutes", 1),
    ("cost_per_visit_kr", 0),
)


def summary(writer: Writer) -> Section:
    """What is proposed, in a page: sentences, key figures, certificate, and lines to sign on."""
    blocks: list[Block] = [Paragraph(text, "lead") for text in sentences(writer)]
    blocks.append(Paragraph(certificate_sentence(writer)))
    blocks.append(Paragraph(writer.say("summary.data"), "note"))
    blocks.append(key_figures(writer))
    signing = Section("signing", writer.say("signing.heading"), _signing(writer))
    return Section("summary", writer.say("summary.heading"), tuple(blocks), (signing,))


def sentences(writer: Writer) -> list[str]:
    """The proposal in sentences, each from its numbers."""
    changes = writer.account.changes
    rows = writer.source.run.summary.get("years", ())
    run = writer.source.run
    last = writer.source.last_year
    states = [one.state for one in changes if not one.as_today_again]
    values = {
        "today": today_text(run, writer.strings),
        "year": last,
        "parts": writer.counted(one for one in states if one != "open"),
        "places": open_text(run, writer.strings, last),
    }
    broken = broken_sentence(writer.source.run.requirements, writer.strings)
    told = [broken] if broken else []
    key = "offices" if set(states) - {"open"} else "kept" if states else "unchanged"
    told.append(writer.say(f"summary.{key}", **values, added=_added(writer, states)))
    told.append(deficit_sentence(writer))
    told.append(budget_sentence(writer))
    if len(rows) > 1:
        first, final = rows[0], rows[-1]
        wanted = float(final["visits"]) + float(final["lost_visits"])
        told.append(
            writer.say(
                "summary.access" if states or final["lost_visits"] else "summary.access_same",
                before=writer.number(first["mean_minutes"], 1),
                after=writer.number(final["mean_minutes"], 1),
                lost=writer.number(final["lost_visits"]),
                share=writer.percent(final["lost_visits"] / wanted if wanted else None, 1),
                farther=writer.number(writer.account.areas[0].farther),
                year=last,
            )
        )
    return told


def _added(writer: Writer, states: Sequence[str]) -> str:
    """How many offices open, as a sentence before another; empty where none does."""
    count = states.count("open")
    if not count:
        return ""
    return writer.say("summary.opened", count=count) + " "


def deficit_sentence(writer: Writer) -> str:
    """What is missing in the last year, and in all, if nothing is done."""
    row = writer.account.unchanged.iloc[-1]
    key = "summary.deficit" if row["shortfall"] < 0 else "summary.no_deficit"
    return writer.say(
        key,
        year=int(row["year"]),
        missing=writer.number(abs(float(row["shortfall"])), 1),
        together=writer.number(abs(float(row["carry_out"])), 1),
    )


def budget_sentence(writer: Writer) -> str:
    """Whether every year's budget is met, and by how much the last one."""
    budget = writer.source.run.budget
    margins = budget[budget["item"] == "margin"] if not budget.empty else budget
    short = [str(row["year"]) for row in margins.to_dict("records") if row["amount_mnkr"] < -1e-6]
    if margins.empty:
        return writer.say("summary.budget_unknown")
    if short:
        return writer.say_of_plan(
            "summary.budget_short", years=writer.joined(_years(short, writer))
        )
    least = float(margins["amount_mnkr"].min())
    return writer.say_of_plan("summary.budget_met", least=writer.number(least, 2))


def _years(found: list[str], writer: Writer) -> list[str]:
    """Years as they are written; the row after the last has no number."""
    return [one.removesuffix(".0") if one != "nan" else writer.say("after_years") for one in found]


def certificate_sentence(writer: Writer) -> str:
    """How good the plan is known to be; a gap is rounded up, since it is an upper limit."""
    summary = writer.source.run.summary
    status = str(summary.get("status") or "")
    if not status:
        return writer.say("proof.none")
    said = writer.strings.text_or(f"status.{status}", status)
    gap = summary.get("gap")
    if not isinstance(gap, int | float) or not math.isfinite(gap):
        return writer.say("summary.no_bound", status=said)
    if gap >= 1:
        return measure_of(summary).text("far", writer.strings, status=said)
    measure = measure_of(summary)
    return measure.text(
        "certificate", writer.strings, status=said, gap=at_most(gap, writer.strings)
    )


def key_figures(writer: Writer) -> Table:
    """The key figures of every year."""
    rows = list(writer.source.run.summary.get("years", ()))
    heads = (writer.say("column.figure"), *(str(row["year"]) for row in rows))
    lines = [
        (
            writer.say(f"figure.{name}"),
            *(writer.number(row.get(name), decimals) for row in rows),
        )
        for name, decimals in KEY_FIGURES
        if any(row.get(name) is not None for row in rows)
        and not (name == "service_points" and _all_count(rows))
    ]
    places = partner_places(writer.source.run, writer.strings)
    if any(places.counts.values()):
        at = [line[0] for line in lines].index(writer.say("figure.open_offices")) + 1
        shown = (writer.number(places.of(int(row["year"]))) for row in rows)
        lines.insert(at, (writer.say("figure.partner_places", mode=places.mode), *shown))
    return table(writer.say("summary.table"), heads, lines, note=writer.say("summary.table_note"))


def _all_count(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every open office counts as a service point, so that the two are one number."""
    return all(row.get("service_points") == row.get("open_offices") for row in rows)


def _signing(writer: Writer) -> tuple[Block, ...]:
    leaving = [one for one in writer.account.changes if one.leaves_municipality]
    staying = [one for one in writer.account.changes if not one.leaves_municipality]
    towns = {one.municipality_code for one in leaving}
    board = writer.say_counted("signing.board", len(towns))
    actions = {event.action for one in staying for event in one.events}
    what = [writer.say(f"signing.{one}") for one in PARTS if one in actions]
    alone = "" if leaving else "_alone"
    director = writer.say_counted(
        f"signing.director{alone}", len(staying), what=writer.joined(what)
    )
    rows = []
    if leaving:
        rows.append((writer.say("decider.board"), board))
    if staying:
        rows.append((writer.say("decider.director"), director))
    blocks: list[Block] = [Paragraph(writer.say("signing.rule"))]
    if leaving:
        names = writer.joined([writer.place(one.office, one.municipality_code) for one in leaving])
        blocks.append(Paragraph(writer.say("signing.leaving", names=names)))
    if not rows:
        return (Paragraph(writer.say("signing.nothing")),)
    return (*blocks, Signature(tuple(rows)))


def assignment(writer: Writer) -> Section:
    """The question that was asked, the money there is, and every requirement with its outcome."""
    config = writer.source.run.config
    question = (config.get("question") or {}).get(writer.strings.language) or ""
    blocks: list[Block] = []
    if question:
        blocks.append(Paragraph(str(question), "lead"))
    rules = writer.source.run.config.get("requirements") or {}
    free = (rules.get("budget_by_year") or {}).get("on") is False
    said = "assignment.text_free" if free else "assignment.text"
    blocks.append(Paragraph(writer.say_of_plan(said, **aimed(writer))))
    years = [writer.source.base_year, *writer.source.run.years]
    money = [writer.source.year(year) for year in years]
    lines = [
        (
            writer.say(f"money.{name}"),
            *(writer.number(float(row[f"{name}_mnkr"]), 1) for row in money),
        )
        for name in ("appropriation", "other_income", "saving_limit", "credit_limit")
    ]
    heads = (writer.say("column.mnkr"), *map(str, years))
    blocks.append(table(writer.say("assignment.money"), heads, lines))
    blocks.append(Paragraph(writer.say("assignment.requirements")))
    blocks.append(requirements_table(writer))
    return Section("assignment", writer.say("assignment.heading"), tuple(blocks), page=True)


def requirements_table(writer: Writer) -> Table:
    """Each requirement: its years, how many rules it comes to, how many hold, how many bind."""
    found = writer.source.run.requirements
    lines: list[tuple[str, ...]] = []
    broken = []
    for name, rows in found.groupby("requirement", sort=False) if not found.empty else ():
        holds = int(rows["holds"].sum())
        if holds < len(rows):
            broken.append(len(lines))
        verdict = writer.say("assignment.holds" if holds == len(rows) else "assignment.broken")
        title = writer.strings.text_or(f"requirement.{name}", str(name))
        counts = (len(rows), holds, int(rows["binding"].sum()))
        lines.append((title, span(rows["year"], writer.strings), *map(str, counts), verdict))
    heads = tuple(
        writer.say(f"column.{one}")
        for one in ("requirement", "year", "rules", "kept", "binding", "verdict")
    )
    note = writer.say("assignment.note")
    return table(
        writer.say("assignment.table"),
        heads,
        lines,
        words=(0, 1, 5),
        note=note,
        strong=tuple(broken),
    )


def aimed(writer: Writer) -> dict[str, str]:
    """What the plan is made for, as the sentences that tell of it need it."""
    measure = measure_of(writer.source.run.summary)
    return {key: measure.text(key, writer.strings) for key in ("goal", "least", "worse")}


def method(writer: Writer) -> Section:
    """How the plan is made, or counted where it was given, in a page."""
    config = writer.source.run.config
    demand = config.get("demand") or {}
    values = {
        "waiting": writer.number(writer.source.setting("demand", "waiting_minutes", 0)),
        "digital": writer.percent(writer.source.setting("demand", "digital_share", 0)),
        "scale": writer.number(writer.source.setting("demand", "decay_scale_minutes", 0)),
        "penalty": writer.number(writer.source.setting("objective", "lost_visit_minutes", 0)),
        "peak": writer.number(writer.source.setting("demand", "peak_factor", 1), 2),
        "productivity": writer.percent(float(demand.get("productivity_growth") or 0), 1),
        "zones": writer.number(len(writer.source.zones)),
        "sites": writer.number(len(writer.source.run.sites)),
    }
    values |= aimed(writer)
    items = tuple(writer.say_of_plan(f"method.{number}", **values) for number in range(1, 8))
    shares = demand.get("need_shares") or {}
    facts = Facts(
        tuple(
            (writer.need(int(need)), writer.say("method.share", share=writer.percent(float(share))))
            for need, share in shares.items()
        )
    )
    blocks: tuple[Block, ...] = (Paragraph(writer.say_of_plan("method.text")), Bullets(items))
    if facts.rows:
        blocks = (*blocks, Paragraph(writer.say("method.needs")), facts)
    return Section("method", writer.say("method.heading"), blocks, page=True)
