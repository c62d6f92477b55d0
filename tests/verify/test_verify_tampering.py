"""Whatever is changed in a finished run, the audit finds it and names the place."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.problems import InputError
from optimizer.verify import Verification, verify
from tests.soak import sampled
from tests.verify import tiny_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tiny_run.write(tmp_path / "run")


def change(file: Path, row: dict[str, Any], column: str, value: Any) -> None:
    """Set one cell; ``row`` names it by some of its columns."""
    edit(file, lambda table: table.assign(**{column: _changed(table, row, column, value)}))


def _changed(table: pd.DataFrame, row: dict[str, Any], column: str, value: Any) -> list[Any]:
    hit = _rows(table, row)
    return [value if here else cell for here, cell in zip(hit, table[column], strict=True)]


def _rows(table: pd.DataFrame, row: dict[str, Any]) -> "pd.Series[bool]":
    hit = pd.Series(True, index=table.index)
    for key, cell in row.items():
        hit &= table[key].astype(str) == str(cell)
    assert hit.sum() == 1, f"{row} names {hit.sum()} rows"
    return hit


def edit(file: Path, new: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    if file.suffix == ".parquet":
        new(pd.read_parquet(file)).to_parquet(file)
    else:
        new(pd.read_csv(file, dtype=str, keep_default_na=False)).to_csv(file, index=False)


def edit_json(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def assert_found(result: Verification, check: str, *words: str) -> None:
    """The audit fails, and a finding of the check names all the words in its place."""
    places = [one.where for one in result.findings if one.check == check]
    assert not result.ok
    assert any(all(word in place for word in words) for place in places), places


O2_2025 = {"office_id": "o2", "year": 2025}
O1_2026 = {"office_id": "o1", "year": 2026}
MOVE = {"kind": "move", "from_office_id": "o2"}
LET_GO = {"kind": "redundant", "from_office_id": "o1"}
LEAVES = {"kind": "attrition", "from_office_id": "o2"}
FLOW = {"zone_id": "z2", "year": 2025, "need": 1}
REGION = {"division": "fa", "region_code": "A", "year": 2025, "need": 2}
COVERAGE = {"requirement": "region_coverage", "scope": "fa:B", "year": 2026}
MEANS = {"requirement": "budget_by_year", "year": "2025"}


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "check"),
    [
        ("plan.csv", O1_2026, "mode", "staffed", "actions"),
        ("plan.csv", O1_2026, "mode", "unheard_of", "plan"),
        ("plan.csv", O1_2026, "action", "keep", "actions"),
        ("plan.csv", O2_2025, "action", "close", "actions"),
        ("plan.csv", O2_2025, "into_office_id", "c3", "actions"),
        ("plan.csv", O2_2025, "leaves_municipality", "False", "actions"),
        ("plan.csv", O1_2026, "municipality_code", "0002", "plan"),
        ("plan.csv", O1_2026, "visits", "2400.0", "offices"),
        ("plan.csv", O1_2026, "fte", "3.3", "offices"),
        ("plan.csv", O1_2026, "cost_mnkr", "4.4", "offices"),
        ("plan.csv", O1_2026, "recurring_mnkr", "4.3", "offices"),
        ("assignments.parquet", FLOW, "office_id", "c3", "assignments"),
        ("assignments.parquet", FLOW, "minutes", 29.98, "assignments"),
        ("assignments.parquet", FLOW, "waiting_minutes", 4.0, "assignments"),
        ("assignments.parquet", FLOW, "visits", 540.5, "assignments"),
        ("assignments.parquet", FLOW, "lost_visits", 0.0, "assignments"),
        ("zones.parquet", FLOW, "population", 601, "zones"),
        ("zones.parquet", FLOW, "minutes_before", 5.0, "zones"),
        ("zones.parquet", FLOW, "minutes_after", 4.0, "zones"),
        ("zones.parquet", FLOW, "waiting_before", 0.0, "zones"),
        ("zones.parquet", FLOW, "waiting_after", 4.0, "zones"),
        ("zones.parquet", FLOW, "visits_before", 599.0, "zones"),
        ("zones.parquet", FLOW, "visits_after", 600.0, "zones"),
        ("regions.csv", REGION, "service_points", "2", "regions"),
        ("regions.csv", REGION, "required", "1", "regions"),
        ("regions.csv", REGION, "population", "1601", "regions"),
        ("regions.csv", REGION, "mean_minutes_after", "14.36", "regions"),
        ("regions.csv", REGION, "p90_minutes_after", "5.0", "regions"),
        ("regions.csv", REGION, "p90_minutes_before", "4.0", "regions"),
        ("regions.csv", REGION, "share_within_30_after", "0.99", "regions"),
        ("requirements.csv", COVERAGE, "value", "2.0", "requirements"),
        ("requirements.csv", COVERAGE, "limit", "2.0", "requirements"),
        ("requirements.csv", COVERAGE, "margin", "1.0", "requirements"),
        ("requirements.csv", COVERAGE, "holds", "False", "requirements"),
        ("requirements.csv", COVERAGE, "binding", "False", "requirements"),
        ("requirements.csv", COVERAGE, "unit", "visits", "requirements"),
        ("requirements.csv", MEANS, "margin", "3.0", "requirements"),
        ("requirements.csv", MEANS, "value", "7.0", "requirements"),
    ],
)
def test_a_changed_cell_is_found(
    run: Path, file: str, row: dict[str, Any], column: str, value: Any, check: str
) -> None:
    change(run / file, row, column, value)
    result = verify(run)
    name = str(next(iter(row.values())))
    assert_found(result, check, file, name, "column")
    if column != "mode":
        assert_found(result, check, file, name, f"column {column}")
    assert_found(result, "hashes", "manifest.json", file)


@pytest.mark.parametrize(
    ("row", "column", "value", "check", "place"),
    [
        (MOVE, "fte", "1.0", "staff", "year 2025, office_id o2, balance"),
        (MOVE, "fte", "1.0", "staff", "year 2025, office_id o1, balance"),
        (MOVE, "fte", "1.0", "budget", "item relocation"),
        (MOVE, "fte", "-1.0", "staff", "column fte"),
        (MOVE, "to_office_id", "c3", "staff", "move from o2 to c3"),
        (MOVE, "to_office_id", "", "staff", "column to_office_id"),
        (MOVE, "kind", "loan", "staff", "column kind"),
        (LET_GO, "fte", "0.1", "staff", "year 2026, office_id o1, balance"),
        (LET_GO, "fte", "0.1", "budget", "item redundancy"),
        (LET_GO, "fte", "0.1", "key_figures", "redundant_fte"),
        (LET_GO, "fte", "0.1", "requirements", "staff_balance"),
        (LET_GO, "from_office_id", "o9", "staff", "column from_office_id"),
        (LET_GO, "year", "2024", "staff", "column year"),
        (LEAVES, "fte", "0.3", "staff", "office_id o2, attrition"),
    ],
)
def test_a_changed_flow_of_staff_is_found(
    run: Path, row: dict[str, Any], column: str, value: str, check: str, place: str
) -> None:
    change(run / "staff.csv", row, column, value)
    assert_found(verify(run), check, place)


def test_staff_that_does_not_follow_a_demanded_merger_is_found(run: Path) -> None:
    config = json.loads((run / "inputs/config.json").read_text())
    offices = {"merge": [{"from": "o2", "into": "o1"}]}
    edit_json(run / "inputs/config.json", offices=config["offices"] | offices)
    places = [one.where for one in verify(run).findings if one.check == "staff"]
    assert places == []
    edit(run / "staff.csv", lambda table: table[table["kind"] != "move"])
    assert_found(verify(run), "staff", "merger of o2 into o1")


def test_flows_of_staff_where_nobody_follows_them_are_found(run: Path) -> None:
    config = json.loads((run / "inputs/config.json").read_text())
    rules = config["requirements"] | {"staff_balance": {"on": False}}
    edit_json(run / "inputs/config.json", requirements=rules)
    assert_found(verify(run), "staff", "staff.csv")


ITEMS = dict.fromkeys(item for _, item in tiny_run.money())


@pytest.mark.parametrize("item", sampled(ITEMS, usual=5))
def test_a_changed_amount_of_the_budget_is_found_in_every_year(run: Path, item: str) -> None:
    """No amount is recomputed from another one that is printed: each is found, and nothing else."""
    table = tiny_run.budget()
    rows = table["item"] == item
    table["amount_mnkr"] += 0.01 * rows
    table.to_csv(run / "budget.csv", index=False)
    found = [one.where for one in verify(run).findings if one.check != "hashes"]
    assert found == [
        f"budget.csv, year {year}, item {item}, column amount_mnkr" for year in table["year"][rows]
    ]


TABLES = {
    "plan.csv": ("plan", "office_id"),
    "assignments.parquet": ("assignments", "zone_id"),
    "zones.parquet": ("zones", "zone_id"),
    "regions.csv": ("regions", "region_code"),
    "budget.csv": ("budget", "item"),
    "requirements.csv": ("requirements", "requirement"),
}


@pytest.mark.parametrize("file", TABLES)
def test_a_deleted_row_is_found(run: Path, file: str) -> None:
    check, key = TABLES[file]
    edit(run / file, lambda table: table.iloc[1:])
    result = verify(run)
    assert_found(result, check, file, key)
    assert any(one.found == "no row" for one in result.findings)


@pytest.mark.parametrize("file", TABLES)
def test_a_row_that_stands_twice_is_found(run: Path, file: str) -> None:
    check, key = TABLES[file]
    edit(run / file, lambda table: pd.concat([table, table.iloc[:1]]))
    result = verify(run)
    assert_found(result, check, file, key)
    assert any(one.found == "the row once more" for one in result.findings)


@pytest.mark.parametrize("file", TABLES)
def test_an_added_row_is_found(run: Path, file: str) -> None:
    check, key = TABLES[file]
    edit(run / file, lambda table: pd.concat([table, table.iloc[:1].assign(**{key: "new"})]))
    assert_found(verify(run), check, file, f"{key} new")


@pytest.mark.parametrize("file", ["assignments.parquet", "zones.parquet"])
def test_a_row_of_another_year_is_found(run: Path, file: str) -> None:
    edit(run / file, lambda table: pd.concat([table, table.iloc[:1].assign(year=2031)]))
    assert_found(verify(run), TABLES[file][0], file, "year 2031")


def test_another_service_is_found(run: Path) -> None:
    change(run / "assignments.parquet", FLOW, "service", "id_check")
    assert_found(verify(run), "assignments", "column service")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("objective", 100_000.0),
        ("objective_today", 71_399.0),
        ("gap", 0.001),
        ("gap_total", 0.02),
        ("bound", math.inf),
        ("gap", None),
    ],
)
def test_a_changed_certificate_is_found(run: Path, key: str, value: float | None) -> None:
    edit_json(run / "summary.json", **{key: value})
    assert_found(verify(run), "certificate", f"summary.json, {key}")


def test_a_bound_above_the_objective_is_found(run: Path) -> None:
    edit_json(run / "summary.json", bound=tiny_run.summary()["objective"] * 1.001)
    assert_found(verify(run), "certificate", "summary.json, bound")


@pytest.mark.parametrize("status", ["optimal", "finished", None])
def test_a_status_that_the_gap_does_not_allow_is_found(run: Path, status: str | None) -> None:
    edit_json(run / "summary.json", status=status)
    assert_found(verify(run), "certificate", "summary.json, status")


def test_a_gap_beyond_the_one_asked_for_is_not_reached(run: Path) -> None:
    config = json.loads((run / "inputs/config.json").read_text(encoding="utf-8"))
    edit_json(run / "inputs/config.json", solver=config["solver"] | {"gap": 0.0001})
    assert_found(verify(run), "certificate", "summary.json, status")
    edit_json(run / "summary.json", status="time_limit")
    assert {one.check for one in verify(run).findings} == {"hashes"}


@pytest.mark.parametrize("status", ["optimal", "time_limit"])
def test_a_plan_that_was_sought_has_a_bound(run: Path, status: str) -> None:
    edit_json(run / "summary.json", status=status, bound=None, gap=None, gap_total=None)
    assert_found(verify(run), "certificate", "summary.json, gap")


def test_a_year_left_out_of_the_summary_is_found(run: Path) -> None:
    edit_json(run / "summary.json", years=tiny_run.summary()["years"][:-1])
    assert_found(verify(run), "key_figures", "summary.json, years")


def test_a_run_without_its_manifest_is_none(run: Path) -> None:
    (run / "manifest.json").unlink()
    with pytest.raises(InputError, match=r"manifest\.json"):
        verify(run)


def test_a_plan_without_a_bound_has_no_gap(run: Path) -> None:
    edit_json(run / "summary.json", status="evaluated", bound=None, gap=None, gap_total=None)
    assert {one.check for one in verify(run).findings} == {"hashes"}


def test_every_changed_key_figure_is_found(run: Path) -> None:
    years = tiny_run.summary()["years"]
    keys = [key for key in years[2] if key != "year"]
    years[2] |= {key: years[2][key] * 1.01 + 1 for key in keys}
    edit_json(run / "summary.json", years=years)
    places = [one.where for one in verify(run).findings if one.check == "key_figures"]
    assert sorted(places) == sorted(f"summary.json, years, 2026, {key}" for key in keys)


def test_a_changed_input_is_found(run: Path) -> None:
    row = {"office_id": "o2", "mode": "mobile"}  # a mode that nobody uses
    change(run / "inputs/site_modes.csv", row, "premises_mnkr", "0.3")
    findings = verify(run).findings
    assert {one.where for one in findings} == {
        "inputs/sha256.json, inputs/site_modes.csv",
        "manifest.json, inputs/site_modes.csv",
        "inputs/site_modes.csv, office_id o2, mode mobile, column premises_mnkr",
    }


def test_a_changed_hash_is_found(run: Path) -> None:
    edit_json(run / "inputs/sha256.json", **{"sites.csv": "0" * 64})
    assert_found(verify(run), "hashes", "inputs/sha256.json, inputs/sites.csv")


def test_an_input_without_a_hash_and_a_hash_without_a_file_are_found(run: Path) -> None:
    (run / "inputs/extra.csv").write_text("a\n")
    edit_json(run / "inputs/sha256.json", **{"gone.csv": "0" * 64})
    result = verify(run)
    assert_found(result, "hashes", "inputs/extra.csv")
    assert_found(result, "hashes", "inputs/gone.csv")


def test_nobody_is_redundant_who_could_move(run: Path) -> None:
    """In 2025 the staff of o2 moves to o1; let go instead, with as many hired, all adds up."""
    before = pd.read_csv(run / "staff.csv", keep_default_na=False)
    move = (before["year"] == 2025) & (before["kind"] == "move")
    fte = float(before.loc[move, "fte"].iloc[0])
    table = before[~move].copy()
    table.loc[(table["year"] == 2025) & (table["kind"] == "hire"), "fte"] += fte
    let_go = pd.DataFrame([(2025, "redundant", "o2", "", fte)], columns=table.columns)
    pd.concat([table, let_go]).to_csv(run / "staff.csv", index=False)
    assert_found(verify(run), "staff", "year 2025", "redundant in all")


def test_what_is_no_run_at_all_is_one_sentence(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    for name, found in (
        ("nope", "no such folder"),
        ("empty", "a folder without any file of a run"),
        ("run/plan.csv", "a file"),
    ):
        with pytest.raises(InputError) as caught:
            verify(tmp_path / name)
        (problem,) = caught.value.problems
        assert problem.found == found and problem.where == str(tmp_path / name)
    (run / "plan.csv").unlink()
    monkeypatch.chdir(run)
    with pytest.raises(InputError, match=r"run/plan\.csv"):
        verify(Path())
