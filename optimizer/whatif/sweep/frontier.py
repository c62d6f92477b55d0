"""The exact frontier of access, cost, cut, closures and equity by the epsilon-constraint method.

Access is what every point makes best, cost where access is no aim; the other aims are limits. Where
neither is, the steps themselves lead to the least of each. Each step asks for a little more
of an aim than the plan before gives (Mavrotas 2009 writes the limits as equations with slack; here
the slack is measured exactly: the cut a plan bears beyond the one asked for, the offices it closes
fewer than allowed, how much less farther to go the worst off have), so no plan between two steps is
left out but those closer than a step.

Every point carries its bound: no plan that does as well in the other aims has fewer minutes, or
costs less. A bound of a looser question holds for every tighter one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from geodata.problems import number_of, shortened
from optimizer.instance.aim import ACCESS, COST, KRONOR
from optimizer.solving.certificate import gap_of_added_burden
from optimizer.whatif.means import money_step
from optimizer.whatif.sweep.beyond import Beyond
from optimizer.whatif.sweep.points import Base, Point
from optimizer.whatif.sweep.proved import Nothing, proved_told
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.running import Solver
from optimizer.whatif.sweep.statement import FrontierSweep

_SAME_MNKR = 1e-5
_SAME_MINUTES = 1e-6  #: relative
_SAME_ADDED = 1e-6  #: minutes
_FAILED = ("wrong_input", "bug", "lost")
_SHOWN = 6  #: names of points in a sentence

Limited = Literal["cost", "cut", "closures", "equity"]
#: What a question asks of each aim; without an entry, nothing.
Limits = Mapping[Limited, float]


@dataclass(frozen=True)
class _Axis:
    """An aim that is asked for step by step, or at given values."""

    aim: Limited
    given: tuple[float, ...] | None
    first: Limits  #: what the first step asks
    step: float

    def tighter(self, asked: Limits, records: Sequence[Record]) -> Limits | None:
        """Just beyond what the plans found give at least; None if there is no more to ask."""
        found = [one.aims for one in records if one.outcome == "done"]
        if not found:
            return None
        if self.aim == "cut":
            borne = max(min(one["cut_mnkr"] for one in found), 0.0)
            return {"cut": asked.get("cut", 0.0) + borne + self.step}
        most = max(one[_MEASURES[self.aim]] for one in found)
        return None if most <= 0 else {self.aim: max(0.0, most - self.step)}


_MEASURES: dict[Limited, str] = {
    "cost": "cost_mnkr",
    "closures": "closures",
    "equity": "equity_minutes",
}


def _axes(base: Base, sweep: FrontierSweep) -> list[_Axis]:
    """The aims with limits, the one whose steps go on within each step of the other last."""
    money = money_step(base.scenario.budget.appropriation_mnkr(base.scenario.years[0]))
    steps: dict[Limited, float] = {
        "closures": 1.0,
        "equity": sweep.equity_step,
        "cost": sweep.cost_step or money,
        "cut": sweep.cut_step or money,
    }
    first: dict[Limited, Limits] = {"cut": {"cut": sweep.cut_from}}
    return [_Axis(aim, given, first.get(aim, {}), steps[aim]) for aim, given in _limited(sweep)]


def _limited(sweep: FrontierSweep) -> list[tuple[Limited, tuple[float, ...] | None]]:
    """The aims with limits in their order, each with its given values if it has any."""
    given: dict[Limited, Sequence[float] | None] = {
        "closures": sweep.closures,
        "equity": sweep.added,
        "cost": sweep.costs,
        "cut": sweep.cuts,
    }
    some = [(aim, one) for aim, one in given.items() if aim in sweep.aims and aim != sweep.best]
    return [(aim, None if one is None else tuple(map(float, one))) for aim, one in some]


def first_points(base: Base) -> list[Point]:
    """The points that are known before any is solved; checked like those of any sweep."""
    sweep = base.source.sweep
    assert isinstance(sweep, FrontierSweep)
    some = product(*map(_starts, _axes(base, sweep)))
    return [_point(base, sweep, {**_money(sweep), **_together(limits)}) for limits in some]


def _money(sweep: FrontierSweep) -> Limits:
    """The cut of every point where the cut is no aim."""
    return {"cut": sweep.cut_from}


def _starts(axis: _Axis) -> list[Limits]:
    return [axis.first] if axis.given is None else [{axis.aim: value} for value in axis.given]


def _together(some: Sequence[Limits]) -> Limits:
    return {aim: value for limits in some for aim, value in limits.items()}


def follow(base: Base, sweep: FrontierSweep, solver: Solver) -> None:
    """Solve the points of the frontier; ``solver`` knows them afterwards."""
    axes = _axes(base, sweep)
    if all(axis.given is not None for axis in axes):
        solver.solve(first_points(base))
    else:
        _along(base, sweep, solver, axes, _money(sweep))


@dataclass(frozen=True)
class Ends:
    """Where a frontier was not followed to its end, and so may go on or have further plans."""

    most_points: int = 0  #: the limit on points that was reached; 0: it was not
    by_time: tuple[str, ...] = ()  #: points for which no plan was found in the time given
    failed: tuple[str, ...] = ()  #: points that a wrong input or a fault ended
    interrupted: bool = False

    def sentences(self) -> Iterator[str]:
        """What a person reads of it."""
        if self.most_points:
            yield (
                f"The steps stopped at most_points ({self.most_points}): the frontier may go on. "
                "Raise it and give the same command again."
            )
        if self.by_time:
            yield (
                f"No plan was found in time for {shortened(self.by_time, _SHOWN)}, and none is "
                "proved away: the frontier may go on there. Raise solver.time_limit."
            )
        if self.failed:
            yield f"Not solved: {shortened(self.failed, _SHOWN)}: the frontier may go on there."
        if self.interrupted:
            yield "It was interrupted: the frontier may go on."


def ends(
    sweep: FrontierSweep,
    points: Sequence[Point],
    records: Mapping[str, Record],
    *,
    interrupted: bool,
) -> Ends:
    """Where the steps ended for another reason than that there is no more to ask."""
    by_steps = any(given is None for _, given in _limited(sweep))
    outcomes = {one.name: records[one.key].outcome for one in points if one.key in records}
    return Ends(
        sweep.most_points if by_steps and len(points) >= sweep.most_points else 0,
        tuple(name for name, outcome in outcomes.items() if outcome == "limit"),
        tuple(name for name, outcome in outcomes.items() if outcome in _FAILED),
        interrupted,
    )


def _along(
    base: Base, sweep: FrontierSweep, solver: Solver, axes: Sequence[_Axis], asked: Limits
) -> list[Record]:
    """The first axis value by value, and within each the others, until nothing fits."""
    if not axes:
        return solver.solve([_point(base, sweep, asked)])
    axis, *rest = axes
    if axis.given is not None and not rest:
        return solver.solve([_point(base, sweep, {**asked, axis.aim: one}) for one in axis.given])
    if axis.given is not None:
        every = [{**asked, axis.aim: one} for one in axis.given]
        return [one for some in every for one in _along(base, sweep, solver, rest, some)]
    records: list[Record] = []
    now: Limits | None = axis.first
    while now is not None and len(solver.points) < sweep.most_points:
        found = _along(base, sweep, solver, rest, {**asked, **now})
        records += found
        now = axis.tighter(now, found)
    return records


def _point(base: Base, sweep: FrontierSweep, asked: Limits) -> Point:
    """The question with so much less money, so few closures, nobody so much farther away."""
    budget, years = base.scenario.budget, base.scenario.years
    cut = round(asked.get("cut", 0.0), 6)
    closed, added, cost = asked.get("closures"), asked.get("equity"), asked.get("cost")
    name = f"cut{_written(cut)}"
    name += "" if closed is None else f"-closed{closed:.0f}"
    name += "" if added is None else f"-added{_written(added)}"
    name += "" if cost is None else f"-cost{_written(cost)}"
    values: dict[str, Any] = {}
    kind = sweep.best or "access"
    if base.scenario.objective.kind != kind:
        values["objective.kind"] = kind
    if cut:
        given = {year: round(budget.appropriation_mnkr(year) - cut, 6) for year in years}
        values["budget.appropriation"] = given
    most = None if closed is None else int(closed)
    beyond = Beyond(most_closed=most, most_added=added, most_cost=cost)
    return base.point(name, values, f"{base.source.file}: cuts", beyond=beyond)


def _written(number: float) -> str:
    """A number as part of a name: 12.5 is 12_5, -3 is m3."""
    return f"{number:.6f}".rstrip("0").rstrip(".").replace("-", "m").replace(".", "_")


def frontier_table(
    base: Base, sweep: FrontierSweep, points: Sequence[Point], records: Mapping[str, Record]
) -> pd.DataFrame:
    """A row for each plan found, on the frontier or not; the tightest last.

    cut_mnkr: what the plan does without beyond the config, mnkr a year; cost_mnkr: over all
    planning years. access is in visit-minutes, added_minutes above today's, equity_minutes how much
    farther the zone that gets most has to go. bound: of access, or of cost_mnkr where access is no
    aim; none where neither is. on_frontier: no plan found is as good in all aims and better in one.
    """
    rows = list(_rows(base, sweep, points, records))
    for row in rows:
        looser = max(other["bound"] for other in rows if _asks_no_more(other, row))
        row |= _proved(row, sweep, looser)
    for row in rows:
        row["on_frontier"] = not any(_dominates(other, row, sweep.aims) for other in rows)
    columns = ["point", "cut_mnkr", "cut_last_year_mnkr", "cost_mnkr", "closures", "equity_minutes"]
    columns += ["access", "added_minutes", "bound", "gap", "status", "on_frontier"]
    table = pd.DataFrame(_without_twins(rows, sweep.aims), columns=columns)
    order = ["cut_mnkr"] if "cut" in sweep.aims else []
    order += [_MEASURES[aim] for aim, _ in _limited(sweep) if aim != "cut"]
    return table.sort_values([*order, "point"]).reset_index(drop=True)


def _proved(row: Mapping[str, Any], sweep: FrontierSweep, bound: float) -> dict[str, float]:
    """The bound and the gap of a row; none where each plan is only within limits."""
    if sweep.best is None:
        return {"bound": np.nan, "gap": np.nan}
    found = min(bound, row["objective"])
    aim = COST if sweep.best == "cost" else ACCESS
    gap = gap_of_added_burden(row["objective"], found, row["today"], aim)
    return {"bound": found / KRONOR if sweep.best == "cost" else found, "gap": gap}


def _rows(
    base: Base, sweep: FrontierSweep, points: Sequence[Point], records: Mapping[str, Record]
) -> Iterator[dict[str, Any]]:
    budget, last = base.scenario.budget, base.scenario.years[-1]
    config = budget.appropriation_mnkr(last)
    from_base = (budget.base_appropriation or config) - config
    for point in points:
        record = records.get(point.key)
        if record is None or record.outcome != "done":
            continue
        asked = config - point.scenario.budget.appropriation_mnkr(last)
        borne = asked + record.aims["cut_mnkr"]
        certificate, beyond = record.certificate, point.beyond
        names = ("visit_minutes", "visit_minutes_today")
        if sweep.best == "access":  # with what the worst off count, where they count more
            names = ("objective", "objective_today")
        access, today = (certificate[name] for name in names)
        yield {
            "point": point.name,
            "cut_mnkr": borne,
            "cut_last_year_mnkr": from_base + borne,
            "cost_mnkr": record.aims["cost_mnkr"],
            "closures": int(record.aims["closures"]),
            "equity_minutes": record.aims["equity_minutes"],
            "access": access,
            "added_minutes": access - today,
            "objective": certificate["objective"],
            "today": certificate["objective_today"],
            "bound": certificate["bound"],
            "status": certificate["status"],
            "asked_cut": asked,
            "asked_closed": float("inf") if beyond.most_closed is None else beyond.most_closed,
            "asked_cost": float("inf") if beyond.most_cost is None else beyond.most_cost,
            "asked_added": float("inf") if beyond.most_added is None else beyond.most_added,
        }


def _asks_no_more(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether every plan that answers ``other`` answers ``one`` too."""
    cut = one["asked_cut"] <= other["asked_cut"] + _SAME_MNKR
    cost = one["asked_cost"] >= other["asked_cost"] - _SAME_MNKR
    closed = one["asked_closed"] >= other["asked_closed"]
    return bool(
        cut and cost and closed and one["asked_added"] >= other["asked_added"] - _SAME_ADDED
    )


def _dominates(one: Mapping[str, Any], other: Mapping[str, Any], aims: Sequence[str]) -> bool:
    better = [_better(one, other, aim) for aim in aims]
    return all(value >= 0 for value in better) and any(value > 0 for value in better)


def _better(one: Mapping[str, Any], other: Mapping[str, Any], aim: str) -> int:
    """1 if the first is better in the aim, -1 if worse, 0 if they are the same."""
    if aim == "access":
        more, same = other["access"] - one["access"], _SAME_MINUTES * abs(other["access"])
    elif aim == "cost":
        more, same = other["cost_mnkr"] - one["cost_mnkr"], _SAME_MNKR
    elif aim == "cut":
        more, same = one["cut_mnkr"] - other["cut_mnkr"], _SAME_MNKR
    elif aim == "equity":
        more, same = other["equity_minutes"] - one["equity_minutes"], _SAME_ADDED
    else:
        more, same = float(other["closures"] - one["closures"]), 0.5
    return 0 if abs(more) <= same else (1 if more > 0 else -1)


def _without_twins(rows: Sequence[dict[str, Any]], aims: Sequence[str]) -> list[dict[str, Any]]:
    """The rows, those that are alike in every aim once."""
    kept: list[dict[str, Any]] = []
    for row in rows:
        if not any(all(_better(one, row, aim) == 0 for aim in aims) for one in kept):
            kept.append(row)
    return kept


def frontier_sentences(
    sweep: FrontierSweep, table: pd.DataFrame, away: Sequence[Nothing], ended: Ends
) -> list[str]:
    """What a person reads first; ``away``: the questions proved to have no plan."""
    on = table[table["on_frontier"]]
    if on.empty:
        nothing = "No plan was found: there is no frontier to show."
        return [nothing, *proved_told(away), *ended.sentences()]
    proved = _told_of_proof(sweep, float(on["gap"].max()), ended)
    told = [f"Frontier of {number_of(len(on), 'plan')} ({proved})", *_told_of_aims(sweep, on)]
    return [f"{', '.join(told)}.", *proved_told(away), *ended.sentences()]


def _told_of_proof(sweep: FrontierSweep, gap: float, ended: Ends) -> str:
    if sweep.best is None:  # a step beyond the least of each found nothing
        return "each proved" if ended == Ends() else "not all proved"
    of = "saving" if sweep.best == "cost" else "added burden"
    return "each proved" if gap <= 1e-6 else f"gaps of the {of} up to {gap:.1%}"


def _told_of_aims(sweep: FrontierSweep, on: pd.DataFrame) -> Iterator[str]:
    """From where to where the plans go in each aim that was asked for."""
    if "access" in sweep.aims:
        yield f"{_range(on['added_minutes'], 0)} visit-minutes added"
    if "cost" in sweep.aims:
        yield f"cost of {_range(on['cost_mnkr'], 1)} mnkr over all years"
    if "cut" in sweep.aims:
        yield f"cuts of {_range(on['cut_last_year_mnkr'], 1)} mnkr in the last year"
    if "closures" in sweep.aims:
        closed = _range(on["closures"], 0)
        yield f"{closed} closure{'' if closed == '1' else 's'}"
    if "equity" in sweep.aims:
        yield f"{_range(on['equity_minutes'], 1)} minutes farther for the zone that gets most"


def _range(values: pd.Series, decimals: int) -> str:
    """`3 to 9`, or the one value."""
    ends = [
        f"{round(float(value), decimals) + 0.0:,.{decimals}f}"
        for value in (values.min(), values.max())
    ]
    return " to ".join(dict.fromkeys(ends))
