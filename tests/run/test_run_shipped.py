"""Every shipped config of the country is a case: its tables, rules and decisions can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.travel import TravelTable
from optimizer.building import reading
from optimizer.building.reading import read_case
from optimizer.building.tables import Tables
from optimizer.config import Scenario, load
from optimizer.config.shipped import shipped_folder
from optimizer.solving.impossible import impossible
from tests.soak import sampled

CONFIGS = Path(shipped_folder())
NAMES = [
    *("base.yaml", "full.yaml"),
    *(f"what-if/{path.name}" for path in sorted((CONFIGS / "what-if").glob("*.yaml"))),
]
#: Standards of other countries that no network of these sites could meet: that is their answer.
BEYOND = {f"what-if/{one}.yaml" for one in ("uk-post-office", "la-poste", "france-services")}
#: Zones of their own: municipalities are enough to read rules by, and quick.
MUNICIPALITIES = {"data": {"zones": "builtin:municipalities"}}


Read = dict[tuple[str, ...], Any]


@pytest.fixture(scope="module")
def known() -> Read:
    """Tables and travel times by what they follow from, shared between the configs."""
    return {}


@pytest.mark.parametrize("name", sampled(NAMES, 8))
def test_a_shipped_config_is_read_as_a_case(
    name: str,
    known: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables_of, travel_of = reading.read_tables, reading.travel_times

    def tables(scenario: Scenario) -> Tables:
        asked = ",".join(rule.division for rule in scenario.requirements.region_coverage)
        key = ("tables", scenario.data.model_dump_json(), asked, ",".join(scenario.modes))
        if key not in known:
            known[key] = tables_of(scenario)
        return known[key]

    def travel(scenario: Scenario, read: Tables) -> tuple[TravelTable, TravelTable]:
        key = ("travel", scenario.data.travel.model_dump_json(), *read.sites["office_id"])
        if key not in known:
            known[key] = travel_of(scenario, read)
        return known[key]

    monkeypatch.setattr(reading, "read_tables", tables)
    monkeypatch.setattr(reading, "travel_times", travel)
    scenario = load(CONFIGS / name, MUNICIPALITIES)
    instance = read_case(scenario).instance
    assert len(instance.years) == len(scenario.years)
    assert (~instance.candidate).sum() == 148
    asked = scenario.requirements
    assert {rule.of for rule in instance.access if rule.kind == "access_standard"} == {
        str(number) for number in range(1, len(asked.access_standard) + 1)
    }
    assert {rule.division for rule in instance.coverage if not rule.service} == {
        rule.division for rule in asked.region_coverage
    }
    found = [one.sentence() for one in impossible(instance)]
    assert bool(found) == (name in BEYOND), found


def test_the_remote_offices_that_are_kept_are_as_far_from_the_next_as_the_question_says() -> None:
    case = read_case(load(CONFIGS / "what-if" / "keep-remote.yaml", MUNICIPALITIES))
    offices = np.flatnonzero(~case.instance.candidate)
    minutes = case.site_minutes[np.ix_(offices, offices)].copy()
    np.fill_diagonal(minutes, np.inf)
    kept = np.isin(offices, [one.site for one in case.instance.fixed])
    assert kept.sum() == 6
    assert (minutes.min(axis=1)[kept] > 50.0).all()
