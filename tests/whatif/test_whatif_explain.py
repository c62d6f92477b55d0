"""What an explanation says of money and of the opposite, and how it is told."""

from __future__ import annotations

import pytest

from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import evaluate
from optimizer.engine.ledger import enough
from optimizer.instance import CLOSED
from optimizer.whatif.explain import Base, explain
from optimizer.whatif.means import with_cut
from optimizer.whatif.opposites import Found, opposite, taking
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
    told = explain(case, base, one, Found(None, alone))
    mnkr = told.missing_mnkr
    assert mnkr is not None
    assert enough(with_cut(case, -mnkr - 1e-6, of=changed).money, alone.ledger)
    assert not enough(with_cut(case, -0.98 * mnkr, of=changed).money, alone.ledger)
    assert mnkr < 0.6 * -float(alone.ledger.margin.min())
