"""Which modes a site may have: by partner, by municipality, and where nothing is converted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.config import load
from optimizer.config.shipped import shipped_folder
from optimizer.rules import possible_states

SITES = pd.DataFrame(
    {
        "mode": ["staffed_colocated", "staffed", "staffed", "closed"],
        "municipality_code": ["1280", "1280", "0180", "1273"],
        "partner": ["municipality", "", "", ""],
        "candidate": [False, False, False, True],
    }
)


def possible(name: str) -> dict[int, set[str]]:
    """The states of each site above under a shipped config."""
    scenario = load(shipped_folder() / name)
    states = ("closed", *scenario.modes)
    found = possible_states(scenario, SITES, states)[:, :, 0]
    return {j: {states[s] for s in np.flatnonzero(row)} for j, row in enumerate(found)}


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("base.yaml", {0}),
        ("what-if/colocation-by-agreement.yaml", {0, 1}),
        ("what-if/colocation-anywhere.yaml", {0, 1, 2, 3}),
    ],
)
def test_premises_are_shared_where_the_agreement_reaches(name: str, shared: set[int]) -> None:
    found = possible(name)
    assert {j for j, states in found.items() if "reduced_colocated" in states} == shared


def test_where_nothing_is_converted_offices_keep_their_mode_or_close() -> None:
    found = possible("what-if/no-conversions.yaml")
    assert found[0] == {"closed", "staffed_colocated"}
    assert found[1] == found[2] == {"closed", "staffed"}
    assert {"staffed", "flexible", "mobile"} <= found[3]  # a candidate may open in any mode


def test_without_mobile_equipment_none_is_used_in_new_places_either() -> None:
    scenario = load(shipped_folder() / "what-if" / "no-mobile.yaml")
    rules = [one for one in scenario.requirements.mode_limits if one.mode == "mobile"]
    assert [(one.at_most, one.sites) for one in rules] == [(0, "all")]


def test_every_question_says_what_it_asks() -> None:
    folder = shipped_folder() / "what-if"
    names = sorted(path.stem for path in Path(folder).glob("*.yaml"))
    assert {"distance-service-20", "mobile-widely", "no-mobile", "fewer-days-first"} <= set(names)
    for name in names:
        scenario = load(folder / f"{name}.yaml")
        assert scenario.name == name
        assert scenario.question.sv.endswith("?") and scenario.question.en.endswith("?")
        assert scenario.title.sv and scenario.title.en
