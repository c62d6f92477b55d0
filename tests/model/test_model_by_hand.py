"""Two zones, two offices, optima worked out by hand: every rule bites by the number it should.

See `a_pair`: staffed 2 mnkr + 1 FTE at 1 mnkr, reduced 1 mnkr + 0.5 FTE and 8 minutes of waiting,
10 minutes to the own office, 40 to the other, 1,000 visits a zone. With staff to spare
(`visits_per_fte` 4,000), in visit-minutes and mnkr:

    both staffed 20,000 / 6      one of them reduced 28,000 / 4.5      both reduced 36,000 / 3
    one staffed, one closed 50,000 / 3      one reduced, one closed 10 + 8 + 40 + 8: 66,000 / 1.5
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.engine.evaluate import evaluate
from optimizer.instance import CLOSED, CoverageRule, FixedDecision, Instance, LimitRule, Staff
from tests.instances import a_pair, only, with_changes
from tests.optimum import Optimum, best_plan, solve

STAFFED, REDUCED = 1, 2
OPEN = np.array([False, True, True])


def lean(*means: float, **changes: Any) -> Instance:
    """The pair with staff to spare and the given means of each year."""
    years = len(means)
    instance = a_pair(years=years, visits_per_fte=np.full(years, 4_000.0))
    return with_changes(instance, appropriation=np.array(means), **changes)


def optimum(instance: Instance) -> Optimum | None:
    """What the model says, after enumeration has agreed."""
    best, model = best_plan(instance), solve(instance)
    assert (best is None) == (model is None)
    if best is not None and model is not None:
        assert model.objective == pytest.approx(best.objective)
    return model


def minutes(instance: Instance) -> float | None:
    found = optimum(instance)
    return None if found is None else round(found.objective, 3)


def test_waiting_counts_as_travel_does() -> None:
    """o1 reduced: zone 1 takes 10 + 8 there and 10 in zone 2. With 35 minutes to o1 it takes
    o2 at 40 rather than 35 + 8."""
    near = only(lean(100), 0, REDUCED)
    assert minutes(near) == 28_000
    far = replace(near, minutes=np.array([[35.0, 40.0], [40.0, 10.0]]))
    assert minutes(far) == 40_000 + 10_000


def test_a_lost_visit_costs_its_minutes_the_penalty_and_the_fee() -> None:
    """o1 closed: 30 minutes more, loss 0.5 (1 - e^-1) = 0.31606; 60 minutes for a lost visit:
    50,000 + 60 x 316.06 = 68,963.6. Fees 0.01 mnkr x 316.06 = 3.1606 mnkr: cost 3 needs 6.1606."""
    losing = {"digital_share": 0.5, "lost_visit_minutes": 60.0, "fee_per_visit": 0.01}
    for means, wanted in ((6.161, 68_963.617), (6.160, None)):
        instance = only(only(lean(means, **losing), 0, CLOSED), 1, STAFFED)
        found = optimum(instance)
        assert (None if found is None else round(found.objective, 3)) == wanted


@pytest.mark.parametrize(
    ("means", "wanted"),
    [(6.0, 20_000), (5.99, 28_000), (4.49, 36_000), (2.99, 66_000), (1.49, None)],
)
def test_minimum_staff_where_few_come(means: float, wanted: float | None) -> None:
    """The costs of the table above: staff is the minimum of the mode everywhere."""
    assert minutes(lean(means)) == wanted


@pytest.mark.parametrize(
    ("means", "wanted"),
    [(8.0, 20_000), (7.99, 28_000), (6.99, 36_000), (5.99, 66_000), (4.99, None)],
)
def test_peak_staff_where_many_come(means: float, wanted: float | None) -> None:
    """An FTE takes 500: always 4 FTE, wherever visits go. Premises 4, 3, 2, and 1 with one."""
    assert minutes(lean(means, visits_per_fte=np.array([500.0]))) == wanted


def test_room_beyond_the_premises_is_paid_for() -> None:
    """Room for 1,500 at 2 mnkr per 1,000 more: one reduced office has 500 too many, 1 mnkr."""
    tight = {"room": np.full(2, 1_500.0), "extension_per_visit": 0.002}
    assert minutes(lean(2.5, **tight)) == 66_000
    assert minutes(lean(2.49, **tight)) is None
    assert minutes(lean(3.0, **tight)) == 36_000  # apart they fit


def test_room_has_the_price_of_the_office_that_receives() -> None:
    """As above, at o1 for half the price: there one office does with 2.0, at o2 with 2.5."""
    prices = np.array([[0.001], [0.002]])
    tight = {"room": np.full(2, 1_500.0), "extension_per_visit": prices}
    assert minutes(lean(2.0, **tight)) == 66_000
    assert minutes(lean(1.99, **tight)) is None
    assert minutes(only(lean(2.5, **tight), 0, CLOSED)) == 66_000
    assert minutes(only(lean(2.49, **tight), 0, CLOSED)) is None


def test_credit_bridges_a_dear_year() -> None:
    """Means 5.5 then 6.5, both staffed 6: half a million of credit keeps both in both years.
    Without, one is reduced in the first year and stays so."""
    assert minutes(lean(5.5, 6.5, credit_limit=np.array([0.5, 0.5]))) == 40_000
    assert minutes(lean(5.5, 6.5, credit_limit=np.array([0.49, 0.49]))) == 56_000


def test_saving_pays_for_a_later_conversion() -> None:
    """o1 is reduced in the second year for 2 mnkr: 4.5 + 2 against means of 6. Half a million
    saved from 6.5 - 6 pays it; if it may not be saved, o1 must be reduced a year before."""
    conversion = np.array([0.0, 2.0, 2.0])
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[0, [CLOSED, STAFFED], 1] = False
    plan = lean(6.5, 6.0, conversion=conversion, saving_limit=np.array([0.5, 0.5]), allowed=allowed)
    assert minutes(plan) == 20_000 + 28_000
    assert minutes(with_changes(plan, saving_limit=np.array([0.4, 0.4]))) == 56_000


def test_carry_of_last_year_pays_no_recurring_cost() -> None:
    """5.5 and 0.5 carried in pay for 6, but the year after has 5.5: one office is reduced."""
    assert minutes(lean(5.5, carry_in=0.5)) == 28_000
    assert minutes(lean(6.0, carry_in=-0.5)) == 28_000
    assert minutes(lean(6.5, carry_in=-0.5)) == 20_000


def test_what_is_saved_loses_worth_as_prices_rise() -> None:
    """As two tests above, in prices of the base year, of which a krona saved in the first year
    keeps 0.8: the second lacks 0.5, so that 0.625 must be saved of 6.625 - 6."""
    conversion = np.array([0.0, 2.0, 2.0])
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[0, [CLOSED, STAFFED], 1] = False
    rising = {"carry_worth": np.array([1.0, 0.8]), "conversion": conversion, "allowed": allowed}
    enough = {"saving_limit": np.array([0.63, 0.63]), **rising}
    assert minutes(lean(6.63, 6.0, **enough)) == 20_000 + 28_000
    assert minutes(lean(6.62, 6.0, **enough)) == 56_000
    assert minutes(lean(6.63, 6.0, **{**enough, "saving_limit": np.array([0.62, 0.62])})) == 56_000


def test_what_is_owed_is_less_to_pay_back_as_prices_rise() -> None:
    """Half a million borrowed of 6.4 is 0.4 to pay back at 0.8, and so is a debt brought in."""
    rising = {"carry_worth": np.array([1.0, 0.8]), "credit_limit": np.array([0.5, 0.5])}
    assert minutes(lean(5.5, 6.4, **rising)) == 40_000
    assert minutes(lean(5.5, 6.39, **rising)) == 20_000 + 28_000
    brought = {"carry_worth": np.array([0.8]), "carry_in": -0.5}
    assert minutes(lean(6.4, **brought)) == 20_000
    assert minutes(lean(6.39, **brought)) == 28_000


def test_each_mode_has_its_own_conversion_cost() -> None:
    """Both reduced cost 3 and, converted for 0.7 each where staffed would be 0.2, 1.4 once."""
    prices = np.array([0.0, 0.2, 0.7])
    assert minutes(lean(4.4, conversion=prices)) == 36_000
    assert minutes(lean(4.39, conversion=prices)) == 50_000


def test_a_candidate_that_is_converted_pays_for_it() -> None:
    """o2 opens staffed in 2025 and must be reduced in 2026: 4.5 and the conversion of 1."""
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[1, [CLOSED, REDUCED], 0] = allowed[1, [CLOSED, STAFFED], 1] = False
    allowed[0, [CLOSED, REDUCED], :] = False
    candidate = {"candidate": np.array([False, True]), "today": np.array([STAFFED, CLOSED])}
    prices = np.array([0.0, 1.0, 1.0])
    for means, wanted in ((5.5, 48_000), (5.49, None)):
        plan = lean(6.0, means, conversion=prices, allowed=allowed, **candidate)
        assert minutes(plan) == wanted


def candidate_pair(means: float, **changes: Any) -> Instance:
    """o2 is a candidate and zone 2 small: 10 visits. Opening 0.5 mnkr.

    o1 staffed alone 10,400 / 3; both reduced 18,180 / 3.5; o1 staffed, o2 reduced 10,180 / 5;
    o2 reduced alone 48,180 / 2.
    """
    return lean(
        means,
        candidate=np.array([False, True]),
        today=np.array([STAFFED, CLOSED]),
        demand=np.array([[[1_000.0], [10.0]]]),
        opening=0.5,
        **changes,
    )


def test_coverage_forces_a_candidate_open() -> None:
    rule = CoverageRule("fa", "02", np.array([False, True]), OPEN, 1, 0)
    assert minutes(candidate_pair(4.0)) == 10_400
    assert minutes(candidate_pair(4.0, coverage=(rule,))) == 18_180
    assert minutes(candidate_pair(5.0, coverage=(rule,))) == 10_180
    assert minutes(candidate_pair(3.49, coverage=(rule,))) == 48_180
    assert minutes(candidate_pair(1.99, coverage=(rule,))) is None


def test_coverage_holds_from_its_year_on() -> None:
    """o1 closes by decision in both years; its region needs a point from the second year."""
    rule = CoverageRule("fa", "01", np.array([True, False]), OPEN, 1, 1)
    free = only(lean(100, 100), 0, CLOSED)
    assert minutes(free) == 100_000
    assert minutes(replace(free, coverage=(rule,))) is None
    assert minutes(replace(free, coverage=(replace(rule, from_year=2),))) == 100_000


def test_a_rule_that_no_site_can_meet_leaves_no_plan() -> None:
    """No site is in the region at all: the row has no decision in it, and yet must hold."""
    rule = CoverageRule("fa", "03", np.zeros(2, dtype=bool), OPEN, 1, 0)
    assert minutes(lean(100, coverage=(rule,))) is None


def test_a_limit_on_a_mode() -> None:
    """Means of 3: both reduced, 36,000. At most one reduced: one staffed alone, 50,000."""
    family = np.array([False, False, True])
    limit = LimitRule("reduced", np.ones(2, dtype=bool), family, 1)
    assert minutes(lean(3.0)) == 36_000
    assert minutes(lean(3.0, limits=(limit,))) == 50_000


def test_a_closed_office_stays_closed() -> None:
    """o1 closed in the first year by decision, means ample: 50,000 in both years."""
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[0, [STAFFED, REDUCED], 0] = False
    instance = lean(100, 100, allowed=allowed)
    assert minutes(instance) == 100_000
    assert minutes(replace(instance, upgrades_allowed=True)) == 100_000
    reopened = evaluate(instance, np.array([[CLOSED, STAFFED], [STAFFED, STAFFED]]))
    assert "transition 2026" in reopened.broken


def test_service_is_not_raised_again_unless_upgrades_are_allowed() -> None:
    """o1 reduced in the first year: 28,000, and again, or 20,000 where it may be raised."""
    allowed = np.ones((2, 3, 2), dtype=bool)
    allowed[0, [CLOSED, STAFFED], 0] = False
    instance = lean(100, 100, allowed=allowed)
    assert minutes(instance) == 56_000
    assert minutes(replace(instance, upgrades_allowed=True)) == 48_000


def test_keep_and_close() -> None:
    """Means of 1.5 leave one reduced office: the one that is kept, or not closed."""
    kept = optimum(only(lean(1.5), 1, STAFFED, REDUCED))
    closed = optimum(only(lean(1.5), 1, CLOSED))
    assert kept is not None and closed is not None
    assert kept.states.tolist() == [[CLOSED], [REDUCED]]
    assert closed.states.tolist() == [[REDUCED], [CLOSED]]
    both = only(only(lean(1.5), 1, STAFFED, REDUCED), 0, STAFFED, REDUCED)
    assert minutes(both) is None


def test_staff_is_counted_where_every_chain_has_one_site() -> None:
    """Both must stay staffed: no chain has a second site, and 4 FTE still cost 4 mnkr."""
    instance = only(only(lean(8.0, visits_per_fte=np.array([500.0])), 0, STAFFED), 1, STAFFED)
    assert minutes(instance) == 20_000
    assert minutes(with_changes(instance, appropriation=np.array([7.99]))) is None


def test_somebody_has_to_serve() -> None:
    """Both closed would be free, and leave nobody to go to."""
    assert minutes(only(only(lean(100), 0, CLOSED), 1, CLOSED)) is None


def test_room_without_a_limit() -> None:
    """Where room is switched off it is infinite: no extension is ever paid."""
    assert minutes(lean(3.0, room=np.full(2, np.inf), extension_per_visit=1.0)) == 36_000


def a_merger_by_2026(means: float) -> Instance:
    """o1 into o2 by 2026; a move costs 0.5 mnkr, a redundancy 0.4, so that nobody moves unasked.

    Both open cost 4 + 2 a year. o1 closed: 2 + 2, and in that year its 0.9 FTE that stay move.
    """
    apart = np.array([[0.0, 30.0], [30.0, 0.0]])
    staff = Staff(
        np.ones(2), apart, 60.0, 0.1, redundancy=0.4, move=0.5, hire=0.0, most_redundant=9
    )
    instance = a_pair(years=2, staff=staff, appropriation=np.array([means, 9.0]))
    allowed = np.zeros((2, 3, 2), dtype=bool)
    allowed[:, 1] = allowed[0, CLOSED] = True
    allowed[0, 1, 1] = False
    mask = np.ones((3, 2), dtype=bool)
    mask[1:, 1] = False
    return replace(instance, allowed=allowed, fixed=(FixedDecision("merge", 0, mask, "", into=1),))


@pytest.mark.parametrize(("means", "early"), [(4.46, True), (4.44, None), (6.0, False)])
def test_a_merger_done_early_moves_its_staff_then(means: float, early: bool | None) -> None:
    """Early it costs 4 + 0.9 x 0.5 = 4.45 in 2025; without the move 0.9 x 0.4 = 0.36 would do."""
    instance = a_merger_by_2026(means)
    model, best = solve(instance), best_plan(instance)
    assert (model is None) == (best is None) == (early is None)
    if model is not None and best is not None:
        assert model.objective == pytest.approx(best.objective)
        assert bool(model.states[0, 0] == CLOSED) is early
