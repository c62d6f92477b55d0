"""Alternatives, doing nothing first; decisions taken beforehand; how sure the numbers are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from math import isfinite
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.instance import RECURRING_ITEMS
from optimizer.outputs.account.sensitivity import STEPS
from optimizer.outputs.measure import MILLION
from optimizer.outputs.report.blocks import Block, Bullets, Paragraph, Section, Table, table
from optimizer.outputs.report.opening import aimed, deficit_sentence
from optimizer.outputs.report.studied import opposites, scenarios
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.services import SURE, service_titles
from optimizer.outputs.warnings import told

DECISIONS = ("keep", "close", "merge", "mode", "offer")
NOTHING_ITEMS = (
    "central",
    *RECURRING_ITEMS,
    "redundancy",
    "relocation",
    "hiring",
    "cost",
    "appropriation",
    "other_income",
    "means",
    "shortfall",
    "carry_in",
    "carry_out",
    "paid_back",
    "margin",
)
SUMS = ("cost", "means", "shortfall", "margin")


def alternatives(writer: Writer) -> Section:
    """What else was looked at: by the search, and by the studies at hand."""
    texts = (Paragraph(writer.say_of_plan("alternatives.text", **aimed(writer))),)
    return Section(
        "alternatives",
        writer.say("alternatives.heading"),
        texts,
        (cheapest(writer), opposites(writer), nothing(writer)),
        page=True,
    )


def nothing(writer: Writer) -> Section:
    """The page on doing nothing, with the deficit of every year."""
    blocks = (
        Paragraph(deficit_sentence(writer), "lead"),
        Paragraph(writer.say("nothing.text")),
        nothing_table(writer),
        Paragraph(writer.say("nothing.consequence")),
    )
    return Section("nothing", writer.say("nothing.heading"), blocks, page=True)


def nothing_table(writer: Writer) -> Table:
    """The money of an unchanged network, a column per year."""
    unchanged = writer.account.unchanged
    years = [int(year) for year in unchanged["year"]]
    names = [name for name in NOTHING_ITEMS if (unchanged[name].fillna(0.0).abs() > 0).any()]
    lines = [
        (
            writer.strings.text_or(f"report.budget.{name}", name),
            *(writer.number(float(one), 2) for one in unchanged[name]),
        )
        for name in names
    ]
    heads = (writer.say("column.mnkr"), *map(str, years))
    strong = tuple(place for place, name in enumerate(names) if name in SUMS)
    return table(
        writer.say("nothing.table"), heads, lines, note=writer.say("nothing.note"), strong=strong
    )


def cheapest(writer: Writer) -> Section:
    """The closures and conversions that give least for each minute of longer way."""
    found = []
    for one in writer.account.changes:
        saved = one.saved_mnkr
        minutes = one.users.wanted * (one.users.added or 0.0)
        passing = one.as_today_again or one.state == "open"
        if not passing and saved > 0 and minutes > 0:
            found.append((saved * MILLION / minutes, saved, minutes, one))
    found.sort(key=lambda row: (row[0], row[3].office_id))
    lines = [
        (
            one.office,
            writer.state(one.state),
            writer.number(saved, 2),
            writer.number(minutes / 60),
            writer.number(price, 1),
        )
        for price, saved, minutes, one in found[:12]
    ]
    heads = tuple(
        writer.say(f"column.{one}") for one in ("office", "action", "saved", "hours", "price")
    )
    blocks: list[Block] = [Paragraph(writer.say("cheapest.text" if lines else "cheapest.none"))]
    if lines:
        note = writer.say("cheapest.note")
        blocks.append(
            table(writer.say("cheapest.table"), heads, lines, words=(0, 1), note=note, small=True)
        )
    return Section("cheapest", writer.say("cheapest.heading"), tuple(blocks))


def certainty(writer: Writer) -> Section:
    """Sensitivity of the plan held fast, and what is observed, estimated and assumed."""
    steps = writer.account.sensitivity
    lines = [
        (
            writer.say(f"sensitivity.{one.quantity}"),
            writer.number(one.factor, 2),
            *(
                writer.number(amount, 1) if isfinite(amount) else "–"
                for amount in (one.cost_mnkr, one.margin_mnkr)
            ),
        )
        for one in steps
    ]
    heads = tuple(writer.say(f"column.{one}") for one in ("moved", "factor", "cost", "margin"))
    strong = tuple(place for place, one in enumerate(steps) if one.quantity not in STEPS)
    moved = table(
        writer.say("sensitivity.table"),
        heads,
        lines,
        strong=strong,
        note=writer.say("sensitivity.note"),
    )
    sensitivity = Section(
        "sensitivity",
        writer.say("sensitivity.heading"),
        (Paragraph(writer.say("sensitivity.text", year=writer.source.last_year)), moved),
    )
    kinds = Section(
        "kinds",
        writer.say("kinds.heading"),
        (Paragraph(writer.say("kinds.text")), origins_table(writer), assumptions_table(writer)),
    )
    return Section(
        "certainty",
        writer.say("certainty.heading"),
        (),
        (sensitivity, scenarios(writer), kinds),
        page=True,
    )


def origins_table(writer: Writer) -> Table:
    """For how many offices each quantity is observed, estimated, assumed or a default."""
    sites = writer.source.run.sites
    kinds = ("observed", "estimated", "assumed", "default")
    lines = []
    for column in (str(one) for one in sites.columns if str(one).startswith("origin_")):
        counts = sites[column].value_counts()
        if column == "origin_services":
            counts = _services_known(writer)
        name = column.removeprefix("origin_")
        title = writer.strings.text_or(f"report.kinds.{name}", name)
        lines.append((title, *(str(int(counts.get(kind, 0))) for kind in kinds)))
    heads = (writer.say("column.quantity"), *(writer.say(f"kinds.is_{kind}") for kind in kinds))
    return table(writer.say("kinds.table"), heads, lines, note=writer.say("kinds.note"))


def _services_known(writer: Writer) -> pd.Series[int]:
    """How many services at offices are known from a source; what is only announced is assumed."""
    offers = writer.source.run.offers
    if offers.empty:
        return pd.Series(dtype=int)
    known = offers["confidence"].isin(SURE)
    return known.map({True: "observed", False: "assumed"}).value_counts()


def assumptions_table(writer: Writer) -> Table:
    """The assumptions of the config that steer the plan most, with their values."""
    source = writer.source
    shown = (
        ("demand", "productivity_growth", 3),
        ("demand", "growth_per_year", 3),
        ("demand", "peak_on_record", 2),
        ("demand", "peak_factor", 2),
        ("demand", "waiting_minutes", 0),
        ("demand", "digital_share", 2),
        ("demand", "decay_scale_minutes", 0),
        ("demand", "room_slack", 2),
        ("costs", "wage_mnkr_per_fte", 3),
        ("costs", "extension_mnkr_per_1000_visits", 3),
        ("costs", "extension_rent_share", 2),
        ("costs", "closure_mnkr", 2),
        ("objective", "lost_visit_minutes", 0),
    )
    lines = []
    for section, key, decimals in shown:
        value = (source.run.config.get(section) or {}).get(key)
        if isinstance(value, int | float):
            title = writer.say(f"assumed.{key}")
            lines.append((title, f"{section}.{key}", writer.number(float(value), decimals)))
    lines += _growth(writer)
    for name, mode in (source.run.config.get("modes") or {}).items():
        if isinstance(mode.get("fte_min"), int | float):
            title = writer.say("assumed.fte_min", mode=writer.mode(name).lower())
            lines.append((title, f"modes.{name}.fte_min", writer.number(mode["fte_min"], 1)))
    heads = tuple(writer.say(f"column.{one}") for one in ("assumption", "key", "value"))
    return table(
        writer.say("assumed.table"), heads, lines, words=(0, 1), note=writer.say("assumed.note")
    )


def _growth(writer: Writer) -> Iterator[tuple[str, str, str]]:
    """Growth that the config states for single regions and agencies."""
    demand = writer.source.run.config.get("demand") or {}
    region = demand.get("growth_by_region") or {}
    for key, rates in (
        ("growth_by_region", region.get("per_year") or {}),
        ("growth_by_agency", demand.get("growth_by_agency") or {}),
    ):
        for name, rate in rates.items():
            title = writer.say(f"assumed.{key}", name=_agency(writer, str(name)))
            yield title, f"demand.{key}", writer.number(float(rate), 3)


def _agency(writer: Writer, name: str) -> str:
    return writer.strings.text_or(f"agency.{name}", name)


def decisions(writer: Writer) -> Section:
    """What was decided before the plan was made: by the planners, and by others."""
    offices = writer.source.run.config.get("offices") or {}
    lines = [
        decision_row(writer, kind, entry) for kind in DECISIONS for entry in offices.get(kind) or ()
    ]
    said = "decisions.text" if lines else "decisions.none"
    blocks: list[Block] = [Paragraph(writer.say_of_plan(said))]
    if lines:
        heads = tuple(
            writer.say(f"column.{one}") for one in ("office", "decision", "from_year", "reason")
        )
        blocks.append(
            table(writer.say_of_plan("decisions.table"), heads, lines, words=(0, 1, 2, 3))
        )
    decided = offices.get("decided")
    if decided:
        blocks.append(Paragraph(writer.say("decisions.file", file=Path(decided).name)))
    return Section("decisions", writer.say("decisions.heading"), tuple(blocks))


def decision_row(writer: Writer, kind: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    """A decision of the config: office, what, from when and why."""
    office = str(entry.get("office") or entry.get("from") or "")
    service = str(entry.get("service") or "")
    titles = service_titles(writer.source.run, writer.strings)
    what = writer.say(
        f"decisions.{kind}",
        into=writer.office(str(entry.get("into") or "")),
        mode=writer.mode(str(entry.get("mode") or "closed")).lower(),
        service=titles.get(service, service),
    )
    year = entry.get("year") if kind == "merge" else entry.get("from")
    when = str(year) if isinstance(year, int) else writer.say("decisions.always")
    reason = str(entry.get("reason") or "") or writer.say("decisions.no_reason")
    return (writer.office(office), what, when, reason)


def warnings(writer: Writer) -> tuple[Block, ...]:
    """The warnings of the run, in the report's language where the catalogue knows them."""
    strings = writer.strings
    found = [told(str(one), strings) for one in writer.source.run.summary.get("warnings", ())]
    if not found:
        return ()
    lists = (
        Bullets(tuple(text for text, _ in part), "" if language == strings.language else language)
        for language, part in groupby(found, key=itemgetter(1))
    )
    return (Paragraph(writer.say("proof.warnings")), *lists)
