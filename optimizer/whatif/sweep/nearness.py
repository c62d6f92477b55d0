"""Which finished point is most like one that is to be solved: the plan of that one is a start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record, States


class Nearest:
    """Finished points by their values. Numbers are as far apart as a share of their range."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._numbers = {point.name: _numbers(point.values) for point in points}
        self._width: dict[str, float] = {}
        for name in {name for numbers in self._numbers.values() for name in numbers}:
            values = [numbers[name] for numbers in self._numbers.values() if name in numbers]
            self._width[name] = max(max(values) - min(values), 1e-12)
        self._plans: list[tuple[Point, States]] = []

    def add(self, point: Point, record: Record) -> None:
        """A point that is finished; without a plan it is no start."""
        if record.plan is not None:
            self._plans.append((point, record.plan))

    def plan(self, point: Point) -> States | None:
        """The plan of the nearest finished point; of several, the first by name."""
        if not self._plans:
            return None
        return min(self._plans, key=lambda one: (self._apart(point, one[0]), one[0].name))[1]

    def _apart(self, one: Point, other: Point) -> float:
        a, b = self._numbers[one.name], self._numbers[other.name]
        away: float = sum(
            abs(a[name] - b[name]) / self._width[name] if name in a and name in b else 1.0
            for name in {*a, *b}
        )
        keys = {*one.values, *other.values}
        return away + float(sum(one.values.get(key) != other.values.get(key) for key in keys))


def _numbers(value: Any, name: str = "") -> dict[str, float]:
    """Every number in nested values by where it stands."""
    if isinstance(value, Mapping):
        parts = [_numbers(item, f"{name}.{key}") for key, item in value.items()]
    elif isinstance(value, list | tuple):
        parts = [_numbers(item, f"{name}[{at}]") for at, item in enumerate(value)]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return {name: float(value)}
    else:
        return {}
    return {key: number for part in parts for key, number in part.items()}
