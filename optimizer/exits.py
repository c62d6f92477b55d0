"""How the program ends: exit codes, and errors as sentences or as JSON."""

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from geodata.problems import (
    InputError,
    LimitReached,
    NoPlanError,
    Problem,
    ServicenetError,
    VerificationFailed,
)
from optimizer.printing import print_json

DONE = 0
NO_PLAN = 1
WRONG_INPUT = 2
LIMIT_REACHED = 3
NOT_VERIFIED = 4
BUG = 70

_CODES: tuple[tuple[type[ServicenetError], int, str], ...] = (
    (InputError, WRONG_INPUT, "wrong_input"),
    (NoPlanError, NO_PLAN, "no_plan"),
    (LimitReached, LIMIT_REACHED, "limit_reached"),
    (VerificationFailed, NOT_VERIFIED, "not_verified"),
)
_REPORT = (
    "This is a bug in servicenet, not in your input. Please report it to whoever gave you the "
    "program, with the lines above, the command and the config."
)


def told(error: BaseException, *, as_json: bool) -> int:
    """Tell an error on standard error, and as JSON on standard output; the exit code for it."""
    if not isinstance(error, ServicenetError):
        return _bug(error, as_json=as_json)
    codes = ((code, word) for kind, code, word in _CODES if isinstance(error, kind))
    code, word = next(codes, (WRONG_INPUT, "wrong_input"))
    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    sentences = [problem.sentence() for problem in problems] or [str(error)]
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    if as_json:
        rows = [_row(problem) for problem in problems]
        print_json(_document(word, code, rows, sentences))
    return code


def usage(sentence: str, *, as_json: bool) -> int:
    """Tell that the command line is wrong; the exit code for it."""
    print(sentence, file=sys.stderr)
    if as_json:
        print_json(_document("wrong_input", WRONG_INPUT, [], [sentence]))
    return WRONG_INPUT


def not_printed(error: OSError) -> int:
    """Tell, where that can be told, that what was printed could not be; the exit code for it."""
    with suppress(OSError):
        why = error.strerror or str(error)
        print(f"What is printed can not be written where it is sent ({why}).", file=sys.stderr)
    return WRONG_INPUT


def no_plan(problems: Sequence[Problem], sentences: Sequence[str]) -> dict[str, object]:
    """What is told as JSON where no plan satisfies the requirements."""
    return _document("no_plan", NO_PLAN, [_row(problem) for problem in problems], sentences)


def _bug(error: BaseException, *, as_json: bool) -> int:
    traceback.print_exception(error, file=sys.stderr)
    print(_REPORT, file=sys.stderr)
    if as_json:
        sentences = [f"{type(error).__name__}: {error}"]
        print_json(_document("bug", BUG, [], sentences))
    return BUG


def _row(problem: Problem) -> dict[str, object]:
    row = {**asdict(problem), "sentence": problem.sentence()}
    if problem.place is None:
        del row["place"]
    return row


def _document(
    status: str, code: int, problems: list[dict[str, object]], sentences: Sequence[str]
) -> dict[str, object]:
    rows: list[dict[str, object]] = problems or [{"sentence": sentence} for sentence in sentences]
    return {"status": status, "exit_code": code, "problems": rows}
