"""The report with opposites and a sweep: read where they are, told plainly where they are not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.problems import InputError
from optimizer.cli import main
from optimizer.outputs.report import write_studied_report
from tests.outputs import report_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return report_run.write(tmp_path)


def explained(folder: Path, run: Path, **changes: Any) -> Path:
    """The answer of `explain` on one office of a run."""
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    other = {"office_id": "k5", "office": "<b>Leksand", "plan": "reduced", "instead": "staffed"}
    one = {"office_id": "k6", "office": "Hedemora", "opposite": "keep", "outcome": "found"}
    one |= {"regret": 1.5e6, "regret_low": 0.5e6, "regret_high": 2e6, "changes": [other]}
    content = {"objective": summary["objective"], "explanations": [one | changes]}
    folder.mkdir()
    (folder / "explanations.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_without_studies_the_report_says_so(run: Path) -> None:
    path = write_studied_report(run, None, language=None)
    assert path == run.with_name("run-report.html")
    text = path.read_text(encoding="utf-8")
    assert "Motsatta beslut har inte beräknats" in text
    assert "Ingen studie av andra förutsättningar ingår" in text
    assert text == (run.parent / "run-report.html").read_text(encoding="utf-8")


def test_regrets_beside_the_run_are_told_in_table_and_dossier(run: Path) -> None:
    explained(run.with_name("run-explained"), run)
    text = write_studied_report(run, None, language="sv").read_text(encoding="utf-8")
    assert "1,50 miljoner besöksminuter under planåren, bevisat mellan 0,50 och 2,00" in text
    assert "&lt;b&gt;Leksand" in text and "<b>Leksand" not in text
    assert "Motsatta beslut har inte beräknats" not in text


def test_a_better_plan_is_told_as_one(run: Path, tmp_path: Path) -> None:
    folder = explained(tmp_path / "why", run, regret=-0.9e6, regret_low=None)
    text = write_studied_report(run, None, language="en", explained=folder).read_text("utf-8")
    assert "a plan that costs the whole network 0.90" in text and "solve the question again" in text


def test_what_would_turn_a_decision_is_told_in_the_dossier(run: Path, tmp_path: Path) -> None:
    flips = [
        {"lever": "budget", "stays_at": 5.0, "turns_at": 10.0},
        {"lever": "own_cost", "stays_at": -3.0, "turns_at": None},
        {"lever": "own_visits", "stays_at": 1.5, "turns_at": 2.0},
    ]
    decided = {"decisions": ["keep"], "lock_price": 0.3e6}
    folder = explained(
        tmp_path / "why", run, flips=flips, free_at_mnkr=6.81, gained=0.5e6, lost=2e6, **decided
    )
    text = write_studied_report(run, None, language="en", explained=folder).read_text("utf-8")
    assert "decision taken before the plan costs the whole network 0.30 million" in text
    assert "win 0.50 million, all others lose 2.00 million" in text
    assert "SEK +10.0 million in the appropriation of every year; 2.00 times its own visits" in text
    assert "With SEK 6.8 million more a year" in text


def test_to_leave_as_today_is_told_in_table_and_dossier(run: Path, tmp_path: Path) -> None:
    folder = explained(tmp_path / "why", run, opposite="as_today")
    text = write_studied_report(run, None, language="sv", explained=folder).read_text("utf-8")
    assert "Som i dag" in text and "(som i dag)" in text


def test_the_price_of_a_lock_is_told_in_the_dossier(run: Path, tmp_path: Path) -> None:
    folder = explained(tmp_path / "why", run, opposite="release", regret=-1e6, lock_price=1e6)
    text = write_studied_report(run, None, language="sv", explained=folder).read_text("utf-8")
    assert "kostar hela nätet 1,00 miljoner besöksminuter" in text


@pytest.mark.parametrize("outcome", ["no_plan", "ruled_out", "not_found"])
def test_an_opposite_without_a_plan_is_told(run: Path, tmp_path: Path, outcome: str) -> None:
    nothing = {"regret": None, "regret_low": None, "regret_high": None, "changes": []}
    folder = explained(tmp_path / "why", run, outcome=outcome, **nothing)
    path = write_studied_report(run, None, language="en", explained=folder)
    said = {"no_plan": "that is proved", "ruled_out": "ruled out", "not_found": "is not proved"}
    assert said[outcome] in path.read_text(encoding="utf-8")


def test_a_sweep_is_a_row_for_each_question(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cuts"
    folder.mkdir()
    done = {"point": "cut <100>", "status": "gap_reached", "added_minutes": 2.5e6, "closed": 4}
    none = {"point": "cut 250", "status": "no_plan", "added_minutes": None, "closed": None}
    table = pd.DataFrame([done | {"gap": 0.05}, none | {"gap": None}])
    table.assign(converted=1, opened=0).to_parquet(folder / "results.parquet")
    out = tmp_path / "told.html"
    words = ["report", str(run), "--sweep", str(folder), "--out", str(out), "--language", "sv"]
    assert main(words) == 0
    text = out.read_text(encoding="utf-8")
    assert "Studien cuts prövar andra förutsättningar. Antal frågor: 2." in text
    assert "cut &lt;100&gt;" in text and "2,50" in text and "Ingen plan finns, bevisat" in text


def test_explanations_of_another_plan_and_other_folders_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = explained(tmp_path / "why", run)
    path = folder / "explanations.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"objective": 1.0}), encoding="utf-8")
    out = tmp_path / "told.html"
    for words, said in (
        (["--explained", str(folder)], "another objective"),
        (["--sweep", str(tmp_path)], "no results.parquet"),
        (["--explained", str(tmp_path)], "no explanations.json"),
    ):
        assert main(["report", str(run), "--out", str(out), *words]) == 2
        assert said in capsys.readouterr().err
    assert main(["report", str(tmp_path), "--out", str(out)]) == 2
    assert not out.exists()


def test_a_run_without_its_summary_is_refused(run: Path, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking"
    shutil.copytree(run, lacking)
    (lacking / "summary.json").unlink()
    with pytest.raises(InputError, match=r"no readable summary\.json"):
        write_studied_report(lacking, tmp_path / "report.html", language="en")
