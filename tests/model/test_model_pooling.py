"""The pooled model against models written another way: nothing is lost by pooling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp
import pytest

from optimizer.engine.chains import build_chains
from optimizer.engine.evaluate import assign, broken_rules, staff
from optimizer.engine.ledger import account
from optimizer.engine.pooled import PAIR_VISITS, pooled
from optimizer.instance import CLOSED, Instance
from tests.instances import an_instance, with_changes
from tests.optimum import all_plans, best_plan, full, solve
from tests.soak import sampled


def plain_optimum(instance: Instance) -> float | None:
    """Closest assignment with a share for each zone, need and (site, state); one year, in full.

        min sum d (f + P loss) x      x <= y      sum x = 1      sum_{o' no worse than o} x >= y[o]

    Staff, room and budget are counted by site. Visit-minutes, or None if infeasible.
    """
    money, demand = instance.money, instance.demand[0]
    problem = pulp.LpProblem("plain", pulp.LpMinimize)
    y = {
        (j, s): pulp.LpVariable(f"y_{j}_{s}", cat="Binary")
        for j, s in np.argwhere(instance.allowed[:, :, 0]).tolist()
    }
    offices = range(len(instance.sites))
    objective, lost = [], []
    visits: dict[int, list[pulp.LpAffineExpression]] = {j: [] for j in offices}
    for i, c in np.ndindex(demand.shape):
        options = sorted(
            (round(instance.minutes[i, j] + instance.waiting[j, s], 6), j, s)
            for j, s in y
            if s != CLOSED and instance.tier[s] >= c + 1
        )
        shares = [pulp.LpVariable(f"x_{i}_{c}_{j}_{s}", 0, 1) for _, j, s in options]
        problem += pulp.lpSum(shares) == 1
        for k, (cost, j, s) in enumerate(options):
            problem += shares[k] <= y[j, s]
            problem += pulp.lpSum(shares[: k + 1]) >= y[j, s]
            loss = float(instance.loss(np.float64(cost), instance.today_cost[i, c], c))
            arrive = demand[i, c] * (1 - loss)
            objective.append(demand[i, c] * (cost + instance.lost_visit_minutes * loss) * shares[k])
            lost.append(demand[i, c] * loss * shares[k])
            basis = arrive if instance.staffing_after_decay else demand[i, c]
            visits[j].append(basis * shares[k])
    cost, after = [money.central[0]], []
    for j in offices:
        states = [s for k, s in y if k == j]
        problem += pulp.lpSum(y[j, s] for s in states) == 1
        fte, beyond = pulp.LpVariable(f"n_{j}", 0), pulp.LpVariable(f"e_{j}", 0)
        problem += fte >= pulp.lpSum(visits[j]) * (1 / instance.visits_per_fte[0])
        problem += fte >= pulp.lpSum(instance.fte_min[s] * y[j, s] for s in states)
        problem += beyond >= pulp.lpSum(visits[j]) - instance.room[j]
        cost += [money.wage_per_fte[0] * fte]
        cost += [float(money.extension_per_visit[j, 0]) * beyond]
        cost += [instance.fixed_cost[j, s, 0] * y[j, s] for s in states]
        for s in states:
            after.append(_one_off(instance, j, s) * y[j, s])
            if not _may_become(instance, j, s):
                problem += y[j, s] == 0
    means = money.appropriation[0] + money.other_income[0] - money.fee_per_visit * pulp.lpSum(lost)
    problem += pulp.lpSum(cost) <= means
    problem += pulp.lpSum(cost) + pulp.lpSum(after) <= means + money.carry_in
    for rule in instance.coverage:
        inside = [y[j, s] for j, s in y if rule.sites[j] and rule.states[s]]
        problem += pulp.lpSum(inside) >= rule.min_points + 0 * next(iter(y.values()))
    for limit in instance.limits:
        inside = [y[j, s] for j, s in y if limit.sites[j] and limit.states[s]]
        problem += pulp.lpSum(inside) <= limit.at_most + 0 * next(iter(y.values()))
    problem.setObjective(pulp.lpSum(objective) * 1e-6)
    status = problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, threads=1))
    if status == pulp.LpStatusInfeasible:
        return None
    assert status == pulp.LpStatusOptimal
    return float(pulp.value(problem.objective)) * 1e6


def _may_become(instance: Instance, site: int, state: int) -> bool:
    before = int(instance.today[site])
    if before == CLOSED or CLOSED in (before, state):
        return True
    return instance.upgrades_allowed or bool(
        instance.rank[site, state] <= instance.rank[site, before]
    )


def _one_off(instance: Instance, site: int, state: int) -> float:
    before, money = int(instance.today[site]), instance.money
    if before == state:
        return 0.0
    if before == CLOSED:
        return money.opening
    return money.closure if state == CLOSED else float(money.conversion[state])


@pytest.mark.parametrize("first", sampled(range(0, 40, 10), 2))
def test_the_pooled_model_is_the_plain_one(first: int) -> None:
    """More zones and sites than enumeration can bear."""
    solved = 0
    for seed in range(first, first + 10):
        instance = an_instance(seed=3000 + seed, zones=7, sites=5, choices=2)
        plain, model = plain_optimum(instance), solve(instance)
        assert (plain is None) == (model is None)
        if plain is not None and model is not None:
            assert model.objective == pytest.approx(plain, rel=1e-6, abs=1.0)
            solved += 1
    assert solved >= 4


def truncated_optimum(instance: Instance, depth: int) -> float | None:
    """The best plan when a zone beyond its cut pays its last option and needs no staff of its own.

    All visits together still need staff and room somewhere; that is added to the first site.
    Counted plan by plan from each zone's own chain, not from pooled sets. One year.
    """
    parts, tables, _ = build_chains(instance, depth)
    best = None
    for states in all_plans(instance):
        now = states[:, 0]
        exact = assign(instance, now)
        if (exact.site < 0).any():
            continue
        cost, reached = exact.cost.copy(), np.zeros(exact.cost.shape, dtype=bool)
        for need, (steps, table) in enumerate(zip(parts, tables, strict=True)):
            last = np.zeros(len(instance.zones))
            last[steps.zone] = steps.cost
            option_site, option_states = table.site[steps.option], table.states[steps.option]
            there = option_states[np.arange(option_site.size), now[option_site]]
            reached[np.unique(steps.zone[there]), need] = True
            cost[:, need] = np.where(reached[:, need], exact.cost[:, need], last)
        demand = instance.demand[0]
        loss = instance.loss(cost, instance.today_cost, slice(None))
        basis = demand * (1 - loss) if instance.staffing_after_decay else demand
        planned = np.bincount(exact.site[reached], basis[reached], len(instance.sites))[None]
        beyond = np.where(now != CLOSED, np.maximum(0.0, planned - instance.room), 0.0)
        fte, lost = staff(instance, states, planned), np.array([(demand * loss).sum()])
        least = 1 - instance.digital_share if instance.staffing_after_decay else 1.0
        visits, room = least * demand.sum(), np.minimum(instance.room, demand.sum())
        fte[0, 0] += max(0.0, visits / instance.visits_per_fte[0] - fte.sum())
        beyond[0, 0] += max(0.0, visits - room[now != CLOSED].sum() - beyond.sum())
        ledger = account(instance, states, fte=fte, extension=beyond, lost=lost)
        burden = float((demand * (cost + instance.lost_visit_minutes * loss)).sum())
        if not broken_rules(instance, states, ledger) and (best is None or burden < best):
            best = burden
    return best


@pytest.mark.parametrize("depth", [1, 2])
def test_a_cut_chain_charges_its_last_option(depth: int) -> None:
    below = 0
    for seed in range(30):
        instance = an_instance(seed=4000 + seed, zones=5, sites=3)
        wanted, model = truncated_optimum(instance, depth), solve(instance, pooled(instance, depth))
        assert (wanted is None) == (model is None)
        if wanted is not None and model is not None:
            assert model.objective == pytest.approx(wanted, rel=1e-6, abs=1.0)
            exact = best_plan(instance)
            assert exact is None or wanted <= exact.objective * (1 + 1e-9)
            below += exact is None or wanted < exact.objective - 1.0
    assert below >= 3  # the cut is felt


def test_zones_of_one_place_are_one_zone() -> None:
    """Each zone in two halves: the same sets, the same optimum."""
    compared = 0
    for seed in range(12):
        instance = an_instance(seed=seed, zones=5, sites=4)
        halves = replace(
            instance,
            zones=tuple(f"{zone}{half}" for zone in instance.zones for half in "ab"),
            minutes=np.repeat(instance.minutes, 2, axis=0),
            demand=np.repeat(instance.demand, 2, axis=1) / 2.0,
            today_cost=np.repeat(instance.today_cost, 2, axis=0),
        )
        assert full(halves).pool.size == full(instance).pool.size
        whole, split = solve(instance), solve(halves)
        assert (whole is None) == (split is None)
        if whole is not None and split is not None:
            assert split.objective == pytest.approx(whole.objective, rel=1e-6)
            compared += 1
    assert compared >= 10


def test_more_means_never_worsen_the_bound() -> None:
    better = 0
    for seed in range(12):
        instance = an_instance(seed=seed, zones=6, sites=4, years=2)
        values = []
        for factor in (0.9, 1.0, 1.1):
            richer = with_changes(instance, appropriation=instance.money.appropriation * factor)
            found = solve(richer, pooled(richer, 2), relaxed=True)
            values.append(np.inf if found is None else found.objective)
        assert values[0] >= values[1] - 1.0
        assert values[1] >= values[2] - 1.0
        better += values[2] < values[0] - 1.0
    assert better >= 8


def test_large_flows_have_rows_of_their_own() -> None:
    """The cuts by origin are on in the random instances that the model is compared on."""
    instance = an_instance(seed=1, zones=6, sites=3)
    engine = full(instance)
    assert instance.demand.sum(axis=(1, 2)).min() > PAIR_VISITS
    assert engine.pair_home.size > 0
    assert (engine.pair_home != engine.pair_group).all()
