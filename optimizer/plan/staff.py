"""staff.csv: who leaves, moves, is hired or made redundant, and what that costs each site."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.staff import StaffFlows, staff_flows
from optimizer.instance import Floats, Ints
from optimizer.plan.counted import CountedYear

COLUMNS = ("year", "kind", "from_office_id", "to_office_id", "fte")


def receivers(before: CountedYear, now: CountedYear) -> Ints:
    """[J] the site that receives most of the visits each site had the year before; -1 if none.

    Counted in the demand of the year before, zone by zone and need; ties to the first id.
    """
    moved = visits_moved(before, now).round(6)
    best = moved.argmax(axis=1)
    return np.where(moved[np.arange(best.size), best] > 0, best, -1)


def visits_moved(before: CountedYear, now: CountedYear) -> Floats:
    """[J, J] visits of each site the year before, by the site they go to now."""
    return _moved(before, now, before.demand)


def visits_arriving(before: CountedYear, now: CountedYear) -> Floats:
    """[J, J] visits that arrive now, by the site of the year before and the one of now."""
    return _moved(before, now, now.demand - now.lost)


def _moved(before: CountedYear, now: CountedYear, visits: Floats) -> Floats:
    """[J, J] ``visits`` [I, C] by the site of the year before and the one of now."""
    n_sites = now.states.size
    served = ~(before.assignment.stranded | now.assignment.stranded)
    moved = np.bincount(
        (before.assignment.site * n_sites + now.assignment.site)[served],
        weights=visits[served],
        minlength=n_sites * n_sites,
    )
    return np.asarray(moved.reshape(n_sites, n_sites), dtype=np.float64)


def with_staff(case: Case, years: list[CountedYear]) -> list[CountedYear]:
    """The years with their staff flows, and with the cost of these at the site they start from."""
    staff = case.instance.staff
    if staff is None:
        return years
    found = [years[0]]
    for t, (before, now) in enumerate(pairwise(years)):
        flows = staff_flows(
            staff,
            before.fte if t else staff.today,
            now.fte,
            mergers=case.instance.merging(before.states, now.states),
            into=receivers(before, now),
        )
        index = float(case.instance.money.price_index[t])
        leaving = np.bincount(flows.origin, weights=flows.moved, minlength=now.fte.size)
        costs = now.costs.assign(
            redundancy=index * staff.redundancy * flows.redundant,
            relocation=index * staff.move * leaving,
            hiring=index * staff.hire * flows.hired,
        )
        found.append(replace(now, costs=costs, staff=flows))
    return found


def staff_table(case: Case, years: list[CountedYear]) -> pd.DataFrame:
    """A row for each flow: year, kind (move, hire, redundant, attrition), from, to, FTE."""
    parts = [pd.DataFrame(columns=list(COLUMNS)).astype({"year": int, "fte": float})]
    for now in years[1:]:
        if now.staff is not None:
            parts.append(_flows(case, now.year, now.staff))
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _flows(case: Case, year: int, flows: StaffFlows) -> pd.DataFrame:
    ids = np.array([*case.instance.sites, ""], dtype=object)
    nowhere, everywhere = len(case.instance.sites), np.arange(len(case.instance.sites))
    kinds = (
        ("attrition", everywhere, nowhere, flows.attrition),
        ("move", flows.origin, flows.target, flows.moved),
        ("hire", nowhere, everywhere, flows.hired),
        ("redundant", everywhere, nowhere, flows.redundant),
    )
    tables = []
    for kind, origin, target, fte in kinds:
        origin, target = np.broadcast_arrays(origin, target)
        table = pd.DataFrame(
            {
                "year": year,
                "kind": kind,
                "from_office_id": ids[origin],
                "to_office_id": ids[target],
                "fte": fte,
            }
        )
        tables.append(table[table["fte"] > 0])
    order = ["kind", "from_office_id", "to_office_id"]
    return pd.concat(tables).sort_values(order, kind="stable", ignore_index=True)
