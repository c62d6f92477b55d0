"""What a plan costs, and the means it has, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.leases import endings
from optimizer.engine.staff import StaffFlows
from optimizer.instance import CLOSED, ONE_OFFS, Floats, Instance, Ints, Money

RECURRING = ("central", "front_staff", "fixed", "extension", "remote_equipment")
MONEY_TOLERANCE = 1e-6  #: mnkr, one krona


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Cost and means by planning year, mnkr; the same items as in the budget table."""

    items: dict[str, Floats]  #: item -> [T]
    cost: Floats  #: [T]
    recurring: Floats  #: [T] cost without one-offs
    means: Floats  #: [T] appropriation + other income - fees of lost visits
    carry_in: Floats  #: [T]
    carry_out: Floats  #: [T] the largest allowed
    margin: Floats  #: [T] what more could be spent in the year
    margin_after: float  #: means of the last year less its recurring cost
    fees_lost: Floats  #: [T] fees of lost visits

    @property
    def spent(self) -> Floats:
        """[T] cost and fees lost: what an aim that counts money makes small."""
        return np.asarray(self.cost + self.fees_lost)


def account(
    instance: Instance,
    states: Ints,
    *,
    fte: Floats,
    extension: Floats,
    lost: Floats,
    staff: tuple[StaffFlows, ...] = (),
    helped: Floats | None = None,
) -> Ledger:
    """Cost, means and carry-over of a plan, year by year; ``helped`` [T] is FTE got by video."""
    money = instance.money
    n_years = states.shape[1]
    before = np.column_stack([instance.today, states[:, :-1]])
    opened = (before == CLOSED) & (states != CLOSED)
    converted = instance.converted(before, states)
    site = np.arange(states.shape[0])
    items = {
        "central": money.central,
        "front_staff": money.wage_per_fte * fte.sum(axis=1),
        "fixed": instance.fixed_cost[site[:, None], states, np.arange(n_years)].sum(axis=0),
        "extension": (money.extension_per_visit * extension.T).sum(axis=0),
        "remote_equipment": _remote_equipment(instance, helped),
        **{name: cost.sum(axis=0) for name, cost in endings(instance, site, states).items()},
        "conversion": money.price_index * (money.conversion[states] * converted).sum(axis=0),
        "opening": money.price_index * money.opening * opened.sum(axis=0),
        **_changes_of_staff(instance, staff),
        "equipment": money.price_index * instance.equipment_of(before, states).sum(axis=0),
    }
    recurring = sum((items[name] for name in RECURRING), np.zeros(n_years))
    cost = recurring + sum(items[name] for name in ONE_OFFS)
    fees_lost = money.fee_per_visit * lost
    means = money.appropriation + money.other_income - fees_lost
    carry_in, carry_out, margin = _carried(money, means, cost)
    margin_after = float(means[-1] - recurring[-1])
    return Ledger(
        items=items,
        cost=cost,
        recurring=recurring,
        means=means,
        carry_in=carry_in,
        carry_out=carry_out,
        margin=margin,
        margin_after=margin_after,
        fees_lost=fees_lost,
    )


def _remote_equipment(instance: Instance, helped: Floats | None) -> Floats:
    """[T] cost of equipment and lines for help by video."""
    if instance.remote is None or helped is None:
        return np.zeros(len(instance.years))
    return np.asarray(instance.money.price_index * instance.remote.cost_per_fte * helped)


def _changes_of_staff(instance: Instance, flows: tuple[StaffFlows, ...]) -> dict[str, Floats]:
    """[T] cost of redundancies, moves and hires."""
    staff, index = instance.staff, instance.money.price_index
    if staff is None or not flows:
        nothing = np.zeros(index.size)
        return {"redundancy": nothing, "relocation": nothing, "hiring": nothing}
    return {
        "redundancy": index * staff.redundancy * np.array([f.redundant.sum() for f in flows]),
        "relocation": index * staff.move * np.array([f.moved.sum() for f in flows]),
        "hiring": index * staff.hire * np.array([f.hired.sum() for f in flows]),
    }


def _carried(money: Money, means: Floats, cost: Floats) -> tuple[Floats, Floats, Floats]:
    """[T] what comes from the year before, what is carried on, and what more could be spent."""
    lowest = -money.credit_limit.copy()
    lowest[-1] = 0.0
    carry_in, carry_out, margin = (np.zeros(cost.size) for _ in range(3))
    carried = money.carry_in
    for t in range(cost.size):
        carried = carry_in[t] = carried * money.carry_worth[t]
        result = means[t] + carried - cost[t]
        margin[t] = result - lowest[t]
        carried = carry_out[t] = min(result, money.saving_limit[t])
    return carry_in, carry_out, margin


def enough(money: Money, ledger: Ledger) -> bool:
    """Whether other means and limits are enough for what a plan costs."""
    means = money.appropriation + money.other_income - ledger.fees_lost
    margin = _carried(money, means, ledger.cost)[2]
    after = float(means[-1] - ledger.recurring[-1])
    return min(float(margin.min()), after) >= -MONEY_TOLERANCE
