"""The paths a site may take through the planning years."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer.engine.evaluate import moves_allowed
from optimizer.engine.leases import endings
from optimizer.instance import CLOSED, Floats, Instance, Ints


@dataclass(frozen=True)
class Paths:
    """Every allowed path of every site, as flat arrays."""

    site: Ints  #: [P]
    states: Ints  #: [P, T]
    one_off: Floats  #: [P, T] what closing, leaving premises, converting and opening cost, mnkr


def all_paths(instance: Instance) -> Paths:
    """Every path that transitions, partners and fixed decisions allow, site by site."""
    n_sites, n_years = instance.today.size, len(instance.years)
    step = _allowed_steps(instance)
    sites: list[int] = []
    rows: list[tuple[int, ...]] = []
    for j in range(n_sites):
        usable = [np.flatnonzero(instance.allowed[j, :, t]).tolist() for t in range(n_years)]
        for path in product(*usable):
            before = (int(instance.today[j]), *path[:-1])
            if all(step[j][a, b] for a, b in zip(before, path, strict=True)):
                sites.append(j)
                rows.append(path)
    site = np.array(sites, dtype=np.int64)
    states = np.array(rows, dtype=np.int64).reshape(site.size, n_years)
    return Paths(site, states, _one_offs(instance, site, states))


def _allowed_steps(instance: Instance) -> list[Ints]:
    """[M+1, M+1] for each site: may it go from one state to the other within a year."""
    n_sites, n_states = instance.waiting.shape
    table = np.zeros((n_states, n_states, n_sites), dtype=np.int64)
    for a in range(n_states):
        for b in range(n_states):
            table[a, b] = moves_allowed(instance, np.full(n_sites, a), np.full(n_sites, b))
    return [table[:, :, j] for j in range(n_sites)]


def _one_offs(instance: Instance, site: Ints, states: Ints) -> Floats:
    before = np.column_stack([instance.today[site], states[:, :-1]])
    money = instance.money
    opened = (before == CLOSED) & (states != CLOSED)
    converted = instance.converted(before, states)
    amount = opened * money.opening + converted * money.conversion[states]
    amount = amount + instance.equipment_of(before, states)
    ending = sum(endings(instance, site, states).values())
    return np.asarray(amount * money.price_index + ending, dtype=np.float64)
