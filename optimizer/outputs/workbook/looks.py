"""The looks of the workbook: colours, number formats, and the marks of estimated cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

INK, SOFT, LINE, ACCENT, PAPER = "#17222D", "#4B5863", "#D5D9DC", "#0B5470", "#FFFFFF"
PALE = "#EAF1F4"

#: Kinds of number; a dash for nothing where nothing is the usual case.
NUMBERS: Mapping[str, str] = {
    "text": "@",
    "words": "@",
    "year": "0",
    "count": "#,##0",
    "whole": '#,##0;-#,##0;"–"',
    "one": '#,##0.0;-#,##0.0;"–"',
    "two": '#,##0.00;-#,##0.00;"–"',
    "three": '#,##0.000;-#,##0.000;"–"',
    "minutes": "0.0",
    "plain_one": "#,##0.0",
    "change": '+#,##0.0;-#,##0.0;"–"',
    "share": "0.0%",
    "mnkr": "#,##0.0;[Red]-#,##0.0;0.0",
    "any": "General",
}
WORDS = frozenset({"text", "words"})  # the latter over several lines
MARKS = {"estimated": "#FBF3DC", "assumed": "#F2E1B8", "default": "#F2E1B8"}  # and slanted
QUIET = "keep"
STATES = {  # what becomes of an office: text and ground, as on the map
    QUIET: ("#75808A", PAPER),
    "convert": ("#5C4500", "#FFF0C2"),
    "merge": ("#7A2473", "#F3E1F1"),
    "close": ("#9C2410", "#FBE2DC"),
    "open": ("#0A4FA0", "#DDEBFA"),
    "good": ("#1B5E3A", "#DFF1E6"),
    "tight": ("#5C4500", "#FFF0C2"),
    "broken": ("#9C2410", "#FBE2DC"),
}
CHART_COLOURS = (
    "#0B5470",
    "#5797A9",
    "#AED3CC",
    "#C9A227",
    "#E2913F",
    "#8D2F86",
    "#75808A",
    "#3E7D4F",
    "#B92D16",
    "#1F2B36",
    "#C58FBF",
    "#9BB97A",
)


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def cell(
        self, kind: str, *, mark: str = "", strong: bool = False, left: bool = False
    ) -> Format:
        """A cell of a table; ``mark`` is the origin of its value, ``strong`` a total."""
        look: dict[str, Any] = {"num_format": NUMBERS[kind], "valign": "top"}
        look |= {"bottom": 1, "bottom_color": LINE, "font_color": INK}
        if kind in WORDS:
            look |= {"text_wrap": kind == "words", "align": "left", "indent": 1}
        else:
            look |= {"align": "left", "indent": 1} if left else {"align": "right"}
        if mark in MARKS:
            look |= {"italic": True, "bg_color": MARKS[mark]}
        if strong:
            look |= {"bold": True, "bg_color": PALE, "top": 1, "top_color": ACCENT}
        return self._format(look)

    def heading(self, *, right: bool) -> Format:
        """A column heading."""
        look = {"bold": True, "font_color": PAPER, "bg_color": ACCENT, "text_wrap": True}
        side = {"align": "right"} if right else {"align": "left", "indent": 1}
        return self._format(look | side | {"valign": "bottom"})

    def title(self) -> Format:
        """The title of a sheet."""
        return self._format({"bold": True, "font_size": 16, "font_color": ACCENT})

    def section(self) -> Format:
        """The heading of a part of a sheet."""
        return self._format({"bold": True, "font_size": 12, "font_color": ACCENT})

    def note(self) -> Format:
        """A line of explanation."""
        return self._format({"font_color": SOFT})

    def strong(self) -> Format:
        """A line to be read first."""
        return self._format({"bold": True, "font_color": INK})

    def sign(self, name: str) -> Format:
        """The look that a condition gives to a cell."""
        colour, ground = STATES[name]
        if name == QUIET:
            return self._format({"font_color": colour})
        return self._format({"font_color": colour, "bg_color": ground, "bold": True})

    def _format(self, look: dict[str, Any]) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Calibri", **look})
        return self._made[key]
