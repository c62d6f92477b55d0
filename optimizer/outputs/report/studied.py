"""Opposite decisions and other questions, where they have been counted; where not, that is said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.outputs.measure import MILLION, measure_of
from optimizer.outputs.report.blocks import Block, Paragraph, Section, table
from optimizer.outputs.report.writer import Writer


def opposites(writer: Writer) -> Section:
    """What the whole network loses by the opposite of each decision explained, least first."""
    found = sorted(writer.studies.explanations.values(), key=_order)
    blocks: list[Block] = []
    if found:
        heads = ("office", "opposite", "regret", "regret_low", "regret_high", "instead")
        lines = [
            (
                str(one["office"]),
                writer.say(f"opposite.{one['opposite']}"),
                *(_million(writer, one[key]) for key in ("regret", "regret_low", "regret_high")),
                _instead(writer, one),
            )
            for one in found
        ]
        measure = measure_of(writer.source.run.summary)
        loss, unit = (measure.text(key, writer.strings) for key in ("loss", "million"))
        blocks.append(Paragraph(writer.say("opposite.text", count=len(found), loss=loss)))
        blocks.append(
            table(
                writer.say("opposite.table", unit=unit),
                tuple(writer.say(f"column.{one}") for one in heads),
                lines,
                words=(0, 1, 5),
                note=writer.say("opposite.note"),
                small=True,
            )
        )
    else:
        blocks.append(Paragraph(writer.say("opposite.none")))
    return Section("opposites", writer.say("opposite.heading"), tuple(blocks))


def regret_sentence(writer: Writer, office_id: str) -> str:
    """What the plan loses by the opposite for one office; that it is not counted, where so."""
    one = writer.studies.explanations.get(office_id)
    if one is None:
        return writer.say("dossier.exact")
    if one["outcome"] != "found":
        return writer.say(f"opposite.{one['outcome']}")
    if one["opposite"] == "release":
        return writer.say("opposite.released", price=_million(writer, one["lock_price"]))
    if one["regret"] < 0:
        return writer.say(
            "opposite.better",
            opposite=writer.say(f"opposite.{one['opposite']}").lower(),
            less=_million(writer, -one["regret"]),
            unit=measure_of(writer.source.run.summary).text("million", writer.strings),
        )
    told = writer.say(
        "opposite.sentence",
        opposite=writer.say(f"opposite.{one['opposite']}").lower(),
        regret=_million(writer, one["regret"]),
        low=_million(writer, one["regret_low"]),
        high=_million(writer, one["regret_high"]),
        unit=measure_of(writer.source.run.summary).text("million", writer.strings),
    )
    return " ".join((told, *_price(writer, one), *_decided(writer, one), *_turns(writer, one)))


def _decided(writer: Writer, one: Mapping[str, Any]) -> Iterator[str]:
    """The price of decisions taken before the plan that leave the opposite allowed."""
    if one.get("decisions") and _known(one.get("lock_price")) is not None:
        yield writer.say("opposite.released", price=_million(writer, one["lock_price"]))


def _price(writer: Writer, one: Mapping[str, Any]) -> Iterator[str]:
    """Who would gain and who would pay for the opposite."""
    if _known(one.get("gained")) and _known(one.get("lost")):
        gained, lost = (_million(writer, one[key]) for key in ("gained", "lost"))
        yield writer.say("opposite.sides", gained=gained, lost=lost)


def _turns(writer: Writer, one: Mapping[str, Any]) -> Iterator[str]:
    """What alone would turn the decision, where it was sought."""
    flips = list(one.get("flips") or ())
    found = [flip for flip in flips if _known(flip["turns_at"]) is not None]
    if found:
        yield writer.say("opposite.turns", what="; ".join(_turn(writer, flip) for flip in found))
    elif flips:
        yield writer.say("opposite.stands")
    mnkr = _known(one.get("free_at_mnkr"))
    if mnkr:
        yield writer.say("opposite.free", mnkr=writer.number(mnkr, 1))


def _turn(writer: Writer, flip: Mapping[str, Any]) -> str:
    lever, amount = str(flip["lever"]), float(flip["turns_at"])
    decimals = 1 if abs(amount) >= 1 else 2
    shown = writer.number(amount, 2) if lever == "own_visits" else writer.change(amount, decimals)
    return writer.say(f"opposite.turn_{lever}", amount=shown)


def scenarios(writer: Writer) -> Section:
    """A row for each point of the sweep; or that there is none."""
    points = writer.studies.points
    heading = writer.say("swept.heading")
    if points.empty:
        return Section("scenarios", heading, (Paragraph(writer.say("swept.none")),))
    lines = [
        (
            str(row["point"]),
            writer.strings.text_or(
                f"status.{row['status']}",
                writer.strings.text_or(f"report.swept.{row['status']}", str(row["status"])),
            ),
            _million(writer, row.get("added_minutes")),
            *(_whole(writer, row.get(key)) for key in ("closed", "converted", "opened")),
            writer.at_most(row.get("gap")),
        )
        for row in points.to_dict("records")
    ]
    heads = ("question", "outcome", "added_million", "closed", "converted", "opened", "gap")
    blocks = (
        Paragraph(writer.say("swept.text", name=writer.studies.sweep, count=len(points))),
        table(
            writer.say("swept.table"),
            tuple(writer.say(f"column.{one}") for one in heads),
            lines,
            words=(0, 1),
            note=writer.say("swept.note"),
            small=True,
        ),
    )
    return Section("scenarios", heading, blocks)


def _order(one: Mapping[str, Any]) -> tuple[float, str]:
    regret = one["regret"]
    return (math.inf if regret is None else float(regret), str(one["office_id"]))


def _instead(writer: Writer, one: Mapping[str, Any]) -> str:
    """What else differs in the best plan with the opposite; or why there is no such plan."""
    if one["outcome"] != "found":
        return writer.say(f"opposite.{one['outcome']}")
    return "; ".join(
        f"{change['office']}: {writer.mode(change['instead']).lower()}" for change in one["changes"]
    )


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _million(writer: Writer, value: object) -> str:
    known = _known(value)
    return writer.number(None if known is None else known / MILLION, 2)


def _whole(writer: Writer, value: object) -> str:
    return writer.number(_known(value))
