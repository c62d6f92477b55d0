"""How far a plan is from the best, in minutes and money, against every plan there is."""

from __future__ import annotations

import pytest

from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.whatif.distance import Distance, distance
from optimizer.whatif.means import cut_borne
from tests.optimum import all_plans
from tests.sweep.small_sweep import BUDGET, RULES, write_small

UNIT = "visit-minutes"
FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("distance")
    budget = {**BUDGET, "appropriation": {2025: 29.6}}
    rules = {**RULES, "mode_limits": []}
    return read_case(load(write_small(folder, modes=FEW, requirements=rules, budget=budget)))


@pytest.fixture(scope="module")
def everything(case: Case) -> list[Evaluation]:
    return [evaluate(case.instance, states) for states in all_plans(case.instance)]


def minutes(plan: Evaluation) -> float:
    return plan.objective


def bears(plan: Evaluation) -> float:
    """With one year and no credit in the last, what is left is what could be done without."""
    return min(float(plan.ledger.margin[0]), plan.ledger.margin_after)


def most_borne(everything: list[Evaluation], plan: Evaluation) -> float:
    """The largest cut that a plan with no more minutes bears."""
    return max(bears(one) for one in everything if one.objective <= plan.objective)


def test_money_and_minutes_are_what_enumeration_says(
    case: Case, everything: list[Evaluation]
) -> None:
    best, *others = sorted((one for one in everything if one.feasible), key=minutes)
    poor, borne = next(
        (one, most) for one in others if (most := most_borne(everything, one)) > bears(one) + 0.2
    )
    found = distance(case, poor, best, best.objective - 5.0, seconds=10.0)
    assert found.best_known == best.objective
    assert found.minutes_at_least == pytest.approx(poor.objective - best.objective)
    assert found.minutes_at_most == pytest.approx(poor.objective - best.objective + 5.0)
    assert cut_borne(case, poor) == pytest.approx(bears(poor), abs=1e-5)
    apart = borne - bears(poor)
    assert found.mnkr_at_least is not None
    assert 0.7 * apart <= found.mnkr_at_least <= apart + 1e-4
    cost = poor.ledger.cost[0] - best.ledger.cost[0]
    assert found.cost_above_best_mnkr == {2025: pytest.approx(cost)}


def test_a_plan_that_breaks_the_budget_is_told_apart(
    case: Case, everything: list[Evaluation]
) -> None:
    today = evaluate(case.instance, case.instance.today[:, None])
    best = min((one for one in everything if one.feasible), key=minutes)
    assert not today.feasible and today.objective < best.objective
    found = distance(case, today, best, best.objective, seconds=0.0)
    assert found.minutes_at_least == pytest.approx(today.objective - best.objective)
    assert found.lacks_mnkr == pytest.approx(-bears(today), abs=1e-5)
    told = " ".join(found.sentences(today.objective, today.objective, UNIT))
    assert "million; this one breaks some." in told  # it adds nothing, so no amount is told twice
    lacks = float(today.ledger.cost[0] - today.ledger.means[0])
    assert found.deficits_mnkr == {2025: pytest.approx(lacks)}
    assert f"the largest deficit of a year is {lacks:.2f} (2025)." in told
    assert "Every plan that keeps the requirements adds at least" in told


def test_the_best_plan_is_at_no_distance(case: Case, everything: list[Evaluation]) -> None:
    best = min((one for one in everything if one.feasible), key=minutes)
    found = distance(case, best, None, None, seconds=0.0)
    assert found.lacks_mnkr == 0.0
    assert (found.minutes_at_least, found.mnkr_at_least, found.minutes_at_most) == (0.0, 0.0, None)
    assert "No better plan is known." in found.sentences(best.objective, best.objective, UNIT)


def test_amounts_that_would_be_printed_as_nothing() -> None:
    """Less money is not told then; what is lacking is rounded up."""
    for mnkr, told in ((0.004, False), (0.005, True), (None, False)):
        lines = Distance(None, None, None, mnkr, None, 0.0).sentences(0.0, 0.0, UNIT)
        assert any("mnkr less a year" in line for line in lines) is told
    for mnkr, shown in (
        (0.0, None),
        (1e-9, None),
        (0.001, "0.01"),
        (1.8, "1.80"),
        (1.8019, "1.81"),
    ):
        lines = Distance(None, None, None, None, None, mnkr).sentences(0.0, 0.0, UNIT)
        assert [
            f"With {shown} mnkr more in every year it would keep the budget." == line
            for line in lines[1:]
        ] == [True] * (shown is not None)
