"""`evaluate`: plans made by people, counted with the same outputs, and measured against a bound."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from optimizer import __version__
from optimizer.cli import main
from optimizer.commands import evaluation, writing
from optimizer.commands.broken import plain
from optimizer.outputs.publications import publish
from optimizer.solving.proof import NoPlan
from optimizer.verify import Verification, verify
from tests.run.small_case import write_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small.yaml and its solved run."""
    folder = tmp_path_factory.mktemp("evaluate")
    config = write_case(folder)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder


def evaluated(case: Path, plan: str, out: Path, *more: str) -> tuple[int, dict[str, object]]:
    options = ["--plan", plan, "--out", str(out), "--quiet", *more]
    code = main(["evaluate", str(case / "small.yaml"), *options])
    file = out / "summary.json"
    return code, json.loads(file.read_text()) if file.is_file() else {}


def test_the_plan_of_a_run_counts_as_the_run_does(case: Path, tmp_path: Path) -> None:
    run = json.loads((case / "run" / "summary.json").read_text())
    plan = str(case / "run" / "plan.csv")
    code, summary = evaluated(case, plan, tmp_path / "out", "--against", str(case / "run"))
    assert code == 0
    assert summary["status"] == "evaluated"
    assert summary["objective"] == pytest.approx(run["objective"], rel=1e-9)
    assert summary["gap"] == pytest.approx(run["gap"], abs=1e-9)
    for name in ("plan.csv", "budget.csv", "regions.csv", "assignments.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (case / "run" / name).read_bytes()


def test_a_run_that_does_not_verify_is_not_written(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_other_amounts(folder: Path, **_: object) -> Verification:
        budget = pd.read_csv(folder / "budget.csv")
        budget["amount_mnkr"] += 0.01
        budget.to_csv(folder / "budget.csv", index=False)
        return verify(folder, finished=False)

    assert evaluated(case, "today", tmp_path / "out")[0] == 1
    before = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    monkeypatch.setattr(writing, "verify", of_other_amounts)
    assert evaluated(case, "today", tmp_path / "out")[0] == 4
    assert "budget.csv" in capsys.readouterr().err
    left = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert left == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_doing_nothing_shows_the_deficit(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, summary = evaluated(case, "today", tmp_path / "out")
    assert code == 1
    assert summary["objective"] == pytest.approx(summary["objective_today"])
    assert summary["bound"] is None
    told = capsys.readouterr().out
    assert "budget_by_year nation 2026" in told
    assert re.search(r"2026: \d\d\.\d+ mnkr against 27\.\d+, over by \d+\.\d+\.\n", told), told
    budget = pd.read_csv(tmp_path / "out" / "budget.csv", dtype={"year": str})
    margin = budget[(budget["item"] == "margin") & (budget["year"] == "2026")]["amount_mnkr"]
    assert float(margin.iloc[0]) < 0


def test_sites_and_years_that_are_not_named_stay(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "mine.csv"
    plan.write_text("office_id,year,mode\nk6,2025,reduced\n", encoding="utf-8")
    evaluated(case, str(plan), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "plan.csv").set_index(["office_id", "year"])["mode"]
    assert table["k6", 2025] == table["k6", 2026] == "reduced"
    others = table[table.index.get_level_values("office_id") != "k6"]
    assert (others == "staffed").all()


def test_a_bound_of_its_own(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = str(case / "run" / "plan.csv")
    code, summary = evaluated(case, plan, tmp_path / "out", "--bound", "12")
    assert code == 0
    run = json.loads((case / "run" / "summary.json").read_text())
    assert 0 < summary["bound"] <= run["objective"] * (1 + 1e-9)
    assert summary["distance"]["minutes_at_least"] <= summary["distance"]["minutes_at_most"] + 1.0
    assert summary["distance"]["mnkr_at_least"] >= 0.0
    assert "million visit-minutes; proved." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("proved", "said"),
    [
        (False, "In 0.7 seconds neither a plan nor a bound was found."),
        (True, "It is proved that no plan keeps every requirement."),
    ],
)
def test_a_search_that_finds_nothing_says_so(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    proved: bool,
    said: str,
) -> None:
    def in_vain(*_: object, **__: object) -> None:
        raise NoPlan(proved=proved, nearest=None)

    monkeypatch.setattr(evaluation, "prove", in_vain)
    assert evaluated(case, "today", tmp_path / "out", "--bound", "1")[0] == 1
    assert f"{said}\n" in capsys.readouterr().out
    assert evaluated(case, "today", tmp_path / "out", "--bound", "1", "--json")[0] == 1
    assert json.loads(capsys.readouterr().out)["search"] == said


def test_broken_rules_name_the_sites_and_write_plain_numbers(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hedemora is raised again, Falun is to be kept and Mora closes in a year too many."""
    config = tmp_path / "strict.yaml"
    config.write_text(
        f"extends: {case / 'small.yaml'}\nname: strict\noffices: {{keep: [{{office: k1}}]}}\n"
        "requirements: {transition: {closures: [{at_most: 1}]}}\n",
        encoding="utf-8",
    )
    plan = tmp_path / "mine.csv"
    rows = "k6,2025,reduced\nk6,2026,staffed\nk1,2026,closed\nk4,2026,closed\n"
    plan.write_text(f"office_id,year,mode\n{rows}", encoding="utf-8")
    options = ["--plan", str(plan), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 1
    told = capsys.readouterr().out
    moved = "1 change against 0, over by 1: Hedemora (k6) reduced - staffed."
    assert f"transition nation 2026: {moved}" in told
    both = "2 sites against 1, over by 1: Falun (k1) staffed - closed, Mora (k4) staffed - closed."
    assert f"transition closures:nation 2026: {both}" in told
    kept = "fixed_decisions keep:k1 2026: not kept: Falun (k1) staffed - closed."
    assert kept in told


def test_numbers_are_written_as_people_do() -> None:
    numbers = (2758760.6, 1000.4, 28.354, 28.5, 3.0, 0.89542, 0.00042, -1.5)
    written = ["2,758,761", "1,000", "28.35", "28.5", "3", "0.8954", "0.00042", "-1.5"]
    assert [plain(one) for one in numbers] == written


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("k9,2025,closed", "k9"),
        ("k1,2031,closed", "wrong.csv row 2, column year: one of 2025, 2026 (found '2031')"),
        ("Falum,2025,closed", "row 2, column office_id: an office_id or the name of an office"),
        ("Falum,2025,closed", "Did you mean Falun?"),
        ("k1,2025,closed\nFALUN,2025,reduced", "a second time"),
        ("k1,2025,palace", "palace"),
        ("k1,2025,staffed_colocated", "column mode, k1 2025"),
        ("k1,2025,closed\nk1,2025,reduced", "(found 'k1, 2025' a second time)"),
    ],
)
def test_a_wrong_plan_is_refused(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, words: str
) -> None:
    plan = tmp_path / "wrong.csv"
    plan.write_text(f"office_id,year,mode\n{rows}\n", encoding="utf-8")
    code, summary = evaluated(case, str(plan), tmp_path / "out")
    assert (code, summary) == (2, {})
    assert words in capsys.readouterr().err


def test_all_faults_of_a_plan_are_told_at_once(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "wrong.csv"
    rows = ["k1,2031,closed", "k2,2025,staffed_colocated", "k3,2025,palace", "Moras,2025,closed"]
    plan.write_text("office_id,year,mode\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert evaluated(case, str(plan), tmp_path / "out") == (2, {})
    lines = capsys.readouterr().err.splitlines()
    columns = ("2, column year", "3, column mode", "4, column mode", "5, column office_id")
    assert [line.split(":")[0].split(", k2")[0] for line in lines] == [
        f"wrong.csv row {where}" for where in columns
    ]


def test_a_plan_without_a_partner_is_told_what_else_it_breaks(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "wrong.csv"
    sooner = "k2,2025,closed\nk2,2026,staffed"
    plan.write_text(f"office_id,year,mode\nk1,2025,staffed_colocated\n{sooner}\n", "utf-8")
    assert evaluated(case, str(plan), tmp_path / "out") == (2, {})
    besides, mode = capsys.readouterr().err.splitlines()
    assert "wrong.csv row 2, column mode, k1 2025" in mode
    assert besides.startswith("wrong.csv: must keep the other requirements too (found broken: ")
    assert "transition" in besides and "fixed_decisions" not in besides


def test_a_plan_names_offices_as_people_do(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "mine.csv"
    plan.write_text("office_id,year,mode\nhedemora,2025,reduced\n", encoding="utf-8")
    evaluated(case, str(plan), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "plan.csv").set_index(["office_id", "year"])["mode"]
    assert table["k6", 2025] == "reduced"


def test_a_folder_is_no_plan_but_may_hold_one(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = case / "run"
    assert evaluated(case, str(run), tmp_path / "out") == (2, {})
    told = capsys.readouterr().err
    assert told == f"--plan {run}: must be a table (found a folder). Give {run / 'plan.csv'}.\n"


def test_a_plan_that_leaves_a_need_unserved_is_written_with_how_many_visits_that_are(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every office mobile in 2026: needs 2 and 3 are served by none, need 1 by all."""
    plan = tmp_path / "mobile.csv"
    rows = [f"k{j},2026,mobile" for j in range(1, 7)]
    plan.write_text("office_id,year,mode\n" + "\n".join(rows) + "\n", encoding="utf-8")
    config = tmp_path / "few.yaml"
    config.write_text(
        f"extends: {case / 'small.yaml'}\nname: few\n"
        "requirements: {mode_limits: [{mode: mobile, at_most: 2}]}\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    words = ["evaluate", str(config), "--plan", str(plan), "--out", str(out), "--quiet"]
    assert main(words) == 1
    assert verify(out).ok
    told = capsys.readouterr().out
    assert "assignment nation 2026" in told and "assignment nation 2025" not in told
    assert "mode_limits" in told

    zones = pd.read_csv(case / "zones.csv")["visits_per_year"].sum()
    broken = pd.read_csv(out / "requirements.csv").set_index(["requirement", "year"])
    margin = broken.loc[("assignment", "2026"), "margin"]
    assert margin == pytest.approx(-0.75 * zones, rel=0.02)
    ways = pd.read_parquet(out / "assignments.parquet")
    nowhere = ways[(ways["year"] == 2026) & (ways["need"] > 1)]
    assert (nowhere["office_id"] == "").all() and (nowhere["visits"] == 0.0).all()
    assert nowhere["lost_visits"].sum() == pytest.approx(-margin)
    others = ways.drop(nowhere.index)
    assert (others["office_id"] != "").all()
    travel = pd.read_parquet(out / "inputs" / "travel_minutes.parquet").drop(columns="zone_id")
    assert nowhere["minutes"].unique() == pytest.approx([travel.to_numpy().max()])

    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    stranded = [text for text in summary["warnings"] if "no open site serves" in text]
    assert [text[:4] for text in stranded] == ["2026", "2026"]
    assert "need 2" in stranded[0] and "need 3" in stranded[1]
    lost = others["lost_visits"].sum()
    paid = (ways["visits"] + ways["lost_visits"]) * (ways["minutes"] + ways["waiting_minutes"])
    minutes = paid.sum() + 60.0 * (nowhere["lost_visits"].sum() + lost)
    assert summary["objective"] == pytest.approx(minutes)


def test_the_report_and_the_map_of_a_plan_that_closes_everything(
    case: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "nothing.csv"
    rows = [f"k{j},2026,closed" for j in range(1, 7)]
    plan.write_text("office_id,year,mode\n" + "\n".join(rows) + "\n", encoding="utf-8")
    code, summary = evaluated(case, str(plan), tmp_path / "out")
    assert code == 1 and summary["status"] == "evaluated"
    publish(tmp_path / "out", ("html", "xlsx", "gpkg"), language="sv")
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "2026: inget öppet kontor betjänar" in report


def test_a_run_of_another_question_is_no_measure(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        f"extends: {case / 'small.yaml'}\nname: other\nbudget: {{carry_in: 0.5}}\n",
        encoding="utf-8",
    )
    options = ["--plan", "today", "--against", str(case / "run"), "--out", str(tmp_path / "out")]
    assert main(["evaluate", str(other), *options, "--quiet"]) == 2
    assert "differs in budget" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_bound_of_another_version_is_no_proof(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, words = tmp_path / "run", ["--against", str(tmp_path / "run")]
    shutil.copytree(case / "run", run)
    plan = str(run / "plan.csv")
    assert evaluated(case, plan, tmp_path / "out", *words)[1]["bound"] is not None
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["versions"]["servicenet"] = "0.0.1"
    (run / "manifest.json").write_text(json.dumps(manifest))
    capsys.readouterr()
    code, summary = evaluated(case, plan, tmp_path / "out", *words)
    assert (code, summary["bound"], summary["gap"]) == (0, None, None)
    told = capsys.readouterr().out
    assert f"made by servicenet 0.0.1, and this is {__version__}: its bound is not taken" in told
    assert "No better plan is known." in told and "proved.\n" not in told.replace("as proved", "")


@pytest.mark.parametrize("name", ["summary.json", "plan.csv", "inputs/zones.parquet"])
def test_a_run_that_is_not_as_it_was_written_is_no_measure(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(case / "run", run)
    with (run / name).open("ab") as stream:
        stream.write(b"\n")
    code, summary = evaluated(case, "today", tmp_path / "out", "--against", str(run))
    assert (code, summary) == (2, {})
    error = capsys.readouterr().err
    assert f"{name} changed" in error and len(error.strip().splitlines()) == 1


def test_a_shipped_config_and_template_are_found_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["evaluate", "what-if/own-plan.yaml", "--plan", "what-if/none.csv", "--out", "x"]
    assert main([*words, "--quiet"]) == 2
    assert "none.csv" in capsys.readouterr().err  # the config was found, the plan was not
