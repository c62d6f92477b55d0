"""Services from config to verified folder: rules met, services added and paid, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify
from tests.services.service_case import OFF, a_case, solved

POINTS = {"service": "id_check", "division": "land"}
SHARE = {"service": "id_check", "share": 0.9, "minutes": 50.0, "from": 2026}


def rules(*services: object, **others: object) -> dict[str, object]:
    return {**OFF, "service_coverage": list(services), **others}


def plan_of(run: Path) -> pd.DataFrame:
    table = pd.read_csv(run / "plan.csv", keep_default_na=False)
    return table.set_index(["office_id", "year"])


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One county, k1 has the service and closes by decision; k3 gets it, and may others too."""
    folder = tmp_path_factory.mktemp("added")
    wanted = {
        "requirements": rules(POINTS, SHARE),
        "services": {"id_check": {"may_be_added": "offices"}},
        "offices": {
            "close": [{"office": "k1"}],
            "offer": [{"office": "k3", "service": "id_check", "reason": "most central"}],
        },
        "output": {"language": "sv", "formats": ["csv", "parquet"]},
    }
    return solved(a_case(folder, **wanted))


def test_a_service_is_added_paid_for_and_told(added: Path) -> None:
    plan = plan_of(added)
    assert plan.loc[("k3", 2025), "services"] == "general;id_check"
    assert plan.loc[("k1", 2025), "services"] == ""
    motive = plan.loc[("k3", 2025), "motive"]
    assert "Börjar erbjuda: Förstärkt identitetskontroll. Beslutat på förhand" in motive
    budget = pd.read_csv(added / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    begun = (plan.xs(2025, level="year")["services"].str.contains("id_check")).sum()
    assert budget.loc[("2025", "equipment"), "amount_mnkr"] == pytest.approx(0.25 * begun)


def test_its_rules_are_rows_that_verification_counts_again(added: Path) -> None:
    table = pd.read_csv(added / "requirements.csv", dtype={"year": str})
    rows = table[table["requirement"] == "service_coverage"]
    assert set(rows["scope"]) >= {"id_check:land:1", "id_check:2:nation"}
    assert list(rows.loc[rows["scope"] == "id_check:2:nation", "year"]) == ["2026"]
    assert rows["holds"].all()
    assert table.loc[table["requirement"] == "offer", "value"].tolist() == [0.0, 0.0]
    assert "offer:k3:id_check" in set(table["scope"])
    assert verify(added).ok


def test_a_service_told_wrongly_is_found(added: Path) -> None:
    path = added / "plan.csv"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace("general;id_check", "general"), encoding="utf-8")
        found = verify(added).findings
    finally:
        path.write_text(before, encoding="utf-8")
    told = {one.where for one in found}
    assert any("service_coverage id_check:land:1" in where for where in told)
    assert any("fixed_decisions offer:k3:id_check" in where for where in told)
    assert "budget.csv, year 2025, item equipment" in " ".join(told)


def test_without_a_rule_the_services_follow_the_modes(tmp_path: Path) -> None:
    """k1 does identity checks with fewer open days too, and not as a flexible office."""
    config, plan, run = a_case(tmp_path, requirements=OFF), tmp_path / "plan.csv", tmp_path / "run"
    plan.write_text("office_id,year,mode\nk1,2025,reduced\nk1,2026,flexible\nk2,2026,closed\n")
    assert main(["evaluate", str(config), "--plan", str(plan), "--out", str(run)]) in (0, 1)
    told = plan_of(run)["services"]
    assert [told[office, 2025] for office in ("k1", "k2")] == ["general;id_check", "general"]
    assert [told[office, 2026] for office in ("k1", "k2")] == ["general", ""]
    table = pd.read_csv(run / "requirements.csv")
    assert not set(table["requirement"]) & {"offer", "service_coverage"}
    assert verify(run).ok


def test_a_plan_by_people_may_say_what_it_offers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """k2 gets the service where no plan may add it: the requirement `offer` is broken."""
    config = a_case(tmp_path, requirements=rules(POINTS))
    plan = tmp_path / "plan.csv"
    plan.write_text("office_id,year,mode,services\nk2,2025,staffed,general;id_check\n")
    run = tmp_path / "run"
    arguments = ["evaluate", str(config), "--plan", str(plan), "--out", str(run)]
    assert main(arguments) == 1
    assert plan_of(run).loc[("k2", 2026), "services"] == "general;id_check"
    table = pd.read_csv(run / "requirements.csv", dtype={"year": str})
    assert table.loc[table["requirement"] == "offer", "value"].tolist() == [1.0, 1.0]
    assert verify(run).ok
    plan.write_text("office_id,year,mode,services\nk2,2025,flexible,general;id_check\n")
    assert main(arguments) == 2
    assert "services that a site may offer in mode flexible" in capsys.readouterr().err


def test_a_service_has_a_standard_of_its_own_by_km_area_and_region(tmp_path: Path) -> None:
    """Each village is 5 km from its own town alone, so that every town has to offer the service."""
    reach = {"any": {"minutes": 1, "km": 12}, "area_type": "rural", "each": "land"}
    rule = {"service": "id_check", "share": 1.0, **reach}
    free = {"budget_by_year": {"on": False}}
    added = {"services": {"id_check": {"may_be_added": "offices"}}}
    config = a_case(tmp_path, requirements={**rules(rule), **free}, **added)
    zones = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    zones["area_type"] = ["dense" if one.endswith("a") else "rural" for one in zones["zone_id"]]
    zones.to_csv(tmp_path / "zones.csv", index=False)
    run = solved(config)
    plan = plan_of(run)
    assert plan["services"].str.contains("id_check").all()
    table = pd.read_csv(run / "requirements.csv", dtype={"year": str})
    rows = table[table["requirement"] == "service_coverage"]
    assert rows["scope"].tolist() == ["id_check:1:land:1"] * 2
    assert rows["value"].tolist() == rows["limit"].tolist() == [1.0, 1.0]
    assert verify(run).ok


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"requirements": rules({"service": "id_check"})}, 2, "must say division"),
        (
            {"requirements": rules({**POINTS, "km": 20, "group": "age_75plus"})},
            2,
            "(found division, group, km)",
        ),
        (
            {"requirements": rules({"service": "id_check", "share": 1.0, "km": 0.001})},
            1,
            "12.24% of the people within reach",  # the town of k1 alone: 9,000 of 73,500
        ),
        (
            {"requirements": rules({**SHARE, "area_type": "lunar"})},
            2,
            "requirements.service_coverage[0].area_type: one of",
        ),
        ({"requirements": rules({**POINTS, "share": 0.5})}, 2, "must say division"),
        ({"requirements": rules({**POINTS, "service": "tax"})}, 2, "must be a service of the"),
        ({"requirements": rules({**POINTS, "division": "lan"})}, 2, "must be a division"),
        ({"requirements": rules({**POINTS, "min_points": 2})}, 1, "1 sites that could count"),
        (
            {"requirements": rules({**SHARE, "share": 1.0, "minutes": 2.0})},
            1,
            "of the people within reach",
        ),
        ({"offices": {"offer": [{"office": "k9", "service": "id_check"}]}}, 2, "'k9'"),
        ({"offices": {"offer": [{"office": "k2", "service": "tax"}]}}, 2, "must be a service of"),
        (
            {
                "offices": {
                    "close": [{"office": "k2"}],
                    "offer": [{"office": "k2", "service": "id_check"}],
                }
            },
            2,
            "no mode that could offer it is left",
        ),
        ({"services": {"general": {"visits_share": 0.1, "equipment_mnkr": 0}}}, 2, "catalogue"),
        ({"services": {"id_check": {"need": 4}}}, 2, "services.id_check.need"),
    ],
)
def test_what_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    code: int,
    words: str,
) -> None:
    config = a_case(tmp_path, **{"requirements": OFF, **changes})
    assert main(["check", str(config)]) == code
    told = capsys.readouterr()
    assert words in told.out + told.err


@pytest.fixture(scope="module")
def flowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Identity checks have visits of their own, which only k1 takes."""
    wanted = {"requirements": {**OFF, "service_flows": {"on": True}}}
    return solved(a_case(tmp_path_factory.mktemp("flowing"), **wanted))


def test_visits_of_a_service_go_only_where_it_is_offered(flowing: Path) -> None:
    ways = pd.read_parquet(flowing / "assignments.parquet")
    own = ways[ways["service"] == "id_check"]
    assert set(own["office_id"]) == {"k1"}
    assert (own["need"] == 3).all() and (own["lost_visits"] == 0).all()
    demand = pd.read_parquet(flowing / "inputs" / "demand.parquet")
    today = demand[demand["year"] == 2024].groupby("service")["visits"].sum()
    assert set(today.index) == {"general", "id_check"}  # nobody offers Migrationsverket's
    assert 0.02 < today["id_check"] / today.sum() < 0.04
    assert verify(flowing).ok


def test_today_is_the_base_year_with_flows_too(flowing: Path) -> None:
    """Visits by office of today are those that the flows of today give."""
    sites = pd.read_csv(flowing / "inputs" / "sites.csv").set_index("office_id")
    summary = json.loads((flowing / "summary.json").read_text(encoding="utf-8"))
    today = summary["years"][0]
    assert today["cost_mnkr"] == pytest.approx(30.0, abs=1e-6)
    assert sites["visits_today"].sum() == pytest.approx(today["visits"])


def test_a_visit_sent_elsewhere_is_found(flowing: Path) -> None:
    path = flowing / "assignments.parquet"
    before = path.read_bytes()
    ways = pd.read_parquet(path)
    own = (ways["service"] == "id_check") & (ways["year"] == 2026)
    ways.loc[own, "office_id"] = "k3"
    try:
        ways.to_parquet(path)
        found = verify(flowing).findings
    finally:
        path.write_bytes(before)
    assert any(one.check == "assignments" and one.found == "k3" for one in found)


def test_services_that_take_more_than_their_need_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = a_case(
        tmp_path,
        requirements={**OFF, "service_flows": {"on": True}},
        services={"id_check": {"visits_share": 0.5, "follows": "visits"}},
    )
    assert main(["check", str(config)]) == 2
    assert "less than demand.need_shares" in capsys.readouterr().err
