"""What a run and the checks give back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.problems import Problem


@dataclass(frozen=True)
class RunResult:
    """A finished run."""

    folder: Path
    summary: Mapping[str, object]


@dataclass(frozen=True)
class CheckResult:
    """What the checks say; ``ok`` is false if no plan can exist, which ``problems`` stand for."""

    ok: bool
    sentences: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def without_any(problems: Sequence[Problem]) -> CheckResult:
    """No plan can exist."""
    return CheckResult(False, tuple(one.sentence() for one in problems), tuple(problems))
