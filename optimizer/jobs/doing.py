"""Many jobs done by workers: one whose worker ends is done once more; Ctrl-C ends them all."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable

from optimizer.jobs.workers import Finished, Function, Workers
from optimizer.progress import ProgressReporter

_TRIES = 2  #: of a job whose worker ends


class Stopped(Exception):  # noqa: N818 - an answer, not a fault
    """Ctrl-C: what is finished is kept."""


def do_all(
    tags: Iterable[str],
    function: Function,
    payload: Callable[[str], object],
    workers: Workers,
    done: Callable[[Finished], None],
    countdown: Countdown,
) -> None:
    """Do a job for each tag; one whose worker ends is tried once more. Raises Stopped on Ctrl-C.

    The payload of a job is made when a worker is free for it.
    """
    queue = deque(tags)
    tries: dict[str, int] = {}
    busy = 0
    try:
        while queue or busy:
            while queue and workers.free > 0:
                tag = queue.popleft()
                tries[tag] = tries.get(tag, 0) + 1
                workers.submit(tag, function, payload(tag))
                busy += 1
            for finished in workers.wait():
                busy -= 1
                if finished.value is None and tries[finished.tag] < _TRIES:
                    queue.append(finished.tag)
                    continue
                done(finished)
                countdown.step()
    except KeyboardInterrupt:
        raise Stopped from None


class Countdown:
    """How many jobs are done and how long the rest will take, told as they end."""

    def __init__(self, report: ProgressReporter, total: int) -> None:
        self._report, self._total, self._done = report, total, 0
        self._began = time.monotonic()
        if total:
            report.counted(0, total, math.nan)

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        each = (time.monotonic() - self._began) / self._done
        self._report.counted(self._done, self._total, each * (self._total - self._done))
