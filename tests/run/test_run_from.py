"""`solve --from`: a search that begins with the plan of an earlier run, and with its proof."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands import explanation, study
from optimizer.config import load
from optimizer.outputs.manifest import sha256
from optimizer.progress import Silent
from optimizer.solving import kept, stored
from optimizer.solving.opposites import Variations
from optimizer.whatif.plans import plan_of_run, read_plan
from tests.run.small_case import QUICK, write_case
from tests.textbook.problems import a_problem, write_problem


def solve(config: Path, out: Path, *options: str) -> int:
    return main(["solve", str(config), "--out", str(out), "--quiet", *options])


def told(run: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((run / name).read_text(encoding="utf-8"))
    return content


def test_it_begins_with_the_plan_and_the_proof_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICENET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(stored, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(kept, "SLOW_SECONDS", 0.0)
    config, first, second = write_case(tmp_path), tmp_path / "first", tmp_path / "second"
    assert solve(config, first) == 0
    assert told(first, "manifest.json")["begun_from"] is None
    assert told(first, "manifest.json")["reproducible"]
    (file,) = (tmp_path / "cache" / "relaxations").iterdir()
    assert solve(config, second, "--from", str(first)) == 0
    begun = told(second, "manifest.json")["begun_from"]
    assert begun == {
        "run": "first",
        "manifest": sha256(first / "manifest.json"),
        "relaxation": True,
        "bound": told(first, "summary.json")["bound"],
    }
    assert not told(second, "manifest.json")["reproducible"]
    one, other = told(first, "summary.json"), told(second, "summary.json")
    assert other["objective"] == pytest.approx(one["objective"])
    assert other["status"] == "optimal"
    assert main(["verify", str(second)]) == 0
    assert file.parent.is_dir()


def test_it_may_be_replaced_by_the_run_that_goes_on(tmp_path: Path) -> None:
    config, run = write_case(tmp_path, solver=QUICK), tmp_path / "run"
    assert solve(config, run) == 0
    before = sha256(run / "manifest.json")
    assert solve(config, run, "--from", str(run)) == 0
    begun = told(run, "manifest.json")["begun_from"]
    assert (begun["run"], begun["manifest"], begun["relaxation"]) == ("run", before, False)


def test_a_bound_is_taken_of_the_same_question_alone(tmp_path: Path) -> None:
    """With no time to prove anything the bound is that of the run, or none of worth."""
    config, run = write_case(tmp_path), tmp_path / "run"
    assert solve(config, run) == 0
    out, no_time = tmp_path / "out", ("--time-limit", "0.001", "--from", str(run))
    assert solve(config, out, *no_time) == 0
    assert told(out, "summary.json")["status"] == "optimal"
    assert main(["verify", str(out)]) == 0
    budget = {"base_appropriation": 30.0, "appropriation": {2025: 29.2, 2026: 28.2}}
    budget |= {"other_income": 0, "saving_limit": {"amount": 1.0}, "credit_limit": {"amount": 1.0}}
    other = write_case(tmp_path, budget=budget)
    assert solve(other, out, *no_time) == 0
    assert told(out, "manifest.json")["begun_from"]["bound"] is None
    manifest = told(run, "manifest.json")
    manifest["versions"]["servicenet"] = "0.0.0"
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert solve(write_case(tmp_path), out, *no_time) == 0
    assert told(out, "manifest.json")["begun_from"]["bound"] is None


def test_sites_that_the_run_lacks_are_as_today(tmp_path: Path) -> None:
    config, run = write_case(tmp_path, solver=QUICK), tmp_path / "run"
    assert solve(config, run) == 0
    same = read_case(load(config))
    plan = plan_of_run(run, same)
    assert np.array_equal(plan, read_plan(run / "plan.csv", same))
    fewer = replace(same.instance, sites=("elsewhere", *same.instance.sites[1:]))
    given = plan_of_run(run, replace(same, instance=fewer))
    assert np.array_equal(given[1:], plan[1:])
    assert np.array_equal(given[0], same.instance.unchanged()[0])


@pytest.mark.parametrize("spoil", ["nothing there", "another file", "plan changed", "other years"])
def test_what_is_no_run_of_the_question_is_refused(
    spoil: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, run, out = write_case(tmp_path, solver=QUICK), tmp_path / "run", tmp_path / "out"
    if spoil == "another file":
        run.write_text("")
    elif spoil != "nothing there":
        assert solve(config, run) == 0
    if spoil == "plan changed":
        (run / "plan.csv").write_text((run / "plan.csv").read_text() + "\n")
    if spoil == "other years":
        table = (run / "manifest.json").read_text()
        plan = (run / "plan.csv").read_text().replace(",20", ",30")
        was = sha256(run / "plan.csv")
        (run / "plan.csv").write_text(plan)
        (run / "manifest.json").write_text(table.replace(was, sha256(run / "plan.csv")))
    capsys.readouterr()
    assert solve(config, out, "--from", str(run)) == 2
    said = capsys.readouterr().err
    assert said.count("--from") >= 1
    assert "Traceback" not in said
    assert not out.exists()


def test_a_textbook_problem_has_no_run_to_begin_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_problem(tmp_path, a_problem("p-median", 1))
    assert solve(config, tmp_path / "out", "--from", str(tmp_path)) == 2
    assert "Leave --from out" in capsys.readouterr().err


def test_explain_bounds_a_few_opposites_by_what_was_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    varied: list[Variations] = []

    class Watched(Variations):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            varied.append(self)

    monkeypatch.setattr(study, "Variations", Watched)
    monkeypatch.setattr(stored, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(kept, "SLOW_SECONDS", 0.0)
    config, run = write_case(tmp_path, solver=QUICK), tmp_path / "run"

    def explained() -> explanation.Explained:
        asked = {"every": False, "seconds": 1.0, "jobs": 1, "levers": False, "roadmap": False}
        return explanation.explain_run(run, ["k1"], **asked, out=None, report=Silent())

    assert solve(config, run) == 0
    before = explained()
    assert varied == []  # nothing is kept: no relaxation is grown for one office
    monkeypatch.setenv("SERVICENET_CACHE", str(tmp_path / "cache"))
    assert solve(config, run) == 0
    after = explained()
    (one,) = varied
    assert after.bound >= one.bound - 1.0
    assert after.bound >= before.bound - 1.0
