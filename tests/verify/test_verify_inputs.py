"""What the config determines is counted again: means, prices, the modes of sites and partners."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.building import possible_states, reading
from optimizer.cli import main
from optimizer.config.budget import Budget
from optimizer.config.costs import Costs
from optimizer.verify import Verification, verify
from optimizer.verify.means_and_prices import COLUMNS as OF_YEARS
from optimizer.verify.mode_catalogue import COLUMNS as OF_MODES
from tests.run.small_case import COSTS, write_case
from tests.verify import tiny_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tiny_run.write(tmp_path / "run")


def rewrite(run: Path, name: str, row: dict[str, Any], column: str, change: Any) -> None:
    """Change a cell of an input, and every hash of it."""
    file = run / "inputs" / name
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    hit = np.all([table[key] == str(cell) for key, cell in row.items()], axis=0)
    assert hit.sum() == 1
    table.loc[hit, column] = [change(cell) for cell in table.loc[hit, column]]
    table.to_csv(file, index=False)
    rehash(run, name)


def reconfigure(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = run / "inputs/config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    change(config)
    file.write_text(json.dumps(config), encoding="utf-8")
    rehash(run, "config.json")


def rehash(run: Path, name: str) -> None:
    """The hash of an input as it is now, in both places that tell it."""
    for file, part in (("inputs/sha256.json", None), ("manifest.json", "inputs")):
        told = json.loads((run / file).read_text(encoding="utf-8"))
        (told[part] if part else told)[name] = tiny_run.sha256(run / "inputs" / name)
        (run / file).write_text(json.dumps(told), encoding="utf-8")


def places(result: Verification, *checks: str) -> list[str]:
    return [one.where for one in result.findings if one.check in checks]


def more(cell: str) -> str:
    return str(float(cell) * 1.001 + 0.001)


@pytest.mark.parametrize("column", OF_YEARS)
def test_a_mean_or_a_price_that_the_config_does_not_give_is_found(run: Path, column: str) -> None:
    """rent_index and the like are no columns of the tiny run: they are added as they should be."""
    file = run / "inputs/years.csv"
    right = {"central_pay_mnkr": [1, 1, 1.025], "rent_index": [1, 1, 1.02]}
    told = pd.read_csv(file).assign(**right, compensation_index=1.0)
    told.to_csv(file, index=False)
    rehash(run, "years.csv")
    assert verify(run).ok
    for year in (2024, 2026):
        rewrite(run, "years.csv", {"year": year}, column, more)
    found = verify(run)
    where = [f"inputs/years.csv, year {year}, column {column}" for year in (2024, 2026)]
    assert places(found, "years", "hashes") == where


REDUCED, MOBILE = {"office_id": "o2", "mode": "reduced"}, {"office_id": "o1", "mode": "mobile"}


@pytest.mark.parametrize(
    ("row", "column", "change"),
    [
        (REDUCED, "tier", lambda _: "1"),
        (REDUCED, "open_days", lambda _: "3"),  # the catalogue's; its own are 4
        ({"office_id": "o1", "mode": "reduced"}, "open_days", lambda _: "4"),
        (MOBILE, "fte_min", more),
        (MOBILE, "counts_for_coverage", lambda _: "false"),
        (MOBILE, "family", lambda _: "reduced"),
        (MOBILE, "premises_mnkr", more),
        (REDUCED, "local_mnkr", more),
        (MOBILE, "staff_travel_mnkr", more),
        (MOBILE, "staff_travel_pay_mnkr", more),
        ({"office_id": "c3", "mode": "mobile"}, "staff_travel_mnkr", lambda _: "0"),
        ({"office_id": "o1", "mode": "staffed"}, "staff_travel_mnkr", more),
    ],
)
def test_a_mode_that_the_catalogue_does_not_give_is_found(
    run: Path, row: dict[str, str], column: str, change: Callable[[str], str]
) -> None:
    assert column in OF_MODES
    rewrite(run, "site_modes.csv", row, column, change)
    office_id, mode = row.values()
    where = f"inputs/site_modes.csv, office_id {office_id}, mode {mode}, column {column}"
    assert places(verify(run), "site_modes", "hashes") == [where]


def test_a_year_or_a_mode_that_should_not_be_there_or_is_not_is_found(run: Path) -> None:
    years = pd.read_csv(run / "inputs/years.csv")
    earlier = years.iloc[:1].assign(year=2023)
    pd.concat([years, earlier]).to_csv(run / "inputs/years.csv", index=False)
    modes = pd.read_csv(run / "inputs/site_modes.csv")
    today = (modes["office_id"] == "o2") & (modes["mode"] == "reduced")
    strange = modes.iloc[:1].assign(mode="unheard_of")
    pd.concat([modes[~today], strange]).to_csv(run / "inputs/site_modes.csv", index=False)
    found = verify(run)
    assert places(found, "years") == ["inputs/years.csv, year 2023"]
    assert places(found, "site_modes") == [
        f"inputs/site_modes.csv, office_id {office_id}, mode {mode}"
        for office_id, mode in (("c3", "unheard_of"), ("o2", "reduced"))
    ]


@pytest.mark.parametrize(
    "column", ["extension_mnkr_per_1000_visits", "extension_rent_mnkr_per_1000_visits"]
)
def test_another_price_of_room_is_found(run: Path, column: str) -> None:
    rewrite(run, "sites.csv", {"office_id": "o1"}, column, more)
    where = [f"inputs/sites.csv, office_id o1, column {column}"]
    assert places(verify(run), "room_prices", "hashes") == where


def test_the_rent_of_room_follows_the_town(run: Path) -> None:
    """Half of 0.15 is rent. Offices of the size of o1 and o2 cost 0.60492 and 0.9 x 0.432.

    Against that o1 pays 1.0 and o2 0.9: levels of 1.653111 and 2.314815. Their mean over 2100 and
    900 visits is 1.851622. c3 has no office beside it: 1.9 / (0.60492 + 0.3888) = 1.912007.
    """

    def half(config: dict[str, Any]) -> None:
        config["costs"]["extension_rent_share"] = 0.5

    levels = {"c3": 1.912007, "o1": 1.653111, "o2": 2.314815}
    sites = pd.read_csv(run / "inputs/sites.csv", dtype={"municipality_code": str})
    rent = 0.075 * sites["office_id"].map(levels) / 1.851622
    sites["extension_rent_mnkr_per_1000_visits"] = rent
    sites["extension_mnkr_per_1000_visits"] = 0.075 + rent
    sites.to_csv(run / "inputs/sites.csv", index=False)
    reconfigure(run, half)
    assert places(verify(run), "room_prices") == []


def test_what_the_config_does_not_state_is_left_out(run: Path) -> None:
    def forget(config: dict[str, Any]) -> None:
        for key in ("total_mnkr", "wage_mnkr_per_fte", "staff_travel", "extension_rent_share"):
            del config["costs"][key]
        del config["demand"]["productivity_growth"]
        config["budget"] = {"carry_in": 0.5}
        config["modes"] = {mode: {} for mode in config["modes"]}
        config["modes"]["reduced"]["conversion_cost_mnkr"] = 0.3

    reconfigure(run, forget)
    assert places(verify(run), "years", "site_modes", "room_prices") == []


@pytest.mark.parametrize(
    ("rule", "partners", "lacking"),
    [
        ("anywhere", {}, []),
        ("on_record", {}, ["c3", "o1", "o2"]),
        ("on_record", {"o1": "Kommunen"}, ["c3", "o2"]),
        ("in_municipality", {"o1": "Kommunen"}, ["c3"]),
    ],
)
def test_a_mode_without_the_partner_that_it_asks_for_is_found(
    run: Path, rule: str, partners: dict[str, str], lacking: list[str]
) -> None:
    """Mobile is shared premises here, and o1 and o2 lie in one municipality."""

    def share(config: dict[str, Any]) -> None:
        config["modes"]["mobile"]["premises"] = "colocated"
        config["requirements"]["partners"] = {"colocated": rule}

    file = run / "inputs/sites.csv"
    sites = pd.read_csv(file, dtype=str, keep_default_na=False)
    sites["partner"] = [partners.get(office, "") for office in sites["office_id"]]
    sites["municipality_code"] = sites["municipality_code"].replace("0002", "0001")
    sites.to_csv(file, index=False)
    reconfigure(run, share)
    found = verify(run)
    assert places(found, "site_modes") == [
        f"inputs/site_modes.csv, partner {rule}, office_id {office}, mode mobile"
        for office in lacking
    ]
    rows = found.requirements.set_index(["requirement", "year"])
    assert rows.loc[("partners", "2026"), "value"] == ("c3" in lacking)  # mobile in the plan
    told = " ".join(places(found, "requirements"))
    assert ("requirements.csv, requirement partners" in told) == ("c3" in lacking)


def test_a_partner_is_not_asked_for_where_the_rule_is_off(run: Path) -> None:
    def off(config: dict[str, Any]) -> None:
        config["requirements"]["partners"] = {"mobile": "on_record", "on": False}

    reconfigure(run, off)
    assert places(verify(run), "site_modes") == []


# Runs whose assembly is wrong, with everything that follows from it.


def evaluated(folder: Path, **changes: object) -> int:
    """Today's network counted in a new folder; the exit code: 4 where it does not verify."""
    config = write_case(folder, **changes)
    plan = str(folder / "plan.csv") if (folder / "plan.csv").exists() else "today"
    return main(["evaluate", str(config), "--plan", plan, "--out", str(folder / "run"), "--quiet"])


def times(owner: type, name: str, factor: float, plus: float = 0.0) -> Callable[..., float]:
    """A method of the config, with another result."""
    right = getattr(owner, name)
    return lambda *given: right(*given) * factor + plus


#: What is wrong: a method of the config, its factor and addition, and the column it shows in.
MEANS = (
    (Budget, "appropriation_mnkr", 1.0, 25.0, "appropriation_mnkr"),
    (Budget, "credit_limit_mnkr", 9.0, 0.0, "credit_limit_mnkr"),
    (Budget, "saving_limit_mnkr", 2.0, 0.0, "saving_limit_mnkr"),
)
PRICES = (
    (Costs, "price_index", 0.5, 0.0, "price_index"),
    (Costs, "rent_index", 0.7, 0.0, "rent_index"),
    (Costs, "wage_index", 0.9, 0.0, "wage_mnkr_per_fte"),
)
RAISED = ((Costs, "compensation", 1.1, 0.0, "compensation_index"),)


@pytest.mark.parametrize("wrong", [MEANS, PRICES, RAISED], ids=["means", "prices", "raised"])
def test_wrong_means_and_prices_are_found_with_all_that_follows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: tuple[tuple[type, str, float, float, str], ...],
) -> None:
    for owner, name, factor, plus, _ in wrong:
        monkeypatch.setattr(owner, name, times(owner, name, factor, plus))
    assert evaluated(tmp_path) == 4
    told = capsys.readouterr().err
    for *_, column in wrong:
        assert f"inputs/years.csv, year 2025, column {column}" in told, column


#: What is wrong in the base year, and where it shows.
BASE = {
    "productivity": "years.csv, year 2024, column productivity_visits_per_fte_year",
    "central_mnkr": "years.csv, year 2025, column central_mnkr",
    "premises": "site_modes.csv, office_id k1, mode staffed, column premises_mnkr",
    "local": "site_modes.csv, office_id k1, mode reduced, column local_mnkr",
    "pay": "site_modes.csv, office_id k1, mode flexible, column staff_travel_pay_mnkr",
    "driving": "site_modes.csv, office_id k1, mode flexible, column staff_travel_mnkr",
}


def test_a_wrong_base_year_is_found_with_all_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = reading._numbers

    def wrong(baseline: Any) -> Any:
        base = right(baseline)
        return replace(base, **{key: 0.8 * getattr(base, key) for key in BASE})

    monkeypatch.setattr(reading, "_numbers", wrong)
    assert evaluated(tmp_path) == 4
    told = capsys.readouterr().err
    for key, where in BASE.items():
        assert f"inputs/{where}" in told, key


def test_a_plan_of_shared_offices_without_any_partner_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def everywhere(scenario: Any, sites: pd.DataFrame, states: Any) -> Any:
        return np.ones((len(sites), len(states)), dtype=bool)

    monkeypatch.setattr(possible_states, "by_partner", everywhere)
    modes = {f"k{k}": "staffed_colocated" if k == 5 else "staffed" for k in range(1, 7)}
    plan = [(site, year, mode) for site, mode in modes.items() for year in (2025, 2026)]
    table = pd.DataFrame(plan, columns=["office_id", "year", "mode"])
    table.to_csv(tmp_path / "plan.csv", index=False)
    assert evaluated(tmp_path) == 4
    told = capsys.readouterr().err
    assert "partner on_record, office_id k5, mode staffed_colocated" in told
    assert "requirements.csv, requirement partners, scope nation, year 2025, column value" in told


CUT = {"base_appropriation": 30.0, "cut": {2025: 1, 2026: 2, 2027: None}, "other_income": 0.5}
RISING = {
    **COSTS,
    "compensation_index": {2025: 1.02, 2026: 1.04},
    "gross_price_index": {2026: 1.05},
    "gross_rent_index": {2026: 1.09},
    "gross_wage_index": {2025: 1.033},
}
NET = {**COSTS, "net_price_index": {2025: 1.01}, "net_wage_index": {2026: 0.98}}
PARTNERS: dict[str, object] = {"k1": "Falu kommun", "k4": "Region Dalarna"}
OFF = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}


@pytest.mark.parametrize(
    ("changes", "offices"),
    [
        ({}, {}),
        ({"budget": {**CUT, "saving_limit": {"share": 0.03}}, "costs": RISING}, {}),
        ({"budget": {**CUT, "credit_limit": {"share": 0.01}}, "costs": NET}, {}),
        ({"budget": {"base_appropriation": None, "appropriation": {2025: 31, 2026: 30}}}, {}),
        ({"costs": {**COSTS, "central_fte": 100.0}}, {}),  # all of central cost is pay
        ({}, {"partner": PARTNERS}),
        ({"requirements": {**OFF, "partners": {"mobile": "on_record"}}}, {"partner": PARTNERS}),
        (
            {"requirements": {**OFF, "partners": {"colocated": "in_municipality"}}},
            {"partner": PARTNERS, "municipality_code": {"k2": "2080"}},
        ),
        ({"requirements": {**OFF, "partners": {"colocated": "anywhere"}}}, {}),
        ({"requirements": {**OFF, "partners": {"on": False}}}, {}),
        (
            {"demand": {"productivity_growth": 0.03, "peak_factor": 1.5}},
            {
                "open_days": {"k2": 4, "k6": 2},
                "mode": {"k6": "reduced", "k3": "flexible", "k5": "mobile"},
                "fte": {"k1": 4.5},
                "premises_cost_mnkr": {"k4": 0.9},
                "local_cost_mnkr": {"k4": 0.2, "k5": 0.1},
            },
        ),
        ({}, {"services": {"k1": "general;id_check"}}),
    ],
    ids=lambda value: " ".join(value) or "as it is",
)
def test_a_right_run_has_no_findings(
    tmp_path: Path, changes: dict[str, object], offices: dict[str, dict[str, object]]
) -> None:
    config = write_case(tmp_path, **changes)
    table = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    for column, own in offices.items():
        before = table.get(column, pd.Series("", table.index))
        told = zip(table["office_id"], before, strict=True)
        table[column] = [str(own.get(office, value)) for office, value in told]
    table.to_csv(tmp_path / "offices.csv", index=False)
    out = tmp_path / "run"
    code = main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"])
    assert code in (0, 1)
    result = verify(out)
    assert result.ok
    counts = {check.name: check.values for check in result.checks}
    assert counts["years"] >= 32 and counts["site_modes"] > 100
