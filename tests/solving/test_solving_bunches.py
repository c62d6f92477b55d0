"""Bunches: tails that zones share are still a bound, whatever way each of the zones goes."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from optimizer.engine.chains import build_chains
from optimizer.engine.pooled import Pooled, pooled
from optimizer.engine.tails import NeedTails, Reach
from optimizer.instance import Instance
from optimizer.instance.options import option_minutes
from optimizer.solving import growth, links, relaxation
from optimizer.solving.rounds import Rounds
from tests.grown_out import MILLION, grown_out
from tests.instances import an_instance, fair, only
from tests.optimum import best_plan
from tests.soak import sampled

EVERYBODY = 1e12  #: visits: no bunch has as many, so all are joined as far as the cut allows


def neighbours(seed: int, *, zones: int = 4, each: int = 3, **shape: int) -> Instance:
    """An instance whose zones have neighbours, a few minutes apart, that divide their visits."""
    rng = np.random.default_rng([seed, 11])
    one = an_instance(zones=zones, seed=seed, **shape)
    part = rng.dirichlet(np.ones(each), zones)
    minutes = np.repeat(one.minutes, each, axis=0)
    minutes = np.maximum(0.0, minutes + rng.integers(-6, 7, minutes.shape))
    demand = np.repeat(one.demand, each, axis=1) * part.reshape(-1)[:, None]
    names = tuple(f"{zone}.{k}" for zone in one.zones for k in range(each))
    cost = option_minutes(minutes[:, one.today > 0], 0.0).min(axis=1)
    today = np.repeat(cost[:, None], demand.shape[2], axis=1)
    return replace(one, zones=names, minutes=minutes, demand=demand, today_cost=today)


def bunched(instance: Instance, depth: int, least: float = EVERYBODY) -> Pooled:
    everywhere = np.ones(instance.demand.shape, dtype=bool)
    return pooled(instance, depth, tails=everywhere, tail_sites=2, known=3, least=least)


def price(instance: Instance, minutes: np.ndarray, zone: np.ndarray, need: int) -> np.ndarray:
    loss = instance.loss(minutes, instance.today_cost[zone, need], need)
    return np.asarray(minutes + instance.lost_visit_minutes * loss)


def each_way(instance: Instance, one: NeedTails, bunch: int, options: np.ndarray) -> None:
    """Whatever option each zone of a bunch takes, the bunch is not charged more than they pay."""
    zone = one.bunches.zone[one.bunches.of_zone == bunch]
    cut = one.cut[one.bunches.of_zone == bunch]
    _, tables, _ = build_chains(instance, 1)
    table = tables[one.need]
    visits = instance.demand[0, zone, one.need]
    at_cut = price(instance, cut, zone, one.need)
    for ways in product(options.tolist(), repeat=zone.size):
        sites = table.site[list(ways)]
        minutes = option_minutes(instance.minutes[zone, sites], table.waiting[list(ways)])
        paid = visits @ (price(instance, minutes, zone, one.need) - at_cut)
        charged = (visits / visits.sum()) @ one.more[bunch, list(ways)]
        assert charged <= paid + 1e-6 * (1.0 + abs(paid))


def test_a_bunch_is_charged_no_more_than_its_zones_pay() -> None:
    several = 0
    for seed in range(40):
        instance = neighbours(seed, sites=4)
        for one in bunched(instance, 1).years[0].tails.needs:
            for bunch, size in enumerate(one.bunches.size.tolist()):
                options = np.flatnonzero(np.isfinite(one.more[bunch]))
                some = np.random.default_rng(seed).permutation(options)[:4]
                if size <= 5 and some.size and instance.demand[0, :, one.need].all():
                    each_way(instance, one, bunch, some)
                    several += size > 1 and some.size > 1
    assert several > 20


def test_what_is_too_far_is_charged_no_more_than_any_of_it() -> None:
    told = 0
    for seed in range(30):
        instance = neighbours(seed, sites=4)
        everywhere = np.ones(instance.demand.shape, dtype=bool)
        whole = bunched(instance, 1).years[0].tails.needs
        near = pooled(
            instance, 1, tails=everywhere, tail_sites=2, reach=Reach(0.0, 2), least=EVERYBODY
        )
        for one, cut_off in zip(whole, near.years[0].tails.needs, strict=True):
            out = np.isinf(cut_off.more) & np.isfinite(one.more)
            far = np.where(out, one.more, np.inf).min(axis=1)
            assert np.allclose(far, cut_off.far)
            told += int(np.isfinite(far).sum())
    assert told > 20


def test_zones_of_a_bunch_share_home_cut_and_the_sets_they_are_told_of() -> None:
    joined = 0
    for seed in range(30):
        instance = neighbours(seed, sites=4, each=4)
        engine = bunched(instance, 1)
        for one in engine.years[0].tails.needs:
            steps, homes = engine.chains.steps[one.need], engine.chains.homes[one.need]
            last = engine.years[0].last_set[one.need]
            bunches = one.bunches
            assert sorted(bunches.zone.tolist()) == sorted(set(bunches.zone.tolist()))
            for bunch, first in enumerate(bunches.first.tolist()):
                zones = bunches.zone[bunches.of_zone == bunch]
                assert len({(homes[i], last[i]) for i in zones}) == 1
                joined += zones.size > 1
                sets = [set(steps.set_id[steps.zone == i].tolist()) for i in zones]
                for link in np.flatnonzero(steps.zone == first).tolist():
                    everywhere = all(steps.set_id[link] in own for own in sets)
                    assert bool(bunches.common[link]) == everywhere
    assert joined > 30


def test_where_many_live_chains_stay_apart() -> None:
    """With nobody to be joined a bunch is of zones whose chains are the same all along."""
    for seed in range(20):
        instance = neighbours(seed, sites=4, each=4)
        apart, joined = bunched(instance, 1, least=1e-9), bunched(instance, 1)
        for one, other in zip(apart.years[0].tails.needs, joined.years[0].tails.needs, strict=True):
            assert one.bunches.start.size >= other.bunches.start.size
            steps = apart.chains.steps[one.need]
            for bunch in range(one.bunches.start.size):
                zones = one.bunches.zone[one.bunches.of_zone == bunch]
                if instance.demand[0, zones, one.need].sum() == 0:
                    continue  # of nobody's chains nothing is kept
                depth = {int(steps.distinct[steps.zone == i].max()) for i in zones}
                ends = {int(steps.set_id[steps.zone == i][-1]) for i in zones}
                assert len(ends) == len(depth) == 1


@pytest.mark.parametrize("equity", sampled([True, False]))
@pytest.mark.parametrize("first", sampled(range(0, 60, 4), 1))
def test_every_round_with_bunches_is_a_lower_bound(
    first: int, equity: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FIRST_DEPTH", 1), ("LINKED_DEPTH", 3), ("FIRST_OPTIONS", 1)):
        monkeypatch.setattr(relaxation, name, value)
    monkeypatch.setattr(relaxation, "FEW_OPTIONS", 0)
    monkeypatch.setattr(relaxation, "MOST_TAILS", 0)
    monkeypatch.setattr(links, "_BROKEN", 1e-6)
    for name, number in (("_HEAVY_PART", 0.1), ("_HEAVY_OPTIONS", 2), ("_OPTIONS_EACH", 1)):
        monkeypatch.setattr(growth, name, number)
    bounds = 0
    for seed in range(first, first + 4):
        instance = neighbours(seed, sites=4, choices=2, years=1 + seed % 2, each=2)
        if equity:
            instance = fair(instance, seed)
        best = best_plan(instance)
        if best is None:
            continue
        for bunches in (1, 12):
            monkeypatch.setattr(relaxation, "BUNCHES", bunches)
            found = grown_out(Rounds(instance, seed=1, stop=threading.Event()))
            assert found == sorted(found)
            assert found[-1] <= best.objective * (1 + 1e-6) + 1.0
            bounds += 1
        pinned = instance
        for site, path in enumerate(best.states.tolist()):
            if len(set(path)) == 1:
                pinned = only(pinned, site, path[0])
        one = Rounds(pinned, seed=1, stop=threading.Event())
        assert grown_out(one)[-1] <= best.objective * (1 + 1e-6) + 1.0
        assert one.bound * MILLION > 0.0
    assert bounds > 2
