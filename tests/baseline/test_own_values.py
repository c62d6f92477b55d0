"""Own values of some offices: they hold, totals hold around them, and what is amiss is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.baseline import Assumptions, Baseline, ModeFacts, errors, held_out, reconstruct, totals
from geodata.problems import InputError
from tests.baseline.test_reconstruction import GIVEN

STAFFED = ModeFacts(3, 5.0, 1.0, 1.0, 1.0, True)
FREE = replace(GIVEN, peak_on_record=1.0)
NAN = np.nan


def built(
    own: dict[str, list[float]],
    *,
    people: tuple[int, ...] = (100, 100, 100),
    measured: tuple[float, ...] = (NAN, NAN, NAN),
    received: dict[str, float] | None = None,
    given: Assumptions = FREE,
    modes: tuple[str, ...] = ("staffed", "staffed", "staffed"),
) -> Baseline:
    """Three offices A, B (region N), C (region S), each with a zone of its own at no distance.

    N receives 1000 visits, S 500: A and B 500 each, C 500, where nothing else is known.
    """
    sites = pd.DataFrame(
        {
            "office_id": ["A", "B", "C"],
            "municipality_code": ["0001", "0002", "0003"],
            "mode": list(modes),
            "open_days": 5.0,
            "candidate": [mode == "closed" for mode in modes],
            **own,
        }
    )
    zones = pd.DataFrame(
        {
            "municipality_code": ["0001", "0002", "0003"],
            "population": list(people),
            "visits_per_year": list(measured),
        }
    )
    away = np.full((3, 3), 500.0)
    np.fill_diagonal(away, 0.0)
    return reconstruct(
        sites=sites,
        zones=zones,
        minutes=away,
        site_minutes=away,
        site_km=away,
        region_of_municipality={"0001": "N", "0002": "N", "0003": "S"},
        visits_by_region={"N": 1000.0, "S": 500.0} if received is None else received,
        modes={"staffed": STAFFED},
        given=given,
    )


def test_the_others_of_a_region_share_what_own_visits_leave_of_its_total() -> None:
    base = built({"visits_per_year": [700.0, NAN, NAN]})
    assert base.visits == pytest.approx([700.0, 300.0, 500.0])
    assert base.origins["visits_per_year"] == ["observed", "estimated", "estimated"]


def test_own_visits_that_leave_nothing_to_the_others_are_refused() -> None:
    with pytest.raises(InputError, match=r"1,200 visits at 1 offices of N, whose total is 1,000"):
        built({"visits_per_year": [1200.0, NAN, NAN]})


def test_own_visits_of_all_offices_hold_against_the_total_which_is_told() -> None:
    base = built({"visits_per_year": [700.0, 900.0, 500.0]})
    assert base.visits == pytest.approx([700.0, 900.0, 500.0])
    told = [text for text in base.warnings if "add up to 1,600" in text]
    assert told and "all 2 offices of N" in told[0] and "1,000" in told[0]


def test_no_totals_are_needed_where_every_office_has_visits() -> None:
    own = {"visits_per_year": [700.0, 900.0, 500.0]}
    assert built(own, received={}).visits == pytest.approx([700.0, 900.0, 500.0])
    with pytest.raises(InputError, match=r"data\.visits"):
        built({"visits_per_year": [700.0, 900.0, NAN]}, received={})


def test_zones_with_visits_of_their_own_are_not_scaled_and_an_office_unmet_is_told() -> None:
    own = {"visits_per_year": [700.0, NAN, NAN]}
    base = built(own, measured=(600.0, NAN, NAN))
    assert base.visits_by_zone[0] == 600.0
    assert base.origins["visits_per_year"][0] == "estimated"
    assert any("A 600 (700)" in text for text in base.warnings)


def test_own_room_below_the_visits_of_today_is_raised_to_them_and_told() -> None:
    own = {"visits_per_year": [800.0, NAN, NAN], "room_visits_per_year": [700.0, 900.0, NAN]}
    base = built(own)
    assert base.visits == pytest.approx([800.0, 200.0, 500.0])
    assert base.room == pytest.approx([800.0, 900.0, 575.0])
    assert base.origins["room_visits_per_year"] == ["estimated", "observed", "estimated"]
    (told,) = [one for one in base.warnings if one.startswith("Own room")]
    assert told.startswith("Own room of 1 offices is below") and told.endswith(": A 800 (700).")
    assert not built({"room_visits_per_year": [499.8, 500.0, NAN]}).warnings


def test_own_staff_holds_and_the_others_share_the_rest_of_the_total() -> None:
    base = built({"fte": [6.0, NAN, NAN]})  # 10 in all: 4 to two offices of equal visits
    assert base.fte == pytest.approx([6.0, 2.0, 2.0])
    assert base.origins["fte"] == ["observed", "estimated", "estimated"]
    assert base.productivity == pytest.approx(1500 / 10)  # the pace of the planning years
    assert any("Own staff of 1 offices" in text for text in base.warnings)


def test_staff_that_visits_ask_for_too_or_that_is_an_estimate_is_not_told() -> None:
    def told(own: list[float]) -> str:
        need, least = np.array([2.0, 3.0]), np.zeros(2)
        is_open, names = np.ones(2, dtype=bool), ["a", "b"]
        said = totals.told_of_staff(
            np.array(own), need, least=least, is_open=is_open, names=names, total=5.0
        )
        return " ".join(said)

    assert told([2.0, 3.01]) == ""
    assert "0.0 FTE less at some and 1.0 more" in told([2.0, 2.0])
    sites = pd.DataFrame({"origin_fte": ["observed", "estimated"]})
    own = totals.of_the_user(sites, "fte", np.array([2.0, 3.0]))
    assert own[0] == 2.0 and np.isnan(own[1])


def test_own_staff_of_all_offices_is_the_total() -> None:
    base = built({"fte": [6.0, 4.0, 2.0]})
    assert base.fte.tolist() == [6.0, 4.0, 2.0]
    assert base.productivity == pytest.approx(1500 / 12)
    assert any("12.0 FTE, and costs.front_fte says 10.0" in text for text in base.warnings)


def test_own_staff_that_leaves_too_little_is_refused() -> None:
    with pytest.raises(InputError, match=r"8\.5 FTE at 1 offices, of 10 at all"):
        built({"fte": [8.5, NAN, NAN]})  # 1.5 to two offices of at least 1 each


def test_own_rents_beyond_the_total_hold_and_are_told() -> None:
    base = built({"premises_cost_mnkr": [4.0, 4.0, NAN]})  # the total is 6
    assert base.costs.premises_today[:2].tolist() == [4.0, 4.0]
    assert base.costs.premises_today[2] == pytest.approx(4.0)  # an office like them
    assert any("adds up to 8.0 mnkr" in text and "6.0" in text for text in base.warnings)


def test_costs_beyond_the_total_cost_are_refused() -> None:
    with pytest.raises(InputError, match=r"costs\.total_mnkr.*10\.0 less than"):
        built({"premises_cost_mnkr": [20.0, 2.0, 1.0]})  # 20 in all, 5 of it staff and 2 local


def test_a_candidate_costs_its_own_rent_when_open_and_nothing_today() -> None:
    base = built(
        {"premises_cost_mnkr": [NAN, NAN, 1.5], "visits_per_year": [NAN, NAN, 40.0]},
        modes=("staffed", "staffed", "closed"),
        people=(100, 100, 0),
        received={"N": 1000.0, "S": 0.0},
    )
    assert base.costs.premises_today[2] == 0.0
    assert base.costs.premises[2, 0] == 1.5
    assert base.costs.premises_today.sum() == pytest.approx(FREE.premises_total_mnkr)
    assert base.origins["visits_per_year"][2] == "assumed"


def partly_known() -> pd.DataFrame:
    """Visits of A and C are known, those of B are not."""
    return pd.DataFrame(
        {
            "office_id": ["A", "B", "C"],
            "candidate": False,
            "origin_visits_per_year": ["observed", "", "observed"],
            "visits_per_year": [800.0, NAN, 400.0],
        }
    )


def test_the_error_of_the_estimate_is_told_by_values_hidden_from_it() -> None:
    sites = partly_known()

    def rebuilt(some: pd.DataFrame) -> Baseline:
        return built({"visits_per_year": some["visits_per_year"].tolist()})

    found = held_out(sites, rebuilt).set_index("office_id")
    # Without A the region's 1000 fall equally on A and B. C alone has the 500 of S: no estimate.
    assert found["own"].to_dict() == {"A": 800.0}
    assert found["estimated"].to_dict() == pytest.approx({"A": 500.0})
    told = errors(found.reset_index()).iloc[0]
    assert (told["figure"], told["offices"]) == ("visits_per_year", 1)
    assert told["median_error"] == pytest.approx(0.375)
    sites["origin_visits_per_year"] = "estimated"
    assert held_out(sites, rebuilt).empty


@pytest.mark.parametrize("column", ["fte", "premises_cost_mnkr", "local_cost_mnkr"])
def test_what_a_total_leaves_to_one_office_is_no_estimate(column: str) -> None:
    values = [4.0, 2.0, 3.0]
    sites = partly_known().drop(columns=["visits_per_year", "origin_visits_per_year"])
    nine = dict.fromkeys(("front_fte", "premises_total_mnkr", "local_total_mnkr"), 9.0)
    given = replace(FREE, total_mnkr=99.0, **nine)

    def rebuilt(some: pd.DataFrame) -> Baseline:
        return built({column: some[column].tolist()}, given=given)

    assert held_out(sites.assign(**{column: values}), rebuilt).empty
    found = held_out(sites.assign(**{column: [4.0, NAN, 3.0]}), rebuilt)
    assert found["office_id"].tolist() == ["A", "C"]


def test_visits_that_zones_have_are_no_remainder_of_a_total() -> None:
    def rebuilt(some: pd.DataFrame) -> Baseline:
        own = {"visits_per_year": some["visits_per_year"].tolist()}
        return built(own, measured=(600.0, 400.0, 500.0))

    found = held_out(partly_known(), rebuilt).set_index("office_id")
    assert found["estimated"].to_dict() == pytest.approx({"A": 600.0, "C": 500.0})
