"""The cost of a year as named terms: each a row over the decisions, mnkr."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance, Ints
from optimizer.model.blocks import Rows, empties
from optimizer.model.variables import THOUSAND, Variables, usual_conversion

AddTerm = Callable[[Instance, Variables, Rows, int], None]


@dataclass(frozen=True)
class CostTerm:
    """One item of the budget: its name, whether it recurs, and how its cells are written."""

    name: str
    recurring: bool
    add: AddTerm


def fixed(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Premises, local cost and travel of staff: sum_j sum_m F[j, m, t] y[j, m, t]."""
    rows.add(0, v.mode[:, :, t], instance.fixed_cost[:, :, t])


def front_staff(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Front staff: wage[t] sum_g n[g, t]."""
    rows.add(0, v.staff[t], instance.money.wage_per_fte[t])


def extension(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Room added: sum_g e[g, t] at the price of the site for a thousand visits a year."""
    rows.add(0, v.extend[t], instance.money.extension_per_visit[v.group_site, t] * THOUSAND)


def remote_equipment(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Equipment and lines for help by video: price of an FTE of help times sum_g get[g, t]."""
    if instance.remote is not None:
        rows.add(0, v.get[t], instance.money.price_index[t] * instance.remote.cost_per_fte)


def closure(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every office that closes in the year: restoration and the like."""
    offices = ~instance.candidate
    rows.add(0, v.change[t, offices], instance.closure_cost[offices, t])


def lease_tail(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Rent that is still due where the premises of today are left: sum over leave[j, s, t]."""
    if instance.lease_tail is not None:
        rows.add(0, v.leave[t], instance.lease_tail[:, :, t])


def write_off(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """Improvements not yet written off where the premises of today are left in the year."""
    if instance.write_off is not None:
        rows.add(0, v.leave[t], instance.write_off[:, [t]])


def opening(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every candidate that opens in the year."""
    candidates = v.change[t, instance.candidate]
    rows.add(0, candidates, instance.money.price_index[t] * instance.money.opening)


def conversion(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every site that is converted in the year.

    Where modes differ in conversion cost the lowest is counted for every conversion and the rest
    for entering the dearer mode.
    """
    usual, index = usual_conversion(instance), instance.money.price_index[t]
    rows.add(0, v.convert[t], index * usual)
    rows.add(0, v.enter[t], index * (instance.money.conversion - usual))


def redundancy(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every FTE made redundant in the year."""
    _per_fte(instance, rows, v.redundant[t], t, "redundancy")


def relocation(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every FTE that moves to another site in the year."""
    _per_fte(instance, rows, v.move[t], t, "move")


def hiring(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every FTE hired in the year."""
    _per_fte(instance, rows, v.hire[t], t, "hire")


def equipment(instance: Instance, v: Variables, rows: Rows, t: int) -> None:
    """One-off cost of every service that is added at a site in the year."""
    if instance.equipment is not None:
        rows.add(0, v.added[t], instance.money.price_index[t] * instance.equipment)


def _per_fte(instance: Instance, rows: Rows, columns: Ints, t: int, price: str) -> None:
    if instance.staff is not None:
        rows.add(0, columns, instance.money.price_index[t] * getattr(instance.staff, price))


COST_TERMS: tuple[CostTerm, ...] = (
    CostTerm("fixed", True, fixed),
    CostTerm("front_staff", True, front_staff),
    CostTerm("extension", True, extension),
    CostTerm("remote_equipment", True, remote_equipment),
    CostTerm("closure", False, closure),
    CostTerm("lease_tail", False, lease_tail),
    CostTerm("write_off", False, write_off),
    CostTerm("opening", False, opening),
    CostTerm("conversion", False, conversion),
    CostTerm("redundancy", False, redundancy),
    CostTerm("relocation", False, relocation),
    CostTerm("hiring", False, hiring),
    CostTerm("equipment", False, equipment),
)


def spending(
    instance: Instance, engine: Pooled, v: Variables, t: int, *, one_offs: bool = True
) -> tuple[Rows, float]:
    """A row of the cost of a year and the fees of its lost visits, and its constant, mnkr."""
    money, year = instance.money, engine.years[t]
    rows = Rows(v, 1)
    for term in COST_TERMS:
        if term.recurring or one_offs:
            term.add(instance, v, rows, t)
    z = empties(v, engine, t)
    lost = year.lost * money.fee_per_visit
    cells = (lost @ z.matrix).ravel()
    used = cells.nonzero()[0]
    rows.add(0, used, cells[used])
    constant = float(lost @ z.constant) + year.constant_lost * money.fee_per_visit
    return rows, float(money.central[t]) + constant
