"""While a search runs: Ctrl-C is heard, and what is found is told."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from optimizer.progress import ProgressReporter
from optimizer.solving.incumbent import Report


def teller(report: ProgressReporter) -> Report:
    """What a search tells, for a reporter."""

    def tell(
        seconds: float, objective: float | None, bound: float | None, gap: float | None
    ) -> None:
        numbers = [math.nan if value is None else value for value in (objective, bound, gap)]
        report.incumbent(seconds, *numbers)

    return tell


@contextmanager
def listening() -> Iterator[threading.Event]:
    """Ctrl-C asks the search to end with the best plan so far; a second one ends the program."""
    stop = threading.Event()

    def hear(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, hear)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
