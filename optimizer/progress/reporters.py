"""What a long job tells while it runs: a bar on a terminal, a few lines elsewhere."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from optimizer.progress.words import count, figures

SECONDS_BETWEEN_LINES = 5.0


class ProgressReporter(Protocol):
    """Where a job reports to; it never fails and never prints to standard output."""

    def stage(self, name: str) -> None:
        """A new part of the job begins, named as people would."""

    def incumbent(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """The best plan so far and its bound; numbers not known yet are nan or infinite."""

    def counted(self, done: int, total: int, seconds_left: float) -> None:
        """So many of the parts of the job are done; the time left is nan while it is not known."""

    def message(self, text: str) -> None:
        """Something a person should read."""


class Silent:
    """Reports nothing."""

    def stage(self, name: str) -> None:
        """Nothing."""

    def incumbent(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """Nothing."""

    def counted(self, done: int, total: int, seconds_left: float) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""


class Lines:
    """A line for each stage and message, and now and then one for the best plan so far."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told_at = -SECONDS_BETWEEN_LINES
        self._counted_at = -math.inf

    def stage(self, name: str) -> None:
        """A line with the name."""
        self.message(name)

    def incumbent(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """A line, unless there was one in the last seconds."""
        if seconds - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = seconds
            self.message(f"{seconds:.0f} s: {figures(objective, bound, gap)}")

    def counted(self, done: int, total: int, seconds_left: float) -> None:
        """A line, unless there was one in the last seconds and more is to come."""
        now = time.monotonic()
        if done == total or now - self._counted_at >= SECONDS_BETWEEN_LINES:
            self._counted_at = now
            self.message(count(done, total, seconds_left))

    def message(self, text: str) -> None:
        """A line with the text."""
        print(text, file=self._stream, flush=True)


@contextmanager
def reporting(stream: TextIO, *, quiet: bool = False) -> Iterator[ProgressReporter]:
    """A reporter for a stream: nothing if quiet, a bar on a terminal, lines elsewhere."""
    if quiet:
        yield Silent()
    elif stream.isatty():
        from optimizer.progress.bar import bar  # a terminal is needed to make it worth its load

        with bar(stream) as reporter:
            yield reporter
    else:
        yield Lines(stream)
