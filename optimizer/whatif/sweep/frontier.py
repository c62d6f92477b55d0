"""The exact frontier of access, cut and closures by the epsilon-constraint method.

Access is what every point makes best; the other aims are limits. Each step asks for a little more
of an aim than the plan before gives (Mavrotas 2009 writes the limits as equations with slack; here
the slack is measured exactly: the cut a plan bears beyond the one asked for, the offices it closes
fewer than allowed), so no plan between two steps is left out but those closer than ``cut_step``.

Every point carries its bound: no plan that does as well in the other aims has fewer minutes. A
bound of a looser question holds for every tighter one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from optimizer.solving.certificate import gap_of_added_burden
from optimizer.whatif.sweep.points import Base, Point
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.running import Solver
from optimizer.whatif.sweep.statement import FrontierSweep

_SAME_MNKR = 1e-5
_SAME_MINUTES = 1e-6  #: relative


def first_points(base: Base) -> list[Point]:
    """The points that are known before any is solved; checked like those of any sweep."""
    sweep = base.source.sweep
    assert isinstance(sweep, FrontierSweep)
    closures: Sequence[int | None] = sweep.closures or (None,)
    return [_point(base, sweep, cut, most) for most, cut in product(closures, _cuts(sweep))]


def follow(base: Base, sweep: FrontierSweep, solver: Solver) -> None:
    """Solve the points of the frontier; ``solver`` knows them afterwards."""
    steps_cut = "cut" in sweep.aims and sweep.cuts is None
    steps_closures = "closures" in sweep.aims and sweep.closures is None
    if not steps_cut and not steps_closures:
        solver.solve(first_points(base))
        return
    if not steps_closures:
        for allowed in sweep.closures or (None,):
            _along_cut(base, sweep, solver, allowed)
        return
    most: int | None = None
    while len(solver.points) < sweep.most_points:
        if steps_cut:
            records = _along_cut(base, sweep, solver, most)
        else:
            records = solver.solve([_point(base, sweep, cut, most) for cut in _cuts(sweep)])
        used = [int(one.aims["closures"]) for one in records if one.outcome == "done"]
        if not used or max(used) == 0:
            break
        most = max(used) - 1


def _along_cut(base: Base, sweep: FrontierSweep, solver: Solver, most: int | None) -> list[Record]:
    """Cut by cut, each just beyond what the plan before bears, until nothing fits."""
    cut, records = float(sweep.cut_from), []
    while len(solver.points) < sweep.most_points:
        record = solver.solve([_point(base, sweep, cut, most)])[0]
        records.append(record)
        if record.outcome != "done":
            break
        cut += max(record.aims["cut_mnkr"], 0.0) + sweep.cut_step
    return records


def _cuts(sweep: FrontierSweep) -> Sequence[float]:
    return sweep.cuts if sweep.cuts is not None else (sweep.cut_from,)


def _point(base: Base, sweep: FrontierSweep, cut: float, most: int | None) -> Point:
    """The question with so much less money a year, and at most so many offices closed."""
    budget = base.scenario.budget
    years = base.scenario.years
    cut = round(cut, 6)
    name = f"cut{_written(cut)}" + ("" if most is None else f"-closed{most}")
    values: dict[str, Any] = {}
    if cut:
        given = {year: round(budget.appropriation_mnkr(year) - cut, 6) for year in years}
        values["budget.appropriation"] = given
    where = f"{base.source.file}: cuts"
    return base.point(name, values, where, most_closed=most)


def _written(number: float) -> str:
    """A number as part of a name: 12.5 is 12_5, -3 is m3."""
    return f"{number:.6f}".rstrip("0").rstrip(".").replace("-", "m").replace(".", "_")


def frontier_table(
    base: Base, sweep: FrontierSweep, points: Sequence[Point], records: Mapping[str, Record]
) -> pd.DataFrame:
    """A row for each plan found, on the frontier or not; the tightest last.

    cut_mnkr: what the plan does without beyond the config, mnkr a year. access and bound are
    visit-minutes, added_minutes is above today's. on_frontier: no plan found is as good in all
    aims and better in one.
    """
    rows = list(_rows(base, points, records))
    for row in rows:
        looser = [other["bound"] for other in rows if _asks_no_more(other, row)]
        row["bound"] = min(max(looser), row["access"])
        today = row["access"] - row["added_minutes"]
        row["gap"] = gap_of_added_burden(row["access"], row["bound"], today)
    for row in rows:
        row["on_frontier"] = not any(_dominates(other, row, sweep.aims) for other in rows)
    kept = _without_twins(rows, sweep.aims)
    for row in kept:
        row.pop("asked_closed"), row.pop("asked_cut")
    columns = ["point", "cut_mnkr", "cut_last_year_mnkr", "closures", "access", "added_minutes"]
    table = pd.DataFrame(kept, columns=[*columns, "bound", "gap", "status", "on_frontier"])
    return table.sort_values(["cut_mnkr", "closures", "point"]).reset_index(drop=True)


def _rows(
    base: Base, points: Sequence[Point], records: Mapping[str, Record]
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
        certificate = record.certificate
        yield {
            "point": point.name,
            "cut_mnkr": borne,
            "cut_last_year_mnkr": from_base + borne,
            "closures": int(record.aims["closures"]),
            "access": certificate["objective"],
            "added_minutes": certificate["objective"] - certificate["objective_today"],
            "bound": certificate["bound"],
            "status": certificate["status"],
            "asked_cut": asked,
            "asked_closed": float("inf") if point.most_closed is None else point.most_closed,
        }


def _asks_no_more(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether every plan that answers ``other`` answers ``one`` too."""
    cut = one["asked_cut"] <= other["asked_cut"] + _SAME_MNKR
    return bool(cut and one["asked_closed"] >= other["asked_closed"])


def _dominates(one: Mapping[str, Any], other: Mapping[str, Any], aims: Sequence[str]) -> bool:
    better = [_better(one, other, aim) for aim in aims]
    return all(value >= 0 for value in better) and any(value > 0 for value in better)


def _better(one: Mapping[str, Any], other: Mapping[str, Any], aim: str) -> int:
    """1 if the first is better in the aim, -1 if worse, 0 if they are the same."""
    if aim == "access":
        more, same = other["access"] - one["access"], _SAME_MINUTES * abs(other["access"])
    elif aim == "cut":
        more, same = one["cut_mnkr"] - other["cut_mnkr"], _SAME_MNKR
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


def frontier_sentences(table: pd.DataFrame, records: Mapping[str, Record]) -> list[str]:
    """What a person reads first."""
    on = table[table["on_frontier"]]
    if on.empty:
        return ["No plan was found: there is no frontier to show."]
    gap = float(on["gap"].max())
    proved = "each proved" if gap <= 1e-6 else f"gaps of the added burden up to {gap:.1%}"
    nothing = sum(record.outcome == "no_plan" for record in records.values())
    beyond = "; beyond it no plan exists" if nothing else ""
    return [
        f"Frontier of {len(on)} plans ({proved}), cuts of {on['cut_last_year_mnkr'].min():,.1f} "
        f"to {on['cut_last_year_mnkr'].max():,.1f} mnkr in the last year, "
        f"{on['closures'].min()} to {on['closures'].max()} closures{beyond}."
    ]
