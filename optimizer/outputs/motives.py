"""Motives where an output is in another language than its run: told anew, or else marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.strings import load

Motives = Mapping[tuple[str, int], str]  #: by office_id and year, in another language than the run
NONE: Motives = {}


def in_language(tables: RunTables, language: str, told: Motives = NONE) -> RunTables:
    """The tables with their motives in a language.

    Those that ``told`` lacks stay in the language of the run, which is said before each.
    """
    if tables.language == language:
        return tables
    rows = zip(tables.plan["office_id"], tables.plan["year"], tables.plan["motive"], strict=True)
    motives = [
        told.get((str(office), int(year))) or marked(str(motive), tables.language, language)
        for office, year, motive in rows
    ]
    return replace(tables, plan=tables.plan.assign(motive=motives))


def marked(motive: str, own: str, language: str) -> str:
    """`In Swedish: Läggs ned.`: a motive after the name of the language that it is in."""
    if not motive:
        return ""
    strings = load(language)
    name = strings.text_or(f"motive.language.{own}", own)
    return strings.text("motive.in_other", language=name, motive=motive)
