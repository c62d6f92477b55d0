"""Rules on what changes in a year: how many offices close, and what follows what in a municipality.

Other rules look at the states of one year; these look at the years in which sites close and open.
"""

from __future__ import annotations

import numpy as np

from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints


def closing(instance: Instance, states: Ints) -> Bools:
    """[J, T] the years in which sites close."""
    before = np.column_stack([instance.today, states[:, :-1]])
    return np.asarray((before != CLOSED) & (states == CLOSED))


def opening(instance: Instance, states: Ints) -> Bools:
    """[J, T] the years in which sites open."""
    before = np.column_stack([instance.today, states[:, :-1]])
    return np.asarray((before == CLOSED) & (states != CLOSED))


def broken_changes(instance: Instance, states: Ints) -> list[tuple[str, int]]:
    """The rules on changes that a plan ``states`` [J, T] breaks: scope and year, by index."""
    closes = closing(instance, states)
    broken = [
        (rule.scope, int(t))
        for rule in instance.closures
        for t in np.flatnonzero(closes[rule.sites].sum(axis=0) > rule.at_most)
    ]
    if instance.consulted is not None:
        broken += [
            ("consultation:nation", t)
            for t in range(states.shape[1])
            if instance.consulted.empty(states[:, t], t).any()
        ]
    late = out_of_step(instance, states)
    return broken + [("replaced:nation", int(t)) for t in np.flatnonzero(late)]


def out_of_step(instance: Instance, states: Ints) -> Ints:
    """[T] pairs of an office that closes in the year and a site that opens in another.

    Both of one municipality; 0 where that is not asked for.
    """
    if instance.towns is None:
        return np.zeros(states.shape[1], dtype=np.int64)
    closed, opened = _by_town(instance, closing(instance, states), opening(instance, states))
    elsewhen = opened.sum(axis=1)[:, None] - opened
    return np.asarray((closed * elsewhen).sum(axis=0), dtype=np.int64)


def change_deficits(
    instance: Instance, site: Ints, paths: Ints, states: Ints
) -> tuple[Floats, float]:
    """How far the rules on changes are missed if one site takes another path, and as it stands.

    ``site`` [P] and ``paths`` [P, T] are the paths to try, one at a time, ``states`` [J, T] the
    plan. Gives [P] closings too many, and pairs out of step, more than stand; and those that stand.
    """
    more, now_missed = np.zeros(site.size), 0.0
    if not instance.closures and instance.towns is None:
        return more, now_missed
    closes, opens = closing(instance, states), opening(instance, states)
    before = np.column_stack([instance.today[site], paths[:, :-1]])
    new_close = ((before != CLOSED) & (paths == CLOSED)).astype(np.float64) - closes[site]
    new_open = ((before == CLOSED) & (paths != CLOSED)).astype(np.float64) - opens[site]
    for rule in instance.closures:
        count = closes[rule.sites].sum(axis=0)
        missed = np.maximum(0.0, count - rule.at_most).sum()
        change = new_close * rule.sites[site][:, None]
        more += np.maximum(0.0, count + change - rule.at_most).sum(axis=1) - missed
        now_missed += float(missed)
    if instance.towns is not None:
        closed, opened = _by_town(instance, closes, opens)
        town = instance.towns[site]
        now = _pairs(closed[town], opened[town])
        more += _pairs(closed[town] + new_close, opened[town] + new_open) - now
        now_missed += float(_pairs(closed, opened).sum())
    return more, now_missed


def _by_town(instance: Instance, closes: Bools, opens: Bools) -> tuple[Floats, Floats]:
    """[municipalities, T] how many offices close and sites open."""
    towns = instance.towns
    assert towns is not None
    size = int(towns.max(initial=-1)) + 1
    closed, opened = np.zeros((size, closes.shape[1])), np.zeros((size, closes.shape[1]))
    np.add.at(closed, towns, closes)
    np.add.at(opened, towns, opens)
    return closed, opened


def _pairs(closed: Floats, opened: Floats) -> Floats:
    """Pairs of a closing and an opening in different years, by row."""
    together = (closed * opened).sum(axis=1)
    return np.asarray(closed.sum(axis=1) * opened.sum(axis=1) - together)
