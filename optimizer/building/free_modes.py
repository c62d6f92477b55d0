"""No mode is free: what the modes of the catalogue cost at the sites, compared site by site."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np
import pandas as pd

from geodata.problems import Problem
from optimizer.building.possible_states import by_partner
from optimizer.config import Scenario
from optimizer.config.modes import Mode
from optimizer.instance import CLOSED, Bools, Floats, Instance

_MNKR = 1e-9  #: what two costs may differ by and still be the same


def free_modes(scenario: Scenario, sites: pd.DataFrame, instance: Instance) -> list[Problem]:
    """Modes that cost nothing where they may be, and modes that another one makes pointless.

    ``instance`` is over modes alone. Every item of a mode's own cost is counted: premises, local
    cost and staff travel at the site, the least staff, and the conversion to it.
    """
    usable = by_partner(scenario, sites, instance.states)
    problems = [*_without_cost(scenario, instance, usable)]
    return problems or [*_dominated(scenario, instance, usable)]


def _without_cost(scenario: Scenario, instance: Instance, usable: Bools) -> Iterator[Problem]:
    for m, name in enumerate(scenario.modes, start=1):
        costs = instance.fixed_cost[:, m] + instance.fte_min[m] * instance.money.wage_per_fte
        free = usable[:, m] & (costs.max(axis=1) <= _MNKR)
        if usable[:, m].any() and free[usable[:, m]].all():
            found = "a mode that costs nothing at any site"
            advice = "Give it staff, premises or local cost."
            yield Problem(f"modes.{name}", found, "a mode that costs something to run", advice)


def _dominated(scenario: Scenario, instance: Instance, usable: Bools) -> Iterator[Problem]:
    """A mode that another serves no worse than, for no higher cost at any site it may be at."""
    modes = dict(enumerate(scenario.modes.items(), start=1))
    helped = scenario.requirements.remote_balance.on
    for (a, (better, one)), (b, (worse, other)) in permutations(modes.items(), 2):
        where = usable[:, b]
        if one.partner_required != other.partner_required or not where.any():
            continue
        if not usable[where, a].all():
            continue
        served = [
            x - y for x, y in zip(_service(one, helped), _service(other, helped), strict=True)
        ]
        later = instance.waiting[where, a] - instance.waiting[where, b]  # by an office's own days
        dearer = _dearer(instance, a, b)[where]
        if min(served) < 0 or later.max() > 0 or dearer.max() > _MNKR:
            continue
        if max(served) > 0 or _dearer(instance, b, a)[where].max() > _MNKR:
            count = int(where.sum())
            yield Problem(
                f"modes.{worse}",
                f"{better}, which serves at least as well and costs no more at each of the {count} "
                f"sites where {worse} may be",
                "must be better or cheaper at some site than every other mode with equal "
                "partner_required",
                f"Raise a price of {better}, lower its service, or remove {worse}.",
            )


def _service(mode: Mode, helped: bool) -> tuple[float, ...]:
    """What a mode gives: with help by video also whether its staff can give and get it."""
    placed = float(mode.placed_staff and helped)
    return (mode.tier, mode.open_days, float(mode.counts_for_coverage), placed)


def _dearer(instance: Instance, a: int, b: int) -> Floats:
    """[J] the most that a site can cost more in mode a than in mode b, mnkr.

    In any year, conversion counted or not, and whatever the visits: staff is the larger of the
    mode's least and what the visits ask for, so a higher least counts in full and a lower one
    only where visits are few.
    """
    staff = instance.money.wage_per_fte * max(0.0, float(instance.fte_min[a] - instance.fte_min[b]))
    yearly = (instance.fixed_cost[:, a] - instance.fixed_cost[:, b] + staff).max(axis=1)
    price = instance.money.conversion
    once = _conversion(instance, a) * price[a] - _conversion(instance, b) * price[b]
    return np.asarray(yearly + np.maximum(0.0, once * instance.money.price_index.max()))


def _conversion(instance: Instance, mode: int) -> Floats:
    """[J] 1 where the mode would be a conversion: at offices of today in another mode."""
    converts = (instance.today != mode) & (instance.today != CLOSED)
    return np.asarray(converts, dtype=np.float64)
