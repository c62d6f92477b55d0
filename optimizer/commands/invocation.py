"""The command line that is at work, for the manifests of what it writes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_command_line: ContextVar[str] = ContextVar("command_line", default="")


@contextmanager
def commanded(words: Sequence[str]) -> Iterator[None]:
    """Around a command: its words, without the program's own name."""
    before = _command_line.set(shlex.join(["servicenet", *words]))
    try:
        yield
    finally:
        _command_line.reset(before)


def command_line() -> str:
    """The command line as it was given; empty where there is none."""
    return _command_line.get()
