"""To be told to stop while something runs that does not ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOKED_EACH = 0.1  #: seconds


@contextmanager
def ended_by(stop: threading.Event | None, end: Callable[[], object]) -> Iterator[None]:
    """``end`` is called, in a thread of its own, if ``stop`` is set before what is within ends."""
    if stop is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOKED_EACH):
            if stop.is_set():
                end()
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
