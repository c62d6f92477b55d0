"""Rules that a plan keeps to, as arrays over sites and states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.instance.arrays import CLOSED, Bools, Floats, Ints


@dataclass(frozen=True)
class CoverageRule:
    """At least ``min_points`` open sites that count, in one region, from one year on."""

    division: str
    region_code: str
    sites: Bools  #: [J] the sites of the region
    states: Bools  #: [M+1] the states that count
    min_points: int
    from_year: int  #: index of the first year in force
    service: str = ""  #: the service that the sites must offer; none: any service counts

    @property
    def requirement(self) -> str:
        """The requirement it belongs to."""
        return "service_coverage" if self.service else "region_coverage"

    @property
    def scope(self) -> str:
        """What it speaks of: `fa:04`, or `id_check:county:04`."""
        parts = (self.service, self.division, self.region_code)
        return ":".join(part for part in parts if part)


@dataclass(frozen=True)
class LimitRule:
    """At most ``at_most`` sites of a group in a family of modes, in every year or the last.

    ``cells`` [J, M+1] says it site by site, where the modes that count differ between sites.
    """

    scope: str
    sites: Bools  #: [J]
    states: Bools  #: [M+1]
    at_most: int
    cells: Bools | None = None  #: instead of all of ``sites`` in all of ``states``
    from_year: int = 0  #: index of the first year in which it holds

    @property
    def counted(self) -> Bools:
        """[J, M+1] the sites and states that count."""
        return self.sites[:, None] & self.states if self.cells is None else self.cells

    def count(self, states: Ints) -> int:
        """How many sites count when they are in ``states`` [J]."""
        return int(self.counted[np.arange(states.size), states].sum())


@dataclass(frozen=True)
class ClosureRule:
    """At most ``at_most`` offices of a group close in each year."""

    scope: str
    sites: Bools  #: [J] the offices that count
    at_most: int


@dataclass(frozen=True)
class Consultation:
    """Municipalities that are left without a site only after an analysis and consultation."""

    town: Ints  #: [J] a number for the municipality of each site
    held: Bools  #: [municipalities, T] those in which a site must be open still

    def empty(self, states: Ints, t: int) -> Bools:
        """[municipalities] those held in a year that ``states`` [J] leave without a site."""
        count = np.bincount(self.town, weights=states != CLOSED, minlength=self.held.shape[0])
        return np.asarray(self.held[:, t] & (count == 0))


@dataclass(frozen=True)
class OpenSites:
    """How many sites are open, in any mode, from one year on."""

    least: int
    most: int
    from_year: int  #: index of the first year in force

    def missed(self, count: Ints | Floats) -> Floats:
        """By how many sites a number of open ones is too few or too many."""
        return np.asarray(np.maximum(0.0, self.least - count) + np.maximum(0.0, count - self.most))


@dataclass(frozen=True)
class AccessRule:
    """So many people within reach of an open site that serves, every year from one on.

    People are pooled by the set of sites in their reach. For no_one_left_behind they are zones.
    """

    kind: str  #: access_standard, no_one_left_behind or service_coverage
    scope: str
    sets: Bools  #: [S, J] the sites in reach
    people: Floats  #: [S]
    least: float  #: people that must be reached
    total: float  #: all people that count
    states: Bools  #: [M+1] the states that serve
    from_year: int  #: index of the first year in force

    @property
    def of(self) -> str:
        """The rule it belongs to, whatever the region: `2` of `2:county:04`."""
        parts = self.scope.split(":")
        number = next((at for at, part in enumerate(parts) if part.isdecimal()), len(parts) - 1)
        return ":".join(parts[: number + 1])

    @property
    def everyone(self) -> bool:
        """Whether every set must be reached."""
        return self.least >= self.total * (1 - 1e-12)

    def reached(self, serving: Bools) -> float:
        """People with one of the ``serving`` [J] sites in reach."""
        return float(self.people[self.sets[:, serving].any(axis=1)].sum())

    def holds(self, reached: float) -> bool:
        """Whether that many are enough."""
        return reached >= self.least * (1 - 1e-9) - 1e-9


@dataclass(frozen=True)
class FixedDecision:
    """A planner's decision: the states a site may have in each year."""

    kind: str  #: keep, close, mode, merge or offer
    site: int
    allowed: Bools  #: [M+1, T]
    reason: str
    into: int = -1  #: of a merger: the site that receives and is kept
    service: str = ""  #: of an offer: the service

    def scope(self, sites: tuple[str, ...]) -> str:
        """What it speaks of: `close:o012`, or `offer:o012:id_check`."""
        parts = (self.kind, sites[self.site], self.service)
        return ":".join(part for part in parts if part)
