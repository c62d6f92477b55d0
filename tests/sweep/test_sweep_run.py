"""Whole sweeps on the small agency: the table, failed points, what is kept, and what is not."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.commands import sweeping
from optimizer.jobs import doing
from optimizer.jobs.workers import Finished, Function, LocalWorkers
from optimizer.progress import Silent
from optimizer.verify import verify
from optimizer.whatif.sweep import store
from tests.sweep.small_sweep import (
    GROWTH,
    Here,
    grid,
    results,
    sweep,
    work_here,
    write_small,
    write_sweep,
)

ROOT = Path(__file__).parents[2]
#: point 2 has no plan: two decisions that leave nobody open
MIXED = {
    "kind": "list",
    "points": [
        {"name": "base"},
        {"name": "too-little", "set": {"budget.appropriation": {2025: 5.0}}},
        {"name": "rich", "set": {"budget.appropriation": {2025: 30.0}}},
        {"name": "same-as-base", "set": {GROWTH: 0.01}},
    ],
}


def stamps(path: Path) -> dict[str, int]:
    folder = path.parent / "out" / "points"
    return {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}


def summary(path: Path) -> dict[str, object]:
    return dict(json.loads((path.parent / "out" / "summary.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep on two processes of this machine, with run folders."""
    folder = tmp_path_factory.mktemp("mixed")
    write_small(folder)
    path = write_sweep(folder, runs=True, **MIXED)
    assert sweep(path, "--jobs", "2") == 0
    return path


def test_every_point_has_a_row_and_a_failed_one_stops_no_other(mixed: Path) -> None:
    table = results(mixed)
    assert list(table.index) == ["base", "too-little", "rich", "same-as-base"]
    assert table["status"].tolist() == ["gap_reached", "no_plan", "optimal", "gap_reached"]
    assert "budget" in table.loc["too-little", "error"]
    assert table["error"].drop("too-little").eq("").all()
    assert table.loc["too-little", "lacks_mnkr"] > 0.0
    assert table["lacks_mnkr"].drop("too-little").isna().all()
    assert summary(mixed)["statuses"] == {"gap_reached": 2, "no_plan": 1, "optimal": 1}


def test_the_row_says_what_a_run_of_the_same_question_says(mixed: Path, tmp_path: Path) -> None:
    row = results(mixed).loc["base"]
    assert main(["solve", str(mixed.parent / "small.yaml"), "--out", str(tmp_path / "r")]) == 0
    alone = json.loads((tmp_path / "r" / "summary.json").read_text(encoding="utf-8"))
    assert row["objective_today"] == pytest.approx(alone["objective_today"])
    assert row["bound"] <= alone["objective"] * (1 + 1e-9)
    assert row["objective"] >= alone["bound"] * (1 - 1e-9)
    run = json.loads((mixed.parent / "out/runs/base/summary.json").read_text(encoding="utf-8"))
    assert row["objective"] == pytest.approx(run["objective"])
    assert row["cost_mnkr_2025"] == pytest.approx(run["years"][1]["cost_mnkr"])
    assert row["margin_mnkr_2025"] >= -1e-6


def test_run_folders_are_verified_and_agree_with_the_plans(mixed: Path) -> None:
    runs = mixed.parent / "out" / "runs"
    assert sorted(path.name for path in runs.iterdir()) == ["base", "rich", "same-as-base"]
    plans = pd.read_parquet(mixed.parent / "out" / "plans.parquet")
    for name in ("base", "rich"):
        assert verify(runs / name).ok
        told = pd.read_csv(runs / name / "plan.csv")[["office_id", "year", "mode", "action"]]
        mine = plans[plans["point"] == name].drop(columns="point")
        pd.testing.assert_frame_equal(
            mine.sort_values(["year", "office_id"]).reset_index(drop=True),
            told.sort_values(["year", "office_id"]).reset_index(drop=True),
            check_dtype=False,
        )


def test_equal_questions_are_solved_once(mixed: Path) -> None:
    table = results(mixed)
    assert table.loc["base", "key"] == table.loc["same-as-base", "key"]
    assert len(stamps(mixed)) == 3


def test_a_second_sweep_solves_nothing(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, table = stamps(mixed), results(mixed)

    def nobody(*_: object) -> None:
        raise AssertionError("a finished point was solved again")

    monkeypatch.setattr(LocalWorkers, "submit", nobody)
    assert sweep(mixed) == 0
    assert stamps(mixed) == before
    pd.testing.assert_frame_equal(results(mixed), table)
    assert summary(mixed)["found_earlier"] == 4


def test_another_sweep_in_the_folder_uses_what_it_can_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01, 0.02]))
    assert sweep(path) == 0
    before, first = stamps(path), results(path)
    wider = grid(demand__productivity_growth=[0.03, 0.02], costs__closure_mnkr=[1.5])
    assert sweep(write_sweep(tmp_path, **wider)) == 0
    assert sweep(write_sweep(tmp_path, **grid(demand__productivity_growth=[0.02, 0.03]))) == 0
    table = results(path)
    assert table["demand.productivity_growth"].tolist() == [0.02, 0.03]
    assert table.loc["p0001", "objective"] == first.loc["p0002", "objective"]
    assert before.items() <= stamps(path).items()
    assert summary(path)["found_earlier"] == 1
    assert len(stamps(path)) == 5


def test_a_section_as_an_axis_does_not_hide_a_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(objective=[{"lost_visit_minutes": 30}]))
    assert sweep(path) == 0
    row = results(path).iloc[0]
    assert json.loads(row["set.objective"]) == {"lost_visit_minutes": 30}
    assert row["objective"] >= row["bound"] > 0


def test_a_torn_point_is_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01, 0.02]))
    assert sweep(path) == 0
    table = results(path)
    torn = path.parent / "out" / "points" / f"{table.loc['p0001', 'key']}.json"
    torn.write_bytes(torn.read_bytes()[:200])
    assert sweep(path) == 0
    assert summary(path)["found_earlier"] == 1
    assert results(path).loc["p0001", "status"] == table.loc["p0001", "status"]
    assert json.loads(torn.read_bytes())["record"]["outcome"] == "done"


def test_a_bug_in_one_point_is_recorded_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optimizer.whatif.sweep import solving

    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01, 0.02]))
    sound = solving.prove

    def faulty(instance: object, *rest: object, **named: object) -> object:
        if named["start"] is not None:
            raise ZeroDivisionError("a bug")
        return sound(instance, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(solving, "prove", faulty)
    assert sweep(path) == 0
    table = results(path)
    assert table["status"].tolist() == ["gap_reached", "bug"]
    assert "ZeroDivisionError: a bug" in table.loc["p0002", "error"]
    monkeypatch.setattr(solving, "prove", sound)
    assert sweep(path) == 0
    assert results(path)["status"].isin(["gap_reached", "optimal"]).all()


def test_ctrl_c_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01, 0.02, 0.03]))
    step = doing.Countdown.step

    def press(countdown: doing.Countdown) -> None:
        step(countdown)
        raise KeyboardInterrupt

    monkeypatch.setattr(doing.Countdown, "step", press)
    assert sweep(path) == 0
    assert "Interrupted" in capsys.readouterr().out
    assert results(path)["status"].tolist()[1:] == ["not_solved", "not_solved"]
    monkeypatch.setattr(doing.Countdown, "step", step)
    assert sweep(path) == 0
    assert summary(path)["found_earlier"] == 1
    assert "not_solved" not in set(results(path)["status"])


def end_myself(payload: Path) -> dict[str, object]:
    """A job that kills its own process the first time."""
    if not payload.exists():
        payload.write_text("once")
        os.kill(os.getpid(), signal.SIGKILL)
    return {"worker": os.getpid()}


@pytest.mark.soak
def test_the_job_of_a_killed_process_is_done_by_another(tmp_path: Path) -> None:
    found: list[object] = []
    marks = {"a": tmp_path / "a", "b": tmp_path / "b"}
    with LocalWorkers(2) as workers:
        doing.do_all(
            marks,
            end_myself,
            marks.__getitem__,
            workers,
            lambda done: found.append((done.tag, done.value is not None)),
            doing.Countdown(Silent(), 2),
        )
    assert sorted(found) == [("a", True), ("b", True)]


def always_end(payload: object) -> dict[str, object]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {"never": payload}


@pytest.mark.soak
def test_a_job_that_kills_every_process_is_given_up(tmp_path: Path) -> None:
    found: list[str] = []
    with LocalWorkers(1) as workers:
        doing.do_all(
            ["only"],
            always_end,
            lambda tag: tag,
            workers,
            lambda done: found.append(done.why),
            doing.Countdown(Silent(), 1),
        )
    assert found == ["its process ended (exit code -9)"]


def test_a_killed_sweep_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small(tmp_path)
    rates = [0.001 * n for n in range(20)]
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=rates))
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--jobs", "1"]
    command += ["--out", str(tmp_path / "out"), "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT)
    points = tmp_path / "out" / "points"
    until = time.monotonic() + 120
    while time.monotonic() < until and len(list(points.glob("*.json"))) < 3:
        assert process.poll() is None, "the sweep ended before it could be killed"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = stamps(path)
    kept = {name: at for name, at in kept.items() if name.endswith(".json")}
    assert 3 <= len(kept) < len(rates)
    work_here(monkeypatch)
    assert sweep(path) == 0
    assert kept.items() <= stamps(path).items()
    assert summary(path)["found_earlier"] == len(kept)
    table = results(path)
    assert table["status"].isin(["gap_reached", "optimal"]).all()
    assert table["demand.productivity_growth"].tolist() == rates


def test_a_disk_that_fills_at_any_file_is_told_and_what_is_finished_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The n-th file can not be written, for every n: the sweep goes on from it the next time."""
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01]))
    place, left = os.replace, 0

    def full(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        place(source, target)

    for written in range(9):
        left = written
        with monkeypatch.context() as patch:
            patch.setattr(store.os, "replace", full)
            code = sweep(path)
        told = capsys.readouterr().err
        assert not list((tmp_path / "out").rglob(".*.tmp"))
        if code == 0:
            break
        assert code == 2
        assert told.count("\n") == 1 and "--out" in told and "same command to go on" in told
    assert (written, code) == (4, 0)  # the statement, two tables, the summary; the point was kept
    assert summary(path)["found_earlier"] == 1


def test_a_disk_that_takes_nothing_is_told_by_the_program_itself(tmp_path: Path) -> None:
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01]))
    words = [sys.executable, "-m", "optimizer", "sweep", str(path), "--out", str(tmp_path / "out")]

    def nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run(
        [*words, "--quiet"], cwd=ROOT, capture_output=True, text=True, preexec_fn=nothing
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1 and "can not be written to" in done.stderr


def test_what_a_cluster_was_given_is_told_also_by_runs_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01]))
    monkeypatch.setattr(sweeping, "_workers", lambda *_: Here("tcp://10.0.0.5:8786"))
    assert sweep(path) == 0
    (told,) = summary(path)["left_this_machine"]  # type: ignore[misc]
    assert (told["to"], told["points"]) == ("tcp://10.0.0.5:8786", 1)
    assert "resolved config" in told["what"]
    work_here(monkeypatch)  # no cluster any more: the point is at hand, its run is written here
    assert (
        sweep(write_sweep(tmp_path, runs=True, **grid(demand__productivity_growth=[0.01, 0.02])))
        == 0
    )
    left = {
        name: json.loads((tmp_path / f"out/runs/{name}/manifest.json").read_text())[
            "left_this_machine"
        ]
        for name in ("p0001", "p0002")
    }
    assert [one["to"] for one in left["p0001"]] == ["tcp://10.0.0.5:8786"]
    assert left["p0002"] == []
    assert verify(tmp_path / "out/runs/p0001").ok


def test_what_was_sent_counts_though_nothing_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lost(Here):
        @property
        def free(self) -> int:
            return 3 - len(self._done)

        def submit(self, tag: str, function: Function, payload: object) -> None:
            self._done.append(Finished(tag, None))

        def wait(self) -> list[Finished]:
            raise KeyboardInterrupt

    work_here(monkeypatch)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01, 0.02, 0.03, 0.04]))
    monkeypatch.setattr(sweeping, "_workers", lambda *_: Lost("tcp://10.0.0.5:8786"))
    assert sweep(path) == 0
    (told,) = summary(path)["left_this_machine"]  # type: ignore[misc]
    assert (told["to"], told["points"]) == ("tcp://10.0.0.5:8786", 3)


def test_one_point_is_told_as_one() -> None:
    summary = {
        "name": "trial",
        "points": 1,
        "statuses": {"optimal": 1},
        "found_earlier": 1,
        "interrupted": False,
        "runs_failed": [],
        "findings": [],
    }
    first, second, _ = sweeping.SweepResult(Path("out"), summary).sentences()
    assert first == "trial: 1 point: 1 optimal."
    assert second == "1 was solved by an earlier sweep."
    summary |= {"points": 4, "statuses": {"no_plan": 1, "optimal": 1, "time_limit": 2}}
    told = "1 proved to have no plan, 1 optimal, 2 stopped by the time limit."
    assert sweeping.SweepResult(Path("out"), summary).sentences()[0] == f"trial: 4 points: {told}"
