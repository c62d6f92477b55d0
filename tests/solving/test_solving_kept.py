"""A relaxation that has grown, asked other questions of its network: it bounds each as its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from optimizer.instance import CLOSED, Instance
from optimizer.solving import kept
from optimizer.solving.incumbent import Limits
from optimizer.solving.kept import Kept
from optimizer.solving.proof import NoPlan, prove
from optimizer.solving.rounds import Rounds
from optimizer.whatif.sweep.beyond import Beyond
from tests.grown_out import begun, grown_out
from tests.optimum import best_plan
from tests.soak import sampled
from tests.solving.split_sites import case, cut_in_every_round

Other = Callable[[Instance], Instance]


@pytest.fixture
def cut_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relaxations that grow, and cuts that hang on the means: small cases have no long rows."""
    cut_in_every_round(monkeypatch)


def asked(one: Rounds, instance: Instance) -> bool:
    return one.ask(instance, seed=1, stop=threading.Event())


def means(factor: float) -> Other:
    """Other means, and what may be saved of them and borrowed on them."""

    def other(instance: Instance) -> Instance:
        money = instance.money
        return replace(
            instance,
            money=replace(
                money,
                appropriation=money.appropriation * factor,
                saving_limit=money.saving_limit * factor,
                credit_limit=money.credit_limit * factor,
            ),
        )

    return other


def first_stays_open(instance: Instance) -> Instance:
    allowed = instance.allowed.copy()
    allowed[0, CLOSED] = False
    return replace(instance, allowed=allowed)


def same(instance: Instance) -> Instance:
    return instance


def dear(instance: Instance) -> Instance:
    """At most so much money in all, a little less than it is given."""
    return Beyond(most_cost=0.97 * float(instance.money.appropriation.sum())).of(instance)


few = Beyond(most_closed=1).of
OTHERS = (
    means(1.06),
    few,
    means(0.95),
    first_stays_open,
    Beyond(most_added=45.0).of,
    dear,
    same,
    few,
)


@pytest.mark.parametrize("first", sampled(range(0, 96, 12)))
@pytest.mark.usefixtures("cut_often")
def test_each_question_is_bounded_as_if_asked_alone(first: int) -> None:
    compared = with_plan = as_good = cuts = let_go = 0
    for seed in range(first, first + 12):
        instance = case(seed)
        one = begun(instance)
        grown_out(one)
        for other in OTHERS:
            question = other(instance)
            before = one._disjunctions.rows.size
            assert asked(one, question)
            cuts, let_go = cuts + before, let_go + before - one._disjunctions.rows.size
            found = grown_out(one)[-1]
            best = best_plan(question)
            if best is not None:
                assert found <= best.objective * (1 + 1e-6) + 1.0
                with_plan += 1
            alone = grown_out(begun(question))[-1]
            compared += 1
            as_good += found >= 0.995 * alone
    assert compared == 12 * len(OTHERS)
    assert with_plan >= 20
    assert as_good > 0.95 * compared
    assert cuts > let_go > 0


@pytest.mark.usefixtures("cut_often")
def test_another_network_begins_anew() -> None:
    instance = case(28)
    one = begun(instance)
    further = replace(instance, minutes=instance.minutes * 1.01)
    busier = replace(instance, demand=instance.demand * 1.01)
    dearer = replace(instance, money=replace(instance.money, closure=instance.money.closure + 1.0))
    assert not asked(one, further)
    assert not asked(one, busier)
    assert not one.ask(instance, seed=2, stop=threading.Event())
    narrow = begun(first_stays_open(instance))
    assert not asked(narrow, instance)  # more states than it was begun with
    assert asked(one, dearer)  # that is in the rows of the budget


@pytest.fixture
def small_are_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kept, "SLOW_SECONDS", 0.0)
    yield


@pytest.mark.usefixtures("small_are_kept")
def test_a_proof_goes_on_from_what_is_kept() -> None:
    proved = went_on = 0
    for seed in range(9):
        store, instance = Kept(), case(seed)
        for other in OTHERS:
            question = other(instance)
            best = best_plan(question)
            limits = Limits("highs", 1e-6, time.monotonic() + 60.0, 1, 1)
            try:
                found = prove(
                    question,
                    limits,
                    report=lambda *_: None,
                    stop=threading.Event(),
                    kept=store,
                )
            except NoPlan as nothing:
                assert best is None
                assert nothing.proved
                continue
            assert best is not None
            assert found.evaluation.objective == pytest.approx(best.objective, rel=1e-5)
            assert found.certificate.bound <= best.objective * (1 + 1e-6) + 1.0
            proved += 1
        went_on += len(store._kept) == 1  # none where the first plan is the best there can be
    assert proved > 12
    assert went_on > 0


@pytest.mark.usefixtures("small_are_kept")
def test_no_more_are_kept_than_asked_and_the_last_longest() -> None:
    stop, store = threading.Event(), Kept(most=2)
    questions = [case(seed) for seed in (1, 3, 6)]
    for question in questions:
        one = store.rounds(question, seed=1, stop=stop)
        one.solve(60.0)
        store.keep(one)
    assert [id(one.instance) for one in store._kept] == [id(one) for one in questions[1:]]


def test_small_problems_are_not_kept() -> None:
    store = Kept()
    one = store.rounds(case(1), seed=1, stop=threading.Event())
    one.solve(60.0)
    store.keep(one)
    assert store._kept == []
