"""results.parquet and plans.parquet: every point of a sweep in one table, whatever became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.instance import WITH
from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record, States

_CERTIFICATE = ("objective", "objective_today", "bound", "gap", "gap_total")
_COUNTS = ("closed", "converted", "opened", "changed")
_BY_YEAR = (
    "cost_mnkr",
    "margin_mnkr",
    "open_offices",
    "service_points",
    "fte",
    "lost_visits",
    "mean_minutes",
)
_NOT_SOLVED = "not_solved"


def results_table(points: Sequence[Point], records: Mapping[str, Record]) -> pd.DataFrame:
    """A row for each point, in order: its values, status, figures, seconds and error.

    Minutes are minutes, money is mnkr; columns of a year end with it. Statuses are those of a run,
    or why there is no plan: no_plan (proved), limit (none in time), wrong_input, bug, lost (the
    worker ended twice) and not_solved (the sweep did not come to it). Where no plan was found
    `lacks_mnkr` is what the plan that came nearest lacks a year, if money is all it lacks. A column
    of a key's values has its name, after `set.` if it has no dot; lists and mappings are written as
    JSON.
    """
    rows = [_row(point, records.get(point.key)) for point in points]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pd.DataFrame(rows, columns=names)
    for key in dict.fromkeys(_column(key) for point in points for key in point.values):
        table[key] = _one_type(table[key])
    if "lacks_mnkr" in table:
        table["lacks_mnkr"] = table["lacks_mnkr"].astype(np.float64)
    for name in _COUNTS:
        if name in table:
            table[name] = table[name].astype("Int64")
    return table


def plans_table(points: Sequence[Point], records: Mapping[str, Record]) -> pd.DataFrame:
    """point, office_id, year, mode, action: every plan that was found."""
    rows = [row for point in points for row in _plan_rows(point, records.get(point.key))]
    return pd.DataFrame(rows, columns=["point", "office_id", "year", "mode", "action"])


def plan_table(plan: States) -> pd.DataFrame:
    """office_id, year, mode: a plan as `servicenet evaluate --plan` reads it."""
    rows = [
        (site, year, mode.partition(WITH)[0])
        for site, modes in zip(plan.sites, plan.modes, strict=True)
        for year, mode in zip(plan.years, modes, strict=True)
    ]
    return pd.DataFrame(rows, columns=["office_id", "year", "mode"])


def status_of(record: Record | None) -> str:
    """The status of a point in the table: the certificate's, or why there is no plan."""
    if record is None:
        return _NOT_SOLVED
    return str(record.certificate.get("status", record.outcome))


def _row(point: Point, record: Record | None) -> dict[str, Any]:
    row: dict[str, Any] = {"point": point.name, "key": point.key}
    row |= {_column(key): _cell(value) for key, value in point.values.items()}
    row["status"] = status_of(record)
    if record is None:
        return {**row, "error": ""}
    certificate = record.certificate
    row |= {name: certificate.get(name) for name in _CERTIFICATE}
    if record.outcome == "done":
        row["added_minutes"] = certificate["visit_minutes"] - certificate["visit_minutes_today"]
    row |= {name: record.counts.get(name) for name in _COUNTS}
    row |= dict(record.access)
    for figures in record.figures[1:]:
        row |= {f"{name}_{figures['year']}": figures.get(name) for name in _BY_YEAR}
    row |= {
        "seconds": record.seconds,
        "seconds_read": record.seconds_read,
        "worker": record.worker,
        "warm": record.warm,
        "lacks_mnkr": record.lacks_mnkr,
        "error": record.error,
    }
    return row


def _plan_rows(point: Point, record: Record | None) -> Iterator[tuple[str, str, int, str, str]]:
    if record is None or record.plan is None:
        return
    plan = record.plan
    for site, modes, actions in zip(plan.sites, plan.modes, record.actions, strict=True):
        for year, mode, action in zip(plan.years, modes, actions, strict=True):
            yield point.name, site, year, mode.partition(WITH)[0], action


def _column(key: str) -> str:
    """`objective` is a section of the config and a column of the table."""
    return key if "." in key else f"set.{key}"


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _one_type(column: pd.Series) -> pd.Series:
    """The column as it is if its values are of one type, else as text, as Parquet wants it."""
    kinds = {type(value) for value in column if value is not None and value == value}
    if kinds <= {int, float} or len(kinds) <= 1:
        return column
    return column.map(lambda value: None if value is None else str(value))
