"""What would turn a decision, and what a lock costs, on a pair of offices counted by hand.

o1 has 400 visits, o2 1,000; 10 minutes to the own office, 40 to the other. Both open cost 6 mnkr (2
of premises and at least 1 FTE each), one alone 3.4; the means are 4.5. So o1 closes, which costs
400 x 30 minutes; to keep it instead closes o2, at 1,000 x 30.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import CLOSED, FixedDecision, Instance
from optimizer.whatif import levers
from optimizer.whatif.levers import (
    Flip,
    Rung,
    Span,
    budget_span,
    narrowed,
    own_cost_flip,
    own_visits_flip,
    rungs,
)
from optimizer.whatif.opposites import (
    burden_of_zones,
    opposite,
    seek,
    taking,
    without_locks,
)
from tests.instances import a_pair, with_changes

PLAN = np.array([[CLOSED], [1]])
OTHER = np.array([[1], [CLOSED]])
BOTH = np.array([[1], [1]])


@pytest.fixture
def pair() -> Instance:
    instance = with_changes(a_pair(), appropriation=np.array([4.5]))
    allowed = instance.allowed.copy()
    allowed[:, 2] = False  # nothing is reduced
    demand = np.array([[[400.0], [1_000.0]]])
    return replace(instance, allowed=allowed, demand=demand, possible=allowed)


def plans(pair: Instance) -> tuple[Evaluation, Evaluation]:
    return evaluate(pair, PLAN), evaluate(pair, OTHER)


def test_the_opposite_is_found_and_proved(pair: Instance) -> None:
    plan, other = plans(pair)
    one = opposite(pair, PLAN, 0)
    assert one.kind == "keep" and one.taken_by(OTHER) and not one.taken_by(PLAN)
    found = seek(pair, PLAN, one, seconds=20.0)
    assert found.best is not None
    assert np.array_equal(found.best.states, OTHER)
    assert found.bound == pytest.approx(other.objective)
    assert other.objective - plan.objective == pytest.approx(18_000.0)


def test_those_who_gain_and_those_who_lose_add_up_to_the_regret(pair: Instance) -> None:
    plan, other = plans(pair)
    more = burden_of_zones(pair, other) - burden_of_zones(pair, plan)
    assert more.tolist() == pytest.approx([-12_000.0, 30_000.0])
    assert more.sum() == pytest.approx(other.objective - plan.objective)


def test_more_money_keeps_it_from_the_first_rung_that_is_enough(pair: Instance) -> None:
    one = opposite(pair, PLAN, 0)
    ladder = [Rung(2.0, BOTH, 1.0), Rung(-1.0, PLAN, 1.0), Rung(1.0, PLAN, 1.0)]
    assert budget_span(one, ladder) == Span(1.0, 2.0, turns=True)
    never = budget_span(one, ladder[1:])
    assert never is not None and never.flip == Flip("budget", 1.0, None)
    assert budget_span(one, ladder[1:2]) is None  # only less money was tried


def test_less_money_closes_what_stays_until_no_plan_is_left(pair: Instance) -> None:
    one = opposite(pair, BOTH, 0)
    assert one.kind == "close"
    ladder = [Rung(-1.0, BOTH, 1.0), Rung(-2.0, PLAN, 1.0), Rung(-5.0, None, None)]
    span = budget_span(one, ladder)
    assert span is not None and span.flip == Flip("budget", -1.0, -2.0)
    other = budget_span(opposite(pair, BOTH, 1), ladder)
    assert other is not None and other.flip == Flip("budget", -2.0, None)


def test_nothing_is_told_of_money_where_no_amount_gave_a_plan(pair: Instance) -> None:
    span = budget_span(opposite(pair, BOTH, 0), [Rung(-1.0, None, None)])
    assert span == Span(0.0, -1.0, turns=False) and span.flip is None


def cut_from_means(pair: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a cut be one of the pair's means of 4.5 mnkr, without a case around them."""

    def with_cut(_: object, cut_mnkr: float) -> Instance:
        return with_changes(pair, appropriation=np.array([4.5 - cut_mnkr]))

    monkeypatch.setattr(levers, "with_cut", with_cut)


def test_the_amount_that_turns_it_is_narrowed(
    pair: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both open cost 6 mnkr, the means are 4.5: 1.5 more keeps o1, and the ladder said 1 to 2."""
    cut_from_means(pair, monkeypatch)
    one, case = opposite(pair, PLAN, 0), cast(Case, None)
    span = Span(1.0, 2.0, turns=True)
    closer = narrowed(case, PLAN, one, OTHER, span, seconds=10.0)
    assert closer.turns and closer.beyond is not None
    assert closer.stays_at < 1.5 <= closer.beyond
    assert closer.beyond - closer.stays_at == pytest.approx(1 / 32, abs=0.01)
    assert narrowed(case, PLAN, one, OTHER, span, seconds=0.0) == span  # no time, no more is told


def test_less_money_is_tried_down_to_the_last_plan(
    pair: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Means of 4.5 and 3.4 for one office alone: a plan is found down to 1.1 mnkr less, not 2."""
    cut_from_means(pair, monkeypatch)
    one = opposite(pair, PLAN, 1)  # to close o2, which stays: o1 alone is never better
    span = narrowed(cast(Case, None), PLAN, one, OTHER, Span(0.0, -2.0, turns=False), seconds=10.0)
    assert span.beyond is not None and not span.turns
    assert span.beyond < -1.1 < span.stays_at < -0.9


@pytest.mark.parametrize(
    ("means", "least"), [(946.9, 1.0), (30.0, 0.05), (1000.0, 1.0), (1001.0, 2.0), (2e4, 20.0)]
)
def test_the_ladder_follows_the_means(means: float, least: float) -> None:
    budget = SimpleNamespace(appropriation_mnkr=lambda year: means)
    scenario = SimpleNamespace(budget=budget)
    case = SimpleNamespace(scenario=scenario, instance=SimpleNamespace(years=(2025,)))
    found = rungs(cast(Case, case))
    assert found[0] == pytest.approx(least)
    assert found[-1] == pytest.approx(40 * least)


def test_it_stays_if_it_costs_as_much_less_as_both_are_above_the_means(pair: Instance) -> None:
    plan, other = plans(pair)
    flip = own_cost_flip(pair, plan, opposite(pair, PLAN, 0), other, seconds=12.0)
    assert flip.turns_at is not None
    assert flip.turns_at <= -1.5 < flip.stays_at
    assert flip.stays_at - flip.turns_at < 0.5


def test_it_stays_if_its_own_visits_are_more_than_those_of_the_other(pair: Instance) -> None:
    plan, other = plans(pair)
    flip = own_visits_flip(pair, plan, opposite(pair, PLAN, 0), other, seconds=12.0)
    assert flip.turns_at is not None
    assert flip.stays_at < 2.5 <= flip.turns_at
    assert flip.turns_at - flip.stays_at < 0.5


def locked(pair: Instance) -> Instance:
    """o1 has to be kept, whatever it costs."""
    mask = (np.arange(3) != CLOSED)[:, None]
    keep = FixedDecision("keep", 0, mask, "a test says so")
    allowed = pair.allowed.copy()
    allowed[0] &= mask
    return replace(pair, allowed=allowed, fixed=(keep,))


def test_a_lock_is_set_aside_to_seek_what_it_costs(pair: Instance) -> None:
    instance = locked(pair)
    one = opposite(instance, OTHER, 0)
    assert (one.kind, one.locks, one.ruled_out) == ("release", ("keep",), False)
    found = seek(instance, OTHER, one, seconds=20.0)
    plan, other = plans(pair)
    assert found.best is not None
    assert other.objective - found.best.objective == pytest.approx(18_000.0)  # its price
    assert found.bound == pytest.approx(plan.objective)
    assert taking(instance, one) is not None


def test_the_decisions_on_others_stand_when_one_is_set_aside(pair: Instance) -> None:
    instance = locked(pair)
    kept = FixedDecision("keep", 1, (np.arange(3) != CLOSED)[:, None], "too")
    allowed = instance.allowed.copy()
    allowed[1, CLOSED] = False
    instance = replace(instance, allowed=allowed, fixed=(*instance.fixed, kept))
    free = without_locks(instance, 0)
    assert free.allowed[0, CLOSED].all() and not free.allowed[1, CLOSED].any()
    assert free.fixed == (kept,)


def test_a_demanded_merger_is_set_aside_at_both_ends(pair: Instance) -> None:
    closed = (np.arange(3) == CLOSED)[:, None]
    merge = FixedDecision("merge", 0, closed, "", into=1)
    allowed = pair.allowed.copy()
    allowed[0] &= closed
    allowed[1] &= ~closed
    instance = replace(pair, allowed=allowed, fixed=(merge,))
    one = opposite(instance, PLAN, 1)
    assert (one.kind, one.locks) == ("release", ("merge",))
    assert without_locks(instance, 1).allowed.tolist() == pair.allowed.tolist()
