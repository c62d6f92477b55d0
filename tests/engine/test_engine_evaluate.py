"""The exact count of a plan, by hand and by laws that hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import assign, evaluate
from optimizer.engine.extremes import least_burden, most_value
from optimizer.instance import CLOSED, Instance
from optimizer.instance.aim import COST
from optimizer.whatif.means import money_lacked
from tests.instances import a_pair, an_instance, fair, flowing, offering, with_changes
from tests.optimum import all_plans, best_plan, paths


def today(instance: Instance) -> np.ndarray:
    return np.repeat(instance.today[:, None], len(instance.years), axis=1)


def test_a_plan_by_hand() -> None:
    """o1 closes. Zone 1 goes to o2: 40 minutes, 30 more; loss 0.5 (1 - e^-1) = 0.316060.

    Burden 1000 (40 + 60 x 0.31606) + 1000 x 10 = 68,963.6; 316.06 visits lost, 3.1606 mnkr of
    fees. Staff on 2,000 visits: 2 FTE. Room for 1,500: 500 beyond, 1 mnkr. Closure 0.3.
    Cost 2 + 2 + 1 + 0.3 = 5.3; means 10 - 3.1606 = 6.8394; margin 1.5394, after the last 1.8394.
    """
    instance = a_pair(
        digital_share=0.5,
        lost_visit_minutes=60.0,
        fee_per_visit=0.01,
        room=np.full(2, 1_500.0),
        extension_per_visit=0.002,
        closure=0.3,
        appropriation=np.array([10.0]),
    )
    count = evaluate(instance, np.array([[CLOSED], [1]]))
    assert count.objective == pytest.approx(68_963.617, abs=0.01)
    assert count.lost[0] == pytest.approx(316.060, abs=0.001)
    assert count.planned[0].tolist() == [0.0, 2_000.0]
    assert count.arriving[0, 1] == pytest.approx(1_683.940, abs=0.001)
    assert count.fte[0].tolist() == [0.0, 2.0]
    assert count.extension[0].tolist() == [0.0, 500.0]
    assert count.ledger.cost[0] == pytest.approx(5.3)
    assert count.ledger.means[0] == pytest.approx(6.83940, abs=1e-5)
    assert count.ledger.margin[0] == pytest.approx(1.53940, abs=1e-5)
    assert count.ledger.margin_after == pytest.approx(1.83940, abs=1e-5)
    assert count.feasible


def test_staff_planned_after_decay_follows_those_who_come() -> None:
    """As above, staff on 1,683.94 visits."""
    instance = a_pair(digital_share=0.5, staffing_after_decay=True)
    count = evaluate(instance, np.array([[CLOSED], [1]]))
    assert count.fte[0, 1] == pytest.approx(1.683940, abs=1e-6)


def test_saving_is_capped_and_credit_is_not_a_right_of_the_last_year() -> None:
    """Today's network costs 6 a year. Means 7, 5.5, 5.9: results 1, then 0.8 - 0.5 = 0.3 of the
    saving that is kept, then 0.2; the year after the last lacks 0.1."""
    instance = a_pair(
        years=3, appropriation=np.array([7.0, 5.5, 5.9]), saving_limit=np.array([0.8, 0.8, 0.8])
    )
    ledger = evaluate(instance, today(instance)).ledger
    assert ledger.carry_out == pytest.approx([0.8, 0.3, 0.2])
    assert ledger.margin_after == pytest.approx(-0.1)
    assert evaluate(instance, today(instance)).broken == ("budget_by_year after",)


def test_a_tie_goes_to_the_first_site() -> None:
    instance = a_pair(minutes=np.array([[20.0, 20.0], [28.0, 20.0]]))
    assert assign(instance, np.array([1, 1])).site.ravel().tolist() == [0, 1]
    assert assign(instance, np.array([1, 2])).site.ravel().tolist() == [0, 0]  # 28 against 28


def test_nobody_is_left_without_an_office() -> None:
    for visits in (0.0, 1_000.0):
        instance = a_pair(demand=np.full((1, 2, 1), visits))
        count = evaluate(instance, np.zeros((2, 1), dtype=np.int64))
        assert "assignment" in count.broken
        assert count.objective == np.inf


def test_keeping_everything_is_the_burden_of_today() -> None:
    for seed in range(20):
        instance = an_instance(seed=seed, years=2)
        count = evaluate(instance, today(instance))
        assert count.objective == pytest.approx((instance.demand * instance.today_cost).sum())
        assert count.lost.sum() == 0.0
        for item in ("closure", "conversion", "opening"):
            assert count.ledger.items[item].sum() == 0.0


def test_a_lesser_mode_never_improves_access() -> None:
    """Own days may make a lesser mode wait less: then it is not lesser, and is left out."""
    tried = 0
    for seed in range(30):
        instance = an_instance(seed=seed, sites=4, choices=4)
        n_states = len(instance.states)
        for states in list(all_plans(instance))[:20]:
            for site, state in np.ndindex(4, n_states):
                now = int(states[site, 0])
                lesser = instance.tier[state] <= instance.tier[now] and (
                    state == CLOSED or instance.waiting[site, state] >= instance.waiting[site, now]
                )
                if not lesser or now == CLOSED:
                    continue
                worse = states.copy()
                worse[site, 0] = state
                before = assign(instance, states[:, 0]).cost
                assert (assign(instance, worse[:, 0]).cost >= before).all()
                tried += 1
    assert tried > 500


def permuted(instance: Instance, zones: np.ndarray, sites: np.ndarray) -> Instance:
    """The same instance with its zones and sites in another order, under the same ids."""
    return replace(
        instance,
        zones=tuple(instance.zones[i] for i in zones),
        sites=tuple(instance.sites[j] for j in sites),
        candidate=instance.candidate[sites],
        minutes=instance.minutes[np.ix_(zones, sites)],
        waiting=instance.waiting[sites],
        demand=instance.demand[:, zones],
        today_cost=instance.today_cost[zones],
        today=instance.today[sites],
        allowed=instance.allowed[sites],
        fixed_cost=instance.fixed_cost[sites],
        room=instance.room[sites],
        money=replace(
            instance.money, extension_per_visit=instance.money.extension_per_visit[sites]
        ),
        coverage=tuple(replace(rule, sites=rule.sites[sites]) for rule in instance.coverage),
        limits=tuple(replace(rule, sites=rule.sites[sites]) for rule in instance.limits),
    )


def test_the_order_of_zones_and_sites_changes_nothing() -> None:
    rng = np.random.default_rng(8)
    for seed in range(20):
        instance = an_instance(seed=seed, zones=6, sites=4, years=2)
        noise = rng.uniform(0, 0.01, instance.minutes.shape)  # no ties: they follow the order
        instance = replace(instance, minutes=instance.minutes + noise)
        zones, sites = rng.permutation(6), rng.permutation(4)
        other = permuted(instance, zones, sites)
        states = np.array(
            [paths(instance, j)[seed % 3 % len(paths(instance, j))] for j in range(4)]
        )
        a, b = evaluate(instance, states), evaluate(other, states[sites])
        assert b.objective == pytest.approx(a.objective)
        assert b.ledger.cost == pytest.approx(a.ledger.cost)
        assert b.fte == pytest.approx(a.fte[:, sites])
        assert b.broken == a.broken


def test_more_means_never_worsen_the_optimum() -> None:
    better = 0
    for seed in range(25):
        instance = an_instance(seed=seed, sites=3, choices=2)
        values = []
        for factor in (0.8, 0.9, 1.0, 1.1):
            means = instance.money.appropriation * factor
            best = best_plan(with_changes(instance, appropriation=means))
            values.append(np.inf if best is None else best.objective)
        assert values == sorted(values, reverse=True)
        better += values[-1] < values[0]
    assert better >= 18


def test_a_further_rule_never_improves_the_optimum() -> None:
    compared = worse = 0
    for seed in range(25):
        instance = an_instance(seed=seed, sites=3, choices=2)
        best, free = best_plan(instance), best_plan(with_changes(instance, coverage=(), limits=()))
        if best is not None:
            assert free is not None
            assert free.objective <= best.objective
            compared += 1
            worse += free.objective < best.objective
    assert compared >= 18
    assert worse >= 1


def test_no_plan_has_fewer_minutes_than_every_site_at_its_best() -> None:
    for seed in range(12):
        instance = an_instance(seed=seed, sites=3, years=2, choices=2)
        least = least_burden(instance)
        for states in list(all_plans(instance))[:200]:
            assert evaluate(instance, states).objective >= least - 1e-6


def test_no_plan_is_worth_more_than_everybody_at_the_worst_of_all_options() -> None:
    far = 0
    for seed in range(24):
        instance = an_instance(seed=seed, sites=3, years=2, choices=2)
        instance = (instance, fair(instance, seed), flowing(offering(instance, seed), seed))[
            seed % 3
        ]
        most = most_value(instance)
        assert np.isfinite(most)
        for states in list(all_plans(instance))[:200]:
            found = evaluate(instance, states)
            if found.feasible:
                assert found.objective <= most + 1e-6
                far += found.objective > 0.3 * most
    assert far > 100


def test_of_money_there_may_be_any() -> None:
    instance = an_instance(seed=1, sites=3)
    assert most_value(replace(instance, aim=COST)) == np.inf


def test_money_given_in_every_year_is_carried_into_the_next_too() -> None:
    """Each of two years lacks 10, and the second has the lack of the first too."""
    instance = a_pair(
        years=2, appropriation=np.array([10.0, 10.0]), credit_limit=np.zeros(2), central=np.zeros(2)
    )
    count = evaluate(instance, today(instance))
    short = replace(instance.money, appropriation=count.ledger.cost - 10.0)
    poor = replace(instance, money=short)
    lacking = evaluate(poor, today(instance))
    assert lacking.ledger.margin == pytest.approx([-10.0, -20.0])
    assert money_lacked(poor, lacking) == pytest.approx(10.0)
    enough = replace(short, appropriation=short.appropriation + 10.0 + 1e-9)
    assert evaluate(replace(instance, money=enough), today(instance)).feasible
