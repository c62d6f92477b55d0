"""What the plan is best at, in words: the sentences and units that differ between objectives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.outputs.strings import Strings

MILLION = 1e6
SMALL_GAP = 0.01


@dataclass(frozen=True)
class Measure:
    """One aim of a run: its kind, and what summary.json tells of it."""

    kind: str
    told: Mapping[str, Any]

    def text(self, key: str, strings: Strings, **values: object) -> str:
        """A text of its kind."""
        return strings.text(f"measure.{self.kind}.{key}", **values)


def measure_of(summary: Mapping[str, Any]) -> Measure:
    """The aim whose value and bound a summary gives; minutes where it does not say."""
    return Measure(str(summary.get("objective_kind") or "access"), summary)


def at_most(gap: float, strings: Strings) -> str:
    """A share that is an upper limit, rounded up to a decimal, or to two below a hundredth."""
    decimals = 2 if gap < SMALL_GAP else 1
    step: int = 10 ** (decimals + 2)
    return strings.percent(math.ceil(max(gap, 0.0) * step - 1e-6) / step, decimals)


def earlier_measures(summary: Mapping[str, Any]) -> Iterator[Measure]:
    """The aims that were made small before it, in their order."""
    for one in summary.get("earlier") or ():
        yield Measure(str(one["objective_kind"]), one)
