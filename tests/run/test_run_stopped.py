"""Commands that a limit or Ctrl-C ends before they have all that they look for."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.commands import no_plan, run, textbook_run
from optimizer.commands.evaluation import evaluate_plan
from optimizer.commands.explanation import Explained, explain_run
from optimizer.config import load
from optimizer.progress import Silent
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


class Interrupting(Silent):
    """Sends Ctrl-C to this process when it is told of a stage, or that so many are done."""

    def __init__(self, *, at: str) -> None:
        self._at = at

    def stage(self, name: str) -> None:
        """The signal, if it is this one."""
        if name.startswith(self._at):
            signal.raise_signal(signal.SIGINT)

    def counted(self, done: int, total: int, seconds_left: float) -> None:
        """The same."""
        self.stage(f"{done} of {total}")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stopped")
    assert solve(write_case(folder)) == 0
    return folder / "run"


def explained(run: Path, out: Path, *, at: str, jobs: int) -> Explained:
    return explain_run(
        run,
        (),
        every=True,
        seconds=1.0,
        jobs=jobs,
        levers=True,
        roadmap=True,
        out=out,
        report=Interrupting(at=at),
    )


@pytest.mark.parametrize(
    ("jobs", "at", "least", "most"),
    [
        (2, "3 of 18", 2, 4),  # while the opposites are sought
        (1, "3 of 18", 3, 3),
        (1, "18 of 18", 6, 6),
        (1, "Seeking what would turn", 6, 6),  # afterwards
    ],
)
def test_ctrl_c_keeps_the_sites_that_are_explained(
    solved: Path, tmp_path: Path, jobs: int, at: str, least: int, most: int
) -> None:
    out = tmp_path / "why"
    before = signal.getsignal(signal.SIGINT)
    found = explained(solved, out, at=at, jobs=jobs)
    assert signal.getsignal(signal.SIGINT) is before
    table = pd.read_csv(out / "explanations.csv")
    assert least <= len(table) <= most
    assert (table["outcome"] != "").all() and found.roadmap is None
    told = f"Stopped by Ctrl-C: {len(table)} of 6 sites are explained"
    assert any(line.startswith(told) for line in found.sentences())
    document = json.loads((out / "explanations.json").read_text(encoding="utf-8"))
    assert document["stopped"] and len(document["explanations"]) == len(table)


def test_ctrl_c_before_any_site_is_explained_leaves_nothing(solved: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        explained(solved, tmp_path / "why", at="0 of 18", jobs=1)
    assert not (tmp_path / "why").exists()


@pytest.mark.parametrize("at", ["Searching for the best plan", "Searching for a plan as good"])
def test_ctrl_c_keeps_the_accounts_of_an_evaluated_plan(tmp_path: Path, at: str) -> None:
    began = time.monotonic()
    found = evaluate_plan(
        write_case(tmp_path), "today", tmp_path / "mine", Interrupting(at=at), bound_seconds=200.0
    )
    assert time.monotonic() - began < 180.0  # the search for less money alone would have 60
    assert any(line.startswith("Stopped by Ctrl-C") for line in found.sentences())
    assert verify(tmp_path / "mine").ok
