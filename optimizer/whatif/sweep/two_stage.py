"""Closures decided before the future is known, all else after: the two-stage form.

In the first stage it is settled which sites are open in which year; in the second, in each future,
the modes of the open ones are chosen, and staff and room with them. A choice of closures is worth
the mean of what its best second stages give over the futures. Tried are the closures of the
futures' own plans, those that many of them agree on, and then single sites turned over where the
plans differ. What is found is an upper end. With the future known first no plan is better than the
futures' own bounds, and their mean is the lower end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.problems import number_of
from optimizer.whatif.sweep.beyond import Beyond
from optimizer.whatif.sweep.closures import Closures, agreed, closures_of
from optimizer.whatif.sweep.points import Base, Point
from optimizer.whatif.sweep.record import Record, States
from optimizer.whatif.sweep.running import Solver
from optimizer.whatif.sweep.statement import RobustSweep

_SHARES = (0.5, 0.75, 0.25, 1.0)
_SHOWN = 12


@dataclass(frozen=True)
class Choice:
    """Closures, and the best second stage found in each future."""

    name: str
    closures: Closures
    records: Sequence[Record]  #: of each future

    @property
    def holds_in(self) -> int:
        """Futures in which a second stage keeps every requirement."""
        return sum(one.outcome == "done" for one in self.records)

    @property
    def mean_minutes(self) -> float:
        """Visit-minutes, the mean of the futures in which it holds."""
        found = [one.certificate["objective"] for one in self.records if one.outcome == "done"]
        return float(np.mean(found)) if found else np.inf

    @property
    def key(self) -> tuple[int, float]:
        """The smaller the better."""
        return len(self.records) - self.holds_in, self.mean_minutes

    def greatest_regret(self, best: Sequence[float]) -> float:
        """Over the futures in which it holds; ``best`` are the least minutes known of each."""
        regrets = [
            one.certificate["objective"] - least
            for one, least in zip(self.records, best, strict=True)
            if one.outcome == "done"
        ]
        return max(regrets, default=np.inf)


@dataclass(frozen=True)
class TwoStage:
    """What the two-stage form gives."""

    choices: tuple[Choice, ...]  #: as tried
    best: tuple[float, ...]  #: least minutes known of each future
    bounds: tuple[float, ...]  #: of each future by itself

    @property
    def chosen(self) -> Choice:
        """The best choice of closures found."""
        return min(self.choices, key=lambda one: one.key)


def decide(
    base: Base, sweep: RobustSweep, solver: Solver, points: Sequence[Point]
) -> TwoStage | None:
    """Try choices of closures; None where too few futures have a plan."""
    records = {point.name: solver.records.get(point.key) for point in points}
    futures = [point for point in points if _plan(records[point.name]) is not None]
    plans = [plan for point in futures for plan in [_plan(records[point.name])] if plan]
    if len(plans) < 2:
        return None
    tried: dict[str, Choice] = {}

    def try_out(name: str, closures: Closures) -> Choice:
        asked = [_point(base, sweep, name, closures, point) for point in futures]
        found = Choice(name, closures, solver.solve(asked))
        tried[closures.key] = found
        return found

    for name, closures in _candidates([point.name for point in futures], plans):
        if len(tried) < sweep.closure_choices and closures.key not in tried:
            try_out(name, closures)
    best = min(tried.values(), key=lambda one: one.key)
    for site, row in _disputed(plans):
        if len(tried) >= sweep.closure_choices:
            break
        closures = _turned(best.closures, site, row)
        if closures.key not in tried:
            other = try_out(f"turned{len(tried):03d}", closures)
            best = min(best, other, key=lambda one: one.key)
    own = [record for point in futures for record in [records[point.name]] if record is not None]
    return TwoStage(tuple(tried.values()), tuple(_least(own, tried)), tuple(_bounds(own)))


def _plan(record: Record | None) -> States | None:
    return None if record is None else record.plan


def _point(base: Base, sweep: RobustSweep, name: str, closures: Closures, future: Point) -> Point:
    values = {**future.values, "solver.time_limit": sweep.recourse_seconds}
    where = f"{base.source.file}: scenarios"
    beyond = Beyond(closures=closures)
    return base.point(f"{name}-{future.name}"[:64], values, where, beyond=beyond)


def _candidates(names: Sequence[str], plans: Sequence[States]) -> Iterator[tuple[str, Closures]]:
    """What many plans agree on first, then the plans' own, those closest to all others first."""
    for share in _SHARES:
        yield f"agreed{share * 100:.0f}", agreed(plans, share)
    closed = np.array([closures_of(plan).closed for plan in plans], dtype=np.float64)
    away = np.abs(closed - closed.mean(axis=0)).sum(axis=(1, 2))
    for at in np.argsort(away, kind="stable").tolist():
        yield f"own-{names[at]}", closures_of(plans[at])


def _disputed(plans: Sequence[States]) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Sites that some plans close and others do not, the most disputed first; how they close."""
    closures = [closures_of(plan) for plan in plans]
    shares = {
        site: float(np.mean([one.last[site] for one in closures])) for site in closures[0].sites
    }
    for site in sorted(shares, key=lambda site: (abs(shares[site] - 0.5), site)):
        if 0 < shares[site] < 1:
            at = closures[0].sites.index(site)
            yield site, next(one.closed[at] for one in closures if one.last[site])


def _turned(closures: Closures, site: str, row: tuple[bool, ...]) -> Closures:
    """Closed as some plan closes it, or if it is closed, open in every year."""
    return closures.with_row(site, tuple(False for _ in row) if closures.last[site] else row)


def _least(own: Sequence[Record], tried: Mapping[str, Choice]) -> Iterator[float]:
    for at, record in enumerate(own):
        second = [one.records[at] for one in tried.values()]
        found = [one.certificate["objective"] for one in (record, *second) if one.certificate]
        yield float(min(found))


def _bounds(own: Sequence[Record]) -> Iterator[float]:
    for record in own:
        yield float(record.certificate["bound"])


def choices_table(found: TwoStage) -> pd.DataFrame:
    """A row for each choice of closures tried, the best first.

    closed: sites in the last year. mean_minutes: visit-minutes over all planning years, the mean of
    the futures in which a second stage keeps every requirement.
    """
    rows = [
        {
            "closures": one.name,
            "closed": sum(one.closures.last.values()),
            "futures": len(one.records),
            "holds_in": one.holds_in,
            "mean_minutes": one.mean_minutes,
            "greatest_regret_minutes": one.greatest_regret(found.best),
        }
        for one in sorted(found.choices, key=lambda one: one.key)
    ]
    return pd.DataFrame(rows)


def closures_table(found: TwoStage) -> pd.DataFrame:
    """office_id, year, state: `closed` where the best choice has a site closed, or `open`."""
    closures = found.chosen.closures
    rows = [
        {"office_id": site, "year": year, "state": "closed" if closed else "open"}
        for site, row in zip(closures.sites, closures.closed, strict=True)
        for year, closed in zip(closures.years, row, strict=True)
    ]
    return pd.DataFrame(rows)


def two_stage_sentences(found: TwoStage) -> list[str]:
    """What a person reads first."""
    one = found.chosen
    last = [site for site, closed in one.closures.last.items() if closed]
    after = one.mean_minutes - float(np.mean(found.best))
    most = one.mean_minutes - float(np.mean(found.bounds))
    lines = [
        f"Closures decided first ({one.name}, {number_of(len(last), 'site')} closed): a second "
        f"stage holds in {one.holds_in} of {len(one.records)} futures."
    ]
    if one.holds_in == len(one.records):
        lines.append(
            f"To know the future first would save {after:,.0f} visit-minutes in the mean of the "
            f"best plans known, and no more than {most:,.0f}."
        )
    return lines
