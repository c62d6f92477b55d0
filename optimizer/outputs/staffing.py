"""Staff that moves, comes and goes, gathered: the run has a row for each piece of each year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.rounding import rounded

LEAST_FTE = 0.05  # smaller sums would read as 0.0
NAMED = 4  # offices told by name; the others are told as a sum

#: What happens to the staff of an office: a key, the kind of flow, the end it counts at.
ENDS = (
    ("moved_out", "move", "from_office_id"),
    ("moved_in", "move", "to_office_id"),
    ("hired", "hire", "to_office_id"),
    ("redundant", "redundant", "from_office_id"),
    ("attrition", "attrition", "from_office_id"),
)


def gathered(flows: pd.DataFrame) -> pd.DataFrame:
    """One row for each kind and pair of offices over the years, the most FTE first.

    Columns: kind, from_office_id, to_office_id, fte, first_year, last_year.
    """
    keys = ["kind", "from_office_id", "to_office_id"]
    if flows.empty:
        return pd.DataFrame(columns=[*keys, "fte", "first_year", "last_year"])
    groups = flows.groupby(keys)
    table: pd.DataFrame = groups["fte"].sum().reset_index()
    years = groups["year"].agg(["min", "max"])
    table = table.assign(first_year=years["min"].to_numpy(), last_year=years["max"].to_numpy())
    order = ["fte", "kind", "from_office_id", "to_office_id"]
    return table.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def partners(moves: pd.DataFrame, end: str) -> tuple[list[tuple[str, float]], int, float]:
    """The offices at an end of some moves and their FTE, the most first; then how many others
    there are and the sum of their FTE. Sums that would read as 0.0 are not told."""
    sums = moves.groupby(end)["fte"].sum().sort_index()
    sums = sums.sort_values(ascending=False, kind="stable")
    named = [(str(office), float(fte)) for office, fte in sums[sums >= LEAST_FTE][:NAMED].items()]
    rest = sums.iloc[len(named) :]
    if rest.sum() < LEAST_FTE:
        return named, 0, 0.0
    return named, len(rest), float(rest.sum())


def staff_until(
    flows: pd.DataFrame, years: Sequence[int], place: Mapping[str, int]
) -> list[dict[int, dict[str, Any]]]:
    """What has happened to the staff of each office by the end of today and each year.

    By the place of the office in a list: an FTE for each key of `ENDS` that reaches `LEAST_FTE`,
    and for moves `to` and `from`: [[place, FTE], ...], number of other offices, their FTE.
    """
    found: list[dict[int, dict[str, Any]]] = [{}]
    for year in years:
        until = flows[flows["year"] <= year] if not flows.empty else flows
        offices: dict[int, dict[str, Any]] = {}
        for key, kind, end in ENDS if not until.empty else ():
            for office, rows in until[until["kind"] == kind].groupby(end):
                fte = float(rows["fte"].sum())
                if str(office) not in place or fte < LEAST_FTE:
                    continue
                own = offices.setdefault(place[str(office)], {})
                own[key] = rounded(fte, 1)
                if kind == "move":
                    name, other = ("to", "to_office_id")
                    if end == other:
                        name, other = ("from", "from_office_id")
                    named, others, rest = partners(rows, other)
                    known = [[place[one], rounded(sum_, 1)] for one, sum_ in named if one in place]
                    own[name] = [known, others, rounded(rest, 1)]
        found.append(offices)
    return found
