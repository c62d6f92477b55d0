"""Of a small network: rules that collide and ways out are proved, as enumeration says."""

from __future__ import annotations

import threading
from pathlib import Path

import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis, diagnose
from optimizer.whatif.conflicts import colliding, why_no_plan
from optimizer.whatif.giving import rules_of, without
from optimizer.whatif.one_by_one import Rule
from optimizer.whatif.proved import proved_of
from tests.optimum import best_plan
from tests.run.small_case import write_case

_STANDARD = {"access_standard": [{"share": 1.0, "minutes": 15, "relative": True}]}
_WITHIN = {"no_one_left_behind": {"within_minutes": 25}}
_KEPT = {"keep": [{"office": f"k{number}"} for number in range(1, 5)]}


def four_offices(
    folder: Path, requirements: dict[str, object], offices: dict[str, object]
) -> Instance:
    """Four offices in one year whose network can not be had for 26.5 mnkr, whatever is asked."""
    off = {"region_coverage": {"on": False}, "staff_balance": {"on": False}, "mode_limits": []}
    path = write_case(
        folder,
        years=[2025],
        budget={"base_appropriation": 30.0, "appropriation": {2025: 26.5}, "other_income": 0},
        requirements={**off, **requirements},
        offices=offices,
    )
    table = pd.read_csv(folder / "offices.csv", dtype=str)[:4]
    table["services"] = ["general;id_check", "general"] * 2
    table["partner"] = ["", "Borlänge kommun", "", "Mora kommun"]
    table.to_csv(folder / "offices.csv", index=False)
    zones = pd.read_csv(folder / "zones.csv", dtype=str)[:8]
    zones.to_csv(folder / "zones.csv", index=False)
    return read_case(load(path)).instance


def _rules(instance: Instance, scopes: tuple[Rule, ...]) -> list[Rule]:
    kinds = {kind for kind, _ in scopes}
    return [
        rule
        for rule in rules_of(instance)
        if rule in scopes or (rule[0] == "budget_by_year" and rule[0] in kinds)
    ]


@pytest.mark.parametrize(("requirements", "offices"), [(_WITHIN, {}), (_STANDARD, {}), ({}, _KEPT)])
def test_none_of_the_rules_named_can_be_left_out_and_every_way_may_be_one(
    tmp_path: Path, requirements: dict[str, object], offices: dict[str, object]
) -> None:
    instance = four_offices(tmp_path, requirements, offices)
    relaxed = diagnose(instance, seconds=20.0)
    assert len(_rules(instance, relaxed.collide)) > 1  # the budget alone is impossible
    found = proved_of(instance, relaxed, seconds=60.0, stop=threading.Event())
    assert found.proved and found.thinned
    named = _rules(instance, found.collide)
    away = [rule for rule in rules_of(instance) if rule not in named]
    assert best_plan(without(instance, away)) is None
    for rule in named:
        assert best_plan(without(instance, [*away, rule])) is not None
    assert found.ways
    for way in found.ways:
        gives = tuple((give.requirement, give.scope) for give in way.gives)
        assert best_plan(without(instance, _rules(instance, gives))) is not None


def test_a_way_that_is_none_is_not_told(tmp_path: Path) -> None:
    why = why_no_plan(four_offices(tmp_path, _WITHIN, {}), proved=False, seconds=90.0)
    told = " ".join(problem.sentence() for problem in why.problems)
    assert why.certain
    assert "no network keeps to this one (found budget_by_year 2025)" in told
    assert "no_one_left_behind" not in told


def test_what_was_not_proved_is_told_as_seen_by_a_relaxation(tmp_path: Path) -> None:
    instance = four_offices(tmp_path, _WITHIN, {})
    relaxed = diagnose(instance, seconds=20.0)
    (first, *_) = colliding(relaxed)
    assert "as far as a relaxation sees; fewer of them may do" in first.sentence()
    stopped = threading.Event()
    stopped.set()
    late = proved_of(instance, relaxed, seconds=20.0, stop=stopped)
    assert not late.thinned and late.collide == relaxed.collide and late.ways == relaxed.ways
    assert proved_of(instance, Diagnosis(), seconds=1.0, stop=stopped) == Diagnosis()
