"""Runs that a limit or Ctrl-C ends before the search has a plan."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands import no_plan, run, textbook_run
from optimizer.config import load
from optimizer.textbook.problem import NoAnswer
from optimizer.verify import verify
from optimizer.whatif.conflicts import Why
from tests.run.small_case import write_case
from tests.textbook.problems import a_problem, write_problem


def solve(config: Path, *options: str) -> int:
    out = str(config.parent / "run")
    return main(["solve", str(config), "--out", out, "--quiet", *options])


def stopped(monkeypatch: pytest.MonkeyPatch, *, after: float) -> None:
    """Let Ctrl-C come so many seconds after the search has begun."""

    @contextmanager
    def listening() -> Iterator[threading.Event]:
        stop = threading.Event()
        timer = threading.Timer(after, stop.set)
        timer.start()
        if not after:
            timer.join()
        try:
            yield stop
        finally:
            timer.cancel()

    for command in (run, textbook_run):
        monkeypatch.setattr(command, "listening", listening)


def test_a_plan_come_upon_after_the_limit_is_kept(tmp_path: Path) -> None:
    assert solve(write_case(tmp_path), "--time-limit", "0.01") == 0
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "time_limit"
    assert summary["gap"] > 0
    assert summary["bound"] <= summary["objective"]
    assert verify(tmp_path / "run").ok


def test_ctrl_c_before_a_plan_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(monkeypatch, after=0.0)
    assert solve(write_case(tmp_path)) == 3
    told = capsys.readouterr().err
    assert told.startswith("Stopped by Ctrl-C after ")
    assert told.endswith(" seconds, before a plan was found.\n")
    assert not (tmp_path / "run").exists()


def test_ctrl_c_while_it_is_asked_why_there_is_no_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where what is done then does not listen: it is left behind, and ends when it will."""
    stop, may_end, has_ended = threading.Event(), threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> Why:
        may_end.wait(0.3)  # until there is somebody waiting for it
        stop.set()
        may_end.wait(60.0)
        has_ended.set()
        return Why((), certain=False)

    monkeypatch.setattr(no_plan, "why_no_plan", slow)
    monkeypatch.setattr(no_plan, "_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(run, "listening", lambda: nullcontext(stop))
    try:
        assert solve(write_case(tmp_path), "--time-limit", "0.01") == 3
        assert stop.is_set() and not has_ended.is_set()
    finally:
        may_end.set()
    assert "Stopped by Ctrl-C" in capsys.readouterr().err


def test_a_plan_come_upon_before_ctrl_c_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_case(tmp_path)
    stop = threading.Event()
    case = read_case(load(config))
    why = no_plan.asked_why(case, proved=False, stop=stop)
    assert why.plan is not None
    monkeypatch.setattr(no_plan, "why_no_plan", lambda *_, **__: why)
    stopped(monkeypatch, after=0.0)
    assert solve(config) == 0
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "interrupted"


def test_the_seconds_that_went_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(no_plan, "why_no_plan", lambda *_, **__: Why((), certain=False))
    assert solve(write_case(tmp_path), "--time-limit", "0.01") == 3
    told = capsys.readouterr().err
    assert told.startswith("solver.time_limit: no plan was found in ")
    assert "in 0.0 seconds" not in told and "(the limit is 0.01)" in told


def test_ctrl_c_in_a_textbook_problem_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: Any) -> None:
        raise NoAnswer("no set of sites was found in time", proved=False)

    monkeypatch.setattr(textbook_run, "solve_problem", nothing)
    config = write_problem(tmp_path, a_problem("p-median", 1))
    for after, told in ((60.0, "solver.time_limit: no set of sites"), (0.0, "Stopped by Ctrl-C")):
        stopped(monkeypatch, after=after)
        assert solve(config) == 3
        assert capsys.readouterr().err.startswith(told)
