"""The places that are served from a partner's premises, which are open but no offices."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

import pandas as pd

from optimizer.outputs.map.signs import title
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.strings import Strings


class Places(NamedTuple):
    """How many places of each year are open at a partner, and what they are: `mobil service`."""

    counts: Mapping[int, int]
    mode: str

    def of(self, year: int) -> int:
        """How many there are in a year."""
        return self.counts.get(year, 0)

    def told(self, strings: Strings, year: int) -> str:
        """`16 platser med mobil service`; empty where there is none in the year."""
        count = self.of(year)
        return strings.counted("places.partner", count, mode=self.mode) if count else ""


def partner_places(tables: RunTables, strings: Strings, towns: Set[str] | None = None) -> Places:
    """The places of each year whose mode is equipment at a partner; today's in the base year.

    ``towns``: codes of the municipalities that count; all where there are none.
    """
    modes = {
        name: title(one.get("title"), strings.language) or name
        for name, one in (tables.config.get("modes") or {}).items()
        if one.get("premises") == "partner"
    }
    counts = {
        year: int(_modes_in(tables, year, towns).isin(list(modes)).sum())
        for year in (tables.base_year, *tables.years)
    }
    return Places(counts, " / ".join(modes.values()).lower())


def open_text(tables: RunTables, strings: Strings, year: int, towns: Set[str] | None = None) -> str:
    """`110 kontor och 16 platser med mobil service`: what is open in a year, in words.

    ``towns``: codes of the municipalities that count; all where there are none.
    """
    places = partner_places(tables, strings, towns)
    is_open = int((_modes_in(tables, year, towns) != "closed").sum())
    offices = is_open - places.of(year)
    told = strings.counted("places.offices", offices)
    if not is_open:
        return strings.text("report.nobody")
    if not places.of(year):
        return told
    if not offices:
        return places.told(strings, year)
    return strings.text("places.both", offices=told, places=places.told(strings, year))


def today_text(tables: RunTables, strings: Strings) -> str:
    """`148 kontor (varav 1 plats med mobil service)`: all of today, by the number on record."""
    count = int((_modes_in(tables, tables.base_year, None) != "closed").sum())
    places = partner_places(tables, strings).told(strings, tables.base_year)
    told = strings.counted("places.offices", count)
    return strings.text("places.among", offices=told, places=places) if places else told


def _modes_in(tables: RunTables, year: int, towns: Set[str] | None) -> pd.Series[str]:
    """The mode of every site in a year, or today in the base year."""
    today = year == tables.base_year
    rows = tables.sites if today else tables.plan[tables.plan["year"] == year]
    modes: pd.Series[str] = rows["mode_today" if today else "mode"]
    return modes if towns is None else modes[rows["municipality_code"].isin(towns)]
