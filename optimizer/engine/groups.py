"""Groups: the states of a site with the same waiting, the home group of a zone, and load rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.chains import OptionTable, Steps
from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints
from optimizer.instance.options import option_minutes


@dataclass(frozen=True)
class Groups:
    """States of one site with the same waiting."""

    site: Ints  #: [G]
    states: Bools  #: [G, M+1]
    of_option: tuple[Ints, ...]  #: by need, [O] the group of each option


class LoadRows:
    """Load rows of (home group, receiving group)."""

    def __init__(self, n_groups: int, pairs: Ints) -> None:
        self.n_groups = n_groups
        self.pairs = pairs

    def __call__(self, home: Ints, group: Ints) -> Ints:
        """The row of visits from each home group to each receiving group."""
        key = home * self.n_groups + group
        place = np.searchsorted(self.pairs, key)
        place = np.minimum(place, max(self.pairs.size - 1, 0))
        is_pair = self.pairs[place] == key if self.pairs.size else np.zeros(key.shape, dtype=bool)
        other = np.where(is_pair, 2 * self.n_groups + place, self.n_groups + group)
        return np.where(home == group, group, other)


def make_groups(instance: Instance, tables: tuple[OptionTable, ...]) -> Groups:
    """The groups of all sites."""
    number: dict[tuple[int, float], int] = {}
    members: list[Bools] = []
    possible = np.asarray(instance.allowed.any(axis=2))
    for j in range(instance.today.size):
        usable = np.flatnonzero(possible[j] & (np.arange(possible.shape[1]) != CLOSED))
        for wait in np.unique(instance.waiting[j, usable]):
            number[j, float(wait)] = len(members)
            mask = np.zeros(possible.shape[1], dtype=bool)
            mask[usable[instance.waiting[j, usable] == wait]] = True
            members.append(mask)
    states = np.array(members, dtype=bool).reshape(len(members), possible.shape[1])
    of_option = tuple(
        np.array(
            [number[int(j), float(w)] for j, w in zip(table.site, table.waiting, strict=True)],
            dtype=np.int64,
        )
        for table in tables
    )
    sites = np.array([j for j, _ in number], dtype=np.int64)
    return Groups(sites, states, of_option)


@dataclass(frozen=True)
class Chains:
    """The chains that coefficients are made from, and how their options load groups."""

    steps: tuple[Steps, ...]  #: by need, as long as they are known
    tables: tuple[OptionTable, ...]
    groups: Groups
    homes: Ints  #: [C, I] home group
    rows: LoadRows


def home_groups(groups: Groups, steps: tuple[Steps, ...], n_zones: int) -> Ints:
    """[C, I] the home group of each zone and need: the group of its first option."""
    homes = np.zeros((len(steps), n_zones), dtype=np.int64)
    for part in steps:
        first = part.position == 0
        homes[part.need, part.zone[first]] = groups.of_option[part.need][part.option[first]]
    return homes


def most_by_state(
    instance: Instance, t: int, chains: Chains, *, pair_home: Ints, pair_group: Ints
) -> Floats:
    """[pairs, M+1] visits that can go from a home group to another, by state of the home's site.

    They are those of the home's zones to which the site, in that state, is not nearer than the
    receiving option: in a state that serves them as today hardly any, when it is closed all.
    """
    groups, homes = chains.groups, chains.homes
    most = np.zeros((pair_home.size, instance.tier.size))
    for table in chains.tables:
        need = table.need
        option = np.full(groups.site.size, -1, dtype=np.int64)
        option[groups.of_option[need]] = np.arange(table.site.size)
        to_option = option[pair_group]
        for home in np.unique(homes[need]):
            zones = np.flatnonzero((homes[need] == home) & (instance.demand[t, :, need] > 0))
            pairs = np.flatnonzero((pair_home == home) & (to_option >= 0))
            if zones.size == 0 or pairs.size == 0:
                continue
            there = to_option[pairs]
            away = option_minutes(
                instance.minutes[np.ix_(zones, table.site[there])], table.waiting[there]
            )
            own = _own_minutes(instance, zones, int(groups.site[home]), need)
            visits = instance.demand[t, zones, need]
            nearer = own[:, None, :] >= away[:, :, None]
            most[pairs] += np.einsum("z,zpm->pm", visits, nearer)
    return most


def _own_minutes(instance: Instance, zones: Ints, site: int, need: int) -> Floats:
    """[zones, M+1] minutes to a site in each state; infinite where it does not serve."""
    serves = instance.serves[:, need] & (np.arange(instance.tier.size) != CLOSED)
    own = option_minutes(instance.minutes[zones, site][:, None], instance.waiting[site])
    return np.where(serves, own, np.inf)
