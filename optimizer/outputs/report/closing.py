"""The last chapters: certificate and verification, and sources."""

from __future__ import annotations

from optimizer import __version__
from optimizer.outputs.built_in import built_in_tables, own_tables, tables_used
from optimizer.outputs.measure import MILLION, Measure, earlier_measures, measure_of
from optimizer.outputs.report.blocks import Block, Facts, Paragraph, Section, Table, table
from optimizer.outputs.report.choices import warnings
from optimizer.outputs.report.opening import certificate_sentence
from optimizer.outputs.report.writer import Writer


def proof(writer: Writer) -> Section:
    """How near the best plan is known to be, and how the numbers were checked."""
    summary = writer.source.run.summary
    measure = measure_of(summary)
    unit, of = (measure.text(key, writer.strings) for key in ("unit", "of"))
    rows = [
        (
            writer.say("proof.status"),
            writer.strings.text_or(
                f"status.{summary.get('status')}", str(summary.get("status", ""))
            ),
        ),
        *(
            (writer.say(f"proof.{key}", unit=unit), writer.number(_known(summary.get(key))))
            for key in ("objective", "objective_today", "bound")
        ),
        (writer.say("proof.gap", of=of), writer.at_most(summary.get("gap"))),
        (writer.say("proof.gap_total"), writer.at_most(summary.get("gap_total"))),
        (writer.say("proof.seconds"), writer.number(_known(summary.get("seconds")))),
        (writer.say("proof.solver"), str(summary.get("solver") or "–")),
        (writer.say("proof.version"), f"servicenet {__version__}"),
    ]
    hashes = table(
        writer.say("proof.hashes"),
        (writer.say("column.file"), "SHA-256"),
        [(name, value) for name, value in sorted(writer.source.hashes.items())],
        words=(0, 1),
        small=True,
    )
    blocks: tuple[Block, ...] = (
        Paragraph(certificate_sentence(writer)),
        *(Paragraph(_earlier(writer, one)) for one in earlier_measures(summary)),
        Paragraph(measure.text("proof", writer.strings)),
        Facts(tuple(rows)),
        Paragraph(writer.say("proof.verification")),
        *((hashes,) if hashes.rows else ()),
        *warnings(writer),
        Paragraph(
            writer.say("proof.analysts", name=writer.source.run.summary.get("name", "")), "note"
        ),
    )
    return Section("proof", writer.say("proof.heading"), blocks, page=True)


def _earlier(writer: Writer, measure: Measure) -> str:
    """What was made small first, and how far that came."""
    value, today = (
        writer.number(float(measure.told[key]) / MILLION, 2)
        for key in ("objective", "objective_today")
    )
    return measure.text("earlier", writer.strings, value=value, today=today)


def sources(writer: Writer) -> Section:
    """Where the numbers come from, with year and licence, and the law that is referred to."""
    blocks: tuple[Block, ...] = (
        Paragraph(writer.say("sources.text")),
        sources_table(writer),
        Paragraph(writer.say("sources.law")),
        Paragraph(writer.say("sources.borders")),
    )
    return Section("sources", writer.say("sources.heading"), blocks)


def sources_table(writer: Writer) -> Table:
    """The built-in tables that the run used, and tables of the user's own by name."""
    config = writer.source.run.config
    used = built_in_tables(writer.strings).loc[list(tables_used(config))]
    lines = [
        (str(row["title"]), str(row["source"]), str(row["year"]), str(row["licence"]))
        for row in used.to_dict("records")
    ]
    own = [(key, file, "–", writer.say("sources.own")) for key, file in own_tables(config)]
    heads = tuple(writer.say(f"column.{one}") for one in ("table", "source", "year", "licence"))
    named = [(own_title(writer, one[0]), *one[1:]) for one in own]
    return table(
        writer.say("sources.table"), heads, [*lines, *named], words=(0, 1, 2, 3), small=True
    )


def own_title(writer: Writer, key: str) -> str:
    """What an own table holds, from its key in `data`; for a division its name."""
    if key in ("offices", "zones", "visits"):
        return writer.say(f"sources.{key}")
    named = writer.strings.text_or(f"tables.division.{key}", key)
    return writer.say("sources.division", division=named)


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
