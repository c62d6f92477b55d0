"""Which modes a site may have: by partner, by municipality, and where nothing is converted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from optimizer.building.possible_states import possible_states, without_dearer_twins
from optimizer.config import load
from optimizer.config.shipped import shipped_folder

SITES = pd.DataFrame(
    {
        "mode": ["staffed_colocated", "staffed", "staffed", "closed"],
        "open_days": [5.0, 5.0, 5.0, 0.0],
        "municipality_code": ["1280", "1280", "0180", "1273"],
        "partner": ["municipality", "", "", ""],
        "candidate": [False, False, False, True],
        "lease_end": [""] * 4,
        "improvements_mnkr": [0.0] * 4,
    }
)


def possible(name: str) -> dict[int, set[str]]:
    """The states of each site above under a shipped config."""
    scenario = load(shipped_folder() / name)
    states = ("closed", *scenario.modes)
    every = possible_states(scenario, SITES, states)
    found = without_dearer_twins(scenario, SITES, states, every)[:, :, 0]
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
    assert [(one.at_most, one.sites) for one in rules] == [(0, "both")]


#: Mechanisms of the network, money and staff, and a key that a question about each changes.
MECHANISMS = {
    "flexible offices": "requirements.mode_limits",
    "premises with others": "requirements.partners",
    "distance service": "requirements.remote_balance",
    "season": "demand.peak_factor",
    "must-appear cases": "demand.digital_share",
    "services at some offices": "requirements.service_coverage",
    "rents": "costs.net_rent_index",
    "security and technical rooms": "costs.local_per_office_mnkr",
    "write-off of improvements": "data.offices",
    "staff on the road": "costs.staff_travel",
    "saving and credit": "budget.credit_limit",
    "redundancies": "requirements.staff_balance",
    "demanded mergers": "offices.merge",
    "offices kept": "offices.keep",
    "notice and consultation": "requirements.transition",
}


def test_every_mechanism_has_a_question_that_changes_it() -> None:
    base = load(shipped_folder() / "base.yaml").model_dump()
    found = set()
    for path in Path(shipped_folder() / "what-if").glob("*.yaml"):
        asked = load(path).model_dump()
        for key in MECHANISMS.values():
            section, name = key.split(".")
            if asked[section][name] != base[section][name]:
                found.add(key)
    assert found == set(MECHANISMS.values())


def test_the_cuts_are_there_by_name() -> None:
    folder = shipped_folder() / "what-if"
    for cut in (100, 150, 200, 250):
        given = load(folder / f"cut-{cut}.yaml").budget.cut
        assert given is not None and given[2027] == cut


def test_improvements_of_new_offices_are_laid_over_the_table() -> None:
    """1.5 mnkr at each office opened in 2019-2024, in equal parts over six years from its first."""
    offices = builtin.load("offices").set_index("office_id")
    table = pd.read_csv(shipped_folder() / "what-if" / "new-office-improvements.csv")
    left = table.set_index("office_id")["improvements_mnkr"]
    opened = pd.to_numeric(offices["year_opened"])
    recent = opened[opened.between(2019, 2024)]
    expected = 1.5 * (6 - (2024 - recent)) / 6
    pd.testing.assert_series_equal(left.sort_index(), expected.sort_index(), check_names=False)


def test_every_question_says_what_it_asks() -> None:
    folder = shipped_folder() / "what-if"
    names = sorted(path.stem for path in Path(folder).glob("*.yaml"))
    assert {"distance-service-20", "mobile-widely", "no-mobile", "fewer-days-first"} <= set(names)
    for name in names:
        scenario = load(folder / f"{name}.yaml")
        assert scenario.name == name
        assert scenario.question.sv.endswith("?") and scenario.question.en.endswith("?")
        assert scenario.title.sv and scenario.title.en
