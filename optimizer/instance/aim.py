"""What a plan is best at: visit-minutes, money, or both at a price; and limits from earlier aims.

    value = minutes x (visit-minutes + equity) + mnkr x (cost + fees of lost visits)

summed over the planning years. `access` counts minutes alone, so its value is visit-minutes;
`cost` counts money alone and `weighted` both, minutes at their price in kronor: kronor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.instance.arrays import Floats

KRONOR = 1e6  #: in a million of them
VISIT_MINUTES, KR = "visit-minutes", "kr"


@dataclass(frozen=True)
class Aim:
    """The weights of an objective."""

    kind: str  #: access, cost or weighted
    minutes: float  #: what a visit-minute counts
    mnkr: float  #: what a million kronor counts

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return KR if self.mnkr else VISIT_MINUTES

    def value(self, minutes: Floats, mnkr: Floats) -> Floats:
        """The value of visit-minutes and million kronor, any shape; what weighs nothing is out."""
        terms = ((self.minutes, minutes), (self.mnkr, mnkr))
        total = sum((weight * amount for weight, amount in terms if weight), np.zeros(()))
        return np.asarray(total, dtype=np.float64)

    def change(self, value: float, today: float) -> float:
        """How far a value lies from today's: what a gap is measured against.

        The burden added to today's where minutes alone count, the saving (or its opposite) where
        money does. At least a billionth of today's, and 1 where today's is 0, so that it divides.
        """
        far = value - today if self.unit == VISIT_MINUTES else abs(value - today)
        return max(far, 1e-9 * abs(today)) or 1.0


ACCESS = Aim("access", 1.0, 0.0)
COST = Aim("cost", 0.0, KRONOR)


def weighted(kr_per_minute: float) -> Aim:
    """Money, and minutes at a price."""
    return Aim("weighted", kr_per_minute, KRONOR)


@dataclass(frozen=True)
class Ceiling:
    """An earlier aim of a lexicographic order: its value may not exceed ``most``."""

    aim: Aim
    most: float

    def beyond(self, value: Floats | float) -> Floats:
        """How far values lie above, in the aim's unit."""
        return np.asarray(np.maximum(0.0, np.asarray(value) - self.most))

    def holds(self, value: float) -> bool:
        """Whether a value keeps to it; a millionth of a millionth is rounding."""
        return bool(value <= self.most + 1e-9 * abs(self.most) + 1e-6)
