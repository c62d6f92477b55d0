"""Services in the model: solved by hand, and the best of all plans on random tiny instances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.engine.needless import without_needless
from optimizer.engine.neighbourhood import single_changes
from optimizer.engine.paths import all_paths
from optimizer.engine.search import Search
from optimizer.instance import AccessRule, CoverageRule, Instance
from tests.instances import a_pair, an_instance, flowing, offering, staffed, with_changes
from tests.optimum import Optimum, best_plan, paths, solve

SHAPES = (
    {"sites": 3, "years": 1, "modes": ("staffed", "reduced", "mobile")},
    {"sites": 3, "years": 1, "choices": 2, "modes": ("staffed", "staffed_colocated", "mobile")},
    {"sites": 2, "years": 2, "modes": ("staffed", "reduced", "mobile")},
)
CLOSED, STAFFED, WITH_X, REDUCED = range(4)


def shaped(seed: int) -> Instance:
    shape = SHAPES[seed % len(SHAPES)]
    return offering(an_instance(seed=seed, zones=3 + seed % 3, **shape), seed)


def with_x(*means: float, **changes: object) -> Instance:
    """The pair of `a_pair` with staff to spare; o1 offers x today, o2 may add it for 0.7 mnkr.

    Staffed 2 + 1 FTE at 1 mnkr, reduced 1 + 0.5; reduced can not offer x. Visit-minutes and mnkr:
    both staffed 20,000 / 6; o1 closed 50,000 / 3; o1 reduced 28,000 / 4.5.
    """
    years = len(means)
    pair = a_pair(years=years, visits_per_fte=np.full(years, 4_000.0))
    base = np.array([0, 1, 1, 2])
    has = np.array([False, False, True, False])
    allowed = np.ones((2, 4, years), dtype=bool)
    allowed[0, STAFFED] = False  # it keeps x while it is staffed
    return with_changes(
        pair,
        states=("closed", "staffed", "staffed+x", "reduced"),
        waiting=pair.waiting[:, base],
        tier=pair.tier[base],
        rank=pair.rank[:, base],
        today=np.array([WITH_X, STAFFED]),
        allowed=allowed,
        fixed_cost=pair.fixed_cost[:, base],
        fte_min=pair.fte_min[base],
        conversion=np.zeros(4),
        services=("x",),
        offers=has[:, None],
        equipment=np.array([0.7]),
        appropriation=np.array(means),
        **changes,
    )


def asked(instance: Instance, *sites: int, since: int = 0) -> Instance:
    """With x asked for at one of the sites at least."""
    inside = np.isin(np.arange(2), sites)
    rule = CoverageRule("county", "01", inside, instance.offered[:, 0], 1, since, "x")
    return replace(instance, coverage=(rule,))


def optimum(instance: Instance) -> Optimum | None:
    best, model = best_plan(instance), solve(instance)
    assert (best is None) == (model is None)
    if best is not None and model is not None:
        assert model.objective == pytest.approx(best.objective, rel=1e-6, abs=1.0)
        assert evaluate(instance, model.states).feasible
    return model


def test_a_county_that_must_have_the_service_keeps_the_office_that_has_it() -> None:
    """3 mnkr leave one office. Either may close, 50,000 minutes; x in o1's county keeps o1."""
    found = optimum(asked(with_x(3), 0))
    assert found is not None
    assert found.states[:, 0].tolist() == [WITH_X, CLOSED]


def test_the_service_is_added_where_its_price_fits() -> None:
    """x in o2's county: 0.7 mnkr. With 6.7 both stay, 20,000; with 6.6 o1 is reduced: 28,000."""
    found = optimum(asked(with_x(6.7), 1))
    assert found is not None
    assert found.states[:, 0].tolist() == [WITH_X, WITH_X]
    assert found.objective == pytest.approx(20_000)
    tight = optimum(asked(with_x(6.69), 1))
    assert tight is not None
    assert tight.states[:, 0].tolist() == [REDUCED, WITH_X]
    assert tight.objective == pytest.approx(28_000)
    counted = evaluate(asked(with_x(6.7), 1), found.states)
    assert counted.ledger.items["equipment"].tolist() == [pytest.approx(0.7)]
    assert counted.ledger.items["conversion"].tolist() == [0.0]


def test_it_is_paid_for_once_and_stays() -> None:
    """Asked for in the second year alone: added then; a year in which it could end is no plan."""
    later = asked(with_x(6, 6.7), 1, since=1)
    found = optimum(later)
    assert found is not None
    assert found.states[1].tolist() == [STAFFED, WITH_X]
    ends = evaluate(with_x(9, 9), np.array([[WITH_X, WITH_X], [WITH_X, STAFFED]]))
    assert ends.broken == ("transition 2026",)


def test_enough_people_are_near_the_service() -> None:
    """Six of ten live in z2, 40 minutes from o1. Within 30 minutes of x only if o2 has it."""
    near = np.array([[True, False], [False, True]])
    people, has = np.array([4.0, 6.0]), with_x(9).offered[:, 0]
    rule = AccessRule("service_coverage", "x:1:nation", near, people, 6.0, 10.0, has, 0)
    found = optimum(replace(with_x(6.7), access=(rule,)))
    assert found is not None
    assert found.states[1, 0] == WITH_X
    assert optimum(replace(with_x(2.9), access=(rule,))) is None


def test_the_model_finds_the_best_of_all_plans() -> None:
    solved = [optimum(shaped(seed)) is not None for seed in range(16)]
    assert sum(solved) >= 5


def test_it_does_so_where_services_have_visits_of_their_own() -> None:
    instances = [flowing(shaped(seed), seed) for seed in range(16)]
    assert sum(bool(one.flowing) for one in instances) >= 8
    assert sum(optimum(one) is not None for one in instances) >= 3


@pytest.mark.soak
@pytest.mark.parametrize("first", range(16, 216, 20))
def test_the_model_finds_the_best_of_many_plans(first: int) -> None:
    solved = np.zeros(3, dtype=int)
    for seed in range(first, first + 20):
        plain = shaped(seed)
        asked_of = (plain, flowing(plain, seed), staffed(plain, seed))
        solved += [optimum(instance) is not None for instance in asked_of]
    assert solved.min() >= 5


def test_visits_of_a_service_go_past_offices_without_it() -> None:
    """200 of 1,000 visits a zone are for x, at o1 alone: 10 minutes from z1, 40 from z2.

    800 x 10 + 800 x 10 + 200 x 10 + 200 x 40 = 26,000. With x at o2 too 20,000 for 0.7 mnkr.
    None of them is lost, so o1 may not close: with 3 mnkr o2 does, 50,000.
    """
    pair = with_x(6)
    demand = np.tile(np.array([800.0, 200.0]), (1, 2, 1))
    today = np.array([[10.0, 10.0], [10.0, 40.0]])
    own = replace(pair, demand=demand, today_cost=today, flowing=(0,), flow_digital=np.array([0.0]))
    found = optimum(own)
    assert found is not None and found.objective == pytest.approx(26_000)
    richer = optimum(with_changes(own, appropriation=np.array([6.7])))
    assert richer is not None and richer.objective == pytest.approx(20_000)
    assert richer.states[:, 0].tolist() == [WITH_X, WITH_X]
    poorer = optimum(with_changes(own, appropriation=np.array([3.0])))
    assert poorer is not None and poorer.objective == pytest.approx(50_000)
    assert poorer.states[:, 0].tolist() == [WITH_X, CLOSED]


def test_it_does_so_where_staff_moves() -> None:
    instances = (staffed(shaped(seed), seed) for seed in range(6))
    assert sum(optimum(instance) is not None for instance in instances) >= 2


def test_paths_and_estimates_know_services() -> None:
    """Paths are those the rules allow; what one change does is what the exact count says."""
    changed = 0
    for seed in range(6):
        instance = shaped(seed)
        listed = all_paths(instance)
        for site in range(len(instance.sites)):
            own = {tuple(row) for row in listed.states[listed.site == site].tolist()}
            assert own == set(paths(instance, site))
        now = instance.today
        before = evaluate(instance, np.repeat(now[:, None], len(instance.years), axis=1))
        changes = single_changes(instance, now, 0)
        for site, state in np.argwhere(instance.allowed[:, :, 0]):
            then = now.copy()
            then[site] = state
            after = evaluate(instance, np.repeat(then[:, None], len(instance.years), axis=1))
            if np.isfinite(after.burden[0]):
                more = after.burden[0] - before.burden[0]
                assert changes.burden[site, state] == pytest.approx(more, abs=1e-3)
                changed += abs(more) > 1e-3
    assert changed >= 20


def test_the_search_meets_the_rule() -> None:
    found = 0
    for seed in range(8):
        instance = shaped(seed)
        best = best_plan(instance)
        search = Search(instance, out_of_time=lambda: False)
        search.construct(search.first_states())
        if search.best is not None:
            assert best is not None and search.best.objective >= best.objective - 1e-3
            found += 1
    assert found >= 2


def test_a_service_added_for_nothing_is_left_out() -> None:
    """x at o2 costs 0.7 and nobody asks for it there; where o2's county must have it, it stays."""
    plan = np.array([[WITH_X], [WITH_X]])
    free = without_needless(with_x(9), evaluate(with_x(9), plan))
    assert free.states[:, 0].tolist() == [WITH_X, STAFFED]
    assert free.ledger.items["equipment"].tolist() == [0.0]
    needed = asked(with_x(9), 1)
    kept = without_needless(needed, evaluate(needed, plan))
    assert kept.states[:, 0].tolist() == [WITH_X, WITH_X]
