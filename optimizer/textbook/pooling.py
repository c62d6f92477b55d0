"""Prefix sets of a cost matrix, pooled: the p-median and fixed-charge problems made small.

Sorted by cost, the sites of a zone form its chain; equal costs are one step. Let z[S] be 1 when no
site of the set S is open. A zone costs f(1) + sum_k (f(k+1) - f(k)) z[S(k)], and z[S(k)] >=
z[S(k-1)] - y of the sites added (Cornuejols, Nemhauser and Wolsey 1980; Garcia, Labbe and Marin
2011). Zones that share a set share its z, and their coefficients are added up. Beyond the cut of
its chain a zone is charged the next site's cost: a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.instance import Floats, Ints

_BLOCK = 50_000


@dataclass(frozen=True)
class PrefixSets:
    """The distinct sets with what each weighs; a set is its parent and some sites more."""

    constant: float  #: cost with every zone at its cheapest site
    weight: Floats  #: [sets] cost more when the set is empty
    parent: Ints  #: [sets], -1: none
    added: tuple[Ints, ...]  #: by set, the sites added to the parent
    last_set: Ints  #: [I] the set at the end of each chain


def prefix_sets(weight: Floats, cost: Floats, depth: Ints) -> PrefixSets:
    """The sets of all chains, zone i cut at ``depth[i]`` sites."""
    words = np.random.default_rng(20240101).integers(
        1, 2**63, size=(2, cost.shape[1]), dtype=np.uint64
    )
    constant = 0.0
    parts: list[tuple[Ints, ...]] = []
    keys, checks, rises, sites = [], [], [], []
    for width in np.unique(depth):
        rows = np.flatnonzero(depth == width)
        for start in range(0, rows.size, _BLOCK):
            some = rows[start : start + _BLOCK]
            order, sorted_cost = cheapest(cost[some], int(width))
            constant += float(weight[some] @ sorted_cost[:, 0])
            ends = sorted_cost[:, 1:] > sorted_cost[:, :-1]
            ends[:, -1] = True
            i, k = np.nonzero(ends)
            before = np.full(i.size, -1, dtype=np.int64)
            same = np.r_[False, i[1:] == i[:-1]]
            before[same] = k[:-1][same[1:]]
            key = words[0][order].cumsum(axis=1, dtype=np.uint64)
            check = words[1][order].cumsum(axis=1, dtype=np.uint64)
            keys.append(key[i, k])
            checks.append(check[i, k])
            rise = sorted_cost[i, k + 1] - sorted_cost[i, k]
            rises.append(np.where(np.isfinite(rise), rise, 0.0) * weight[some][i])
            parts.append((some[i], before, k))
            sites.append((order, i))
    hashes = np.concatenate(keys), np.concatenate(checks)
    return _pooled(constant, parts, hashes, rises, sites, n_zones=cost.shape[0])


def cheapest(cost: Floats, width: int) -> tuple[Ints, Floats]:
    """The ``width`` cheapest sites of each row, ties by site, and the costs of one more.

    The cost after the last site of all is infinite.
    """
    n_sites = cost.shape[1]
    if width < n_sites:
        few = np.argpartition(cost, width, axis=1)[:, : width + 1]
        few.sort(axis=1)
        value = np.take_along_axis(cost, few, axis=1)
        inner = np.argsort(value, axis=1, kind="stable")
        order = np.take_along_axis(few, inner, axis=1)
        return order[:, :width], np.take_along_axis(value, inner, axis=1)
    order = np.argsort(cost, axis=1, kind="stable")
    value = np.take_along_axis(cost, order, axis=1)
    return order, np.column_stack([value, np.full(cost.shape[0], np.inf)])


def _pooled(
    constant: float,
    parts: list[tuple[Ints, ...]],
    hashes: tuple[np.ndarray, np.ndarray],
    rises: list[Floats],
    sites: list[tuple[Ints, Ints]],
    *,
    n_zones: int,
) -> PrefixSets:
    all_keys, all_checks = hashes
    _, first, ids = np.unique(all_keys, return_index=True, return_inverse=True)
    if (all_checks != all_checks[first][ids]).any():  # 1 in 2**64 a pair: never seen
        raise ArithmeticError("two sets of sites have the same hash")
    zone, before, place = (np.concatenate(column) for column in zip(*parts, strict=True))
    parent = np.where(before >= 0, np.r_[-1, ids[:-1]], -1)[first]
    starts = np.cumsum([0, *(part[0].size for part in parts)])
    added = []
    for link in first:
        block = int(np.searchsorted(starts, link, side="right")) - 1
        order, row = sites[block]
        at = row[link - starts[block]]
        added.append(order[at, before[link] + 1 : place[link] + 1])
    last = np.zeros(n_zones, dtype=np.int64)
    last[zone] = ids  # links of a zone stand in order: the last one stays
    rise = np.concatenate(rises)
    weight: Floats = np.bincount(ids, weights=rise, minlength=first.size).astype(np.float64)
    return PrefixSets(constant, weight, parent, tuple(added), last)
