"""The open weekdays proposed for offices with fewer open days that are near each other."""

from __future__ import annotations

from optimizer.outputs.report.blocks import Paragraph, Section, table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.weekdays import by_group, in_words


def weekdays(writer: Writer) -> Section | None:
    """A row for each office in the last year; None where no two such offices are near."""
    run, year = writer.source.run, writer.source.last_year
    rows = by_group(run.weekdays, year) if not run.weekdays.empty else run.weekdays
    if rows.empty:
        return None
    lines = [
        (
            writer.office(str(row["office_id"])),
            in_words(str(row["weekdays"]), writer.strings),
            writer.number(float(row["uncovered"]), 0),
        )
        for row in rows.to_dict("records")
    ]
    heads = tuple(writer.say(f"column.{one}") for one in ("office", "weekdays", "uncovered"))
    rule = (run.config.get("requirements") or {}).get("staggered_days") or {}
    text = writer.say("weekdays.text", km=writer.number(float(rule.get("km") or 0.0), 0))
    caption = writer.say("weekdays.table", year=year)
    shown = table(caption, heads, lines, words=(0, 1))
    return Section("weekdays", writer.say("weekdays.heading"), (Paragraph(text), shown))
