"""The warnings of a run in the language of the reader."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import builtin, zones
from geodata.baseline import totals
from geodata.baseline.fitting import told_of_unmet
from geodata.baseline.rooms import told_of_small
from geodata.joining import told_of_joined
from geodata.weighting import told_of_points
from optimizer.building.base_year import (
    FIGURES,
    estimate_errors,
    provisional_warning,
    told_of_fees,
)
from optimizer.config import load as load_config
from optimizer.outputs.map import write_map
from optimizer.outputs.strings import load
from optimizer.outputs.warnings import _patterns, told
from tests.baseline.test_reconstruction import GIVEN
from tests.outputs import full_run

OPEN = np.array([True, True])


def all_but_one() -> pd.DataFrame:
    """A zone in every municipality but one."""
    towns = builtin.load("municipalities")[["municipality_code", "population"]]
    return towns.iloc[1:].reset_index(drop=True)


def of_data() -> list[str]:
    """Each warning that own data can give, as the code gives it."""
    evidence = ["provisional", "documented", "candidate"]
    sites = pd.DataFrame({"evidence": evidence, "candidate": [False, False, True]})
    own = np.array([1200.0, 900.0])
    people = pd.DataFrame({"municipality_code": ["0180"], "population": [1234.0]})
    estimates = pd.DataFrame(
        [("a", figure, 10.0, 12.5) for figure in FIGURES for _ in range(3)],
        columns=["office_id", "figure", "own", "estimated"],
    )
    costs = {"premises_cost_mnkr": own / 100, "local_cost_mnkr": own / 100}
    staff = np.array([2.5, 6.0])
    return [
        *provisional_warning(sites),
        *totals.told_of_visits(own, OPEN, site_region=["N", "N"], received={"N": 3000.0}),
        *told_of_unmet(["a", "b"], own, own + 1234.5),
        *told_of_small(["a", "b"], own, own + 1234.5),
        *totals.told_of_costs(costs, OPEN, replace(GIVEN)),
        *totals.told_of_staff(
            staff, staff + 1, least=np.array([3.0, 3.0]), is_open=OPEN, names=["a", "b"], total=20.0
        ),
        *told_of_joined(pd.DataFrame({"municipality_found_by": ["place", "near", ""]}), "zones"),
        *told_of_joined(pd.DataFrame({"municipality_found_by": ["place", "near", ""]}), "sites"),
        *told_of_points(pd.DataFrame({"point_found_by": ["people", "inside"]})),
        *zones.told_of_people(people),
        *zones.told_of_people(all_but_one()),
        *estimate_errors(estimates),
        *told_of_fees(load_config(Path("base.yaml"), {"budget": {"other_income": 5}})),
        "1,234 of 5,678 travel times from zone to site are estimated: osrm has no way there.",
        "12 of 90 travel times from site to site are estimated: matrix has no way there.",
        "decided.csv: what is decided for o001 begins after the last planning year and changes "
        "nothing in the plan.",
        "offices.csv: column lease_day is not known and changes nothing. Did you mean lease_end?",
        "requirements.access_standard[0] does not hold in 2 of the 21 regions of county, where "
        "none of its people live: 01, 12.",
        "requirements.access_standard[0] does not hold in 2 of the 21 regions of county, where "
        "none of its people are within reach today: 01, 12.",
        "requirements.service_coverage[1] asks for nothing: none of its people are within reach "
        "today.",
        "2026: no open site serves 1,234 visits (need 3); they are counted as lost after 1495 "
        "minutes, the longest way in the country.",
    ]


def test_fees_within_other_income_are_not_told() -> None:
    assert not list(told_of_fees(load_config(Path("base.yaml"))))


def test_every_warning_of_own_data_is_told_in_swedish() -> None:
    written = of_data()
    given = {key for key, form in _patterns("warning") if any(map(form.fullmatch, written))}
    assert set(load("en").section("warning")) - given <= {
        "offers",
        "announced",
    }  # tested with services
    for warning in written:
        assert told(warning, load("en")) == (warning, "en")
        text, language = told(warning, load("sv"))
        assert language == "sv", warning
        assert not re.search(r"\d,\d{3}\b|\d\.\d|\d%", text), text
    assert told(written[0], load("sv"))[0].startswith("1 av de 2 kontoren är obekräftade")


@pytest.mark.parametrize(
    ("english", "swedish"),
    [("1,234.5", "1\u00a0234,5"), ("12%", "12\u00a0%"), ("z0114-01.5", "z0114-01.5"), ("12", "12")],
)
def test_numbers_in_warnings_are_written_as_the_language_does(english: str, swedish: str) -> None:
    warning = (
        f"{english} of 90 travel times from site to site are estimated: osrm has no way there."
    )
    assert told(warning, load("sv"))[0].startswith(f"{swedish} av 90 restider")


def test_an_unknown_warning_is_given_as_it_stands_and_marked_as_english(tmp_path: Path) -> None:
    assert told("Something else.", load("sv")) == ("Something else.", "en")
    folder = full_run.change(full_run.write(tmp_path / "run"), warnings=["Something <else>."])
    page = write_map(folder, language="sv").read_text(encoding="utf-8")
    assert '<li lang="en">Something &lt;else&gt;.</li>' in page
