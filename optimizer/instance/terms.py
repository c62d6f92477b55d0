"""Money, staff, help by video, and how much those worst off count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.instance.arrays import Bools, Floats


@dataclass(frozen=True)
class Money:
    """Means and prices by planning year, mnkr in prices of the base year.

    What is carried from year to year is a sum of kronor, and worth less as the compensation of the
    appropriation rises: ``carry_worth`` is that of the year before against that of the year.
    """

    appropriation: Floats  #: [T]
    other_income: Floats  #: [T] before the fees of lost visits are taken off
    saving_limit: Floats  #: [T]
    credit_limit: Floats  #: [T] as a positive number
    carry_worth: Floats  #: [T] what a krona from the year before is worth: less as prices rise
    central: Floats  #: [T]
    wage_per_fte: Floats  #: [T]
    price_index: Floats  #: [T] on every cost whose array does not carry its own
    carry_in: float  #: in prices of the base year, brought into the first year
    fee_per_visit: float
    extension_per_visit: Floats  #: [J, T] for a visit a year beyond the room, indices included
    closure: float
    opening: float
    conversion: Floats  #: [M+1] one-off of entering the state from another open one


@dataclass(frozen=True)
class Staff:
    """Staff of today, where it may move, and what changes of it cost (mnkr per FTE)."""

    today: Floats  #: [J] FTE
    apart: Floats  #: [J, J] minutes from site to site
    commuting_minutes: float  #: staff moves between sites no farther apart
    attrition: float  #: share of the staff that leaves by itself in a year
    redundancy: float
    move: float
    hire: float
    most_redundant: float  #: FTE a year; infinite without a limit

    @property
    def near(self) -> Bools:
        """[J, J] where staff of a site may move."""
        within = self.apart <= self.commuting_minutes
        np.fill_diagonal(within, False)
        return np.asarray(within)


@dataclass(frozen=True)
class Remote:
    """Help by video between offices with placed staff."""

    states: Bools  #: [M+1] the states that may give and get
    share: float  #: of the staff that visits ask for, at most; must-appear visits left out
    cost_per_fte: float  #: equipment and lines, mnkr a year for an FTE of help


@dataclass(frozen=True)
class Equity:
    """How much the added minutes of those worst off count beside those of all visits.

    The mean of a tail: conditional value at risk (Rockafellar and Uryasev 2000).
    """

    weight: float  #: minutes of the tail against the mean of all visits
    tail: float  #: share of the people who are worst off
    column: int  #: the need whose minutes count, a column of demand
    people: Floats  #: [I] share of the people that count; they sum to 1
    tails: tuple[tuple[Floats, ...], ...] = ()  #: by year, [I] tails that a bound has looked at

    def tails_of_year(self, n_years: int) -> tuple[tuple[Floats, ...], ...]:
        """By year, the tails whose mean a bound holds: first that of all people."""
        seen = self.tails or ((),) * n_years
        return tuple((self.people, *tails) for tails in seen)

    def looked_at(self, tails: Sequence[Floats]) -> Equity:
        """With a tail more in each year."""
        seen = self.tails or ((),) * len(tails)
        more = tuple((*old, new) for old, new in zip(seen, tails, strict=True))
        return replace(self, tails=more)
