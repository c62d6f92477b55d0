"""How the program ends: exit codes, and errors as sentences or as JSON."""

import json
import sys
import traceback
from dataclasses import asdict

from geodata.problems import (
    InputError,
    LimitReached,
    NoPlanError,
    Problem,
    ServicenetError,
    VerificationFailed,
)

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
        _print_json(word, code, [_row(problem) for problem in problems], sentences)
    return code


def usage(sentence: str, *, as_json: bool) -> int:
    """Tell that the command line is wrong; the exit code for it."""
    print(sentence, file=sys.stderr)
    if as_json:
        _print_json("wrong_input", WRONG_INPUT, [], [sentence])
    return WRONG_INPUT


def _bug(error: BaseException, *, as_json: bool) -> int:
    traceback.print_exception(error, file=sys.stderr)
    print(_REPORT, file=sys.stderr)
    if as_json:
        _print_json("bug", BUG, [], [f"{type(error).__name__}: {error}"])
    return BUG


def _row(problem: Problem) -> dict[str, object]:
    row = {**asdict(problem), "sentence": problem.sentence()}
    if problem.place is None:
        del row["place"]
    return row


def _print_json(
    status: str, code: int, problems: list[dict[str, object]], sentences: list[str]
) -> None:
    rows: list[dict[str, object]] = problems or [{"sentence": sentence} for sentence in sentences]
    document = {"status": status, "exit_code": code, "problems": rows}
    print(json.dumps(document, ensure_ascii=False, indent=2))
