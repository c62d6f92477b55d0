"""The shipped configs: what DOMAIN says, complete, and whole after a trip through JSON."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from optimizer.config import Scenario, load
from optimizer.config.schema import config_schema
from optimizer.config.shipped import shipped_folder

SHIPPED = sorted(path for path in shipped_folder().rglob("*.yaml") if path.parent.name != "sweep")
WHOLE = [path for path in SHIPPED if path.parent.name != "textbook"]  # those lack their tables
WHAT_IFS = [path for path in SHIPPED if path.parent.name == "what-if"]


def _id(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load(shipped_folder() / "base.yaml")


def test_there_are_shipped_configs() -> None:
    assert {"base", "cut-100", "keep-remote"} <= {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", WHOLE, ids=_id)
def test_survives_json(path: Path) -> None:
    scenario = load(path)
    document = json.loads(json.dumps(scenario.model_dump(mode="json")))
    assert Scenario.model_validate(document) == scenario


def test_json_has_the_keys_of_the_file(base: Scenario) -> None:
    document = base.model_dump(mode="json")
    rule = document["requirements"]["region_coverage"][0]
    assert rule == {"division": "fa", "min_points": 1, "from": 2027, "modes": None}


@pytest.mark.parametrize("path", SHIPPED, ids=_id)
def test_fits_the_schema(path: Path) -> None:
    document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    as_in_json = json.loads(json.dumps(document))
    assert jsonschema.Draft202012Validator(config_schema()).is_valid(as_in_json)


@pytest.mark.parametrize("path", WHAT_IFS, ids=_id)
def test_a_what_if_is_small_and_asks_a_question(path: Path) -> None:
    scenario = load(path)
    assert scenario.name == path.stem
    assert scenario.question is not None
    assert scenario.question.sv.endswith("?")
    assert scenario.question.en.endswith("?")
    assert len(path.read_text(encoding="utf-8").splitlines()) < 25


def test_means_of_the_base(base: Scenario) -> None:
    # DOMAIN: 896.9 / 846.9 / 796.9; with other income the allowed cost is 998.2 / 948.2 / 898.2
    assert base.years == (2025, 2026, 2027)
    means = [base.budget.appropriation_mnkr(year) for year in base.years]
    assert means == pytest.approx([896.9, 846.9, 796.9])
    assert means[0] + base.budget.other_income == pytest.approx(998.2)
    assert base.budget.saving_limit_mnkr(2025, 1.0) == pytest.approx(0.03 * 896.9)
    assert base.budget.credit_limit_mnkr(2025, 1.0) == 28.362


def test_modes_of_the_base(base: Scenario) -> None:
    told = {
        name: (mode.tier, mode.open_days, mode.fte_min, mode.premises_factor, mode.local_factor)
        for name, mode in base.modes.items()
    }
    assert told == {
        "staffed": (3, 5, 3.0, 1.0, 1.0),
        "staffed_colocated": (3, 5, 3.0, 0.7, 0.8),
        "reduced": (3, 3, 1.8, 0.95, 0.9),
        "reduced_colocated": (3, 3, 1.8, 0.665, 0.72),
        "flexible": (2, 2, 0.8, 0.6, 0.6),
        "mobile": (1, 1, 0.4, 0.2, 0.25),
    }
    assert {mode.conversion_cost_mnkr for mode in base.modes.values()} == {0.3}
    assert base.modes["reduced_colocated"].variant_of == "reduced"


ASSUMPTIONS: dict[str, Any] = {
    "demand.productivity_growth": 0.01,
    "demand.need_shares": {1: 0.25, 2: 0.30, 3: 0.45},
    "demand.waiting_minutes": 20,
    "demand.digital_share": 0.6,
    "demand.decay_scale_minutes": 120,
    "demand.room_slack": 0.15,
    "demand.growth_per_year": 0,
    "demand.peak_on_record": 1.32,
    "demand.peak_factor": 1.32,
    "demand.propensity_scale_minutes": 60,
    "demand.merger_minutes": 45,
    "objective.lost_visit_minutes": 60,
    "costs.local_per_office_mnkr": 0.6,
    "costs.premises_base_mnkr": 0.30,
    "costs.premises_per_fte_mnkr": 0.11,
    "costs.city_premises_factors": {"0180": 1.5},
    "costs.extension_mnkr_per_1000_visits": 0.15,
    "costs.closure_mnkr": 0.8,
    "costs.opening_mnkr": 0.3,
    "costs.front_fte": 656,
    "costs.premises_total_mnkr": 183,
    "costs.local_total_mnkr": 88.8,
    "costs.wage_mnkr_per_fte": 0.769,
    "costs.total_mnkr": 1003.1,
    "requirements.partners.mobile": "anywhere",
    "requirements.partners.colocated": "on_record",
    "solver.gap": 0.005,
    "solver.time_limit": 45,
}


@pytest.mark.parametrize("key", ASSUMPTIONS)
def test_assumption_has_the_domains_value(base: Scenario, key: str) -> None:
    value: Any = base
    for part in key.split("."):
        value = getattr(value, part)
    assert value == ASSUMPTIONS[key]


def test_mode_limits_of_the_base(base: Scenario) -> None:
    limits = {rule.mode: (rule.at_most, rule.sites) for rule in base.requirements.mode_limits}
    assert limits == {
        "mobile": (10, "offices"),
        "flexible": (15, "offices"),
        "reduced": (15, "offices"),
    }


def test_central_cost_is_the_remainder_of_the_domain(base: Scenario) -> None:
    costs = base.costs
    front = costs.front_fte * costs.wage_mnkr_per_fte
    assert front == pytest.approx(504.5, abs=0.05)
    rest = costs.total_mnkr - front - costs.premises_total_mnkr - costs.local_total_mnkr
    assert rest == pytest.approx(226.8, abs=0.05)
