"""The people who get most minutes more: a table by group, and what they count in the objective."""

from __future__ import annotations

from optimizer.outputs.report.blocks import Block, Paragraph, table
from optimizer.outputs.report.writer import Writer


def worst_off(writer: Writer) -> tuple[Block, ...]:
    """By group in the last year: mean added minutes, and those of its worst tail."""
    source = writer.source
    rows = source.run.equity
    if rows.empty:
        return ()
    rows = rows[rows["year"] == source.last_year]
    tail = writer.percent(float(rows["tail"].iloc[0]), 0)
    lines = [
        (
            writer.strings.text_or(f"people.{row['group']}", str(row["group"])),
            writer.count(float(row["people"])),
            *(
                writer.number(float(row[key]), 1)
                for key in ("mean_added_minutes", "threshold_minutes", "tail_minutes")
            ),
        )
        for row in rows.to_dict("records")
    ]
    heads = ("kind", "people", "mean_added", "tail_from", "tail_mean")
    weight = float(((source.run.config.get("objective") or {}).get("equity") or {})["weight"])
    said = "weighed" if weight else "text"
    return (
        Paragraph(writer.say(f"worst.{said}", tail=tail, weight=writer.number(weight, 2))),
        table(
            writer.say("worst.table", year=source.last_year),
            tuple(writer.say(f"column.{one}", tail=tail) for one in heads),
            lines,
            note=writer.say("worst.note"),
        ),
    )
