"""What every figure of a run is drawn from: the account, the outlines, the offices, the texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from optimizer.outputs.account.account import Account
from optimizer.outputs.figures.maps import ADDED, MINUTES, NO_DATA, class_of
from optimizer.outputs.figures.marks import Mark, office_marks
from optimizer.outputs.map.access import ADDED_BREAKS, MINUTE_BREAKS, minutes_by_municipality
from optimizer.outputs.map.offices import office_records
from optimizer.outputs.map.regions import Division, drawn_division, known_towns
from optimizer.outputs.map.shapes import Box, Shapes, national_shapes
from optimizer.outputs.map.signs import mode_signs
from optimizer.outputs.strings import Strings

BEFORE, AFTER, ADDED_MINUTES = "before", "after", "added"


@dataclass(frozen=True)
class Drawing:
    """An account with the shapes to draw it in."""

    account: Account
    strings: Strings

    @cached_property
    def shapes(self) -> Shapes:
        """The municipalities."""
        return national_shapes()

    @cached_property
    def paths(self) -> dict[str, str]:
        """The outline of each municipality, by code."""
        return dict(zip(self.shapes.codes, self.shapes.paths(), strict=True))

    @cached_property
    def signs(self) -> dict[str, dict[str, object]]:
        """The sign of each mode."""
        modes = self.account.source.run.config.get("modes") or {}
        return mode_signs(modes, self.strings.language)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The offices as they stand in the last year."""
        names = dict(zip(self.shapes.codes, self.shapes.names, strict=True))
        records = office_records(self.account.source.run, self.shapes.frame, names)
        return office_marks(records, self.signs)

    @cached_property
    def division(self) -> Division:
        """The division that the run requires service in."""
        return drawn_division(self.account.source.run)

    @cached_property
    def part(self) -> Box | None:
        """The part of the map that the network lies in; None where it needs the whole country."""
        return self.shapes.part_around(known_towns(self.account.source.run))

    @cached_property
    def town_of(self) -> dict[str, str]:
        """The municipality of each office."""
        sites = self.account.source.run.sites
        return dict(zip(sites["office_id"], sites["municipality_code"], strict=True))

    @cached_property
    def outline(self) -> str:
        """The borders of the division's regions."""
        return self.shapes.outlines(self.division.region_of) if self.division.name else ""

    @cached_property
    def minutes(self) -> dict[str, tuple[float | None, float | None]]:
        """Each municipality's mean minutes for the highest need, before and in the last year."""
        found = minutes_by_municipality(self.account.source.run, self.shapes.codes)
        return {
            code: (one["before"][-1], one["after"][-1][-1])
            for code, one in zip(self.shapes.codes, found, strict=True)
            if one is not None
        }

    def fills(self, layer: str) -> dict[str, str]:
        """The fill of each municipality for `before`, `after` or `added`."""
        return {code: self._fill(layer, *pair) for code, pair in self.minutes.items()}

    def _fill(self, layer: str, before: float | None, after: float | None) -> str:
        if layer == ADDED_MINUTES:
            value = None if before is None or after is None else round(after - before, 1)
            place = class_of(value, ADDED_BREAKS)
            return NO_DATA if place is None else ADDED[place]
        place = class_of(before if layer == BEFORE else after, MINUTE_BREAKS)
        return NO_DATA if place is None else MINUTES[place]

    def class_labels(self, layer: str) -> list[str]:
        """The names of the classes of a layer, lowest first."""
        text = self.strings.text
        if layer == ADDED_MINUTES:
            first = [text("map.legend.shorter"), text("map.legend.unchanged")]
            breaks: tuple[int, ...] = ADDED_BREAKS[1:]
        else:
            first, breaks = [text("map.legend.under", to=MINUTE_BREAKS[0])], MINUTE_BREAKS
        pairs = pairwise(breaks)
        between = [text("map.legend.between", **{"from": low, "to": high}) for low, high in pairs]
        return [*first, *between, text("map.legend.over", **{"from": breaks[-1]})]
