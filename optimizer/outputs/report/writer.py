"""The account with the words to tell it in; what every section of the report is written from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from optimizer.outputs.account.account import Account
from optimizer.outputs.account.source import Source
from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.measure import at_most
from optimizer.outputs.services import OfficeServices, office_services
from optimizer.outputs.strings import Strings
from optimizer.outputs.studies import NONE, Studies
from optimizer.rounding import rounded

PARTS = ("merge", "close", "convert", "open")  #: what may become of an office, as it is told


@dataclass(frozen=True)
class Writer:
    """Numbers and texts in one language; texts of the report by their key below `report.`."""

    account: Account
    strings: Strings
    studies: Studies = NONE

    @property
    def source(self) -> Source:
        """The tables of the run."""
        return self.account.source

    @cached_property
    def drawing(self) -> Drawing:
        """What figures are drawn from."""
        return Drawing(self.account, self.strings)

    @cached_property
    def services(self) -> dict[str, OfficeServices]:
        """What each office offers beyond the general service, by office_id."""
        return office_services(self.source.run)

    def say(self, key: str, **values: object) -> str:
        """A text of the report; each may name the year of its prices, `{base_year}`."""
        return self.strings.text(f"report.{key}", **{"base_year": self.source.base_year, **values})

    @cached_property
    def _plan_kinds(self) -> tuple[str, ...]:
        """What the plan is, the closest word first; none if it was searched for."""
        if self.source.run.summary.get("status") != "evaluated":
            return ()
        offers = all(set(one.by_year) <= {one.today} for one in self.services.values())
        return ("given",) if self.account.changes or not offers else ("today", "given")

    def say_of_plan(self, key: str, **values: object) -> str:
        """A text of the report, worded otherwise for a plan that was given, and for today's."""
        told = (f"{key}_of_{kind}" for kind in self._plan_kinds)
        known = (one for one in told if f"report.{one}" in self.strings.texts)
        return self.say(next(known, key), **values)

    def say_counted(self, key: str, count: int, **values: object) -> str:
        """A text of the report with a `{count}`; worded for one where the count is one."""
        return self.strings.counted(f"report.{key}", count, **values)

    def moved(self, key: str, before: str, after: str, **values: object) -> str:
        """A text on what goes from one number to another, or that it is unchanged."""
        same = "_same" if before == after else ""
        return self.say(f"{key}{same}", before=before, after=after, **values)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number, or a dash."""
        return self.strings.number(value, decimals)

    def count(self, value: float | None) -> str:
        """Visits or people: `fewer than 20` where the run asks for small counts not to be shown.

        A count that is missing has been left out already for being small.
        """
        below = self.source.run.suppress_below
        if value is not None and below > 0 and (math.isnan(value) or 0 < value < below):
            return self.say("fewer", below=self.number(below))
        return self.number(value)

    def percent(self, value: float | None, decimals: int = 0) -> str:
        """A share, or a dash."""
        return self.strings.percent(value, decimals)

    def at_most(self, share: object) -> str:
        """A share that is an upper limit, or a dash where it is no number."""
        if isinstance(share, int | float) and math.isfinite(share):
            return at_most(share, self.strings)
        return self.percent(None)

    def change(self, value: float | None, decimals: int = 0) -> str:
        """A number with its sign."""
        shown = self.number(value, decimals)
        positive = value is not None and rounded(value, decimals) > 0
        return f"+{shown}" if positive else shown

    def mode(self, mode: str) -> str:
        """A mode's name."""
        return self.source.mode_title(mode, self.strings.language, self.strings.text("mode.closed"))

    def office(self, office_id: str) -> str:
        """An office's name."""
        return self.source.office_names.get(office_id, office_id)

    def town(self, code: str) -> str:
        """A municipality's name."""
        return self.source.municipality(code)

    def place(self, office: str, code: str) -> str:
        """An office's name, with its municipality where that has another name."""
        town = self.town(code)
        return office if office.startswith(town) else f"{office} ({town})"

    def state(self, state: str) -> str:
        """What happens to an office, in words."""
        return self.strings.text(f"state.{state}")

    def need(self, need: int) -> str:
        """A level of need, in words."""
        other = self.strings.texts["need.other"].format(need=need)
        return self.strings.text_or(f"need.{need}", other)

    def title(self) -> str:
        """What the run calls itself, in the report's language if it has one."""
        titles = self.source.run.summary.get("title") or {}
        name = str(self.source.run.summary.get("name", ""))
        if not isinstance(titles, dict):
            return str(titles) or name
        known = titles.get(self.strings.language) or next(filter(None, titles.values()), "")
        return str(known or name)

    def counted(self, states: Iterable[str]) -> str:
        """`2 slås samman med ett annat kontor och 1 öppnas`: how many do what, without zeros."""
        counts = Counter(states)
        return self.joined(
            [self.say(f"part.{key}", count=counts[key]) for key in PARTS if key in counts]
        )

    def joined(self, words: list[str]) -> str:
        """`a, b och c`."""
        return self.strings.joined(words)
