"""How sure a run's plan is: how its search ended, and whether gaps hide what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from optimizer.outputs.strings import Strings

_LARGE = 0.01  #: a gap of the added burden from which a plan may be far from the best


@dataclass(frozen=True)
class Standing:
    """The certificate of a run, in the unit of its aim."""

    name: str
    status: str
    gap: float | None  #: share of what the plan adds to today's; None without a bound
    added: float  #: above today's network
    objective: float
    bound: float | None
    unit: str

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """How the search ended, how far from the best the plan may be, and what it adds."""
        gap = "no bound known" if self.gap is None else f"gap {self.gap:.2%}"
        added = f"{abs(self.added) / 1e6:.3f} million {self.unit}"
        less = f"{added} less than today's network"
        told = less if self.added < 0 else f"{added} more than today's network"
        return f"{self.name}: {self.status.replace('_', ' ')}, {gap}, {told}"


def standing(name: str, summary: Mapping[str, Any]) -> Standing:
    """That of a run with this summary.json."""
    objective = float(summary["objective"])
    return Standing(
        name=name,
        status=str(summary["status"]),
        gap=summary.get("gap"),
        added=objective - float(summary.get("objective_today", objective)),
        objective=objective,
        bound=summary.get("bound"),
        unit=str(summary.get("objective_unit", "visit-minutes")),
    )


def within_gaps(standings: Sequence[Standing], strings: Strings) -> Iterator[str]:
    """A sentence for each pair of which either may be the better, as far as is proved."""
    for one, other in combinations(standings, 2):
        if one.unit == other.unit and _overlap(one, other):
            yield strings.text("apart.within_gaps", one=one.name, other=other.name)


def _overlap(one: Standing, other: Standing) -> bool:
    """Whether the better one's objective is not proved apart from the other's best."""
    if max(one.gap or 0.0, other.gap or 0.0) < _LARGE:
        return False
    least = [each.objective if each.bound is None else each.bound for each in (one, other)]
    return max(least) <= min(one.objective, other.objective)
