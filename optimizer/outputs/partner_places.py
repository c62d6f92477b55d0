"""The places that are served from a partner's premises, which are open but no offices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
        key = "places.partner_one" if count == 1 else "places.partner"
        return strings.text(key, count=strings.number(count), mode=self.mode) if count else ""


def partner_places(tables: RunTables, strings: Strings) -> Places:
    """The places of each year whose mode is equipment at a partner; today's in the base year."""
    modes = {
        name: title(one.get("title"), strings.language) or name
        for name, one in (tables.config.get("modes") or {}).items()
        if one.get("premises") == "partner"
    }
    plan = tables.plan[tables.plan["mode"].isin(list(modes))]
    counts = {tables.base_year: int(tables.sites["mode_today"].isin(list(modes)).sum())}
    counts |= {year: int((plan["year"] == year).sum()) for year in tables.years}
    return Places(counts, " / ".join(modes.values()).lower())


def open_text(tables: RunTables, strings: Strings, year: int) -> str:
    """`110 kontor och 16 platser med mobil service`: what is open in a planning year, in words."""
    plan = tables.plan[tables.plan["year"] == year]
    places = partner_places(tables, strings)
    offices = int((plan["mode"] != "closed").sum()) - places.of(year)
    told = strings.text("places.offices", count=strings.number(offices))
    if not places.of(year):
        return told
    return strings.text("places.both", offices=told, places=places.told(strings, year))
