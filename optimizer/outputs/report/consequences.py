"""Consequences: access, money, staff, the busiest month, travel, and cost efficiency."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from optimizer.outputs.account.access import LIMITS, Access
from optimizer.outputs.account.carbon import assumptions
from optimizer.outputs.account.peak import PEAK_WEEKDAYS, Receiving
from optimizer.outputs.account.planned import after_decay
from optimizer.outputs.figures.atlas import added_map, minutes_map
from optimizer.outputs.figures.charts import budget_chart, people_chart, reach_chart
from optimizer.outputs.measure import MILLION
from optimizer.outputs.report.blocks import Block, Facts, Paragraph, Picture, Section, Table, table
from optimizer.outputs.report.staff import staff
from optimizer.outputs.report.worst_off import worst_off
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.year_prices import SUFFIX, in_year_prices

AFTER = "nan"  #: how the row of a year after the last is read
LEAST_TOLD = 0.05  #: minutes; a rise below it is written as none
SHOWN_SHARE = 0.01  #: receiving offices are listed from so large a rise
RECEIVING_SHOWN = 25  #: the rest are in the workbook


def consequences(writer: Writer) -> Section:
    """All of them, a part each."""
    parts = (
        access(writer),
        money(writer),
        staff(writer),
        peak(writer),
        carbon(writer),
        efficiency(writer),
    )
    return Section("consequences", writer.say("consequences.heading"), (), parts, page=True)


def access(writer: Writer) -> Section:
    """Minutes and shares by kind of area and group of people, with maps."""
    account = writer.account
    blocks: list[Block] = [
        Paragraph(access_sentence(writer, account.areas)),
        access_table(writer, "access.areas", account.areas),
    ]
    if writer.source.run.has_standards:
        blocks.append(Paragraph(writer.say("access.standards"), "note"))
    if account.groups:
        blocks.append(Paragraph(writer.say("access.groups_text")))
        blocks.append(access_table(writer, "access.groups", account.groups))
    blocks += worst_off(writer)
    drawing = writer.drawing
    figures = (
        people_chart(drawing),
        reach_chart(drawing),
        minutes_map(drawing),
        added_map(drawing),
    )
    blocks += [Picture(figure) for figure in figures]
    return Section("access", writer.say("access.heading"), tuple(blocks))


def access_sentence(writer: Writer, areas: list[Access]) -> str:
    """Who gets farthest: the kind of area whose mean minutes grow most."""
    everybody = areas[0]
    kinds = [one for one in areas[1:] if one.mean_before is not None and one.mean_after is not None]
    if not kinds:
        return writer.say("access.text", **_everybody(writer, everybody))
    worst = max(kinds, key=lambda one: (one.mean_after or 0) - (one.mean_before or 0))
    if (worst.mean_after or 0) - (worst.mean_before or 0) < LEAST_TOLD:
        return writer.say("access.text", **_everybody(writer, everybody))
    return writer.say(
        "access.text_worst",
        **_everybody(writer, everybody),
        worst=writer.strings.text_or(f"people.{worst.kind}", worst.kind).lower(),
        worst_before=writer.number(worst.mean_before, 1),
        worst_after=writer.number(worst.mean_after, 1),
    )


def _everybody(writer: Writer, one: Access) -> dict[str, str]:
    return {
        "before": writer.number(one.mean_before, 1),
        "after": writer.number(one.mean_after, 1),
        "within_before": writer.percent(one.within_before[0], 1),
        "within_after": writer.percent(one.within_after[0], 1),
        "year": str(writer.source.last_year),
    }


def access_table(writer: Writer, key: str, rows: list[Access]) -> Table:
    """People, mean minutes and shares within the limits, before and after."""
    heads = [writer.say(f"column.{one}") for one in ("kind", "people", "mean_before", "mean_after")]
    for limit in LIMITS:
        heads += [writer.say(f"column.within_{when}", limit=limit) for when in ("before", "after")]
    heads.append(writer.say("column.farther"))
    lines = []
    for one in rows:
        cells = [
            writer.strings.text_or(f"people.{one.kind}", one.kind),
            writer.count(one.population),
            writer.number(one.mean_before, 1),
            writer.number(one.mean_after, 1),
        ]
        for before, after in zip(one.within_before, one.within_after, strict=True):
            cells += [writer.percent(before, 1), writer.percent(after, 1)]
        lines.append((*cells, writer.count(one.farther)))
    return table(writer.say(f"{key}_table"), tuple(heads), lines, note=writer.say(f"{key}_note"))


def money(writer: Writer) -> Section:
    """Every item of cost and income by year, with what is carried over and the margin."""
    blocks: list[Block] = [Paragraph(writer.say("money.text"))]
    chart = budget_chart(writer.drawing)
    if chart is not None:
        blocks.append(Picture(chart))
    if not writer.source.run.budget.empty:
        blocks.append(budget_table(writer))
    last = writer.account.ways[writer.account.ways["year"] == writer.source.last_year]
    lost = writer.number(float(last["lost"].sum()))
    shifted = "money.shifted" if lost != writer.number(0) else "money.shifted_none"
    blocks.append(Paragraph(writer.say(shifted, lost=lost, year=writer.source.last_year)))
    return Section("money", writer.say("money.heading"), tuple(blocks), page=True)


def budget_table(writer: Writer) -> Table:
    """budget.csv with a column per year."""
    budget = writer.source.run.budget
    budget = pd.concat([budget, in_year_prices(budget)])
    cells = {
        (str(row["year"]).removesuffix(".0"), str(row["item"])): float(row["amount_mnkr"])
        for row in budget.to_dict("records")
    }
    years = list(dict.fromkeys(year for year, _ in cells))
    items = list(dict.fromkeys(item for _, item in cells))
    order = [item for item in items if not _is_sum(item)]
    costs = [item for item in order if (years[0], item) in cells]
    shown = [*costs, "cost", *(one for one in order if one not in costs), "margin"]
    shown = _in_order(shown, items)
    heads = (
        writer.say("column.mnkr"),
        *(writer.say("after_years") if year == AFTER else year for year in years),
    )
    lines = [
        (
            writer.strings.text_or(f"report.budget.{item}", item),
            *(writer.number(cells.get((year, item)), 2) for year in years),
        )
        for item in shown
        if any(abs(cells.get((year, item), 0.0)) > 0 for year in years) or _is_sum(item)
    ]
    named = [
        writer.strings.text_or(f"report.budget.{item}", item)
        for item in ("cost", "means", "margin")
    ]
    strong = tuple(place for place, line in enumerate(lines) if line[0] in named)
    return table(
        writer.say("money.table"), heads, lines, note=writer.say("money.note"), strong=strong
    )


def _is_sum(item: str) -> bool:
    return item in ("cost", "means", "carry_in", "carry_out", "margin") or item.endswith(SUFFIX)


def _in_order(shown: list[str], items: list[str]) -> list[str]:
    """Items as the table of the run lists them: costs, their sum, income, means, what is left."""
    later = [one for one in ("means", "carry_in", "carry_out", "paid_back") if one in items]
    prices = [one for one in items if one.endswith(SUFFIX)]
    before = [one for one in shown if one not in (*later, "margin", *prices)]
    return [*before, *later, "margin", *prices]


def peak(writer: Writer) -> Section:
    """What the busiest month asks of the offices that take over visits."""
    found = writer.account.receiving
    listed = [one for one in found if one.moved >= SHOWN_SHARE * max(1.0, one.visits_today)]
    lines = [
        (
            one.office,
            writer.count(one.visits_today),
            writer.count(one.visits_last),
            writer.number(one.per_open_day),
            writer.number(one.fte_today, 1),
            writer.number(one.fte_last, 1),
            writer.number(one.per_fte_day, 1),
            writer.count(one.room) if one.visits_today > 0 else "–",
            writer.count(one.beyond_room),
        )
        for one in listed[:RECEIVING_SHOWN]
    ]
    keys = (
        "office",
        "visits_today",
        "visits_last",
        "peak_day",
        "fte_today",
        "fte_last",
        "per_fte_day",
        "room",
        "beyond",
    )
    heads = tuple(writer.say(f"column.{one}", year=writer.source.last_year) for one in keys)
    note = writer.say("peak.note", days=f"{PEAK_WEEKDAYS:g}")
    if not after_decay(writer.source):
        note = f"{note} {writer.say('peak.before_lost')}"
    if left := len(found) - len(listed):
        note = f"{note} {writer.say_counted('peak.left', left)}"
    if len(listed) > RECEIVING_SHOWN:
        note = f"{writer.say('peak.most', count=RECEIVING_SHOWN)} {note}"
    shown = table(writer.say("peak.table"), heads, lines, note=note, small=True)
    text = Paragraph(peak_sentence(writer, found))
    blocks: tuple[Block, ...] = (text, shown) if lines else (text,)
    return Section("peak", writer.say("peak.heading"), blocks)


def peak_sentence(writer: Writer, found: Sequence[Receiving]) -> str:
    """How many visits the receiving offices take over, and how many get larger premises."""
    if not found:
        return writer.say("peak.nobody")
    factor = writer.source.peak(writer.source.last_year)
    visits = writer.number(sum(one.moved for one in found))
    told = writer.say_counted(
        "peak.text", len(found), visits=visits, factor=writer.number(factor, 2)
    )
    extended = [one.beyond_room for one in found if one.beyond_room > 0]
    if not extended:
        return f"{told} {writer.say('peak.extended_none')}"
    beyond = writer.number(sum(extended))
    return f"{told} {writer.say('peak.extended', count=len(extended), beyond=beyond)}"


def carbon(writer: Writer) -> Section:
    """Visitors' and staff's travel by car, and what it emits, against today's network."""
    rows = writer.account.carbon
    heads = (writer.say("column.figure"), *(str(row.year) for row in rows))
    lines = [
        (
            writer.say("carbon.visitor_before"),
            *(writer.number(row.visitor_km_before / MILLION, 2) for row in rows),
        ),
        (
            writer.say("carbon.visitor_after"),
            *(writer.number(row.visitor_km_after / MILLION, 2) for row in rows),
        ),
        (writer.say("carbon.visitor_tonnes"), *(writer.change(row.visitor_tonnes) for row in rows)),
        (
            writer.say("carbon.staff_km"),
            *(writer.change(row.staff_km / MILLION, 3) for row in rows),
        ),
        (writer.say("carbon.staff_tonnes"), *(writer.change(row.staff_tonnes, 1) for row in rows)),
    ]
    used = tuple(
        (writer.say(f"carbon.{name}"), writer.number(one.value, one.decimals))
        for name, one in assumptions(writer.source).items()
    )
    last = rows[-1]
    tonnes = writer.number(abs(last.visitor_tonnes))
    key = "carbon.more" if last.visitor_tonnes > 0 else "carbon.less"
    if tonnes == writer.number(0):
        key = "carbon.same"
    text = writer.say(key, tonnes=tonnes, year=last.year)
    note = "carbon.note" if writer.source.km is None else "carbon.note_km"
    blocks: tuple[Block, ...] = (
        Paragraph(text),
        table(writer.say("carbon.table"), heads, lines, note=writer.say(note)),
        Paragraph(writer.say("carbon.assumed")),
        Facts(used),
    )
    return Section("carbon", writer.say("carbon.heading"), blocks)


def efficiency(writer: Writer) -> Section:
    """Measures of cost efficiency, today and by year."""
    rows = writer.account.efficiency
    heads = (writer.say("column.measure"), *(str(row.year) for row in rows))
    measures = (
        ("per_visit_kr", 0),
        ("per_case_kr", 0),
        ("per_inhabitant_within_30_kr", 1),
        ("saved_per_added_minute_kr", 1),
        ("visits_per_fte", 0),
    )
    lines = [
        (
            writer.say(f"efficiency.{name}"),
            *(writer.number(getattr(row, name), digits) for row in rows),
        )
        for name, digits in measures
        if any(getattr(row, name) is not None for row in rows)
    ]
    shown = table(writer.say("efficiency.table"), heads, lines, note=writer.say("efficiency.note"))
    blocks = (Paragraph(writer.say("efficiency.text")), shown)
    return Section("efficiency", writer.say("efficiency.heading"), blocks)
