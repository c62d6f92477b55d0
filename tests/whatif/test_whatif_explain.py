"""What an explanation says of money and of the opposite, and how it is told."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.engine.ledger import enough
from optimizer.instance import CLOSED
from optimizer.whatif import explain as explaining
from optimizer.whatif.explain import Base, Explanation, explain
from optimizer.whatif.levers import Flip
from optimizer.whatif.means import with_cut
from optimizer.whatif.opposites import Found, burden_of_zones, opposite, taking
from optimizer.whatif.told import summary_told, told
from tests.sweep.small_sweep import BUDGET, write_small

YEARS = [2025, 2026, 2027]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("explained")
    budget = {**BUDGET, "appropriation": dict.fromkeys(YEARS, 28.0)}
    return read_case(load(write_small(folder, years=YEARS, budget=budget)))


def test_the_money_of_an_opposite_is_what_is_needed_in_every_year(case: Case) -> None:
    """What is lacking in one year is carried into the next: the third lacks three times as much."""
    instance = case.instance
    states = instance.unchanged().copy()
    states[5] = CLOSED
    one = opposite(instance, states, 5)
    changed = taking(instance, one)
    assert one.kind == "keep" and changed is not None
    alone = evaluate(changed, instance.unchanged())
    base = Base(evaluate(instance, states), 0.0, {})
    mnkr = explain(case, base, one, Found(None, alone)).missing_mnkr
    assert mnkr is not None
    assert enough(with_cut(case, -mnkr - 1e-6, of=changed).money, alone.ledger)
    assert not enough(with_cut(case, -0.98 * mnkr, of=changed).money, alone.ledger)
    assert mnkr < 0.6 * -float(alone.ledger.margin.min())


def explained(**changes: Any) -> Explanation:
    """An opposite that was found, worse than the plan."""
    one: dict[str, Any] = dict.fromkeys(field.name for field in fields(Explanation))
    one |= {"office_id": "k6", "office": "Hedemora", "decision": "closed", "motive": ""}
    one |= {"opposite": "keep", "outcome": "found", "better_plan": False, "regret": 2e6}
    one |= {"regret_low": 1e6, "regret_high": 3e6}
    one |= dict.fromkeys(("locks", "decisions", "breaks", "flips", "changes", "gain", "lose"), ())
    return Explanation(**{**one, **changes})


@pytest.mark.parametrize("outcome", ["found", "no_plan", "not_found"])
def test_the_money_that_turns_it_is_told_whatever_was_found(outcome: str) -> None:
    lines = told(explained(outcome=outcome, flips=(Flip("budget", 1.56, 1.59),)), "visit-minutes")
    assert "    +1.59 mnkr a year in all does, +1.56 mnkr a year in all does not." in lines


def test_a_better_plan_has_a_regret_below_0_that_is_what_is_lost_less_gained(case: Case) -> None:
    instance = case.instance
    states = instance.unchanged().copy()
    states[5] = CLOSED
    one = opposite(instance, states, 5)
    best = evaluate(instance, instance.unchanged())
    found = explain(case, Base(evaluate(instance, states), 0.0, {}), one, Found(best, best))
    assert found.better_plan and found.regret is not None and found.regret < 0
    assert found.lost is not None and found.gained is not None
    assert found.lost - found.gained == pytest.approx(found.regret)
    assert found.regret_low is None
    first, second = told(found, "visit-minutes")[1:3]
    assert "solve again first" in first
    assert f"{-found.regret / 1e6:.3f} million visit-minutes less in all years" in second
    assert "bounds" not in second and "-" not in second.replace("visit-minutes", "")


def test_where_nobody_gains_it_is_said_so() -> None:
    text = " ".join(told(explained(gained=0.0, lost=2e6), "visit-minutes"))
    assert "Nobody would gain by it; 2.000 million visit-minutes are lost." in text
    assert "Some would gain" not in text
    text = " ".join(told(explained(gained=1e6, lost=3e6), "visit-minutes"))
    assert "Some would gain 1.000 million visit-minutes by it, all others lose 3.000." in text


def test_rounding_noise_is_no_gain(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = case.instance
    plan = evaluate(instance, instance.unchanged())
    burden = burden_of_zones(instance, plan)
    counted = iter([burden * (1 - 1e-12), burden])
    monkeypatch.setattr(explaining, "burden_of_zones", lambda *_: next(counted))
    one = opposite(instance, instance.unchanged(), 5)
    found = explain(case, Base(plan, 0.0, {}), one, Found(plan, None))
    assert (found.gained, found.lost) == (0.0, 0.0)


def test_decisions_that_leave_the_opposite_allowed_have_their_price(case: Case) -> None:
    instance = case.instance
    states = instance.unchanged().copy()
    states[5] = CLOSED
    one, plan = opposite(instance, states, 5), evaluate(instance, states)
    free = evaluate(instance, instance.unchanged())
    released = (replace(one, kind="release", locks=("mode",)), Found(free, None))
    found = explain(case, Base(plan, 0.0, {}), one, Found(plan, plan), (), released)
    assert (found.locks, found.decisions) == ((), ("mode",))
    gain = plan.objective - free.objective
    assert found.lock_price == pytest.approx(gain) and gain > 0
    lines = told(found, "visit-minutes")
    assert lines[1:3] == [
        "  The config also decides on it: mode.",
        f"  Without that the network gains {gain / 1e6:.3f} million, as found.",
    ]


def test_a_decision_that_is_set_aside_is_told_as_less() -> None:
    locked = {"locks": ("keep",), "opposite": "release", "lock_price": 0.9e6}
    numbers = {"regret": -0.9e6, "regret_low": -1.2e6, "regret_high": 0.1e6}
    text = " ".join(told(explained(**locked, **numbers), "visit-minutes"))
    assert "0.900 million visit-minutes less in all years, as found" in text
    assert "between 1.200 less and 0.100 more by the bounds" in text


@pytest.mark.parametrize("outcome", ["no_plan", "not_found"])
def test_an_opposite_without_a_plan_has_its_reason(outcome: str) -> None:
    nothing = {"regret": None, "regret_low": None, "regret_high": None}
    breaks = {"breaks": ("budget_by_year nation 2026",), "missing_mnkr": 1.5, "free_at_mnkr": 1.5}
    text = " ".join(told(explained(outcome=outcome, **nothing, **breaks), "visit-minutes"))
    assert "With nothing else changed it breaks budget_by_year nation 2026." in text
    assert "With 1.50 mnkr more a year" in text


def test_what_has_no_plan_otherwise_is_the_most_certain() -> None:
    nothing = {"regret": None, "regret_low": None, "regret_high": None}
    lines = summary_told(
        [
            explained(),
            explained(regret_low=0.0),
            explained(opposite="close", regret_low=0.0),
            explained(outcome="no_plan", **nothing),
            explained(outcome="not_found", **nothing),
            explained(outcome="ruled_out", **nothing),
        ]
    )
    assert lines == [
        "6 sites: for 3 a plan with the opposite was found; for 1 of them it is proved worse than "
        "the plan.",
        "1 has no plan at all otherwise, proved.",
        "1 has none that was found in the time given.",
        "1 is decided by the config.",
        "Of 4 closures and conversions 2 are proved: the opposite is worse or has no plan.",
    ]


def test_one_closure_is_told_as_one() -> None:
    opened, proved, open_end = explained(opposite="close"), explained(), explained(regret_low=0.0)
    assert summary_told([opened, proved])[-1] == (
        "The one closure or conversion is proved: the opposite is worse or has no plan."
    )
    assert summary_told([opened, open_end])[-1] == "The one closure or conversion is not proved."
    several = summary_told([proved, open_end, open_end])[-1]
    assert several.startswith("Of 3 closures and conversions 1 is proved: ")
