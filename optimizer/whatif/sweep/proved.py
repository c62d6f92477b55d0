"""What a frontier proved away: the limits of its questions that have no plan at all.

Each is told rounded to the side on which it is still proved: what costs no more than 28.87 costs no
more than 28.874 either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata.problems import number_of
from optimizer.whatif.rounded_up import rounded_up
from optimizer.whatif.sweep.points import Base, Point
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.statement import FrontierSweep

_DECIMALS = 2
_TOLD = 3  #: questions in a summary; results.parquet has them all


@dataclass(frozen=True)
class Nothing:
    """A question without a plan: no plan keeps to all that it asks; None: it does not ask it."""

    cost_mnkr: float | None = None  #: costs so much or less, over all planning years
    cut_mnkr: float | None = None  #: bears so much or more in the last year
    closures: int | None = None  #: closes so many offices or fewer
    minutes: float | None = None  #: nobody has more minutes farther to go

    @property
    def asked(self) -> int:
        """Of how many aims it asks something."""
        limits = (self.cost_mnkr, self.cut_mnkr, self.closures, self.minutes)
        return sum(one is not None for one in limits)

    def implies(self, other: Nothing) -> bool:
        """Whether every plan that would answer ``other`` would answer this."""
        return (
            _no_tighter(self.cost_mnkr, other.cost_mnkr)
            and _no_tighter(_minus(self.cut_mnkr), _minus(other.cut_mnkr))
            and _no_tighter(self.closures, other.closures)
            and _no_tighter(self.minutes, other.minutes)
        )

    def sentence(self) -> str:
        """What is proved, as the end of a sentence."""
        return f"no plan {' and '.join(self._parts())}"

    def _parts(self) -> Iterator[str]:
        if self.cost_mnkr is not None:
            yield f"costs {self.cost_mnkr:,.{_DECIMALS}f} mnkr or less"
        if self.cut_mnkr is not None:
            yield f"bears a cut of {self.cut_mnkr:,.{_DECIMALS}f} mnkr in the last year"
        if self.closures is not None:
            offices = number_of(self.closures, "office")
            yield f"closes {offices} or fewer" if self.closures else "closes no office"
        if self.minutes is not None:
            yield f"gives no zone more than {self.minutes:,.{_DECIMALS}f} minutes farther"


def proved_away(
    base: Base, sweep: FrontierSweep, points: Sequence[Point], records: Mapping[str, Record]
) -> list[Nothing]:
    """The loosest questions that were proved to have no plan, those of fewest limits first."""
    found = [
        _of(base, sweep, point)
        for point in points
        if point.key in records and records[point.key].outcome == "no_plan"
    ]
    loosest: list[Nothing] = []
    for one in sorted(dict.fromkeys(found), key=lambda one: one.asked):
        if not any(other.implies(one) for other in loosest):
            loosest = [other for other in loosest if not one.implies(other)] + [one]
    return loosest


def proved_told(found: Sequence[Nothing]) -> list[str]:
    """A sentence of what was proved away; none if nothing was."""
    told = [one.sentence() for one in found if one.asked]
    if not told:
        return []
    rest = len(told) - _TOLD
    more = f"; and {number_of(rest, 'question')} more (results.parquet)" if rest > 0 else ""
    return [f"Proved: {'; '.join(told[:_TOLD])}{more}."]


def _of(base: Base, sweep: FrontierSweep, point: Point) -> Nothing:
    budget, last, beyond = base.scenario.budget, base.scenario.years[-1], point.beyond
    before = budget.base_appropriation or budget.appropriation_mnkr(last)
    cut = before - point.scenario.budget.appropriation_mnkr(last)
    return Nothing(
        None if beyond.most_cost is None else -rounded_up(-beyond.most_cost, _DECIMALS) + 0.0,
        rounded_up(cut, _DECIMALS) + 0.0 if "cut" in sweep.aims else None,
        beyond.most_closed,
        None if beyond.most_added is None else -rounded_up(-beyond.most_added, _DECIMALS) + 0.0,
    )


def _no_tighter(one: float | None, other: float | None) -> bool:
    return one is None or (other is not None and one >= other - 1e-9)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
