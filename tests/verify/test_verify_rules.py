"""The audit of rules, ties, mergers and folders that are no run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.problems import InputError
from optimizer.verify import Verification, verify
from optimizer.verify.coverage import access, p90
from optimizer.verify.options import NOBODY, nearest
from tests.verify import tiny_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tiny_run.write(tmp_path / "run")


def reconfigure(run: Path, **sections: Any) -> None:
    """Change the config of a run, and its hash with it."""
    file = run / "inputs/config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | sections))
    hashes = json.loads((run / "inputs/sha256.json").read_text())
    hashes["config.json"] = tiny_run.sha256(file)
    (run / "inputs/sha256.json").write_text(json.dumps(hashes))


def requirement(result: Verification, name: str, scope: str, year: int) -> dict[str, Any]:
    table = result.requirements
    rows = table[
        (table["requirement"] == name) & (table["scope"] == scope) & (table["year"] == str(year))
    ]
    assert len(rows) == 1
    return {str(key): value for key, value in rows.to_dict("records")[0].items()}


def test_a_complete_run_passes(run: Path) -> None:
    result = verify(run)
    assert [one.sentence for one in result.findings] == []
    assert result.ok
    assert all(check.values > 0 for check in result.checks)
    assert len(result.requirements) == len(tiny_run.requirements())


@pytest.mark.parametrize(
    ("rules", "name", "scope", "value", "limit", "margin"),
    [
        # Two points are one too many for region B, which has c3 alone.
        (
            {"region_coverage": [{"division": "fa", "min_points": 2, "from": 2026}]},
            *("region_coverage", "fa:B", 1, 2, -1),
        ),
        # c3 is mobile in 2026, and none is allowed.
        (
            {"mode_limits": [{"mode": "mobile", "at_most": 0, "sites": "candidates"}]},
            *("mode_limits", "mobile:candidates", 1, 0, -1),
        ),
    ],
)
def test_a_broken_rule_contradicts_a_solved_status(
    run: Path,
    rules: dict[str, Any],
    name: str,
    scope: str,
    value: int,
    limit: int,
    margin: int,
) -> None:
    reconfigure(run, requirements=tiny_run.CONFIG["requirements"] | rules)
    result = verify(run)
    row = requirement(result, name, scope, 2026)
    assert (row["value"], row["limit"], row["margin"]) == (value, limit, margin)
    assert not row["holds"]
    where = [one.where for one in result.findings]
    assert f"summary.json, status, against {name} {scope} 2026" in where


@pytest.mark.parametrize(
    ("offices", "scope"),
    [
        ({"close": [{"office": "o1"}]}, "close:o1"),
        ({"keep": [{"office": "o2"}]}, "keep:o2"),
        ({"mode": [{"office": "o1", "mode": "staffed"}]}, "mode:o1"),
        ({"merge": [{"from": "o1", "into": "c3"}]}, "merge:o1"),
    ],
)
def test_a_decision_that_the_plan_ignores_does_not_hold(
    run: Path, offices: dict[str, Any], scope: str
) -> None:
    reconfigure(run, offices=offices)
    row = requirement(verify(run), "fixed_decisions", scope, 2026)
    assert (row["value"], row["margin"], row["holds"]) == (0, -1, False)


def test_an_evaluated_plan_may_break_a_rule_if_it_says_so(run: Path) -> None:
    """A plan that was only evaluated claims nothing; its row of the requirement says `false`."""
    limit = {"mode": "reduced", "at_most": 0, "sites": "offices"}  # o1 is reduced in 2026
    reconfigure(run, requirements=tiny_run.CONFIG["requirements"] | {"mode_limits": [limit]})
    table = tiny_run.requirements()
    rows = (table["requirement"] == "mode_limits").to_numpy()
    table["limit"] = np.where(rows, 0, table["limit"])
    table["margin"] = np.where(rows, -table["value"], table["margin"])
    table["holds"] = table["margin"] >= 0
    table["binding"] = np.where(rows, table["holds"], table["binding"])
    table.to_csv(run / "requirements.csv", index=False)
    summary = tiny_run.summary() | {"status": "evaluated"}
    (run / "summary.json").write_text(json.dumps(summary))
    assert {one.check for one in verify(run).findings} == {"hashes"}  # manifest of another plan


def test_upgrades_reopenings_and_closed_candidates_are_counted(run: Path) -> None:
    plan = tiny_run.plan().set_index(["office_id", "year"])
    plan.loc[("o1", 2025), "mode"] = "mobile"  # raised to reduced in 2026
    plan.loc[("o2", 2026), "mode"] = "mobile"  # closed in 2025
    plan.reset_index().to_csv(run / "plan.csv", index=False)
    assert requirement(verify(run), "transition", "nation", 2026)["value"] == 2
    reconfigure(
        run, requirements=tiny_run.CONFIG["requirements"] | {"transition": {"upgrades": True}}
    )
    assert requirement(verify(run), "transition", "nation", 2026)["value"] == 1
    plan.loc[("c3", 2025), "mode"] = "mobile"
    plan.loc[("c3", 2026), "mode"] = "closed"
    plan.reset_index().to_csv(run / "plan.csv", index=False)
    assert requirement(verify(run), "transition", "nation", 2026)["value"] == 2


def test_conversions_are_counted_where_none_is_allowed(run: Path) -> None:
    """o1 becomes reduced in 2026; o2 closes in 2025 and c3 opens, which are no conversions."""
    rules = tiny_run.CONFIG["requirements"] | {"transition": {"conversions": False}}
    reconfigure(run, requirements=rules)
    result = verify(run)
    assert requirement(result, "transition", "nation", 2025)["value"] == 0
    row = requirement(result, "transition", "nation", 2026)
    assert (row["value"], row["holds"]) == (1, False)


def test_rules_that_are_off_have_no_rows(run: Path) -> None:
    off = {"transition": {"on": False}, "partners": {"on": False}, "region_coverage": []}
    reconfigure(run, requirements=off)
    names = set(verify(run).requirements["requirement"])
    assert names.isdisjoint({"transition", "partners", "region_coverage", "mode_limits"})


def test_a_mode_that_the_site_may_not_have_breaks_partners(run: Path) -> None:
    table = pd.read_csv(run / "inputs/site_modes.csv")
    mobile_at_c3 = (table["office_id"] == "c3") & (table["mode"] == "mobile")
    table[~mobile_at_c3].to_csv(run / "inputs/site_modes.csv", index=False)
    result = verify(run)
    row = requirement(result, "partners", "nation", 2026)
    assert (row["value"], row["holds"]) == (1, False)
    assert "plan.csv, office_id c3, year 2026, column mode" in [
        one.where for one in result.findings if one.check == "plan"
    ]


def test_far_offices_close_and_near_ones_merge(run: Path) -> None:
    """o2 is 30 minutes from o1: a merger within 45 minutes, a closure within 29."""
    reconfigure(run, demand=tiny_run.CONFIG["demand"] | {"merger_minutes": 29})
    found = [one for one in verify(run).findings if one.check == "actions"]
    assert [(one.found, one.recomputed) for one in found] == [("merge", "close")]


def test_without_minutes_between_sites_both_words_pass(run: Path) -> None:
    (run / "inputs/site_minutes.parquet").unlink()
    assert not [one for one in verify(run).findings if one.check == "actions"]


def test_a_demanded_merger_is_a_merger_into_the_office_named(run: Path) -> None:
    reconfigure(
        run,
        offices={"merge": [{"from": "o2", "into": "c3"}]},
        demand=tiny_run.CONFIG["demand"] | {"merger_minutes": 1},
    )
    found = [one for one in verify(run).findings if one.check == "actions"]
    assert [(one.found, one.recomputed) for one in found] == [("o1", "c3")]


def test_a_plan_that_serves_nobody_is_told_and_does_not_crash(run: Path) -> None:
    tiny_run.plan().assign(mode="closed").to_csv(run / "plan.csv", index=False)
    result = verify(run)
    row = requirement(result, "assignment", "nation", 2025)
    assert (row["value"], row["limit"], row["holds"]) == (0, 3000, False)
    assert not result.ok


def test_inputs_that_contradict_themselves_are_refused(run: Path) -> None:
    modes = pd.read_csv(run / "inputs/site_modes.csv")
    pd.concat([modes, modes.iloc[:1]]).to_csv(run / "inputs/site_modes.csv", index=False)
    demand = pd.read_parquet(run / "inputs/demand.parquet")
    demand.assign(zone_id="z9").to_parquet(run / "inputs/demand.parquet")
    with pytest.raises(InputError) as refused:
        verify(run)
    places = [problem.where for problem in refused.value.problems]
    assert places == ["inputs/site_modes.csv", "inputs/demand.parquet, column zone_id"]


def test_ties_go_to_the_first_office_id() -> None:
    """10.1 + 8 and 18.1 + 0 are both 18.1 minutes, though not in binary; 18.09 is less."""
    minutes = np.array([[10.1, 18.1], [18.1, 10.1], [18.1, 10.09]])
    everywhere = np.array([True, True])
    assert nearest(minutes, np.array([8.0, 0.0]), everywhere).tolist() == [0, 1, 1]
    assert nearest(minutes, np.array([0.0, 8.0]), everywhere).tolist() == [0, 0, 1]
    assert nearest(minutes, np.array([0.0, 8.0]), ~everywhere).tolist() == [NOBODY] * 3


def test_p90_is_the_smallest_minutes_that_ninety_percent_are_within() -> None:
    people = np.ones(10)
    assert p90(people, np.arange(10.0)) == 8.0  # 0 .. 8 are nine of ten
    assert p90(np.array([89.0, 11.0]), np.array([1.0, 50.0])) == 50.0
    assert access(people, np.full(10, 60.0), "after")["share_within_60_after"] == 1.0


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        verify(tmp_path)
    places = [problem.where for problem in refused.value.problems]
    assert places == [str(tmp_path)]


def test_all_broken_cells_and_columns_are_told_at_once(run: Path) -> None:
    tiny_run.plan().drop(columns="fte").to_csv(run / "plan.csv", index=False)
    budget = tiny_run.budget().astype(str)
    budget.loc[3, "amount_mnkr"] = "much"
    budget.to_csv(run / "budget.csv", index=False)
    (run / "summary.json").write_text("no json")
    with pytest.raises(InputError) as refused:
        verify(run)
    told = [(problem.where, problem.found) for problem in refused.value.problems]
    assert ("budget.csv row 5, column amount_mnkr", '"much"') in told
    assert {"plan.csv", "summary.json"} <= {where for where, _ in told}


def test_a_config_without_its_numbers_is_refused(run: Path) -> None:
    reconfigure(run, demand={}, offices={"keep": [{"office": "nowhere"}]})
    with pytest.raises(InputError) as refused:
        verify(run)
    places = [problem.where for problem in refused.value.problems]
    assert "inputs/config.json: demand.peak_factor" in places
    assert "inputs/config.json: offices.keep[0]" in places
