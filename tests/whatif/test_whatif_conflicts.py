"""Planted conflicts of every kind: named, with the least that has to give in its own unit.

The pair of `tests.instances`: two staffed offices cost 6 mnkr, two reduced ones 4, one staffed for
all 4, one reduced for all 3.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from geodata.problems import Problem
from optimizer.engine.evaluate import evaluate
from optimizer.instance import (
    AccessRule,
    ClosureRule,
    CoverageRule,
    FixedDecision,
    Instance,
    LimitRule,
    OpenSites,
    Staff,
)
from optimizer.solving.diagnosis import Diagnosis, Way, conflicts, diagnose
from optimizer.solving.elastic import Give
from optimizer.whatif import conflicts as told_of
from optimizer.whatif.conflicts import why_no_plan
from optimizer.whatif.conflicts_told import conflict_told
from optimizer.whatif.giving import amounts, changed, rules_of, without
from optimizer.whatif.left_behind import Limits, kept_by, with_limits
from optimizer.whatif.looser import Loosened
from optimizer.whatif.means import lacking
from optimizer.whatif.one_by_one import single_ways, smallest_collision
from optimizer.whatif.ways_out import Tried, tried
from tests.instances import a_pair, with_changes
from tests.optimum import best_plan, full

OPEN = np.array([False, True, True])
BOTH = np.ones(2, dtype=bool)


def with_means(instance: Instance, mnkr: float) -> Instance:
    instance = replace(instance, possible=instance.allowed)
    return with_changes(instance, appropriation=np.full(len(instance.years), mnkr))


def ways(instance: Instance) -> dict[str, tuple[Give, ...]]:
    """Ways out by the kind that gives; each way is of one kind."""
    found = {}
    for way in conflicts(instance, full, seconds=20.0):
        (kind,) = {give.requirement for give in way.gives}
        found[kind] = way.gives
    return found


def told(instance: Instance) -> list[str]:
    """The sentences, with every way out tried."""
    why = why_no_plan(instance, proved=True, seconds=30.0)
    assert why.certain
    return [problem.sentence() for problem in why.problems]


def collision(instance: Instance) -> set[tuple[str, str]]:
    return set(diagnose(instance).collide)


def covered() -> Instance:
    """Each office has to stay, in a region of its own."""
    rules = [CoverageRule("fa", f"{j}", np.arange(2) == j, OPEN, 1, 0) for j in range(2)]
    return replace(a_pair(), coverage=tuple(rules))


def kept(instance: Instance, site: int, *states: int) -> Instance:
    mask = np.isin(np.arange(3), states)[:, None]
    allowed = instance.allowed.copy()
    allowed[site] &= mask
    one = FixedDecision("keep", site, mask, "a test says so")
    return replace(instance, allowed=allowed, fixed=(*instance.fixed, one))


def test_nothing_has_to_give_where_a_plan_exists() -> None:
    assert ways(with_means(a_pair(), 3.0)) == {}
    assert diagnose(with_means(a_pair(), 3.0)).ok


def test_a_budget_that_no_network_meets() -> None:
    found = ways(with_means(a_pair(), 2.5))
    assert set(found) == {"budget_by_year"}
    amounts = {give.scope: give.amount for give in found["budget_by_year"]}
    assert amounts == pytest.approx({"2025": 0.5})


def test_coverage_against_the_budget() -> None:
    found = ways(with_means(covered(), 3.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    assert sum(give.amount for give in found["region_coverage"]) == pytest.approx(0.5)


def test_a_limit_on_a_mode_against_coverage_and_budget() -> None:
    reduced = np.array([False, False, True])
    instance = replace(covered(), limits=(LimitRule("reduced:all", BOTH, reduced, 1),))
    instance = with_means(instance, 4.5)
    found = ways(instance)
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    (limit,) = found["mode_limits"]
    assert (limit.scope, limit.limit) == ("reduced:all", 1.0)
    assert limit.amount == pytest.approx(0.5)
    assert collision(instance) == {
        ("mode_limits", "reduced:all"),
        ("region_coverage", "fa:0"),
        ("region_coverage", "fa:1"),
        ("budget_by_year", "2025"),
    }
    assert any("Raise at_most to 2. With that a plan was found:" in one for one in told(instance))


def test_planners_decisions_against_the_budget() -> None:
    instance = decided(5.0)
    found = ways(instance)
    assert found["budget_by_year"][0].amount == pytest.approx(1.0)
    assert {give.scope for give in found["fixed_decisions"]} <= {"keep:o1", "keep:o2"}
    assert any("offices.keep: o" in sentence for sentence in told(instance))


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("access_standard", 0.125), ("no_one_left_behind", 0.5)],  # a share of people; zones
)
def test_access_against_the_budget(kind: str, amount: float) -> None:
    """1.5 mnkr of premises keep the larger office open and half of the smaller, both reduced."""
    people = np.array([100.0, 300.0])
    rule = AccessRule(kind, "1:nation", np.eye(2, dtype=bool), people, 400.0, 400.0, OPEN, 0)
    found = ways(with_means(replace(a_pair(), access=(rule,)), 3.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    assert sum(give.amount for give in found[kind]) == pytest.approx(amount)


def test_a_share_of_people_against_the_budget() -> None:
    people = np.array([100.0, 300.0])
    standard = AccessRule(
        "access_standard", "1:nation", np.eye(2, dtype=bool), people, 380.0, 400.0, OPEN, 0
    )
    (give,) = ways(with_means(replace(a_pair(), access=(standard,)), 3.0))["access_standard"]
    assert give.limit == pytest.approx(0.95)
    assert give.amount == pytest.approx(0.95 - 0.75)  # the larger half is what one office reaches


def test_no_redundancies_against_the_budget() -> None:
    """One office takes all with 1 FTE, but 1.8 of 2 stay: 2 + 1.8 mnkr, or r redundant at 0.4.

    2 + (1.8 - r) + 0.4 r fits 3.5 mnkr from r = 0.5 on.
    """
    instance = without_redundancies()
    found = ways(instance)
    (give,) = found["staff_balance"]
    assert (give.limit, give.amount) == (0.0, pytest.approx(0.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.3)
    # a plan makes all of the closed office redundant, 0.9 FTE: nobody moves so far
    way = Way(found["staff_balance"])
    assert best_plan(changed(instance, amounts(way))) is None
    assert best_plan(changed(instance, amounts(way, 1.9))) is not None


def test_rules_that_no_single_kind_resolves_are_told_together() -> None:
    """Both offices have to stay, at most one may be open, and the means are for neither."""
    instance = with_means(covered(), 2.5)
    instance = replace(instance, limits=(LimitRule("open:all", BOTH, OPEN, 1),))
    (way,) = conflicts(instance, full, seconds=20.0)
    assert len({give.requirement for give in way.gives}) > 1
    sentences = told(instance)
    assert any("part 1 of 2, all needed" in sentence for sentence in sentences)
    assert "a plan was found" in sentences[-1]


def test_means_of_the_last_year_are_named_once_and_enough() -> None:
    """They pay for that year and hold for every year after it: what is given is given to both."""
    for means in (0.5, 1.5, 2.5):
        instance = with_means(covered(), means)
        (give,) = ways(instance)["budget_by_year"]
        assert give.scope == "2025"
        enough = with_means(covered(), means + give.amount + 1e-6)
        assert best_plan(enough) is not None
        assert best_plan(with_means(covered(), means + give.amount - 1e-3)) is None


def test_the_sentences_name_key_unit_and_way_out() -> None:
    sentences = told(with_means(covered(), 1.5))
    assert sentences[0].startswith("requirements: rules that some network can keep to")
    assert "no network keeps to this one (found budget_by_year 2025)" in sentences[0]
    budget = next(sentence for sentence in sentences if "budget_by_year:" in sentence)
    assert budget.startswith("Way out ")
    assert "mnkr more in 2025" in budget
    assert "Lower budget.cut for 2025" in budget
    assert "a plan was found: it adds " in budget and budget.endswith(" mnkr in 2025.")


def test_ways_out_come_by_what_their_plans_cost_the_visitors() -> None:
    """Both offices have to stay, for 4 mnkr; 3.5 are there, and one may be reduced.

    More money: both reduced need the limit too, so one staffed and one reduced, 5 mnkr: 8,000
    visit-minutes of waiting more. A limit of two: both reduced, 16,000 more, for 4 mnkr.
    """
    reduced = np.array([False, False, True])
    instance = replace(covered(), limits=(LimitRule("reduced:all", BOTH, reduced, 1),))
    sentences = told(with_means(instance, 4.5))
    assert "2 ways out" in sentences[0] or "3 ways out" in sentences[0]
    assert "costs the visitors least first" in sentences[0]
    money = next(n for n, one in enumerate(sentences) if "requirements.budget_by_year:" in one)
    limit = next(n for n, one in enumerate(sentences) if "requirements.mode_limits:" in one)
    assert money < limit
    assert "it adds 0.01 million" in sentences[money] and "5.0 mnkr in 2025" in sentences[money]
    assert "it adds 0.02 million" in sentences[limit] and "4.0 mnkr in 2025" in sentences[limit]


def test_more_means_are_to_be_had_by_the_key_that_the_config_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = with_means(a_pair(), 2.5)
    for means, right, wrong in (
        ("cut", "Lower budget.cut for", "budget.appropriation"),
        ("appropriation", "Raise budget.appropriation for", "budget.cut"),
    ):
        why = why_no_plan(instance, proved=True, seconds=20.0, means=means)  # type: ignore[arg-type]
        text = " ".join(problem.sentence() for problem in why.problems)
        assert right in text and wrong not in text
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    (one,) = why_no_plan(instance, proved=False, seconds=20.0, means="appropriation").problems
    assert one.advice.startswith("Raise budget.appropriation by 0.5 mnkr in every year")


def test_more_offices_with_a_service_than_the_means_are_for() -> None:
    """A service at both offices, each of which has to stay for it."""
    rules = [
        CoverageRule("county", f"{j}", np.arange(2) == j, OPEN, 1, 0, "id_check") for j in range(2)
    ]
    instance = with_means(replace(a_pair(), coverage=tuple(rules)), 3.5)
    found = ways(instance)
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    assert sum(give.amount for give in found["service_coverage"]) == pytest.approx(0.5)
    (one,) = [
        sentence for sentence in told(instance) if "requirements.service_coverage" in sentence
    ]
    assert "at least 1 office with the service fewer" in one


def test_a_service_near_more_people_than_the_means_are_for() -> None:
    people = np.array([100.0, 300.0])
    near = AccessRule(
        "service_coverage",
        "id_check:1:nation",
        np.eye(2, dtype=bool),
        people,
        380.0,
        400.0,
        OPEN,
        0,
    )
    instance = with_means(replace(a_pair(), access=(near,)), 3.0)
    (give,) = ways(instance)["service_coverage"]
    assert give.of_people
    assert give.amount == pytest.approx(0.95 - 0.75)
    assert any("Lower share" in sentence for sentence in told(instance))


def test_too_few_closures_a_year_against_the_budget() -> None:
    """One of two has to close, and none may."""
    rule = ClosureRule("closures:nation", BOTH, 0)
    instance = with_means(replace(a_pair(), closures=(rule,)), 3.5)
    found = ways(instance)
    (give,) = found["transition"]
    assert (give.scope, give.limit) == ("closures:nation", 0.0)
    assert 0 < give.amount <= 1.0
    assert ("transition", "closures:nation") in collision(instance)
    assert any("Raise at_most to 1. With that a plan was found:" in one for one in told(instance))


def test_more_open_sites_than_the_means_are_for() -> None:
    instance = with_means(replace(a_pair(), open_sites=OpenSites(2, 2, 0)), 3.5)
    found = ways(instance)
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    (give,) = found["open_sites"]
    assert give.amount == pytest.approx(0.5)
    assert any("requirements.open_sites" in sentence for sentence in told(instance))


@pytest.mark.parametrize("kind", ["close", "mode", "merge", "decided", "keep"])
def test_a_decision_of_every_kind_against_the_other_rules(kind: str) -> None:
    """Both offices have to stay; one is closed by a decision, or pinned where the means end."""
    closes = kind in ("close", "merge", "decided")
    mask = np.isin(np.arange(3), [0] if closes else [1])[:, None]
    instance = with_means(covered(), 9.0 if closes else 4.5)
    into = 1 if kind == "merge" else -1
    one = FixedDecision(kind, 0, mask, "a test says so", into)
    allowed = instance.allowed.copy()
    allowed[0] &= mask
    instance = replace(instance, allowed=allowed, fixed=(one,))
    assert best_plan(instance) is None
    found = ways(instance)
    assert {give.scope for give in found["fixed_decisions"]} == {f"{kind}:o1"}
    assert ("region_coverage" if closes else "budget_by_year") in found
    way = Way(found["fixed_decisions"])
    assert best_plan(changed(instance, amounts(way))) is not None
    (*_, last) = conflict_told(Diagnosis(ways=(way,)), [Tried(way)], None)
    assert f"offices.{kind}: o1" in last.sentence()


def test_limits_of_a_region_name_it_and_give_by_themselves() -> None:
    """A limit on the reduced in each region, and on closures in each: only one is in the way."""
    reduced = np.array([False, False, True])
    first, second = np.array([True, False]), np.array([False, True])
    rules = [
        LimitRule(f"reduced:all:county:0{j}", m, reduced, 1 - j)
        for j, m in enumerate((first, second))
    ]
    instance = with_means(replace(covered(), limits=tuple(rules)), 4.5)
    (limit,) = ways(instance)["mode_limits"]
    assert (limit.scope, limit.limit) == ("reduced:all:county:01", 0.0)
    assert any("reduced:all:county:01 at least 1" in one for one in told(instance))
    pace = [ClosureRule(f"closures:county:0{j}", m, 0) for j, m in enumerate((first, second))]
    instance = with_means(replace(a_pair(), closures=tuple(pace)), 3.5)
    found = ways(instance)["transition"]
    assert {give.scope for give in found} <= {"closures:county:00", "closures:county:01"}
    assert any("county:0" in one and "Raise at_most" in one for one in told(instance))
    way = Way(found)
    assert any(best_plan(changed(instance, amounts(way, times))) for times in (1.0, 2.5))


def people(
    *, least: float, requirement: str = "access_standard", scope: str = "1:nation"
) -> AccessRule:
    """So many of 400 people within reach of an open office; each of the two reaches its own."""
    served = np.array([100.0, 300.0])
    return AccessRule(requirement, scope, np.eye(2, dtype=bool), served, least, 400.0, OPEN, 0)


def without_redundancies() -> Instance:
    apart = np.array([[0.0, 80.0], [80.0, 0.0]])
    staff = Staff(np.ones(2), apart, 60.0, 0.1, 0.4, 0.05, 0.0, most_redundant=0.0)
    instance = a_pair(staff=staff, visits_per_fte=np.array([2_000.0]))
    allowed = instance.allowed.copy()
    allowed[:, 2] = False  # nothing is reduced
    return with_means(replace(instance, allowed=allowed), 3.5)


PLANTED = {
    "access_standard": lambda: with_means(replace(a_pair(), access=(people(least=380.0),)), 3.0),
    "service_coverage": lambda: with_means(
        replace(
            a_pair(),
            coverage=tuple(
                CoverageRule("county", f"{j}", np.arange(2) == j, OPEN, 1, 0, "id_check")
                for j in range(2)
            ),
        ),
        3.5,
    ),
    "service_of_people": lambda: with_means(
        replace(
            a_pair(),
            access=(
                people(least=380.0, requirement="service_coverage", scope="id_check:1:nation"),
            ),
        ),
        3.0,
    ),
    "budget": lambda: with_means(a_pair(), 2.5),
    "region_coverage": lambda: with_means(covered(), 3.5),
    "mode_limits": lambda: with_means(
        replace(covered(), limits=(LimitRule("reduced:all", BOTH, OPEN & [0, 0, 1] > 0, 1),)), 4.5
    ),
    "fixed_decisions": lambda: decided(5.0),
    "no_one_left_behind": lambda: with_means(
        replace(
            a_pair(),
            access=(
                AccessRule(
                    "no_one_left_behind",
                    "nation",
                    np.eye(2, dtype=bool),
                    np.ones(2),
                    2.0,
                    2.0,
                    OPEN,
                    0,
                ),
            ),
        ),
        3.5,
    ),
    "open_sites": lambda: with_means(replace(a_pair(), open_sites=OpenSites(2, 2, 0)), 3.5),
    "transition": lambda: with_means(
        replace(a_pair(), closures=(ClosureRule("closures:nation", BOTH, 0),)), 3.5
    ),
}


def decided(mnkr: float) -> Instance:
    instance = a_pair()
    free = instance.allowed
    for site in range(2):
        instance = kept(instance, site, 1)
    return replace(with_means(instance, mnkr), possible=free)


@pytest.mark.parametrize("kind", PLANTED)
def test_every_way_out_is_one(kind: str) -> None:
    """With the rules changed as far as they give, or a little more, enumeration finds a plan."""
    instance = PLANTED[kind]()
    assert best_plan(instance) is None
    found = conflicts(instance, full, seconds=20.0)
    assert found == sorted(found, key=lambda way: way.cost)
    for way in found:
        assert any(best_plan(changed(instance, amounts(way, times))) for times in (1.0, 1.25, 2.5))


def test_where_a_relaxation_sees_no_conflict_the_missing_money_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = with_means(a_pair(), 2.9)  # one reduced for all costs 3.0
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    for proved, word in ((False, "no plan, in the time"), (True, "that there is none")):
        why = why_no_plan(instance, proved=proved, seconds=20.0)
        assert why.certain is proved
        *which, one = why.problems
        assert len(which) == proved
        assert all("no network keeps to this one: budget_by_year" in w.sentence() for w in which)
        assert word in one.sentence()
        assert "was found with 0.1 mnkr more a year" in one.sentence()


def test_rules_that_no_money_helps_are_told_if_that_is_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = with_means(replace(covered(), limits=(LimitRule("open:all", BOTH, OPEN, 1),)), 9.0)
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    rule, *ways = why_no_plan(instance, proved=True, seconds=20.0).problems
    assert "it is proved that there is none" in rule.sentence()
    assert "mode_limits open:all; region_coverage fa:0, fa:1" in rule.sentence()
    assert ways == list(why_no_plan(instance, proved=False, seconds=20.0).problems)
    limits, coverage = (one.sentence() for one in ways)
    assert "such as open:all 2 (found open:all at most 1). Raise at_most to 2. With" in limits
    assert "Take the rule for fa away. With that a plan was found" in coverage


def test_what_nothing_helps_is_told_if_that_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    monkeypatch.setattr(told_of, "single_ways", lambda *_, **__: [])
    monkeypatch.setattr(told_of, "smallest_collision", lambda *_, **__: ((), False))
    instance = with_means(replace(covered(), limits=(LimitRule("open:all", BOTH, OPEN, 1),)), 9.0)
    assert why_no_plan(instance, proved=False, seconds=20.0).problems == ()
    (one,) = why_no_plan(instance, proved=True, seconds=20.0).problems
    assert "it is proved that there is none" in one.sentence()


def test_what_a_plan_was_found_with_is_told_beside_the_least_that_is_proved() -> None:
    budget = Give("budget_by_year", "2027", 2.0, 3.0)
    mobile = Give("mode_limits", "mobile:offices", 1.0, 0.0)
    plan = evaluate(a_pair(), a_pair().unchanged())
    for gives, found, words in (
        ((budget,), (), ["at least 2.0 mnkr", "2027 by at least 2.0 mnkr. It may take more"]),
        (
            (budget,),
            (replace(budget, amount=3.2),),
            ["at least 2.0 mnkr", "2027 by 3.2 mnkr. With"],
        ),
        ((mobile,), (), ["at least 1", "Raise at_most to 1. It may take more"]),
        (
            (mobile,),
            (replace(mobile, amount=3.0),),
            ["at least 1", "Raise at_most to 3. With that"],
        ),
    ):
        way = Tried(Way(gives), plan if found else None, found)
        (*_, last) = conflict_told(Diagnosis(ways=(way.way,)), [way], None)
        assert all(word in last.sentence() for word in words), last.sentence()


@pytest.mark.parametrize("kind", PLANTED)
def test_every_way_out_that_is_told_with_a_plan_has_one_when_it_is_followed(kind: str) -> None:
    """Enumeration finds a plan with what the rules are told to give, whatever the least was."""
    instance = PLANTED[kind]()
    ways = tried(instance, diagnose(instance).ways, seconds=20.0)
    assert any(one.plan is not None for one in ways)
    for one in ways:
        if one.plan is not None:
            assert one.found
            assert best_plan(changed(instance, one.found)) is not None


def test_an_exact_number_of_open_sites_stays_exact_when_it_gives() -> None:
    instance = replace(a_pair(), open_sites=OpenSites(1, 1, 0))
    for rises, number in ((True, 2), (False, 0)):
        give = Give("open_sites", "nation", 0.5, 1.0, rises)
        assert changed(instance, (give,)).open_sites == OpenSites(number, number, 0)
    at_most = replace(a_pair(), open_sites=OpenSites(0, 1, 0))
    assert changed(at_most, (Give("open_sites", "nation", 0.5, 1.0),)).open_sites == OpenSites(
        0, 2, 0
    )


@pytest.mark.parametrize("kind", PLANTED)
def test_rules_taken_away_one_by_one_are_ways_out_and_collide(kind: str) -> None:
    """By enumeration: what each gives is enough; the rules named have no plan, all but one have."""
    instance = PLANTED[kind]()
    ways = single_ways(instance, seconds=20.0)
    kinds = [one.found[0].requirement for one in ways]
    assert kinds or kind == "budget"
    for one in ways:
        assert best_plan(changed(instance, one.found)) is not None
    rules, thinned = smallest_collision(instance, kinds, seconds=20.0)
    assert thinned and set(kinds) <= {requirement for requirement, _ in rules}
    away = [rule for rule in rules_of(instance) if rule not in rules]
    assert best_plan(without(instance, away)) is None
    for rule in rules:
        assert best_plan(without(instance, [*away, rule])) is not None


def test_rules_that_collide_are_not_named_beyond_what_is_proved() -> None:
    instance = PLANTED["region_coverage"]()
    assert smallest_collision(instance, ["region_coverage"], seconds=0.0) == ((), False)
    many = replace(instance, years=tuple(range(2025, 2085)))
    assert smallest_collision(many, ["region_coverage"], seconds=20.0) == ((), False)


def test_a_limit_in_minutes_is_as_many_as_the_plan_leaves() -> None:
    """One office for all: the zones of the other go as far as from there to it."""
    instance = PLANTED["no_one_left_behind"]()
    one = instance.unchanged()
    one[0] = 0
    plan = evaluate(instance, one)
    nearest = instance.minutes.min(axis=1)
    farther = float((instance.minutes[:, 1] - nearest).max())
    kept = kept_by(instance, Limits(1.0, None), plan)
    assert kept is not None and kept.added is not None and kept.zones
    assert farther <= kept.added < farther + 0.1
    for limits, holds in (
        (Limits(kept.added, None), True),
        (Limits(kept.added - 0.1, None), False),
        (Limits(None, float(nearest.max())), False),
    ):
        broken = evaluate(with_limits(instance, limits), one).broken
        assert ("no_one_left_behind nation 2025" not in broken) is holds
    within = kept_by(instance, Limits(None, float(nearest.max())), plan)
    assert within is not None and within.within is not None
    looser = with_limits(instance, Limits(None, within.within))
    assert "no_one_left_behind nation 2025" not in evaluate(looser, one).broken


def test_a_plan_of_the_question_itself_is_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """4.5 mnkr are enough for one staffed office; the plan at hand, of two, costs 6."""
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    instance = with_means(a_pair(), 4.5)
    today = evaluate(instance, instance.unchanged())
    assert not today.feasible
    for proved in (False, True):
        why = why_no_plan(instance, proved=proved, seconds=20.0, nearest=today)
        assert (why.problems, why.certain) == ((), False)
        assert why.plan is not None and why.plan.feasible
    best = best_plan(instance)
    assert best is not None and why.plan.objective == pytest.approx(best.objective)


def test_a_plan_found_with_a_switch_that_it_does_not_need_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = with_means(a_pair(), 4.5)
    best, today = best_plan(instance), evaluate(instance, instance.unchanged())
    assert best is not None
    problem = Problem("Another way out", "false", "true")
    monkeypatch.setattr(told_of, "diagnose", lambda *_, **__: Diagnosis())
    monkeypatch.setattr(told_of, "cheapest", lambda *_, **__: None)
    for plan, found in ((best, True), (today, False)):
        why = why_no_plan(
            instance,
            proved=True,
            seconds=20.0,
            nearest=today,
            switches=lambda _, plan=plan: [Loosened(problem, plan)],  # type: ignore[misc]
        )
        assert (why.plan is not None) is found
        assert (problem in why.problems) is not found


def test_what_is_lacking_never_rounds_to_nothing() -> None:
    assert [lacking(x) for x in (1e-5, 0.04, 0.1, 0.11, 2.0)] == [
        *("0.1 mnkr", "0.1 mnkr", "0.1 mnkr", "0.2 mnkr", "2.0 mnkr"),
    ]


def test_a_diagnosis_that_is_stopped_ends_with_what_is_known() -> None:
    stop = threading.Event()
    assert not diagnose(with_means(covered(), 3.5), stop=stop).ok
    stop.set()
    assert diagnose(with_means(covered(), 3.5), stop=stop).ok
    why = why_no_plan(with_means(covered(), 3.5), proved=False, seconds=20.0, stop=stop)
    assert not why.certain and why.plan is None


@pytest.mark.parametrize("means", [3.4, 3.0, 2.6])
def test_money_of_several_years_is_the_least_of_all_together(means: float) -> None:
    """What is saved in one year serves the next, so only the sum is a least, and is told as one."""
    instance = with_means(a_pair(years=2), means)
    limit = np.full(2, 5.0)
    money = replace(instance.money, saving_limit=limit, credit_limit=limit)
    instance = replace(instance, money=money, allowed=only_staffed(instance))
    (way,) = conflicts(instance, full, seconds=20.0)
    proved = sum(give.amount for give in way.gives)

    def fits(more: float) -> bool:
        appropriation = instance.money.appropriation + more
        return best_plan(with_changes(instance, appropriation=appropriation)) is not None

    least = next(more for more in np.arange(0.0, 5.0, 0.01) if fits(float(more)))
    assert 0.0 < proved <= 2 * least + 1e-6
    told = conflict_told(Diagnosis(collide=(("budget_by_year", "2025"),)), [Tried(way)], None)
    sentence = list(told)[1].sentence()
    assert ("more in all, such as" in sentence) == (len(way.gives) > 1)


def only_staffed(instance: Instance) -> np.ndarray:
    """Both offices stay as they are."""
    allowed = instance.allowed.copy()
    allowed[:, [0, 2]] = False
    return allowed
