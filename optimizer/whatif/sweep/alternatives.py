"""The best plans that differ: each the best of those that differ enough from all before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.problems import InputError, Problem, number_of, shortened
from optimizer.whatif.sweep.apart import Apart
from optimizer.whatif.sweep.beyond import Beyond
from optimizer.whatif.sweep.points import Base, Point
from optimizer.whatif.sweep.record import Record, States
from optimizer.whatif.sweep.running import Solver
from optimizer.whatif.sweep.statement import AlternativesSweep

_SHOWN = 12
_SAME_MINUTES = 1e-6  #: relative
_PLACES = 3  #: figures in names: a001


def best_point(base: Base) -> Point:
    """The first point: the config's own question."""
    return base.point(_name(1), {}, base.source.file)


def refuse_too_different(base: Base, sweep: AlternativesSweep, n_sites: int) -> None:
    """Raise InputError where plans are to differ in more sites than there are."""
    if sweep.differ > n_sites:
        accepted = f"must be at most {n_sites}, the number of sites"
        raise InputError(Problem(f"{base.source.file}: differ", str(sweep.differ), accepted))


def seek(base: Base, sweep: AlternativesSweep, solver: Solver) -> None:
    """Solve plan by plan until there are enough, or no further one is found."""
    found: list[States] = []
    while len(found) < sweep.plans:
        beyond = Beyond(apart=Apart(tuple(found), sweep.differ) if found else None)
        point = base.point(_name(len(found) + 1), {}, base.source.file, beyond=beyond)
        record = solver.solve([point])[0]
        if record.plan is None:
            return
        found.append(record.plan)


def alternatives_table(points: Sequence[Point], records: Mapping[str, Record]) -> pd.DataFrame:
    """A row for each plan, in the order found: what it is worth, its bound, and what differs.

    objective and bound are visit-minutes over the planning years; the bound is one of all plans
    that differ enough from those before. minutes_more is above the first plan, differs_from_first
    is the number of sites in another mode in the last year, nearest the least such number over all
    plans before.
    """
    rows: list[dict[str, Any]] = []
    before: list[States] = []
    for point in points:
        record = records.get(point.key)
        if record is None or record.plan is None:
            continue
        told = record.certificate
        apart = [_differing(record.plan, other) for other in before]
        rows.append(
            {
                "plan": point.name,
                "objective": told["objective"],
                "minutes_more": told["objective"] - (rows[0]["objective"] if rows else 0.0),
                "bound": told["bound"],
                "gap": told["gap"],
                "status": told["status"],
                **{name: record.counts[name] for name in ("closed", "converted", "opened")},
                "differs_from_first": apart[0] if apart else 0,
                "nearest": min(apart, default=0),
            }
        )
        if not before:
            rows[0]["minutes_more"] = 0.0
        before.append(record.plan)
    names = ["plan", "objective", "minutes_more", "bound", "gap", "status"]
    names += ["closed", "converted", "opened", "differs_from_first", "nearest"]
    return pd.DataFrame(rows, columns=names)


def shared_table(points: Sequence[Point], records: Mapping[str, Record]) -> pd.DataFrame:
    """office_id, the last year's mode in each plan, and ``shared``: the mode of all, or empty."""
    last: dict[str, dict[str, str]] = {}
    for point in points:
        record = records.get(point.key)
        if record is not None and record.plan is not None:
            last[point.name] = dict(_ends(record.plan))
    table = pd.DataFrame(last).rename_axis("office_id")
    alike = table.nunique(axis=1) == 1
    shared = table.iloc[:, 0].where(alike, "") if len(table.columns) else alike.astype(str)
    return table.assign(shared=shared).reset_index()


def alternatives_sentences(
    sweep: AlternativesSweep, table: pd.DataFrame, shared: pd.DataFrame
) -> list[str]:
    """What a person reads first."""
    if table.empty:
        return ["No plan was found."]
    count = len(table)
    lines = [_told_of_plans(sweep, table)]
    fewer = -table["minutes_more"].to_numpy(dtype=float)
    best = int(fewer.argmax())
    if fewer[best] > _SAME_MINUTES * abs(float(table["objective"].iloc[0])):
        lines.append(
            f"{table['plan'].iloc[best]} is better than the first plan, by {fewer[best]:,.0f} "
            "visit-minutes: the first is not the best there is. Solve longer: raise "
            "solver.time_limit, or lower solver.gap."
        )
    if count < sweep.plans:
        lines.append(f"{sweep.plans} were asked for: no further plan was found.")
    closed = shared.loc[shared["shared"] == "closed", "office_id"].tolist()
    if closed:
        where = "Closed in all" if count > 1 else "Closed in it"
        lines.append(f"{where}: {len(closed)}: {shortened(closed, _SHOWN)}.")
    if count > 1:
        alike = int((shared["shared"] != "").sum())
        lines.append(f"{alike} of {len(shared)} sites end in the same mode in all plans.")
    return lines


def _told_of_plans(sweep: AlternativesSweep, table: pd.DataFrame) -> str:
    if len(table) == 1:
        return "1 plan."
    sites = number_of(sweep.differ, "site")
    told = f"{len(table)} plans, each with at least {sites} otherwise than in all before"
    more = table["minutes_more"].iloc[-1]
    if more < 0:
        return f"{told}."
    return f"{told}; the last adds {more:,.0f} visit-minutes to the first."


def _name(number: int) -> str:
    return f"a{number:0{_PLACES}d}"


def _ends(plan: States) -> list[tuple[str, str]]:
    return [(site, row[-1]) for site, row in zip(plan.sites, plan.modes, strict=True)]


def _differing(one: States, other: States) -> int:
    ends = dict(_ends(other))
    return sum(mode != ends.get(site) for site, mode in _ends(one))
