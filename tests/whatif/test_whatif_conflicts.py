"""Planted conflicts of every kind: named, with the least that has to give in its own unit.

The pair of `tests.instances`: two staffed offices cost 6 mnkr, two reduced ones 4, one staffed for
all 4, one reduced for all 3.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.instance import (
    AccessRule,
    CoverageRule,
    FixedDecision,
    Instance,
    LimitRule,
    Staff,
)
from optimizer.solving.diagnosis import Give, conflicts, diagnose
from tests.instances import a_pair, with_changes
from tests.optimum import full

OPEN = np.array([False, True, True])
BOTH = np.ones(2, dtype=bool)


def with_means(instance: Instance, mnkr: float) -> Instance:
    instance = replace(instance, possible=instance.allowed)
    return with_changes(instance, appropriation=np.full(len(instance.years), mnkr))


def ways(instance: Instance) -> dict[str, tuple[Give, ...]]:
    """Ways out by the kind that gives; each way is of one kind."""
    found = {}
    for way in conflicts(instance, full(instance), seconds=20.0):
        (kind,) = {give.requirement for give in way}
        found[kind] = way
    return found


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
    assert amounts == pytest.approx({"2025": 0.5, "after": 0.5})


def test_coverage_against_the_budget() -> None:
    found = ways(with_means(covered(), 3.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    assert sum(give.amount for give in found["region_coverage"]) == pytest.approx(0.5)


def test_a_limit_on_a_mode_against_coverage_and_budget() -> None:
    reduced = np.array([False, False, True])
    instance = replace(covered(), limits=(LimitRule("reduced:all", BOTH, reduced, 1),))
    found = ways(with_means(instance, 4.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.5)
    (limit,) = found["mode_limits"]
    assert (limit.scope, limit.limit) == ("reduced:all", 1.0)
    assert limit.amount == pytest.approx(0.5)
    told = " ".join(problem.sentence() for problem in diagnose(with_means(instance, 4.5)).problems)
    assert "Raise at_most to 2." in told


def test_planners_decisions_against_the_budget() -> None:
    instance = a_pair()
    free = instance.allowed
    for site in range(2):
        instance = kept(instance, site, 1)
    instance = replace(with_means(instance, 5.0), possible=free)
    found = ways(instance)
    assert found["budget_by_year"][0].amount == pytest.approx(1.0)
    assert {give.scope for give in found["fixed_decisions"]} <= {"keep:o1", "keep:o2"}
    told = " ".join(problem.sentence() for problem in diagnose(instance).problems)
    assert "offices.keep: o" in told


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
    apart = np.array([[0.0, 80.0], [80.0, 0.0]])
    staff = Staff(np.ones(2), apart, 60.0, 0.1, 0.4, 0.05, 0.0, most_redundant=0.0)
    instance = a_pair(staff=staff, visits_per_fte=np.array([2_000.0]))
    allowed = instance.allowed.copy()
    allowed[:, 2] = False  # nothing is reduced
    found = ways(with_means(replace(instance, allowed=allowed), 3.5))
    (give,) = found["staff_balance"]
    assert (give.limit, give.amount) == (0.0, pytest.approx(0.5))
    assert found["budget_by_year"][0].amount == pytest.approx(0.3)


def test_rules_that_no_single_kind_resolves_are_told_together() -> None:
    """Both offices have to stay, at most one may be open, and the means are for neither."""
    instance = with_means(covered(), 2.5)
    instance = replace(instance, limits=(LimitRule("open:all", BOTH, OPEN, 1),))
    (way,) = conflicts(instance, full(instance), seconds=20.0)
    assert len({give.requirement for give in way}) > 1
    sentences = [problem.sentence() for problem in diagnose(instance).problems]
    assert any("with the others below" in sentence for sentence in sentences)


def test_the_sentences_name_key_unit_and_way_out() -> None:
    told = [p.sentence() for p in diagnose(with_means(covered(), 1.5)).problems]
    budget = next(sentence for sentence in told if "budget_by_year, 2025" in sentence)
    assert "mnkr" in budget
    assert "if nothing else gives" in budget
    assert "Lower budget.cut for 2025" in budget
