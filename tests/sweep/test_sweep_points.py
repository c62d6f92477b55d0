"""Which points a sweep has, what their configs say, and when two of them are the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.whatif.sweep.points import Point, base_of, points_of
from optimizer.whatif.sweep.reading import read_sweep
from tests.sweep.small_sweep import grid, write_small, write_sweep

GROWTH = "demand.productivity_growth"


def points(folder: Path, **content: Any) -> list[Point]:
    write_small(folder)
    return points_of(base_of(read_sweep(write_sweep(folder, **content))))


def test_a_grid_is_every_combination_in_order(tmp_path: Path) -> None:
    found = points(
        tmp_path, **grid(demand__productivity_growth=[0.0, 0.02], costs__closure_mnkr=[0.1, 0.2])
    )
    told = [
        (one.name, one.scenario.demand.productivity_growth, one.scenario.costs.closure_mnkr)
        for one in found
    ]
    assert told == [
        ("p0001", 0.0, 0.1),
        ("p0002", 0.0, 0.2),
        ("p0003", 0.02, 0.1),
        ("p0004", 0.02, 0.2),
    ]
    assert len({one.key for one in found}) == 4


def test_set_holds_for_all_points_and_a_point_has_the_last_word(tmp_path: Path) -> None:
    found = points(
        tmp_path,
        kind="list",
        set={"costs.closure_mnkr": 0.7, "budget.appropriation": {2025: 28.5}},
        points=[{"name": "as-set"}, {"name": "own", "set": {"budget.cut": {2025: 1.25}}}],
    )
    assert [one.scenario.costs.closure_mnkr for one in found] == [0.7, 0.7]
    assert [one.scenario.budget.appropriation_mnkr(2025) for one in found] == [28.5, 28.75]


def test_times_multiplies_what_the_base_says_everywhere(tmp_path: Path) -> None:
    base, more = points(
        tmp_path,
        kind="list",
        set={"costs.closure_mnkr": 0.4},
        points=[
            {"name": "base"},
            {
                "name": "more",
                "set": {
                    "modes.*.fte_min": {"times": 1.3},
                    "budget.appropriation": {"times": 0.5},
                    "costs.closure_mnkr": {"times": 3},
                    "requirements.mode_limits[1].at_most": 4,
                },
            },
        ],
    )
    for name, mode in base.scenario.modes.items():
        assert more.scenario.modes[name].fte_min == pytest.approx(1.3 * mode.fte_min)
    assert more.scenario.budget.appropriation_mnkr(2025) == 14.5
    assert more.scenario.costs.closure_mnkr == pytest.approx(1.2)
    limits = [rule.at_most for rule in base.scenario.requirements.mode_limits]
    limits[1] = 4
    assert [rule.at_most for rule in more.scenario.requirements.mode_limits] == limits


def test_an_axis_may_multiply_what_set_says(tmp_path: Path) -> None:
    axes = {"costs.closure_mnkr": [{"times": 1}, {"times": 3}], "costs.opening_mnkr": [0.2]}
    found = points(tmp_path, kind="grid", set={"costs": {"closure_mnkr": 0.4}}, axes=axes)
    assert [one.scenario.costs.closure_mnkr for one in found] == pytest.approx([0.4, 1.2])


def test_a_sample_covers_its_ranges_and_is_the_same_each_time(tmp_path: Path) -> None:
    ranges = {
        GROWTH: {"uniform": [0.0, 0.02]},
        "costs.closure_mnkr": {"triangular": [0.1, 0.3, 0.9]},
        "data.travel.time_factor": {"normal": [1.0, 0.05]},
        "requirements.mode_limits[0].at_most": {"uniform": [0, 10], "whole": True},
        "requirements.partners.colocated": {"choice": ["anywhere", "on_record"]},
        "costs.opening_mnkr": {"uniform": [0.5, 1.5], "times": True},
    }
    content = {"kind": "sample", "points": 20, "seed": 4, "ranges": ranges}
    first, again = (points(tmp_path / name, **content) for name in "ab")
    assert [one.key for one in first] == [one.key for one in again]
    other = points(tmp_path / "c", **{**content, "seed": 5})
    assert not {one.key for one in first} & {one.key for one in other}
    growth = np.sort([one.scenario.demand.productivity_growth for one in first])
    assert (np.floor(growth / 0.001) == np.arange(20)).all()  # one in each twentieth
    closure = [one.scenario.costs.closure_mnkr for one in first]
    assert 0.1 <= min(closure) < 0.25 and 0.7 < max(closure) <= 0.9
    assert {type(one.values["requirements.mode_limits[0].at_most"]) for one in first} == {int}
    partners = [one.scenario.requirements.partners.colocated for one in first]
    assert partners.count("anywhere") == 10
    random = points(tmp_path / "d", **{**content, "method": "random"})
    assert len({one.key for one in random}) == 20


def test_names_threads_and_places_do_not_make_another_question(tmp_path: Path) -> None:
    one = points(tmp_path / "here", kind="list", points=[{"name": "one"}])[0]
    two = points(
        tmp_path / "there",
        kind="list",
        points=[{"name": "two", "set": {"solver.threads": 7, "output.language": "sv"}}],
    )[0]
    assert one.key == two.key


@pytest.mark.parametrize("key", ["solver.seed", "solver.time_limit", "budget.carry_in"])
def test_what_may_change_the_plan_makes_another_question(tmp_path: Path, key: str) -> None:
    one, two = points(
        tmp_path, kind="list", points=[{"name": "one"}, {"name": "two", "set": {key: 3}}]
    )
    assert one.key != two.key


def test_another_table_makes_another_question(tmp_path: Path) -> None:
    listed = {"kind": "list", "points": [{"name": "one"}]}
    before = points(tmp_path, **listed)[0].key
    shutil.copytree(tmp_path, tmp_path / "copy")
    table = tmp_path / "copy" / "zones.csv"
    table.write_text(table.read_text().replace("3400", "3401"), encoding="utf-8")
    sweep = read_sweep(tmp_path / "copy" / "trial.yaml")
    assert points_of(base_of(sweep))[0].key != before
