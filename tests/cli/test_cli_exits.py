"""Exit codes and output of the command line, with fakes in the place of the rooms below."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from geodata.problems import (
    InputError,
    LimitReached,
    NoPlanError,
    Problem,
    VerificationFailed,
)
from optimizer.cli import main
from optimizer.progress import ProgressReporter


@dataclass(frozen=True)
class FakeRun:
    folder: Path
    summary: Mapping[str, object]


@dataclass(frozen=True)
class FakeCheck:
    ok: bool
    sentences: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


PROBLEMS = (
    Problem("a.yaml: budget.cut", "3", "must be a mapping"),
    Problem("a.yaml: years", "none", "must be given", "Give them."),
)
SUMMARY = {"name": "trial", "status": "gap_reached", "gap": 0.004, "warnings": ["one warning"]}

Install = Callable[..., ModuleType]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a fake module `optimizer.<name>` with the given functions in place."""

    def put(name: str, **functions: object) -> ModuleType:
        module = ModuleType(f"optimizer.{name}")
        vars(module).update(functions)
        monkeypatch.setitem(sys.modules, f"optimizer.{name}", module)
        monkeypatch.setattr(f"optimizer.{name}", module, raising=False)
        return module

    return put


def _raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_arguments: object, **_named: object) -> Any:
        raise error

    return fail


def test_solve_hands_over_what_was_asked(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[object] = []

    def solve(
        config: Path,
        out: Path | None,
        overrides: Mapping[str, object],
        report: ProgressReporter,
        *,
        begin_from: Path | None,
    ) -> FakeRun:
        seen.extend((config, out, overrides, begin_from))
        report.stage("reading")
        report.incumbent(1.0, 100.0, 99.0, 0.01)
        return FakeRun(Path("runs/trial"), SUMMARY)

    install("commands.run", solve=solve)
    options = [
        "--out",
        "there",
        "--time-limit",
        "9",
        "--gap",
        "0.1",
        "--threads",
        "1",
        "--from",
        "run",
    ]
    assert main(["solve", "a.yaml", *options]) == 0
    asked = {"solver": {"time_limit": 9.0, "gap": 0.1, "threads": 1}}
    assert seen == [Path("a.yaml"), Path("there"), asked, Path("run")]
    output = capsys.readouterr()
    assert output.out.splitlines() == [
        "trial: gap_reached, gap 0.40% of the added burden.",
        "Warning: one warning",
        f"Written to {Path('runs/trial')}",
    ]
    assert output.err.splitlines() == ["reading", "1 s: best 100, bound 99, gap 1.00%"]


def test_solve_quiet_and_as_json(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    def solve(*arguments: Any, begin_from: Path | None) -> FakeRun:
        assert arguments[1:3] == (None, {})
        assert begin_from is None
        arguments[3].stage("reading")
        return FakeRun(Path("runs/trial"), SUMMARY)

    install("commands.run", solve=solve)
    assert main(["solve", "a.yaml", "--json", "--quiet"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == {**SUMMARY, "folder": str(Path("runs/trial"))}
    assert output.err == ""


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InputError(PROBLEMS), 2, "wrong_input"),
        (NoPlanError(PROBLEMS), 1, "no_plan"),
        (LimitReached("No plan within 45 seconds."), 3, "limit_reached"),
        (VerificationFailed(["plan.csv row 2 disagrees."]), 4, "not_verified"),
        (ZeroDivisionError("oops"), 70, "bug"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_end_in_sentences_and_codes(
    install: Install,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    status: str,
) -> None:
    install("commands.run", solve=_raising(error))
    assert main(["solve", "a.yaml", "--quiet"]) == code
    plain = capsys.readouterr()
    assert plain.out == ""
    assert main(["solve", "a.yaml", "--quiet", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["exit_code"]) == (status, code)
    for row in document["problems"]:
        assert row["sentence"] in plain.err
    assert ("Traceback" in plain.err) is (code == 70)
    assert ("report it" in plain.err) is (code == 70)


def test_all_problems_are_told_one_a_line(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("commands.run", solve=_raising(InputError(PROBLEMS)))
    main(["solve", "a.yaml", "--quiet", "--json"])
    output = capsys.readouterr()
    assert output.err.splitlines() == [problem.sentence() for problem in PROBLEMS]
    first = json.loads(output.out)["problems"][0]
    assert (first["where"], first["found"]) == ("a.yaml: budget.cut", "3")


def test_ctrl_c_before_a_result(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install("commands.run", solve=_raising(KeyboardInterrupt()))
    assert main(["solve", "a.yaml", "--quiet"]) == 3
    assert capsys.readouterr().err == "Stopped before there was a result.\n"


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_check(install: Install, capsys: pytest.CaptureFixture[str], ok: bool, code: int) -> None:
    install(
        "commands.run",
        check=lambda config, report: FakeCheck(ok, (f"{config} is read.", "Second.")),
    )
    assert main(["check", "a.yaml"]) == code
    assert capsys.readouterr().out == "a.yaml is read.\nSecond.\n"
    assert main(["check", "a.yaml", "--json"]) == code
    told = {"ok": ok, "sentences": ["a.yaml is read.", "Second."]}
    if not ok:
        rows = [{"sentence": sentence} for sentence in told["sentences"]]  # type: ignore[attr-defined]
        told |= {"status": "no_plan", "exit_code": 1, "problems": rows}
    assert json.loads(capsys.readouterr().out) == told


def test_check_tells_each_problem_by_its_parts(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences = tuple(problem.sentence() for problem in PROBLEMS)
    install("commands.run", check=lambda *_: FakeCheck(False, sentences, PROBLEMS))
    assert main(["check", "a.yaml", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [row["where"] for row in told["problems"]] == ["a.yaml: budget.cut", "a.yaml: years"]
    assert [row["sentence"] for row in told["problems"]] == told["sentences"] == list(sentences)


@dataclass(frozen=True)
class FakeFinding:
    sentence: str


@dataclass(frozen=True)
class FakeCount:
    name: str
    values: int
    findings: int


@dataclass(frozen=True)
class FakeVerification:
    ok: bool
    findings: tuple[FakeFinding, ...]
    checks: tuple[FakeCount, ...]


@pytest.mark.parametrize(("sentences", "code"), [((), 0), (("plan.csv row 2 disagrees.",), 4)])
def test_verify(
    install: Install,
    capsys: pytest.CaptureFixture[str],
    sentences: tuple[str, ...],
    code: int,
) -> None:
    checks = (FakeCount("plan", 1200, len(sentences)), FakeCount("budget", 34, 0))
    findings = tuple(FakeFinding(sentence) for sentence in sentences)
    result = FakeVerification(not sentences, findings, checks)
    install("verify", verify=lambda folder: result)
    assert main(["verify", "runs/a"]) == code
    *told, verdict = capsys.readouterr().out.splitlines()
    assert told == list(sentences)
    assert verdict.endswith("(1,234 values recomputed in 2 checks).")
    assert main(["verify", "runs/a", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["findings"] == list(sentences)


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["solve"],
        ["solve", "a.yaml", "b.yaml"],
        ["solve", "a.yaml", "--gap", "small"],
        ["check", "a.yaml", "--colour"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_one_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["exit_code"] == 2


def test_a_config_that_is_wrong_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], install: Install
) -> None:
    from optimizer.config import load

    install("commands.run", check=lambda path, report: load(path))
    config = tmp_path / "wrong.yaml"
    config.write_text("extends: base.yaml\nbudget: {cutt: 3}\n", encoding="utf-8")
    assert main(["check", str(config)]) == 2
    sentence = "wrong.yaml: budget.cutt: must be a known key (found 'cutt'). Did you mean cut?\n"
    assert capsys.readouterr().err == sentence
