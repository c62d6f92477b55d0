"""The worst off: added minutes of the tail of the people who get most of them.

    CVaR = min over h of  h + 1/tail sum_i p[i] max(0, a[i] - h)          minutes

a[i] minutes (travel and waiting) that zone i gets more than today, never below 0, p[i] its share of
the people (Rockafellar and Uryasev 2000). The least is found by sorting, so the threshold h is one
of the zones' own minutes and no grid of thresholds is needed: the error of one is nought. For any
weights q of a tail (0 <= q <= p / tail, sum q = 1) it is at least sum_i q[i] a[i], which is linear
in the model's sets: the rows that hold its value from below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.chains import Steps
from optimizer.engine.pooled import YearCoefficients, rise
from optimizer.instance import Bools, Equity, Floats, Instance

_HAIR = 1e-12


@dataclass(frozen=True)
class Tail:
    """The people who get most minutes more."""

    minutes: float  #: the mean of their added minutes
    threshold: float  #: nobody outside the tail gets more
    weights: Floats  #: [I] the part of the tail that lives in each zone; they sum to 1


def tail_of(added: Floats, people: Floats, share: float) -> Tail:
    """The ``share`` of the people with most ``added`` minutes [I]; ``people`` sum to 1."""
    order = np.argsort(-added, kind="stable")
    before = np.cumsum(people[order]) - people[order]
    taken = np.clip(share - before, 0.0, people[order]) / share
    weights = np.zeros(people.size)
    weights[order] = taken
    inside = np.flatnonzero(taken > _HAIR)
    threshold = float(added[order[inside[-1]]]) if inside.size else 0.0
    return Tail(float(weights @ added), threshold, weights)


def added_minutes(instance: Instance, equity: Equity, cost: Floats) -> Floats:
    """[I] minutes more than today for the need that counts, never below 0; ``cost`` is [I, C]."""
    more = cost[:, equity.column] - instance.today_cost[:, equity.column]
    return np.asarray(np.maximum(0.0, more))


def price_of_tail(instance: Instance, t: int) -> float:
    """Visit-minutes that a minute more for the tail counts: its weight times all visits."""
    equity = instance.equity
    return 0.0 if equity is None else equity.weight * float(instance.demand[t].sum())


def worst_off(instance: Instance, t: int, cost: Floats) -> float:
    """Visit-minutes that the tail adds to the burden of a year; ``cost`` [I, C] of its options."""
    equity = instance.equity
    if equity is None:
        return 0.0
    added = added_minutes(instance, equity, cost)
    return price_of_tail(instance, t) * tail_of(added, equity.people, equity.tail).minutes


def added_by_set(
    instance: Instance, year: YearCoefficients, tails: Floats
) -> tuple[Floats, sp.csr_array]:
    """The mean added minutes of each of ``tails`` [K, I], linear in the sets that are empty.

    Gives [K] with every zone at its first option, and [K, sets] what an empty set adds. Beyond the
    cut of a chain its last option is counted: a bound from below.
    """
    constant, sets = added_by_zone(instance, year)
    return np.asarray(tails @ constant), sp.csr_array(sp.csr_array(tails) @ sets)


def added_by_zone(instance: Instance, year: YearCoefficients) -> tuple[Floats, sp.csr_array]:
    """[I] minutes added with every zone at its first option, [I, sets] what an empty set adds."""
    chain, added, first = _added(instance, year)
    n_zones = instance.minutes.shape[0]
    constant = np.bincount(chain.zone[first], weights=added[first], minlength=n_zones)
    cells = (rise(added, first), (chain.zone, chain.set_id))
    sets = sp.coo_array(cells, shape=(n_zones, year.burden.size)).tocsr()
    return np.asarray(constant, dtype=np.float64), sets


def _added(instance: Instance, year: YearCoefficients) -> tuple[Steps, Floats, Bools]:
    """The chains of the need that counts, the added minutes of each option, and which is first."""
    chain, equity = year.of_worst, instance.equity
    assert chain is not None and equity is not None
    added = np.maximum(0.0, chain.cost - instance.today_cost[chain.zone, equity.column])
    return chain, np.asarray(added), np.asarray(chain.position == 0)
