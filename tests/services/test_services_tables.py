"""Which office offers which service: the built-in rule, own cells, and what is refused."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import builtin
from geodata.build.services import identity_checks, migration
from geodata.problems import InputError
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.building.services import read_offers
from optimizer.config import Scenario
from optimizer.config.loading import load
from tests.services.service_case import OFF, a_case

BASE = Path(__file__).parents[2] / "configs" / "base.yaml"


@pytest.fixture(scope="module")
def base() -> Case:
    return read_case(load(BASE))


def a_table(*services: str, mode: str = "staffed", origin: str = "observed") -> pd.DataFrame:
    ids = [f"o00{number}" for number in range(1, len(services) + 1)]
    return pd.DataFrame(
        {"office_id": ids, "mode": mode, "services": services, "origin_services": origin}
    )


def test_the_numbers_on_record_hold() -> None:
    table = builtin.load("office_services")
    towns = builtin.load("offices").set_index("office_id")["municipality_code"]
    counties = builtin.load("municipalities").set_index("municipality_code")["county_code"]
    own = table.assign(town=table["office_id"].map(towns))
    own = own.assign(county=own["town"].map(counties))
    checks, migrate = own[own["service"] == "id_check"], own[own["service"] == "migration"]
    assert (len(checks), len(migrate), migrate["town"].nunique()) == (58, 34, 28)
    assert checks["county"].nunique() == migrate["county"].nunique() == 21
    on_record = migrate[migrate["confidence"] != "assumed"]
    assert on_record["town"].nunique() == 17
    known = builtin.load("observations").set_index("municipality_code")["metric"]
    known = known[known.str.startswith("migrationsverket_service")]
    planned = on_record["town"].map(known).str.endswith("_planned")
    assert (planned == on_record["confidence"].str.endswith("announced")).all()
    counts = migrate["confidence"].value_counts().to_dict()
    assert counts == {"documented": 3, "announced": 7, "town_announced": 13, "assumed": 11}
    document = (BASE.parents[1] / "docs" / "services.md").read_text(encoding="utf-8")
    for word in ("documented", "announced", "town_announced"):
        assert re.search(rf"^- `{word}`: {counts[word]}\b", document, re.MULTILINE), word
    assert (checks["confidence"] == "assumed").all()
    able = builtin.load("offices").query("mode not in ('flexible', 'mobile')")["office_id"]
    assert own["office_id"].isin(able).all()


def test_the_rule_takes_the_most_visited_offices_of_the_base_year(base: Case) -> None:
    """The visits that the rule ranks by are those of the base case, so the tables agree."""
    sites = base.sites[~base.sites["candidate"]]
    counties = builtin.load("municipalities").set_index("municipality_code")["county_code"]
    ranked = sites.assign(
        county=sites["municipality_code"].map(counties),
        visits=sites["visits_today"].round(3),
    )
    able = ranked[ranked["mode_today"].str.match("staffed|reduced")]
    able = able.sort_values(["visits", "office_id"], ascending=[False, True])
    table = builtin.load("office_services")
    for service, rule in (("id_check", identity_checks), ("migration", migration)):
        wanted = set(table.loc[table["service"] == service, "office_id"])
        assert set(rule(able)["office_id"]) == wanted, service


def test_the_case_says_what_is_offered_and_how_sure(base: Case) -> None:
    sites = base.sites.set_index("office_id")
    assert sites.loc["o148", ["services", "origin_services"]].tolist() == [
        "general;migration",
        "assumed",
    ]
    assert base.offers is not None
    kiruna = base.offers.set_index(["office_id", "service"]).loc[("o148", "migration")]
    assert kiruna["confidence"] == "announced"
    assert kiruna["source"].startswith("publikt.se")
    told = [warning for warning in base.warnings if "which service" in warning]
    assert told == [
        "Which offices offer which service is not public: 82 of the 92 services at offices are "
        "assumed by a rule."
    ]
    assert (
        "7 of the 92 services at offices were announced before they began; no source confirms "
        "that they did." in base.warnings
    )


def test_own_services_are_read_by_key_or_title() -> None:
    offers = read_offers(
        load(BASE), a_table("general; id_check", "Migrationsverkets tjänster,ID_CHECK", "")
    )
    assert offers.today.tolist() == [[True, False], [True, True], [False, False]]
    assert [offers.text(j) for j in range(3)] == [
        "general;id_check",
        "general;id_check;migration",
        "general",
    ]
    assert set(offers.table["confidence"]) == {"own"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (a_table("id_chek"), "must be one of general, id_check, migration (found 'id_chek')"),
        (a_table("id_check", mode="flexible"), "a mode that serves need 3"),
    ],
)
def test_services_that_can_not_be_are_refused(table: pd.DataFrame, words: str) -> None:
    with pytest.raises(InputError) as refused:
        read_offers(load(BASE), table)
    assert words in refused.value.problems[0].sentence()


def test_a_service_unknown_is_told_with_its_table() -> None:
    scenario = load(BASE)
    own = scenario.data.model_copy(update={"offices": "/in/own.csv", "candidates": "/in/new.csv"})
    table = a_table("id_chek", "id_chek").assign(candidate=[False, True])
    with pytest.raises(InputError) as refused:
        read_offers(scenario.model_copy(update={"data": own}), table)
    assert [one.where for one in refused.value.problems] == [
        "own.csv, office_id o001, column services",
        "new.csv, office_id o002, column services",
    ]


def test_built_in_services_that_the_config_does_not_know_are_left_out() -> None:
    scenario = load(BASE)
    values = {**dict(scenario), "services": {"migration": scenario.services["migration"]}}
    fewer = Scenario.model_construct(**values)
    offers = read_offers(fewer, a_table("general;id_check;migration", origin="assumed"))
    assert offers.text(0) == "general;migration"


def _sizes(value: object) -> set[int]:
    """The sizes of all axes of the arrays in a value, however deep."""
    if isinstance(value, np.ndarray):
        return set(value.shape)
    if isinstance(value, tuple):
        return set().union(*(_sizes(one) for one in value))
    if is_dataclass(value):
        return set().union(*(_sizes(getattr(value, one.name)) for one in fields(value)))
    return set()


def test_every_array_over_states_is_one_over_modes_with_services(tmp_path: Path) -> None:
    """Seven states without services and more with them; no axis of seven may be left over."""
    limits = [{"mode": "mobile", "at_most": 3}]
    rules = {**OFF, "mode_limits": limits, "no_one_left_behind": {"added_minutes": 90.0}}
    plain = read_case(load(a_case(tmp_path, requirements=rules))).instance
    points = [{"service": name, "division": "land"} for name in ("id_check", "migration")]
    asked = {**rules, "service_coverage": points, "remote_balance": {"on": True}}
    more = {name: {"may_be_added": "offices"} for name in ("id_check", "migration")}
    stated = read_case(load(a_case(tmp_path, requirements=asked, services=more))).instance
    assert len(plain.states) == 7 and 7 in _sizes(plain)
    assert len(stated.states) > 7
    assert 7 not in _sizes(stated)
