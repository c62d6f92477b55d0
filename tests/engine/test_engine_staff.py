"""Staff flows by hand: who moves where, who is redundant, and how a merger differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.engine.staff import flows_within, staff_flows
from optimizer.instance import CLOSED, FixedDecision, Instance, Staff
from tests.instances import a_pair, an_instance

#: o0 and o1 are 20 minutes apart, o1 and o2 50, o0 and o2 70
APART = np.array([[0.0, 20.0, 70.0], [20.0, 0.0, 50.0], [70.0, 50.0, 0.0]])


def a_staff(today: list[float], *, apart: np.ndarray = APART, **changes: float) -> Staff:
    told = {"commuting_minutes": 60.0, "attrition": 0.1, "redundancy": 0.4, "move": 0.05}
    told |= {"hire": 0.02, "most_redundant": np.inf}
    return Staff(np.array(today), apart, **(told | changes))  # type: ignore[arg-type]


def test_staff_of_a_closed_office_goes_where_it_is_missed_and_near_enough() -> None:
    staff = a_staff([4.0, 2.0, 2.0])
    flows = staff_flows(staff, staff.today, np.array([0.0, 3.0, 5.0]))
    assert flows.attrition == pytest.approx([0.4, 0.2, 0.2])
    assert list(zip(flows.origin, flows.target, strict=True)) == [(0, 1)]
    assert flows.moved == pytest.approx([1.2])  # o1 asks for 3 - 1.8; o2 is too far
    assert flows.redundant == pytest.approx([2.4, 0.0, 0.0])
    assert flows.hired == pytest.approx([0.0, 0.0, 3.2])


def test_the_receiving_office_comes_first_then_the_nearest() -> None:
    staff = a_staff([0.0, 3.0, 0.0], attrition=0.0)
    now = np.array([2.0, 0.0, 2.0])
    for into, first in ((2, [1.0, 2.0]), (0, [2.0, 1.0]), (-1, [2.0, 1.0])):
        flows = staff_flows(staff, staff.today, now, into=np.array([-1, into, -1]))
        moved = np.bincount(flows.target, weights=flows.moved, minlength=3)
        assert moved[[0, 2]] == pytest.approx(first)
        assert flows.redundant.sum() == 0.0


def test_a_demanded_merger_moves_everybody_and_a_closure_only_those_who_are_missed() -> None:
    staff = a_staff([4.0, 4.0, 4.0], attrition=0.0)
    now = np.array([0.0, 5.0, 4.0])
    closure = staff_flows(staff, staff.today, now)
    merger = staff_flows(staff, staff.today, now, mergers=[(0, 2)])
    assert closure.moved == pytest.approx([1.0])
    assert closure.redundant == pytest.approx([3.0, 0.0, 0.0])
    assert list(merger.target[:1]) == [2] and merger.moved[0] == pytest.approx(4.0)
    assert merger.redundant == pytest.approx([0.0, 0.0, 3.0])  # one of o2 goes on to o1
    assert merger.moved.sum() == pytest.approx(5.0)


def test_nobody_moves_where_a_move_costs_more_than_letting_go_and_hiring() -> None:
    staff = a_staff([4.0, 0.0, 0.0], attrition=0.0, move=0.5)
    flows = staff_flows(staff, staff.today, np.array([0.0, 4.0, 0.0]))
    assert flows.moved.size == 0
    assert flows.redundant[0] == flows.hired[1] == 4.0


def test_any_moves_are_as_many_as_the_dearest_ones() -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        places = rng.uniform(0, 150, (12, 2))
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        staff = a_staff(rng.uniform(0, 9, 12).tolist(), apart=apart)
        now = staff.today * rng.choice([0.0, 0.8, 0.95, 1.3], 12)
        counted = staff_flows(staff, staff.today, now)
        told = staff_flows(staff, staff.today, now, into=rng.integers(-1, 12, 12))
        assert counted.moved.sum() == pytest.approx(told.moved.sum(), abs=1e-9)
        for flows in (counted, told):
            balance = staff.today - flows.attrition - flows.redundant + flows.hired
            balance -= np.bincount(flows.origin, weights=flows.moved, minlength=12)
            balance += np.bincount(flows.target, weights=flows.moved, minlength=12)
            assert balance == pytest.approx(now, abs=1e-9)
            assert (staff.apart[flows.origin, flows.target] <= 60).all()


def a_pair_with_staff(**changes: float) -> Instance:
    """`a_pair` over two years, 1 FTE at each office today, the offices 30 minutes apart."""
    apart = np.array([[0.0, 30.0], [30.0, 0.0]])
    return a_pair(years=2, staff=a_staff([1.0, 1.0], apart=apart, **changes))


def test_the_ledger_counts_what_changes_of_staff_cost() -> None:
    """o1 closes: its 0.9 FTE move to o2, which asks for 2, has 0.9 and hires 0.2."""
    instance = a_pair_with_staff()
    counted = evaluate(instance, np.array([[CLOSED, CLOSED], [1, 1]]))
    items = counted.ledger.items
    assert items["relocation"] == pytest.approx([0.05 * 0.9, 0.0])
    assert items["hiring"] == pytest.approx([0.02 * 0.2, 0.02 * 0.2])
    assert items["redundancy"] == pytest.approx([0.0, 0.0])
    assert counted.ledger.cost - counted.ledger.recurring == pytest.approx([0.049, 0.004])


def test_more_redundancies_than_allowed_break_a_plan() -> None:
    instance = a_pair_with_staff(commuting_minutes=10.0, most_redundant=0.5)
    counted = evaluate(instance, np.array([[CLOSED, CLOSED], [1, 1]]))
    assert counted.broken == ("staff_balance 2025",)
    kinder = replace(instance, staff=a_staff([1.0, 1.0], apart=APART[:2, :2], most_redundant=0.5))
    assert evaluate(kinder, counted.states).feasible


def test_a_merger_is_known_in_the_year_its_office_closes() -> None:
    instance = an_instance(sites=3, years=2)
    mask = np.ones((instance.tier.size, 2), dtype=bool)
    mask[1:, 1] = False
    merged = replace(instance, fixed=(FixedDecision("merge", 0, mask, "", into=1),))
    is_open, is_closed = np.array([1, 1, 1]), np.array([0, 1, 1])
    assert merged.merging(is_open, is_closed) == ((0, 1),)
    assert merged.merging(is_closed, is_closed) == merged.merging(is_open, is_open) == ()


def test_staff_beyond_the_limit_on_redundancies_is_kept_where_there_is_an_office() -> None:
    """o0 closes and o1 needs 0.2 of its 1: 1.8 too much, of which 0.5 may go."""
    staff = a_staff([1.0, 1.0, 1.0], attrition=0.0, most_redundant=0.5)
    least, is_open = np.array([0.0, 0.2, 1.0]), np.array([False, True, True])
    flows = flows_within(staff, staff.today, least, is_open)
    assert flows.redundant.sum() == pytest.approx(0.5, abs=1e-5)
    assert flows.kept == pytest.approx([0.0, 1.3, 0.0], abs=1e-5)  # 0.8 of its own, 0.5 from o0
    assert flows.moved.sum() == pytest.approx(0.5, abs=1e-5)
    assert list(zip(flows.origin, flows.target, strict=True)) == [(0, 1)]
    free = flows_within(replace(staff, most_redundant=1.8), staff.today, least, is_open)
    assert not free.kept.any() and free.redundant.sum() == pytest.approx(1.8)


def test_offices_that_stay_keep_the_same_part_of_what_they_have_too_much() -> None:
    staff = a_staff([1.0, 2.0, 1.0], attrition=0.0, most_redundant=0.6)
    least, is_open = np.array([0.6, 1.2, 1.0]), np.ones(3, dtype=bool)
    flows = flows_within(staff, staff.today, least, is_open)
    assert flows.kept == pytest.approx([0.2, 0.4, 0.0], abs=1e-5)
    assert flows.moved.size == 0


def test_a_plan_keeps_staff_and_pays_it_where_nobody_may_be_made_redundant() -> None:
    """2.2 FTE today and 2 asked for: 0.09 too much after 5 % have left, and then none."""
    pair = a_pair(years=2)
    asked = evaluate(pair, np.ones((2, 2), dtype=np.int64)).fte[0]
    apart = np.array([[0.0, 30.0], [30.0, 0.0]])
    today = (1.1 * asked).tolist()
    free = replace(pair, staff=a_staff(today, apart=apart, attrition=0.05))
    held = replace(pair, staff=a_staff(today, apart=apart, attrition=0.05, most_redundant=0.0))
    plan = np.ones((2, 2), dtype=np.int64)
    assert not evaluate(free, plan).broken
    counted = evaluate(held, plan)
    assert not counted.broken
    assert counted.fte[0] == pytest.approx(1.045 * asked, abs=1e-5)
    assert counted.fte[1] == pytest.approx(asked, abs=1e-5)
    wage = pair.money.wage_per_fte[0] * 0.045 * asked.sum()
    spared = 0.4 * 0.045 * asked.sum()
    costs = [evaluate(one, plan).ledger.cost[0] for one in (held, free)]
    assert costs[0] - costs[1] == pytest.approx(wage - spared, abs=1e-4)
